"""Which spells make a time-varying characteristic: jobs, courses in force, volunteer support."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import BY_NAME, VOLUNTEER_SUPPORT, VOLUNTEERS_SINCE
from hamm_eval.cohort.check_params import source_contradictions
from hamm_eval.cohort.event_source import matching_rows, require_table
from hamm_eval.cohort.split import SpellColumn
from hamm_eval.errors import Problem, UsageError
from hamm_eval.params import EventSource


@dataclass(frozen=True, slots=True)
class TimeVarying:
    """A characteristic that changes after day 0, taken from dated spells.

    Parameters
    ----------
    table : str
        A table of spells, as ``transitions``.
    where : Mapping
        Filter, as in an event: ``{"kind": "employment"}``.
    value : str or None
        Column that is in force (a category); without it 1 inside of a spell and 0 outside.
    lag_days : int
        Days after which a spell counts.
    yes_no : bool
        Whether 1 and 0 enter a model as the levels "yes" and "no": then rule 6 asks of both that they have
        enough persons and events.

    Examples
    --------
    >>> TimeVarying("transitions", {"kind": "employment"}).table
    'transitions'
    """

    table: str
    where: Mapping[str, str | bool | int | tuple[str | int, ...]] = field(default_factory=dict)
    value: str | None = None
    lag_days: int = 0
    yes_no: bool = field(default=False, repr=False)

    def column(self, tables: Mapping[str, pd.DataFrame]) -> SpellColumn:
        """The spells, and how they become a column of rows.

        Raises
        ------
        UsageError
            The table holds no spells, or it has no such column or word.
        TableAbsent
            It is not in the export.
        """
        declared = BY_NAME.get(self.table)
        if declared is None or declared.spell is None:
            spelled = ", ".join(name for name, table in BY_NAME.items() if table.spell)
            raise UsageError(
                "This table holds no spells.", where="time_varying", todo=f"Tables of spells: {spelled}."
            )
        begin, end = declared.spell
        source = EventSource(table=self.table, date=begin, where=dict(self.where))
        problems = [
            Problem(found.what, ".".join(map(str, ("time_varying", *found.place))), found.todo)
            for found in source_contradictions(source)
        ]
        values = [column.name for column in declared.columns if column.kind is Kind.CATEGORY]
        if self.value is not None and self.value not in values:
            known = f"Known: {', '.join(values) or 'none'}."
            problems.append(Problem("There is no such category in this table.", "time_varying.value", known))
        if problems:
            raise UsageError.of(problems)
        rows = matching_rows(tables, source).rename(columns={begin: "begin", end: "end"})
        # What was not recorded yet is missing, not absent.
        since = dt.date.fromisoformat(VOLUNTEERS_SINCE) if self.table == VOLUNTEER_SUPPORT.name else None
        return SpellColumn(rows, self.value, self.lag_days, since)


@dataclass(frozen=True, slots=True)
class Caseload:
    """How many case files a person's social worker has open, as it changes: a number.

    Parameters
    ----------
    per : int
        Files that count as one: with 10 a coefficient is that of ten files more.

    Examples
    --------
    >>> study.cox("language_b1", ["sex"], time_varying={"caseload": Caseload()})  # doctest: +SKIP
    """

    per: int = 1

    def column(self, tables: Mapping[str, pd.DataFrame]) -> SpellColumn:
        """The spells in which the number stays the same; missing while no file is open.

        Raises
        ------
        TableAbsent
            The export lacks the table of cases.
        """
        cases = require_table(tables, "cases")
        cases = cases[cases["social_worker"].notna() & cases["opened_on"].notna()]
        # A file counts from the day after its opening to its last day, as any spell does.
        opened = cases[["social_worker", "opened_on"]].set_axis(["worker", "begin"], axis=1).assign(change=1)
        closed = cases[["social_worker", "closed_on"]].set_axis(["worker", "begin"], axis=1).assign(change=-1)
        changes = pd.concat([opened, closed[closed["begin"].notna()]])
        total = changes.groupby(["worker", "begin"], sort=True)["change"].sum().groupby("worker").cumsum()
        loads = (total / self.per).rename("caseload").reset_index()
        loads = loads.assign(end=loads.groupby("worker")["begin"].shift(-1))
        own = cases[["person_id", "social_worker", "opened_on", "closed_on"]]
        spells = own.merge(loads, left_on="social_worker", right_on="worker")
        begin = spells[["begin", "opened_on"]].max(axis=1)
        end = spells[["end", "closed_on"]].min(axis=1)
        spells = spells.assign(begin=begin, end=end)[end.isna() | (end > begin)]
        return SpellColumn(spells[["person_id", "begin", "end", "caseload"]], "caseload")
