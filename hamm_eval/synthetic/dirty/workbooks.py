"""Defects of tables that come as a workbook or as Parquet: cells without their value, files that are shut."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import numpy as np

from hamm_eval.synthetic.dirty.city import Mark
from hamm_eval.synthetic.dirty.defect import Expected, Family
from hamm_eval.synthetic.dirty.files import Damage, file, some_line
from hamm_eval.synthetic.dirty.kind import DefectKind
from hamm_eval.synthetic.dirty.sheet import Line, Sheet

# Bytes of an OLE container, as Office writes it around what a password protects.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(992)
# The same city and seed give the same bytes.
_WRITTEN = dt.datetime(2018, 12, 31)


class AsWorkbook:
    """A table saved as a workbook of one sheet; `cells` says where something else stands."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.name = f"{sheet.table.german}.xlsx"
        self.cells: dict[tuple[Line, int], Callable[[str], tuple[str, object]]] = {}
        self.merged: list[tuple[Line, int]] = []
        self.further_sheet = False

    def __call__(self, content: bytes) -> dict[str, bytes]:
        """The workbook in place of the text file."""
        import xlsxwriter

        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            book.set_properties({"created": _WRITTEN})
            page = book.add_worksheet(self.sheet.table.german[:31])
            for row, line in enumerate((self.sheet.header, *self.sheet.lines)):
                for column, text in enumerate(line.cells):
                    page.write_string(row, column, text)
                    if change := self.cells.get((line, column)):
                        kind, value = change(text)
                        _WRITERS[kind](page, row, column, value)
                for below, column in self.merged:
                    if below is line:
                        page.merge_range(row, column, row + 1, column, line.cells[column])
                if change := self.cells.get((line, len(line.cells))):
                    page.write_string(row, len(line.cells), str(change("")[1]))
            if self.further_sheet:
                book.add_worksheet("Deckblatt").write_string(0, 0, "Export")
        return {self.name: buffer.getvalue()}


_WRITERS: dict[str, Callable[..., object]] = {
    "number": lambda page, row, column, value: page.write_number(row, column, value),
    "formula": lambda page, row, column, value: page.write_formula(row, column, *value),
}


def _workbook(sheet: Sheet) -> AsWorkbook:
    """The workbook that the sheet already is, or will be."""
    if not isinstance(sheet.whole, AsWorkbook):
        sheet.whole = AsWorkbook(sheet)
    return sheet.whole


def _cell(kind: str, change: Callable[[str], object], column: int) -> Damage:
    """Something else than a text in one cell of a line."""

    def damage(sheet: Sheet, rng: np.random.Generator) -> Mark:
        """Put it there."""
        line, book = some_line(sheet, rng), _workbook(sheet)
        at = column if column >= 0 else len(line.cells) + column
        book.cells[line, at] = lambda text: (kind, change(text))
        return Mark(sheet, line, sheet.heads[at], name=book.name)

    return damage


def _beside(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A remark beside the table."""
    line, book = some_line(sheet, rng), _workbook(sheet)
    book.cells[line, len(line.cells)] = lambda _: ("text", "siehe Akte")
    return Mark(sheet, line, name=book.name)


def _merged(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """Two cells merged into one."""
    line, book = some_line(sheet, rng), _workbook(sheet)
    book.merged.append((line, 0))
    return Mark(sheet, line, name=book.name)


def _two_sheets(sheet: Sheet, rng: np.random.Generator) -> Mark:
    """A title page beside the table."""
    book = _workbook(sheet)
    book.further_sheet = True
    return Mark(sheet, name=book.name)


def _instead(ending: str, write: Callable[[Sheet, bytes], bytes]) -> Damage:
    """Another file in place of the text file."""

    def damage(sheet: Sheet, rng: np.random.Generator) -> Mark:
        """Exchange it."""
        name = f"{sheet.table.german}.{ending}"
        sheet.whole = lambda content: {name: write(sheet, content)}
        return Mark(sheet, name=name)

    return damage


def _half(sheet: Sheet, content: bytes) -> bytes:
    """A workbook whose second half got lost on the way."""
    whole = AsWorkbook(sheet)(content)[f"{sheet.table.german}.xlsx"]
    return whole[: len(whole) // 2]


def _with_lists(sheet: Sheet, content: bytes) -> bytes:
    """Parquet whose first column holds a list in each row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, object] = {
        head: [line.cells[i] for line in sheet.lines] for i, head in enumerate(sheet.heads)
    }
    columns[sheet.heads[0]] = [[line.cells[0]] for line in sheet.lines]
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def _kind(name: str, rule: str, meaning: str, damage: Damage, *, together: str = "") -> DefectKind:
    """A defect of a workbook or a Parquet file: once."""
    plant = file(damage, together=together)
    return DefectKind(name, Family.FILES, CASES.get(name), rule, Expected.REFUSED, meaning, plant, times=1)


CASES = {
    "workbook_sheets": 19,
    "workbook_merged": 19,
    "workbook_formula": 19,
    "workbook_damaged": 20,
    "workbook_locked": 20,
}
KINDS = (
    _kind("workbook_sheets", "sheets_several", "a title page beside the table", _two_sheets),
    _kind("workbook_merged", "cells_merged", "merged cells", _merged, together="cells"),
    _kind("workbook_beside", "cells_beside", "a remark beside the table", _beside, together="cells"),
    _kind(
        "workbook_formula",
        "formula_without_value",
        "a formula that was never calculated",
        _cell("formula", lambda text: ('="' + text + '"', None, ""), 0),
        together="cells",
    ),
    _kind(
        "workbook_error",
        "cell_error",
        "an error in place of a value: #DIV/0!",
        _cell("formula", lambda text: ("=1/0", None, "#DIV/0!"), -1),
        together="cells",
    ),
    _kind(
        "workbook_number",
        "number_for_text",
        "an id turned into a number",
        _cell("number", lambda text: 4711, 0),
    ),
    _kind("workbook_damaged", "file_damaged", "half a workbook", _instead("xlsx", _half)),
    _kind("workbook_locked", "workbook_locked", "a password", _instead("xlsx", lambda *_: _OLE)),
    _kind("parquet_lists", "column_type", "Parquet with lists", _instead("parquet", _with_lists)),
)
