"""References: what a record points to must be there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.readers.text_table import LINE


def check_references(tables: Mapping[str, TypedTable], cut: dt.date, collector: Collector) -> None:
    """Refuse references to records the export lacks; warn of those recorded only after the cut."""
    for typed in tables.values():
        for plan in typed.plan.columns:
            name = plan.column.name
            target, _, target_column = plan.column.references.partition(".")
            if target not in tables or plan.absent:
                continue
            parent = tables[target]
            if parent.frame[target_column].null_count():
                continue  # rows without an id have their own finding, and any reference may be to them
            frame = typed.frame.select(name, "recorded_on", LINE).filter(pl.col(name).is_not_null())
            known = parent.frame.select(target_column).unique()
            orphans = frame.join(known, left_on=name, right_on=target_column, how="anti")
            note_rows(collector, "reference_unknown", typed, name, orphans, target=parent.file)
            in_time = (pl.col("recorded_on") <= cut).fill_null(True)
            by_cut = parent.frame.filter(in_time).select(target_column).unique()
            if by_cut.height < known.height:
                waiting = (
                    frame.filter(pl.col("recorded_on") <= cut)
                    .join(by_cut, left_on=name, right_on=target_column, how="anti")
                    .join(known, left_on=name, right_on=target_column, how="semi")
                )
                note_rows(collector, "reference_not_yet_known", typed, name, waiting, target=parent.file)
