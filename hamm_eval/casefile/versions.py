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
    known = _filtered(records, pl.col("recorded_on") <= cut)
    return _filtered(known, (pl.col(key) != pl.col(key).shift(-1)).fill_null(True))


def _filtered(records: pl.DataFrame, where: pl.Expr) -> pl.DataFrame:
    """The rows where the expression holds; without a copy where it holds for all of them."""
    holds = records.select(where.alias("holds"))["holds"]
    return records if holds.null_count() == 0 and holds.all() else records.filter(holds)
