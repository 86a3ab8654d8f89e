"""How long after an event is it recorded? By table, by provider, by quarter of recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.cohort_and_data_quality import QUESTION
from hamm_eval.analysis.definitions import define
from hamm_eval.analysis.owners import provider_on
from hamm_eval.analysis.quarters import recent_quarters
from hamm_eval.casefile.frames import to_pandas
from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import require_table, tables_given, with_person
from hamm_eval.estimate import DistributionTable, QuantileTable
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

DELAY_PROBABILITY = 0.95
DELAY_QUARTERS = 4
PROBABILITIES = (0.25, 0.5, 0.75, DELAY_PROBABILITY)


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
    names = tuple(name for name in params.reporting_delay_days if case_file.has(name))
    facts = _settled(case_file, params)
    groups = [facts[facts["table"] == name] for name in names]
    return QuantileTable(
        definition=define(QUESTION, "reporting_delays", probability=DELAY_PROBABILITY),
        rows=names,
        row_dimension="table",
        probability=DELAY_PROBABILITY,
        values=np.array([_quantile(group["days"], DELAY_PROBABILITY) for group in groups], dtype=np.float64),
        persons=_persons(groups),
        unit="days",
        beside=np.array([params.reporting_delay_days[name] for name in names], dtype=np.float64),
    )


def delays_by_provider(case_file: CaseFile, params: Params) -> DistributionTable:
    """How long after an event each provider's records arrive: median, quartiles and 95 %.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    DistributionTable
        The events of `reporting_delays`, all tables together, by the provider whose case file was the
        person's latest to be opened by the day of the event. Providers stand in the order in which they are
        declared, all of them: this is no ranking. What differs may be due to what a provider records.
    """
    facts = _settled(case_file, params)
    provider, rows = provider_on(case_file, facts, "happened")
    return _distribution("delays/provider", "provider", rows, lambda row: facts[provider == row])


def delays_by_quarter(case_file: CaseFile, params: Params) -> DistributionTable:
    """How old events were when they were recorded, by quarter of recording: median, quartiles and 95 %.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    DistributionTable
        One row for each of the quarters up to the one reported that `quarters.recent_quarters` names. By
        the day of recording nothing is missing that is yet to come; a backlog worked off shows as a rise.
    """
    facts = _recorded(case_file, params)
    quarters = {str(quarter): quarter for quarter in recent_quarters(params)}

    def of(row: str) -> pd.DataFrame:
        quarter = quarters[row]
        return facts[facts["recorded_on"].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))]

    return _distribution("delays/quarter", "quarter", tuple(quarters), of)


def _distribution(
    key: str, dimension: str, rows: tuple[str, ...], of: Callable[[str], pd.DataFrame]
) -> DistributionTable:
    """The quantiles of every row."""
    groups = [of(row) for row in rows]
    values = [[_quantile(group["days"], at) for at in PROBABILITIES] for group in groups]
    return DistributionTable(
        definition=define(QUESTION, key, probabilities=list(PROBABILITIES)),
        rows=rows,
        row_dimension=dimension,
        probabilities=PROBABILITIES,
        values=np.array(values, dtype=np.float64).reshape(-1, len(PROBABILITIES)),
        persons=_persons(groups),
        unit="days",
    )


def _quantile(days: pd.Series, probability: float) -> float:
    """The smallest delay by which so many had arrived: an observed number of days, none in between."""
    if days.empty:
        return float("nan")
    return float(np.quantile(days.to_numpy(), probability, method="inverted_cdf"))


def _persons(groups: list[pd.DataFrame]) -> np.ndarray:
    """Distinct persons behind each group."""
    return np.array([group["person_id"].nunique() for group in groups], dtype=np.int64)


def _settled(case_file: CaseFile, params: Params) -> pd.DataFrame:
    """Events old enough for nearly all their records to have arrived; see `reporting_delays`."""
    quarter = params.quarter.previous
    last = pd.Timestamp(quarter.start)
    for _ in range(DELAY_QUARTERS):
        quarter = quarter.previous
    facts = _recorded(case_file, params)
    return facts[(facts["happened"] >= pd.Timestamp(quarter.start)) & (facts["happened"] < last)]


def _recorded(case_file: CaseFile, params: Params) -> pd.DataFrame:
    """Events that could be recorded when they happened: ``table, person_id, happened, recorded_on, days``."""
    opened = require_table(tables_given(case_file), "cases").groupby("person_id")["opened_on"].min()
    names = [name for name in params.reporting_delay_days if case_file.has(name)]
    found = [_first_records(case_file, name).assign(table=name) for name in names]
    columns = ["table", "person_id", "happened", "recorded_on"]
    if not found:
        kinds = {"happened": "datetime64[ns]", "recorded_on": "datetime64[ns]", "days": "int64"}
        return pd.DataFrame(columns=[*columns, "days"]).astype(
            dict.fromkeys(columns[:2], "string[pyarrow]") | kinds
        )
    facts = pd.concat(found, ignore_index=True)[columns]
    recordable = facts["happened"] >= facts["person_id"].map(opened)
    if params.cohort.files_begin is not None:
        recordable &= facts["happened"] >= pd.Timestamp(params.cohort.files_begin)
    facts = facts[recordable]
    return facts.assign(days=(facts["recorded_on"] - facts["happened"]).dt.days)


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
