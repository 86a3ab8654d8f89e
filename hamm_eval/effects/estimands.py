"""Whose effect is meant: the target population as tilting function and as weights per arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hamm_eval.inference import FloatArray

Estimand = Literal["ATT", "ATE", "ATO"]
ESTIMANDS: tuple[Estimand, ...] = ("ATT", "ATE", "ATO")


@dataclass(frozen=True, slots=True, eq=False)
class Tilt:
    """Weights that turn each arm into the target population, and their slopes.

    Parameters
    ----------
    target, target_slope : ndarray, shape (n,)
        1 (ATE), treated (ATT), e (1 - e) (ATO), and the derivative by the propensity's linear predictor.
    arm, arm_slope : ndarray, shape (n, 2)
        Weight of a row in the mean of the treated (column 0) and of the controls (column 1).
    """

    target: FloatArray
    target_slope: FloatArray
    arm: FloatArray
    arm_slope: FloatArray

    @property
    def own(self) -> FloatArray:
        """The weight of each row in its own arm, shape (n,)."""
        return self.arm.sum(axis=1)


def tilt(treated: FloatArray, propensity: FloatArray, estimand: Estimand) -> Tilt:
    """Balancing weights: Li, Morgan and Zaslavsky (2018), J. Am. Statistical Association 113, 390-400."""
    a, e = treated, propensity
    zero = np.zeros_like(a)
    if estimand == "ATE":
        one, other = a / e, (1 - a) / (1 - e)
        return Tilt(
            np.ones_like(a), zero, np.column_stack([one, other]), np.column_stack([-one * (1 - e), other * e])
        )
    if estimand == "ATT":
        odds = (1 - a) * e / (1 - e)
        return Tilt(a, zero, np.column_stack([a, odds]), np.column_stack([zero, odds]))
    spread = e * (1 - e)
    return Tilt(
        spread,
        spread * (1 - 2 * e),
        np.column_stack([a * (1 - e), (1 - a) * e]),
        np.column_stack([-a * spread, (1 - a) * spread]),
    )
