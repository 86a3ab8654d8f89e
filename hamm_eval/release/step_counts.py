"""Rule 5: the rounded counts that a published curve, its intervals and its medians are all computed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.estimate import CurveGroup, FloatArray, IntArray
from hamm_eval.release.policy import Policy
from hamm_eval.release.rounding import to_midpoint


@dataclass(frozen=True, slots=True, eq=False)
class StepCounts:
    """Cumulative counts since `start`, rounded to midpoints, at the ends of k steps.

    Parameters
    ----------
    start : float
        Day at which the curve begins, its incidence 0 there.
    time : ndarray, shape (k,)
        Days at which a step ends: multiples of the policy's grid, and horizons.
    entered, censored : ndarray of int, shape (k,)
        By the middle of each step.
    events : ndarray of int, shape (k, causes)
        By the end of each step; constant between the steps of a cause.
    lag : ndarray of int, shape (k, causes)
        How many more events of the cause there may have been by then than its last step shows.
    """

    start: float
    time: FloatArray
    entered: IntArray
    censored: IntArray
    events: IntArray
    lag: IntArray

    @property
    def at_risk(self) -> IntArray:
        """Persons at risk at each step, shape (k,)."""
        before = np.vstack([np.zeros((1, self.events.shape[1]), dtype=np.int64), self.events[:-1]])
        return self.entered - self.censored - before.sum(axis=1)

    def until(self, steps: int) -> StepCounts:
        """The first steps only."""
        return StepCounts(
            self.start,
            self.time[:steps],
            self.entered[:steps],
            self.censored[:steps],
            self.events[:steps],
            self.lag[:steps],
        )


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeCounts:
    """Exact cumulative counts of one group after `start`: internal, read only through rounding.

    `entry`, `exit_censored` and each of `exit_events` are sorted days.
    """

    start: float
    entry: FloatArray
    exit_censored: FloatArray
    exit_events: tuple[FloatArray, ...]

    @classmethod
    def of(cls, group: CurveGroup, causes: int) -> CumulativeCounts:
        """Count who is under observation and event-free at some time after the group's `start_at`."""
        start = float(group.start_at)
        entry = np.maximum(np.asarray(group.entry, dtype=np.float64), start)
        time, cause = np.asarray(group.time, dtype=np.float64), np.asarray(group.cause)
        kept = time > entry
        entry, time, cause = entry[kept], time[kept], cause[kept]
        return cls(
            start,
            np.sort(entry),
            np.sort(time[cause == 0]),
            tuple(np.sort(time[cause == code]) for code in range(1, causes + 1)),
        )

    @property
    def persons(self) -> int:
        """Distinct persons behind the curve."""
        return int(self.entry.size)

    def events(self, days: FloatArray) -> IntArray:
        """Cumulative events by `days`, shape (days, causes)."""
        return np.column_stack([_by(exits, days) for exits in self.exit_events])

    def under_observation(self, days: FloatArray) -> IntArray:
        """Persons at risk on each day: entered before it, not gone before it."""
        gone = _before(self.exit_censored, days) + sum(_before(exits, days) for exits in self.exit_events)
        return _before(self.entry, days) - gone


def _by(sorted_days: FloatArray, days: FloatArray) -> IntArray:
    """How many happened on or before each day."""
    return np.searchsorted(sorted_days, days, side="right").astype(np.int64)


def _before(sorted_days: FloatArray, days: FloatArray) -> IntArray:
    """How many happened before each day."""
    return np.searchsorted(sorted_days, days, side="left").astype(np.int64)


def rounded_steps(counts: CumulativeCounts, horizons: tuple[int, ...], policy: Policy) -> StepCounts:
    """Merge times into steps and round what stands behind them; no steps where too few are at risk."""
    grid = _days_shown(counts, horizons, policy)
    causes = len(counts.exit_events)
    if not grid.size:
        empty = np.empty(0, dtype=np.int64)
        wide = np.empty((0, causes), dtype=np.int64)
        return StepCounts(counts.start, grid, empty, empty, wide, wide)
    own = [_steps_of(exits, grid, counts.start, horizons, policy) for exits in counts.exit_events]
    # Horizons and the end are read off, so the error there is bounded too.
    read = [day for day in (*horizons, grid[-1]) if counts.start < day <= grid[-1]]
    time = np.unique(np.concatenate([*own, read]))
    rounded = [to_midpoint(_by(exits, steps), policy.curve_rounding)
               for exits, steps in zip(counts.exit_events, own, strict=True)]  # fmt: skip
    shown = [_latest(steps, values, time) for steps, values in zip(own, rounded, strict=True)]
    lag = [_lag(steps, values, time, policy) for steps, values in zip(own, rounded, strict=True)]
    # Half of a step's entries and censorings before its events, as a life table has it.
    middle = (np.concatenate([[counts.start], time[:-1]]) + time) / 2
    steps = StepCounts(
        counts.start,
        time,
        to_midpoint(_by(counts.entry, middle), policy.curve_rounding),
        to_midpoint(_by(counts.exit_censored, middle), policy.curve_rounding),
        np.column_stack(shown),
        np.column_stack(lag),
    )
    return _cut(steps, policy)


def _days_shown(counts: CumulativeCounts, horizons: tuple[int, ...], policy: Policy) -> FloatArray:
    """Days that may bear a step: known beforehand, not taken from events.

    Cut where too few are at risk, and at the last horizon: beyond it nobody asked, and thin risk sets would
    make the error of the whole curve.
    """
    last = max((exits[-1] for exits in (counts.exit_censored, *counts.exit_events) if exits.size), default=0)
    step = policy.curve_grid_days
    grid = np.arange((counts.start // step + 1) * step, last + step, step, dtype=np.float64)
    grid = np.unique(np.concatenate([grid, [day for day in horizons if day > counts.start]]))
    grid = grid[grid <= max(horizons, default=np.inf)]
    few = np.flatnonzero(counts.under_observation(grid) < policy.curve_at_risk)
    return grid[: few[0]] if few.size else grid


def _steps_of(
    exits: FloatArray, grid: FloatArray, start: float, horizons: tuple[int, ...], policy: Policy
) -> FloatArray:
    """Ends of the steps of one cause: each holds enough events, and a horizon ends one where it can.

    Within the stretch between two horizons (or the curve's end) steps close as soon as they hold enough
    events and enough remain for the last one, which closes at the horizon. A stretch with too few events
    leaves them to the next. Closing at the very event that makes a step full would catch most counts at the
    top of the range that rounds down, 6 to 3; `_full` waits until they lie around the middle.
    """
    enough = policy.curve_step_events
    done = int(_by(exits, np.array([start]))[0])
    closed: list[float] = []
    begin = start
    for stop in sorted({float(day) for day in horizons if start < day < grid[-1]} | {float(grid[-1])}):
        days = grid[(grid > begin) & (grid <= stop)]
        by_day = _by(exits, days)
        if by_day.size and by_day[-1] >= _full(done, policy):
            for day, so_far in zip(days[:-1], by_day[:-1], strict=True):
                if so_far >= _full(done, policy) and by_day[-1] - so_far >= enough:
                    closed.append(day)
                    done = int(so_far)
            closed.append(stop)
            done = int(by_day[-1])
            begin = stop
    return np.array(closed, dtype=np.float64)


def _full(done: int, policy: Policy) -> int:
    """Count at which a step that began with `done` events is full: the first near the middle of a range."""
    count = done + policy.curve_step_events
    while abs(int(to_midpoint(count, policy.curve_rounding)) - count) > policy.curve_rounding // 6:
        count += 1
    return count


def _latest(steps: FloatArray, values: IntArray, time: FloatArray) -> IntArray:
    """The value of the last step by each time, 0 before the first."""
    return np.concatenate([[0], values])[np.searchsorted(steps, time, side="right")]


def _lag(steps: FloatArray, values: IntArray, time: FloatArray, policy: Policy) -> IntArray:
    """Most events that a cause can have had since its last step: up to the next one, or too few for one."""
    following = np.concatenate([values, [0]])[np.searchsorted(steps, time, side="right")]
    shown = _latest(steps, values, time)
    waiting = np.where(following > 0, following - shown, policy.curve_step_events - 1)
    return np.where(np.isin(time, steps), 0, waiting)


def _cut(steps: StepCounts, policy: Policy) -> StepCounts:
    """End the curve where the rounded counts leave too few at risk, or fewer than have an event."""
    at_risk = steps.at_risk
    before = np.vstack([np.zeros((1, steps.events.shape[1]), dtype=np.int64), steps.events[:-1]])
    happening = (steps.events - before).sum(axis=1)
    bad = np.flatnonzero((at_risk < policy.curve_at_risk) | (at_risk < happening))
    return steps.until(int(bad[0])) if bad.size else steps
