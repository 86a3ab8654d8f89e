"""Delimited text files: settled byte by byte, then parsed by polars as text."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice

import numpy as np
import polars as pl

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.encoding import MOJIBAKE, MOJIBAKE_LEADS, decode
from hamm_eval.casefile.readers.header import Header, find_header
from hamm_eval.casefile.readers.rows import Rows, measure_rows

LINE = "__line"
_MOJIBAKE_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class TextTable:
    """A file as text: the wanted columns under our names, and each row's physical line.

    Parameters
    ----------
    frame : polars.DataFrame
        Text columns as written (an empty field may be null) and ``__line``.
    headers : dict
        Our column name to the name that messages use.
    encoding, delimiter : str
        As found.
    """

    frame: pl.DataFrame
    headers: dict[str, str]
    encoding: str
    delimiter: str

    def __repr__(self) -> str:
        return f"TextTable({self.frame.height} rows)"


def read_csv(
    raw: bytes,
    *,
    known: Collection[str],
    words: Collection[str],
    match: Callable[[Header, FileCollector], dict[str, int] | None],
    notes: FileCollector,
) -> TextTable | None:
    """Read one delimited file as text, or note everything that is wrong with it and return None.

    Parameters
    ----------
    raw : bytes
        The file's content.
    known : collection of str
        Folded headers that the table may have: they tell the header and the delimiter.
    words : collection of str
        Folded category words that the table may hold: they tell data from a header.
    match : callable
        From the header to the columns wanted, our name to position; columns not wanted are not parsed.
    notes : FileCollector
    """
    decoded = decode(raw, notes)
    if decoded is None:
        return None
    header = find_header(decoded.data, known, words, notes)
    if header is None:
        return None
    _note_mojibake(decoded.data, header, notes)
    wanted = None if notes.refused else match(header, notes)
    if wanted is None:
        return None
    body = decoded.data[header.end :]
    if not body.strip():
        notes.add("header_only", lines=[header.line])
        return None
    rows = measure_rows(
        body,
        delimiter=header.delimiter,
        width=len(header.names),
        header_line=header.line,
        notes=notes,
    )
    if rows is None or notes.refused:
        return None
    frame = _parse(rows, header, wanted)
    if frame.height != len(rows.lines):
        notes.add("rows_unreadable")
        return None
    headers = {ours: header.shown(index) for ours, index in wanted.items()}
    return TextTable(
        frame.with_columns(pl.Series(LINE, rows.lines, dtype=pl.Int64)),
        headers,
        decoded.encoding,
        header.delimiter,
    )


def _parse(rows: Rows, header: Header, wanted: dict[str, int]) -> pl.DataFrame:
    """The wanted columns as text, under our names."""
    positions = sorted(set(wanted.values()))
    text = pl.read_csv(
        rows.data,
        has_header=False,
        separator=header.delimiter,
        quote_char='"' if rows.quoted else None,
        schema={f"column_{i + 1}": pl.String for i in range(len(header.names))},
        columns=[f"column_{i + 1}" for i in positions],
    )
    return text.select(pl.col(f"column_{index + 1}").alias(ours) for ours, index in wanted.items())


def _note_mojibake(data: bytes, header: Header, notes: FileCollector) -> None:
    """Note destroyed umlauts, by column."""
    if not any(lead in data for lead in MOJIBAKE_LEADS):  # quick: a clean file holds none of them
        return
    matches = list(islice(MOJIBAKE.finditer(data), _MOJIBAKE_COUNTED))
    feeds = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    mark = header.delimiter.encode()
    lines: dict[int, set[int]] = {}
    for found in matches:
        start = data.rfind(b"\n", 0, found.start()) + 1
        outside_quotes = data[start : found.start()].split(b'"')[::2]
        column = sum(part.count(mark) for part in outside_quotes)
        lines.setdefault(column, set()).add(int(np.searchsorted(feeds, found.start())) + 1)
    for column, at in sorted(lines.items()):
        nameless = header.line in at or column >= len(header.names)
        name = f"#{column + 1}" if nameless else header.shown(column)
        notes.add("mojibake", column=name, lines=sorted(at))
