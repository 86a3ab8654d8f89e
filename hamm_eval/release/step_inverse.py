"""What the steps of a curve tell to whoever turns the rule round by which they were chosen and rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import FloatArray, IntArray
from hamm_eval.release.cumulative_counts import CumulativeCounts, happened_by
from hamm_eval.release.known_curves import EVER, KnownCount, KnownCurve
from hamm_eval.release.policy import Policy
from hamm_eval.release.rounding import to_midpoint
from hamm_eval.release.step_counts import StepCounts, middles
from hamm_eval.release.step_days import StepDays, full_at


def known_curve(
    name: str,
    counts: CumulativeCounts,
    steps: StepCounts,
    days: Sequence[StepDays],
    at_risk_days: Iterable[float],
    policy: Policy,
) -> KnownCurve:
    """All that a curve tells of cumulative counts by day.

    Parameters
    ----------
    name : str
        Of the curve, the same in every quarter.
    counts : CumulativeCounts
        Against which every range is checked; they do not leave.
    steps : StepCounts
        As they are shown.
    days : sequence of StepDays
        By cause, as they were chosen.
    at_risk_days : iterable of float
        Of the table of persons at risk.
    policy : Policy

    Raises
    ------
    ReleaseRefused
        A range that does not hold its count: it would prove nothing.

    Notes
    -----
    Entries and censorings are taken as known to their rounding wherever the curve or the table of persons at
    risk rests on them, though only a quotient of them is shown.
    """
    end = float(steps.time[-1])
    events = tuple(
        known_events(
            each,
            to_midpoint(happened_by(exits, each.ends), policy.curve_rounding),
            end,
            policy,
        )
        for exits, each in zip(counts.exit_events, days, strict=True)
    )
    # The number of all events stands beside the curve, from the same midpoints.
    every = _rounded(counts.exit_events[0], np.array([EVER]), policy)
    events = ((*events[0], *every), *events[1:])
    used = np.unique([*middles(steps.start, steps.time), *at_risk_days])
    known = KnownCurve(
        name=name,
        events=events,
        entered=_rounded(counts.entry, used, policy),
        censored=_rounded(counts.exit_censored, used, policy),
    )
    told = zip((*events, known.entered, known.censored), (*counts.exit_events, counts.entry,
               counts.exit_censored), strict=True)  # fmt: skip
    if not all(_holds(each, exits) for each, exits in told):
        raise ReleaseRefused(
            "A count lies outside the range of what a curve shows it as.",
            where=name,
            todo="Please report this as a bug.",
        )
    return known


def known_events(days: StepDays, shown: IntArray, end: float, policy: Policy) -> tuple[KnownCount, ...]:
    """Cumulative events of one cause that lead to steps on these days with these rounded counts.

    Parameters
    ----------
    days : StepDays
    shown : ndarray of int
        Rounded count of each step.
    end : float
        Day at which the curve ends: later steps are not shown.
    policy : Policy

    Returns
    -------
    tuple of KnownCount
        At each step; on the last day on which a step might have ended before it, and at the last horizon
        since, where it is known that there were too few for one.
    """
    ends = days.ends[days.ends <= end]
    if not ends.size:
        return _too_few(days, -np.inf, end, {0}, policy)
    possible = _possible(days, ends, shown[: ends.size], policy)
    known: list[KnownCount] = []
    before, last = {0}, -np.inf
    for day, counts in zip(ends, possible, strict=True):
        known += _waiting(days, last, float(day), before, policy)
        known.append(KnownCount(float(day), min(counts), max(counts), step=True))
        before, last = counts, float(day)
    return (*known, *_too_few(days, last, end, before, policy))


def _possible(days: StepDays, ends: FloatArray, shown: IntArray, policy: Policy) -> list[set[int]]:
    """The counts possible at each step: what it rounds from, reachable from the step before and after."""
    forward: list[set[int]] = []
    before, last = {0}, -np.inf
    for day, value in zip(ends, shown, strict=True):
        least = _least(days, last, float(day), policy)
        inside = _rounds_to(int(value), policy)
        forward.append({count for count in inside if any(count >= least(done) for done in before)})
        before, last = forward[-1], float(day)
    found = [forward[-1]]
    for at in range(len(ends) - 2, -1, -1):
        least = _least(days, float(ends[at]), float(ends[at + 1]), policy)
        found.append({done for done in forward[at] if max(found[-1], default=-1) >= least(done)})
    return found[::-1]


def _least(days: StepDays, last: float, day: float, policy: Policy) -> Callable[[int], int]:
    """The fewest events by the end of a step, from those at the step before."""
    earlier = days.stops[days.stops < day]
    first = last <= (earlier[-1] if earlier.size else -np.inf)
    if day in days.stops and not first:
        return lambda done: done + policy.curve_step_events
    return lambda done: full_at(done, policy)


def _waiting(
    days: StepDays, last: float, day: float, before: set[int], policy: Policy
) -> tuple[KnownCount, ...]:
    """Days before a step on which none ended, for too few had happened."""
    if day not in days.stops:
        free = days.among[(days.among > last) & (days.among < day)]
        return _at_most(free[-1:], before, policy)
    # A horizon ends a step however it came about; but none ended at the horizon before.
    return _too_few(days, last, day, before, policy, including=False)


def _too_few(
    days: StepDays, last: float, end: float, before: set[int], policy: Policy, *, including: bool = True
) -> tuple[KnownCount, ...]:
    """The last horizon since a step, at which too few had happened to end one."""
    stops = days.stops[(days.stops > last) & ((days.stops <= end) if including else (days.stops < end))]
    return _at_most(stops[-1:], before, policy)


def _at_most(day: FloatArray, before: set[int], policy: Policy) -> tuple[KnownCount, ...]:
    """Fewer than make a step full."""
    most = max(full_at(done, policy) for done in before) - 1
    return tuple(KnownCount(float(each), min(before), most) for each in day)


def _rounds_to(value: int, policy: Policy) -> range:
    """Counts that are shown as this midpoint."""
    if not value:
        return range(1)
    base = policy.curve_rounding
    top = value + base // 2
    return range(top - base + 1, top + 1)


def _rounded(happened: FloatArray, days: FloatArray, policy: Policy) -> tuple[KnownCount, ...]:
    """Cumulative counts known to their rounding."""
    values = to_midpoint(happened_by(happened, days), policy.curve_rounding)
    ranges = [_rounds_to(int(value), policy) for value in values]
    return tuple(KnownCount(float(day), each[0], each[-1]) for day, each in zip(days, ranges, strict=True))


def _holds(told: Sequence[KnownCount], happened: FloatArray) -> bool:
    """Whether every range holds its count."""
    counts = happened_by(happened, np.array([known.day for known in told]))
    return all(
        known.low <= count and (known.high is None or count <= known.high)
        for known, count in zip(told, counts, strict=True)
    )
