"""Who is evaluated, and what became of the rows delivered? Attrition, composition, intake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import cohort_details, define, endpoint_details
from hamm_eval.analysis.owners import owners_of
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort import Cohort
from hamm_eval.cohort.eligibility import status_on
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.errors import UsageError
from hamm_eval.estimate import CountTable
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "cohort_and_data_quality"


def attrition(cohort: Cohort, params: Params) -> CountTable:
    """Persons left after each step from the case file to the persons at risk of an endpoint."""
    return CountTable(
        definition=define(
            QUESTION, f"attrition/{cohort.endpoint}", **endpoint_details(params, cohort.endpoint)
        ),
        rows=tuple(step for step, _ in cohort.attrition),
        columns=("persons",),
        row_dimension="step",
        column_dimension="",
        counts=np.array([[count] for _, count in cohort.attrition], dtype=np.int64),
        additive=False,
    )


def composition(case_file: CaseFile, params: Params, by: str) -> CountTable:
    """The evaluated population present at the data cut.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    by : "residence_status" or "household_type"
        Persons by residence status on that day, or the households of those with a status that the cohort
        asks for, by type.

    Returns
    -------
    CountTable
        Residence status is marked sensitive. Households bring the persons behind each cell.

    Raises
    ------
    UsageError
        Another characteristic.
    TableAbsent
        The export lacks a table that it needs: without departures nobody knows who is still here.
    """
    cut = pd.Timestamp(params.data_cut)
    tables = tables_given(case_file)
    persons = _present(tables, params, cut)
    if by == "residence_status":
        status = status_on(tables, pd.Series(cut, index=persons.index))
        rows, counts = _count(status, _words("residence_status", "status"))
        return CountTable(
            definition=define(QUESTION, f"composition/{by}", population=params.cohort.population),
            rows=rows,
            columns=("persons",),
            row_dimension=by,
            column_dimension="",
            counts=counts,
            sensitive=True,
            total=len(persons),
            shares="of_total",
        )
    if by == "household_type":
        households = require_table(tables, "households").set_index("household_id")
        asked = params.cohort.status_at_origin
        if asked is not None:
            status = status_on(tables, pd.Series(cut, index=persons.index))
            persons = persons[status.isin([s.value for s in asked])]
        types = persons["household_id"].map(households["household_type"].astype(object))
        words = _words("households", "household_type")
        rows, behind = _count(types, words)
        distinct = types.groupby(persons["household_id"]).first()
        _, counts = _count(distinct, words)
        return CountTable(
            definition=define(QUESTION, f"composition/{by}", **cohort_details(params)),
            rows=rows,
            columns=("households",),
            row_dimension=by,
            column_dimension="",
            counts=counts,
            unit="households",
            persons=behind,
            total=len(distinct),
            shares="of_total",
        )
    raise UsageError(
        "The population is not counted by this characteristic.",
        where="by",
        todo="Known: residence_status, household_type.",
    )


def intake(case_file: CaseFile) -> CountTable:
    """What became of the rows delivered: used, set aside, recorded too late, replaced by a later version.

    Tables about no person (the list of measures) are left out. How many persons stand behind the rows not
    used is unknown; the cell counts as resting on as few as it could, were every person as often in it as
    the person with the most rows used.
    """
    ways = ("used", "quarantined", "not_yet_known", "superseded", "excluded")
    found = case_file.reconciliation
    found = found[found["persons"].notna()]
    counts = found[list(ways)].to_numpy(dtype=np.int64)
    owners = [owners_of(case_file, table) for table in found["table"]]
    most = [1 if owner is None else owner.value_counts().max() for owner in owners]
    behind = np.ceil(counts / np.maximum(np.array(most, dtype=np.float64), 1)[:, None]).astype(np.int64)
    behind[:, 0] = found["persons"].to_numpy(dtype=np.int64)
    return CountTable(
        definition=define(QUESTION, "intake"),
        rows=tuple(str(table) for table in found["table"]),
        columns=ways,
        row_dimension="table",
        column_dimension="intake",
        counts=counts,
        unit="records",
        persons=behind,
    )


def _present(tables: Mapping[str, pd.DataFrame], params: Params, cut: pd.Timestamp) -> pd.DataFrame:
    """Persons of the evaluated population who are in the city on a day."""
    persons = require_table(tables, "persons").set_index("person_id")
    here = persons["arrived_on"] <= cut
    if params.cohort.population is not None:
        here &= persons["population"].astype(object) == params.cohort.population.value
    departures = require_table(tables, "departures")
    # Who left before the latest arrival has come back.
    arrived = departures["person_id"].map(persons["arrived_on"])
    gone = (departures["departed_on"] <= cut) & ~(departures["departed_on"] < arrived)
    return persons[here & ~persons.index.isin(departures.loc[gone, "person_id"])]


def _words(table: str, column: str) -> list[str]:
    """The declared categories of a column."""
    return list(BY_NAME[table].column(column).categories)


def _count(values: pd.Series, levels: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Levels that occur, in declared order, then "missing" if any is; and their counts as a column."""
    counts = values.value_counts()
    found = [level for level in levels if counts.get(level, 0) > 0]
    numbers = [int(counts[level]) for level in found]
    if values.isna().any():
        found.append("missing")
        numbers.append(int(values.isna().sum()))
    return tuple(found), np.array(numbers, dtype=np.int64).reshape(-1, 1)
