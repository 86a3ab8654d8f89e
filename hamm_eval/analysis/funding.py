"""Who pays for the measures, as it changes, what begins under each funding class, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.costs import UNKNOWN_CLASS, cost_lines, funding_class_at_start
from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.participations import begun_by, begun_participations, begun_under
from hamm_eval.analysis.quarters import TREND_QUARTERS
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.estimate import CountTable, Funding, FundingSpell, Link
from hamm_eval.params import Params
from hamm_eval.vocabulary import Quarter

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "funding"


def funding(case_file: CaseFile, params: Params) -> Funding:
    """Dated funding classes of the measures that params name, participations begun and costs by class.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    Funding
        A participation belongs to the class in force on the day on which it began, and to that day's quarter;
        of the last eight quarters up to the one reported. Costs are of all that began up to the data cut.

    Raises
    ------
    TableAbsent
        The export holds no participations, no measures or no funding of measures.
    """
    tables = tables_given(case_file)
    begun = begun_participations(tables, params)
    measures = require_table(tables, "measures")
    spells = require_table(tables, "measure_funding")
    cost = measures.set_index("measure_id")["cost_per_participant"].astype("float64")
    classes = (*BY_NAME["measure_funding"].column("funding_class").categories, UNKNOWN_CLASS)
    rows = begun.assign(funding_class=funding_class_at_start(tables, begun))
    definition = define(QUESTION, "all", **cohort_details(params))
    return Funding(
        definition=definition,
        spells=tuple(_spells(spells, params)),
        begun=_begun(rows, [name for name in classes if (rows["funding_class"] == name).any()], params),
        lines=tuple(cost_lines(tables, begun, cost, params)),
        shown_until=params.quarter.end,
        whom=begun_by(params),
    )


def _spells(spells: pd.DataFrame, params: Params) -> list[FundingSpell]:
    """Spells of the measures named, by measure and day; none that begins after the quarter."""
    due = spells[
        spells["valid_from"].notna()
        & spells["funding_class"].notna()
        & (spells["valid_from"] <= pd.Timestamp(params.quarter.end))
    ].sort_values("valid_from", kind="stable")
    found = []
    for key in params.measures:
        of = due[due["measure_id"] == key]
        columns = (of["funding_class"], of["valid_from"].dt.date, of["valid_until"].dt.date)
        for name, since, until in zip(*columns, strict=True):
            last = None if pd.isna(until) else until
            found.append(FundingSpell(measure=key, funding_class=str(name), since=since, until=last))
    return found


def _begun(rows: pd.DataFrame, classes: list[str], params: Params) -> CountTable:
    """Participations begun, and the persons behind them, by quarter and class."""
    quarters: list[Quarter] = [params.quarter]
    while len(quarters) < TREND_QUARTERS:
        quarters.insert(0, quarters[0].previous)
    parts = [
        [
            rows[
                rows["started_on"].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))
                & (rows["funding_class"] == name)
            ]
            for name in classes
        ]
        for quarter in quarters
    ]
    shape = (len(quarters), len(classes))
    return CountTable(
        definition=define(QUESTION, "begun", **cohort_details(params)),
        rows=tuple(map(str, quarters)),
        columns=tuple(classes),
        row_dimension="quarter",
        column_dimension="funding_class",
        counts=np.array([[len(part) for part in line] for line in parts], dtype=np.int64).reshape(shape),
        unit="participations",
        persons=np.array(
            [[part["person_id"].nunique() for part in line] for line in parts], dtype=np.int64
        ).reshape(shape),
        shares="of_row",
        # What began in these quarters is some of what began at all.
        links=tuple(
            Link(
                whole=begun_under(params, name),
                cells=tuple((i, j) for i in range(len(quarters))),
                rest=True,
                size=int((rows["funding_class"] == name).sum()),
            )
            for j, name in enumerate(classes)
        ),
    )
