"""Two clocks: which version of each record was known on a day."""

from __future__ import annotations

import datetime as dt

import polars as pl


def latest_by(records: pl.DataFrame, key: str, cut: dt.date) -> pl.DataFrame:
    """The latest version of each record that was recorded by the data cut.

    Parameters
    ----------
    records : polars.DataFrame
        All versions, sorted by `key` and ``recorded_on``.
    key : str
        Name of the id column.
    cut : datetime.date
    """
    known = records.filter(pl.col("recorded_on") <= cut)
    return known.filter((pl.col(key) != pl.col(key).shift(-1)).fill_null(True))
