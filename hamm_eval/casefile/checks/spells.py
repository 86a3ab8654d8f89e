"""Spells of which only one can hold at a time: overlaps are counted."""

from __future__ import annotations

import datetime as dt

import polars as pl

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.csv import LINE
from hamm_eval.casefile.versions import latest_by


def check_overlaps(typed: TypedTable, cut: dt.date, notes: FileCollector) -> None:
    """Warn of spells that begin before the one before them has ended, as known at the cut.

    A spell that begins on the day the one before ends does not overlap: exports write changes so.
    """
    table = typed.plan.table
    if table.spell is None or not table.one_at_a_time:
        return
    begin, end = table.spell
    owner = table.one_at_a_time
    spells = (
        latest_by(typed.frame, table.key, cut)
        .filter(pl.col(begin).is_not_null())
        .sort([owner, begin, LINE])
        .with_columns(
            pl.col(end).fill_null(dt.date.max).cum_max().over(owner).shift(1).over(owner).alias("_until")
        )
        .filter(pl.col(begin) < pl.col("_until"))
        .sort(LINE)
    )
    if spells.height:
        notes.add(
            "spells_overlap",
            column=typed.header(begin),
            lines=spells[LINE].to_list(),
            values=spells[table.key].to_list(),
        )
