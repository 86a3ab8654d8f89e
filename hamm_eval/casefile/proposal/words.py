"""Which word of a source is which of our categories; words that might be somebody's data stay unsaid."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hamm_eval.casefile.extra_columns import free_text, identifying
from hamm_eval.casefile.names import folded, tidy
from hamm_eval.casefile.peek import Sheet
from hamm_eval.casefile.plan import YES_NO
from hamm_eval.casefile.proposal.vocabulary import means, resembles
from hamm_eval.casefile.readers.plausible import is_data
from hamm_eval.casefile.schema import Column, Kind, Table

_CODE = re.compile(r"[^\W\d_]{1,2}|[0-9]{1,3}")
_SENTENCE = re.compile(r".*[,;:@].*")
_LONGEST_WORD = 50
_FEWEST = 5  # persons or cases behind a word that may be told
_FEWEST_OF_MEASURES = 2
_MOST_UNKNOWN = 12
_NOT_ABOUT_PERSONS = ("measures", "measure_funding")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one column.

    Parameters
    ----------
    meant : dict
        Word of the source to our category, or to true and false; all of them known words of ours, or
        repeated often enough to be told.
    similar : frozenset of str
        Those of `meant` that were taken for a slip of spelling.
    open : tuple of str
        Words to be decided.
    unsaid : int
        How many more there are that are too rare to be told, or might be names.
    needed : bool
        Whether intake would not understand the words of `meant` and `open` without a mapping.
    """

    meant: dict[str, str | bool] = field(repr=False)
    similar: frozenset[str] = field(repr=False)
    open: tuple[str, ...] = field(repr=False)
    unsaid: int
    needed: bool


def match_words(table: Table, column: Column, sheet: Sheet, index: int, unit: int) -> Words | None:
    """Match the words of a category or yes/no column; None where the column has none.

    Parameters
    ----------
    table : Table
    column : Column
    sheet : Sheet
    index : int
        Position of the column.
    unit : int
        Position of the column that tells persons apart, or else cases or records.
    """
    if column.kind not in (Kind.CATEGORY, Kind.YES_NO):
        return None
    cells = sheet.frame.select(word=f"c{index}", unit=f"c{unit}").drop_nulls("word")
    counts: dict[str, int] = {}
    shown: dict[str, str] = {}
    for word, units in cells.group_by("word").n_unique().sort("word").iter_rows():
        counts[folded(word)] = counts.get(folded(word), 0) + units
        shown.setdefault(folded(word), tidy(word))
    sure = {word: meant for word in counts if (meant := means(table.name, column.name, word)) is not None}
    unknown = [word for word in counts if word not in sure]
    enough = _FEWEST_OF_MEASURES if table.name in _NOT_ABOUT_PERSONS else _FEWEST
    tellable = [
        word
        for word in unknown
        if counts[word] >= enough
        and _may_be_told(shown[word], sheet.names[index], unknown=len(unknown), known=len(sure))
    ]
    # A slip of a word that is there itself may as well be a word of its own.
    similar = {
        word: meant
        for word in tellable
        if (meant := resembles(table.name, column.name, word)) is not None and meant not in sure.values()
    }
    similar = {w: ours for w, ours in similar.items() if list(similar.values()).count(ours) == 1}
    return Words(
        {shown[word]: ours for word, ours in sorted((sure | similar).items())},
        frozenset(shown[word] for word in similar),
        tuple(shown[word] for word in tellable if word not in similar),
        len(unknown) - len(tellable),
        any(not _built_in(column, word) for word in [*sure, *tellable]),
    )


def _built_in(column: Column, word: str) -> bool:
    """Whether intake knows a folded word without a mapping."""
    if column.kind is Kind.YES_NO:
        return word in YES_NO
    return any(word in (folded(ours), folded(german)) for ours, german in column.categories.items())


def _may_be_told(word: str, header: str, *, unknown: int, known: int) -> bool:
    """Whether a word we do not know can be a category rather than somebody's name or a remark."""
    if identifying(header) is not None or free_text(header):
        return False
    if _CODE.fullmatch(word):
        return True
    # Without a known word beside it, it may be any column, one of workers' names among them.
    doubtful = not known or unknown > _MOST_UNKNOWN
    return not (doubtful or len(word) > _LONGEST_WORD or _SENTENCE.fullmatch(word) or is_data(word, ()))
