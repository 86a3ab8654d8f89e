"""From a CaseFile and an endpoint to a cohort of episodes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.cohort.eligibility import completed_years, first_eligibility, origin_days, status_on
from hamm_eval.cohort.episodes import Cohort
from hamm_eval.cohort.event_source import first_event_dates, require_table, tables_given
from hamm_eval.cohort.observation import observation_windows
from hamm_eval.errors import UsageError
from hamm_eval.params import Cohort as CohortRules
from hamm_eval.params import Endpoint, Params, TargetGroup

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

# A file closed because of a departure ends with the departure that is recorded within so many days after it.
# Deregistration is due two weeks after moving out and is often dated later, or by the office once a letter
# has come back. After two months it is another departure: whoever is still gone was not under observation
# in between, and follow-up ends with the file.
DEPARTURE_AFTER_CLOSING_DAYS = 60


def build_cohort(case_file: CaseFile, params: Params, endpoint_key: str) -> Cohort:
    """Episodes of everyone who is at risk of an endpoint, and the persons left after each step before.

    Parameters
    ----------
    case_file : CaseFile
        What was recorded by the data cut.
    params : Params
    endpoint_key : str
        Key of `params.endpoints`.

    Returns
    -------
    Cohort

    Raises
    ------
    UsageError
        No such endpoint in params.
    TableAbsent
        A table that the endpoint, a competing event or the cohort needs is not in the export.

    Notes
    -----
    Day 0 is the endpoint's origin. Follow-up begins with the latest of the origin, the opening of the case
    file and the day on which files begin to exist (`entry`, late entry), and ends with the first of

    1. the endpoint; on the same day it precedes everything else,
    2. a competing event on or after day 0 (who left before and came back is under observation again); of
       several on one day the first that params names,
    3. the closing of the case while the person stays in Hamm (censored, possibly informative),
    4. the end of observation: the data cut minus the longest reporting delay of the tables of 1 and 2.

    An export without the table of a competing event cannot tell who left: the question has no answer then,
    for taking nobody to have left would estimate 1 - Kaplan-Meier under another name. A file that was closed
    because of the departure ends with the departure recorded within `DEPARTURE_AFTER_CLOSING_DAYS` after it,
    not a few days earlier; with the file where none is recorded by then.
    Rows are at risk on (entry, time]. Whoever reached the endpoint on or before the day of entry is a
    prevalent case, whoever left or whose file was closed by then was never under observation: both are
    counted in `attrition`, so that no row with time <= entry remains.
    """
    endpoint = _endpoint(params, endpoint_key)
    return build_episodes(case_file, params, endpoint_key, endpoint, observation_end(params, endpoint))


def build_episodes(
    case_file: CaseFile,
    params: Params,
    endpoint_key: str,
    endpoint: Endpoint,
    end_of_observation: dt.date,
    *,
    day_zero: pd.Series | None = None,
    ends: Mapping[str, pd.Series] = MappingProxyType({}),
) -> Cohort:
    """`build_cohort` for an endpoint that params need not name, with the day on which observation ends.

    `day_zero` is a day per person in place of the endpoint's origin; who has none is not at risk. `ends` are
    days per person, after day 0, on which the endpoint becomes impossible in ways that no record tells: by
    name they compete besides what the endpoint says, in this order.
    """
    tables = tables_given(case_file)
    end = pd.Timestamp(end_of_observation)

    members = require_table(tables, "persons").set_index("person_id")
    attrition = [("recorded", len(members))]

    def keep(step: str, condition: pd.Series) -> None:
        nonlocal members
        members = members[condition.reindex(members.index).fillna(False).astype(bool)]
        attrition.append((step, len(members)))

    rules = params.cohort
    if rules.population is not None:
        keep("population", members["population"].astype(object) == rules.population.value)
    eligible = first_eligibility(tables).reindex(members.index)
    window = (pd.Timestamp(rules.eligible_from), pd.Timestamp(rules.eligible_until))
    keep("eligible_in_window", eligible.between(*window))
    origin = origin_days(tables, endpoint.origin) if day_zero is None else day_zero
    members = members.assign(origin_on=origin.reindex(members.index))
    if day_zero is not None:
        keep("with_origin", members["origin_on"].notna())
    cases = require_table(tables, "cases")
    described = described_on(rules, members["origin_on"], cases)
    if rules.status_at_origin is not None:
        allowed = [status.value for status in rules.status_at_origin]
        keep("status_at_origin", status_on(tables, described).isin(allowed))
    described = described.reindex(members.index)
    if "residence_status" in tables:
        members = members.assign(status=status_on(tables, described))
    members = members.assign(age=completed_years(members["birth_month"], described))
    keep("age_at_origin", members["age"].between(endpoint.at_risk.min_age, endpoint.at_risk.max_age))

    keep("with_case_file", members.index.to_series().isin(cases["person_id"]))
    not_before = _not_before(rules, members["origin_on"])
    seen = observation_windows(cases, not_before)
    members = members.join(seen)
    entry_on = pd.concat([not_before.reindex(members.index), members["opened_on"]], axis=1).max(
        axis=1, skipna=False
    )
    follow_up = _follow_up(tables, endpoint, members, end, ends)
    members = members.assign(**follow_up, entry=_days(entry_on, members["origin_on"]))

    keep("under_observation", members["ends_without"] > members["entry"])
    keep("goal_open_at_entry", members["time"] > members["entry"])
    return Cohort(
        endpoint=endpoint_key,
        causes=(endpoint_key, *endpoint.competing, *ends),
        episodes=_tidy(members, tables),
        attrition=tuple(attrition),
        end_of_observation=end_of_observation,
    )


def _not_before(rules: CohortRules, origin: pd.Series) -> pd.Series:
    """Day before which nobody is under observation: the origin, or the beginning of files."""
    if rules.files_begin is None:
        return origin
    return origin.mask(origin < pd.Timestamp(rules.files_begin), pd.Timestamp(rules.files_begin))


def described_on(rules: CohortRules, origin: pd.Series, cases: pd.DataFrame) -> pd.Series:
    """Day whose age and residence status describe each person: the origin, or the first of observation."""
    if not isinstance(rules, TargetGroup) or rules.described_on == "origin":
        return origin
    earliest = _not_before(rules, origin)
    opened = observation_windows(cases, earliest)["opened_on"].reindex(origin.index)
    return earliest.mask(opened > earliest, opened)


def observation_end(params: Params, endpoint: Endpoint) -> dt.date:
    """Data cut minus the longest reporting delay of the tables of the event and of what competes."""
    named = {endpoint.event.table, *(source.table for source in endpoint.competing.values())}
    delay = max(params.reporting_delay_days[table] for table in named)
    return params.data_cut - dt.timedelta(days=delay)


def _endpoint(params: Params, key: str) -> Endpoint:
    """The endpoint of that name, or what names there are."""
    if key not in params.endpoints:
        raise UsageError(
            "There is no such endpoint in params.",
            where="endpoint",
            todo=f"Known: {', '.join(params.endpoints)}.",
        )
    return params.endpoints[key]


def _days(later: pd.Series, origin: pd.Series) -> pd.Series:
    """Whole days since the origin, infinite where the date is missing."""
    return (later - origin).dt.days.astype("float64").fillna(np.inf)


def _follow_up(
    tables: Mapping[str, pd.DataFrame],
    endpoint: Endpoint,
    members: pd.DataFrame,
    end: pd.Timestamp,
    ends: Mapping[str, pd.Series],
) -> dict[str, pd.Series]:
    """Time, cause and ending; `ends_without` is when follow-up ends unless the goal is reached."""
    origin = members["origin_on"]

    def since_origin(dates: pd.Series) -> pd.Series:
        return _days(pd.to_datetime(dates.reindex(members.index)), origin)

    event = since_origin(first_event_dates(tables, endpoint.event))
    recorded = pd.DataFrame(
        {
            key: since_origin(first_event_dates(tables, source, since=origin))
            for key, source in endpoint.competing.items()
        },
        index=members.index,
    )
    gone = recorded.min(axis=1) if len(recorded.columns) else pd.Series(np.inf, index=members.index)
    competing = recorded.assign(**{key: since_origin(days) for key, days in ends.items()})
    closed = _days(members["closed_on"], origin)
    # The file of someone who departs is often closed days before: the departure is what ended the chance.
    because = members["closing_reason"] == "departed"
    closed = closed.mask(because & (gone <= closed + DEPARTURE_AFTER_CLOSING_DAYS), np.inf)
    # No case file in the window: never under observation.
    closed = closed.mask(members["opened_on"].isna(), -np.inf)
    administrative = (end - origin).dt.days.astype("float64")
    impossible = pd.concat([gone, *(competing[key] for key in ends)], axis=1).min(axis=1)
    ends_without = pd.concat([impossible, closed, administrative], axis=1).min(axis=1)
    reached = event <= ends_without
    left = ~reached & (impossible <= ends_without)
    shut = ~reached & ~left & (closed <= ends_without)
    which = competing.to_numpy().argmin(axis=1) + 2 if len(competing.columns) else 0
    cause = np.where(reached, 1, np.where(left, which, 0))
    ending = np.select([reached, left, shut], ["event", "competing", "closed"], "administrative")
    return {
        "time": event.where(reached, ends_without),
        "cause": pd.Series(cause, index=members.index),
        "ending": pd.Series(ending, index=members.index),
        "followed_until": administrative,
        "ends_without": ends_without,
    }


def _tidy(members: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per person in a fixed order, household type joined, scaffolding gone."""
    if "households" in tables:
        types = tables["households"].set_index("household_id")["household_type"]
        members = members.assign(household_type=members["household_id"].map(types.astype(object)))
    whole = {name: members[name].astype("int64") for name in ("entry", "time", "cause", "followed_until")}
    first = ["person_id", "household_id", "social_worker", "provider", "social_space", "origin_on"]
    order = [*first, "entry", "time", "cause", "ending", "followed_until"]
    scaffolding = ["ends_without", "opened_on", "closed_on", "closing_reason", "recorded_on", "population"]
    rows = members.assign(**whole).drop(columns=scaffolding, errors="ignore").reset_index()
    rest = [name for name in rows.columns if name not in order]
    return rows[[*order, *rest]].sort_values("person_id", kind="stable").reset_index(drop=True)
