"""From a CaseFile to who enters mainstream systems, and to what follows when a person leaves one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.cohort.build import build_episodes
from hamm_eval.cohort.eligibility import day_of_age, origin_days
from hamm_eval.cohort.episodes import Cohort
from hamm_eval.cohort.event_source import matching_rows, require_table, tables_given
from hamm_eval.cohort.states import LEFT, StateCohort
from hamm_eval.errors import NotEstimable
from hamm_eval.params import (
    AccessToSystems,
    Endpoint,
    EventSource,
    Params,
    System,
    TargetGroup,
    TransitionsBetweenSystems,
)
from hamm_eval.params.asked import asked_under

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

TABLE, ENTERED, LEFT_ON = "transitions", "entered_on", "left_on"
DEPARTURE, OUTGROWN, NONE = "departure", "outgrown", "none"


def build_access(case_file: CaseFile, params: Params, key: str) -> dict[str, Cohort]:
    """Episodes of everyone at risk of entering each system of a question.

    Parameters
    ----------
    case_file : CaseFile
        What was recorded by the data cut.
    params : Params
    key : str
        Key of `params.access_to_systems`.

    Returns
    -------
    dict of str to Cohort
        By system. Departure competes, and so does outgrowing the system; whoever had entered before
        observation began is a prevalent case, left out and counted. A column `grew_in` tells whom the
        system opened to by age: who was too young when it opened otherwise.

    Raises
    ------
    UsageError
        No such question in params.
    TableAbsent
        The export lacks a table that is needed.

    Notes
    -----
    A person is at risk while a system is open to them, by eligibility, residence status and age together, and
    while a file can see it. Day 0 is the latest of

    1. the first day of eligibility for case management; of a target group with a clock of its own its first
       day,
    2. the first day with a residence status that opens the system,
    3. the day before the one on which the system's least age is reached: who grows into a system is at risk
       from the birthday on, which is day 1. To enter on this very day is to enter at once, not to have been
       there before (as the day of an exit is day 1 in `build_transitions`).

    Of a status it is asked once, whether it has opened the system: whoever loses it later stays at risk. All
    must be reached by the day itself: nobody is at risk of what is not open to them yet. Whoever entered
    on day 0 or before, had left by then or whose file was closed has no episode. Day 0 may lie long after the
    opening of the file: whoever left in between is back only if a file was opened since.

    The first day on which a person is older than the system's greatest age ends the chance: "outgrown", a
    competing event. It is no censoring. Whoever outgrew Kita can no longer enter it, as whoever left the city
    can not, and ends in the denominator without access; to censor would estimate the share that would have
    entered had nobody grown older, of a world that there is not, and that at unlike ages of leaving. On one
    day an entry precedes it. An entry later on is none: it is not what was asked.

    Of a birth the month is known. All are taken to be born on its first day, everywhere in a case file, so
    that birthdays are firsts of a month, those of 29 February on the first of it too. A person grows in up to
    a month too early, half a month in the mean, by which waiting looks longer; never too late, so that
    nobody who came with the birthday seems to have been there before. A source that knows but the year of
    birth cannot be read in: the month is a column that intake requires.
    """
    asked = asked_under(params.access_to_systems, key, what="question on access", where="access_to_systems")
    end = params.data_cut - dt.timedelta(days=asked.reporting_delay_days)
    tables = tables_given(case_file)
    return {name: _at_risk_of(case_file, tables, params, name, asked, end) for name in asked.systems}


def build_transitions(case_file: CaseFile, params: Params, key: str) -> StateCohort:
    """What follows after each person's first exit from a system: another system, none, or departure.

    Parameters
    ----------
    case_file : CaseFile
        What was recorded by the data cut.
    params : Params
    key : str
        Key of `params.transitions_between_systems`.

    Returns
    -------
    StateCohort
        States: the systems that may follow, "none", "left". All but "none" are final: the first system
        entered is what a person's exit led to.

    Raises
    ------
    UsageError
        No such question in params.
    TableAbsent
        The export lacks a table that is needed.
    NotEstimable
        Nobody's exit was observed.

    Notes
    -----
    Time counts from the exit, which is day 1: who enters on the day of the exit, or was in the next system
    already, has a bridge from the first day on. An exit counts while the person's file is open and before
    the departure; who leaves a system because of leaving the city has no exit. Systems that params do not
    name are none: to lose one job of two is an exit, to be without any other system the break.
    """
    asked = asked_under(
        params.transitions_between_systems,
        key,
        what="question on transitions",
        where="transitions_between_systems",
    )
    tables = tables_given(case_file)
    spells = require_table(tables, TABLE)
    spells = spells[spells[ENTERED].notna()]
    leaving = Endpoint(
        label=asked.label, event=asked.leaving, origin="case_opened", at_risk=asked.at_risk, competing={}
    )
    end = params.data_cut - dt.timedelta(days=asked.reporting_delay_days)
    out = _exits(tables, params, spells, asked)
    cohort = build_episodes(case_file, params, key, leaving, end, day_zero=out - pd.Timedelta(days=1))
    persons = cohort.episodes
    # Only exits that were seen when they happened: of earlier ones those who left the city since are missing.
    persons = persons[(persons["entry"] <= 0) & (persons["time"] > 1)]
    if persons.empty:
        raise NotEstimable("Nobody's exit was observed.", where=f"transitions_between_systems.{key}")
    rows = _first_destination(persons, spells, asked)
    states = (*asked.into, NONE, LEFT)
    final = rows["to_state"].notna()
    until = np.where(final, persons["followed_until"], persons["time"]).astype(np.int64)
    return StateCohort(
        key,
        states,
        rows,
        until,
        (*cohort.attrition, ("exit_observed", len(persons))),
        cohort.end_of_observation,
    )


def _at_risk_of(
    case_file: CaseFile,
    tables: Mapping[str, pd.DataFrame],
    params: Params,
    name: str,
    asked: AccessToSystems,
    end: dt.date,
) -> Cohort:
    """Episodes of everyone to whom one system is open on some day."""
    system = asked.systems[name]
    born = require_table(tables, "persons").set_index("person_id")["birth_month"]
    outgrown = day_of_age(born, system.at_risk.max_age + 1)
    opens, grew_in = _opens(tables, params, system, born)
    opens = opens.where(opens < outgrown.reindex(opens.index))
    opens = opens.mask(_gone_before(tables, asked.leaving, opens))
    found = build_episodes(
        case_file, params, name, _entry(asked, system), end, day_zero=opens, ends={OUTGROWN: outgrown}
    )
    by_age = grew_in.reindex(found.episodes["person_id"]).to_numpy(dtype=bool)
    return replace(found, episodes=found.episodes.assign(grew_in=by_age))


def _entry(asked: AccessToSystems, system: System) -> Endpoint:
    """Entry into a system as an endpoint; its ages are in day 0 and in what ends the chance."""
    event = EventSource(table=TABLE, date=ENTERED, where={"kind": tuple(map(str, system.kinds))})
    return Endpoint(
        label=system.label,
        event=event,
        competing={DEPARTURE: asked.leaving},
        horizons_months=asked.horizons_months,
    )


def _opens(
    tables: Mapping[str, pd.DataFrame], params: Params, system: System, born: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Day 0 of each person for a system, missing where it never opens; and whether age was what opened it."""
    clock = params.cohort.clock if isinstance(params.cohort, TargetGroup) else None
    day = origin_days(tables, clock or "eligibility")
    eve = day_of_age(born.reindex(day.index), system.at_risk.min_age) - pd.Timedelta(days=1)
    too_young = eve > day
    day = day.mask(too_young, eve)
    if not system.entitled_with:
        return day, too_young
    spells = require_table(tables, "residence_status")
    wanted = spells["status"].astype(object).isin([str(status) for status in system.entitled_with])
    begins = spells["valid_from"].where(wanted)
    ends = spells["valid_until"]
    # The first spell that has not ended before the person is eligible and of the age.
    own = spells["person_id"].map(day)
    open_then = ends.isna() | (ends >= own)
    first = begins.where(open_then).groupby(spells["person_id"]).min().reindex(day.index)
    late = first > day
    return day.mask(late, first).where(first.notna()), too_young & ~late


def _gone_before(tables: Mapping[str, pd.DataFrame], leaving: EventSource, opens: pd.Series) -> pd.Series:
    """Who left before a system opens to them, without a file opened since."""
    rows = matching_rows(tables, leaving)
    day = rows[leaving.date]
    earlier = day.where(day < rows["person_id"].map(opens))
    gone = earlier.groupby(rows["person_id"]).max().reindex(opens.index)
    back = require_table(tables, "cases").groupby("person_id")["opened_on"].max().reindex(opens.index)
    return gone.notna() & ~(back > gone)


def _exits(
    tables: Mapping[str, pd.DataFrame], params: Params, spells: pd.DataFrame, asked: TransitionsBetweenSystems
) -> pd.Series:
    """Day of each person's first exit from the system while a file can see it."""
    mine = spells[spells["kind"].astype(object).isin([str(kind) for kind in asked.out_of])]
    mine = mine[mine[LEFT_ON].notna()]
    opened = require_table(tables, "cases").groupby("person_id")["opened_on"].min()
    from_day = mine["person_id"].map(opened)
    if params.cohort.files_begin is not None:
        from_day = from_day.mask(
            from_day < pd.Timestamp(params.cohort.files_begin), pd.Timestamp(params.cohort.files_begin)
        )
    # The day before the exit is day 0: the file was open then.
    seen = mine[mine[LEFT_ON] > from_day]
    return seen.groupby("person_id")[LEFT_ON].min()


def _first_destination(
    persons: pd.DataFrame, spells: pd.DataFrame, asked: TransitionsBetweenSystems
) -> pd.DataFrame:
    """One row a person: from the exit to the first system that follows, the departure or the end."""
    target = {str(kind): name for name, following in asked.into.items() for kind in following.kinds}
    rank = {name: place for place, name in enumerate(asked.into)}
    day_zero = persons.set_index("person_id")["origin_on"]
    found = spells[spells["person_id"].isin(day_zero.index)]
    found = found.assign(state=found["kind"].astype(object).map(target))
    found = found[found["state"].notna()]
    own = found["person_id"].map(day_zero)
    # In force on the day after the exit, or begun since.
    still = found[LEFT_ON].isna() | ((found[LEFT_ON] - own).dt.days > 1)
    day = (found[ENTERED] - own).dt.days.clip(lower=1)
    found = found.assign(day=day, rank=found["state"].map(rank))[still]
    first = found.sort_values(["person_id", "day", "rank"], kind="stable").drop_duplicates("person_id")
    first = first.set_index("person_id").reindex(persons["person_id"])
    end = persons["time"].to_numpy(dtype=np.float64)
    entered = first["day"].to_numpy(dtype=np.float64)
    bridged = entered <= end
    departed = (persons["ending"] == "event").to_numpy()
    to = np.full(len(persons), None, dtype=object)
    to[departed] = LEFT
    to[bridged] = first["state"].to_numpy(dtype=object)[bridged]
    return pd.DataFrame(
        {
            "person_id": persons["person_id"].to_numpy(),
            "household_id": persons["household_id"].to_numpy(),
            "start": np.zeros(len(persons), dtype=np.int64),
            "stop": np.where(bridged, entered, end).astype(np.int64),
            "from_state": np.full(len(persons), NONE, dtype=object),
            "to_state": to,
        }
    )
