"""What if some of those who departed reached the goal elsewhere? How many must have, to tip an effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.arm_means import Method
from hamm_eval.effects.estimands import Estimand
from hamm_eval.effects.horizon_comparison import HorizonComparison, compare_to_horizon
from hamm_eval.effects.positivity import PerArm
from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, checked_vector

if TYPE_CHECKING:
    import pandas as pd

SHARES: tuple[float, ...] = tuple(round(0.1 * step, 1) for step in range(11))


@dataclass(frozen=True, slots=True, eq=False)
class DepartureTipping:
    """A risk difference under suppositions about those who departed without the goal.

    Parameters
    ----------
    share_treated, share_control : ndarray, shape (m,)
        Share of the departed of each arm who are supposed to have reached the goal: in one arm alone, in the
        other alone, alike in both.
    value, lower, upper : ndarray, shape (m,)
        The risk difference, estimated anew under each supposition.
    departed : PerArm of int
        Rows that departed by the horizon without the goal.
    vanishes : PerArm of (float or None)
        Least share of the grid, in this arm alone, at which the difference is 0 or has changed its sign; None
        where it keeps its sign even if all of them reached the goal.
    unclear : PerArm of (float or None)
        The same for an interval that covers 0; 0.0 where it does so without any supposition.
    """

    share_treated: FloatArray
    share_control: FloatArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    departed: PerArm[int]
    vanishes: PerArm[Any]
    unclear: PerArm[Any]

    def to_frame(self) -> pd.DataFrame:
        """One row per supposition."""
        import pandas as pd

        names = ("share_treated", "share_control", "value", "lower", "upper")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def departure_tipping_point(
    time: ArrayLike,
    cause: ArrayLike,
    treated: ArrayLike,
    covariates: Any,
    *,
    horizon: float,
    shares: ArrayLike = SHARES,
    of: int = 1,
    entry: ArrayLike | None = None,
    censoring_covariates: Any = None,
    person: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    cluster_t: bool | None = None,
    small_sample: bool = False,
    method: Method = "aipw",
    estimand: Estimand = "ATT",
    interactions: str | Sequence[str] = "all",
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> DepartureTipping:
    """Tipping point of a risk difference for departures.

    In the total effect whoever departs has not reached the goal. Some may have reached it elsewhere, unseen.
    A departed person of an arm is therefore given the outcome delta instead of 0, for a grid of delta, and
    the effect is estimated anew: its standard error is that of the new outcome, not the old one.

    Parameters
    ----------
    shares : array_like, shape (k,)
        The grid of delta, increasing from 0 to at most 1.
    time, cause, treated, covariates, horizon, of, entry, censoring_covariates, person, cluster, cluster_t,
    small_sample, method, estimand, interactions, weights, confidence
        As in `effect_at_horizon`, whose risk difference stands at delta 0.

    Returns
    -------
    DepartureTipping
        Of ``3 (k - 1) + 1`` suppositions. The difference falls with delta among the controls and rises with
        delta among the treated, so that the least share that tips it lies where the other arm has 0.

    Raises
    ------
    InputError, NotEstimable
        As `effect_at_horizon`; a grid that does not increase from 0.

    References
    ----------
    Yan, X., Lee, S. and Li, N. (2009). Missing data handling methods in medical device clinical trials.
    Journal of Biopharmaceutical Statistics 19, 1085-1098.

    Examples
    --------
    Two of eight treated and four of eight controls depart; half of the latter, if they had reached the goal,
    would make up for the two goals that the treated are ahead:

    >>> from hamm_eval.effects import departure_tipping_point
    >>> cause = [1, 1, 1, 1, 2, 2, 0, 0] + [1, 1, 2, 2, 2, 2, 0, 0]
    >>> found = departure_tipping_point([12] * 16, cause, [1] * 8 + [0] * 8, None, horizon=12,
    ...                                 method="unadjusted", shares=[0, 0.25, 0.5, 0.75, 1])
    >>> found.vanishes.control, found.vanishes.treated
    (0.5, None)
    """
    grid = _checked_grid(shares)
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
        interactions=interactions,
        weights=weights,
        confidence=confidence,
    )
    return tipping_point_of(comparison, grid)


def tipping_point_of(comparison: HorizonComparison, shares: ArrayLike = SHARES) -> DepartureTipping:
    """`departure_tipping_point` of a comparison that is there already: its fits are not repeated."""
    grid = _checked_grid(shares)
    method = comparison.design.method
    some = grid[1:]
    none = np.zeros_like(some)
    one = np.concatenate([[0.0], some, none, some])
    zero = np.concatenate([[0.0], none, some, some])
    a = comparison.design.treated
    found = np.empty((one.size, 3))
    for row, (share_treated, share_control) in enumerate(zip(one, zero, strict=True)):
        supposed = comparison.gone * np.where(a == 1, share_treated, share_control)
        effect = comparison.effect_on(comparison.happened + supposed, method)
        found[row] = effect["value"], effect["lower"], effect["upper"]
    k = some.size
    treated_alone = np.r_[0, 1 : k + 1]
    control_alone = np.r_[0, k + 1 : 2 * k + 1]
    value, lower, upper = found.T
    changed = np.sign(value) != np.sign(value[0])
    covers = (lower <= 0) & (upper >= 0)
    return DepartureTipping(
        one,
        zero,
        value,
        lower,
        upper,
        comparison.per_arm(comparison.gone),
        PerArm(_first(grid, changed[treated_alone]), _first(grid, changed[control_alone])),
        PerArm(_first(grid, covers[treated_alone]), _first(grid, covers[control_alone])),
    )


def _checked_grid(shares: ArrayLike) -> FloatArray:
    """Shares that can be walked through."""
    grid = checked_vector(shares, "shares")
    if grid.size < 2 or grid[0] != 0 or (np.diff(grid) <= 0).any() or grid[-1] > 1:
        raise InputError(
            "Expected shares that increase from 0 to at most 1.",
            where="shares",
            todo="Give the grid as [0, 0.1, ..., 1].",
        )
    return grid


def _first(grid: FloatArray, tipped: np.ndarray) -> float | None:
    """The least share at which something holds."""
    where = np.flatnonzero(tipped)
    return float(grid[where[0]]) if where.size else None
