"""Names of the levels of a grouping by what they hold, so that levels of two groupings can be nested.

Fine and coarse age groups, schooling and classes of schooling, what is merged here and apart there: all are
sets of values of one column among the same persons. A key says which, and the proof binds the sets
(`proof.nesting`), without any result knowing of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote

_KEY = re.compile(
    r"(?P<persons>.+)\|(?P<column>[^|\[\]]+)\[(?P<values>[^\[\]]*)\](?P<what>[^@\[\]]*)(?P<quarter>(@[^@]*)?)"
)
_RANGE = re.compile(r"(-?\d*)\.\.(-?\d*)")
_BY_RULE = "|by rule"

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Level:
    """What the key of a level says.

    Parameters
    ----------
    persons : str
        Of whom, as the key of a count.
    column : str
    values : frozenset of str
        Which values of the column; of a number ranges, as ``25..35`` from 25 to under 35.
    what : str
        What is counted of them: "" for persons, ``|event`` for those with the event.
    quarter : str
        Of a series: ``@2017-Q2``; else "".
    """

    persons: str
    column: str
    values: frozenset[str]
    what: str = ""
    quarter: str = ""

    @property
    def key(self) -> str:
        """The key of the count."""
        return f"{level_key(self.persons, self.column, self.values)}{self.what}{self.quarter}"

    @property
    def whom(self) -> str:
        """The key of those that it is a level of."""
        return f"{self.persons}{self.quarter}"

    @classmethod
    def read(cls, key: str) -> Level | None:
        """The level that a key names; None for any other key.

        Examples
        --------
        >>> level = Level.read(level_key("all", "age", ["..25"]) + "|event@2017-Q2")
        >>> level.persons, level.column, sorted(level.values), level.what, level.quarter
        ('all', 'age', ['..25'], '|event', '@2017-Q2')
        >>> Level.read("all|event") is None
        True
        """
        found = _KEY.fullmatch(key)
        if found is None or found["what"].endswith(_BY_RULE):
            return None
        values = frozenset(unquote(value) for value in found["values"].split(";"))
        return cls(found["persons"], found["column"], values, found["what"], found["quarter"])


def level_key(persons: str, column: str, values: Iterable[str]) -> str:
    """Key of those persons whose column has one of the values; counts of these append what is counted.

    Examples
    --------
    >>> level_key("all", "schooling", ["university", "vocational"])
    'all|schooling[university;vocational]'
    >>> level_key("all", "age", ["25..35", "..25"])
    'all|age[..35]'
    """
    held = sorted(quote(value, safe="") for value in _joined(values))
    return f"{persons}|{column}[{';'.join(held)}]"


def level_of(
    persons: str, dimension: str, level: str, grouping: Any = None, merged: Iterable[str] = ()
) -> str:
    """Key of a level of a grouping.

    Parameters
    ----------
    persons : str
        Key of whom the grouping divides.
    dimension, level : str
        As results name them.
    grouping : mapping, optional
        As definitions hold a group of params: column, cuts, combine. Without it the dimension is the column.
    merged : iterable of str
        The levels that it consists of, where it was merged.

    Examples
    --------
    >>> age = {"column": "age", "cuts": [25, 35], "combine": []}
    >>> level_of("all", "age_group", "25_to_34", age)
    'all|age[25..35]'
    >>> level_of("all", "age_group", "under_35", age, ["under_25", "25_to_34"])
    'all|age[..35]'
    >>> schooling = {"column": "schooling", "combine": [{"into": "some", "of": ["primary", "secondary"]}]}
    >>> level_of("all", "schooling_class", "some", schooling)
    'all|schooling[primary;secondary]'
    """
    asked = grouping if isinstance(grouping, Mapping) else {}
    held = tuple(merged) or (level,)
    for step in reversed(asked.get("combine") or ()):
        held = tuple(
            value for each in held for value in ((each, *step["of"]) if each == step["into"] else (each,))
        )
        # The name that values are put under is a value itself only where it is among them.
        held = tuple(value for value in held if value != step["into"] or value in step["of"])
    ranges = _ranges(asked.get("cuts") or ())
    return level_key(persons, column_of(dimension, grouping), {ranges.get(value, value) for value in held})


def column_of(dimension: str, grouping: Any = None) -> str:
    """The column that a grouping is of."""
    return str(grouping.get("column") or dimension) if isinstance(grouping, Mapping) else dimension


def range_of(value: str) -> Range | None:
    """The numbers that a value stands for; None where it is a word.

    Examples
    --------
    >>> range_of("25..35"), range_of("..25"), range_of("single")
    ((25.0, 35.0), (-inf, 25.0), None)
    """
    found = _RANGE.fullmatch(value)
    if found is None:
        return None
    return float(found[1] or "-inf"), float(found[2] or "inf")


def range_name(low: float, high: float) -> str:
    """The value that stands for a range of numbers.

    Examples
    --------
    >>> range_name(25, 35), range_name(float("-inf"), 25)
    ('25..35', '..25')
    """

    def end(number: float) -> str:
        return "" if number in (float("-inf"), float("inf")) else f"{number:.0f}"

    return f"{end(low)}..{end(high)}"


def _joined(values: Iterable[str]) -> Iterable[str]:
    """The values, ranges that meet as one."""
    ends = []
    for value in values:
        if (each := range_of(value)) is None:
            yield value
        else:
            ends.append(each)
    joined: list[Range] = []
    for low, high in sorted(ends):
        if joined and joined[-1][1] == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    for each in joined:
        yield range_name(*each)


def _ranges(cuts: Iterable[int]) -> dict[str, str]:
    """Ranges by the names of the classes that cuts make (`cohort.grouping.class_names`)."""
    edges = list(cuts)
    if not edges:
        return {}
    found = {f"under_{edges[0]}": f"..{edges[0]}", f"{edges[-1]}_and_over": f"{edges[-1]}.."}
    return found | {f"{low}_to_{high - 1}": f"{low}..{high}" for low, high in pairwise(edges)}
