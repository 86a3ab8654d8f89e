"""Compare two CaseFiles record by record: what became of each of them?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import polars as pl

from hamm_eval.casefile.diff import IN_USE_BEFORE, CaseFileDiff, Change, Reason
from hamm_eval.casefile.reconciliation import persons_of
from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.tables import TABLES

Records = Mapping[str, pl.DataFrame]

_COMPARED = {Reason.CONTINUED: "now", Reason.CORRECTED: "now", Reason.REWRITTEN: "then"}
_REASON = "__reason"


def compare(
    before: Records, then: Records, now: Records, *, earlier_cut: dt.date, later_cut: dt.date
) -> CaseFileDiff:
    """Tell apart what became of every record.

    Parameters
    ----------
    before : Mapping of str to polars.DataFrame
        Of each table the records that the earlier CaseFile uses.
    then, now : same type
        Those that the later one uses at the earlier cut, and at its own.
    earlier_cut, later_cut : datetime.date

    Examples
    --------
    By the end of June one test was known. In July its level was corrected, and a test of June and one of July
    were recorded:

    >>> cut, july = dt.date(2016, 6, 30), dt.date(2016, 7, 20)
    >>> names = ["test_id", "person_id", "cefr_level", "passed", "tested_on", "recorded_on"]
    >>> held = [("T1", "P1", "A1", True, dt.date(2016, 6, 1), dt.date(2016, 6, 3))]
    >>> since = [("T1", "P1", "A2", True, dt.date(2016, 6, 1), july),
    ...          ("T2", "P2", "B1", True, dt.date(2016, 6, 28), july),
    ...          ("T3", "P1", "B1", True, july, july)]
    >>> before = {"language_tests": pl.DataFrame(held, names, orient="row")}
    >>> now = {"language_tests": pl.DataFrame(since, names, orient="row")}
    >>> found = compare(before, before, now, earlier_cut=cut, later_cut=july)
    >>> [(change.reason.value, change.records) for change in found.changes if change.records]
    [('corrected', 1), ('late', 1), ('new', 1)]
    >>> dict(found.changes[2].columns)
    {'cefr_level': 1}
    """
    changes: list[Change] = []
    for table in TABLES:
        if table.name in before or table.name in now:
            changes += _compare_table(table, before, then, now, earlier_cut)
    return CaseFileDiff(earlier_cut, later_cut, tuple(changes))


def _compare_table(table: Table, before: Records, then: Records, now: Records, cut: dt.date) -> list[Change]:
    """All reasons of one table."""
    key, either = table.key, before[table.name] if table.name in before else now[table.name]
    old, known, new = (held.get(table.name, either.clear()) for held in (before, then, now))
    content = [name for name in old.columns if name in new.columns and name not in (key, "recorded_on")]
    pairs = (
        old.select(key, *content)
        .join(_beside(known, key, content, "then"), on=key, how="left")
        .join(_beside(new, key, content, "now"), on=key, how="left")
        .with_columns(_fate(table, content, cut).alias(_REASON))
    )
    fresh = (
        new.join(old, on=key, how="anti")
        .join(_beside(known, key, [], "then"), on=key, how="left")
        .with_columns(_arrival(table, cut).alias(_REASON))
    )
    return [
        _change(table, reason, pairs, before, content)
        if reason in IN_USE_BEFORE
        else _change(table, reason, fresh, now, content)
        for reason in Reason
    ]


def _beside(records: pl.DataFrame, key: str, content: list[str], when: str) -> pl.DataFrame:
    """The content of the same records at another time, its columns named by that time."""
    others = (pl.col(name).alias(f"{name}__{when}") for name in content)
    return records.select(key, pl.lit(True).alias(f"__{when}"), *others)


def _fate(table: Table, content: list[str], cut: dt.date) -> pl.Expr:
    """What became of each record in use before."""
    rewritten = pl.col("__then").is_not_null() & _any(_differs(name, "then") for name in content)
    differing = [(name, _differs(name, "now")) for name in content]
    touched = _any(differs & ~_ran_on(table, name, content, cut) for name, differs in differing)
    return (
        pl.when(pl.col("__now").is_null())
        .then(pl.lit(Reason.VANISHED.value))
        .when(rewritten)
        .then(pl.lit(Reason.REWRITTEN.value))
        .when(touched)
        .then(pl.lit(Reason.CORRECTED.value))
        .when(_any(differs for _, differs in differing))
        .then(pl.lit(Reason.CONTINUED.value))
        .otherwise(pl.lit(Reason.UNCHANGED.value))
    )


def _arrival(table: Table, cut: dt.date) -> pl.Expr:
    """Why each record is in use that was not before."""
    happened = pl.min_horizontal("recorded_on", *_own_dates(table))
    return (
        pl.when(pl.col("__then").is_not_null())
        .then(pl.lit(Reason.APPEARED.value))
        .when(happened <= cut)
        .then(pl.lit(Reason.LATE.value))
        .otherwise(pl.lit(Reason.NEW.value))
    )


def _differs(name: str, when: str) -> pl.Expr:
    """Whether a column has another content at another time."""
    return pl.col(name).ne_missing(pl.col(f"{name}__{when}"))


def _ran_on(table: Table, name: str, content: list[str], cut: dt.date) -> pl.Expr:
    """Whether a column differs by no more than what happened after the cut.

    Before and now its date, or the date without which it says nothing, is open or lies after the cut.
    """
    date = (table.column(name).only_with or name) if name in table.names else ""
    if date not in content or date not in _own_dates(table):
        return pl.lit(False)
    after = ((pl.col(at) > cut) | pl.col(at).is_null() for at in (date, f"{date}__now"))
    ran_on = pl.all_horizontal(*after)
    return ran_on if date == name else ran_on & pl.col(f"{date}__now").is_not_null()


def _own_dates(table: Table) -> list[str]:
    """The dates on which something of the record happened: neither planned nor a month of birth."""
    return [
        column.name
        for column in table.columns
        if column.kind is Kind.DATE and not (column.planned or column.month or column.name == "recorded_on")
    ]


def _any(expressions: Iterable[pl.Expr]) -> pl.Expr:
    """Whether any holds; of none none does."""
    return pl.any_horizontal(pl.lit(False), *expressions)


def _change(table: Table, reason: Reason, judged: pl.DataFrame, held: Records, content: list[str]) -> Change:
    """The records of one reason, counted."""
    rows = judged.filter(pl.col(_REASON) == reason.value)
    columns = {}
    if reason in _COMPARED:
        counted = rows.select(_differs(name, _COMPARED[reason]).sum().alias(name) for name in content)
        columns = {name: number for name, number in counted.row(0, named=True).items() if number}
    owners = persons_of(table.name, held) if table.name in held else None
    persons = None if owners is None else owners.join(rows, on=table.key, how="semi")["person_id"].n_unique()
    return Change(table.name, reason, rows.height, persons, MappingProxyType(columns))
