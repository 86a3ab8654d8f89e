"""Adults' language goals as reviews see them, and as the language tests date them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from trap_lab import Answer, City, households

from hamm_eval.cohort.eligibility import completed_years, first_eligibility
from hamm_eval.survival import aalen_johansen


def language_goals(city: City) -> pd.DataFrame:
    """Goals that no test had shown as reached when they were agreed.

    In days since the agreement, infinite for never: `met`, the first review that found the goal met;
    `unmet`, the last one before that did not, 0 for none; `tested`, the first passed test; `closed`, the
    file's closing or the end of records; `ended`, the end of what reviews can see: the goal changed or
    dropped, or `closed`. `by_closing` tells a file that was closed because all goals are attained.
    """
    tables = city.whole.tables
    goals = tables["goals"][tables["goals"]["domain"] == "language"]
    persons = tables["persons"][["person_id", "household_id", "birth_month"]]
    goals = goals.merge(persons, on="person_id").set_index("goal_id")
    eligible = goals["person_id"].map(first_eligibility(tables))
    goals = goals[completed_years(goals["birth_month"], eligible).between(16, 64)]

    def since(days: pd.Series) -> pd.Series:
        """Days since the agreement, of days by goal."""
        return (days.reindex(goals.index) - goals["agreed_on"]).dt.days.astype("float64").fillna(np.inf)

    tests = tables["language_tests"]
    tests = tests[(tests["cefr_level"] == "B1") & tests["passed"]].groupby("person_id")["tested_on"].min()
    cases = tables["cases"].set_index("person_id")
    reviews = tables["goal_reviews"]
    met = reviews[reviews["status"] == "met"].groupby("goal_id")["reviewed_on"].min()
    changed = reviews[reviews["status"].isin(["adapted", "dropped"])].groupby("goal_id")["reviewed_on"].min()
    end = (pd.Timestamp(city.scenario.records_end) - goals["agreed_on"]).dt.days.astype("float64")
    closed = np.minimum(since(goals["person_id"].map(cases["closed_on"])), end)
    goals = goals.assign(
        met=since(met),
        tested=since(goals["person_id"].map(tests)),
        closed=closed,
        ended=np.minimum(since(changed), closed),
        by_closing=goals["person_id"].map(cases["closing_reason"]).eq("goals_attained").fillna(False),
    )
    goals = goals[goals["tested"] > 0]
    last = goals[["met", "ended"]].min(axis=1)
    seen = reviews[(reviews["status"] != "met") & reviews["goal_id"].isin(goals.index)]
    day = (seen["reviewed_on"] - seen["goal_id"].map(goals["agreed_on"])).dt.days
    before = day <= seen["goal_id"].map(last)
    unmet = day[before].groupby(seen["goal_id"]).max()
    return goals.assign(unmet=unmet.reindex(goals.index).fillna(0).astype("float64"))


def goal_incidence(goals: pd.DataFrame, time: pd.Series, reached: pd.Series, day: int) -> Answer:
    """Incidence of attainment so many days after the agreement; who is never followed is left out."""
    rows = time > 0
    curve = aalen_johansen(
        time[rows], reached[rows].astype("int64"), cluster=households(goals[rows]), causes=1
    ).at([day])
    return Answer(curve.incidence[0, 0], curve.std_error[0, 0])


def dated_by_the_test(city: City, day: int) -> Answer:
    """Incidence of attainment by the test that shows it, which has a day of its own."""
    goals = language_goals(city)
    last = goals[["tested", "closed"]].min(axis=1)
    return goal_incidence(goals, last, goals["tested"] <= goals["closed"], day)


def between_reviews(city: City, day: int) -> tuple[Answer, Answer]:
    """Bounds of the incidence: goals reached when first seen met, and right after last seen unmet.

    A file that is closed because all goals are attained shows that the goal is met as a review does. For
    reviews after which there is no further one, because the goal was changed or the file closed, stand those
    of the same number that were followed. Censored there, whoever has just been seen unmet would leave a risk
    set of persons whose next review is nearer: with 30 goals of 100 changed at each review the two bounds
    changed places.
    """
    spans = _spans(city)
    weights = _weights(spans)
    cluster = households(spans)
    met, begin, end = spans["met"].astype("int64"), spans["begin"], spans["end"]

    def incidence(time: pd.Series) -> Answer:
        """Incidence if those met at its end were so at `time`."""
        curve = aalen_johansen(time, met, entry=begin, weights=weights, cluster=cluster, causes=1).at([day])
        return Answer(curve.incidence[0, 0], curve.std_error[0, 0])

    return incidence(end), incidence(end.where(met == 0, begin + 0.5))


def _spans(city: City) -> pd.DataFrame:
    """From review to review, in days since the agreement, until the goal is met, changed or not followed.

    `number` is that of the review with which a span begins, 0 for the agreement.
    """
    goals = language_goals(city)
    reviews = city.whole.tables["goal_reviews"][["goal_id", "reviewed_on", "status"]]
    reviews = reviews[reviews["goal_id"].isin(goals.index)]
    seen = pd.DataFrame(
        {
            "goal_id": reviews["goal_id"],
            "end": (reviews["reviewed_on"] - reviews["goal_id"].map(goals["agreed_on"])).dt.days,
            "met": reviews["status"] == "met",
        }
    )
    seen = seen[seen["end"] <= seen["goal_id"].map(goals[["met", "ended"]].min(axis=1))]
    closing = goals[
        goals["by_closing"] & (goals["closed"] == goals["ended"]) & (goals["met"] > goals["ended"])
    ]
    closed = pd.DataFrame({"goal_id": closing.index, "end": closing["closed"].to_numpy(), "met": True})
    spans = pd.concat([seen, closed]).sort_values(["goal_id", "end", "met"], kind="stable")
    spans = spans.drop_duplicates(["goal_id", "end"], keep="last")
    of_goal = spans.groupby("goal_id")
    return spans.assign(
        begin=of_goal["end"].shift().fillna(0),
        number=of_goal.cumcount(),
        household_id=spans["goal_id"].map(goals["household_id"]),
    )


def _weights(spans: pd.DataFrame) -> pd.Series:
    """One over the chance of being followed so far, by the number of reviews."""
    begun = spans.groupby("number").size()
    unmet = spans[~spans["met"]].groupby("number").size()
    goes_on = (begun / unmet.shift().reindex(begun.index)).fillna(1.0)
    return spans["number"].map(1 / goes_on.cumprod())
