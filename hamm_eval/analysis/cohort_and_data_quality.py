"""Who is evaluated, and how good are the records? Attrition, composition, completeness, reporting delays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import cohort_details, define, endpoint_details
from hamm_eval.casefile.frames import to_pandas
from hamm_eval.casefile.schema import Column, Kind, Sensitivity, Table
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort import Cohort
from hamm_eval.cohort.eligibility import status_on
from hamm_eval.cohort.event_source import concerns_persons, require_table, tables_given, with_person
from hamm_eval.errors import UsageError
from hamm_eval.estimate import CountTable, QuantileTable
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "cohort_and_data_quality"
DELAY_PROBABILITY = 0.95
DELAY_QUARTERS = 4
_DUE_AT_END = ("closing_reason", "ending")  # empty by right while the spell runs


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
    owners = [_owners(case_file, table) for table in found["table"]]
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


def completeness(case_file: CaseFile) -> CountTable:
    """Records with and without an entry, per column that may be empty and should not often be.

    Open ends of spells are empty by right and therefore not counted. Every cell brings the distinct persons
    behind it. Columns on residence status, origin or kind of departure are left out: they are never empty.
    """
    names: list[str] = []
    counts: list[list[int]] = []
    behind: list[list[int]] = []
    for name, rows in tables_given(case_file).items():
        table = BY_NAME[name]
        owner = _owners(case_file, name)
        if owner is None:
            continue
        for column in (c for c in table.columns if _may_lack(table, c)):
            due = pd.Series(True, index=rows.index)
            if column.name in _DUE_AT_END and table.spell is not None:
                due = rows[table.spell[1]].notna()
            there = rows[column.name].notna()
            names.append(f"{name}.{column.name}")
            counts.append([int((due & there).sum()), int((due & ~there).sum())])
            behind.append([owner[due & there].nunique(), owner[due & ~there].nunique()])
    return CountTable(
        definition=define(QUESTION, "completeness"),
        rows=tuple(names),
        columns=("present", "missing"),
        row_dimension="column",
        column_dimension="entry",
        counts=np.array(counts, dtype=np.int64).reshape(-1, 2),
        unit="records",
        persons=np.array(behind, dtype=np.int64).reshape(-1, 2),
        shares="of_row",
        additive=False,
    )


def reporting_delays(case_file: CaseFile, params: Params) -> QuantileTable:
    """Days within which 95 % of a table's records arrived, beside what params assume.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
        Names the tables (`reporting_delay_days`) and the assumed days.

    Returns
    -------
    QuantileTable
        One row per table that the export holds, estimated on events of the four quarters that ended at
        least one quarter before the one reported: a delay longer than the time that has passed since cannot
        be seen yet, so the youngest events would make records look quicker than they are. Only events on or
        after the day on which the person's first case file opened count, and not those before files began:
        what happened earlier could not be recorded when it did, and is no delay of today's work.
    """
    quarter = params.quarter.previous
    last = pd.Timestamp(quarter.start)
    for _ in range(DELAY_QUARTERS):
        quarter = quarter.previous
    begin = pd.Timestamp(max(quarter.start, params.cohort.files_begin or quarter.start))
    opened = require_table(tables_given(case_file), "cases").groupby("person_id")["opened_on"].min()
    names = tuple(name for name in params.reporting_delay_days if case_file.has(name))
    values, behind = [], []
    for name in names:
        facts = _first_records(case_file, name)
        recordable = facts["happened"] >= facts["person_id"].map(opened)
        older = facts[recordable & (facts["happened"] >= begin) & (facts["happened"] < last)]
        delay = (older["recorded_on"] - older["happened"]).dt.days.to_numpy()
        # The smallest delay by which 95 % had arrived: an observed number of days, none in between.
        values.append(
            float(np.quantile(delay, DELAY_PROBABILITY, method="inverted_cdf")) if delay.size else np.nan
        )
        behind.append(older["person_id"].nunique())
    return QuantileTable(
        definition=define(QUESTION, "reporting_delays", probability=DELAY_PROBABILITY),
        rows=names,
        row_dimension="table",
        probability=DELAY_PROBABILITY,
        values=np.array(values, dtype=np.float64),
        persons=np.array(behind, dtype=np.int64),
        unit="days",
        beside=np.array([params.reporting_delay_days[name] for name in names], dtype=np.float64),
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


def _may_lack(table: Table, column: Column) -> bool:
    """Columns whose emptiness tells of the quality of records and nothing of a person's status."""
    by_right = (
        column.required or column.open_end or (table.spell is not None and column.name == table.spell[0])
    )
    told = column.sensitivity is not Sensitivity.ORDINARY
    return not by_right and not told and column.kind is not Kind.TEXT


def _owners(case_file: CaseFile, name: str) -> pd.Series | None:
    """The person of each record, in the order of the table; None for tables about no person.

    A household stands for its members: it is counted as one.
    """
    rows = case_file.tables[name]
    if name == "households":
        return rows["household_id"]
    if "person_id" in rows.columns:
        return rows["person_id"]
    if not concerns_persons(name):
        return None
    key = BY_NAME[name].key
    owner = with_person(tables_given(case_file), name).drop_duplicates(key).set_index(key)["person_id"]
    return rows[key].map(owner)


def _first_records(case_file: CaseFile, name: str) -> pd.DataFrame:
    """Every dated fact of a table with the day of its first record: a correction later on is no delay."""
    table: Table = BY_NAME[name]
    versions = to_pandas(case_file.records[name])
    dates = [
        c.name for c in table.columns if c.kind is Kind.DATE and c.name != "recorded_on" and not c.planned
    ]
    if table.spell is not None:
        dates = list(table.spell)
    facts = [
        versions.loc[versions[date].notna(), [table.key, date, "recorded_on"]]
        .drop_duplicates(table.key)
        .rename(columns={date: "happened"})
        for date in dates
    ]
    found = pd.concat(facts, ignore_index=True)
    return found.merge(with_person(tables_given(case_file), name)[[table.key, "person_id"]], on=table.key)
