"""From a CaseFile to one row per person with a goal of a domain: when it was last unmet, when first met."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.cohort.build import build_episodes
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.errors import UsageError
from hamm_eval.params import Endpoint, Label, Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

MET, DROPPED, ADAPTED = "met", "dropped", "adapted"
CAUSES = ("goal", "departure", "dropped")


@dataclass(frozen=True, slots=True, eq=False)
class GoalCohort:
    """Persons with a goal of one domain, followed from its agreement.

    Parameters
    ----------
    key : str
        Of the question in params.
    rows : DataFrame
        One row per person, the first goal agreed: person_id, household_id, time (days since the agreement),
        cause (0 censored, 1 documented as met, 2 left, 3 dropped), last_unmet (days since the agreement of
        the last review before that found it unmet, 0 where none did), reviews (until `time`), adapted
        (reviews that adapted it until then).
    end_of_observation : date
    """

    key: str
    rows: pd.DataFrame
    end_of_observation: dt.date

    def __repr__(self) -> str:
        return f"<GoalCohort {self.key}: internal, not released>"


def build_goals(case_file: CaseFile, params: Params, key: str) -> GoalCohort:
    """Follow the first goal that each person agreed in a domain.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.goals_at_reviews`.

    Returns
    -------
    GoalCohort

    Raises
    ------
    UsageError
        No such question in params.
    TableAbsent
        The export lacks goals, reviews or another table that is needed.

    Notes
    -----
    Those of the cohort whose goal was agreed while their case file was open. A goal is documented as attained
    at the first review that finds it met; that it was dropped ends the chance, as leaving the city does; the
    closing of the case and the end of observation censor. On one day a review that finds the goal met
    precedes everything else. What an adaptation made of the goal is not known: it is counted, not judged.
    """
    if key not in params.goals_at_reviews:
        raise UsageError(
            "There is no such question on goals in params.",
            where="goals_at_reviews",
            todo=f"Known: {', '.join(params.goals_at_reviews) or 'none'}.",
        )
    asked = params.goals_at_reviews[key]
    leaving = Endpoint(
        label=Label(de=key, en=key),
        event=asked.leaving,
        origin="case_opened",
        at_risk=asked.at_risk,
        competing={},
    )
    end = params.data_cut - dt.timedelta(days=asked.reporting_delay_days)
    persons = build_episodes(case_file, params, key, leaving, end).episodes
    tables = tables_given(case_file)
    goals = require_table(tables, "goals")
    goals = goals[(goals["domain"].astype(object) == asked.domain.value) & goals["agreed_on"].notna()]
    first = goals.sort_values(["person_id", "agreed_on", "goal_id"], kind="stable").drop_duplicates(
        "person_id"
    )
    known = ["person_id", "household_id", "origin_on", "time", "cause"]
    rows = first[["person_id", "goal_id", "agreed_on"]].merge(persons[known], on="person_id")
    agreed = (rows["agreed_on"] - rows["origin_on"]).dt.days
    # The end of follow-up, from the agreement on.
    rows = rows.assign(until=rows["time"] - agreed)[(agreed >= 0) & (rows["time"] > agreed)]
    return GoalCohort(key, _attained(rows, require_table(tables, "goal_reviews")), end)


def _attained(rows: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Time, cause and what the reviews before saw."""
    seen = reviews[["goal_id", "reviewed_on", "status"]].merge(
        rows[["goal_id", "agreed_on", "until"]], on="goal_id"
    )
    day = (seen["reviewed_on"] - seen["agreed_on"]).dt.days
    seen = seen.assign(day=day, status=seen["status"].astype(object))[(day > 0) & (day <= seen["until"])]

    def first(status: str) -> pd.Series:
        days = seen[seen["status"] == status].groupby("goal_id")["day"].min()
        return rows["goal_id"].map(days).astype("float64").fillna(np.inf)

    met, dropped, until = first(MET), first(DROPPED), rows["until"].astype("float64")
    attained = met <= dropped
    attained &= met <= until
    given_up = ~attained & (dropped < until)
    left = ~attained & ~given_up & (rows["cause"] == 1)
    time = np.select([attained, given_up], [met, dropped], until).astype(np.int64)
    rows = rows.assign(time=time, cause=np.select([attained, left, given_up], [1, 2, 3], 0))
    seen = seen.merge(rows[["goal_id", "time"]], on="goal_id")
    before = seen[(seen["day"] < seen["time"])].groupby("goal_id")["day"].max()
    until_end = seen[seen["day"] <= seen["time"]]
    counted = {
        "last_unmet": before,
        "reviews": until_end.groupby("goal_id")["day"].nunique(),
        "adapted": until_end[until_end["status"] == ADAPTED].groupby("goal_id").size(),
    }
    found = {name: rows["goal_id"].map(values).fillna(0).astype(np.int64) for name, values in counted.items()}
    wanted = ["person_id", "household_id", "time", "cause", *counted]
    return rows.assign(**found)[wanted].sort_values("person_id", kind="stable").reset_index(drop=True)
