"""Parquet files: typed columns, no line but the number of the row."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.encoding import real_type
from hamm_eval.casefile.readers.header import make_header
from hamm_eval.casefile.readers.text_table import LINE, Stored, TextTable, Wanted
from hamm_eval.casefile.readers.typed import as_text, check_texts, refuse_type

FORMAT = "Parquet"
_SIGNATURE = b"PAR1"


def read_parquet(path: Path, wanted: Wanted, notes: FileCollector) -> TextTable | None:
    """Read one Parquet file as text, or note everything that is wrong with it and return None."""
    try:
        with path.open("rb") as file:
            begin = file.read(200)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        notes.add("file_unreadable")
        return None
    if not begin.startswith(_SIGNATURE):
        _note_other_type(begin, notes)
        return None
    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        notes.add("file_damaged", format=FORMAT)
        return None
    header = make_header(names, None, wanted.known, wanted.words, notes)
    positions = wanted.match(header, notes)
    if positions is None or notes.refused:
        return None
    try:
        columns = pl.read_parquet(path, columns=[names[i] for i in sorted(set(positions.values()))])
    except (pl.exceptions.PolarsError, OSError):
        notes.add("file_damaged", format=FORMAT)
        return None
    if columns.is_empty():
        notes.add("header_only")
        return None
    texts: list[pl.Series] = []
    stored: dict[str, Stored] = {}
    for ours, index in positions.items():
        values = columns[names[index]].alias(ours)
        written = as_text(values)
        if written is None:
            refuse_type(values.dtype, header.shown(index), notes)
        else:
            texts.append(written[0])
            stored |= {ours: written[1]} if written[1] is not None else {}
    if notes.refused:
        return None
    frame = pl.DataFrame(texts).with_columns(pl.int_range(1, columns.height + 1, dtype=pl.Int64).alias(LINE))
    headers = {ours: header.shown(index) for ours, index in positions.items()}
    check_texts(frame, {ours: shown for ours, shown in headers.items() if ours not in stored}, notes)
    if notes.refused:
        return None
    return TextTable(frame, headers, FORMAT, digest, stored=stored)


def _note_other_type(begin: bytes, notes: FileCollector) -> None:
    """Say what a file really is that calls itself Parquet."""
    if not begin.strip():
        notes.add("file_empty")
    else:
        notes.add("file_type", kind=real_type(begin) or "Text", expected=FORMAT)
