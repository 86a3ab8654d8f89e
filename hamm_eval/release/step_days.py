"""Rule 5: on which days a published curve has its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hamm_eval.estimate import FloatArray
from hamm_eval.release.cumulative_counts import CumulativeCounts, happened_by
from hamm_eval.release.policy import Policy
from hamm_eval.release.rounding import to_midpoint


@dataclass(frozen=True, slots=True, eq=False)
class StepDays:
    """Days of one cause.

    Parameters
    ----------
    among : ndarray
        Days at which a step may end.
    stops : ndarray
        Those of them at which it ends if it can: horizons, and the last one.
    ends : ndarray
        Days at which one ends.
    """

    among: FloatArray
    stops: FloatArray
    ends: FloatArray


def days_shown(counts: CumulativeCounts, horizons: tuple[int, ...], policy: Policy) -> FloatArray:
    """Days that may bear a step: known beforehand, not taken from events.

    Cut where too few are at risk, and at the last horizon: beyond it nobody asked, and thin risk sets would
    make the error of the whole curve.
    """
    step = policy.curve_grid_days
    grid = np.arange((counts.start // step + 1) * step, counts.last + step, step, dtype=np.float64)
    grid = np.unique(np.concatenate([grid, [day for day in horizons if day > counts.start]]))
    grid = grid[grid <= max(horizons, default=np.inf)]
    few = np.flatnonzero(counts.under_observation(grid) < policy.curve_at_risk)
    return grid[: few[0]] if few.size else grid


def days_alone(counts: CumulativeCounts, horizons: tuple[int, ...], policy: Policy) -> tuple[StepDays, ...]:
    """Days of the steps of each cause, whatever else is shown."""
    grid = days_shown(counts, horizons, policy)
    return tuple(step_days(exits, grid, counts.start, horizons, policy) for exits in counts.exit_events)


def step_days(
    exits: FloatArray, among: FloatArray, start: float, horizons: Sequence[int], policy: Policy
) -> StepDays:
    """Days at which the steps of one cause end: each holds enough events, a horizon ends one where it can.

    Within the stretch between two horizons (or the curve's end) steps close as soon as they hold enough
    events and enough remain for the last one, which closes at the horizon. A stretch with too few events
    leaves them to the next. Closing at the very event that makes a step full would catch most counts at the
    top of the range that rounds down, 6 to 3; `full_at` waits until they lie around the middle.

    Parameters
    ----------
    exits : ndarray
        Days of the cause's events, sorted.
    among : ndarray
        Days at which a step may end.
    start : float
    horizons : sequence of int
    policy : Policy
    """
    if not among.size:
        return StepDays(among, among, among)
    enough = policy.curve_step_events
    stops = among[np.isin(among, horizons) | (among == among[-1])]
    done = 0
    closed: list[float] = []
    begin = start
    for stop in stops:
        days = among[(among > begin) & (among <= stop)]
        by_day = happened_by(exits, days)
        if by_day[-1] >= full_at(done, policy):
            for day, so_far in zip(days[:-1], by_day[:-1], strict=True):
                if so_far >= full_at(done, policy) and by_day[-1] - so_far >= enough:
                    closed.append(float(day))
                    done = int(so_far)
            closed.append(float(stop))
            done = int(by_day[-1])
            begin = float(stop)
    return StepDays(among, stops, np.array(closed, dtype=np.float64))


def most_waiting(policy: Policy) -> int:
    """The most events that may have happened since a step without making another full.

    Examples
    --------
    >>> most_waiting(Policy.strict())
    8
    """
    base = policy.curve_rounding
    return max(full_at(done, policy) - 1 - done for done in range(base, 2 * base))


def full_at(done: int, policy: Policy) -> int:
    """Count at which a step that began with `done` events is full: the first near the middle of a range."""
    return _near_a_midpoint(done + policy.curve_step_events, policy.curve_rounding)


@lru_cache(maxsize=4096)  # asked for day by day, and for every count that a step can stand for
def _near_a_midpoint(count: int, base: int) -> int:
    """The first number from `count` on that rounding moves by little."""
    while abs(int(to_midpoint(count, base)) - count) > base // 6:
        count += 1
    return count
