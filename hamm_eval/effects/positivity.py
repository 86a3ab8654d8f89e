"""Could those compared have been in either group? Propensities, common support, tails of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from hamm_eval.inference import FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd

_BINS = 20

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class PerArm(Generic[Number]):
    """A number for the treated and for the controls."""

    treated: Number
    control: Number


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """How far the two arms share their propensities.

    Parameters
    ----------
    edges : ndarray, shape (21,)
        Propensity bins from 0 to 1.
    treated, control : ndarray of int, shape (20,)
        Rows of each arm in each bin.
    effective_n : PerArm
        Kish's effective sample size of the weights.
    outside_support : PerArm
        Share of an arm's rows whose propensity lies beyond the other arm's range.
    outside_target : float
        Share of the target population beyond common support: of the treated (ATT), of all rows in the range
        of one arm only (ATE), weighted by e (1 - e) (ATO). With matching at least the share without a match.
    largest_weight_share : PerArm
        Share of an arm's total weight that its heaviest row carries.
    heaviest_weight_share : PerArm
        The same for the heaviest hundredth of its rows, rounded up to whole rows.
    """

    edges: FloatArray
    treated: IntArray
    control: IntArray
    effective_n: PerArm[float]
    outside_support: PerArm[float]
    outside_target: float
    largest_weight_share: PerArm[float]
    heaviest_weight_share: PerArm[float]

    def to_frame(self) -> pd.DataFrame:
        """The propensity histogram: one row per bin with lower, upper, treated, control."""
        import pandas as pd

        columns = {"lower": self.edges[:-1], "upper": self.edges[1:]}
        return pd.DataFrame({**columns, "treated": self.treated, "control": self.control})


def kish(weights: FloatArray) -> float:
    """Effective sample size ``sum(w)**2 / sum(w**2)`` (Kish 1965); 0 without weight."""
    square = float(weights @ weights)
    return float(weights.sum()) ** 2 / square if square > 0 else 0.0


def assess_overlap(propensity: FloatArray, a: FloatArray, weights: FloatArray, target: FloatArray) -> Overlap:
    """Overlap of propensities, given each row's weight in its own arm and in the target population."""
    one, zero = a == 1, a == 0
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    outside = np.empty(a.size, dtype=bool)
    for arm, other in ((one, zero), (zero, one)):
        low, high = propensity[other].min(), propensity[other].max()
        # Rounding must not put a row outside the range of its own twin in the other arm.
        outside[arm] = (propensity[arm] < low - 1e-12) | (propensity[arm] > high + 1e-12)

    def heaviest(arm: np.ndarray, rows: int) -> float:
        total = float(weights[arm].sum())
        return float(np.sort(weights[arm])[-rows:].sum()) / total if total > 0 else float("nan")

    hundredths = [-(-int(arm.sum()) // 100) for arm in (one, zero)]

    return Overlap(
        edges=edges,
        treated=np.histogram(propensity[one], edges)[0].astype(np.int64),
        control=np.histogram(propensity[zero], edges)[0].astype(np.int64),
        effective_n=PerArm(kish(weights[one]), kish(weights[zero])),
        outside_support=PerArm(float(outside[one].mean()), float(outside[zero].mean())),
        outside_target=float(target @ outside / target.sum()),
        largest_weight_share=PerArm(heaviest(one, 1), heaviest(zero, 1)),
        heaviest_weight_share=PerArm(heaviest(one, hundredths[0]), heaviest(zero, hundredths[1])),
    )
