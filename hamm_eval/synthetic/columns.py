"""Tables as the city's exports hold them, typed: German headers and words, whatever the format of the file.

Dates are date32, whole numbers int32, yes and no booleans, amounts floats with two decimals, categories
dictionaries of the city's words, ids text. What is empty is null. CSV and Parquet are both written from this.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from hamm_eval.casefile.schema import Column, Kind, Table
from hamm_eval.synthetic.days import NEVER
from hamm_eval.synthetic.hazards import StrArray
from hamm_eval.synthetic.recording import Records


def as_exported(table: Table, rows: Records) -> pa.Table:
    """A table's rows with the export's headers and words.

    Parameters
    ----------
    table : Table
    rows : dict of arrays
        As `build_tables` makes them: days as numbers, categories as the vocabulary's words.
    """
    return pa.table(
        [_typed(column, rows[column.name]) for column in table.columns],
        schema=schema_of(table),
    )


def schema_of(table: Table) -> pa.Schema:
    """Headers and types of a table."""
    return pa.schema([pa.field(column.german, _type(column)) for column in table.columns])


def _type(column: Column) -> pa.DataType:
    """Arrow's type of a column."""
    return {
        Kind.DATE: pa.date32(),
        Kind.CATEGORY: pa.dictionary(pa.int8(), pa.string()),
        Kind.YES_NO: pa.bool_(),
        Kind.DECIMAL: pa.float64(),
        Kind.INTEGER: pa.int32(),
    }.get(column.kind, pa.string())


def _typed(column: Column, values: Any) -> pa.Array:
    """A column's values in Arrow's type; null where there is none."""
    if column.kind is Kind.DATE:
        return pa.array(values.astype(np.int32), mask=values >= NEVER).cast(pa.date32())
    if column.kind is Kind.INTEGER:
        return pa.array(values.astype(np.int32), mask=values >= NEVER)
    if column.kind is Kind.YES_NO:
        return pa.array(values)
    if column.kind is Kind.DECIMAL:
        return pa.array(np.round(values, 2))
    if column.kind is Kind.CATEGORY:
        # All words of the column, in declared order: every block has the same dictionary.
        codes = {"": -1} | {own: code for code, own in enumerate(column.categories)}
        found = np.fromiter(map(codes.__getitem__, values.tolist()), np.int8, len(values))
        words = pa.array(list(column.categories.values()), pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(found, mask=found < 0), words)
    return _text(values)


def _text(values: StrArray) -> pa.Array:
    """Text; ids of one length without a detour over Python's strings."""
    length = values.dtype.itemsize // 4
    letters = np.ascontiguousarray(values).view(np.uint32).reshape(len(values), length)
    if not len(values) or not letters.all() or letters.max() > 127:
        return pa.array([value or None for value in values.tolist()], pa.string())
    ends = np.arange(len(values) + 1, dtype=np.int32) * length
    return pa.StringArray.from_buffers(
        len(values), pa.py_buffer(ends), pa.py_buffer(letters.astype(np.uint8).tobytes())
    )
