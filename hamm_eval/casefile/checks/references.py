"""References: what a record points to must be there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector, FileCollector
from hamm_eval.casefile.readers.csv import LINE


def check_references(tables: Mapping[str, TypedTable], cut: dt.date, collector: Collector) -> None:
    """Refuse references to records the export lacks; warn of those recorded only after the cut."""
    for typed in tables.values():
        notes = collector.in_file(typed.file, typed.plan.table.name)
        for plan in typed.plan.columns:
            target, _, target_column = plan.column.references.partition(".")
            if target not in tables or plan.absent:
                continue
            parent = tables[target]
            if parent.frame[target_column].null_count():
                continue  # rows without an id have their own finding, and any reference may be to them
            frame = typed.frame.select(plan.column.name, "recorded_on", LINE)
            known = parent.frame[target_column].unique()
            orphans = frame.join(
                known.to_frame(), left_on=plan.column.name, right_on=target_column, how="anti"
            )
            _note(notes, "reference_unknown", typed, parent, plan.column.name, orphans)
            by_cut = parent.frame.filter((pl.col("recorded_on") <= cut).fill_null(True))[
                target_column
            ].unique()
            if len(by_cut) < len(known):
                waiting = (
                    frame.filter(pl.col("recorded_on") <= cut)
                    .join(by_cut.to_frame(), left_on=plan.column.name, right_on=target_column, how="anti")
                    .join(known.to_frame(), left_on=plan.column.name, right_on=target_column, how="semi")
                )
                _note(notes, "reference_not_yet_known", typed, parent, plan.column.name, waiting)


def _note(
    notes: FileCollector, rule: str, typed: TypedTable, parent: TypedTable, name: str, rows: pl.DataFrame
) -> None:
    """Note references that lead nowhere."""
    rows = rows.filter(pl.col(name).is_not_null()).sort(LINE)
    if rows.height:
        notes.add(
            rule,
            column=typed.header(name),
            lines=rows[LINE].to_list(),
            values=rows[name].to_list(),
            target=parent.file,
        )
