"""From a CaseFile and a path to rows ``(start, stop]`` spent in states, since the case file was opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.cohort.build import build_episodes
from hamm_eval.cohort.event_source import first_event_dates, require_table, tables_given, with_person
from hamm_eval.errors import NotEstimable
from hamm_eval.params import Endpoint, Params, StatePath
from hamm_eval.params.asked import asked_under

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

CLOSED, LEFT = "closed", "left"


@dataclass(frozen=True, slots=True, eq=False)
class StateCohort:
    """Persons of a path, and the rows that they spend in its states.

    Parameters
    ----------
    path : str
    states : tuple of str
        In the order of params, then "closed" where that is a state, then "left".
    rows : DataFrame
        person_id, household_id, start, stop (days since the case file was opened), from_state, to_state: the
        state entered at `stop`, None where the row is censored. Each person's rows follow each other.
    followed_until : ndarray of int, shape (persons,)
        Days after which nothing can be known of each person: the end of observation, or the closing of the
        case where that is no state.
    attrition : tuple of (str, int)
    end_of_observation : date
    """

    path: str
    states: tuple[str, ...]
    rows: pd.DataFrame
    followed_until: np.ndarray
    attrition: tuple[tuple[str, int], ...]
    end_of_observation: dt.date

    def __repr__(self) -> str:
        return f"<StateCohort {self.path}: internal, not released>"

    @property
    def persons(self) -> int:
        """Number of persons."""
        return int(self.rows["person_id"].nunique())


def build_states(case_file: CaseFile, params: Params, key: str) -> StateCohort:
    """Rows in the states of a path, for everyone of the cohort with a case file.

    Parameters
    ----------
    case_file : CaseFile
        What was recorded by the data cut.
    params : Params
    key : str
        Key of `params.states_over_time`.

    Returns
    -------
    StateCohort

    Raises
    ------
    UsageError
        No such path in params.
    TableAbsent
        A table that the path needs is not in the export.
    NotEstimable
        Nobody is under observation; a spell in a state that the path does not name.

    Notes
    -----
    Day 0 is the opening of the first case file: from then on everybody is under observation, so that the
    shares at the beginning are those observed and nobody enters late. A path ends with leaving the city
    ("left"), with the closing of the case while the person stays, or with the end of observation, the data
    cut minus the reporting delay of the path. What begins on the day of an end that is a state gives way to
    it. Without spells the furthest state reached counts, in the order of params: a later step taken first
    is not undone.
    """
    path = asked_under(params.states_over_time, key, what="path", where="states_over_time")
    # Who leaves, whose case is closed and when observation ends is what an endpoint "leaving" would ask.
    leaving = Endpoint(
        label=path.label, event=path.leaving, origin="case_opened", at_risk=path.at_risk, competing={}
    )
    end = params.data_cut - dt.timedelta(days=path.reporting_delay_days)
    cohort = build_episodes(case_file, params, key, leaving, end)
    persons = cohort.episodes
    if persons.empty:
        raise NotEstimable("Nobody is under observation.", where=f"states_over_time.{key}")
    closing_is_state = path.closing == "state"
    last = np.select(
        [persons["ending"] == "event", (persons["ending"] == "closed") & closing_is_state],
        [LEFT, CLOSED],
        default="",
    )
    changes = _changes(tables_given(case_file), params, path, persons)
    rows = _rows(persons, changes, last, next(iter(path.states)))
    states = (*path.states, *((CLOSED,) if closing_is_state else ()), LEFT)
    until = np.where(last == "", persons["time"], persons["followed_until"])
    return StateCohort(key, states, rows, until.astype(np.int64), cohort.attrition, cohort.end_of_observation)


def _changes(
    tables: Mapping[str, pd.DataFrame], params: Params, path: StatePath, persons: pd.DataFrame
) -> pd.DataFrame:
    """Days since the origin on which a state begins: person_id, day, state, in order."""
    origin = persons.set_index("person_id")["origin_on"]
    order = {state: rank for rank, state in enumerate(path.states)}
    if path.spells is not None:
        spells = path.spells
        found = with_person(tables, spells.table)[["person_id", spells.begin, spells.value]]
        found = found.rename(columns={spells.begin: "on", spells.value: "state"})
    else:
        dated = {}
        for state, asked in path.states.items():
            source = params.endpoints[asked.endpoint].event if asked.endpoint else asked.event
            if source is not None:
                require_table(tables, source.table)
                dated[state] = first_event_dates(tables, source).rename("on").rename_axis("person_id")
        found = pd.concat([days.reset_index().assign(state=state) for state, days in dated.items()])
    found = found[found["person_id"].isin(origin.index) & found["on"].notna()]
    stated = found["state"].astype(object)
    if not stated.isin(list(order)).all():
        raise NotEstimable(
            "Some spells are in a state that the path does not name.", where="states_over_time"
        )
    day = (pd.to_datetime(found["on"]) - found["person_id"].map(origin)).dt.days.to_numpy(dtype=np.int64)
    changes = pd.DataFrame(
        {"person_id": found["person_id"].to_numpy(), "day": day, "rank": stated.map(order).to_numpy(np.int64)}
    ).sort_values(["person_id", "day", "rank"], kind="stable")
    if path.spells is None:
        # The furthest step counts, whatever comes after it.
        changes["rank"] = changes.groupby("person_id")["rank"].cummax()
    names = dict(enumerate(path.states))
    return changes.assign(state=changes["rank"].map(names)).drop(columns="rank")


def _rows(persons: pd.DataFrame, changes: pd.DataFrame, last: np.ndarray, first_state: str) -> pd.DataFrame:
    """One row per stay: every person begins at day 0 and goes on to the end of follow-up."""
    known = persons[["person_id", "household_id", "time"]].assign(last=last)
    begin = known[["person_id"]].assign(day=0, state=first_state, given=False)
    # What began before day 0 is where a person stands on day 0; of one day the furthest counts.
    stays = pd.concat([begin, changes.assign(day=changes["day"].clip(lower=0), given=True)])
    stays = stays.merge(known, on="person_id").sort_values(["person_id", "day", "given"], kind="stable")
    # On the day of an end that is a state the end counts; a change on the day of a censoring is still seen.
    ended = stays["last"].to_numpy() != ""
    late = np.where(ended, stays["day"] >= stays["time"], stays["day"] > stays["time"])
    stays = stays[~late].drop_duplicates(["person_id", "day"], keep="last")
    same = (stays["person_id"] == stays["person_id"].shift()) & (stays["state"] == stays["state"].shift())
    stays = stays[~same]
    following = stays["person_id"].shift(-1) == stays["person_id"]
    stop = stays["day"].shift(-1).where(following, stays["time"]).astype(np.int64)
    to = stays["state"].shift(-1).where(following, stays["last"].mask(stays["last"] == "", None))
    rows = pd.DataFrame(
        {
            "person_id": stays["person_id"],
            "household_id": stays["household_id"],
            "start": stays["day"].astype(np.int64),
            "stop": stop,
            "from_state": stays["state"],
            "to_state": to.astype(object),
        }
    )
    # A state that begins on the last day of follow-up has no time of its own: only its beginning is seen.
    return rows[rows["stop"] > rows["start"]].reset_index(drop=True)
