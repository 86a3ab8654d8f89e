"""Effects on what has happened by a horizon, where follow-up may end early and departures compete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from hamm_eval.effects.arm_means import Method
from hamm_eval.effects.estimands import Estimand
from hamm_eval.effects.horizon_comparison import HorizonComparison, HorizonContrast, compare_to_horizon
from hamm_eval.effects.results import Effect, HorizonEffect
from hamm_eval.errors import NotEstimable


def effect_at_horizon(
    time: ArrayLike,
    cause: ArrayLike,
    treated: ArrayLike,
    covariates: Any,
    *,
    horizon: float,
    of: int = 1,
    entry: ArrayLike | None = None,
    censoring_covariates: Any = None,
    person: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    cluster_t: bool | None = None,
    small_sample: bool = False,
    method: Method = "aipw",
    estimand: Estimand = "ATT",
    contrast: HorizonContrast = "risk_difference",
    interactions: str | Sequence[str] = "all",
    weights: ArrayLike | None = None,
    truncate: float | None = None,
    confidence: float = 0.95,
) -> HorizonEffect:
    """Total effect of a measure on the cumulative incidence of a cause at a horizon.

    Who departs before the horizon has no event of the cause: the total effect, in which a measure may act by
    way of departures. The same contrast for departures stands in ``.competing``. Who is censored before the
    horizon without any event is represented by those alike who were not (inverse-probability-of-censoring
    weights). Without censoring before the horizon the result is that of `estimate_effect` on the 0/1 outcome.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time of the event or of the last observation, from the common time zero, in any one unit.
    cause : array_like of int, shape (n,)
        0 = censored, 1..m. An event at t precedes a censoring at t.
    treated : array_like of 0 and 1, shape (n,)
        Known at time zero.
    covariates : (n, p) array, DataFrame of numeric columns, or None
        As in `estimate_effect`.
    horizon : float
        In the unit of `time`.
    of : int
        The cause.
    entry : array_like, shape (n,), optional
        Time zero on the clock of `time`; must be the same for all rows (a landmark).
    censoring_covariates : as `covariates`, optional
        Of the censoring model. None: the covariates of the comparison. An (n, 0) array: none, which makes the
        weights those of Kaplan-Meier by arm.
    person : array_like of labels, shape (n,), optional
        A person with several rows (trials) is one unit of the variance and is counted once.
    cluster : array_like of labels, shape (n,), optional
        Households, social workers; contains all rows of a person.
    cluster_t, small_sample : bool
        As in `estimate_effect`.
    method : {"aipw", "weighting", "standardisation", "unadjusted"}
        As in `estimate_effect`, with a logistic outcome model (linear for months). "unadjusted" adjusts for
        censoring only: with Kaplan-Meier weights it is the Aalen-Johansen estimator by arm. Matching is not
        offered: its variance under censoring is not known.
    estimand : {"ATT", "ATE", "ATO"}
    contrast : {"risk_difference", "risk_ratio", "months_difference"}
        "months_difference": difference in mean time between the event and the horizon, 0 without the event
        (restricted mean time lost to a cause), in the unit of `time`; positive: earlier or more often.
    interactions, weights, confidence
        As in `estimate_effect`.
    truncate : float, optional
        As in `estimate_effect`, of the weights of the comparison alone: those of censoring are not cut, their
        largest is in ``.largest_censoring_weight``.

    Returns
    -------
    HorizonEffect

    Raises
    ------
    InputError
        Arguments that cannot be used, all at once; entries that differ.
    NotEstimable
        As `estimate_effect`; an arm in which no one is followed to the horizon.

    Notes
    -----
    The censoring hazards are one more block of the stack whose sandwich is the variance. They are discrete:
    one per distinct time of censoring and arm, covariates by a logit with a weak normal prior (standard
    deviation 2.5 per standard deviation of a covariate), which keeps categories without censoring finite.

    References
    ----------
    Ozenne, B. M. H. et al. (2020). On the estimation of average treatment effects with right-censored time to
    event outcome and competing risks. Biometrical Journal 62, 751-763.
    Andersen, P. K. (2013). Decomposition of number of life years lost according to causes of death.
    Statistics in Medicine 32, 5278-5285.

    Examples
    --------
    >>> from hamm_eval.effects import effect_at_horizon
    >>> time, cause = [2, 9, 4, 12, 12, 7, 12, 12], [1, 1, 2, 0, 0, 1, 0, 0]
    >>> treated = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> effect = effect_at_horizon(time, cause, treated, None, horizon=12, method="unadjusted")
    >>> round(effect.risk_treated, 10), round(effect.risk_control, 10), round(effect.competing.value, 10)
    (0.5, 0.25, 0.25)
    """
    comparison = compare_to_horizon(
        time,
        cause,
        treated,
        covariates,
        horizon=horizon,
        of=of,
        entry=entry,
        censoring_covariates=censoring_covariates,
        person=person,
        cluster=cluster,
        cluster_t=cluster_t,
        small_sample=small_sample,
        method=method,
        estimand=estimand,
        contrast=contrast,
        interactions=interactions,
        weights=weights,
        truncate=truncate,
        confidence=confidence,
    )
    return effect_of(comparison)


def effect_of(comparison: HorizonComparison) -> HorizonEffect:
    """The effect on the cause of a comparison, and that on departures, from the same fits."""
    method = comparison.design.method
    main = comparison.effect_on(comparison.happened, method)
    months = comparison.contrast == "months_difference"
    return HorizonEffect(
        **main,
        risk_treated=None if months else main["mean_treated"],
        risk_control=None if months else main["mean_control"],
        horizon=comparison.horizon,
        of=comparison.of,
        competing=_competing(comparison, method),
        competing_events=comparison.per_arm(comparison.gone),
        censored=comparison.per_arm((comparison.censoring.weights == 0).astype(float)),
        largest_censoring_weight=float(comparison.censoring.weights.max()),
    )


def _competing(comparison: HorizonComparison, method: Method) -> Effect | None:
    """The effect on departures; by weighting where they are too few for an outcome model, and labelled so."""
    if not comparison.gone.any():
        return None
    try:
        return Effect(**comparison.effect_on(comparison.gone, method))
    except NotEstimable:
        if method not in ("aipw", "standardisation"):
            return None
    try:
        return Effect(**comparison.effect_on(comparison.gone, "weighting"))
    except NotEstimable:
        return None  # a ratio with an arm without departures
