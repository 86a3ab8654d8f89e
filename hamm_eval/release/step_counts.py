"""Rule 5: the rounded counts that a published curve, its intervals and its medians are all computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.estimate import FloatArray, IntArray
from hamm_eval.release.cumulative_counts import CumulativeCounts, happened_by
from hamm_eval.release.policy import Policy
from hamm_eval.release.rounding import to_midpoint
from hamm_eval.release.step_days import StepDays, days_alone, days_shown, most_waiting


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
    shown_until : ndarray, shape (causes,)
        Day after which the last steps of a cause are left out beside other curves, infinite where none are:
        nothing is known of what happened later.
    """

    start: float
    time: FloatArray
    entered: IntArray
    censored: IntArray
    events: IntArray
    lag: IntArray
    shown_until: FloatArray

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
            self.shown_until,
        )


def rounded_steps(
    counts: CumulativeCounts,
    horizons: tuple[int, ...],
    policy: Policy,
    *,
    days: Sequence[StepDays] = (),
) -> StepCounts:
    """Merge times into steps and round what stands behind them; no steps where too few are at risk.

    Parameters
    ----------
    counts : CumulativeCounts
    horizons : tuple of int
    policy : Policy
    days : sequence of StepDays
        By cause; where none are given, those of a curve that stands alone.
    """
    grid = days_shown(counts, horizons, policy)
    causes = len(counts.exit_events)
    if not grid.size:
        empty = np.empty(0, dtype=np.int64)
        wide = np.empty((0, causes), dtype=np.int64)
        return StepCounts(counts.start, grid, empty, empty, wide, wide, np.full(causes, np.inf))
    chosen = days or days_alone(counts, horizons, policy)
    own = [each.ends for each in chosen]
    # Horizons and the end are read off, so the error there is bounded too.
    read = [day for day in (*horizons, grid[-1]) if counts.start < day <= grid[-1]]
    time = np.unique(np.concatenate([*own, read]))
    rounded = [to_midpoint(happened_by(exits, steps), policy.curve_rounding)
               for exits, steps in zip(counts.exit_events, own, strict=True)]  # fmt: skip
    shown = [_latest(steps, values, time) for steps, values in zip(own, rounded, strict=True)]
    lag = [_lag(steps, values, time, policy) for steps, values in zip(own, rounded, strict=True)]
    middle = middles(counts.start, time)
    steps = StepCounts(
        counts.start,
        time,
        to_midpoint(happened_by(counts.entry, middle), policy.curve_rounding),
        to_midpoint(happened_by(counts.exit_censored, middle), policy.curve_rounding),
        np.column_stack(shown),
        np.column_stack(lag),
        np.array([_until(each.among, float(grid[-1])) for each in chosen]),
    )
    return _cut(steps, policy)


def _until(among: FloatArray, end: float) -> float:
    """The last day on which a step may end; infinite where that is the curve's own end."""
    last = among[-1] if among.size else -np.inf
    return float(last) if last < end else np.inf


def middles(start: float, time: FloatArray) -> FloatArray:
    """Half of a step's entries and censorings come before its events, as a life table has it."""
    return np.asarray((np.concatenate([[start], time[:-1]]) + time) / 2)


def _latest(steps: FloatArray, values: IntArray, time: FloatArray) -> IntArray:
    """The value of the last step by each time, 0 before the first."""
    return np.concatenate([[0], values])[np.searchsorted(steps, time, side="right")]


def _lag(steps: FloatArray, values: IntArray, time: FloatArray, policy: Policy) -> IntArray:
    """Most events that a cause can have had since its last step: up to the next one, or too few for one."""
    following = np.concatenate([values, [0]])[np.searchsorted(steps, time, side="right")]
    shown = _latest(steps, values, time)
    waiting = np.where(following > 0, following - shown, most_waiting(policy))
    return np.where(np.isin(time, steps), 0, waiting)


def _cut(steps: StepCounts, policy: Policy) -> StepCounts:
    """End the curve where the rounded counts leave too few at risk, or fewer than have an event.

    And where the last steps of the endpoint itself are left out: drawn on, it would lie too low.
    """
    steps = steps.until(int(np.searchsorted(steps.time, steps.shown_until[0], side="right")))
    at_risk = steps.at_risk
    before = np.vstack([np.zeros((1, steps.events.shape[1]), dtype=np.int64), steps.events[:-1]])
    happening = (steps.events - before).sum(axis=1)
    bad = np.flatnonzero((at_risk < policy.curve_at_risk) | (at_risk < happening))
    return steps.until(int(bad[0])) if bad.size else steps
