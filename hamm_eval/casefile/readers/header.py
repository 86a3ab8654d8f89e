"""Where the header is, what parts its columns, and what they are called."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.names import folded, tidy
from hamm_eval.casefile.readers.plausible import first_record_at, is_data, plausible

DELIMITERS = (";", ",", "\t")
_LINES_LOOKED_AT = 20
_LONGEST = 100_000  # characters: no header has as many, and the csv module stops at a field of 131072


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file.

    Parameters
    ----------
    names : tuple of str
        Tidy column names; trailing empty ones are gone.
    line : int
        Its physical line.
    end : int
        Byte at which the rows begin.
    delimiter : str
    trusted : bool
        Whether so many names are known that this is a header, not the data of a headerless file.
    labels : tuple of str
        How messages call the columns: by position where a name might be data.
    """

    names: tuple[str, ...]
    line: int
    end: int
    delimiter: str
    trusted: bool
    labels: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Header({len(self.names)} columns, line {self.line})"

    def shown(self, index: int) -> str:
        """How messages call a column: its name, or its position where the name might be data."""
        return self.labels[index]


def find_header(
    data: bytes, known: Collection[str], words: Collection[str], notes: FileCollector
) -> Header | None:
    """Find the header by its known (folded) names, or note why not and return None.

    Title rows before it are passed over and counted, blank lines without being counted; without any
    known name the first line that is not blank is taken, so that the missing columns are named. `words`
    are folded category words: what is no column's name.
    """
    first: tuple[str, int, int] | None = None
    titles = too_long = 0
    for candidate in islice(_written_lines(data), _LINES_LOOKED_AT):
        text, number, _ = candidate
        if len(text) > _LONGEST:
            too_long = too_long or number
            titles += 1
            continue
        first = first or candidate
        if _enough(max(_matches(text, delimiter, known) for delimiter in DELIMITERS), known):
            first = candidate
            break
        titles += 1
    else:
        titles = 0
    if first is None:
        if too_long:
            notes.add("line_too_long", lines=[too_long])
        else:
            notes.add("file_empty")
        return None
    text, number, end = first
    delimiter = _delimiter(text, known)
    if delimiter is None:
        notes.add("delimiter_ambiguous", lines=[number])
        return None
    raw_names = _fields(text, delimiter)
    while raw_names and not tidy(raw_names[-1]):
        raw_names.pop()
    names = tuple(tidy(name) for name in raw_names)
    trusted = _enough(sum(folded(name) in known for name in names), known)
    if titles:
        notes.add("title_rows", count=titles)
    if trusted and any(name != raw.strip(" ") for name, raw in zip(names, raw_names, strict=True)):
        notes.add("header_normalised", lines=[number])
    if trusted:
        record = first_record_at(names, _widths(data[end:], delimiter), known, words)
        if record is not None:
            notes.add("header_runs_on", column=f"#{record + 1}", lines=[number])
            return None
    labels = _labels(names, known, words) if trusted else tuple(f"#{i + 1}" for i in range(len(names)))
    return Header(names, number, end, delimiter, trusted, labels)


def _labels(names: tuple[str, ...], known: Collection[str], words: Collection[str]) -> tuple[str, ...]:
    """Declared names; others where they can be names, which one cell of data puts in doubt for all."""
    undeclared = [name for name in names if folded(name) not in known]
    doubtful = any(is_data(name, words) for name in undeclared)
    return tuple(
        name if folded(name) in known or (not doubtful and plausible(name, known, words)) else f"#{i + 1}"
        for i, name in enumerate(names)
    )


def _widths(body: bytes, delimiter: str) -> list[int]:
    """How many cells the next lines have."""
    lines = [text for text, _, _ in islice(_written_lines(body), _LINES_LOOKED_AT)]
    return [len(_fields(text, delimiter)) for text in lines if len(text) <= _LONGEST]


def _written_lines(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Each line that is not blank: its text, its number and the byte at which the next begins."""
    start, number = 0, 0
    while start < len(data):
        number += 1
        feed = data.find(b"\n", start)
        end = len(data) if feed < 0 else feed + 1
        text = data[start:end].decode("utf-8").removesuffix("\n")
        if tidy(text[:_LONGEST]) or len(text) > _LONGEST:
            yield text, number, end
        start = end


def _fields(text: str, delimiter: str) -> list[str]:
    """The header's cells."""
    return next(csv.reader([text], delimiter=delimiter), [])


def _matches(text: str, delimiter: str, known: Collection[str]) -> int:
    """How many cells are known names."""
    return sum(folded(cell) in known for cell in _fields(text, delimiter))


def _enough(matches: int, known: Collection[str]) -> bool:
    """At least two known names tell a header from data and from a title."""
    return matches >= min(2, len(known))


def _delimiter(text: str, known: Collection[str]) -> str | None:
    """The delimiter that yields known names, or the only one there is."""
    possible = [mark for mark in DELIMITERS if len(_fields(text, mark)) > 1]
    if len(possible) <= 1:
        return possible[0] if possible else DELIMITERS[0]
    telling = [mark for mark in possible if _matches(text, mark, known)]
    return telling[0] if len(telling) == 1 else None
