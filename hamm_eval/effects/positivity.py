"""Could those compared have been in either group? Propensities, common support, tails of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.checks import Collector, sampling_weights
from hamm_eval.inference import FloatArray, IntArray, checked_binary, labels_to_codes

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


@dataclass(frozen=True, slots=True, eq=False)
class StrataPositivity:
    """How the levels of one factor are spread over both arms.

    Parameters
    ----------
    levels : tuple of str
        In the order of their names.
    rows, treated, control : ndarray of int, shape (levels,)
        Rows of each level, and of each arm in it.
    share_treated : ndarray, shape (levels,)
        Share of a level's weight that the treated carry; without weights the share of its rows.
    """

    levels: tuple[str, ...]
    rows: IntArray
    treated: IntArray
    control: IntArray
    share_treated: FloatArray

    @property
    def smallest_cell(self) -> IntArray:
        """Rows of the arm that has fewer of a level; 0 where everyone like that is in one arm."""
        return np.minimum(self.treated, self.control)

    def to_frame(self) -> pd.DataFrame:
        """One row per level with rows, treated, control, share_treated, smallest_cell."""
        import pandas as pd

        columns = ("rows", "treated", "control", "share_treated", "smallest_cell")
        return pd.DataFrame({name: getattr(self, name) for name in columns}, index=list(self.levels))


def positivity_by_stratum(
    treated: ArrayLike, strata: ArrayLike, weights: ArrayLike | None = None
) -> StrataPositivity:
    """Whether each level of a factor has treated and controls to compare.

    Parameters
    ----------
    treated : array_like of 0/1, shape (n,)
    strata : array_like of labels, shape (n,)
        The level that each row is in.
    weights : array_like, shape (n,), optional
        Sampling weights, positive. Shares are weighted, cells are counted.

    Returns
    -------
    StrataPositivity

    Raises
    ------
    InputError
        Codes other than 0 and 1, missing labels, weights that are not positive, lengths that differ.

    References
    ----------
    Westreich, D. and Cole, S. R. (2010). Invited commentary: positivity in practice. American Journal of
    Epidemiology 171, 674-677.

    Examples
    --------
    >>> from hamm_eval.effects import positivity_by_stratum
    >>> found = positivity_by_stratum([1, 1, 0, 0, 0, 1], ["a", "a", "a", "b", "b", "b"])
    >>> found.levels, found.share_treated.round(2).tolist(), found.smallest_cell.tolist()
    (('a', 'b'), [0.67, 0.33], [1, 1])
    """
    problems = Collector()
    a = problems.take(lambda: checked_binary(treated, "treated"), np.zeros(0))
    problems.finish()
    none = np.zeros(a.size, dtype=np.int64)
    codes, labels = problems.take(
        lambda: labels_to_codes(strata, "strata", length=a.size), (none, np.zeros(0, dtype=object))
    )
    w = problems.take(lambda: sampling_weights(weights, a.size), np.ones(a.size))
    problems.finish()
    levels = len(labels)
    rows = np.bincount(codes, minlength=levels)
    of_treated = np.bincount(codes, weights=a, minlength=levels).astype(np.int64)
    share = np.bincount(codes, weights=w * a, minlength=levels) / np.bincount(
        codes, weights=w, minlength=levels
    )
    return StrataPositivity(tuple(str(label) for label in labels), rows, of_treated, rows - of_treated, share)


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
