"""A curve that is drawn anew each quarter: what its steps tell together of those who came in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.facts import Count, Sum
from hamm_eval.release.known_curves import KnownCount, KnownCurve
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.attack import Programs, find_recovered, told_exactly
from hamm_eval.release.proof.system import System

_TOGETHER = 3
"""Quarters in one system."""


@dataclass(frozen=True, slots=True)
class RecoveredDay:
    """Persons of a cause (0 is the endpoint) who came between two quarters, as known by a day."""

    cause: int
    day: float


def days_recovered(curves: Sequence[KnownCurve], policy: Policy) -> tuple[RecoveredDay, ...]:
    """Where the same curve, drawn in several quarters, tells how few came in between.

    Parameters
    ----------
    curves : sequence of KnownCurve
        Of the same persons and those who joined them, the oldest first.
    policy : Policy

    Returns
    -------
    tuple of RecoveredDay
        By cause and day, as far as the newest tells it; empty where nothing is told too exactly. Where plain
        subtraction tells of some already, only these.

    Notes
    -----
    A variable for the events of each cause by each day of which any quarter tells, and one for entries and
    censorings; all of them are known to lie in ranges. Within a quarter they only grow by day. From quarter
    to quarter events that have happened stay, so that what came in between is a cumulative count of its own,
    and whoever was seen event-free on a day still is. What is protected is who came in between, by each day
    and between one such day and the next, from each quarter to the next and to the newest. Where corrections
    make all that impossible an attacker cannot know it either, and the quarters are not bound.

    Under a policy of exact counts nothing protects a series, and nothing is named.

    What former quarters tell by themselves, by a stricter policy than theirs, the newest has not told.

    The programs are of the newest three quarters; the newest is subtracted from all others, day by day.
    """
    return () if policy.exact else _days_recovered(tuple(curves), policy)


@lru_cache(maxsize=512)  # the same chain is proven when a curve is drawn, and when it is published
def _days_recovered(curves: tuple[KnownCurve, ...], policy: Policy) -> tuple[RecoveredDay, ...]:
    """By plain subtraction first."""
    return days_subtracted(curves, policy) or _days_together(curves[-_TOGETHER:], policy)


def days_subtracted(curves: Sequence[KnownCurve], policy: Policy) -> tuple[RecoveredDay, ...]:
    """What of it plain subtraction tells, of one quarter from another, day by day.

    Parameters
    ----------
    curves : sequence of KnownCurve
    policy : Policy
    """
    found: set[RecoveredDay] = set()
    for former in range(len(curves) - 1):
        chain = _Chain((curves[former], curves[-1]))
        if all(count.high is None or count.low <= count.high for count in chain.counts.values()):
            found |= {day for key, day in chain.came.items() if told_exactly(chain.counts[key], policy)}
    return _in_order(found)


def _days_together(curves: Sequence[KnownCurve], policy: Policy) -> tuple[RecoveredDay, ...]:
    """What of it all quarters tell together."""
    if len(curves) < 2:
        return ()
    chain = _Chain(curves)
    found = _recovered(chain, policy)
    if any(key in chain.of_former for key in found):
        found -= _recovered(_Chain((*curves[:-1], _nothing_of(curves[-1]))), policy)
    return _in_order(chain.came[key] for key in found)


def _recovered(chain: _Chain, policy: Policy) -> set[str]:
    """Keys of those who came of whom a chain tells too exactly."""
    system = System(counts=chain.counts, sums=tuple(chain.sums), told_by={})
    return {
        each.key
        for part in system.parts()
        if part.sums and possible(part)
        for each in find_recovered(part, policy)
        if each.key in chain.came
    }


def _nothing_of(curve: KnownCurve) -> KnownCurve:
    """The same days, of which nothing is told."""

    def untold(told: Iterable[KnownCount]) -> tuple[KnownCount, ...]:
        return tuple(KnownCount(known.day, 0, None) for known in told)

    return replace(
        curve,
        events=tuple(map(untold, curve.events)),
        entered=untold(curve.entered),
        censored=untold(curve.censored),
    )


def _in_order(found: Iterable[RecoveredDay]) -> tuple[RecoveredDay, ...]:
    """By cause and day."""
    return tuple(sorted(found, key=lambda each: (each.cause, each.day)))


def possible(part: System) -> bool:
    """Whether any counts fit a connected system."""
    try:
        Programs(part).least(next(iter(part.counts)))
    except ReleaseRefused:
        return False
    return True


class _Chain:
    """Counts and sums of a chain of quarters."""

    def __init__(self, curves: Sequence[KnownCurve]) -> None:
        self.counts: dict[str, Count] = {}
        self.sums: list[Sum] = []
        self.came: dict[str, RecoveredDay] = {}
        self.of_former: set[str] = set()
        self._entry: dict[tuple[int, float], str] = {}
        causes = max(len(curve.events) for curve in curves)
        flows = [{known.day for known in (*curve.entered, *curve.censored)} for curve in curves]
        self._days = sorted(
            set().union(*flows, *({known.day for known in told} for curve in curves for told in curve.events))
        )
        self._flow_days = sorted(set().union(*flows))
        for cause in range(causes):
            told = [curve.events[cause] if cause < len(curve.events) else () for curve in curves]
            for at, known in enumerate(told):
                self._cumulative(f"events {cause}@{at}", known, self._days)
            mine = {known.day for each in told for known in each}
            pairs = {*pairwise(range(len(told))), *((at, len(told) - 1) for at in range(len(told) - 1))}
            for former, later in sorted(pairs):
                known_before = set(self.came)
                self._came(cause, former, later, mine)
                if later < len(told) - 1:
                    self.of_former |= self.came.keys() - known_before
        for at, curve in enumerate(curves):
            self._entered(at, curve)
            self._cumulative(f"censored@{at}", curve.censored, self._flow_days)
            for day in self._flow_days:
                gone = (f"events {cause}@{at}:{day:g}" for cause in range(causes))
                free = self._auxiliary(f"free@{at}:{day:g}")
                self.sums.append(
                    Sum(whole=self._entry[at, day], parts=(free, f"censored@{at}:{day:g}", *gone))
                )
                if at:
                    self.sums.append(Sum(whole=free, parts=(f"free@{at - 1}:{day:g}",), rest=True))
        for former, later in pairwise(range(len(curves))):
            self._joined(former, later)

    def _cumulative(self, name: str, told: Sequence[KnownCount], days: Sequence[float]) -> None:
        """A count that only grows by day, as far as it is known."""
        lows = {known.day: known.low for known in told}
        highs = {known.day: known.high for known in told}
        least = 0
        most: int | None = None
        before = ""
        upper: dict[float, int | None] = {}
        for day in reversed(days):
            high = highs.get(day)
            most = high if most is None else most if high is None else min(most, high)
            upper[day] = most
        for day in days:
            key = f"{name}:{day:g}"
            least = max(least, lows.get(day, 0))
            self.counts[key] = Count(key=key, low=least, high=upper[day])
            if before:
                self.sums.append(Sum(whole=key, parts=(before,), rest=True))
            before = key

    def _came(self, cause: int, former: int, later: int, told: set[float]) -> None:
        """Whose event is new in the later quarter: by each day, and since the last one that is told of."""
        name = f"came {cause}@{former}..{later}"
        before, before_told = "", ""
        ranges = self._between(cause, former, later)
        for day in self._days:
            key = f"{name}:{day:g}"
            protected = day in told
            low, high = ranges[day]
            self.counts[key] = Count(key=key, low=low, high=high, told=not protected)
            whole, part = f"events {cause}@{later}:{day:g}", f"events {cause}@{former}:{day:g}"
            self.sums.append(Sum(whole=whole, parts=(part, key)))
            if before:
                self.sums.append(Sum(whole=key, parts=(before,), rest=True))
            before = key
            if not protected:
                continue
            self.came[key] = RecoveredDay(cause, day)
            if before_told:
                since = f"{key}|since"
                earlier = self.counts[before_told]
                few = 0 if earlier.high is None else max(low - earlier.high, 0)
                many = None if high is None else high - earlier.low
                self.counts[since] = Count(key=since, low=few, high=many, told=False)
                self.came[since] = RecoveredDay(cause, day)
                self.sums.append(Sum(whole=key, parts=(before_told, since)))
            before_told = key

    def _between(self, cause: int, former: int, later: int) -> dict[float, tuple[int, int | None]]:
        """What the numbers of a day, and those of days before and after it, leave to those who came.

        It follows from the sums; said beforehand, fewer programs have to find it.
        """
        ranges: dict[float, tuple[int, int | None]] = {}
        least = 0
        for day in self._days:
            one, other = (self.counts[f"events {cause}@{at}:{day:g}"] for at in (former, later))
            least = max(least, 0 if one.high is None else other.low - one.high)
            ranges[day] = (least, None if other.high is None else other.high - one.low)
        most: int | None = None
        for day in reversed(self._days):
            low, high = ranges[day]
            most = high if most is None else most if high is None else min(most, high)
            ranges[day] = (low, most)
        return ranges

    def _entered(self, at: int, curve: KnownCurve) -> None:
        """Entries by day; one number where all entered at once, for then nobody enters later."""
        days = self._flow_days
        if len({(known.low, known.high) for known in curve.entered}) <= 1:
            days = days[:1]
        self._cumulative(f"entered@{at}", curve.entered, days)
        self._entry |= {(at, day): f"entered@{at}:{day if len(days) > 1 else days[0]:g}"
                        for day in self._flow_days}  # fmt: skip

    def _joined(self, former: int, later: int) -> None:
        """Who was under observation stays so; others join, on any day."""
        before = ""
        for whole, part in dict.fromkeys(
            (self._entry[later, day], self._entry[former, day]) for day in self._flow_days
        ):
            joined = self._auxiliary(f"joined:{whole}:{part}")
            self.sums.append(Sum(whole=whole, parts=(part, joined)))
            if before:
                self.sums.append(Sum(whole=joined, parts=(before,), rest=True))
            before = joined

    def _auxiliary(self, key: str) -> str:
        """A number that sums are written with, and that nobody is protected by."""
        self.counts[key] = Count(key=key, low=0, high=None)
        return key
