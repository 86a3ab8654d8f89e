"""What a drawn curve tells of counts by day, and what curves of other quarters have told."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from hamm_eval.estimate import FloatArray

EVER = 36_525.0
"""A day after all days of curves: by then all events have happened whose number stands beside a curve."""


@dataclass(frozen=True, slots=True)
class KnownCount:
    """A cumulative count by the end of a day: the true counts that are drawn like this.

    `high` is None without an upper end. `step` says whether a step of the curve ends there.
    """

    day: float
    low: int
    high: int | None
    step: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCurve:
    """All that one curve tells to whoever knows how curves are drawn.

    Parameters
    ----------
    name : str
        Place and level: the same in every quarter.
    key : str
        Of its events among the counts of all results; "" where no other count is of them.
    events : tuple of tuple of KnownCount
        By cause, the endpoint first.
    entered, censored : tuple of KnownCount
        Since the curve begins.
    some : tuple of str
        Names of curves of the same result and quarter whose events are some of this one's.
    """

    name: str
    events: tuple[tuple[KnownCount, ...], ...]
    entered: tuple[KnownCount, ...] = ()
    censored: tuple[KnownCount, ...] = ()
    some: tuple[str, ...] = ()
    key: str = ""

    def steps(self, cause: int) -> tuple[float, ...]:
        """Days at which a step of a cause (0 is the endpoint) ends."""
        return tuple(known.day for known in self.events[cause] if known.step)

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; `from_json` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> KnownCurve:
        """The curve that `to_json` wrote.

        Examples
        --------
        >>> curve = KnownCurve(name="all", events=((KnownCount(7.0, 8, 12, True),),))
        >>> KnownCurve.from_json(curve.to_json()) == curve
        True
        """

        def counts(told: Iterable[Mapping[str, Any]]) -> tuple[KnownCount, ...]:
            return tuple(KnownCount(**known) for known in told)

        return cls(
            name=content["name"],
            events=tuple(map(counts, content["events"])),
            entered=counts(content["entered"]),
            censored=counts(content["censored"]),
            some=tuple(content["some"]),
            key=content["key"],
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A step of a cause that is left out: none ends between the step before it and the next.

    Its events wait for the next step, and all other steps stay as they are.
    """

    cause: int
    after: float
    before: float

    @classmethod
    def step(cls, cause: int, day: float, steps: Iterable[float]) -> LeftOut:
        """The step that ends on a day, among those of its cause.

        Examples
        --------
        >>> LeftOut.step(0, 140.0, [133.0, 140.0, 154.0])
        LeftOut(cause=0, after=133.0, before=154.0)
        """
        days = list(steps)
        return cls(
            cause,
            max((each for each in days if each < day), default=-math.inf),
            min((each for each in days if each > day), default=EVER),
        )

    def out_of(self, days: FloatArray) -> FloatArray:
        """Days on which a step may still end."""
        return days[(days <= self.after) | (days >= self.before)]

    def told_by(self, known: Sequence[KnownCount]) -> tuple[KnownCount, ...]:
        """What is still told of the cause's counts."""
        return tuple(each for each in known if not self.after < each.day < self.before)


@dataclass(frozen=True, slots=True)
class EarlierCurves:
    """What earlier quarters have told of curves: by result, version and name, the oldest first.

    `left_out` has steps that curves of now must not have, beside other curves of now.
    """

    told: Mapping[tuple[str, int, str], tuple[KnownCurve, ...]] = field(default_factory=dict)
    left_out: Mapping[tuple[str, int, str], tuple[LeftOut, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Iterable[tuple[str, int, KnownCurve]]) -> EarlierCurves:
        """Of results by id and version, quarter after quarter."""
        found: dict[tuple[str, int, str], list[KnownCurve]] = defaultdict(list)
        for release, version, curve in told:
            found[release, version, curve.name].append(curve)
        return cls({name: tuple(curves) for name, curves in found.items()})

    def __call__(self, release: str, version: int, name: str) -> tuple[KnownCurve, ...]:
        """Of one curve; empty where no earlier quarter drew it."""
        return self.told.get((release, version, name), ())

    def gaps(self, release: str, version: int, name: str) -> tuple[LeftOut, ...]:
        """Steps that one curve of now must not have."""
        return self.left_out.get((release, version, name), ())

    def leaving_out(self, more: Iterable[tuple[tuple[str, int, str], LeftOut]]) -> EarlierCurves:
        """The same with further steps left out, each by result, version and name of its curve."""
        gaps = defaultdict(list, {name: list(known) for name, known in self.left_out.items()})
        for name, gap in more:
            gaps[name].append(gap)
        return replace(self, left_out={name: tuple(known) for name, known in gaps.items()})

    def to_json(self) -> list[dict[str, Any]]:
        """JSON-ready; `from_json` reads it."""
        return [
            {"release": release, "version": version, "curves": [curve.to_json() for curve in curves]}
            for (release, version, _), curves in sorted(self.told.items())
        ]

    @classmethod
    def from_json(cls, content: Iterable[Mapping[str, Any]]) -> EarlierCurves:
        """What `to_json` wrote.

        Examples
        --------
        >>> curve = KnownCurve(name="all", events=((KnownCount(7.0, 8, 12, True),),))
        >>> earlier = EarlierCurves.of([("a:b", 1, curve)])
        >>> EarlierCurves.from_json(earlier.to_json())("a:b", 1, "all") == (curve,)
        True
        """
        return cls.of(
            (entry["release"], entry["version"], KnownCurve.from_json(curve))
            for entry in content
            for curve in entry["curves"]
        )


NOTHING_EARLIER = EarlierCurves()
