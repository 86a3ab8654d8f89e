"""How effective is a measure, as social workers and as refugees see it, and what do the silent hide?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hamm_eval.analysis.arms import LEAST_WORKERS
from hamm_eval.analysis.definitions import cohort_details, define, group_details
from hamm_eval.analysis.design_matrix import design_matrix
from hamm_eval.analysis.participations import took_part
from hamm_eval.analysis.rated_participations import PERSPECTIVES, rated_participations
from hamm_eval.cohort.grouping import levels_in_order, levels_of, merge_small
from hamm_eval.effects import estimate_effect
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import (
    Agreement,
    FloatArray,
    IntArray,
    Responses,
    TwoPerspectives,
    WeightedShare,
)
from hamm_eval.inference import labels_to_codes, sum_by
from hamm_eval.params import Params
from hamm_eval.ratings import paired_ordinal_regression, weighted_kappa
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.vocabulary import EFFECTIVE, RATINGS

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "two_perspectives"
_WORKER, _REFUGEE = (f"rating_{perspective}" for perspective in PERSPECTIVES)


def two_perspectives(case_file: CaseFile, params: Params, measure: str) -> TwoPerspectives:
    """Both distributions of ratings, who is silent, and how far both sides agree.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
        Its `two_perspectives` names the measures, and the characteristics of response rates and weights.
    measure : str

    Returns
    -------
    TwoPerspectives
        One participation a person (`rated_participations`).

    Raises
    ------
    UsageError
        Params do not ask for this measure.
    TableAbsent
        The export holds no participations or no ratings.
    NotEstimable
        Nobody's participation in it has ended.

    Notes
    -----
    Pairs are clustered in social workers, who differ in lenience, and in households, who share a social
    worker: workers are resampled where they are known, else households. Ordinal regression takes both ratings
    of every pair with the perspective as its one covariate; workers' clusters hold both.

    Response weights take silence to depend on the characteristics alone. The silent may be silent for what
    they would say: bounds and shifts (`release.silent`) come first.

    References
    ----------
    Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. Journal of the Royal Statistical
    Society B 69, 369-390. Little, R. J. A. and Rubin, D. B. (2020). Statistical Analysis with Missing Data.
    Manski, C. F. (1990). Nonparametric bounds on treatment effects. American Economic Review 80, 319-323.
    """
    asked = params.two_perspectives
    if asked is None or measure not in asked.measures:
        known = ", ".join(asked.measures) if asked is not None else "none"
        raise UsageError(
            "Params do not ask for the ratings of this measure.",
            where="two_perspectives.measures",
            todo=f"Known: {known}.",
        )
    rows = rated_participations(case_file, params, measure)
    if rows.empty:
        raise NotEstimable("Nobody's participation in this measure has ended.", where="participations")
    clustered_by, cluster = _clusters(rows)
    policy = policy_of(params)
    errors = [_effective_error(rows[name], cluster) for name in (_WORKER, _REFUGEE)]
    weighted = [_weighted_share(rows, name, params, policy) for name in (_WORKER, _REFUGEE)]
    return TwoPerspectives(
        definition=replace(
            define(
                QUESTION,
                measure,
                **cohort_details(params),
                by_groups={key: group_details(params, key) for key in asked.by_groups},
                weigh_by={key: group_details(params, key) for key in asked.weigh_by},
            ),
            # 2: of each person the first participation that ended; 1 was of the first that was rated.
            version=2,
        ),
        measure=measure,
        counts=np.array([_tally(rows[name]) for name in (_WORKER, _REFUGEE)], dtype=np.int64),
        effective_errors=np.array([error for error, _ in errors]),
        effective_clusters=(errors[0][1], errors[1][1]),
        responses=tuple(_responses(rows, params, policy)),
        weighted=(weighted[0], weighted[1]),
        weighted_by=asked.weigh_by,
        agreement=agreement(rows, cluster, clustered_by),
        whom=took_part(params, measure),
    )


def _tally(ratings: pd.Series) -> IntArray:
    """Persons by rating."""
    return np.array([(ratings == rating).sum() for rating in RATINGS], dtype=np.int64)


def _clusters(rows: pd.DataFrame) -> tuple[str, IntArray]:
    """Social workers where they are known for everybody and enough for a variance, else households."""
    workers = rows["social_worker"]
    known = bool(workers.notna().all()) and workers.nunique() >= LEAST_WORKERS
    by = "social_worker" if known else "household_id"
    codes, _ = labels_to_codes(rows[by].to_numpy(dtype=str), by)
    return ("social_worker" if known else "household"), codes


def _effective_error(ratings: pd.Series, cluster: IntArray) -> tuple[float, int]:
    """Standard error of the share of 4 and 5 among the ratings there are, and clusters; NaN below two."""
    known = ratings.notna().to_numpy()
    good = np.asarray(ratings[known] >= EFFECTIVE, dtype=np.float64)
    of, codes = np.unique(cluster[known], return_inverse=True)
    return (mean_error(good, codes.astype(np.int64)) if of.size else math.nan), of.size


def mean_error(values: FloatArray, cluster: IntArray) -> float:
    """Standard error of a mean, G/(G-1) times the sums of squared cluster totals; NaN with one cluster."""
    groups = int(cluster.max()) + 1
    if groups < 2:
        return math.nan
    totals = sum_by(cluster, values - values.mean(), groups)
    return float(np.sqrt(groups / (groups - 1) * (totals @ totals)) / values.size)


def _responses(rows: pd.DataFrame, params: Params, policy: Policy) -> Iterator[Responses]:
    """How many answered: of all, then of each level of each group, small levels merged as params say."""
    yield _response("", "", rows)
    asked = params.two_perspectives
    assert asked is not None
    for key in asked.by_groups:
        group = params.groups[key]
        levels = merge_small(
            levels_of(rows, group, key),
            group.merge,
            lambda values: values.value_counts() < policy.smallest_denominator,
        )
        for level in levels_in_order(levels.values, group):
            response = _response(key, level, rows[levels.values == level], group.sensitive)
            yield replace(response, merged=levels.merged.get(level, ()))


def _response(dimension: str, level: str, rows: pd.DataFrame, sensitive: bool = False) -> Responses:
    """Persons of one group and those of them whose participation was rated."""
    return Responses(
        dimension=dimension,
        level=level,
        persons=len(rows),
        given=(int(rows[_WORKER].notna().sum()), int(rows[_REFUGEE].notna().sum())),
        sensitive=sensitive,
    )


def _weighted_share(rows: pd.DataFrame, name: str, params: Params, policy: Policy) -> WeightedShare:
    """The share of 4 and 5, those who answered weighted by the inverse of their chance of answering.

    The same stacked estimating equations as for effects, answering in place of the treatment: the mean of the
    answering arm in the whole population.
    """
    asked = params.two_perspectives
    assert asked is not None
    answered = rows[name].notna()
    if not asked.weigh_by:
        return WeightedShare(value=math.nan, std_error=math.nan, missing="not_asked")

    def too_small(levels: pd.Series) -> pd.Series:
        given = answered.reindex(levels.index)
        fewest = pd.concat([given.groupby(levels).sum(), (~given).groupby(levels).sum()], axis=1).min(axis=1)
        return fewest <= policy.largest_hidden_count

    design = design_matrix(rows, asked.weigh_by, params.groups, too_small)
    kept = rows[design.kept]
    given = answered[design.kept].to_numpy()
    rarer = min(int(given.sum()), int((~given).sum()))
    parameters = design.columns.shape[1]
    if parameters == 0 or rarer < policy.model_events_per_parameter * parameters:
        return WeightedShare(value=math.nan, std_error=math.nan, missing="too_few")
    # Of the silent no outcome is read: their weight in the answering arm is 0.
    good = (kept[name] >= EFFECTIVE).to_numpy(dtype=np.float64)
    _, cluster = _clusters(kept)
    try:
        fit = estimate_effect(
            good,
            given.astype(np.int64),
            design.columns,
            method="weighting",
            estimand="ATE",
            cluster=cluster,
        )
    except NotEstimable:
        return WeightedShare(value=math.nan, std_error=math.nan, missing="not_estimable")
    # Of those who answered: a worker none of whose persons did adds nothing to the error of their mean.
    answering = int(np.unique(cluster[given]).size)
    return WeightedShare(value=fit.mean_treated, std_error=fit.std_error_treated, clusters=answering)


def agreement(rows: pd.DataFrame, cluster: IntArray, clustered_by: str) -> Agreement | None:
    """How both ratings of the same participation go together; None where no participation has both."""
    both = rows[[_WORKER, _REFUGEE]].notna().all(axis=1).to_numpy()
    if not both.any():
        return None
    worker, refugee = (rows.loc[both, name].to_numpy(dtype=np.int64) for name in (_WORKER, _REFUGEE))
    _, codes = np.unique(cluster[both], return_inverse=True)
    of = codes.astype(np.int64)
    pairs = np.bincount((worker - 1) * len(RATINGS) + refugee - 1, minlength=len(RATINGS) ** 2)
    apart = (refugee - worker).astype(np.float64)
    error, plain = mean_error(apart, of), mean_error(apart, np.arange(apart.size, dtype=np.int64))
    kappa, kappa_factor = _kappa(worker, refugee, of)
    ordinal, ordinal_factor = _ordinal(worker, refugee, of)
    return Agreement(
        pairs=pairs.reshape(len(RATINGS), len(RATINGS)).astype(np.int64),
        kappa=kappa,
        ordinal=ordinal,
        difference=float(apart.mean()),
        difference_error=error,
        clustered_by=clustered_by,
        clusters=int(of.max()) + 1,
        kappa_factor=kappa_factor,
        difference_factor=_factor(error, plain),
        ordinal_factor=ordinal_factor,
    )


def _kappa(worker: IntArray, refugee: IntArray, cluster: IntArray) -> tuple[Any, float]:
    """Quadratic kappa by the cluster bootstrap, and its standard error over that of independent pairs."""
    scale = list(RATINGS)
    try:
        found = weighted_kappa(worker, refugee, categories=scale, cluster=cluster)
        plain = weighted_kappa(worker, refugee, categories=scale)
    except NotEstimable:
        return None, math.nan
    return found, _factor(found.std_error, plain.std_error)


def _ordinal(worker: IntArray, refugee: IntArray, cluster: IntArray) -> tuple[Any, float]:
    """Ordinal regression on the perspective, clustered, and its standard error over that of pairs alone."""
    try:
        found = paired_ordinal_regression(worker, refugee, cluster=cluster)
        plain = paired_ordinal_regression(worker, refugee)
    except NotEstimable:
        return None, math.nan
    return found, _factor(float(found.std_error[0]), float(plain.std_error[0]))


def _factor(clustered: float, plain: float) -> float:
    """A standard error over that of independent pairs, at least 1; NaN where there is none."""
    if not (math.isfinite(clustered) and math.isfinite(plain) and plain > 0):
        return math.nan
    return max(clustered / plain, 1.0)
