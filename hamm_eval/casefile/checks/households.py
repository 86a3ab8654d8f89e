"""Households: one head each."""

from __future__ import annotations

import datetime as dt

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable

PATIENCE = dt.timedelta(days=365)  # so long a head may be recorded after the others of the household


def check_heads(records: Readable) -> None:
    """Warn of households with several heads, and of those that are known for long and have none.

    Nothing is said of households of which a person cannot be read.
    """
    if not records.has("persons"):
        return
    typed = records.tables["persons"]
    plan = next(column for column in typed.plan.columns if column.column.name == "household_head")
    if plan.absent or plan.constant is not None:
        return
    needed = ("household_id", "household_head", "recorded_on")
    persons = (
        records.latest("persons", needed)
        .filter(pl.col("household_id").is_not_null())
        .join(records.doubted("persons", needed), on="household_id", how="anti")
    )
    heads = pl.col("household_head").fill_null(False).sum().over("household_id")
    told = pl.col("household_head").is_not_null().all().over("household_id")
    several = persons.filter((heads > 1) & pl.col("household_head"))
    note_rows(records.collector, "household_heads_several", typed, "household_head", several)
    since = pl.col("recorded_on").max().over("household_id")
    headless = persons.filter(told & (heads == 0) & (since <= records.cut - PATIENCE))
    note_rows(records.collector, "household_head_missing", typed, "household_head", headless)
