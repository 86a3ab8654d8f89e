"""Dates against the record they belong to: nothing before it begins, nothing after it has ended."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.casefile.schema import Bound


def check_bounds(records: Readable) -> None:
    """Warn of dates outside the time of the record that they belong to, as that is known at the cut."""
    for name, typed in records.tables.items():
        bounds = typed.plan.table.bounds
        for by in dict.fromkeys(bound.by for bound in bounds):
            of_key = [bound for bound in bounds if bound.by == by]
            days = _days(by, of_key, records)
            if days is not None:
                # The small tables are joined first, so that the large one is joined once.
                columns = list(dict.fromkeys([by, *(bound.column for bound in of_key)]))
                rows = records.rows(name, columns).select(*columns, LINE)
                joined = rows.join(days, on=by, how="inner")
                for bound in of_key:
                    _note(bound, typed, joined, records)


def _days(by: str, bounds: Sequence[Bound], records: Readable) -> pl.DataFrame | None:
    """By id, the first and the last day that the bounds allow: each a column of its own."""
    found: pl.DataFrame | None = None
    for source in dict.fromkeys(name for b in bounds for name in (b.not_before, b.not_after) if name):
        table, _, column = source.partition(".")
        if not records.has(table):
            continue
        last = any(bound.not_after == source for bound in bounds)
        day = pl.col(column).max() if last else pl.col(column).min()
        known = records.latest(table, (by, column)).filter(pl.col(by).is_not_null())
        days = known.group_by(by).agg(day.alias(source))
        found = days if found is None else found.join(days, on=by, how="full", coalesce=True)
    return found


def _note(bound: Bound, typed: TypedTable, joined: pl.DataFrame, records: Readable) -> None:
    """Note the rows on the wrong side of either bound."""
    day = pl.col(bound.column)
    sides = (
        (bound.not_before, day < pl.col(bound.not_before)),
        (bound.not_after, day > pl.col(bound.not_after)),
    )
    for source, outside in sides:
        if source in joined.columns:
            table, _, column = source.partition(".")
            other = records.tables[table]
            note_rows(
                records.collector,
                bound.rule,
                typed,
                bound.column,
                joined.filter(outside),
                other=other.header(column),
                target=other.file,
            )
