"""Counts by day as a system: cumulative ones, and who came from one of them to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.facts import Count, Sum
from hamm_eval.release.known_curves import KnownCount
from hamm_eval.release.proof.attack import Programs
from hamm_eval.release.proof.system import System


class CountsByDay:
    """Counts and sums, as they are entered; a count is named by what it is of and the day."""

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.sums: list[Sum] = []

    @property
    def system(self) -> System:
        """Of all that was entered."""
        return System(counts=self.counts, sums=tuple(self.sums), told_by={})

    def possible_parts(self) -> tuple[System, ...]:
        """The connected systems that any counts fit: what cannot be binds nobody."""
        return tuple(part for part in self.system.parts() if part.sums and _possible(part))

    def cumulative(
        self,
        name: str,
        told: Iterable[KnownCount],
        days: Sequence[float],
        *,
        protected: bool = False,
        end: float = np.inf,
    ) -> dict[str, float]:
        """Enter a count that only grows by day, up to its end, as far as it is known.

        Returns
        -------
        dict of key to day
            What is protected of it: all, or nothing.
        """
        ranges = {known.day: (known.low, known.high) for known in told}
        upper = _from_the_end({day: ranges.get(day, (0, None))[1] for day in days})
        least, before, before_day = 0, "", 0.0
        for day in days:
            key = f"{name}:{day:g}"
            least = max(least, ranges.get(day, (0, None))[0])
            self.counts[key] = Count(key=key, low=least, high=upper[day], told=not protected)
            if before:
                self.sums.append(Sum(whole=key, parts=(before,), rest=before_day < end))
            before, before_day = key, day
        return {f"{name}:{day:g}": day for day in days} if protected else {}

    def came(
        self, name: str, former: str, later: str, days: Sequence[float], told: Collection[float]
    ) -> dict[str, float]:
        """Enter who is new in the later of two cumulative counts, by each day and since the last one told of.

        Returns
        -------
        dict of key to day
            What is protected: by the days that are told of.
        """
        protected: dict[str, float] = {}
        ranges = self._between(former, later, days)
        before, before_told = "", ""
        for day in days:
            key = f"{name}:{day:g}"
            low, high = ranges[day]
            self.counts[key] = Count(key=key, low=low, high=high, told=day not in told)
            self.sums.append(Sum(whole=f"{later}:{day:g}", parts=(f"{former}:{day:g}", key)))
            if before:
                self.sums.append(Sum(whole=key, parts=(before,), rest=True))
            before = key
            if day not in told:
                continue
            protected[key] = day
            if before_told:
                since = f"{key}|since"
                earlier = self.counts[before_told]
                few = 0 if earlier.high is None else max(low - earlier.high, 0)
                many = None if high is None else high - earlier.low
                self.counts[since] = Count(key=since, low=few, high=many, told=False)
                protected[since] = day
                self.sums.append(Sum(whole=key, parts=(before_told, since)))
            before_told = key
        return protected

    def auxiliary(self, key: str) -> str:
        """Enter a number that sums are written with, and that nobody is protected by."""
        self.counts[key] = Count(key=key, low=0, high=None)
        return key

    def _between(self, former: str, later: str, days: Sequence[float]) -> dict[float, tuple[int, int | None]]:
        """What the numbers of a day, and those of days before and after it, leave to those who came.

        It follows from the sums; said beforehand, fewer programs have to find it.
        """
        lows: dict[float, int] = {}
        highs: dict[float, int | None] = {}
        least = 0
        for day in days:
            one, other = self.counts[f"{former}:{day:g}"], self.counts[f"{later}:{day:g}"]
            lows[day] = least = max(least, 0 if one.high is None else other.low - one.high)
            highs[day] = None if other.high is None else other.high - one.low
        upper = _from_the_end(highs)
        return {day: (lows[day], upper[day]) for day in days}


def _from_the_end(highs: dict[float, int | None]) -> dict[float, int | None]:
    """Upper ends by day, each no greater than those of later days."""
    most: int | None = None
    found: dict[float, int | None] = {}
    for day in reversed(highs):
        high = highs[day]
        most = high if most is None else most if high is None else min(most, high)
        found[day] = most
    return found


def _possible(part: System) -> bool:
    """Whether any counts fit a connected system."""
    try:
        Programs(part).least(next(iter(part.counts)))
    except ReleaseRefused:
        return False
    return True
