"""What binds the levels of groupings of the same persons, and of some of them.

Two results divide the same persons by one column, the one finely and the other coarsely: each coarse level is
the sum of what both divide it into. A third result divides some of these persons, as those in a model: of
each level they are some. And curves begin on different days, so that those of the one are some of those of
the other. No result knows of another, so the system adds these sums, from the names of counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from hamm_eval.release.facts import Count, Facts, Sum
from hamm_eval.release.facts.levels import Level, range_name, range_of

_AFTER = re.compile(r"(?P<persons>[^|@]+)\|after (?P<day>[0-9.]+)(?P<what>(\|event)?)(?P<quarter>(@[^@]*)?)")

Values = frozenset[str]
Groups = Mapping[str, Mapping[Values, Level]]
"""Levels of one column: by whom they divide, and by the values that they hold."""


def nested(counts: Collection[str], sums: Iterable[Sum]) -> tuple[tuple[Count, ...], tuple[Sum, ...]]:
    """Counts that nobody tells and sums, as they follow from the names of levels.

    Parameters
    ----------
    counts : collection of str
        Keys of all counts.
    sums : iterable of Sum
        A part of a whole is some of its persons.

    Returns
    -------
    counts : tuple of Count
        What levels that overlap divide each other into, and who of a level is not among some: what a
        difference of two numbers tells.
    sums : tuple of Sum

    Examples
    --------
    >>> counts, sums = nested(["all|age[..25]", "all|age[..30]"], [])
    >>> [(total.whole, total.parts) for total in sums]
    [('all|age[..30]', ('all|age[..25]', 'all|age[25..30]'))]
    """
    binding = _Binding(counts)
    binding.stay()
    told: dict[tuple[str, str, str], dict[str, dict[Values, Level]]] = defaultdict(lambda: defaultdict(dict))
    for key in counts:
        level = Level.read(key)
        if level is not None:
            told[level.column, level.what, level.quarter][level.whom][level.values] = level
    everyone = {whom for groups in told.values() for whom in groups}
    containing = _containing(everyone, [*sums, *binding.sums])
    for groups in told.values():
        for family in _families(groups, containing):
            cut = _in_grains({whom: groups[whom] for whom in family})
            atoms = _atoms({values for levels in cut.values() for values in levels})
            for whom, levels in cut.items():
                binding.divide(levels, atoms)
                for whole in containing[whom] & family:
                    binding.contain(levels, cut[whole], atoms)
    return tuple(binding.made.values()), tuple(binding.sums)


def begins(key: str) -> tuple[tuple[str, str], float]:
    """Of whom and of what a count is, and the day after which they are counted.

    Examples
    --------
    >>> begins("all|after 21|event")
    (('all', '|event'), 21.0)
    >>> begins("all|event")
    (('all|event', ''), 0.0)
    """
    found = _AFTER.fullmatch(key)
    return ((found["persons"], found["what"]), float(found["day"])) if found else ((key, ""), 0.0)


def levels_in_every_quarter(series: Mapping[str, tuple[Facts, ...]]) -> dict[str, tuple[Facts, ...]]:
    """The series, each level that one quarter tells named in all others that tell the same grouping.

    What is merged in one quarter and apart in the next would else be bound by nothing: of the merged level,
    too, persons only come.

    Parameters
    ----------
    series : mapping of quarter to facts
    """
    told: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    by_quarter: dict[str, dict[tuple[str, str, str], set[str]]] = {}
    for quarter, facts in series.items():
        here = by_quarter.setdefault(quarter, defaultdict(set))
        for count in (count for each in facts for count in each.counts if count.grows):
            level = Level.read(count.key)
            if level is not None:
                here[level.persons, level.column, level.what].add(count.key)
                told[level.persons, level.column, level.what].add(count.key)
    found = {}
    for quarter, facts in series.items():
        others = [
            Count(key=key, low=0, high=None, told=False, grows=True)
            for grouping, keys in by_quarter[quarter].items()
            for key in sorted(told[grouping] - keys)
        ]
        more = Facts(release="", definition_digest="", version=1, counts=tuple(others))
        found[quarter] = (*facts, more) if others else tuple(facts)
    return found


def _containing(whom: set[str], sums: Iterable[Sum]) -> Mapping[str, set[str]]:
    """Those that each group of persons is some of."""
    found: dict[str, set[str]] = defaultdict(set)
    for total in sums:
        if total.whole in whom:
            for part in whom.intersection(total.parts):
                found[part].add(total.whole)
    return found


def _families(groups: Groups, containing: Mapping[str, set[str]]) -> list[set[str]]:
    """Persons who are divided by one column, with those they are some of."""
    families: list[set[str]] = []
    for whom in groups:
        family = {whom} | (containing[whom] & groups.keys())
        met = [known for known in families if known & family]
        families = [known for known in families if not known & family]
        families.append(family.union(*met))
    return families


def _in_grains(groups: Groups) -> Groups:
    """The same levels by the smallest pieces: values, or ranges between all edges of ranges."""
    ends = {value: range_of(value) for levels in groups.values() for held in levels for value in held}
    ranges = {value: each for value, each in ends.items() if each is not None}
    if len(ranges) < len(ends):
        return groups
    edges = sorted({edge for each in ranges.values() for edge in each})
    pieces = {range_name(low, high): (low, high) for low, high in pairwise(edges)}

    def grains(values: Values) -> Values:
        held = [ranges[value] for value in values]
        inside = (
            name for name, (low, high) in pieces.items() if any(a <= low and high <= b for a, b in held)
        )
        return frozenset(inside)

    return {
        whom: {grains(values): level for values, level in levels.items()} for whom, levels in groups.items()
    }


def _atoms(sets: Collection[Values]) -> tuple[Values, ...]:
    """What sets divide each other into: each set is a union of these, and no two overlap."""
    together: dict[frozenset[Values], set[str]] = defaultdict(set)
    for grain in sorted(frozenset().union(*sets)):
        together[frozenset(values for values in sets if grain in values)].add(grain)
    return tuple(map(frozenset, together.values()))


class _Binding:
    """Counts and sums as they are found."""

    def __init__(self, counts: Collection[str]) -> None:
        self._known = counts
        self.made: dict[str, Count] = {}
        self.sums: list[Sum] = []

    def stay(self) -> None:
        """Who is under observation after a day was so after every earlier one; their events too."""
        days: dict[tuple[str, ...], list[tuple[float, str]]] = defaultdict(list)
        for key in self._known:
            found = _AFTER.fullmatch(key)
            if found is not None:
                of = (found["persons"], found["what"], found["quarter"])
                days[of].append((float(found["day"]), key))
        for known in days.values():
            for (_, earlier), (day, later) in pairwise(sorted(known)):
                persons, _, quarter = earlier.partition("@")
                gone = self._untold(f"{persons}|gone by {day:g}{f'@{quarter}' if quarter else ''}")
                self.sums.append(Sum(whole=earlier, parts=(later, gone)))

    def divide(self, levels: Mapping[Values, Level], atoms: Iterable[Values]) -> None:
        """Each level is the sum of what it is divided into."""
        for values, level in levels.items():
            parts = [atom for atom in atoms if atom <= values]
            if parts != [values]:
                self.sums.append(Sum(whole=level.key, parts=tuple(self._atom(level, atom) for atom in parts)))

    def contain(
        self, some: Mapping[Values, Level], everyone: Mapping[Values, Level], atoms: Iterable[Values]
    ) -> None:
        """Of each level some are some of everyone; where both are told, a difference tells who else."""
        for values in some.keys() & everyone.keys():
            inside, whole = some[values], everyone[values]
            what = f"{whole.what}|not in {inside.persons}"
            others = self._untold(Level(whole.persons, whole.column, whole.values, what, whole.quarter).key)
            self.sums.append(Sum(whole=whole.key, parts=(inside.key, others)))
        one, other = next(iter(some.values())), next(iter(everyone.values()))
        for atom in atoms:
            reached = all(any(atom <= values for values in levels) for levels in (some, everyone))
            if reached and not (atom in some and atom in everyone):
                whole_atom, part = self._atom(other, atom), self._atom(one, atom)
                self.sums.append(Sum(whole=whole_atom, parts=(part,), rest=True))

    def _atom(self, beside: Level, atom: Values) -> str:
        """Key of an atom of the persons that a level is of."""
        key = Level(beside.persons, beside.column, atom, beside.what, beside.quarter).key
        return key if key in self._known else self._untold(key)

    def _untold(self, key: str) -> str:
        """A count that nobody tells: a difference of others might."""
        self.made[key] = Count(key=key, low=0, high=None, told=False)
        return key
