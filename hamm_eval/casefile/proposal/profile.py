"""What the cells of a column look like: whether a declared column could be kept in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from hamm_eval.casefile.names import folded
from hamm_eval.casefile.peek import Sheet
from hamm_eval.casefile.proposal.vocabulary import means
from hamm_eval.casefile.schema import Column, Kind, Table

MOST_WORDS = 40
_MOST = 0.9  # of the cells: an export has slips
_SOME = 0.5
_FEWEST_IDS = 0.15  # distinct ids a row: a record is corrected now and then, not many times
_FEWEST_ALIKE, _MOST_ALIKE = 3, 0.6
_FIRST_WORD = re.compile(r"([^\W\d_]+)[\W_]+(.+)")
_FEWEST_RESOLVED = 10  # distinct ids: fewer may resolve by chance
_DATE = (
    r"^([0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
)
_INTEGER = r"^[+\x{2212}-]?[0-9]{1,15}$"
_NUMBER = r"^[+\x{2212}-]?[0-9]{1,15}([.,][0-9]{3})*([.,][0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of a file.

    Parameters
    ----------
    name : str
    bare : str
        The name without a word that most names of the file begin with.
    index : int
    given, distinct : int
        Cells that hold anything, and how many different ones.
    dates, integers, numbers, blanks : float
        Shares of these cells that are dates, whole numbers, numbers, or hold a blank.
    words : Mapping of str to int
        Rows of each word; empty where there are too many to be a category.
    values : polars.Series
        The distinct cells.
    """

    name: str = field(repr=False)  # the first row of a file without header is data
    bare: str = field(repr=False)
    index: int
    given: int
    distinct: int
    dates: float
    integers: float
    numbers: float
    blanks: float
    words: Mapping[str, int] = field(repr=False)
    values: pl.Series = field(repr=False)


def profiles_of(sheet: Sheet) -> tuple[Profile, ...]:
    """The profile of every column."""
    bare = _without_common_word(sheet.names)
    return tuple(_profile(sheet, index, bare[index]) for index in range(len(sheet.names)))


def _without_common_word(names: Sequence[str]) -> list[str]:
    """The names without the word that most of them begin with, as the table's name may be."""
    parted = [_FIRST_WORD.match(name) for name in names]
    first = Counter(part[1].casefold() for part in parted if part)
    word, times = first.most_common(1)[0] if first else ("", 0)
    if times < max(_FEWEST_ALIKE, _MOST_ALIKE * len(names)):
        return list(names)
    return [
        part[2] if part and part[1].casefold() == word else name
        for part, name in zip(parted, names, strict=True)
    ]


def _profile(sheet: Sheet, index: int, bare: str) -> Profile:
    """One column's profile."""
    cells = sheet.column(index).drop_nulls()
    counts = cells.value_counts(name="rows")
    values, rows = counts.get_column(cells.name), counts.get_column("rows")
    given = max(len(cells), 1)

    def share(pattern: str) -> float:
        """How many of the cells fit, as a share."""
        return int(rows.filter(values.str.contains(pattern)).sum() or 0) / given

    few = len(values) <= MOST_WORDS
    words = dict(sorted(zip(values.to_list(), rows.to_list(), strict=True))) if few else {}
    return Profile(
        sheet.names[index],
        bare,
        index,
        len(cells),
        len(values),
        share(_DATE),
        share(_INTEGER),
        share(_NUMBER),
        share(r"\s"),
        words,
        values,
    )


def fits(profile: Profile, table: Table, column: Column) -> bool:
    """Whether the cells can be those of a declared column; an empty column fits everything."""
    if not profile.given:
        return True
    match column.kind:
        case Kind.DATE:
            return profile.dates >= _MOST
        case Kind.INTEGER:
            return profile.integers >= _MOST and _within(profile, column) >= _MOST
        case Kind.DECIMAL:
            return profile.numbers >= _MOST and profile.dates < _SOME
        case Kind.YES_NO:
            return bool(profile.words) and profile.distinct <= 4 and profile.dates < _SOME
        case Kind.CATEGORY:
            return bool(profile.words) and profile.dates < _SOME
        case Kind.ID:
            many = column.name != table.key or profile.distinct >= _FEWEST_IDS * profile.given
            return many and profile.dates < _SOME and profile.blanks <= 1 - _MOST
        case _:
            return True


def _within(profile: Profile, column: Column) -> float:
    """Share of the distinct numbers that lie in the declared range."""
    numbers = profile.values.str.replace("\N{MINUS SIGN}", "-", literal=True)
    whole = numbers.str.strip_chars_start("+").cast(pl.Int64, strict=False).drop_nulls()
    low = -float("inf") if column.lowest is None else column.lowest
    high = float("inf") if column.highest is None else column.highest
    return float(((whole >= low) & (whole <= high)).sum()) / max(len(whole), 1)


def known_words(profile: Profile, table: Table, column: Column) -> tuple[float, int]:
    """Share of the rows whose word surely is one of the column's, and how many such words with letters."""
    if column.kind not in (Kind.CATEGORY, Kind.YES_NO) or not profile.words:
        return 0.0, 0
    known: set[str | bool] = set()
    rows = 0
    for word, count in profile.words.items():
        meant = means(table.name, column.name, folded(word))
        if meant is not None:
            rows += count
            if any(letter.isalpha() for letter in word) and len(word) > 1:
                known.add(meant)
    return rows / profile.given, len(known)


def numbered_through(profile: Profile) -> bool:
    """Whether the cells are the numbers from one to another without a gap: those of rows, perhaps."""
    if profile.integers < 1:
        return False
    numbers = profile.values.cast(pl.Int64, strict=False).drop_nulls().to_numpy()
    return len(numbers) == profile.given and int(np.ptp(numbers)) + 1 == profile.given


def resolved(profile: Profile, keys: pl.Series) -> float | None:
    """Share of the distinct ids that are among the keys; None where there are too few to tell."""
    if profile.distinct < _FEWEST_RESOLVED:
        return None
    return int(profile.values.is_in(keys.implode()).sum() or 0) / profile.distinct
