"""The order of dates within a record, and against the day it was recorded."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.schema import Kind


def check_order(records: Readable) -> None:
    """Refuse ends before begins and events recorded before they happened; warn of odd orders."""
    for name, typed in records.tables.items():
        table = typed.plan.table
        if table.spell is not None:
            begin, end = table.spell
            names = {"begin": typed.header(begin), "end": typed.header(end)}
            wrong = records.rows(name, table.spell).filter(pl.col(end) < pl.col(begin))
            note_rows(records.collector, "end_before_begin", typed, end, wrong, **names)
        for earlier, later in table.order:
            names = {"earlier": typed.header(earlier), "later": typed.header(later)}
            wrong = records.rows(name, (earlier, later)).filter(pl.col(earlier) > pl.col(later))
            note_rows(records.collector, "dates_out_of_order", typed, later, wrong, **names)
        _check_recorded(name, typed, records)


def _check_recorded(name: str, typed: TypedTable, records: Readable) -> None:
    """Refuse what was recorded before it happened."""
    recorded = typed.header("recorded_on")
    for column in typed.plan.table.columns:
        foreseen = column.planned or column.open_end or column.name == "recorded_on"
        if column.kind is Kind.DATE and not foreseen:
            rows = records.rows(name, (column.name, "recorded_on"))
            early = rows.filter(pl.col(column.name) > pl.col("recorded_on"))
            note_rows(
                records.collector, "recorded_before_it_happened", typed, column.name, early, recorded=recorded
            )


def check_endings(records: Readable) -> None:
    """Warn of ends without a begin, of endings without their day, and of days without the ending."""
    for name, typed in records.tables.items():
        spell = typed.plan.table.spell
        if spell is not None:
            begin, end = spell
            without = records.rows(name, spell).filter(pl.col(end).is_not_null() & pl.col(begin).is_null())
            note_rows(records.collector, "end_without_begin", typed, end, without, begin=typed.header(begin))
        plans = {plan.column.name: plan for plan in typed.plan.columns}
        for column in typed.plan.table.columns:
            date = column.only_with
            if not date or plans[column.name].absent or plans[date].absent:
                continue
            rows = records.rows(name, (column.name, date))
            said, dated = pl.col(column.name).is_not_null(), pl.col(date).is_not_null()
            names = {"said": typed.header(column.name), "date": typed.header(date)}
            for rule, where in (("ending_without_date", said & ~dated), ("ending_unsaid", dated & ~said)):
                note_rows(records.collector, rule, typed, column.name, rows.filter(where), **names)
