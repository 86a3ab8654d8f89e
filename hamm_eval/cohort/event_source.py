"""When an event happened: first date per person from an `EventSource` of params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.params import EventSource

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile


class TableAbsent(NotEstimable):
    """The export does not hold a table that the question needs; `table` names it."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            "This table is not in the export.",
            where=table,
            todo="Export it, or leave the question out of params.",
        )


def tables_given(case_file: CaseFile) -> dict[str, pd.DataFrame]:
    """The tables that the export holds; a CaseFile has those that lack as empty ones besides."""
    return {name: frame for name, frame in case_file.tables.items() if case_file.has(name)}


def first_event_dates(
    tables: Mapping[str, pd.DataFrame], source: EventSource, *, since: pd.Series | None = None
) -> pd.Series:
    """Day of each person's first event.

    Parameters
    ----------
    tables : Mapping of str to DataFrame
        Tables that the export holds, shaped as `casefile.tables` declares them.
    source : EventSource
        Table, filter, and the column that dates the event. With `sustained_days` the event happens on that
        day of a spell: day 91 of a spell begun on day 1 is 90 days after its first day. A spell that ended
        before is no event, nor is one that is still younger: its day lies ahead, and follow-up ends before.
    since : Series of datetime64, indexed by person_id, optional
        Day from which on an event counts; without it the first ever.

    Returns
    -------
    Series of datetime64, indexed by person_id
        Only persons with an event.

    Raises
    ------
    TableAbsent
        The table is not in the export.
    NotEstimable
        A column that every record should have is empty throughout: the source lacks it.
    UsageError
        The table has no such column, or its records belong to no person.

    Examples
    --------
    >>> jobs = pd.DataFrame({"person_id": ["a", "b"], "entered_on": pd.to_datetime(["2016-01-01"] * 2),
    ...                      "left_on": pd.to_datetime(["2016-02-01", None]), "kind": "employment"})
    >>> source = EventSource(table="transitions", date="entered_on", where={"kind": "employment"},
    ...                      sustained_days=91, until="left_on")
    >>> first_event_dates({"transitions": jobs}, source).dt.strftime("%Y-%m-%d").to_dict()
    {'b': '2016-03-31'}
    """
    rows = matching_rows(tables, source)
    happened = rows[source.date]
    if source.sustained_days is not None and source.until is not None:
        happened = happened + pd.Timedelta(days=source.sustained_days - 1)
        last = rows[source.until]
        happened = happened.where(last.isna() | (last >= happened))
    if since is not None:
        happened = happened.where(happened >= rows["person_id"].map(since))
    return happened.groupby(rows["person_id"]).min().dropna()


def matching_rows(tables: Mapping[str, pd.DataFrame], source: EventSource) -> pd.DataFrame:
    """Rows of the source's table that its filter lets through, with `person_id`."""
    rows = with_person(tables, source.table)
    wanted = [source.date, *source.where, *([source.until] if source.until else [])]
    absent = [column for column in wanted if column not in rows.columns]
    if absent:
        raise UsageError(
            f"The table {source.table} has no column {', '.join(absent)}.",
            where=source.table,
            todo="Correct the event in params.",
        )
    for column in (source.date, *source.where):
        # A mapping may say that a source lacks a column: filtering by it would find nobody, without a word.
        if len(rows) and BY_NAME[source.table].column(column).required and rows[column].isna().all():
            raise NotEstimable(
                f"The column {column} of {source.table} is empty in this export.",
                where=source.table,
                todo="Export and map it, or leave the filter out of params.",
            )
    keep = pd.Series(True, index=rows.index)
    for column, allowed in source.where.items():
        values = list(allowed) if isinstance(allowed, tuple) else [allowed]
        keep &= rows[column].isin(values).fillna(False).astype(bool)
    return rows[keep & rows[source.date].notna()]


def with_person(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A table with `person_id`, taken over from the record it belongs to where it has none of its own."""
    rows = require_table(tables, name)
    if "person_id" in rows.columns or name not in BY_NAME:
        return rows
    for column in BY_NAME[name].columns:
        parent, _, key = column.references.partition(".")
        if parent and column.name in rows.columns:
            owners = with_person(tables, parent)[[key, "person_id"]].drop_duplicates(key)
            return rows.merge(owners, left_on=column.name, right_on=key, how="inner")
    raise UsageError("Its records belong to no person.", where=name, todo="Name another table in params.")


def concerns_persons(name: str) -> bool:
    """Whether the records of a declared table belong to persons, by themselves or by what they refer to."""
    columns = BY_NAME[name].columns
    parents = [column.references.partition(".")[0] for column in columns if column.references]
    return any(column.name == "person_id" for column in columns) or any(map(concerns_persons, parents))


def require_table(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """The table, or a `TableAbsent` that says what lacks."""
    if name not in tables:
        raise TableAbsent(name)
    return tables[name]
