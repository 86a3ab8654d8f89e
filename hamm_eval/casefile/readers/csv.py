"""Delimited text files: settled byte by byte, then parsed by polars as text."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.byte_scan import positions_of
from hamm_eval.casefile.readers.csv_header import CsvHeader, find_header
from hamm_eval.casefile.readers.encoding import MOJIBAKE, Decoded, decode, may_be_mojibake
from hamm_eval.casefile.readers.rows import Rows, measure_rows
from hamm_eval.casefile.readers.text_table import LINE, TextTable, Wanted

_MOJIBAKE_COUNTED = 10_000


def read_csv_file(path: Path, wanted: Wanted, notes: FileCollector) -> TextTable | None:
    """Read one delimited file as text, or note everything that is wrong with it and return None."""
    try:
        raw = path.read_bytes()
    except OSError:
        notes.add("file_unreadable")
        return None
    digest = hashlib.sha256(raw).hexdigest()
    decoded = decode(raw, notes, declared=wanted.encoding)
    del raw  # where it was recoded, one copy of a large file is enough
    return _read(decoded, digest, wanted, notes) if decoded is not None else None


def read_csv(raw: bytes, wanted: Wanted, notes: FileCollector) -> TextTable | None:
    """The same for a file's content."""
    decoded = decode(raw, notes, declared=wanted.encoding)
    digest = hashlib.sha256(raw).hexdigest()
    return _read(decoded, digest, wanted, notes) if decoded is not None else None


def _read(decoded: Decoded, digest: str, wanted: Wanted, notes: FileCollector) -> TextTable | None:
    """The wanted columns of a decoded file."""
    found = find_header(decoded.data, wanted, notes)
    if found is None:
        return None
    header = found.header
    _note_mojibake(decoded.data, found, notes)
    positions = None if notes.refused else wanted.match(header, notes)
    if positions is None:
        return None
    rows = measure_rows(decoded.data, found, notes)
    if rows is None or notes.refused:
        return None
    frame = _parse(rows, found, positions)
    if frame.height != len(rows.lines):
        notes.add("rows_unreadable")
        return None
    return TextTable(
        frame.with_columns(pl.Series(LINE, rows.lines, dtype=pl.Int64)),
        {ours: header.shown(index) for ours, index in positions.items()},
        format="CSV",
        digest=digest,
        encoding=decoded.encoding,
        delimiter=found.delimiter,
    )


def _parse(rows: Rows, found: CsvHeader, wanted: dict[str, int]) -> pl.DataFrame:
    """The wanted columns as text, under our names."""
    positions = sorted(set(wanted.values()))
    text = pl.read_csv(
        rows.data,
        has_header=False,
        skip_lines=rows.skip,
        separator=found.delimiter,
        quote_char='"' if rows.quoted else None,
        schema={f"column_{i + 1}": pl.String for i in range(len(found.header.names))},
        columns=[f"column_{i + 1}" for i in positions],
    )
    return text.select(pl.col(f"column_{index + 1}").alias(ours) for ours, index in wanted.items())


def _note_mojibake(data: bytes, found: CsvHeader, notes: FileCollector) -> None:
    """Note destroyed umlauts, by column."""
    if not may_be_mojibake(data):
        return
    header = found.header
    matches = list(islice(MOJIBAKE.finditer(data), _MOJIBAKE_COUNTED))
    feeds = positions_of(np.frombuffer(data, dtype=np.uint8), ord("\n"))
    mark = found.delimiter.encode()
    lines: dict[int, set[int]] = {}
    for match in matches:
        start = data.rfind(b"\n", 0, match.start()) + 1
        outside_quotes = data[start : match.start()].split(b'"')[::2]
        column = sum(part.count(mark) for part in outside_quotes)
        lines.setdefault(column, set()).add(int(np.searchsorted(feeds, match.start())) + 1)
    for column, at in sorted(lines.items()):
        nameless = header.line in at or column >= len(header.names)
        name = f"#{column + 1}" if nameless else header.shown(column)
        notes.add("mojibake", column=name, lines=sorted(at))
