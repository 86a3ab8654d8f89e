"""One rule of the cohort each: who is in it, from when, until what."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from tiny_city import City, params

import hamm_eval
from hamm_eval.cohort import Cohort, TableAbsent, build_cohort
from hamm_eval.errors import NotEstimable, UsageError

END = dt.date(2017, 5, 1)  # 30 June minus 60 days


def built(city: City, endpoint: str = "language_b1", **changes: object) -> Cohort:
    return build_cohort(city.case_file(), params(**changes), endpoint)


def row(cohort: Cohort, who: str = "a") -> pd.Series:
    return cohort.episodes.set_index("person_id").loc[who]


def test_follow_up_ends_the_longest_reporting_delay_before_the_data_cut() -> None:
    cohort = built(City().person("a"))
    assert cohort.end_of_observation == END
    found = row(cohort)
    assert (found["entry"], found["time"], found["cause"]) == (0, 455, 0)
    assert found["ending"] == "administrative"
    assert found["followed_until"] == 455
    assert built(City().person("a"), "employment_13_weeks").end_of_observation == dt.date(2017, 5, 16)


def test_an_event_after_the_end_of_observation_is_not_seen() -> None:
    city = City().person("a")
    city.test("a", "2017-05-02")
    assert row(built(city))["cause"] == 0
    city.test("a", "2017-05-01")
    assert row(built(city))[["time", "cause"]].tolist() == [455, 1]


def test_first_passed_certificate_of_the_level_counts() -> None:
    city = City().person("a")
    city.test("a", "2016-03-01", passed=False)
    city.test("a", "2016-04-01", level="A2")
    city.test("a", "2016-06-01", level="B2")
    city.test("a", "2016-05-01")
    assert row(built(city))[["time", "cause", "ending"]].tolist() == [90, 1, "event"]


def test_departure_competes_and_the_goal_on_the_same_day_precedes_it() -> None:
    city = City().person("a").person("b").person("c")
    for who in "abc":
        city.departs(who, "2016-06-01")
    city.test("b", "2016-06-01")
    city.test("c", "2016-06-02")
    cohort = built(city)
    assert cohort.causes == ("language_b1", "departure")
    assert cohort.episodes["cause"].tolist() == [2, 1, 2]
    assert cohort.episodes["time"].tolist() == [121, 121, 121]


def test_who_left_before_day_0_and_came_back_is_followed_until_leaving_again() -> None:
    city = City().person("back").person("again").person("on_day_0")
    city.departs("back", "2015-11-01")
    city.departs("again", "2015-11-01")
    city.departs("again", "2016-06-01")
    city.departs("on_day_0", "2016-02-01")
    cohort = built(city)
    assert cohort.episodes["person_id"].tolist() == ["again", "back"]
    assert row(cohort, "back")[["time", "cause", "ending"]].tolist() == [455, 0, "administrative"]
    assert row(cohort, "again")[["time", "cause", "ending"]].tolist() == [121, 2, "competing"]


def test_of_two_competing_events_on_one_day_the_first_named_counts() -> None:
    city = City().person("a").person("b")
    city.departs("a", "2016-06-01", "died")
    city.departs("b", "2016-06-01")
    kinds = {
        "death": {"table": "departures", "date": "departed_on", "where": {"kind": "died"}},
        "departure": {"table": "departures", "date": "departed_on"},
    }
    changed = {key: endpoint.model_dump() for key, endpoint in params().endpoints.items()}
    changed["language_b1"]["competing"] = kinds
    cohort = built(city, endpoints=changed)
    assert cohort.causes == ("language_b1", "death", "departure")
    assert cohort.episodes["cause"].tolist() == [2, 3]


def test_closing_the_case_censors_and_an_event_on_that_day_precedes_it() -> None:
    city = City().person("a", closed="2016-06-01", reason="contact_lost")
    city.person("b", closed="2016-06-01", reason="goals_attained")
    city.test("b", "2016-06-01")
    cohort = built(city)
    assert row(cohort, "a")[["time", "cause", "ending"]].tolist() == [121, 0, "closed"]
    assert row(cohort, "b")[["time", "cause", "ending"]].tolist() == [121, 1, "event"]


def test_a_file_closed_for_departure_ends_with_the_recorded_departure() -> None:
    city = City().person("a", closed="2016-06-01", reason="departed")
    city.departs("a", "2016-06-09")
    city.person("b", closed="2016-06-01", reason="departed")
    cohort = built(city)
    assert row(cohort, "a")[["time", "cause", "ending"]].tolist() == [129, 2, "competing"]
    assert row(cohort, "b")[["time", "cause", "ending"]].tolist() == [121, 0, "closed"]


@pytest.mark.parametrize(
    ("departure", "found"),
    [
        ("2016-07-31", [181, 2, "competing"]),  # 60 days after the file was closed
        ("2016-08-01", [121, 0, "closed"]),  # 61 days
        ("2017-04-01", [121, 0, "closed"]),  # ten months: not under observation in between
    ],
)
def test_a_departure_long_after_closing_is_another_one(departure: str, found: list[object]) -> None:
    city = City().person("a", closed="2016-06-01", reason="departed")
    city.departs("a", departure)
    assert row(built(city))[["time", "cause", "ending"]].tolist() == found


def test_no_departure_is_lost_in_the_synthetic_city() -> None:
    """Every file closed for a departure that was recorded at all ends with it."""
    study = hamm_eval.open_study("params/2017-Q2.yaml")
    rows = study.cohort("language_b1").episodes
    closed = rows[rows["ending"] == "closed"].set_index("person_id")
    cases, departures = (study.case_file.tables[name] for name in ("cases", "departures"))
    reasons = cases[cases["closing_reason"] == "departed"].set_index("person_id")
    both = closed.index.intersection(reasons.index)
    assert not departures["person_id"].isin(both).any()
    assert (rows["cause"] == 2).sum() > 50


def test_entry_is_the_latest_of_origin_file_and_beginning_of_files() -> None:
    city = City().person("early", eligible="2015-10-01", opened="2015-12-01")
    city.person("file", opened="2016-02-15").person("origin", opened="2016-01-10")
    cohort = built(city)
    assert row(cohort, "early")["entry"] == 95  # 1 October to 4 January
    assert row(cohort, "file")["entry"] == 14
    assert row(cohort, "origin")["entry"] == 0


def test_who_reached_the_goal_by_entry_is_prevalent_and_counted() -> None:
    city = (
        City().person("before").person("on_the_day", opened="2016-02-10").person("after", opened="2016-02-10")
    )
    city.test("before", "2016-01-01")
    city.test("on_the_day", "2016-02-10")
    city.test("after", "2016-02-11")
    cohort = built(city)
    assert cohort.episodes["person_id"].tolist() == ["after"]
    assert dict(cohort.attrition)["under_observation"] == 3
    assert dict(cohort.attrition)["goal_open_at_entry"] == 1


def test_never_under_observation_is_counted_apart() -> None:
    city = City().person("gone", opened="2016-03-01")
    city.departs("gone", "2016-02-20")
    city.person("no_file", opened=None)
    city.person("closed_before_eligible", opened="2016-01-04", closed="2016-01-20")
    city.person("too_late", eligible="2017-05-01", opened="2017-05-01")
    city.person("fine")
    cohort = built(city)
    assert cohort.episodes["person_id"].tolist() == ["fine"]
    steps = dict(cohort.attrition)
    assert steps["age_at_origin"] == 5
    assert steps["with_case_file"] == 4
    assert steps["under_observation"] == 1


def test_population_window_status_and_age_are_steps_in_this_order() -> None:
    city = City().person("fine")
    city.person("eu", population="eu_citizen")
    city.person("never_eligible", eligible=None)
    city.person("too_early", eligible="2014-12-31")
    city.person("status", status="no_prospect_of_staying")
    city.person("child", born="2000-03-01")  # turns 16 a month after the origin
    city.person("just_16", born="2000-02-01")
    cohort = built(city)
    assert cohort.attrition == (
        ("recorded", 7),
        ("population", 6),
        ("eligible_in_window", 4),
        ("status_at_origin", 3),
        ("age_at_origin", 2),
        ("with_case_file", 2),
        ("under_observation", 2),
        ("goal_open_at_entry", 2),
    )
    assert row(cohort, "just_16")["age"] == 16


def test_first_eligibility_decides_and_status_is_that_of_the_origin() -> None:
    city = City().person("a", eligible="2014-06-01")
    city.add("eligibility", person_id="a", valid_from="2016-02-01", valid_until=None)
    city.person("b", status="no_prospect_of_staying")
    city.records["residence_status"][-1]["valid_until"] = "2016-01-31"
    city.add(
        "residence_status", person_id="b", status="recognised", valid_from="2016-02-01", valid_until=None
    )
    assert built(city).episodes["person_id"].tolist() == ["b"]


def test_without_an_eligibility_table_arrival_is_eligibility() -> None:
    city = City().person("a", eligible=None)
    found = row(built(city))
    assert found["origin_on"] == pd.Timestamp("2015-09-01")


def test_files_that_follow_each_other_are_one_window_and_a_gap_ends_it() -> None:
    city = City().person("moved", closed="2016-05-01")
    city.case("moved", "2016-05-02", "2016-08-01", worker="w2")
    city.person("gap", closed="2016-05-01")
    city.case("gap", "2016-05-03", None)
    city.person("overlap", closed="2016-05-01")
    city.case("overlap", "2016-03-01", None)
    cohort = built(city)
    assert row(cohort, "moved")[["time", "social_worker"]].tolist() == [182, "w1"]
    assert row(cohort, "gap")[["time", "ending"]].tolist() == [90, "closed"]
    assert row(cohort, "overlap")["ending"] == "administrative"


def test_a_file_before_the_origin_is_passed_over_for_a_later_one() -> None:
    city = City().person("a", opened="2015-10-01", closed="2015-12-01")
    city.case("a", "2016-03-01", None, worker="w2")
    assert row(built(city))[["entry", "social_worker"]].tolist() == [29, "w2"]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (None, [100, 1]),
        ("2016-05-11", [100, 1]),  # last day is the 91st
        ("2016-05-10", [455 + 15, 0]),  # 90 days
    ],
)
def test_sustained_event_happens_on_day_91(left: str | None, expected: list[int]) -> None:
    city = City().person("a")
    city.works("a", "2016-02-11", left)
    assert row(built(city, "employment_13_weeks"))[["time", "cause"]].tolist() == expected


def test_a_young_open_spell_is_unresolved_and_a_departure_within_it_precedes() -> None:
    city = City().person("young").person("gone").person("second")
    city.works("young", "2017-02-16")  # day 91 would be 17 May, the end of observation is 16 May
    city.works("gone", "2016-02-11")
    city.departs("gone", "2016-04-01")
    city.works("second", "2016-02-11", "2016-03-01")
    city.works("second", "2016-04-01")
    cohort = built(city, "employment_13_weeks")
    assert row(cohort, "young")["cause"] == 0
    assert row(cohort, "gone")[["time", "cause"]].tolist() == [60, 2]
    assert row(cohort, "second")[["time", "cause"]].tolist() == [150, 1]


def test_origin_may_be_arrival_or_the_opening_of_the_file() -> None:
    changed = {key: endpoint.model_dump() for key, endpoint in params().endpoints.items()}
    city = City().person("a", opened="2016-02-15")
    changed["language_b1"]["origin"] = "arrival"
    assert row(built(city, endpoints=changed))["entry"] == 167
    changed["language_b1"]["origin"] = "case_opened"
    assert row(built(city, endpoints=changed))["entry"] == 0


def test_input_tables_stay_as_they_were() -> None:
    case_file = City().person("a").person("b").case_file()
    before = {name: frame.copy(deep=True) for name, frame in case_file.tables.items()}
    build_cohort(case_file, params(), "language_b1")
    for name, frame in case_file.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_rows_do_not_depend_on_the_order_of_records() -> None:
    city = City().person("a").person("b", closed="2016-05-01")
    city.case("b", "2016-05-02", None)
    city.test("a", "2016-06-01")
    city.test("a", "2016-05-01")
    case_file = city.case_file()
    forward = build_cohort(case_file, params(), "language_b1").episodes
    for name in case_file.tables:
        case_file.tables[name] = case_file.tables[name].iloc[::-1]
    pd.testing.assert_frame_equal(forward, build_cohort(case_file, params(), "language_b1").episodes)


def test_what_lacks_is_said() -> None:
    city = City().person("a")
    case_file = city.case_file()
    del case_file.tables["language_tests"]
    with pytest.raises(NotEstimable, match=r"language_tests: .*not in the export"):
        build_cohort(case_file, params(), "language_b1")
    with pytest.raises(UsageError, match="language_b1, employment_13_weeks"):
        built(city, "language_c2")


def test_without_the_table_of_what_competes_there_is_no_answer() -> None:
    # Taking nobody to have left would be 1 - Kaplan-Meier.
    case_file = City().person("a").case_file()
    del case_file.tables["departures"]
    with pytest.raises(TableAbsent) as absent:
        build_cohort(case_file, params(), "language_b1")
    assert absent.value.table == "departures"
    alone = {key: endpoint.model_dump() for key, endpoint in params().endpoints.items()}
    alone["language_b1"]["competing"] = {}
    assert build_cohort(case_file, params(endpoints=alone), "language_b1").episodes["cause"].tolist() == [0]


def test_a_filter_on_a_column_that_the_source_lacks_is_no_answer() -> None:
    city = City().person("a")
    city.test("a", "2016-06-01")
    case_file = city.case_file()
    tests = case_file.tables["language_tests"]
    case_file.tables["language_tests"] = tests.assign(passed=pd.array([pd.NA], dtype="boolean"))
    with pytest.raises(NotEstimable, match="passed of language_tests is empty"):
        build_cohort(case_file, params(), "language_b1")


def test_nobody_at_risk_is_an_empty_cohort() -> None:
    cohort = built(City().person("a", opened="2017-05-01"))
    assert cohort.persons == 0
    assert cohort.attrition[-1] == ("goal_open_at_entry", 0)


def test_values_stay_out_of_the_representation() -> None:
    assert "secret-name" not in repr(built(City().person("secret-name")))
