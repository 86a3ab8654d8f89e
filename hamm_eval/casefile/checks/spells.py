"""Spells of which only one holds at a time, in the words of R survival's ``survcheck``.

``overlap``: a spell begins before the one before has ended. ``gap``: a hole between two spells of one state.
``jump``: a hole, and another state behind it. ``teleport``: no hole, but a step between states that there is
not. A spell that begins on the day the one before ends, or on the next, follows it without a hole: exports
write changes so.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.readers.text_table import LINE
from hamm_eval.casefile.schema import Table

_UNTIL, _BEFORE = "_until", "_before"


def check_spells(records: Readable) -> None:
    """Warn of spells that overlap, leave holes or follow each other as they cannot.

    Nothing is said of spells among which one cannot be read.
    """
    for name, typed in records.tables.items():
        table = typed.plan.table
        if table.spell is not None and table.one_at_a_time:
            needed = [*table.spell, table.one_at_a_time, *([table.state] if table.state else [])]
            known, doubted = records.latest(name, needed), records.doubted(name, needed)
            if doubted.height:
                known = known.join(doubted, on=table.one_at_a_time, how="anti")
            _check_table(table, table.spell, typed, known, records.collector)


def _check_table(
    table: Table, spell: tuple[str, str], typed: TypedTable, known: pl.DataFrame, collector: Collector
) -> None:
    """One table's spells."""
    begin, end = spell
    owner = table.one_at_a_time
    spells = (
        known.filter(pl.col(begin).is_not_null() & pl.col(owner).is_not_null())
        .sort([owner, begin, LINE])
        .with_columns(
            pl.col(end).fill_null(dt.date.max).cum_max().over(owner).shift(1).over(owner).alias(_UNTIL),
            (pl.col(table.state).shift(1).over(owner) if table.state else pl.lit(None)).alias(_BEFORE),
        )
        .filter(pl.col(_UNTIL).is_not_null())
    )
    overlap = pl.col(begin) < pl.col(_UNTIL)
    names = {"begin": typed.header(begin), "end": typed.header(end)}
    note_rows(collector, "spells_overlap", typed, begin, spells.filter(overlap), **names)
    if table.seamless:
        hole = spells.filter(pl.col(begin) > pl.col(_UNTIL) + pl.duration(days=1))
        same = (pl.col(_BEFORE) == pl.col(table.state)).fill_null(True)
        note_rows(collector, "spells_gap", typed, begin, hole.filter(same), **names)
        note_rows(collector, "spells_jump", typed, begin, hole.filter(~same), **names)
    if table.steps:
        _check_steps(table, typed, spells.filter(~overlap), collector)


def _check_steps(table: Table, typed: TypedTable, spells: pl.DataFrame, collector: Collector) -> None:
    """Warn of steps backwards where states ascend, and of others that there are not."""
    changed = spells.filter(pl.col(_BEFORE) != pl.col(table.state))
    known = [state for state, following in table.steps.items() for _ in following]
    steps = pl.DataFrame(
        {
            _BEFORE: [str(state) for state in known],
            table.state: [str(to) for following in table.steps.values() for to in following],
        }
    )
    wrong = changed.join(steps, on=[_BEFORE, table.state], how="anti")
    back = pl.lit(False)
    if table.ascending:
        place = {state: i for i, state in enumerate(table.column(table.state).categories)}
        at = [pl.col(name).replace_strict(place, return_dtype=pl.Int64) for name in (_BEFORE, table.state)]
        back = at[0] > at[1]
        note_rows(collector, "phases_out_of_order", typed, table.state, wrong.filter(back))
    told = wrong.filter(~back & pl.col(_BEFORE).is_in([str(state) for state in table.steps]))
    note_rows(collector, "spells_teleport", typed, table.state, told)
