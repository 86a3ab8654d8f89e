"""The city's CSV dialect: semicolons, cp1252, dd.mm.yyyy, a comma in amounts, "ja" and "nein", no quotes."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hamm_eval.casefile.schema import Table
from hamm_eval.casefile.tables import BY_NAME

ENCODING = "cp1252"
END_OF_LINE = "\r\n"


def csv_rows(content: pa.Table) -> bytes:
    """The lines of a table's rows, without the header."""
    if not content.num_rows:
        return b""
    columns = [_words(column.combine_chunks()).fill_null("") for column in content.columns]
    lines = pc.binary_join_element_wise(*columns, ";")
    together = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), END_OF_LINE)
    return f"{together[0].as_py()}{END_OF_LINE}".encode(ENCODING)


def csv_header(table: Table) -> bytes:
    """The line of a table's headers."""
    return f"{';'.join(column.german for column in table.columns)}{END_OF_LINE}".encode(ENCODING)


def _words(values: pa.Array) -> pa.Array:
    """A column as text."""
    kind = values.type
    if pa.types.is_date32(kind):
        days = pc.dictionary_encode(values.view(pa.int32()))
        texts = pa.array([_german_day(day) for day in days.dictionary.to_pylist()], pa.string())
        return texts.take(days.indices)
    if pa.types.is_boolean(kind):
        return pc.if_else(values, "ja", "nein")
    if pa.types.is_floating(kind):
        return pa.array([f"{v:.2f}".replace(".", ",") for v in values.to_pylist()], pa.string())
    return values.cast(pa.string())


def _german_day(day: int) -> str:
    """dd.mm.yyyy."""
    year, month, of_month = str(np.datetime64(day, "D")).split("-")
    return f"{of_month}.{month}.{year}"


class CsvFiles:
    """The files of a city, one a table, to which blocks are added one after the other."""

    def __init__(self, folder: Path) -> None:
        self._files = {}
        for name, table in BY_NAME.items():
            file = (folder / f"{table.german}.csv").open("wb")
            file.write(csv_header(table))
            self._files[name] = file

    def add(self, name: str, rows: bytes) -> None:
        """Write a block's rows, as `csv_rows` makes them."""
        self._files[name].write(rows)

    def __enter__(self) -> CsvFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
