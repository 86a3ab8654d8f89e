"""Ages: how old a person would have been on the day of an event."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from hamm_eval.casefile.checks.noting import note_rows
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.schema import AgeLimit

_BORN, _PERSON = "birth_month", "person_id"


def check_ages(records: Readable) -> None:
    """Warn of persons too old to be, and of events at an age at which they do not happen."""
    if not records.has("persons"):
        return
    persons = records.latest("persons", (_BORN,)).select(_PERSON, _BORN, "arrived_on")
    # Whose month of birth is doubtful has a finding; the person's events get none for the same reason.
    doubtful = _outside_any(records.tables["persons"].plan.table.ages)
    born = persons.filter(~doubtful.fill_null(False)).select(_PERSON, _BORN)
    for name, typed in records.tables.items():
        for limit in typed.plan.table.ages:
            rows = records.rows(name, (limit.column, *(limit.where or ())[:1]))
            if limit.where is not None:
                rows = rows.filter(pl.col(limit.where[0]).is_in([str(word) for word in limit.where[1]]))
            rule, named = "age_at_event", limit.column
            if name == "persons":
                rule, named = "age_implausible", _BORN
            else:
                rows = rows.join(born, on=_PERSON, how="inner")
            note_rows(
                records.collector,
                rule,
                typed,
                named,
                rows.filter(_outside_any([limit])),
                lowest=limit.lowest,
                highest=limit.highest,
                day=typed.header(limit.column),
            )


def _outside_any(limits: Iterable[AgeLimit]) -> pl.Expr:
    """Whether an age is outside of a limit; a day before birth is a matter of the order of dates."""
    outside = pl.lit(False)
    for limit in limits:
        born_by_then = pl.col(limit.column) >= pl.col(_BORN)
        outside = outside | (born_by_then & ~_age(limit.column).is_between(limit.lowest, limit.highest))
    return outside


def _age(column: str) -> pl.Expr:
    """Completed years of age on a day, as if born on the first of the month."""
    day, born = pl.col(column).dt, pl.col(_BORN).dt
    return day.year() - born.year() - (day.month() < born.month()).cast(pl.Int32)
