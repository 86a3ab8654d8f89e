"""A file read as it stands: every column as text, whatever the columns are called."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from hamm_eval.casefile.findings import Collector, FileCollector
from hamm_eval.casefile.names import folded, tidy
from hamm_eval.casefile.plan import DECLARED_WORDS
from hamm_eval.casefile.readers.csv_header import DELIMITERS
from hamm_eval.casefile.readers.encoding import decode
from hamm_eval.casefile.readers.header import Header
from hamm_eval.casefile.readers.plausible import is_data
from hamm_eval.casefile.readers.text_table import Wanted
from hamm_eval.casefile.sources import READ, file_reader, require_folder
from hamm_eval.casefile.tables import TABLES

_ROWS_LOOKED_AT = 60
_LONGEST_LOOK = 400_000  # characters


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its column names and every cell as text.

    Parameters
    ----------
    name, label : str
        What the file is called, without its ending, and as messages call it.
    names : tuple of str
        Tidy column names.
    frame : polars.DataFrame
        Text columns ``c0``, ``c1``, ... in the file's order, trimmed, null where empty.
    trusted : bool
        Whether the first row is certainly a header: elsewhere its cells might be somebody's data.
    """

    name: str
    label: str
    names: tuple[str, ...] = field(repr=False)
    frame: pl.DataFrame = field(repr=False)
    trusted: bool

    def column(self, index: int) -> pl.Series:
        """The cells below one name."""
        return self.frame[f"c{index}"]


def read_sheets(folder: Path, collector: Collector) -> list[Sheet]:
    """Every file of a folder that can be read; of the others the collector has the reasons.

    Raises
    ------
    UsageError
        There is no such folder.
    """
    require_folder(folder)
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in READ and path.is_file())
    sheets = (read_sheet(path, collector.in_file(path.name, "")) for path in files)
    return [sheet for sheet in sheets if sheet is not None]


def read_sheet(path: Path, notes: FileCollector) -> Sheet | None:
    """Read a whole file as text, or note everything that is wrong with it and return None."""
    found: list[str] = []

    def take_all(header: Header, _: FileCollector) -> dict[str, int]:
        """Every column, by its position."""
        found[:] = header.names
        return {f"c{i}": i for i in range(len(header.names))}

    known = _names_in_text(path, notes) if path.suffix.lower() == ".csv" else _declared_names()
    text = known and file_reader(path)(Wanted(known, DECLARED_WORDS, take_all), notes)
    if not text:
        return None
    columns = [f"c{i}" for i in range(len(found))]
    frame = text.frame.select(pl.col(columns).str.strip_chars().replace("", None))
    return Sheet(path.stem, path.name, tuple(found), frame, _is_header(found, frame))


def _names_in_text(path: Path, notes: FileCollector) -> frozenset[str] | None:
    """The (folded) cells of a text file's header, by which the reader then finds it."""
    try:
        raw = path.read_bytes()
    except OSError:
        notes.add("file_unreadable")
        return None
    decoded = decode(raw, notes)
    if decoded is None:
        return None
    first = _first_names(decoded.data[:_LONGEST_LOOK].decode("utf-8", errors="ignore"))
    if first is None:
        notes.add("delimiter_ambiguous", lines=[1])
        return None
    return frozenset(map(folded, first))


def _declared_names() -> frozenset[str]:
    """All declared headers, folded: by them the header of a sheet is found below title rows."""
    return frozenset(
        folded(name) for table in TABLES for column in table.columns for name in (column.german, column.name)
    )


def _first_names(text: str) -> list[str] | None:
    """The cells of the header: the first row that is as wide as those below it."""
    best: tuple[int, int, list[str]] | None = None
    double = False
    for mark in DELIMITERS:
        rows = _rows(text, mark)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        at = next(i for i, row in enumerate(rows) if len(row) >= width)
        score = (times, width)
        double = best is not None and score == best[:2]
        if best is None or score > best[:2]:
            best = (times, width, [cell for cell in map(tidy, rows[at]) if cell])
    if best is None:
        rows = _rows(text, DELIMITERS[0])
        return [tidy(rows[0][0])] if rows else None
    return None if double else best[2]


def _rows(text: str, mark: str) -> list[list[str]]:
    """The first rows that hold anything, cells behind a trailing delimiter gone."""
    try:
        rows = list(islice(csv.reader(io.StringIO(text), delimiter=mark), _ROWS_LOOKED_AT))
    except csv.Error:
        return []
    for row in rows:
        while row and not tidy(row[-1]):
            row.pop()
    return [row for row in rows if row]


def _is_header(names: list[str], frame: pl.DataFrame) -> bool:
    """Whether names cannot be data: none is written as values are, none stands among its values."""
    keys = [folded(name) for name in names]
    if not all(keys) or len(set(keys)) < len(keys) or any(is_data(name, ()) for name in names):
        return False
    shaped = False
    for index, key in enumerate(keys):
        values = frame[f"c{index}"].drop_nulls()
        if values.str.to_lowercase().eq(key).any():
            return False
        sample = values.head(_ROWS_LOOKED_AT).to_list()
        shaped = shaped or (bool(sample) and all(is_data(value, ()) for value in sample))
    return shaped
