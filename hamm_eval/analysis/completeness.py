"""How complete are the records of those who are eligible? By column, and by quarter of recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.cohort_and_data_quality import QUESTION
from hamm_eval.analysis.definitions import define
from hamm_eval.analysis.owners import owners_of
from hamm_eval.analysis.quarters import recent_quarters
from hamm_eval.casefile.frames import to_pandas
from hamm_eval.casefile.schema import Column, Kind, Sensitivity, Table
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.eligibility import first_eligibility
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.estimate import CountTable, Link
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

_DUE_AT_END = ("closing_reason", "ending")  # empty by right while the spell runs


def completeness(case_file: CaseFile, params: Params) -> CountTable:
    """Records with and without an entry, per column that may be empty and should not often be.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
        The population evaluated; persons of it who have become eligible by the data cut count, and the
        households that one of them lives in.

    Returns
    -------
    CountTable
        Open ends of spells are empty by right and therefore not counted. Every cell brings the distinct
        persons behind it. Columns on residence status, origin or kind of departure are left out: they are
        never empty.
    """
    names: list[str] = []
    counts: list[list[int]] = []
    behind: list[list[int]] = []
    links: list[Link] = []
    for name, rows, owner in _records_of_eligible(case_file, params):
        for column, due in _due(BY_NAME[name], rows):
            there = rows[column].notna()
            # Entries of one column, made and missing, are the records of its table, as those of any other.
            cells = ((len(names), 0), (len(names), 1))
            links.append(Link(whole=f"records:{name}", cells=cells, rest=not due.all(), size=len(rows)))
            names.append(f"{name}.{column}")
            counts.append([int((due & there).sum()), int((due & ~there).sum())])
            behind.append([owner[due & there].nunique(), owner[due & ~there].nunique()])
    table = _table("completeness", "column", tuple(names), counts, behind, params)
    return replace(table, links=tuple(links))


def completeness_by_quarter(case_file: CaseFile, params: Params) -> CountTable:
    """Entries made and left empty, all columns of `completeness` together, by quarter of recording.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    CountTable
        One row for each of the quarters that `quarters.recent_quarters` names. A record counts in each
        quarter in which it was recorded or recorded anew, as its last version of that quarter has it: young
        records had as much time to be completed as old ones.
    """
    quarters = recent_quarters(params)
    counts, behind = np.zeros((len(quarters), 2), np.int64), np.zeros((len(quarters), 2), np.int64)
    persons: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in quarters]
    for name, latest, owner in _records_of_eligible(case_file, params):
        key = BY_NAME[name].key
        owners = pd.Series(owner.to_numpy(), index=latest[key].to_numpy())
        versions = to_pandas(case_file.records[name])
        versions = versions[versions[key].isin(owners.index)]
        for at, quarter in enumerate(quarters):
            recorded = versions["recorded_on"].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))
            rows = versions[recorded].drop_duplicates(key, keep="last")
            whose = rows[key].map(owners)
            for column, due in _due(BY_NAME[name], rows):
                for side, chosen in enumerate((due & rows[column].notna(), due & rows[column].isna())):
                    counts[at, side] += int(chosen.sum())
                    persons[at][side].update(whose[chosen])
    for at, sides in enumerate(persons):
        behind[at] = [len(side) for side in sides]
    rows_named = tuple(map(str, quarters))
    return _table("completeness_by_quarter", "quarter", rows_named, counts, behind, params)


def _table(
    key: str,
    dimension: str,
    rows: tuple[str, ...],
    counts: list[list[int]] | np.ndarray,
    behind: list[list[int]] | np.ndarray,
    params: Params,
) -> CountTable:
    """Entries present and missing."""
    asked = define(QUESTION, key, population=params.cohort.population, of="eligible")
    # Until version 2 the completeness of all records was told.
    version = 2 if key == "completeness" else 1
    return CountTable(
        definition=replace(asked, version=version),
        rows=rows,
        columns=("present", "missing"),
        row_dimension=dimension,
        column_dimension="entry",
        counts=np.array(counts, dtype=np.int64).reshape(-1, 2),
        unit="records",
        persons=np.array(behind, dtype=np.int64).reshape(-1, 2),
        shares="of_row",
        additive=False,
    )


def _records_of_eligible(
    case_file: CaseFile, params: Params
) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """Of each table about persons the records of those who are eligible, and whose each is."""
    tables = tables_given(case_file)
    persons = require_table(tables, "persons")
    since = first_eligibility(tables)
    eligible = persons["person_id"].isin(since.index[since <= pd.Timestamp(params.data_cut)])
    if params.cohort.population is not None:
        eligible &= (persons["population"] == params.cohort.population.value).fillna(False).astype(bool)
    for name, rows in tables.items():
        owner = owners_of(case_file, name)
        if owner is not None:
            whose = "household_id" if name == "households" else "person_id"
            mine = owner.isin(persons.loc[eligible, whose])
            yield name, rows[mine], owner[mine]


def _due(table: Table, rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """The columns that should not often be empty, and in which rows each is due."""
    for column in (c for c in table.columns if _may_lack(table, c)):
        due = pd.Series(True, index=rows.index)
        if column.name in _DUE_AT_END and table.spell is not None:
            due = rows[table.spell[1]].notna()
        yield column.name, due


def _may_lack(table: Table, column: Column) -> bool:
    """Columns whose emptiness tells of the quality of records and nothing of a person's status."""
    by_right = (
        column.required or column.open_end or (table.spell is not None and column.name == table.spell[0])
    )
    told = column.sensitivity is not Sensitivity.ORDINARY
    return not by_right and not told and column.kind is not Kind.TEXT
