"""The effect of starting a measure within a grace period, from a sequence of target trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.balancing import compare_covariates
from hamm_eval.effects.checks import Clusters, Collector, sampling_weights, variance_clusters
from hamm_eval.effects.contrast import Contrast, compare
from hamm_eval.effects.covariates import Covariates, checked_covariates
from hamm_eval.effects.estimands import ESTIMANDS, Estimand
from hamm_eval.effects.grace import ADHERENCES, Adherence, grace_weights
from hamm_eval.effects.hazard_model import exposure_in, fit_hazard, happened_in, pieces
from hamm_eval.effects.horizon_comparison import CONTRASTS, HorizonContrast
from hamm_eval.effects.positivity import PerArm, assess_overlap, kish
from hamm_eval.effects.regression import Family
from hamm_eval.effects.results import Effect, HorizonEffect, ModelSupport
from hamm_eval.effects.starting_means import Observed, Strategies, strategy_means
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_codes,
    checked_vector,
    labels_to_codes,
    refuse_where,
    sum_by,
)

StartMethod = Literal["aipw", "weighting"]
METHODS: tuple[StartMethod, ...] = ("aipw", "weighting")
# As for the hazards of censoring at a fixed start: vanishes beside the data, keeps rare categories finite.
_PRIOR_SD = 2.5


def effect_of_starting(
    time: ArrayLike,
    cause: ArrayLike,
    start: ArrayLike,
    covariates: Any,
    *,
    horizon: float,
    grace: float,
    of: int = 1,
    adherence: Adherence = "intention_to_treat",
    trial: ArrayLike | None = None,
    person: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    cluster_t: bool | None = None,
    small_sample: bool = False,
    method: StartMethod = "aipw",
    estimand: Estimand = "ATT",
    contrast: HorizonContrast = "risk_difference",
    interactions: Literal["all", "none"] = "all",
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> HorizonEffect:
    r"""Total effect of starting within a grace period, against not starting, on incidence at a horizon.

    Each row is a person in one target trial, at risk at its time zero: without the event, present, under
    observation, the measure not begun. Who starts does so on a day within the grace period as it comes by
    itself; who does not start may start later (intention to treat) or never does within the follow-up (per
    protocol). A departure before the horizon is no event (total effect). Until a start, a row follows both
    strategies and counts in both arms, with weights that change with the time it has waited: no time that
    somebody must survive to start is credited to the measure (no immortal time).

    Parameters
    ----------
    time : array_like, shape (n,)
        Days from the row's time zero to the event or the last observation, positive.
    cause : array_like of int, shape (n,)
        0 = no longer seen, 1..m = event of that cause.
    start : array_like, shape (n,)
        Days from time zero to the start of the measure, positive; infinite for none. A start on or after the
        day of the event comes too late to count.
    covariates : (n, p) array, DataFrame of numeric columns, or None
        Known at time zero: what bears on the start and on the outcome.
    horizon, grace : float
        In the unit of `time`; the grace period ends by the horizon.
    of : int
        The cause.
    adherence : {"intention_to_treat", "per_protocol"}
    trial : array_like of labels, shape (n,), optional
        Which of several trials a row belongs to; they are pooled, with a term for each in both models.
    person : array_like of labels, shape (n,), optional
        A person with rows in several trials is one unit of the variance and is counted once.
    cluster : array_like of labels, shape (n,), optional
        Households, social workers; contains all rows of a person.
    cluster_t, small_sample : bool
        As in `estimate_effect`.
    method : {"aipw", "weighting"}
        With an outcome model fitted under the weights, right if either the weights or the model are; or
        weighted means alone.
    estimand : {"ATT", "ATE", "ATO"}
        Effect in those who would start within the grace period by themselves, goal and departure put aside;
        in all; in the overlap population p (1 - p).
    contrast : {"risk_difference", "risk_ratio", "months_difference"}
        As in `effect_at_horizon`.
    interactions : {"all", "none"}
        One outcome model per arm, or one for both.
    weights : array_like, shape (n,), optional
        Sampling weights.
    confidence : float

    Returns
    -------
    HorizonEffect
        In ``.n`` and ``.events`` the treated are those who started within the grace period. ``.effective_n``
        adds up the weights of one person's rows first: later trials of a person are not other persons.

    Raises
    ------
    InputError
        Arguments that cannot be used, all at once.
    NotEstimable
        Nobody starts in time, or everybody; a group in which nobody does; redundant columns; an outcome that
        does not vary.

    Notes
    -----
    With the cumulative hazard L of starting (piecewise constant, log-linear in the covariates), grace period
    g, and a row judged on day t: who starts has weight :math:`1/p, p = 1 - e^{-L(g)}`; who ended without a
    start before g has :math:`(1 - e^{-(L(g) - L(t))})/p` in the arm that starts and :math:`e^{L(t)}` in the
    other; who has not started by g has 0 and :math:`e^{L(g)}` (per protocol :math:`e^{L(t)}`). Both have
    expectation 1 (ATE); the ATT multiplies by p. Who is no longer seen before the horizon stands to others as
    in `effect_at_horizon`, by a hazard of the same form that knows whether the measure has begun. One stacked
    sandwich over start, observation and outcome models gives the variance.

    References
    ----------
    Hernán, M. A. and Robins, J. M. (2016). Using big data to emulate a target trial when a randomized trial
    is not available. American Journal of Epidemiology 183, 758-764.
    Cain, L. E. et al. (2010). When to start treatment? International Journal of Biostatistics 6, article 18.
    Danaei, G. et al. (2013). Observational data for comparative effectiveness research: an emulation of
    randomised trials of statins. Statistical Methods in Medical Research 22, 70-96.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import effect_of_starting
    >>> rng = np.random.default_rng(1)
    >>> start, goal = rng.exponential(60, 400), rng.exponential(300, 400)
    >>> effect = effect_of_starting(goal, np.ones(400), start, None, horizon=365, grace=30, estimand="ATE")
    >>> bool(effect.lower < 0 < effect.upper)  # the start has no effect here
    True
    """
    check = Collector()
    nobody: Clusters = (None, None)
    check.choice(method, METHODS, "method", "Matching and averaged predictions know no grace period.")
    check.choice(estimand, ESTIMANDS, "estimand")
    check.choice(contrast, CONTRASTS, "contrast")
    check.choice(adherence, ADHERENCES, "adherence")
    check.choice(interactions, ("all", "none"), "interactions")
    t = check.take(lambda: checked_vector(time, "time"), np.ones(1))
    rows = t.size
    code = check.take(lambda: checked_codes(cause, "cause", length=rows), np.zeros(rows, dtype=np.int64))
    begun = check.take(lambda: _checked_start(start, rows), t)
    given = check.take(lambda: checked_covariates(covariates, rows), checked_covariates(None, rows))
    numbers = check.take(lambda: _trials(trial, rows), None)
    sampling = check.take(lambda: sampling_weights(weights, rows), t)
    clusters, persons = check.take(lambda: variance_clusters(cluster, person, rows), nobody)
    check.take(lambda: _check_clock(t, horizon, grace, of), None)
    check.finish()

    if numbers is not None:
        given = _with_trials(given, *numbers, rows)
    until = np.minimum(t, horizon)
    # A start on the day of the event or later comes too late to count.
    begun = np.where(begun < until, begun, np.inf)
    started = begun <= grace
    if not started.any() or started.all():
        raise NotEstimable(
            "Nobody starts within the grace period, or everybody does: there is nobody to compare with.",
            where="start",
        )
    covered = given.scaled
    cuts = _start_cuts(begun, grace, horizon if adherence == "per_protocol" else grace)
    open_until = np.minimum(np.minimum(until, begun), cuts[-1])
    model = fit_hazard(
        exposure_in(cuts, 0.0, open_until),
        happened_in(cuts, open_until, (begun <= cuts[-1]).astype(float)),
        covered,
        given.names,
        sampling,
        model="start model",
    )
    parts = grace_weights(model, cuts, begun, until, grace, estimand=estimand, adherence=adherence)
    observed = _observation(t, code, begun, horizon, given, sampling)
    units = clusters if clusters is not None else np.arange(rows, dtype=np.int64)
    without = units if small_sample else None
    strategies = Strategies(
        weights=parts,
        start_model=model,
        observed=observed,
        sampling=sampling,
        covariates=covered,
        names=given.names,
        without=without,
        start_steps=model.steps(without),
        observed_steps=None if observed.model is None else observed.model.steps(without),
    )
    months = contrast == "months_difference"
    kind: Contrast = "ratio" if contrast == "risk_ratio" else "difference"
    own = [sampling * arm.value for arm in strategies.arms]
    common = _design_fields(strategies, given, started, persons, own)

    def effect_on(happened: FloatArray, chosen: StartMethod) -> dict[str, Any]:
        family: Family = "gaussian" if months else "binomial"
        found = strategy_means(
            strategies,
            happened * (horizon - until) if months else happened,
            family=family,
            by_arm=interactions == "all",
            modelled=chosen == "aipw",
        )
        said = compare(
            found.means,
            found.influence,
            contrast=kind,
            cluster=np.arange(len(found.influence)) if small_sample else clusters,
            cluster_t=cluster_t if clusters is not None else False,
            confidence=confidence,
            jackknife=small_sample,
        )
        seen = observed.weights > 0
        return (
            common
            | {name: getattr(said, name) for name in said.__slots__}
            | {
                "mean_treated": float(found.means[0]),
                "mean_control": float(found.means[1]),
                "clusters": None if clusters is None else int(clusters.max()) + 1,
                "method": chosen,
                "estimand": estimand,
                "contrast": contrast,
                "confidence": confidence,
                "events": _people(happened * seen, started, persons),
                "support": _support(started, happened[seen], given, found.parameters, family),
            }
        )

    by_then = t <= horizon
    main = effect_on(((code == of) & by_then).astype(float), method)
    gone = ((code > 0) & (code != of) & by_then).astype(float)
    return HorizonEffect(
        **main,
        risk_treated=None if months else main["mean_treated"],
        risk_control=None if months else main["mean_control"],
        horizon=float(horizon),
        of=of,
        competing=_competing(effect_on, gone, method),
        competing_events=_people(gone, started, persons),
        censored=_people((observed.weights == 0).astype(float), started, persons),
        largest_censoring_weight=float(observed.weights.max()),
    )


def _observation(
    time: FloatArray,
    code: IntArray,
    begun: FloatArray,
    horizon: float,
    given: Covariates,
    sampling: FloatArray,
) -> Observed:
    """Inverse probability of still being seen, before and after a start with a hazard level of its own."""
    until = np.minimum(time, horizon)
    ended = (code == 0) & (time < horizon)
    if not ended.any():
        return Observed(np.ones(time.size), None, np.zeros((time.size, 0)))
    cuts = pieces(time[ended], horizon)
    before = np.minimum(until, begun)
    exposure = np.hstack([exposure_in(cuts, 0.0, before), exposure_in(cuts, before, until)])
    after = begun < until
    happened = np.hstack([happened_in(cuts, until, ended & ~after), happened_in(cuts, until, ended & after)])
    model = fit_hazard(
        exposure, happened, given.scaled, given.names, sampling, model="observation model", prior_sd=_PRIOR_SD
    )
    return Observed(np.where(ended, 0.0, np.exp(model.cumulative(exposure))), model, exposure)


def _start_cuts(begun: FloatArray, grace: float, end: float) -> FloatArray:
    """Pieces of the start's hazard; the grace period ends at a cut."""
    first = pieces(begun, grace)
    if end <= grace:
        return first
    return np.r_[first, grace + pieces(begun - grace, end - grace)[1:]]


def _design_fields(
    strategies: Strategies, given: Covariates, started: Any, persons: IntArray | None, own: list[FloatArray]
) -> dict[str, Any]:
    """Balance, overlap and sizes: nothing of it looks at the goal."""
    arm = np.repeat([1.0, 0.0], started.size)
    twice = np.vstack([given.given, given.given])
    names = given.given_names
    sampling = strategies.sampling
    seen = strategies.observed.weights
    return {
        "balance": compare_covariates(names, twice, arm, np.concatenate(own)),
        "balance_before": compare_covariates(names, given.given, started.astype(float), sampling),
        "overlap": assess_overlap(
            strategies.weights.propensity,
            started.astype(float),
            np.where(started, own[0], own[1]),
            sampling * strategies.weights.target.value,
        ),
        "effective_n": PerArm(*(kish(_by_person(weight * seen, persons)) for weight in own)),
        "n": _people(np.ones(started.size), started, persons),
        "truncated": PerArm(0, 0),
        "unmatched": PerArm(0, 0),
        "dropped": given.dropped,
    }


def _by_person(values: FloatArray, persons: IntArray | None) -> FloatArray:
    """Sums over a person's rows."""
    return values if persons is None else sum_by(persons, values, int(persons.max()) + 1)


def _people(flags: FloatArray, started: Any, persons: IntArray | None) -> PerArm[int]:
    """Distinct persons with a flagged row among those who started and those who did not."""

    def count(chosen: Any) -> int:
        return int(chosen.sum()) if persons is None else int(np.unique(persons[chosen]).size)

    return PerArm(count((flags > 0) & started), count((flags > 0) & ~started))


def _support(
    started: Any, happened: FloatArray, given: Covariates, parameters: int, family: Family
) -> tuple[ModelSupport, ...]:
    """Events per parameter of the start model and the outcome model; the rarer side counts."""
    ones = int(started.sum())
    found = [ModelSupport("propensity", min(ones, started.size - ones), len(given.names))]
    if parameters:
        events = int(min(happened.sum(), happened.size - happened.sum()))
        found.append(ModelSupport("outcome", events if family == "binomial" else happened.size, parameters))
    return tuple(found)


def _competing(effect_on: Any, gone: FloatArray, method: StartMethod) -> Effect | None:
    """The effect on departures; by weighting where they are too few for an outcome model, and labelled so."""
    if not gone.any():
        return None
    attempts: Sequence[StartMethod] = (method, "weighting") if method == "aipw" else (method,)
    for attempt in attempts:
        try:
            return Effect(**effect_on(gone, attempt))
        except NotEstimable:
            continue
    return None


def _checked_start(start: ArrayLike, rows: int) -> FloatArray:
    """Positive days, infinite where the measure never began."""
    try:
        found = np.asarray(start, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("Not all entries are numbers.", where="start") from None
    if found.shape != (rows,):
        raise InputError(f"Expected {rows} entries, got an array of shape {found.shape}.", where="start")
    refuse_where(np.isnan(found), "start", "Missing entries", "Give infinity where the measure never began.")
    refuse_where(
        found <= 0, "start", "Starts at or before time zero", "Who has begun is not at risk in that trial."
    )
    return found


def _trials(trial: ArrayLike | None, rows: int) -> tuple[IntArray, Any] | None:
    """Codes and labels of the trials; None for a single one."""
    if trial is None:
        return None
    codes, labels = labels_to_codes(trial, "trial", length=rows)
    return (codes, labels) if len(labels) > 1 else None


def _with_trials(given: Covariates, trial: IntArray, labels: Any, rows: int) -> Covariates:
    """Covariates and a column for every trial but the largest."""
    import pandas as pd

    size = np.bincount(trial)
    others = [code for code in range(size.size) if code != int(size.argmax())]
    columns = [given.given, *((trial == code).astype(float)[:, None] for code in others)]
    names = (*given.given_names, *(f"trial={labels[code]}" for code in others))
    return checked_covariates(pd.DataFrame(np.hstack(columns), columns=list(names)), rows)


def _check_clock(time: FloatArray, horizon: float, grace: float, of: int) -> None:
    """Times after time zero, a grace period before the horizon, a cause that is one."""
    refuse_where(time <= 0, "time", "Times not after time zero", "Exclude and count who ended by then.")
    if not (np.isfinite(horizon) and horizon > 0):
        raise InputError("Must be a finite time after time zero.", where="horizon")
    if not 0 < grace <= horizon:
        raise InputError("Must be positive and end by the horizon.", where="grace")
    if of < 1:
        raise InputError("Causes are numbered from 1; 0 is censoring.", where="of")
