"""The order of dates within a record, and against the day it was recorded."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.csv import LINE
from hamm_eval.casefile.schema import Kind

EXPECTED_ORDER = {
    "persons": (("birth_month", "arrived_on"),),
    "goals": (("agreed_on", "target_on"),),
    "participations": (("referred_on", "started_on"),),
}


def check_dates(typed: TypedTable, notes: FileCollector) -> None:
    """Refuse ends before begins and events recorded before they happened; warn of odd orders."""
    table = typed.plan.table
    frame = typed.frame
    if table.spell is not None:
        begin, end = table.spell
        names = {"begin": typed.header(begin), "end": typed.header(end)}
        _note(typed, notes, "end_before_begin", end, pl.col(end) < pl.col(begin), **names)
        without = pl.col(end).is_not_null() & pl.col(begin).is_null()
        _note(typed, notes, "end_without_begin", end, without, begin=names["begin"])
    for earlier, later in EXPECTED_ORDER.get(table.name, ()):
        names = {"earlier": typed.header(earlier), "later": typed.header(later)}
        _note(typed, notes, "dates_out_of_order", later, pl.col(earlier) > pl.col(later), **names)
    for column in table.columns:
        foreseen = column.planned or column.open_end or column.name == "recorded_on"
        if column.kind is Kind.DATE and not foreseen and column.name in frame.columns:
            early = pl.col(column.name) > pl.col("recorded_on")
            _note(
                typed,
                notes,
                "recorded_before_it_happened",
                column.name,
                early,
                recorded=typed.header("recorded_on"),
            )


def _note(
    typed: TypedTable, notes: FileCollector, rule: str, name: str, where: pl.Expr, **details: str
) -> None:
    """Note the rows where the expression holds, in the order of the file."""
    rows = typed.frame.filter(where).sort(LINE)
    if rows.height:
        notes.add(
            rule,
            column=typed.header(name),
            lines=rows[LINE].to_list(),
            values=rows[name].cast(pl.String).to_list(),
            **details,
        )
