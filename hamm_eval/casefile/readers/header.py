"""Where the header is, what parts its columns, and what they are called."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.names import folded, tidy

DELIMITERS = (";", ",", "\t")
_LINES_LOOKED_AT = 20


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
        Whether so many names are known that the others are names too, not data of a headerless file.
    """

    names: tuple[str, ...]
    line: int
    end: int
    delimiter: str
    trusted: bool

    def shown(self, index: int) -> str:
        """How messages call a column: its name, or its position where the name might be data."""
        return self.names[index] if self.trusted and self.names[index] else f"#{index + 1}"


def find_header(data: bytes, known: Collection[str], notes: FileCollector) -> Header | None:
    """Find the header by its known (folded) names, or note why not and return None.

    Title rows before it are passed over and counted; without any known name the first line that
    is not blank is taken, so that the missing columns are named.
    """
    position, number, first, titles = 0, 0, None, 0
    for raw in data.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]:
        number += 1
        end = position + len(raw) + 1
        text = raw.decode("utf-8")
        position = end
        if not text.strip():
            continue
        candidate = (text, number, min(end, len(data)))
        first = first or candidate
        if _enough(max(_matches(text, delimiter, known) for delimiter in DELIMITERS), known):
            first = candidate
            break
        titles += 1
    else:
        titles = 0
    assert first is not None  # an empty file was refused before
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
    return Header(names, number, end, delimiter, trusted)


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
