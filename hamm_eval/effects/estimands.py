"""Whose effect is meant: the target population as tilting function and as weights per arm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hamm_eval.effects.positivity import PerArm
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


def truncate_weights(weights: Tilt, treated: FloatArray, quantile: float) -> tuple[Tilt, PerArm[int]]:
    """Cut each arm's weights at a quantile of its own weights, and count the rows cut.

    A weight cut is a constant: its slope by the propensity model is 0. That the quantile is estimated too is
    not counted. The target population of an augmented estimate stays as it was.

    References
    ----------
    Cole, S. R. and Hernan, M. A. (2008). Constructing inverse probability weights for marginal structural
    models. American Journal of Epidemiology 168, 656-664.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects.estimands import tilt, truncate_weights
    >>> a = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    >>> weights = tilt(a, np.array([0.5, 0.5, 0.1, 0.5, 0.5]), "ATE")
    >>> cut, count = truncate_weights(weights, a, 0.5)
    >>> cut.own.tolist(), count
    ([2.0, 2.0, 2.0, 2.0, 2.0], PerArm(treated=1, control=0))
    """
    arm, slope = weights.arm.copy(), weights.arm_slope.copy()
    counts = []
    for j, value in enumerate((1, 0)):
        rows = np.flatnonzero(treated == value)
        limit = float(np.quantile(arm[rows, j], quantile))
        # Weights that are equal but for rounding are not cut.
        above = rows[arm[rows, j] > limit * (1 + 1e-12)]
        arm[above, j], slope[above, j] = limit, 0.0
        counts.append(int(above.size))
    return replace(weights, arm=arm, arm_slope=slope), PerArm(*counts)
