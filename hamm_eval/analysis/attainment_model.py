"""What goes with higher attainment? Ordinal regression, and how much lies between social workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import define, group_details
from hamm_eval.analysis.design_matrix import DesignMatrix, design_matrix, reference_of
from hamm_eval.analysis.goal_attainment import QUESTION, SCORES, details, known_domain, question
from hamm_eval.analysis.model_terms import lost_from, term_of, too_small_in
from hamm_eval.cohort import FollowedGoals, first_goals
from hamm_eval.cohort.goals import DROPPED
from hamm_eval.cohort.grouping import is_number, levels_of
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import AttainmentModel, WorkerShare
from hamm_eval.params import Params
from hamm_eval.ratings import ordinal_mixed, ordinal_regression, proportional_odds_test
from hamm_eval.release.policy import policy_of

_AS_AGREED = 0


def attainment_model(followed: FollowedGoals, params: Params, domain: str) -> AttainmentModel:
    """Odds of a higher attainment score by the characteristics that params name (proportional odds).

    Parameters
    ----------
    followed : FollowedGoals
    params : Params
        `goal_attainment.covariates`: keys of `params.groups`.
    domain : str

    Returns
    -------
    AttainmentModel
        Of persons whose first goal in the domain has a score at its latest review, with household-robust
        standard errors; levels are compared with the same one in every domain. Dropped goals have none and
        are not in it, nor are those not yet reviewed. Levels of few persons, or of few below or from what was
        agreed, are merged in the order of params or left out; scores that fewer persons have than a level
        needs are taken with the next one towards what was agreed.

    Raises
    ------
    UsageError
        No such domain, group or column; params do not ask for it.
    NotEstimable
        Nobody has a score, all have the same one, or no characteristic is left.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. J. Royal Statistical Society B 42, 109-142.
    """
    asked = question(params)
    policy = policy_of(params)
    rows = _scored(followed, domain)
    matrix = design_matrix(
        rows,
        asked.covariates,
        params.groups,
        too_small_in(rows, policy),
        references=_references(followed.persons, asked.covariates, params),
    )
    used = rows[matrix.kept]
    scale = merged_scale(used["score"], policy.level_persons)
    _refuse_empty(matrix, scale, domain)
    rating = _rating(used["score"], scale)
    cluster = used["household_id"].to_numpy(dtype=str)
    fit = ordinal_regression(rating, matrix.columns, cluster=cluster)
    missing, left_out = lost_from(rows, matrix, rows["event"].astype(bool))
    return AttainmentModel(
        definition=define(
            QUESTION,
            f"model/{domain}",
            domain=domain,
            covariates={key: group_details(params, key) for key in asked.covariates},
            **details(asked, params),
        ),
        domain=domain,
        terms=tuple(term_of(used, matrix, *pair) for pair in matrix.terms),
        references=tuple(term_of(used, matrix, *pair) for pair in matrix.references),
        fit=fit,
        categories=_persons_by(rating, scale),
        merged=matrix.merged,
        missing=missing,
        left_out=left_out,
        proportional_p=_proportional(rating, matrix, cluster, len(scale)),
    )


def attainment_workers(followed: FollowedGoals, params: Params, domain: str) -> WorkerShare:
    """Share of the differences in attainment that lies between social workers, characteristics being equal.

    Parameters
    ----------
    followed, params, domain
        As in `attainment_model`.

    Returns
    -------
    WorkerShare
        Of the latent variance of a cumulative model with the same characteristics and one random intercept
        per social worker, with a profile likelihood interval. Whatever goes with a worker is in it: the
        provider, the social space, and whom they accompany beyond the characteristics; these cannot be told
        apart where each worker belongs to one provider and one space.

    Raises
    ------
    UsageError, NotEstimable
        As `attainment_model`; one social worker only.

    References
    ----------
    Hedeker, D. and Gibbons, R. D. (1994). A random-effects ordinal regression model for multilevel analysis.
    Biometrics 50, 933-944.
    """
    asked = question(params)
    policy = policy_of(params)
    rows = _scored(followed, domain)
    rows = rows[rows["social_worker"].notna()]
    matrix = design_matrix(rows, asked.covariates, params.groups, too_small_in(rows, policy))
    used = rows[matrix.kept]
    scale = merged_scale(used["score"], policy.level_persons)
    _refuse_empty(matrix, scale, domain)
    rating = _rating(used["score"], scale)
    worker = used["social_worker"].astype(str)
    fit = ordinal_mixed(rating, matrix.columns, worker.to_numpy(dtype=str))
    return WorkerShare(
        definition=define(
            QUESTION,
            f"workers/{domain}",
            domain=domain,
            covariates={key: group_details(params, key) for key in asked.covariates},
            **details(asked, params),
        ),
        domain=domain,
        value=float(fit.variance_share),
        lower=float(fit.variance_share_lower),
        upper=float(fit.variance_share_upper),
        workers=tuple(int(n) for n in worker.value_counts().to_numpy()),
        categories=_persons_by(rating, scale),
        parameters=matrix.columns.shape[1] + len(scale),
    )


def _scored(followed: FollowedGoals, domain: str) -> pd.DataFrame:
    """Persons with a score, their baseline characteristics, and `event`: at least what was agreed."""
    goals = first_goals(followed, known_domain(domain), QUESTION).rows
    scored = goals[goals["score"].notna() & (goals["latest"] != DROPPED)][["person_id", "score"]]
    rows = followed.persons.merge(scored, on="person_id").reset_index(drop=True)
    if rows.empty:
        raise NotEstimable("No goal of this domain has a score.", where=f"{QUESTION}.{domain}")
    return rows.assign(event=(rows["score"] >= _AS_AGREED).astype("int64"))


def _references(persons: pd.DataFrame, covariates: Sequence[str], params: Params) -> dict[str, str]:
    """What levels are compared with among everyone followed, whatever domain their goals are in."""
    factors = [key for key in covariates if not is_number(persons, params.groups[key], key)]
    found = {key: reference_of(levels_of(persons, params.groups[key], key)) for key in factors}
    return {key: level for key, level in found.items() if level is not None}


def merged_scale(scores: pd.Series, least: int) -> tuple[tuple[int, ...], ...]:
    """Scores in classes of at least so many persons: the ends first, towards what was agreed.

    Examples
    --------
    >>> merged_scale(pd.Series([-2.0] * 3 + [-1.0] * 20 + [0.0] * 20 + [1.0] * 12), 10)
    ((-2, -1), (0,), (1, 2))
    >>> merged_scale(pd.Series([-2.0] * 30 + [2.0] * 30), 10)
    ((-2, -1, 0, 1), (2,))
    """
    scale: list[tuple[int, ...]] = [(score,) for score in SCORES]

    def count(of: tuple[int, ...]) -> int:
        return int(scores.isin(of).sum())

    while len(scale) > 1:
        small = [at for at, of in enumerate(scale) if count(of) < least]
        if not small:
            break
        # The class that is farthest from what was agreed goes first.
        at = max(small, key=lambda place: (abs(sum(scale[place]) / len(scale[place])), place))
        to = at + 1 if max(scale[at]) < _AS_AGREED or at == 0 else at - 1
        low = min(at, to)
        scale[low : low + 2] = [scale[low] + scale[low + 1]]
    return tuple(scale)


def _rating(scores: pd.Series, scale: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Place of each score on the scale."""
    place = {score: at for at, of in enumerate(scale) for score in of}
    return scores.astype(int).map(place).to_numpy(dtype=np.int64)


def _persons_by(rating: np.ndarray, scale: Sequence[tuple[int, ...]]) -> Mapping[str, int]:
    """Persons in each class of the scale."""
    return {",".join(map(str, of)): int((rating == at).sum()) for at, of in enumerate(scale)}


def _refuse_empty(matrix: DesignMatrix, scale: Sequence[tuple[int, ...]], domain: str) -> None:
    """A model needs differences to explain, and something to explain them by."""
    if matrix.columns.empty or len(scale) < 2:
        raise NotEstimable(
            "Scores, or the characteristics that are left, do not differ.", where=f"{QUESTION}.{domain}"
        )


def _proportional(rating: np.ndarray, matrix: DesignMatrix, cluster: np.ndarray, points: int) -> float:
    """Smallest corrected p-value of the tests of one coefficient for all scores, factor by factor."""
    if points < 3:
        return float("nan")
    columns = list(map(str, matrix.columns.columns))
    terms = {
        factor: [column for column in columns if column.partition("=")[0] == factor]
        for factor in dict.fromkeys(column.partition("=")[0] for column in columns)
    }
    p = proportional_odds_test(rating, matrix.columns, terms=terms, cluster=cluster).p_value
    known = p[np.isfinite(p)]
    return float(min(1.0, known.min() * known.size)) if known.size else float("nan")
