"""Weights for strategies with a grace period: to start within some days, against not to start.

Whoever has not started yet follows both strategies so far and counts in both arms, with weights that change
as time passes: in the arm that starts, by the chance of still starting in time; in the other, by the inverse
of the chance of not having started. That is what cloning and censoring at the end of the grace period comes
to, with the starts spread over it as they come by themselves. No time before a start is credited twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hamm_eval.effects.estimands import Estimand
from hamm_eval.effects.hazard_model import HazardModel, exposure_in
from hamm_eval.inference import FloatArray

Adherence = Literal["intention_to_treat", "per_protocol"]
ADHERENCES: tuple[Adherence, ...] = ("intention_to_treat", "per_protocol")


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A weight (n,) and its derivatives by the cumulative hazard of starting at three days.

    Parameters
    ----------
    value : ndarray, shape (n,)
    by_grace, by_within, by_end : ndarray, shape (n,)
        By the cumulative hazard at the end of the grace period; at the end of follow-up, but within the grace
        period; and at the end of follow-up.
    """

    value: FloatArray
    by_grace: FloatArray
    by_within: FloatArray
    by_end: FloatArray

    def times(self, factor: Weighted) -> Weighted:
        """Product, by the product rule."""
        return Weighted(
            self.value * factor.value,
            *(
                getattr(self, name) * factor.value + self.value * getattr(factor, name)
                for name in ("by_grace", "by_within", "by_end")
            ),
        )

    def pull(self, by: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """`by` (n,), a derivative by this weight, turned into derivatives by the three cumulative hazards."""
        return by * self.by_grace, by * self.by_within, by * self.by_end


@dataclass(frozen=True, slots=True, eq=False)
class GraceWeights:
    """Weights of each row in both arms and in the target population.

    Parameters
    ----------
    target : Weighted
        1 (ATE), the chance of starting within the grace period given what was seen (ATT), p (1 - p) (ATO).
    treated, control : Weighted
        0 for who does not follow the strategy any more.
    propensity : ndarray, shape (n,)
        Chance p of starting within the grace period, goal and departure put aside.
    exposures : tuple of ndarray, shape (n, m)
        Time by piece up to the three days of `Weighted`.
    cuts : ndarray, shape (m + 1,)
        Of the pieces.
    """

    target: Weighted
    treated: Weighted
    control: Weighted
    propensity: FloatArray
    exposures: tuple[FloatArray, FloatArray, FloatArray]
    cuts: FloatArray

    def gradients(self, model: HazardModel, parts: list[tuple[Weighted, FloatArray]]) -> FloatArray:
        """Derivatives by the weights named, each (n,), turned into one by the model's parameters."""
        pulled = [weight.pull(by) for weight, by in parts]
        return np.sum(
            [
                model.gradients(exposure, np.sum([found[k] for found in pulled], axis=0))
                for k, exposure in enumerate(self.exposures)
            ],
            axis=0,
        )


def grace_weights(
    model: HazardModel,
    cuts: FloatArray,
    start: FloatArray,
    until: FloatArray,
    grace: float,
    *,
    estimand: Estimand,
    adherence: Adherence,
) -> GraceWeights:
    """Weights from a model of the start.

    Parameters
    ----------
    model : HazardModel
        Of starting, among those who have not.
    cuts : ndarray
        Its pieces.
    start : ndarray, shape (n,)
        Day of the start; infinite where there was none before `until`.
    until : ndarray, shape (n,)
        Day at which a row is judged: of its event, of the end of its observation, or the horizon.
    grace : float
        Days within which the arm that starts does so.
    estimand : {"ATT", "ATE", "ATO"}
    adherence : {"intention_to_treat", "per_protocol"}
        Whether the other arm may start after the grace period, or not until the horizon.

    References
    ----------
    Cain, L. E. et al. (2010). When to start treatment? A systematic approach to the comparison of dynamic
    regimes using observational data. International Journal of Biostatistics 6, article 18.
    Wanis, K. N. et al. (2024). Grace periods in comparative effectiveness studies of sustained treatments.
    Journal of the Royal Statistical Society A 187, 796-810.
    """
    within = np.minimum(until, grace)
    exposures = (
        exposure_in(cuts, 0.0, np.full(start.size, float(grace))),
        exposure_in(cuts, 0.0, within),
        exposure_in(cuts, 0.0, until),
    )
    by_grace, by_within, by_end = (model.cumulative(exposure) for exposure in exposures)
    zero, one = np.zeros(start.size), np.ones(start.size)
    started = start <= grace
    # The chance of a start in time given what was seen: 1 for who has started, 0 after the grace period.
    open_still = ~started & (until < grace)
    rest = np.where(open_still, np.exp(-(by_grace - by_within)), 0.0)
    own = Weighted(np.where(started, 1.0, np.where(open_still, 1 - rest, 0.0)), rest, -rest, zero)
    chance = 1 - np.exp(-by_grace)
    p = Weighted(chance, 1 - chance, zero, zero)
    if adherence == "intention_to_treat":
        kept = np.where(started, 0.0, np.exp(by_within))
        other = Weighted(kept, zero, kept, zero)
    else:
        kept = np.where(start < np.inf, 0.0, np.exp(by_end))
        other = Weighted(kept, zero, zero, kept)
    inverse = Weighted(1 / chance, -(1 - chance) / chance**2, zero, zero)
    constant = Weighted(one, zero, zero, zero)
    if estimand == "ATE":
        return GraceWeights(constant, own.times(inverse), other, chance, exposures, cuts)
    if estimand == "ATT":
        return GraceWeights(own, own, other.times(p), chance, exposures, cuts)
    rest_of_all = Weighted(1 - chance, -(1 - chance), zero, zero)
    spread = p.times(rest_of_all)
    return GraceWeights(spread, own.times(rest_of_all), other.times(spread), chance, exposures, cuts)
