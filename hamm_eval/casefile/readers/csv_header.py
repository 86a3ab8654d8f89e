"""Where the header of a text file is, and what parts its columns."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.names import tidy
from hamm_eval.casefile.readers.header import Header, count_known, enough, make_header
from hamm_eval.casefile.readers.plausible import first_record_at
from hamm_eval.casefile.readers.text_table import Wanted

DELIMITERS = (";", ",", "\t")
_LINES_LOOKED_AT = 20
_LONGEST = 100_000  # characters: no header has as many, and the csv module stops at a field of 131072


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """A text file's header: the byte at which the rows begin, and what parts their fields."""

    header: Header
    end: int
    delimiter: str


def find_header(data: bytes, wanted: Wanted, notes: FileCollector) -> CsvHeader | None:
    """Find the header by its known names, or note why not and return None.

    Title rows before it are passed over and counted, blank lines without being counted; without any
    known name the first line that is not blank is taken, so that the missing columns are named.
    """
    known, words = wanted.known, wanted.words
    marks = (wanted.delimiter,) if wanted.delimiter else DELIMITERS
    first: tuple[str, int, int] | None = None
    titles = too_long = 0
    for candidate in islice(_written_lines(data), _LINES_LOOKED_AT):
        text, number, _ = candidate
        if len(text) > _LONGEST:
            too_long = too_long or number
            titles += 1
            continue
        first = first or candidate
        if enough(max(count_known(_fields(text, mark), known) for mark in marks), known):
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
    delimiter = wanted.delimiter or _delimiter(text, known)
    if delimiter is None:
        notes.add("delimiter_ambiguous", lines=[number])
        return None
    if titles:
        notes.add("title_rows", count=titles)
    header = make_header(_fields(text, delimiter), number, known, words, notes)
    if header.trusted:
        record = first_record_at(header.names, _widths(data, end, delimiter), known, words)
        if record is not None:
            notes.add("header_runs_on", column=f"#{record + 1}", lines=[number])
            return None
    return CsvHeader(header, end, delimiter)


def _widths(data: bytes, begin: int, delimiter: str) -> list[int]:
    """How many cells the next lines have."""
    lines = [text for text, _, _ in islice(_written_lines(data, begin), _LINES_LOOKED_AT)]
    return [len(_fields(text, delimiter)) for text in lines if len(text) <= _LONGEST]


def _written_lines(data: bytes, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Each line that is not blank: its text, its number and the byte at which the next begins."""
    number = 0
    while start < len(data):
        number += 1
        feed = data.find(b"\n", start)
        end = len(data) if feed < 0 else feed + 1
        text = data[start:end].decode("utf-8").removesuffix("\n").removesuffix("\r")
        if tidy(text[:_LONGEST]) or len(text) > _LONGEST:
            yield text, number, end
        start = end


def _fields(text: str, delimiter: str) -> list[str]:
    """The header's cells."""
    return next(csv.reader([text], delimiter=delimiter), [])


def _delimiter(text: str, known: Collection[str]) -> str | None:
    """The delimiter that yields known names, or the only one there is."""
    possible = [mark for mark in DELIMITERS if len(_fields(text, mark)) > 1]
    if len(possible) <= 1:
        return possible[0] if possible else DELIMITERS[0]
    telling = [mark for mark in possible if count_known(_fields(text, mark), known)]
    return telling[0] if len(telling) == 1 else None
