"""The same typed tables as workbooks, Parquet files and database tables, and the means to break them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from exports import Export, sound

from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.casefile.tables import BY_NAME

Typed = dict[str, pa.Table]
_ARROW = {
    Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(),
    Kind.DECIMAL: pa.float64(),
    Kind.YES_NO: pa.bool_(),
    Kind.CATEGORY: pa.dictionary(pa.int8(), pa.string()),
}
_SQL = {Kind.DATE: "date", Kind.INTEGER: "integer", Kind.DECIMAL: "numeric(12, 2)", Kind.YES_NO: "boolean"}


def typed(export: Export | None = None) -> Typed:
    """The sound export as a program that knows its types holds it."""
    tables = {}
    for name, rows in (sound() if export is None else export).items():
        columns = BY_NAME[name].columns
        arrays = [pa.array([_value(c, row[c.name]) for row in rows], _type(c)) for c in columns]
        tables[name] = pa.table(dict(zip([c.german for c in columns], arrays, strict=True)))
    return tables


def _type(column: Column) -> pa.DataType:
    return _ARROW.get(column.kind, pa.string())


def _value(column: Column, text: str) -> Any:
    if not text:
        return None
    match column.kind:
        case Kind.DATE:
            return dt.datetime.strptime(text, "%d.%m.%Y").date()
        case Kind.INTEGER:
            return int(text)
        case Kind.DECIMAL:
            return float(text.replace(".", "").replace(",", "."))
        case Kind.YES_NO:
            return text == "ja"
    return text


def write_parquet(folder: Path, tables: Typed) -> Path:
    """One file a table."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{BY_NAME[name].german}.parquet")
    return folder


def write_sheet(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, table: pa.Table) -> None:
    """A table with its header in the first row; dates are formatted as dates."""
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, table.column_names)
    for at, column in enumerate(table.columns):
        for row, value in enumerate(column.to_pylist(), 1):
            match value:
                case bool():
                    sheet.write_boolean(row, at, value)
                case dt.date():
                    sheet.write_datetime(row, at, value, day)
                case int() | float():
                    sheet.write_number(row, at, value)
                case str():
                    sheet.write_string(row, at, value)


def write_xlsx(folder: Path, tables: Typed) -> Path:
    """A folder with one workbook a table."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, table in tables.items():
        with xlsxwriter.Workbook(folder / f"{BY_NAME[name].german}.xlsx") as book:
            write_sheet(book, book.add_worksheet(), table)
    return folder


def write_workbook(path: Path, tables: Typed) -> Path:
    """One workbook with one sheet a table."""
    with xlsxwriter.Workbook(path) as book:
        for name, table in tables.items():
            write_sheet(book, book.add_worksheet(BY_NAME[name].german), table)
    return path


def edit_sheet(path: Path, edit: Callable[[xlsxwriter.Workbook, Any], object], table: pa.Table) -> None:
    """Write one workbook anew: the table, and then what `edit` does to its sheet."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        write_sheet(book, sheet, table)
        edit(book, sheet)


def write_database(connection: Any, schema: str, tables: Typed) -> None:
    """One database table a table, with types a database would have."""
    for name, table in tables.items():
        columns = BY_NAME[name].columns
        types = {c.german: _SQL.get(c.kind, "text") for c in columns}
        make_table(connection, f'{schema}."{BY_NAME[name].german}"', types, table.to_pylist())


def make_table(
    connection: Any, name: str, types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """A database table with rows."""
    listed = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
    connection.execute(f"CREATE TABLE {name} ({listed})")
    marks = ", ".join(["%s"] * len(types))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {name} VALUES ({marks})", [[row[column] for column in types] for row in rows]
        )
