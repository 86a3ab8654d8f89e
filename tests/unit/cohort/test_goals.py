"""When a goal was agreed, last unmet and first met, person by person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tiny_city import City, params

from hamm_eval.cohort import TableAbsent, build_goals
from hamm_eval.errors import UsageError

ASKED = {
    "domain": "language",
    "leaving": {"table": "departures", "date": "departed_on"},
    "reporting_delay_days": 60,
}


def asked() -> Any:
    return params(goals_at_reviews={"language": ASKED})


def goal(city: City, who: str, agreed: str, *reviews: tuple[str, str], domain: str = "language") -> None:
    number = f"z{len(city.records.get('goals', []))}"
    city.add("goals", goal_id=number, person_id=who, domain=domain, agreed_on=agreed)
    for on, status in reviews:
        city.add("goal_reviews", goal_id=number, reviewed_on=on, status=status)


def rows(city: City) -> list[tuple[int, ...]]:
    found = build_goals(city.case_file(), asked(), "language").rows
    return [
        tuple(row) for row in found[["time", "cause", "last_unmet", "reviews", "adapted"]].to_numpy().tolist()
    ]


def test_attained_between_two_reviews() -> None:
    city = City().person("a")
    goal(city, "a", "2016-03-01", ("2016-06-01", "unmet"), ("2016-08-30", "adapted"), ("2016-09-30", "met"))
    assert rows(city) == [(213, 1, 182, 3, 1)]


def test_met_at_the_first_review_may_have_been_from_the_day_after_the_agreement() -> None:
    city = City().person("a")
    goal(city, "a", "2016-03-01", ("2016-06-01", "met"), ("2016-09-01", "unmet"))
    assert rows(city) == [(92, 1, 0, 1, 0)]


def test_a_dropped_goal_and_a_departure_end_the_chance() -> None:
    city = City().person("a").person("b")
    goal(city, "a", "2016-03-01", ("2016-06-01", "dropped"), ("2016-09-01", "met"))
    goal(city, "b", "2016-03-01", ("2016-09-01", "met"))
    city.departs("b", "2016-05-01")
    assert rows(city) == [(92, 3, 0, 1, 0), (61, 2, 0, 0, 0)]


def test_the_closing_and_the_end_of_observation_censor() -> None:
    city = City().person("a", closed="2016-05-01").person("b")
    goal(city, "a", "2016-03-01", ("2016-06-01", "met"))
    goal(city, "b", "2017-03-01", ("2017-05-20", "met"))  # after 1 May 2017, the end of observation
    until = (dt.date(2017, 5, 1) - dt.date(2017, 3, 1)).days
    assert rows(city) == [(61, 0, 0, 0, 0), (until, 0, 0, 0, 0)]


def test_the_first_goal_of_the_domain_agreed_while_the_file_was_open() -> None:
    city = City().person("a").person("b").person("c")
    goal(city, "a", "2016-04-01", ("2016-06-01", "met"))
    goal(city, "a", "2016-03-01", ("2016-06-01", "unmet"))
    goal(city, "a", "2016-02-10", ("2016-06-01", "met"), domain="work")
    goal(city, "b", "2016-01-15", ("2016-06-01", "met"))  # before the file was opened
    found = build_goals(city.case_file(), asked(), "language").rows
    assert found["person_id"].tolist() == ["a"]
    assert found["cause"].tolist() == [0]


def test_what_lacks_is_said() -> None:
    city = City().person("a")
    with pytest.raises(UsageError, match="Known: language"):
        build_goals(city.case_file(), asked(), "work")
    with pytest.raises(TableAbsent):
        build_goals(city.case_file(), asked(), "language")
