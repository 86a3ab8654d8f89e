"""Effects on what has happened by a horizon, where follow-up may end early and departures compete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.arm_means import METHODS, Method
from hamm_eval.effects.censoring import fit_censoring
from hamm_eval.effects.checks import (
    Clusters,
    Collector,
    check_truncation,
    refuse_missing_arm,
    sampling_weights,
    variance_clusters,
)
from hamm_eval.effects.contrast import Contrast
from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.effects.engine import design_comparison, estimate
from hamm_eval.effects.estimands import ESTIMANDS, Estimand
from hamm_eval.effects.matching_options import NO_MATCHING
from hamm_eval.effects.positivity import PerArm
from hamm_eval.effects.regression import Family
from hamm_eval.effects.results import Effect, HorizonEffect
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, checked_binary, checked_codes, checked_vector, refuse_where

HorizonContrast = Literal["risk_difference", "risk_ratio", "months_difference"]
CONTRASTS: tuple[HorizonContrast, ...] = ("risk_difference", "risk_ratio", "months_difference")


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
    check = Collector()
    nobody: Clusters = (None, None)
    check.choice(method, METHODS, "method", NO_MATCHING if method == "matching" else "")
    check.choice(estimand, ESTIMANDS, "estimand")
    check.choice(contrast, CONTRASTS, "contrast")
    a = check.take(lambda: checked_binary(treated, "treated"), np.empty(0))
    check.finish()
    rows = a.size
    check.take(lambda: refuse_missing_arm(a), None)
    t = check.take(lambda: checked_vector(time, "time", length=rows), a)
    code = check.take(lambda: checked_codes(cause, "cause", length=rows), a.astype(np.int64))
    given = check.take(lambda: checked_covariates(covariates, rows), checked_covariates(None, rows))
    behind = given
    if censoring_covariates is not None:
        behind = check.take(
            lambda: checked_covariates(censoring_covariates, rows, "censoring_covariates"), given
        )
    sampling = check.take(lambda: sampling_weights(weights, rows), a)
    clusters, persons = check.take(lambda: variance_clusters(cluster, person, rows), nobody)
    start = check.take(lambda: _common_start(entry, rows), 0.0)
    check.take(lambda: _check_clock(t, start, horizon, of), None)
    check.take(lambda: check_truncation(truncate, method), None)
    check.finish()

    end = horizon - start
    followed = t - start
    design = design_comparison(
        a,
        sampling,
        given,
        method=method,
        estimand=estimand,
        interactions=interactions,
        truncate=truncate,
    )
    model = fit_censoring(followed, (code > 0).astype(float), end, a, behind.scaled, sampling)
    observation = model.weights
    months = contrast == "months_difference"
    kind: Contrast = "ratio" if contrast == "risk_ratio" else "difference"

    def effect_on(happened: FloatArray, chosen: Method) -> dict[str, Any]:
        family: Family = "gaussian" if months else "binomial"
        found = estimate(
            design,
            happened * (end - np.minimum(followed, end)) if months else happened,
            observation,
            family=family,
            contrast=kind,
            cluster=clusters,
            cluster_t=cluster_t,
            small_sample=small_sample,
            confidence=confidence,
            persons=persons,
            correction=model.correction if (observation == 0).any() else None,
            method=chosen,
        )
        return found | {"contrast": contrast, "events": _per_arm(happened, a)}

    by_then = followed <= end
    main = effect_on(((code == of) & by_then).astype(float), method)
    gone = ((code > 0) & (code != of) & by_then).astype(float)
    unseen = (observation == 0).astype(float)
    return HorizonEffect(
        **main,
        risk_treated=None if months else main["mean_treated"],
        risk_control=None if months else main["mean_control"],
        horizon=float(horizon),
        of=of,
        competing=_competing(effect_on, gone, method),
        competing_events=_per_arm(gone, a),
        censored=_per_arm(unseen, a),
        largest_censoring_weight=float(observation.max()),
    )


def _competing(effect_on: Any, gone: FloatArray, method: Method) -> Effect | None:
    """The effect on departures; by weighting where they are too few for an outcome model, and labelled so."""
    if not gone.any():
        return None
    try:
        return Effect(**effect_on(gone, method))
    except NotEstimable:
        if method not in ("aipw", "standardisation"):
            return None
    try:
        return Effect(**effect_on(gone, "weighting"))
    except NotEstimable:
        return None  # a ratio with an arm without departures


def _per_arm(flags: FloatArray, a: FloatArray) -> PerArm[int]:
    """Rows flagged in each arm."""
    return PerArm(int(flags[a == 1].sum()), int(flags[a == 0].sum()))


def _common_start(entry: ArrayLike | None, rows: int) -> float:
    """The one time zero of all rows."""
    if entry is None:
        return 0.0
    found = checked_vector(entry, "entry", length=rows)
    if np.unique(found).size > 1:
        raise InputError(
            "Rows enter at different times: who is in the arms changes from one to the next, and weights for "
            "that are not offered.",
            where="entry",
            todo="Count time from each row's own time zero, or keep the rows at risk at a landmark.",
        )
    return float(found[0])


def _check_clock(time: FloatArray, start: float, horizon: float, of: int) -> None:
    """Times after time zero, a horizon after it, a cause that is one."""
    refuse_where(time < start, "time", "Times before time zero", "Exclude and count who ended before it.")
    if start > 0:
        # Rows are (entry, time]: who ended on the day of the landmark was never at risk after it.
        at_zero = time == start
        refuse_where(at_zero, "time", "Times not after time zero", "Exclude and count who ended by then.")
    if not (np.isfinite(horizon) and horizon > start):
        raise InputError("Must be a finite time after time zero.", where="horizon")
    if of < 1:
        raise InputError("Causes are numbered from 1; 0 is censoring.", where="of")
