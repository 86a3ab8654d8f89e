"""A curve that is drawn anew each quarter: what its steps tell together of those who came in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from hamm_eval.release.facts import Sum
from hamm_eval.release.known_curves import KnownCount, KnownCurve
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.attack import find_recovered, told_exactly
from hamm_eval.release.proof.by_day import CountsByDay

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
            found |= {day for key, day in chain.came_by.items() if told_exactly(chain.counts[key], policy)}
    return _in_order(found)


def _days_together(curves: Sequence[KnownCurve], policy: Policy) -> tuple[RecoveredDay, ...]:
    """What of it all quarters tell together."""
    if len(curves) < 2:
        return ()
    chain = _Chain(curves)
    found = _recovered(chain, policy)
    if any(key in chain.of_former for key in found):
        found -= _recovered(_Chain((*curves[:-1], _nothing_of(curves[-1]))), policy)
    return _in_order(chain.came_by[key] for key in found)


def _recovered(chain: _Chain, policy: Policy) -> set[str]:
    """Keys of those who came of whom a chain tells too exactly."""
    return {
        each.key
        for part in chain.possible_parts()
        for each in find_recovered(part, policy)
        if each.key in chain.came_by
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


class _Chain(CountsByDay):
    """Counts and sums of a chain of quarters; which of them are protected, and what they are about."""

    def __init__(self, curves: Sequence[KnownCurve]) -> None:
        super().__init__()
        self.came_by: dict[str, RecoveredDay] = {}
        self.of_former: set[str] = set()
        self._entry: dict[tuple[int, float], str] = {}
        causes = max(len(curve.events) for curve in curves)
        flows = [{known.day for known in (*curve.entered, *curve.censored)} for curve in curves]
        days = sorted(
            set().union(*flows, *({known.day for known in told} for curve in curves for told in curve.events))
        )
        self._flow_days = sorted(set().union(*flows))
        for cause in range(causes):
            told = [curve.events[cause] if cause < len(curve.events) else () for curve in curves]
            for at, known in enumerate(told):
                self.cumulative(f"events {cause}@{at}", known, days)
            mine = {known.day for each in told for known in each}
            pairs = {*pairwise(range(len(told))), *((at, len(told) - 1) for at in range(len(told) - 1))}
            for former, later in sorted(pairs):
                name, events = f"came {cause}@{former}..{later}", f"events {cause}"
                protected = self.came(name, f"{events}@{former}", f"{events}@{later}", days, mine)
                self.came_by |= {key: RecoveredDay(cause, day) for key, day in protected.items()}
                if later < len(told) - 1:
                    self.of_former |= protected.keys()
        for at, curve in enumerate(curves):
            self._entered(at, curve)
            self.cumulative(f"censored@{at}", curve.censored, self._flow_days)
            for day in self._flow_days:
                gone = (f"events {cause}@{at}:{day:g}" for cause in range(causes))
                free = self.auxiliary(f"free@{at}:{day:g}")
                self.sums.append(
                    Sum(whole=self._entry[at, day], parts=(free, f"censored@{at}:{day:g}", *gone))
                )
                if at:
                    self.sums.append(Sum(whole=free, parts=(f"free@{at - 1}:{day:g}",), rest=True))
        for former, later in pairwise(range(len(curves))):
            self._joined(former, later)

    def _entered(self, at: int, curve: KnownCurve) -> None:
        """Entries by day; one number where all entered at once, for then nobody enters later."""
        days = self._flow_days
        if len({(known.low, known.high) for known in curve.entered}) <= 1:
            days = days[:1]
        self.cumulative(f"entered@{at}", curve.entered, days)
        self._entry |= {(at, day): f"entered@{at}:{day if len(days) > 1 else days[0]:g}"
                        for day in self._flow_days}  # fmt: skip

    def _joined(self, former: int, later: int) -> None:
        """Who was under observation stays so; others join, on any day."""
        before = ""
        for whole, part in dict.fromkeys(
            (self._entry[later, day], self._entry[former, day]) for day in self._flow_days
        ):
            joined = self.auxiliary(f"joined:{whole}:{part}")
            self.sums.append(Sum(whole=whole, parts=(part, joined)))
            if before:
                self.sums.append(Sum(whole=joined, parts=(before,), rest=True))
            before = joined
