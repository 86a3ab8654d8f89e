"""What the latest review found, when a goal was first adapted, and how follow-up ended, goal by goal."""

from __future__ import annotations

from typing import Any

import numpy as np
from test_goals import goal
from tiny_city import City, params

from hamm_eval.cohort import FollowedGoals, first_goals, follow_goals
from hamm_eval.params import GoalQuestion
from hamm_eval.vocabulary import Domain

ASKED = GoalQuestion.model_validate(
    {"leaving": {"table": "departures", "date": "departed_on"}, "reporting_delay_days": 60}
)

LATER = ("2017-06-20", "met")  # after 1 May 2017, the end of observation


def followed(city: City) -> FollowedGoals:
    return follow_goals(city.case_file(), params(), ASKED)


def language(city: City) -> list[dict[str, Any]]:
    return first_goals(followed(city), Domain.LANGUAGE, "x").rows.to_dict("records")


def test_the_latest_review_until_follow_up_ends_counts() -> None:
    city = City().person("a")
    goal(city, "a", "2016-03-01", ("2016-06-01", "met"), ("2016-09-01", "unmet"), LATER)
    (row,) = language(city)
    assert (row["cause"], row["time"], row["latest"]) == (1, 92, "unmet")


def test_of_two_reviews_on_one_day_being_met_counts() -> None:
    city = City().person("a").person("b")
    goal(city, "a", "2016-03-01", ("2016-06-01", "met"), ("2016-06-01", "adapted"))
    goal(city, "b", "2016-03-01", ("2016-06-01", "unmet"), ("2016-06-01", "dropped"))
    assert [row["latest"] for row in language(city)] == ["met", "dropped"]


def test_the_score_is_that_of_the_latest_review_and_may_lack() -> None:
    city = City().person("a").person("b").person("c")
    goal(city, "a", "2016-03-01", ("2016-06-01", "partly"), ("2016-09-01", "met"))
    goal(city, "b", "2016-03-01", ("2016-06-01", "partly"))
    goal(city, "c", "2016-03-01")
    for review, score in zip(city.records["goal_reviews"], (-1, 2, None), strict=True):
        review["attainment_score"] = score
    rows = language(city)
    assert rows[0]["score"] == 2
    assert np.isnan([rows[1]["score"], rows[2]["score"]]).all()
    assert rows[1]["latest"] == "partly"
    assert rows[2]["latest"] is None or rows[2]["latest"] != rows[2]["latest"]


def test_the_first_adaptation_has_its_day() -> None:
    city = City().person("a").person("b")
    goal(city, "a", "2016-03-01", ("2016-06-01", "adapted"), ("2016-07-01", "adapted"), ("2016-08-01", "met"))
    goal(city, "b", "2016-03-01", ("2016-06-01", "met"))
    assert [row["adapted_day"] for row in language(city)] == [92, np.inf]


def test_how_follow_up_ended_is_told_apart() -> None:
    city = City().person("a", closed="2016-05-01").person("b").person("c")
    for who in "abc":
        goal(city, who, "2016-03-01", LATER)
    city.departs("b", "2016-05-01")
    assert [row["ending"] for row in language(city)] == ["closed", "competing", "administrative"]
    assert [row["cause"] for row in language(city)] == [0, 2, 0]


def test_a_goal_dropped_on_the_last_day_of_sight_is_dropped_and_leaving_precedes_it() -> None:
    """An event at t precedes a censoring at t: the closing and the end of observation (1 May 2017)."""
    city = City().person("a", closed="2016-06-01").person("b").person("c")
    goal(city, "a", "2016-03-01", ("2016-06-01", "dropped"))
    goal(city, "b", "2016-03-01", ("2017-05-01", "dropped"))
    goal(city, "c", "2016-03-01", ("2016-06-01", "dropped"))
    city.departs("c", "2016-06-01")
    rows = language(city)
    assert [row["cause"] for row in rows] == [3, 3, 2]
    assert [row["time"] for row in rows] == [92, 426, 92]
    assert [row["latest"] for row in rows] == ["dropped"] * 3


def test_all_goals_are_followed_with_their_day_to_be_reached() -> None:
    city = City().person("a")
    goal(city, "a", "2016-04-01", LATER)
    goal(city, "a", "2016-03-01", domain="work")
    city.records["goals"][1]["target_on"] = "2016-12-01"
    goals = followed(city).goals
    assert goals["domain"].tolist() == ["work", "language"]
    assert goals["target_on"].isna().tolist() == [False, True]


def test_a_goal_agreed_before_files_began_would_have_had_time_in_which_nobody_could_leave() -> None:
    """Files begin on 4 January 2016: who agreed a goal before and left by then is in no file."""
    city = City().person("a", eligible="2015-10-01", opened="2015-10-01")
    goal(city, "a", "2015-11-01", ("2016-06-01", "met"))
    goal(city, "a", "2016-02-01", ("2016-06-01", "unmet"))
    (row,) = language(city)
    assert (row["cause"], row["latest"]) == (0, "unmet")
