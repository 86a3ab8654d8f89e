"""From a CaseFile to agreed goals with their reviews: when each was last unmet, when first met."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.cohort.build import build_episodes
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.params import Endpoint, GoalQuestion, Label, Params
from hamm_eval.params.asked import asked_under
from hamm_eval.vocabulary import Domain, GoalStatus

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

MET, DROPPED, ADAPTED = GoalStatus.MET, GoalStatus.DROPPED, GoalStatus.ADAPTED
CAUSES = ("goal", "departure", "dropped")
# Of several reviews of a goal on one day the first of these counts: being met precedes everything else.
PRECEDENCE = (MET, DROPPED, ADAPTED, GoalStatus.PARTLY, GoalStatus.UNMET)


@dataclass(frozen=True, slots=True, eq=False)
class FollowedGoals:
    """All goals that persons agreed while their case file was open, and the reviews of them.

    Parameters
    ----------
    goals : DataFrame
        One row per goal: goal_id, person_id, household_id, domain, agreed_on, target_on (missing where none
        is set), until (days from the agreement to the end of the person's follow-up), ending ("competing"
        where they left, "closed", "administrative").
    reviews : DataFrame
        One row per review until the end of follow-up: goal_id, day (since the agreement, above 0), status,
        score (-2 to +2, missing where none is recorded); of one day in the order of `PRECEDENCE`, the last
        being what counts.
    persons : DataFrame
        Everyone followed, one row a person, with their baseline columns (`Cohort.episodes`).
    end_of_observation : date
    """

    goals: pd.DataFrame
    reviews: pd.DataFrame
    persons: pd.DataFrame
    end_of_observation: dt.date

    def __repr__(self) -> str:
        return "<FollowedGoals: internal, not released>"


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
        (reviews that adapted it until then), adapted_day (of the first of all that did, infinite where none
        did), ending (how the person's follow-up ended), latest (what the latest review found, missing where
        there was none), score (at that review, missing where none is recorded).
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
    """
    asked = asked_under(params.goals_at_reviews, key, what="question on goals", where="goals_at_reviews")
    return first_goals(follow_goals(case_file, params, asked), asked.domain, key)


def follow_goals(case_file: CaseFile, params: Params, asked: GoalQuestion) -> FollowedGoals:
    """Goals agreed while the case file was open, and what reviews found of them.

    Raises
    ------
    TableAbsent
        The export lacks goals, reviews or another table that is needed.

    Notes
    -----
    Goals count that were agreed under observation: from the opening of the case file and the beginning of
    files on. Follow-up of a person ends with leaving the city, the closing of the case file, or the end of
    observation: the data cut less the delay within which records arrive. Later reviews are not used.
    """
    leaving = Endpoint(
        label=Label(de="leaving", en="leaving"),
        event=asked.leaving,
        origin="case_opened",
        at_risk=asked.at_risk,
        competing={},
    )
    end = params.data_cut - dt.timedelta(days=asked.reporting_delay_days)
    persons = build_episodes(case_file, params, "leaving", leaving, end).episodes
    # Leaving is the event that these episodes are built for; for a goal it is what competes.
    persons = persons.assign(ending=persons["ending"].replace("event", "competing"))
    tables = tables_given(case_file)
    goals = require_table(tables, "goals")
    goals = goals[goals["agreed_on"].notna()]
    wanted = ["goal_id", "person_id", "domain", "agreed_on", "target_on"]
    followed = goals.reindex(columns=wanted).merge(
        persons[["person_id", "household_id", "origin_on", "entry", "time", "ending"]], on="person_id"
    )
    agreed = (followed["agreed_on"] - followed["origin_on"]).dt.days
    # The end of follow-up, from the agreement on.
    followed = followed.assign(
        domain=followed["domain"].astype(object),
        target_on=pd.to_datetime(followed["target_on"]),
        until=followed["time"] - agreed,
    )
    # Of goals agreed before files began only those are known whose persons had not left by then.
    followed = followed[(agreed >= followed["entry"]) & (followed["time"] > agreed)]
    followed = followed.drop(columns=["origin_on", "entry", "time"])
    followed = followed.sort_values(["person_id", "agreed_on", "goal_id"], kind="stable")
    reviews = require_table(tables, "goal_reviews")
    return FollowedGoals(followed.reset_index(drop=True), _reviews(followed, reviews), persons, end)


def _reviews(goals: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Reviews of these goals until the end of follow-up, in the order in which they count."""
    wanted = ["goal_id", "reviewed_on", "status", "attainment_score"]
    seen = reviews.reindex(columns=wanted).merge(goals[["goal_id", "agreed_on", "until"]], on="goal_id")
    seen = seen.assign(
        day=(seen["reviewed_on"] - seen["agreed_on"]).dt.days,
        status=seen["status"].astype(object),
        score=seen["attainment_score"].astype("float64"),
    )
    seen = seen[(seen["day"] > 0) & (seen["day"] <= seen["until"])]
    rank = seen["status"].map({status: -place for place, status in enumerate(PRECEDENCE)})
    rank = rank.fillna(-len(PRECEDENCE))
    order = seen.assign(rank=rank).sort_values(["goal_id", "day", "rank"], kind="stable")
    return order[["goal_id", "day", "status", "score"]].reset_index(drop=True)


def first_goals(followed: FollowedGoals, domain: Domain, key: str) -> GoalCohort:
    """The first goal that each person agreed in a domain, followed until it is met, dropped or out of sight.

    Notes
    -----
    A goal is documented as attained at the first review that finds it met; that it was dropped ends the
    chance, as leaving the city does; the closing of the case and the end of observation censor. On one day a
    review that finds the goal met precedes everything else, leaving precedes that it was dropped, and both
    precede a censoring. What an adaptation made of the goal is not known:
    it is counted, not judged.
    """
    goals = followed.goals
    first = goals[goals["domain"] == domain.value].drop_duplicates("person_id")
    return GoalCohort(key, _attained(first, followed.reviews), followed.end_of_observation)


def _attained(rows: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Time, cause and what the reviews before saw."""
    seen = reviews[reviews["goal_id"].isin(rows["goal_id"])]

    def first(status: str) -> pd.Series:
        days = seen[seen["status"] == status].groupby("goal_id")["day"].min()
        return rows["goal_id"].map(days).astype("float64").fillna(np.inf)

    met, dropped, until = first(MET), first(DROPPED), rows["until"].astype("float64")
    attained = met <= dropped
    attained &= met <= until
    # An event precedes a censoring on its day; of two ends on one day the first of `CAUSES` counts.
    on_last_day = (dropped == until) & (rows["ending"] != "competing")
    given_up = ~attained & ((dropped < until) | on_last_day)
    left = ~attained & ~given_up & (rows["ending"] == "competing")
    time = np.select([attained, given_up], [met, dropped], until).astype(np.int64)
    rows = rows.assign(
        time=time, cause=np.select([attained, left, given_up], [1, 2, 3], 0), adapted_day=first(ADAPTED)
    )
    seen = seen.merge(rows[["goal_id", "time"]], on="goal_id")
    before = seen[(seen["day"] < seen["time"])].groupby("goal_id")["day"].max()
    until_end = seen[seen["day"] <= seen["time"]]
    counted = {
        "last_unmet": before,
        "reviews": until_end.groupby("goal_id")["day"].nunique(),
        "adapted": until_end[until_end["status"] == ADAPTED].groupby("goal_id").size(),
    }
    found = {name: rows["goal_id"].map(values).fillna(0).astype(np.int64) for name, values in counted.items()}
    latest = seen.drop_duplicates("goal_id", keep="last").set_index("goal_id")
    rows = rows.assign(
        **found,
        latest=rows["goal_id"].map(latest["status"]),
        score=rows["goal_id"].map(latest["score"]).astype("float64"),
    )
    wanted = ["person_id", "household_id", "time", "cause", *counted]
    wanted += ["adapted_day", "ending", "latest", "score"]
    return rows[wanted].sort_values("person_id", kind="stable").reset_index(drop=True)
