"""Shares as they may be shown: counts over counts, rounded as these are, with intervals in the same steps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hamm_eval.inference import clusters_for_t, critical_value
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, Interval, ReleasedShare
from hamm_eval.release.rounding import decimals


def release_share(
    cell: Cell,
    base: int,
    policy: Policy,
    *,
    std_error: float | None = None,
    clusters: int | None = None,
) -> ReleasedShare:
    """A share from the released count of persons who have something, among `base` of them.

    Parameters
    ----------
    cell : Cell
        The count as it may be shown.
    base : int
        The released number of all.
    policy : Policy
    std_error : float, optional
        Of the exact share; without it no interval is told.
    clusters : int, optional
        Of which the error is: with few Student's t is taken (`inference.clusters_for_t`).

    Examples
    --------
    >>> release_share(Cell(value=50), 200, Policy.strict(), std_error=0.03)
    ReleasedShare(value=0.25, lower=0.17, upper=0.33, bound='', linked=False)
    """
    if cell.value is None:
        return ReleasedShare(value=None)
    # Rule 3: that nearly all have something tells of each of them.
    if policy.sensitive_throughout and 100 * cell.value > policy.share_ceiling * base:
        return ReleasedShare(value=None, bound="over_95")
    if cell.value == 0 or std_error is None:
        # An interval by a standard error of 0 would claim that nobody can be there.
        return ReleasedShare(value=decimals(min(cell.value / base, 1.0), policy.share_decimals))
    value = min(cell.value / base, 1.0)
    reach = reach_in_steps(reach_95(clusters) * std_error, base, policy)
    return ReleasedShare(
        value=decimals(value, policy.share_decimals),
        lower=decimals(max(value - reach, 0.0), policy.share_decimals),
        upper=decimals(min(value + reach, 1.0), policy.share_decimals),
    )


def beside_nearly_all(shares: Sequence[ReleasedShare]) -> tuple[ReleasedShare, ...]:
    """Shares that add up to everybody: where one is "over 95 %", what is left beside it would tell how many.

    Examples
    --------
    >>> two = (ReleasedShare(value=None, bound="over_95"), ReleasedShare(value=0.03))
    >>> [share.value for share in beside_nearly_all(two)]
    [None, None]
    """
    if not any(share.bound for share in shares):
        return tuple(shares)
    return tuple(share if share.bound else ReleasedShare(value=None) for share in shares)


def reach_95(clusters: int | None) -> float:
    """Standard errors to either side of an estimate that make its interval.

    Examples
    --------
    >>> round(reach_95(None), 2), round(reach_95(400), 2), round(reach_95(19), 2)
    (1.96, 1.96, 2.1)
    """
    return critical_value(0.95, clusters_for_t(clusters, None))


def release_difference(value: float, reach: float, base: int, policy: Policy) -> Interval:
    """A difference of shares with its interval, rounded as shares of `base` persons are."""
    step = policy.count_rounding / base
    shown = round(value / step) * step
    around = reach_in_steps(reach, base, policy)
    return Interval(
        value=decimals(shown, policy.share_decimals),
        lower=decimals(shown - around, policy.share_decimals),
        upper=decimals(shown + around, policy.share_decimals),
    )


def reach_in_steps(reach: float, base: int, policy: Policy) -> float:
    """Half an interval around a rounded share, in steps of the rounding.

    Limits around the exact share would tell it to the person. Half a step more makes up for what rounding may
    have moved the share by.
    """
    step = policy.count_rounding / base
    return math.ceil(reach / step + 0.5 - 1e-9) * step
