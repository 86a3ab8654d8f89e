"""Differences of two shares as they may be shown: no interval so narrow that it gives the counts back.

The variance of a difference is about that of two shares. Whoever knows the sizes of the arms reads the number
of events from the interval's width, and the smaller a share, the more exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from hamm_eval.estimate import Effect, FloatArray, IntArray
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval
from hamm_eval.release.rounding import to_step

# A difference in whole percentage points: its standard error is above one point for any Hamm-sized group,
# so nothing is lost, and it tells no arm's share.
POINT = 0.01
STEPS = (POINT, 0.02, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class ArmCounts:
    """Distinct persons of both arms, and those with the event that a difference is about."""

    treated: int
    controls: int
    events_treated: int
    events_controls: int

    @classmethod
    def of(cls, effect: Effect) -> ArmCounts:
        """Of the endpoint."""
        return cls(effect.treated, effect.controls, effect.events_treated, effect.events_controls)

    @classmethod
    def of_departures(cls, effect: Effect) -> ArmCounts:
        """Of what competes."""
        return cls(effect.treated, effect.controls, effect.departed_treated, effect.departed_controls)

    def few(self, policy: Policy) -> tuple[str, ...]:
        """Arms in which the persons with or without the event are a hidden count (rules 2 and 7)."""
        arms = (
            ("treated", self.treated, self.events_treated),
            ("control", self.controls, self.events_controls),
        )
        return tuple(
            arm
            for arm, persons, events in arms
            if min(events, persons - events) <= policy.largest_hidden_count
        )


def release_interval(fit: Any, counts: ArmCounts, policy: Policy) -> Interval | None:
    """A difference of shares and its interval, in whole points or coarser; None where it is not finite."""
    if fit is None or not np.isfinite([fit.value, fit.lower, fit.upper]).all():
        return None
    return rounded(fit.value, fit.lower, fit.upper, interval_step(fit, counts, policy))


def rounded(value: float, lower: float, upper: float, step: float) -> Interval:
    """Ends in whole points; with a coarser step the interval's half is rounded up to it, on both sides."""
    if step <= POINT:
        return Interval(value=to_step(value, POINT), lower=to_step(lower, POINT), upper=to_step(upper, POINT))
    half = math.ceil(round((upper - lower) / 2 / step, 9)) * step
    middle = to_step(value, POINT)
    return Interval(value=middle, lower=to_step(middle - half, POINT), upper=to_step(middle + half, POINT))


def interval_step(fit: Any, counts: ArmCounts, policy: Policy) -> float:
    """Smallest step with which as many numbers of events lead to one interval as a hidden cell must keep.

    Numbers of either arm, the other's following from the difference; the interval's width as that of two
    plain shares, which is the attacker's best case.
    """
    half = (fit.upper - fit.lower) / 2
    if not half > 0:
        return STEPS[-1]
    arms = (
        (counts.treated, counts.controls, counts.events_treated, 1.0),
        (counts.controls, counts.treated, counts.events_controls, -1.0),
    )
    for step in STEPS:
        if all(_alike(fit, half, arm, step, sign) >= policy.feasible_values for *arm, sign in arms):
            return step
    return STEPS[-1]


def _alike(fit: Any, half: float, arm: list[int], step: float, sign: float) -> int:
    """Numbers of events of an arm that could stand behind what is shown."""
    persons, others, own = arm
    events = np.arange(persons + 1)
    elsewhere = np.clip(events / persons - sign * fit.value, 0.0, 1.0)
    variance = _variance(events, persons) + elsewhere * (1 - elsewhere) / others
    if not variance[own] > 0:
        return 0
    halves = half * np.sqrt(variance / variance[own])
    shown = rounded(fit.value, fit.lower, fit.upper, step)
    assert shown.value is not None and shown.lower is not None and shown.upper is not None
    if step > POINT:
        wide = shown.upper - shown.value
        return int(((halves > wide - step + 1e-9) & (halves <= wide + 1e-9)).sum())
    reach = step / 2 + 1e-9
    least = np.maximum.reduce(
        [
            shown.lower - reach + halves,
            shown.upper - reach - halves,
            np.full(halves.size, shown.value - reach),
        ]
    )
    most = np.minimum.reduce(
        [
            shown.lower + reach + halves,
            shown.upper + reach - halves,
            np.full(halves.size, shown.value + reach),
        ]
    )
    return int((least <= most).sum())


def _variance(events: IntArray, persons: int) -> FloatArray:
    """Of a share."""
    share = events / persons
    return share * (1 - share) / persons
