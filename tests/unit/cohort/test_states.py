"""Rows in the states of a path, person by person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError
from tiny_city import City, params

from hamm_eval.cohort import TableAbsent, build_states
from hamm_eval.errors import NotEstimable, UsageError

LABEL = {"de": "x", "en": "x"}
LEAVING = {"table": "departures", "date": "departed_on"}
PHASES = {
    "label": LABEL,
    "spells": {"table": "phases", "value": "phase", "begin": "started_on"},
    "states": {key: {"label": LABEL} for key in "1234"},
    "closing": "state",
    "leaving": LEAVING,
    "reporting_delay_days": 60,
}
WAY = {
    "label": LABEL,
    "states": {
        "begin": {"label": LABEL},
        "b1": {"label": LABEL, "endpoint": "language_b1"},
        "work": {
            "label": LABEL,
            "event": {"table": "transitions", "date": "entered_on", "where": {"kind": "employment"}},
        },
    },
    "leaving": LEAVING,
    "reporting_delay_days": 60,
}


def asked(**paths: Any) -> Any:
    return params(states_over_time=paths or {"phases": PHASES, "way": WAY})


def phase(city: City, case: str, number: str, on: str) -> None:
    city.add("phases", case_id=case, phase=number, started_on=on)


def rows(city: City, key: str) -> list[tuple[Any, ...]]:
    found = build_states(city.case_file(), asked(), key).rows
    to = found["to_state"].where(found["to_state"].notna(), None)
    return list(zip(found["start"], found["stop"], found["from_state"], to, strict=True))


def test_phases_follow_each_other_until_the_case_is_closed() -> None:
    city = City().person("a", closed="2016-08-01")
    for number, on in (("1", "2016-02-01"), ("2", "2016-02-11"), ("3", "2016-05-01")):
        phase(city, "c0", number, on)
    assert rows(city, "phases") == [(0, 10, "1", "2"), (10, 90, "2", "3"), (90, 182, "3", "closed")]


def test_the_end_of_observation_censors_and_a_departure_is_a_state() -> None:
    city = City().person("a").person("b")
    phase(city, "c0", "2", "2017-06-01")  # after the end of observation: 30 June less 60 days
    city.departs("b", "2016-03-01")
    until = (dt.date(2017, 5, 1) - dt.date(2016, 2, 1)).days
    found = build_states(city.case_file(), asked(), "phases")
    assert found.rows[["start", "stop", "from_state"]].to_numpy().tolist() == [[0, until, "1"], [0, 29, "1"]]
    assert found.rows["to_state"].isna().tolist() == [True, False]
    assert found.rows["to_state"].tolist()[1] == "left"
    assert found.followed_until.tolist() == [until, until]
    assert found.states == ("1", "2", "3", "4", "closed", "left")


def test_closing_censors_a_path_where_it_is_no_state() -> None:
    city = City().person("a", closed="2016-08-01")
    city.test("a", "2016-03-01")
    found = build_states(city.case_file(), asked(), "way")
    assert rows(city, "way") == [(0, 29, "begin", "b1"), (29, 182, "b1", None)]
    assert found.followed_until.tolist() == [182]
    assert found.states == ("begin", "b1", "work", "left")


def test_the_furthest_step_counts_and_is_not_undone() -> None:
    city = City().person("a").person("b")
    city.works("a", "2016-03-01", "2016-04-01")
    city.test("a", "2016-05-01")
    city.test("b", "2015-12-01")  # before the file was opened: where b stands on day 0
    found = build_states(city.case_file(), asked(), "way").rows
    by = {who: list(part["from_state"]) for who, part in found.groupby("person_id")}
    assert by == {"a": ["begin", "work"], "b": ["b1"]}


def test_what_begins_on_the_last_day_is_seen_and_on_the_day_of_leaving_is_not() -> None:
    city = City().person("a", closed="2016-03-01").person("b")
    city.test("a", "2016-03-01")
    city.test("b", "2016-03-01")
    city.departs("b", "2016-03-01")
    found = rows(city, "way")
    assert found == [(0, 29, "begin", "b1"), (0, 29, "begin", "left")]


def test_what_cannot_be_answered_is_said() -> None:
    city = City().person("a")
    with pytest.raises(UsageError, match="Known: phases, way"):
        build_states(city.case_file(), asked(), "phase")
    with pytest.raises(TableAbsent):
        build_states(city.case_file(), asked(), "phases")
    phase(city, "c0", "9", "2016-02-01")
    with pytest.raises(NotEstimable, match="does not name"):
        build_states(city.case_file(), asked(), "phases")
    early = City().person("a", eligible="2014-01-01")
    with pytest.raises(NotEstimable, match="Nobody"):
        build_states(early.case_file(), asked(), "way")


@pytest.mark.parametrize(
    "change",
    [
        {"states": {"begin": {"label": LABEL}, "b1": {"label": LABEL}}},
        {"states": {"begin": {"label": LABEL}}},
        {"states": {**WAY["states"], "left": {"label": LABEL, "endpoint": "language_b1"}}},
        {"spells": PHASES["spells"]},
        {"states": {"begin": {"label": LABEL}, "b1": {"label": LABEL, "endpoint": "b1"}}},
    ],
)
def test_paths_that_contradict_themselves_are_refused(change: dict[str, Any]) -> None:
    from hamm_eval.params.contradictions import contradictions_between

    try:
        found = asked(way=WAY | change)
    except ValidationError:
        return
    assert any(problem for problem in contradictions_between(found))
