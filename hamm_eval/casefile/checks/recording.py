"""The day of recording: which is the latest that can be believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector

_HOLE = dt.timedelta(days=366)
_FEW = 0.01  # share of all rows that may lie behind a hole without being believed


def latest_recording(tables: Mapping[str, TypedTable]) -> dt.date:
    """The latest day on which anything was recorded, a few rows that lie years behind all others aside.

    One slip in a year must not move the data cut into the future.
    """
    days = [typed.frame["recorded_on"].drop_nulls().to_physical().to_numpy() for typed in tables.values()]
    if not any(map(len, days)):
        return dt.date.min
    # Counted by NumPy: of a million rows, grouping takes fifty megabytes.
    on, number = np.unique(np.concatenate(days), return_counts=True)
    counted = pl.DataFrame({"recorded_on": pl.Series(on, dtype=pl.Int32).cast(pl.Date)})
    rows = pl.Series(number, dtype=pl.Float64)
    total = float(number.sum())
    behind = counted.with_columns(
        (pl.col("recorded_on").shift(-1) - pl.col("recorded_on") > _HOLE).alias("hole"),
        pl.Series("after", total - rows.cum_sum()),
    ).filter(pl.col("hole") & (pl.col("after") <= _FEW * total))
    latest = behind["recorded_on"].min() if behind.height else counted["recorded_on"].max()
    return latest if isinstance(latest, dt.date) else dt.date.min


def check_recording(tables: Mapping[str, TypedTable], collector: Collector) -> None:
    """Warn of rows recorded years behind all others."""
    latest = latest_recording(tables)
    for typed in tables.values():
        late = typed.frame.filter(pl.col("recorded_on") > latest)
        note_rows(collector, "recorded_in_future", typed, "recorded_on", late)
