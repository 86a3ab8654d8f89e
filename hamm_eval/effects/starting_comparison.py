"""Two strategies with a grace period: everything but the choice of outcome, contrast and clusters.

The models of the start and of who is no longer seen are fitted once; the effects on the goal and on
departures, in risk and in months, by household and by social worker, are estimated from the same fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.effects.checks import Clusters, Collector, sampling_weights, variance_clusters
from hamm_eval.effects.contrast import Contrast, compare
from hamm_eval.effects.covariates import Covariates, checked_covariates
from hamm_eval.effects.estimands import ESTIMANDS, Estimand
from hamm_eval.effects.grace import ADHERENCES, Adherence, grace_weights
from hamm_eval.effects.hazard_model import exposure_in, fit_hazard, happened_in, pieces
from hamm_eval.effects.horizon_comparison import CONTRASTS, HorizonContrast
from hamm_eval.effects.regression import Family
from hamm_eval.effects.results import Effect, HorizonEffect
from hamm_eval.effects.starting_checks import check_clock, checked_start, checked_trials, with_trials
from hamm_eval.effects.starting_design import describe_strategies, distinct_persons, model_support
from hamm_eval.effects.starting_means import Observed, Strategies, strategy_means, time_seen
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_codes,
    checked_vector,
)

StartMethod = Literal["aipw", "weighting"]
METHODS: tuple[StartMethod, ...] = ("aipw", "weighting")
# As for the hazards of censoring at a fixed start: vanishes beside the data, keeps rare categories finite.
_PRIOR_SD = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class StartingComparison:
    """What is compared: n rows under both strategies.

    Parameters
    ----------
    strategies : Strategies
        Weights and models, with what leaving out each cluster does to these.
    described : dict
        Balance, overlap and sizes, as fields of an `Effect`: nothing of it looks at the goal.
    parameters : int
        Covariates of the start model.
    started : ndarray of bool, shape (n,)
        Within the grace period.
    happened, gone : ndarray of 0 and 1, shape (n,)
        The event of the cause by the horizon; any other event by then.
    remaining : ndarray, shape (n,)
        Time from the end of each row to the horizon.
    by_arm : bool
        One outcome model per arm.
    """

    strategies: Strategies
    described: dict[str, Any]
    parameters: int
    started: NDArray[np.bool_]
    happened: FloatArray
    gone: FloatArray
    remaining: FloatArray
    horizon: float
    of: int
    method: StartMethod
    estimand: Estimand
    contrast: HorizonContrast
    by_arm: bool
    clusters: IntArray | None
    persons: IntArray | None
    cluster_t: bool | None
    small_sample: bool
    confidence: float

    def asking(self, contrast: HorizonContrast) -> StartingComparison:
        """The same comparison by another contrast."""
        return replace(self, contrast=contrast)

    def clustered_by(self, cluster: ArrayLike) -> StartingComparison:
        """The same comparison with the variance of other clusters."""
        codes, _ = variance_clusters(cluster, self.persons, self.started.size)
        left_out = _units(codes, self.started.size) if self.small_sample else None
        return replace(self, clusters=codes, strategies=self.strategies.leaving_out(left_out))

    def effect(self) -> HorizonEffect:
        """The effect on the cause, and that on departures, from the same fits."""
        main = self._effect_on(self.happened, self.method)
        months = self.contrast == "months_difference"
        return HorizonEffect(
            **main,
            risk_treated=None if months else main["mean_treated"],
            risk_control=None if months else main["mean_control"],
            horizon=self.horizon,
            of=self.of,
            competing=self._competing(),
            competing_events=distinct_persons(self.gone, self.started, self.persons),
            censored=distinct_persons(
                (self.strategies.observed.weights == 0).astype(float), self.started, self.persons
            ),
            largest_censoring_weight=float(self.strategies.observed.weights.max()),
        )

    def _effect_on(self, happened: FloatArray, method: StartMethod) -> dict[str, Any]:
        """The fields of an `Effect` on what is 1 for whom it happened."""
        months = self.contrast == "months_difference"
        kind: Contrast = "ratio" if self.contrast == "risk_ratio" else "difference"
        family: Family = "gaussian" if months else "binomial"
        found = strategy_means(
            self.strategies,
            happened * self.remaining if months else happened,
            family=family,
            by_arm=self.by_arm,
            modelled=method == "aipw",
        )
        clusters = self.clusters
        said = compare(
            found.means,
            found.influence,
            contrast=kind,
            cluster=np.arange(len(found.influence)) if self.small_sample else clusters,
            cluster_t=self.cluster_t if clusters is not None else False,
            confidence=self.confidence,
            jackknife=self.small_sample,
        )
        seen = self.strategies.observed.weights > 0
        return (
            self.described
            | {name: getattr(said, name) for name in said.__slots__}
            | {
                "mean_treated": float(found.means[0]),
                "mean_control": float(found.means[1]),
                "clusters": None if clusters is None else int(clusters.max()) + 1,
                "method": method,
                "estimand": self.estimand,
                "contrast": self.contrast,
                "confidence": self.confidence,
                "events": distinct_persons(happened * seen, self.started, self.persons),
                "support": model_support(
                    self.started,
                    happened,
                    seen,
                    self.persons,
                    self.parameters,
                    found.parameters,
                    family,
                ),
            }
        )

    def _competing(self) -> Effect | None:
        """The effect on departures; by weighting where they are too few for an outcome model."""
        if not self.gone.any():
            return None
        attempts: Sequence[StartMethod] = ("aipw", "weighting") if self.method == "aipw" else (self.method,)
        for attempt in attempts:
            try:
                return Effect(**self._effect_on(self.gone, attempt))
            except NotEstimable:
                continue
        return None


def compare_strategies(
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
) -> StartingComparison:
    """Check the arguments of `effect_of_starting`, fit start and observation. No effect is estimated."""
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
    begun = check.take(lambda: checked_start(start, rows), t)
    given = check.take(lambda: checked_covariates(covariates, rows), checked_covariates(None, rows))
    numbers = check.take(lambda: checked_trials(trial, rows), None)
    sampling = check.take(lambda: sampling_weights(weights, rows), t)
    clusters, persons = check.take(lambda: variance_clusters(cluster, person, rows), nobody)
    check.take(lambda: check_clock(t, horizon, grace, of), None)
    check.finish()

    if numbers is not None:
        given = with_trials(given, *numbers, rows)
    until = np.minimum(t, horizon)
    # A start on the day of the event or later comes too late to count.
    begun = np.where(begun < until, begun, np.inf)
    started = begun <= grace
    if not started.any() or started.all():
        raise NotEstimable(
            "Nobody starts within the grace period, or everybody does: there is nobody to compare with.",
            where="start",
        )
    cuts = _start_cuts(begun, grace, horizon if adherence == "per_protocol" else grace)
    open_until = np.minimum(np.minimum(until, begun), cuts[-1])
    model = fit_hazard(
        exposure_in(cuts, 0.0, open_until),
        happened_in(cuts, open_until, (begun <= cuts[-1]).astype(float)),
        given.scaled,
        given.names,
        sampling,
        model="start model",
    )
    strategies = Strategies.of(
        grace_weights(model, cuts, begun, until, grace, estimand=estimand, adherence=adherence),
        model,
        _observation(t, code, begun, horizon, given, sampling),
        sampling,
        given.scaled,
        given.names,
        without=_units(clusters, rows) if small_sample else None,
    )
    by_then = t <= horizon
    return StartingComparison(
        strategies=strategies,
        described=describe_strategies(strategies, given, started, persons),
        parameters=len(given.names),
        started=started,
        happened=((code == of) & by_then).astype(float),
        gone=((code > 0) & (code != of) & by_then).astype(float),
        remaining=horizon - until,
        horizon=float(horizon),
        of=of,
        method=method,
        estimand=estimand,
        contrast=contrast,
        by_arm=interactions == "all",
        clusters=clusters,
        persons=persons,
        cluster_t=cluster_t,
        small_sample=small_sample,
        confidence=confidence,
    )


def _units(clusters: IntArray | None, rows: int) -> IntArray:
    """What is left out one by one: clusters, or rows."""
    return np.arange(rows, dtype=np.int64) if clusters is None else clusters


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
        return Observed(np.ones(time.size), None, np.zeros((time.size, 0)), np.zeros(0))
    cuts = pieces(time[ended], horizon)
    exposure = time_seen(cuts, begun, until)
    after = begun < until
    happened = np.hstack([happened_in(cuts, until, ended & ~after), happened_in(cuts, until, ended & after)])
    model = fit_hazard(
        exposure, happened, given.scaled, given.names, sampling, model="observation model", prior_sd=_PRIOR_SD
    )
    return Observed(np.where(ended, 0.0, np.exp(model.cumulative(exposure))), model, exposure, cuts)


def _start_cuts(begun: FloatArray, grace: float, end: float) -> FloatArray:
    """Pieces of the start's hazard; the grace period ends at a cut."""
    first = pieces(begun, grace)
    if end <= grace:
        return first
    return np.r_[first, grace + pieces(begun - grace, end - grace)[1:]]
