"""Which spells make a time-varying characteristic: jobs, courses in force, volunteer support."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.check_params import source_contradictions
from hamm_eval.cohort.event_source import matching_rows
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

    Examples
    --------
    >>> TimeVarying("transitions", {"kind": "employment"}).table
    'transitions'
    """

    table: str
    where: Mapping[str, str | bool | int | tuple[str | int, ...]] = field(default_factory=dict)
    value: str | None = None
    lag_days: int = 0

    def spells(self, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """The spells with `person_id`, `begin`, `end` and the column `value` names.

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
        rows = matching_rows(tables, source)
        return rows.rename(columns={begin: "begin", end: "end"})
