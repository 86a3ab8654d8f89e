"""Whom do volunteers support, and what goes with it? Coverage by quarter, mentorship as a dated exposure.

Volunteer support is recorded since 1 November 2015. What was before is missing, not zero: quarters before say
so, and nobody counts as unsupported then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.associations import associations
from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.participations import evaluated_persons
from hamm_eval.casefile.tables import VOLUNTEERS_SINCE
from hamm_eval.cohort import Cohort, TimeVarying
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import CountTable, Link, Model
from hamm_eval.params import Params, VolunteerQuestion
from hamm_eval.params.asked import asked_under
from hamm_eval.vocabulary import Quarter

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "volunteers"
TABLE = "volunteer_support"
COLUMNS = ("supported", "unsupported")


def volunteer_coverage(case_file: CaseFile, params: Params, key: str) -> CountTable:
    """Persons with and without support by volunteers, by quarter.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.volunteers`, which names the kinds of support.

    Returns
    -------
    CountTable
        One row a quarter, from the beginning of the cohort's window to the last quarter whose records are
        complete. Counted are persons of the cohort with a case file who were eligible and in Hamm in the
        quarter, their file not closed before it; supported is who had support on any of its days. Quarters
        that end before anything was recorded are `unrecorded`; of the quarter in which recording began the
        days since then count, for persons as for support.

    Raises
    ------
    UsageError
        No such question in params.
    TableAbsent
        The export lacks a table that is needed.
    NotEstimable
        The window holds no complete quarter.
    """
    asked = asked_volunteers(params, key)
    tables = tables_given(case_file)
    since = dt.date.fromisoformat(VOLUNTEERS_SINCE)
    people = _people(tables, params)
    support = require_table(tables, TABLE)
    support = support[support["kind"].astype(object).isin(list(asked.kinds)) & support["started_on"].notna()]
    support = support[support["person_id"].isin(people.index)]
    quarters = _quarters(params, asked.reporting_delay_days)
    if not quarters:
        raise NotEstimable("No quarter of the window is complete.", where=f"volunteers.{key}")
    counts = np.zeros((len(quarters), 2), dtype=np.int64)
    for at, quarter in enumerate(quarters):
        begin, end = pd.Timestamp(max(quarter.start, since)), pd.Timestamp(quarter.end)
        if begin > end:
            continue
        there = people.index[(people["from"] <= end) & (people["until"] >= begin)]
        in_force = (support["started_on"] <= end) & (
            support["ended_on"].isna() | (support["ended_on"] >= begin)
        )
        supported = support.loc[in_force, "person_id"].drop_duplicates()
        counts[at, 0] = int(supported.isin(there).sum())
        counts[at, 1] = len(there) - counts[at, 0]
    return CountTable(
        definition=define(
            QUESTION, f"{key}/coverage", kinds=list(asked.kinds), recorded_since=VOLUNTEERS_SINCE,
            **cohort_details(params),
        ),
        rows=tuple(map(str, quarters)),
        columns=COLUMNS,
        row_dimension="quarter",
        column_dimension="volunteer_support",
        counts=counts,
        shares="of_row",
        additive=False,
        unrecorded=tuple(str(quarter) for quarter in quarters if quarter.end < since),
        # Supported or not by one kind of support or another: they are the same persons of a quarter.
        links=tuple(
            Link(whole=f"{_there(params)}|{quarter}", cells=((at, 0), (at, 1)))
            for at, quarter in enumerate(quarters)
            if quarter.end >= since
        ),
    )  # fmt: skip


def _there(params: Params) -> str:
    """Name of those who could have had support, for results that count them by quarter."""
    return (
        f"there:{define(QUESTION, 'there', recorded_since=VOLUNTEERS_SINCE, **cohort_details(params)).digest}"
    )


def volunteer_association(cohort: Cohort, case_file: CaseFile, params: Params, key: str) -> Model:
    """Hazard ratio of an endpoint while a volunteer supports a person, against times without.

    Parameters
    ----------
    cohort : Cohort
        Of the endpoint that the question names.
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.volunteers`.

    Returns
    -------
    Model
        As `associations`, with the support as a characteristic that changes: a person counts as supported
        from the day after its beginning to its last day and as unsupported at all other times. Days before
        support was recorded at all are in neither; whoever was at risk on such days alone is in `missing`.

    Raises
    ------
    UsageError
        No such question, or it names no endpoint.
    TableAbsent
        The export lacks a table that is needed.
    NotEstimable
        No event, or too few persons or events with support or without for a comparison (rule 6).

    Notes
    -----
    Support begins where somebody asks for it or is thought to need it: an association, no effect. Counted
    from its own day it gives nobody time in which the goal could not be missed (immortal time).
    """
    asked = asked_volunteers(params, key)
    asked_endpoint(params, key)
    exposure = TimeVarying(TABLE, {"kind": tuple(asked.kinds)}, yes_no=True)
    model = associations(
        cohort, params, asked.covariates, key=key, case_file=case_file, time_varying={key: exposure}
    )
    if not any(term.factor == key for term in model.terms):
        raise NotEstimable("Too few persons or events with support or without it.", where=f"volunteers.{key}")
    details = {**model.definition.details, "recorded_since": VOLUNTEERS_SINCE}
    return replace(model, definition=define(QUESTION, f"{key}/{asked.endpoint}", **details))


def asked_volunteers(params: Params, key: str) -> VolunteerQuestion:
    """The question of that name, or what names there are."""
    return asked_under(params.volunteers, key, what="question on volunteers", where="volunteers")


def asked_endpoint(params: Params, key: str) -> str:
    """The endpoint with which support is said to go, where the question names one."""
    endpoint = asked_volunteers(params, key).endpoint
    if endpoint is None:
        raise UsageError(
            "This question names no endpoint.",
            where=f"volunteers.{key}",
            todo="Name one, or show the coverage.",
        )
    return endpoint


def _quarters(params: Params, delay: int) -> list[Quarter]:
    """Quarters from the beginning of the window to the last whose records are complete."""
    complete = params.data_cut - dt.timedelta(days=delay)
    first = params.cohort.eligible_from
    quarter = Quarter(first.year, (first.month + 2) // 3)
    found = []
    while quarter.end <= complete:
        found.append(quarter)
        quarter = quarter.next
    return found


def _people(tables: Mapping[str, pd.DataFrame], params: Params) -> pd.DataFrame:
    """Persons of the cohort with a case file: from when to when support of theirs could be seen."""
    persons, eligible = evaluated_persons(tables, params)
    cases = require_table(tables, "cases")
    cases = cases[cases["person_id"].isin(persons)]
    forever = pd.Timestamp.max.normalize()
    closed = cases["closed_on"].fillna(forever).groupby(cases["person_id"]).max()
    departures = require_table(tables, "departures")
    left = departures["departed_on"].where(departures["departed_on"] >= departures["person_id"].map(eligible))
    gone = left.groupby(departures["person_id"]).min().reindex(closed.index).fillna(forever)
    until = closed.mask(gone < closed, gone)
    return pd.DataFrame({"from": eligible.reindex(closed.index), "until": until})
