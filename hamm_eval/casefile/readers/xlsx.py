"""Workbooks: the values of one sheet as text, each row by its number in the sheet."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from itertools import islice, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import python_calamine as calamine

from hamm_eval.casefile.findings import LINES_SHOWN, FileCollector
from hamm_eval.casefile.names import tidy
from hamm_eval.casefile.readers.encoding import real_type
from hamm_eval.casefile.readers.header import Header, count_known, enough, make_header
from hamm_eval.casefile.readers.plausible import plausible
from hamm_eval.casefile.readers.sheet_scan import SheetScan, cell_name, scan_sheet
from hamm_eval.casefile.readers.text_table import LINE, Stored, TextTable, Wanted
from hamm_eval.casefile.readers.typed import check_texts

FORMAT = "XLSX"
_ROWS_LOOKED_AT = 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DAMAGED = (
    calamine.CalamineError,
    zipfile.BadZipFile,
    ElementTree.ParseError,
    KeyError,
    ValueError,
    EOFError,
    RuntimeError,  # zipfile: encrypted, or of a version yet to come
    zlib.error,
)
Grid = Sequence[Sequence[Any]]


class Workbook:
    """An opened workbook, made by `open_workbook`; `sheets` are the names of those that hold anything."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._book = calamine.load_workbook(io.BytesIO(raw))
        self.digest = hashlib.sha256(raw).hexdigest()
        worksheet = calamine.SheetTypeEnum.WorkSheet
        self._sheets = [meta.name for meta in self._book.sheets_metadata if meta.typ == worksheet]
        self.sheets = [name for name in self._sheets if self._book.get_sheet_by_name(name).end is not None]

    def __repr__(self) -> str:
        return f"Workbook({len(self._sheets)} sheets)"

    def shown(self, name: str) -> str:
        """How messages call a sheet: its name, or its position where that might be data."""
        return name if plausible(name, (), ()) else f"#{self._sheets.index(name) + 1}"

    def read(self, name: str, wanted: Wanted, notes: FileCollector) -> TextTable | None:
        """Read one sheet as text, or note everything that is wrong with it and return None."""
        try:
            grid = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            with zipfile.ZipFile(io.BytesIO(self._raw)) as archive:
                scan = scan_sheet(archive, name)
        except _DAMAGED:
            notes.add("file_damaged", format=FORMAT)
            return None
        return _read_grid(grid, scan, self.digest, wanted, notes)


def open_workbook(path: Path, notes: FileCollector) -> Workbook | None:
    """Open a workbook, or note why not and return None."""
    try:
        raw = path.read_bytes()
    except OSError:
        notes.add("file_unreadable")
        return None
    if not raw.strip():
        notes.add("file_empty")
    elif raw.startswith(_OLE) and _ENCRYPTED in raw:
        notes.add("workbook_locked")
    elif not raw.startswith(_ZIP):
        notes.add("file_type", kind=real_type(raw) or "Text", expected=FORMAT)
    else:
        try:
            return Workbook(raw)
        except calamine.PasswordError:
            notes.add("workbook_locked")
        except _DAMAGED:
            notes.add("file_damaged", format=FORMAT)
    return None


def read_xlsx(path: Path, wanted: Wanted, notes: FileCollector) -> TextTable | None:
    """Read a workbook that holds one table: one sheet, empty ones aside."""
    book = open_workbook(path, notes)
    if book is None:
        return None
    sheets = book.sheets
    if not sheets:
        notes.add("file_empty")
        return None
    if len(sheets) > 1:
        notes.add("sheets_several", sheets=", ".join(map(book.shown, sheets)))
        return None
    return book.read(sheets[0], wanted, notes)


def _read_grid(
    grid: Grid, scan: SheetScan, digest: str, wanted: Wanted, notes: FileCollector
) -> TextTable | None:
    """A sheet's values as text."""
    header = _find_header(grid, wanted, notes)
    if header is None or header.line is None:
        return None
    positions = wanted.match(header, notes)
    if positions is None:
        _note_cells(scan, header, None, notes)
        return None
    _note_cells(scan, header, set(positions.values()), notes)
    width = len(header.names)
    rows = [(n, row) for n, row in enumerate(grid) if n >= header.line and any(_is_given(c) for c in row)]
    beside = [cell_name(n, at) for n, row in rows for at in range(width, len(row)) if _is_given(row[at])]
    if beside:
        lines = [n + 1 for n, row in rows if any(map(_is_given, row[width:]))]
        notes.add("cells_beside", lines=lines, cells=_listed(beside))
    if not rows and not notes.refused:
        notes.add("header_only", lines=header.lines)
    if notes.refused:
        return None
    columns: list[pl.Series] = []
    stored: dict[str, Stored] = {}
    for ours, at in positions.items():
        written = [_as_text(row[at]) for _, row in rows]
        columns.append(pl.Series(ours, [text for text, _ in written], dtype=pl.String))
        if any(typed for _, typed in written):
            stored[ours] = Stored(faithful=False, where=f"__stored_{ours}")
            columns.append(pl.Series(f"__stored_{ours}", [typed for _, typed in written], dtype=pl.Boolean))
    frame = pl.DataFrame([*columns, pl.Series(LINE, [n + 1 for n, _ in rows], dtype=pl.Int64)])
    headers = {ours: header.shown(index) for ours, index in positions.items()}
    check_texts(frame, headers, notes)
    if notes.refused:
        return None
    return TextTable(frame, headers, FORMAT, digest, stored=stored)


def _find_header(grid: Grid, wanted: Wanted, notes: FileCollector) -> Header | None:
    """The first row that holds known names, else the first that is not blank."""
    written = ((n, row) for n, row in enumerate(grid) if any(map(_is_given, row)))
    given = [(n, [_name(cell) for cell in row]) for n, row in islice(written, _ROWS_LOOKED_AT)]
    if not given:
        notes.add("file_empty")
        return None
    titles, (at, cells) = 0, given[0]
    for passed, (n, names) in enumerate(given):
        if enough(count_known(names, wanted.known), wanted.known):
            titles, at, cells = passed, n, names
            break
    if titles:
        notes.add("title_rows", count=titles)
    return make_header(cells, at + 1, wanted.known, wanted.words, notes)


def _note_cells(scan: SheetScan, header: Header, wanted: set[int] | None, notes: FileCollector) -> None:
    """Note cells whose value is not there: in the header, and below it in the columns that are wanted."""
    top = (header.line or 1) - 1

    def concerned(row: int, column: int) -> bool:
        return row == top or (row > top and wanted is not None and column in wanted)

    for rule, places in (("formula_without_value", scan.uncached), ("cell_error", scan.errors)):
        by_column: dict[int, list[int]] = {}
        for row, column in places:
            if concerned(row, column):
                by_column.setdefault(column, []).append(row)
        for column, rows in sorted(by_column.items()):
            shown = header.shown(column) if column < len(header.names) else f"#{column + 1}"
            cells = _listed([cell_name(row, column) for row in rows])
            notes.add(rule, column=shown, lines=[row + 1 for row in rows], cells=cells)
    for (first_row, first), (last_row, last) in scan.merged:
        area = product(range(first_row, last_row + 1), range(first, last + 1))
        if any(concerned(row, column) for row, column in area):
            cells = f"{cell_name(first_row, first)}:{cell_name(last_row, last)}"
            notes.add("cells_merged", lines=[first_row + 1], cells=cells)


def _listed(cells: Sequence[str]) -> str:
    """The first few cells."""
    return ", ".join(cells[:LINES_SHOWN]) + (" …" if len(cells) > LINES_SHOWN else "")


def _is_given(cell: Any) -> bool:
    """Whether a cell holds anything but blanks."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _name(cell: Any) -> str:
    """A header's cell."""
    return cell if isinstance(cell, str) else tidy(_as_text(cell)[0] or "")


def _as_text(cell: Any) -> tuple[str | None, bool]:
    """A cell's text, and whether the sheet holds it typed."""
    match cell:
        case str():
            return cell or None, False
        case None:
            return None, False
        case bool():
            return str(cell).lower(), True
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell)), True
        case dt.datetime():
            return cell.isoformat(sep=" "), True
        case dt.date():
            return cell.isoformat(), True
    return str(cell), True
