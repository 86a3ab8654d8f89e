"""The city as Parquet: one file a table with the headers and words of the CSV files, one row group a block.

Dates, whole numbers and yes or no are typed, categories are dictionaries, see `columns`. The same rows give
the same bytes.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.synthetic.columns import schema_of


def _writer(path: Path, table: Table) -> pq.ParquetWriter:
    """A file without rows yet."""
    # Ids rise along the file: each is stored by what it does not share with the one before.
    ids = {c.german: "DELTA_BYTE_ARRAY" for c in table.columns if c.kind is Kind.ID}
    return pq.ParquetWriter(
        path,
        schema_of(table),
        compression="zstd",
        use_dictionary=[c.german for c in table.columns if c.german not in ids],
        column_encoding=ids,
    )


class ParquetFiles:
    """The files of a city, one a table, to which blocks are added one after the other."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self._writers = {
            name: self._open.enter_context(_writer(folder / f"{table.german}.parquet", table))
            for name, table in BY_NAME.items()
        }

    def add(self, name: str, rows: pa.Table) -> None:
        """Write a block's rows as a row group of their own."""
        if rows.num_rows:
            self._writers[name].write_table(rows, row_group_size=rows.num_rows)

    def __enter__(self) -> ParquetFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
