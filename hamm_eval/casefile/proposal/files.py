"""Which file is which table: by its name and by how many of the table's columns it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hamm_eval.casefile.peek import Sheet
from hamm_eval.casefile.proposal.columns import header_likeness
from hamm_eval.casefile.proposal.profile import Profile, fits, known_words
from hamm_eval.casefile.proposal.vocabulary import EXACT, SYNONYM, Names, table_names
from hamm_eval.casefile.schema import Column, Table
from hamm_eval.casefile.tables import BY_NAME, TABLES

_NOISE = frozenset(
    {
        "export",
        "exporte",
        "auszug",
        "daten",
        "data",
        "tabelle",
        "table",
        "tbl",
        "tab",
        "liste",
        "list",
        "view",
        "hamm",
        "stadt",
        "city",
        "neu",
        "alle",
        "csv",
        "stand",
    }
)
_PART = re.compile(r"[^\W\d_]+")
_CLEAR = 0.15  # ahead of the next best, of about 1.5
_MOST, _SOME, _LITTLE = 0.55, 0.35, 0.12
_POSSIBLE = 0.3
_BY_SPELLING = 0.6  # what a similar spelling counts
_KNOWN = 0.8  # of the rows


@dataclass(frozen=True, slots=True)
class Files:
    """Files by table: certain ones, and for each file left the tables that come into question."""

    found: dict[str, Sheet]
    open: dict[str, tuple[str, ...]]


def match_files(sheets: Sequence[Sheet], profiles: Mapping[str, Sequence[Profile]]) -> Files:
    """Find the file of each table; what is not clear stays open, by the name of the file."""
    by_name = {
        (sheet.label, table.name): _name_likeness(sheet.name, table_names(table.name))
        for sheet in sheets
        for table in TABLES
    }
    held = {
        (sheet.label, table.name): share_held(table, profiles[sheet.label])
        for sheet in sheets
        for table in TABLES
    }
    scores = {
        pair: by_name[pair] / EXACT / 2 + held[pair] for pair in held if _possible(by_name[pair], held[pair])
    }
    by_file = {sheet.label: sheet for sheet in sheets}
    found: dict[str, Sheet] = {}
    exact = Counter(table for (_, table), likeness in by_name.items() if likeness == EXACT)
    for (file, table), likeness in by_name.items():
        if likeness == EXACT and exact[table] == 1:
            found[table] = by_file[file]
    scores = _without(scores, found)
    while (pair := _clearest(scores)) is not None:
        found[pair[1]] = by_file[pair[0]]
        scores = _without(scores, found)
    taken = {sheet.label for sheet in found.values()}
    open_: dict[str, tuple[str, ...]] = {}
    for sheet in sheets:
        if sheet.label in taken:
            continue
        possible = [
            (scores.get((sheet.label, name), held[sheet.label, name]), name)
            for name in BY_NAME
            if name not in found and ((sheet.label, name) in scores or held[sheet.label, name] >= _POSSIBLE)
        ]
        open_[sheet.label] = tuple(name for _, name in sorted(possible, key=lambda pair: -pair[0]))
    return Files(found, open_)


def share_held(table: Table, profiles: Sequence[Profile]) -> float:
    """Share of a table's columns that a file holds by name or words; columns of many tables count little."""
    total = held = 0.0
    for column in table.columns:
        weight = 1 / _tables_with(column.german)
        total += weight
        held += weight * max((_holds(table, column, profile) for profile in profiles), default=0.0)
    return held / total


def _holds(table: Table, column: Column, profile: Profile) -> float:
    """Whether a column of a file is one of the table's, as far as it alone can tell."""
    if not fits(profile, table, column):
        return 0.0
    likeness = header_likeness(table, column, profile)
    share, words = known_words(profile, table, column)
    if likeness >= SYNONYM or (share >= _KNOWN and words >= 2):
        return 1.0
    return _BY_SPELLING if likeness else 0.0


@cache
def _tables_with(german: str) -> int:
    """How many tables have a column of this name."""
    return sum(any(column.german == german for column in table.columns) for table in TABLES)


def _name_likeness(stem: str, names: Names) -> int:
    """How surely a file's name means a table, with and without the words that say nothing."""
    telling = [part for part in _PART.findall(stem) if part.casefold() not in _NOISE]
    bare = names.likeness(" ".join(telling)) if telling else 0
    return max(names.likeness(stem), min(bare, EXACT - 1))


def _possible(by_name: int, held: float) -> bool:
    """Whether enough speaks for a pair: the less the name says, the more the columns must."""
    return held >= (_LITTLE if by_name >= SYNONYM else _SOME if by_name else _MOST)


def _clearest(scores: Mapping[tuple[str, str], float]) -> tuple[str, str] | None:
    """The best pair that is clearly ahead of every other pair of its file and of its table."""
    for pair in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        rivals = (s for p, s in scores.items() if (p[0] == pair[0]) != (p[1] == pair[1]))
        if all(scores[pair] >= rival + _CLEAR for rival in rivals):
            return pair
    return None


def _without(
    scores: Mapping[tuple[str, str], float], found: Mapping[str, Sheet]
) -> dict[tuple[str, str], float]:
    """The pairs of files and tables that are both still to be matched."""
    taken = {sheet.label for sheet in found.values()}
    return {pair: s for pair, s in scores.items() if pair[0] not in taken and pair[1] not in found}
