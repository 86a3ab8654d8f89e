"""Rows as findings: named in the order of the file, with their values for the private file alone."""

from __future__ import annotations

import polars as pl

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.readers.text_table import LINE


def note_rows(
    collector: Collector, rule: str, typed: TypedTable, name: str, rows: pl.DataFrame, **details: object
) -> None:
    """Note rows of a table under a rule, if there are any.

    Parameters
    ----------
    collector : Collector
    rule : str
    typed : TypedTable
        The table that the rows are of.
    name : str
        Our column that the finding names, and whose values the private file gets.
    rows : polars.DataFrame
        Holds ``__line`` and that column.
    **details
        What the rule's text needs; never a value.
    """
    if rows.height:
        rows = rows.sort(LINE)
        collector.in_file(typed.file, typed.plan.table.name).add(
            rule,
            column=typed.header(name),
            lines=rows[LINE].to_list(),
            values=rows[name].cast(pl.String).to_list(),
            **details,
        )
