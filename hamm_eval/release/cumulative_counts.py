"""Exact cumulative counts behind a curve: internal, read only through rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.estimate import CurveGroup, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeCounts:
    """Who is under observation and event-free at some time after `start`, by day.

    `entry`, `exit_censored` and each of `exit_events` are sorted days.
    """

    start: float
    entry: FloatArray
    exit_censored: FloatArray
    exit_events: tuple[FloatArray, ...]

    @classmethod
    def of(cls, group: CurveGroup, causes: int) -> CumulativeCounts:
        """Of one group, counted from its `start_at`."""
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

    @property
    def last(self) -> float:
        """The day of the last exit."""
        return float(max((exits[-1] for exits in self._exits if exits.size), default=0))

    def under_observation(self, days: FloatArray) -> IntArray:
        """Persons at risk on each day: entered before it, not gone before it."""
        gone = sum(_before(exits, days) for exits in self._exits)
        return np.asarray(_before(self.entry, days) - gone)

    @property
    def _exits(self) -> tuple[FloatArray, ...]:
        return (self.exit_censored, *self.exit_events)


def happened_by(sorted_days: FloatArray, days: FloatArray) -> IntArray:
    """How many happened on or before each day."""
    return np.searchsorted(sorted_days, days, side="right").astype(np.int64)


def _before(sorted_days: FloatArray, days: FloatArray) -> IntArray:
    """How many happened before each day."""
    return np.searchsorted(sorted_days, days, side="left").astype(np.int64)
