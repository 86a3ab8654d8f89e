"""Two arms followed to a horizon: everything but the choice of what counts as the outcome.

Propensity and censoring are fitted once; the effects on the goal, on departures and on what sensitivity
analyses suppose of those who departed are then estimated from the same fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.arm_means import METHODS, Method
from hamm_eval.effects.censoring import CensoringModel, fit_censoring
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
from hamm_eval.effects.engine import Design, design_comparison, estimate, estimate_means, left_out_units
from hamm_eval.effects.estimands import ESTIMANDS, Estimand
from hamm_eval.effects.matching_options import NO_MATCHING
from hamm_eval.effects.positivity import PerArm
from hamm_eval.effects.regression import Family
from hamm_eval.errors import InputError
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_binary,
    checked_codes,
    checked_vector,
    refuse_where,
)

HorizonContrast = Literal["risk_difference", "risk_ratio", "months_difference"]
CONTRASTS: tuple[HorizonContrast, ...] = ("risk_difference", "risk_ratio", "months_difference")


@dataclass(frozen=True, eq=False)
class HorizonComparison:
    """What is compared, and for whom follow-up ended before the horizon.

    Parameters
    ----------
    design : Design
    censoring : CensoringModel
        Its weights are 0 for who was censored before the horizon without an event.
    happened, gone : ndarray of 0 and 1, shape (n,)
        The event of the cause by the horizon; any other event by then.
    remaining : ndarray, shape (n,)
        Time from the end of each row to the horizon; 0 where that lies behind it.
    contrast : HorizonContrast
    horizon : float
    of : int
        As they were asked for.
    """

    design: Design
    censoring: CensoringModel
    happened: FloatArray
    gone: FloatArray
    remaining: FloatArray
    contrast: HorizonContrast
    horizon: float
    of: int
    clusters: IntArray | None
    cluster_t: bool | None
    small_sample: bool
    confidence: float
    persons: IntArray | None

    @cached_property
    def _propensity_steps(self) -> FloatArray | None:
        """What leaving out each unit does to the propensity model, whatever the outcome."""
        if self.design.propensity is None or not self.small_sample:
            return None
        return self.design.propensity.steps(left_out_units(self.design, self.clusters))

    @property
    def value(self) -> float:
        """The contrast alone, without variance and diagnostics.

        Raises
        ------
        NotEstimable
            As the effect, but for a variance that cannot be told.
        """
        months = self.contrast == "months_difference"
        treated, control = estimate_means(
            self.design,
            self.happened * self.remaining if months else self.happened,
            self.censoring.weights,
            family="gaussian" if months else "binomial",
        )
        return float(treated / control if self.contrast == "risk_ratio" else treated - control)

    def asking(self, contrast: HorizonContrast) -> HorizonComparison:
        """The same comparison by another contrast."""
        return replace(self, contrast=contrast)

    def clustered_by(self, cluster: ArrayLike) -> HorizonComparison:
        """The same comparison with the variance of other clusters."""
        codes, persons = variance_clusters(cluster, self.persons, self.design.treated.size)
        return replace(self, clusters=codes, persons=persons)

    def effect_on(self, outcome: FloatArray, method: Method) -> dict[str, Any]:
        """The fields of an `Effect` on an outcome in 0..1 that is known for all who were seen."""
        months = self.contrast == "months_difference"
        kind: Contrast = "ratio" if self.contrast == "risk_ratio" else "difference"
        family: Family = "gaussian" if months else "binomial"
        observation = self.censoring.weights
        found = estimate(
            self.design,
            outcome * self.remaining if months else outcome,
            observation,
            family=family,
            contrast=kind,
            cluster=self.clusters,
            cluster_t=self.cluster_t,
            small_sample=self.small_sample,
            confidence=self.confidence,
            persons=self.persons,
            correction=self.censoring.correction if (observation == 0).any() else None,
            method=method,
            propensity_steps=self._propensity_steps,
        )
        whole = bool(np.isin(outcome, (0, 1)).all())
        return found | {"contrast": self.contrast, "events": self.per_arm(outcome) if whole else None}

    def per_arm(self, flags: FloatArray) -> PerArm[int]:
        """Rows flagged in each arm."""
        a = self.design.treated
        return PerArm(int(flags[a == 1].sum()), int(flags[a == 0].sum()))


def compare_to_horizon(
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
) -> HorizonComparison:
    """Check the arguments of `effect_at_horizon`, fit propensity and censoring. No effect is estimated."""
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
    by_then = followed <= end
    return HorizonComparison(
        design=design_comparison(
            a,
            sampling,
            given,
            method=method,
            estimand=estimand,
            interactions=interactions,
            truncate=truncate,
        ),
        censoring=fit_censoring(followed, (code > 0).astype(float), end, a, behind.scaled, sampling),
        happened=((code == of) & by_then).astype(float),
        gone=((code > 0) & (code != of) & by_then).astype(float),
        remaining=end - np.minimum(followed, end),
        contrast=contrast,
        horizon=float(horizon),
        of=of,
        clusters=clusters,
        cluster_t=cluster_t,
        small_sample=small_sample,
        confidence=confidence,
        persons=persons,
    )


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
