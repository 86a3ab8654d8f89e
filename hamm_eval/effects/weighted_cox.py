"""Marginal structural Cox models: hazard ratios of starting a measure, adjusted by weighting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.effects.balancing import compare_covariates
from hamm_eval.effects.checks import (
    Clusters,
    Collector,
    refuse_missing_arm,
    sampling_weights,
    variance_clusters,
)
from hamm_eval.effects.covariates import Covariates, checked_covariates
from hamm_eval.effects.positivity import PerArm, assess_overlap, kish
from hamm_eval.effects.results import ModelSupport
from hamm_eval.effects.weighted_cox_result import WeightedCox
from hamm_eval.effects.weighted_cox_rows import PersonRows, refuse_broken_histories, rows_of_persons
from hamm_eval.effects.weighted_cox_weights import check_level, checked_numerator, estimate_weights
from hamm_eval.errors import InputError
from hamm_eval.inference import (
    FEW_CLUSTERS,
    FloatArray,
    IntArray,
    checked_binary,
    checked_vector,
    critical_value,
    sandwich,
    two_sided_p,
)
from hamm_eval.survival import Cox, cox


def weighted_cox(
    stop: ArrayLike,
    event: ArrayLike,
    treated: ArrayLike,
    covariates: Any,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    stabilised: bool = True,
    cluster: ArrayLike | None = None,
    person: ArrayLike | None = None,
    numerator: Sequence[str] | None = None,
    truncate: float | None = None,
    strata: ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    confidence: float = 0.95,
    cluster_t: bool | None = None,
) -> WeightedCox:
    r"""Marginal hazard ratio of a measure, from a Cox model weighted by inverse probabilities of treatment.

    With one row a person, `treated` and `covariates` are those of time zero. With rows ``(start, stop]`` of a
    `person`, the measure may start between rows: `treated` is 1 in the rows after the start, `covariates` are
    those known when a row begins, and the weight of a row is

    .. math:: \prod_{j \le k} \frac{P(A_j = a_j | A_{j-1} = 0, V, j)}{P(A_j = a_j | A_{j-1} = 0, L_j, j)}

    over the rows of the person until the start; who has started keeps the weight. The probabilities come from
    pooled logistic models with a cubic spline of time. Time before the start counts as time without the
    measure: there is no immortal time.

    Parameters
    ----------
    stop : array_like, shape (n,)
    event : array_like of 0 and 1, shape (n,)
        Competing events count as censored, so that the hazard is cause-specific.
    treated : array_like of 0 and 1, shape (n,)
        Changes at most once in a person, from 0 to 1.
    covariates : (n, p) array, DataFrame of numeric columns, or None
        Those of the denominator, as in `estimate_effect`.
    start : array_like, shape (n,), optional
        Needed where persons have several rows. These must be split at common times (days, months) for
        everyone, not only where someone starts: each row is a decision.
    weights : array_like, shape (n,), optional
        Sampling weights, or inverse probabilities of not having been censored: they multiply the treatment
        weights, and are taken as known.
    stabilised : bool
        False: the numerator is 1.
    cluster : array_like of labels, shape (n,), optional
        Households, social workers; contains all rows of a person.
    person : array_like of labels, shape (n,), optional
        Whose row it is. None: each row is a person.
    numerator : list of str, optional
        Covariates V of the numerator, known at a person's first row (columns of an array are x1, x2, ...).
        They make the weights less variable, and have to enter the Cox model in turn, where their coefficients
        are associations. None: time alone.
    truncate : float, optional
        Quantile, such as 0.99, of the treatment weights of the rows under the measure and of those without,
        at which larger ones are cut: less variance, some bias. The number is in ``.truncated``.
    strata : array_like, shape (n,), optional
        Baseline hazards of the Cox model; the models of starting are common to all strata.
    ties : "efron" or "breslow"
    confidence : float
    cluster_t : bool, optional
        Student's t with clusters - 1 degrees of freedom and the factor G / (G - 1) in the variances. None:
        with fewer than 40 clusters (persons, where no larger ones are given).

    Returns
    -------
    WeightedCox
        With `baseline`, `residuals` and `proportionality_test` of `Cox`.

    Raises
    ------
    InputError
        Arguments that cannot be used, all at once; rows of one person that overlap, leave a gap, or are
        without the measure after its start; a numerator that changes over time.
    NotEstimable
        Separation, a time or category at which all or none start; an arm without events.

    Notes
    -----
    The variance is a stacked sandwich. A row's score residual is the derivative of the partial score by the
    row's weight (exactly, with either treatment of ties), so that the influence of a unit is its part in the
    Lin-Wei variance plus what its scores in the two logistic models carry into the weights of all rows.
    Weights that are cut move with the quantile they are cut at as the models move; which rows are cut counts
    as given.

    A hazard ratio averages over whom is still at risk, is not collapsible, and depends on the length of
    follow-up: beside it belongs `effect_at_horizon`.

    References
    ----------
    Hernan, M. A., Brumback, B. and Robins, J. M. (2000). Marginal structural models to estimate the causal
    effect of zidovudine on the survival of HIV-positive men. Epidemiology 11, 561-570. Cole, S. R. and
    Hernan, M. A. (2008). Constructing inverse probability weights for marginal structural models. American J.
    Epidemiology 168, 656-664. Lin, D. Y. and Wei, L. J. (1989). J. American Statistical Association 84,
    1074-1078. Shu, D., Young, J. G., Toh, S. and Wang, R. (2021). Variance estimation in inverse probability
    weighted Cox models. Biometrics 77, 1101-1117.

    Examples
    --------
    >>> from hamm_eval.effects import weighted_cox
    >>> stop, event = [4, 3, 1, 6, 2, 5, 3, 7], [1, 1, 1, 0, 1, 1, 0, 1]
    >>> treated, alone = [1, 1, 0, 0, 1, 0, 0, 1], [[1], [1], [1], [0], [0], [0], [0], [1]]
    >>> fit = weighted_cox(stop, event, treated, alone)
    >>> fit.names, fit.weights.round(2).tolist()
    (('treated',), [0.67, 0.67, 2.0, 0.67, 2.0, 0.67, 0.67, 0.67])
    """
    check = Collector()
    nobody: Clusters = (None, None)
    nothing: tuple[str, ...] = ()
    check.choice(ties, ("efron", "breslow"), "ties")
    a = check.take(lambda: checked_binary(treated, "treated"), np.empty(0))
    check.finish()
    n = a.size
    check.take(lambda: refuse_missing_arm(a), None)
    end = check.take(lambda: checked_vector(stop, "stop", length=n), a)
    begin = None if start is None else check.take(lambda: checked_vector(start, "start", length=n), a)
    happened = check.take(lambda: checked_binary(event, "event", length=n), a)
    given = check.take(lambda: checked_covariates(covariates, n), checked_covariates(None, n))
    sampling = check.take(lambda: sampling_weights(weights, n), a)
    clusters, persons = check.take(lambda: variance_clusters(cluster, person, n), nobody)
    check.take(lambda: check_level(truncate), None)
    rows = rows_of_persons(np.arange(n, dtype=np.int64) if persons is None else persons, begin)
    above = check.take(lambda: checked_numerator(numerator, given, rows, stabilised), nothing)
    check.finish()
    refuse_broken_histories(rows, begin, end, a)

    found = estimate_weights(
        rows, begin, a, given, sampling, stabilised=stabilised, numerator=above, truncate=truncate
    )
    total = sampling * found.weights
    groups = None if clusters is None else int(clusters.max()) + 1
    few = (
        groups if groups is not None and (groups < FEW_CLUSTERS if cluster_t is None else cluster_t) else None
    )
    fit = cox(
        end,
        happened,
        _in_the_model(a, given, above),
        start=begin,
        weights=total,
        strata=strata,
        cluster=clusters,
        ties=ties,
        confidence=confidence,
        cluster_t=few is not None,
    )
    # Derivatives of the coefficients by the logarithm of each row's weight.
    known = fit.residuals("dfbeta")
    factor = 1.0 if few is None else few / (few - 1)
    covariance = factor * sandwich(np.eye(len(fit.names)), known + found.correction(known), clusters)
    at = found.decides
    decided = (given.given_names, given.given[at], a[at])
    return WeightedCox(
        **_inferred(fit, covariance, few),
        weights=total,
        truncated=found.truncated,
        std_error_known_weights=fit.std_error * np.sqrt(factor),
        balance=compare_covariates(*decided, found.balancing),
        balance_before=compare_covariates(*decided, sampling[at]),
        overlap=assess_overlap(found.propensity, a[at], found.balancing, sampling[at]),
        effective_n=_effective_persons(rows, a, total),
        persons=PerArm(*(_distinct(rows.person[a == value]) for value in (1, 0))),
        arm_events=PerArm(*(int(happened[a == value].sum()) for value in (1, 0))),
        support=(
            ModelSupport("propensity", int(min(a[at].sum(), (1 - a[at]).sum())), found.parameters),
            ModelSupport("outcome", fit.events, len(fit.names)),
        ),
        dropped=given.dropped,
    )


def _in_the_model(treated: FloatArray, covariates: Covariates, numerator: tuple[str, ...]) -> Any:
    """Columns of the Cox model; a frame, because its names are what messages and results speak of."""
    import pandas as pd

    if "treated" in numerator:
        raise InputError("A covariate bears the name of the measure's column.", where="numerator")
    columns = {name: covariates.values[:, covariates.names.index(name)] for name in numerator}
    return pd.DataFrame({"treated": treated, **columns})


def _inferred(fit: Cox, covariance: FloatArray, clusters: int | None) -> dict[str, Any]:
    """The fields of a `Cox` with another covariance."""
    std_error = np.sqrt(np.diag(covariance))
    reach = critical_value(fit.confidence, clusters) * std_error
    with np.errstate(over="ignore"):
        lower, upper = np.exp(fit.coefficients - reach), np.exp(fit.coefficients + reach)
    return {item.name: getattr(fit, item.name) for item in fields(Cox)} | {
        "std_error": std_error,
        "covariance": covariance,
        "lower": lower,
        "upper": upper,
        "p_value": two_sided_p(fit.coefficients / std_error, clusters),
    }


def _effective_persons(rows: PersonRows, treated: FloatArray, weight: FloatArray) -> PerArm[float]:
    """Kish's effective numbers, each person's last row in an arm standing for the person there."""
    sizes = []
    for value in (1, 0):
        places = rows.order[treated[rows.order] == value]
        codes = rows.person[places]
        sizes.append(kish(weight[places[_ends_run(codes)]]))
    return PerArm(*sizes)


def _ends_run(codes: IntArray) -> NDArray[np.bool_]:
    """Whether each of the sorted codes is the last of its kind."""
    return np.append(codes[1:] != codes[:-1], True)


def _distinct(codes: IntArray) -> int:
    """How many different codes there are."""
    return int(np.unique(codes).size)
