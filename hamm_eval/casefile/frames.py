"""At the boundary: polars inside, pandas for whoever analyses."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa

from hamm_eval.casefile.schema import Column, Kind, Table

_STRING, _INTEGER, _BOOLEAN = pd.StringDtype("pyarrow"), pd.Int64Dtype(), pd.BooleanDtype()
_TYPES = {pa.string(): _STRING, pa.large_string(): _STRING, pa.int64(): _INTEGER, pa.bool_(): _BOOLEAN}
_POLARS: dict[Kind, type[pl.DataType]] = {
    Kind.DATE: pl.Date,
    Kind.INTEGER: pl.Int64,
    Kind.DECIMAL: pl.Float64,
    Kind.YES_NO: pl.Boolean,
}


def polars_type(column: Column) -> type[pl.DataType]:
    """What a column is held as."""
    return _POLARS.get(column.kind, pl.String)


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """Dates as ``datetime64[ns]``, text as ``string``, numbers as ``Int64`` and ``float64``, yes/no as
    ``boolean``.
    """
    dated = frame.with_columns(pl.col(pl.Date).cast(pl.Datetime("ns")))
    return dated.to_arrow().to_pandas(types_mapper=_TYPES.get)


def empty_records(table: Table) -> pl.DataFrame:
    """The declared columns without a row: what a table that lacks in an export looks like."""
    return pl.DataFrame(schema={column.name: polars_type(column) for column in table.columns})
