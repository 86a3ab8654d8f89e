"""Curves of a whole and of its parts, this quarter and the one before: what they tell together of few."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hamm_eval.release.facts import Facts, Sum
from hamm_eval.release.known_curves import KnownCurve, LeftOut
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof.attack import find_recovered, recovered_among
from hamm_eval.release.proof.by_day import CountsByDay
from hamm_eval.release.proof.nesting import begins

Curves = tuple[tuple[str, KnownCurve], ...]
"""By the key of their events: one process each, whichever results draw it."""


@dataclass(frozen=True, slots=True)
class Family:
    """Curves of the same endpoint: whole and parts, as far as they are drawn.

    Parameters
    ----------
    newest, former : tuple of (key, KnownCurve)
        Of this quarter, and of the one before.
    sums : tuple of Sum
        Which events make up which, by their keys.
    ended : tuple of (key, day)
        Events that come before a later curve begins: after that day there are none.
    """

    newest: Curves
    former: Curves
    sums: tuple[Sum, ...]
    ended: tuple[tuple[str, float], ...] = ()

    @property
    def causes(self) -> int:
        """How many causes any curve tells of."""
        return max(len(curve.events) for _, curve in (*self.newest, *self.former))

    def without(self, key: str, gap: LeftOut) -> Family:
        """The same with a step of one curve of this quarter left out."""

        def less(curve: KnownCurve) -> KnownCurve:
            events = tuple(
                gap.told_by(told) if cause == gap.cause else told for cause, told in enumerate(curve.events)
            )
            return replace(curve, events=events)

        newest = tuple((name, less(curve) if name == key else curve) for name, curve in self.newest)
        return replace(self, newest=newest)


def families(newest: Iterable[Facts], former: Iterable[Facts]) -> tuple[Family, ...]:
    """Curves whose events make up others', by what results declare of their counts.

    Parameters
    ----------
    newest, former : iterable of Facts
        Of this quarter, and of the one before.
    """
    newest = tuple(newest)
    here, before = _drawn(newest), _drawn(former)
    divided = [
        total
        for total in dict.fromkeys(total for told in newest for total in told.sums)
        if not (total.rest or total.slack) and here.keys() & set(total.parts)
    ]
    later, ended = _begun_later((total.whole for total in divided), here)
    sums = [*(total for total in divided if total.whole in {*here, *ended}), *later]
    found: list[tuple[set[str], list[Sum]]] = []
    for total in sums:
        keys, together = {total.whole, *total.parts}, [total]
        for known in [each for each in found if each[0] & keys]:
            found.remove(known)
            keys |= known[0]
            together = [*known[1], *together]
        found.append((keys, together))
    return tuple(
        Family(
            newest=tuple((key, here[key]) for key in sorted(keys & here.keys())),
            former=tuple((key, before[key]) for key in sorted(keys & before.keys())),
            sums=tuple(together),
            ended=tuple((each.parts[1], ended[each.parts[0]]) for each in together if each.parts[0] in ended),
        )
        for keys, together in found
    )


def _begun_later(wholes: Iterable[str], here: Collection[str]) -> tuple[list[Sum], dict[str, float]]:
    """Wholes that no curve is drawn of, for one of the same persons begins earlier: what binds both.

    By every day the earlier one has the events of the later one and those before that began.
    """
    sums: list[Sum] = []
    begin: dict[str, float] = {}
    for whole in dict.fromkeys(wholes):
        of, day = begins(whole)
        near = [key for key in here if begins(key)[0] == of and begins(key)[1] < day]
        if whole in here or not near:
            continue
        earlier = max(near, key=lambda key: begins(key)[1])
        sums.append(Sum(whole=earlier, parts=(whole, f"{earlier} until {day:g}")))
        begin[whole] = day
    return sums, begin


def _drawn(facts: Iterable[Facts]) -> dict[str, KnownCurve]:
    """Curves by the key of their events; of one drawn twice the first."""
    found: dict[str, KnownCurve] = {}
    for told in facts:
        for curve in told.curves:
            if curve.key:
                found.setdefault(curve.key, curve)
    return found


def steps_to_leave_out(family: Family, policy: Policy) -> tuple[tuple[str, LeftOut], ...]:
    """Steps of this quarter's curves without which the family tells of nobody.

    Parameters
    ----------
    family : Family
    policy : Policy

    Returns
    -------
    tuple of (key, LeftOut)
        Empty where nothing is told too exactly as it is, or where the quarters cannot be like that.

    Notes
    -----
    What is protected: who came since the quarter before, by each day and from one day to the next, in the
    whole, in each part, and in those of whom no curve is drawn; and these by themselves. Leaving out a step
    makes more possible and nothing less. For one such number after the other a step next to its day is left
    out: of its own curve if that helps, else of one that it makes a sum with, else of any other.
    """
    if policy.exact:
        return ()
    chosen: list[tuple[str, LeftOut]] = []
    for cause in range(family.causes):
        found = list(_recovered(family, cause, policy))
        while found and (near := _near(family, cause, found[0])):
            key, gap = _mends(near, found[0], family, cause, policy)
            chosen.append((key, gap))
            family = family.without(key, gap)
            found = _still(found, family, cause, policy)
    return tuple(chosen)


def tells_of_few(family: Family, policy: Policy) -> bool:
    """Whether a family tells too exactly how few came, or how few are left."""
    return not policy.exact and any(_recovered(family, cause, policy) for cause in range(family.causes))


@dataclass(frozen=True, slots=True)
class _Target:
    """A protected number: its key, the process that it is about, and the day."""

    key: str
    name: str
    day: float


@lru_cache(maxsize=64)  # the same family is proven when a step has been left out, and when it is published
def _recovered(family: Family, cause: int, policy: Policy) -> tuple[_Target, ...]:
    """What a family tells too exactly of one cause."""
    counts, protected = _by_day(family, cause)
    return tuple(
        protected[each.key] for part in counts.possible_parts() for each in find_recovered(part, policy)
    )


def _still(targets: Collection[_Target], family: Family, cause: int, policy: Policy) -> list[_Target]:
    """Which of them are still told too exactly."""
    parts = _by_day(family, cause)[0].system.parts()
    left = {
        key
        for part in parts
        for key in recovered_among([each.key for each in targets if each.key in part.counts], part, policy)
    }
    return [each for each in targets if each.key in left]


def _near(family: Family, cause: int, target: _Target) -> list[tuple[str, list[LeftOut]]]:
    """Steps of this quarter around a day, by curve: the target's own, those in a sum with it, others."""
    kin = {
        name
        for total in family.sums
        if target.name in (total.whole, *total.parts)
        for name in (total.whole, *total.parts)
    }
    found: list[tuple[str, list[LeftOut]]] = []
    for key, curve in sorted(
        family.newest, key=lambda each: (each[0] != target.name, each[0] not in kin, each[0])
    ):
        steps = curve.steps(cause) if cause < len(curve.events) else ()
        before = [step for step in steps if step <= target.day][-2:]
        after = [step for step in steps if step > target.day][:1]
        gaps = [LeftOut.step(cause, step, steps) for step in (*before, *after)]
        if gaps:
            found.append((key, gaps))
    return found


def _mends(
    near: Sequence[tuple[str, list[LeftOut]]], target: _Target, family: Family, cause: int, policy: Policy
) -> tuple[str, LeftOut]:
    """The first step without which a number is told no more; the nearest where no curve alone tells it."""
    for key, gaps in near:
        without = family
        for gap in gaps:
            without = without.without(key, gap)
        if not _still([target], without, cause, policy):
            alone = (gap for gap in gaps if not _still([target], family.without(key, gap), cause, policy))
            return key, next(alone, gaps[0])
    return near[0][0], near[0][1][0]


def _by_day(family: Family, cause: int) -> tuple[CountsByDay, dict[str, _Target]]:
    """Events of one cause by day in all curves and quarters; what is protected, by key."""
    names = sorted({name for total in family.sums for name in (total.whole, *total.parts)})
    quarters = [dict(curves) for curves in (family.former, family.newest) if curves]
    ended = dict(family.ended)
    told = {
        (name, at): curves[name].events[cause]
        for at, curves in enumerate(quarters)
        for name in names
        if name in curves and cause < len(curves[name].events)
    }
    days = sorted({known.day for each in told.values() for known in each})
    counts = CountsByDay()
    protected: dict[str, _Target] = {}
    for name in names:
        mine = [told.get((name, at), ()) for at in range(len(quarters))]
        for at, known in enumerate(mine):
            # Of whom no curve is drawn nobody shows anything.
            unknown = at == len(quarters) - 1 and not any(mine)
            found = counts.cumulative(
                f"{name}@{at}", known, days, protected=unknown, end=ended.get(name, np.inf)
            )
            protected |= {key: _Target(key, name, day) for key, day in found.items()}
        if len(quarters) > 1:
            about = {known.day for each in mine for known in each} or set(days)
            found = counts.came(f"{name}:came by", f"{name}@0", f"{name}@1", days, about)
            protected |= {key: _Target(key, name, day) for key, day in found.items()}
    for total in family.sums:
        for at in range(len(quarters)):
            for day in days:
                parts = tuple(f"{part}@{at}:{day:g}" for part in total.parts)
                counts.sums.append(Sum(whole=f"{total.whole}@{at}:{day:g}", parts=parts))
    return counts, protected
