"""Who enters a mainstream system, and what follows an exit, person by person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tiny_city import BEGIN, City, params

from hamm_eval.cohort import TableAbsent, build_access, build_transitions
from hamm_eval.cohort.eligibility import completed_years, day_of_age
from hamm_eval.errors import NotEstimable, UsageError

LABEL = {"de": "x", "en": "x"}
LEAVING = {"table": "departures", "date": "departed_on"}
CHILDREN = {
    "label": LABEL,
    "systems": {
        "kita": {"label": LABEL, "kinds": ("kita",), "at_risk": {"min_age": 2, "max_age": 5}},
        "school": {"label": LABEL, "kinds": ("school",), "at_risk": {"min_age": 6, "max_age": 15}},
        "four": {"label": LABEL, "kinds": ("leisure",), "at_risk": {"min_age": 4}},
        "sport": {"label": LABEL, "kinds": ("club", "leisure")},
        "job_centre": {"label": LABEL, "kinds": ("job_centre",), "entitled_with": ("recognised",)},
        "full_age": {
            "label": LABEL,
            "kinds": ("job_centre",),
            "at_risk": {"min_age": 18},
            "entitled_with": ("recognised",),
        },
    },
    "leaving": LEAVING,
    "reporting_delay_days": 30,
}
AFTER_KITA = {
    "label": LABEL,
    "origin": LABEL,
    "none": LABEL,
    "out_of": ("kita",),
    "into": {
        "school": {"label": LABEL, "kinds": ("school",)},
        "training": {"label": LABEL, "kinds": ("vocational_training", "employment")},
    },
    "leaving": LEAVING,
    "horizons_months": (1, 3),
    "reporting_delay_days": 30,
}


def asked(**changes: Any) -> Any:
    return params(
        access_to_systems={"children": CHILDREN},
        transitions_between_systems={"after_kita": {**AFTER_KITA, **changes}},
    )


def stay(city: City, who: str, kind: str, entered: str, left: str | None = None) -> None:
    city.add("transitions", person_id=who, kind=kind, entered_on=entered, left_on=left)


def child(city: City, who: str, **more: Any) -> None:
    city.person(who, **{"born": "2012-01-01", **more})


def access(city: City, system: str) -> dict[str, tuple[int, int, int]]:
    rows = build_access(city.case_file(), asked(), "children")[system].episodes
    return {
        p: (e, t, c)
        for p, e, t, c in zip(*(rows[n] for n in ("person_id", "entry", "time", "cause")), strict=True)
    }


def after(city: City, **changes: Any) -> dict[str, tuple[int, str | None]]:
    rows = build_transitions(city.case_file(), asked(**changes), "after_kita").rows
    assert (rows["start"] == 0).all() and (rows["from_state"] == "none").all()
    to = rows["to_state"].where(rows["to_state"].notna(), None)
    return dict(zip(rows["person_id"], zip(rows["stop"], to, strict=True), strict=True))


def test_only_those_of_the_systems_age_are_at_risk() -> None:
    city = City()
    child(city, "four")
    child(city, "baby", born="2015-07-01")  # two years old after the end of observation
    child(city, "six", born="2010-01-01")
    stay(city, "four", "kita", "2016-03-02")
    assert access(city, "kita") == {"four": (0, 30, 1)}
    assert set(access(city, "sport")) == {"four", "baby", "six"}


# --- growing in and out ------------------------------------------------------------------------------------
# Eligible on 1 February 2016, day 0; observation ends on 31 May 2017, day 485. Kita is open from two to five
# years of age, school from six to fifteen.


def grown(city: City, system: str) -> dict[str, tuple[str, int, int, int, bool]]:
    """By person: day 0, entry, time and cause, and whether age was what opened the system."""
    rows = build_access(city.case_file(), asked(), "children")[system].episodes
    on = rows["origin_on"].dt.strftime("%Y-%m-%d")
    columns = (on, *(rows[name] for name in ("entry", "time", "cause", "grew_in")))
    return dict(zip(rows["person_id"], zip(*columns, strict=True), strict=True))


def test_who_is_too_young_is_at_risk_from_the_birthday_on() -> None:
    city = City()
    for who, on in (("eve", "2016-06-30"), ("day", "2016-07-01"), ("later", "2016-08-01")):
        child(city, who, born="2010-07-01")  # turns six on 1 July 2016
        stay(city, who, "school", on)
    child(city, "never", born="2010-07-01")
    # The birthday is day 1: to begin on it is to begin at once, a day before is to have been there.
    assert grown(city, "school") == {
        "day": ("2016-06-30", 0, 1, 1, True),
        "later": ("2016-06-30", 0, 32, 1, True),
        "never": ("2016-06-30", 0, 335, 0, True),
    }
    cohort = build_access(city.case_file(), asked(), "children")["school"]
    assert dict(cohort.attrition)["under_observation"] - cohort.persons == 1


def test_of_age_on_the_day_of_eligibility_or_on_the_day_after() -> None:
    city = City()
    child(city, "that_month", born="2010-02-01")  # six on 1 February 2016 itself
    child(city, "next_month", born="2010-03-01")
    child(city, "too_late", born="2011-07-01")  # six only after observation has ended
    assert grown(city, "school") == {
        "that_month": ("2016-02-01", 0, 485, 0, False),
        "next_month": ("2016-02-29", 0, 457, 0, True),
    }


def test_who_outgrows_a_system_has_a_competing_end_on_the_day_of_being_too_old() -> None:
    city = City()
    for who, on in (("before", "2016-06-30"), ("on_the_day", "2016-07-01"), ("after", "2016-07-02")):
        child(city, who, born="2010-07-01")  # six, and too old for Kita, on day 151
        stay(city, who, "kita", on)
    child(city, "never", born="2010-07-01")
    child(city, "gone", born="2010-07-01")
    city.departs("gone", "2016-07-01")
    child(city, "closed", born="2010-07-01", closed="2016-06-30")
    child(city, "six", born="2010-02-01")  # too old on day 0
    cohort = build_access(city.case_file(), asked(), "children")["kita"]
    assert cohort.causes == ("kita", "departure", "outgrown")
    found = {who: row[2:4] for who, row in grown(city, "kita").items()}
    assert found == {
        "before": (150, 1),
        "on_the_day": (151, 1),  # an entry precedes what ends the chance on the same day
        "after": (151, 3),
        "never": (151, 3),
        "gone": (151, 2),  # of two ends on one day the recorded one
        "closed": (150, 0),
    }


def test_a_file_closed_because_of_a_departure_does_not_end_with_a_birthday() -> None:
    city = City()
    child(city, "gone", born="2010-07-01", closed="2016-06-20", reason="departed")
    assert grown(city, "kita") == {"gone": ("2016-02-01", 0, 140, 0, False)}
    city.departs("gone", "2016-06-25")
    assert grown(city, "kita")["gone"][2:4] == (145, 2)


def test_who_grows_out_and_in_is_at_risk_of_both_one_after_the_other() -> None:
    city = City()
    child(city, "a", born="2010-07-01")
    assert (grown(city, "kita")["a"][2:4], grown(city, "school")["a"][0]) == ((151, 3), "2016-06-30")


def test_a_birthday_on_29_february_is_a_first_of_february() -> None:
    city = City()
    # Intake knows months; whatever day stands there, the month is what counts, in years with and without one.
    child(city, "month", born="2012-02-01", eligible="2016-01-15", opened="2016-01-15")
    child(city, "day", born="2012-02-29", eligible="2016-01-15", opened="2016-01-15")
    rows = build_access(city.case_file(), asked(), "children")["four"].episodes
    assert list(rows["origin_on"].dt.strftime("%Y-%m-%d")) == ["2016-01-31"] * 2
    born = pd.Series(pd.to_datetime(["2012-02-29", "2012-02-01", None]))
    for years, said in ((4, "2016-02-01"), (5, "2017-02-01")):
        assert day_of_age(born, years).dt.strftime("%Y-%m-%d").to_list()[:2] == [said, said]
    assert day_of_age(born, 6).isna().to_list() == [False, False, True]


@given(
    born=st.dates(dt.date(1920, 1, 1), dt.date(2017, 12, 31)),
    day=st.dates(dt.date(2013, 1, 1), dt.date(2025, 12, 31)),
    years=st.integers(0, 100),
)
def test_the_day_of_an_age_is_the_first_with_so_many_completed_years(
    born: dt.date, day: dt.date, years: int
) -> None:
    months, days = pd.Series([pd.Timestamp(born)]), pd.Series([pd.Timestamp(day)])
    reached = day_of_age(months, years)
    assert (days >= reached).item() == (completed_years(months, days) >= years).item()


def test_who_is_in_the_system_before_growing_into_it_is_not_at_risk() -> None:
    city = City()
    child(city, "early", born="2010-07-01")
    stay(city, "early", "school", "2016-02-15")  # at five
    cohort = build_access(city.case_file(), asked(), "children")["school"]
    assert cohort.persons == 0
    assert dict(cohort.attrition)["under_observation"] == 1


def test_who_left_before_growing_in_is_not_at_risk_unless_back() -> None:
    city = City()
    for who in ("gone", "back", "later"):
        child(city, who, born="2010-07-01", closed="2016-05-31" if who == "back" else None)
    city.departs("gone", "2016-03-01")  # the file was never closed
    city.departs("back", "2016-05-31")
    city.case("back", "2016-06-15", None)
    city.departs("later", "2016-07-10")
    assert grown(city, "school") == {
        "back": ("2016-06-30", 0, 335, 0, True),
        "later": ("2016-06-30", 0, 10, 2, True),
    }


def test_who_grows_in_before_a_file_is_open_enters_late() -> None:
    city = City()
    child(city, "a", born="2010-07-01", opened="2016-07-11")
    assert grown(city, "school") == {"a": ("2016-06-30", 11, 335, 0, True)}
    # A file that is closed by the birthday never saw the system open.
    city = City()
    child(city, "b", born="2010-07-01", closed="2016-06-30")
    assert grown(city, "school") == {}


def test_status_opens_a_system_only_to_who_is_of_age_and_age_only_with_the_status() -> None:
    def of(born: str, recognised: tuple[str, str | None]) -> dict[str, tuple[str, int, int, int, bool]]:
        city = City().person("a", status="prospect_of_staying", born=born)
        city.records["residence_status"][0]["valid_until"] = "2016-03-31"
        city.add(
            "residence_status",
            person_id="a",
            status="recognised",
            valid_from=recognised[0],
            valid_until=recognised[1],
        )
        return grown(city, "full_age")

    assert of("1998-07-01", ("2016-04-01", None)) == {"a": ("2016-06-30", 0, 335, 0, True)}
    assert of("1998-03-01", ("2016-04-01", None)) == {"a": ("2016-04-01", 0, 425, 0, False)}
    # Recognised, and no more when of age: the system never opens.
    assert of("1998-07-01", ("2016-04-01", "2016-05-31")) == {}


def test_several_kinds_are_one_system_and_departure_competes() -> None:
    city = City()
    for who in ("club", "leisure", "gone", "other"):
        child(city, who)
    stay(city, "club", "club", "2016-02-11")
    stay(city, "leisure", "leisure", "2016-02-21")
    stay(city, "other", "kita", "2016-02-21")
    city.departs("gone", "2016-03-02")
    found = access(city, "sport")
    assert (found["club"], found["leisure"], found["gone"]) == ((0, 10, 1), (0, 20, 1), (0, 30, 2))
    assert found["other"][2] == 0


def test_a_system_opens_with_the_residence_status_that_entitles_to_it() -> None:
    city = City().person("early").person("late", status="prospect_of_staying").person("never", status="x")
    for status in city.records["residence_status"]:
        if status["person_id"] == "late":
            status["valid_until"] = "2016-04-30"
    city.add(
        "residence_status", person_id="late", status="recognised", valid_from="2016-05-01", valid_until=None
    )
    stay(city, "late", "job_centre", "2016-05-11")
    stay(city, "early", "job_centre", "2016-02-06")
    assert access(city, "job_centre") == {"early": (0, 5, 1), "late": (0, 10, 1)}


def test_who_was_there_before_observation_began_is_counted_and_left_out() -> None:
    city = City()
    child(city, "before")
    child(city, "after")
    stay(city, "before", "kita", "2016-01-15")
    cohort = build_access(city.case_file(), asked(), "children")["kita"]
    assert list(cohort.episodes["person_id"]) == ["after"]
    assert dict(cohort.attrition)["under_observation"] - dict(cohort.attrition)["goal_open_at_entry"] == 1


def test_a_bridge_a_break_and_a_departure() -> None:
    city = City()
    for who in ("bridge", "break", "gone", "stays"):
        child(city, who)
        stay(city, who, "kita", BEGIN, None if who == "stays" else "2016-07-31")
    stay(city, "bridge", "school", "2016-08-10")
    city.departs("gone", "2016-08-20")
    # The exit is day 1; observation ends on 31 May 2017.
    assert after(city) == {"bridge": (11, "school"), "gone": (21, "left"), "break": (305, None)}


def test_who_is_in_the_next_system_already_has_a_bridge_from_the_first_day() -> None:
    city = City()
    for who, entered in (("same_day", "2016-07-31"), ("before", "2016-05-01")):
        child(city, who)
        stay(city, who, "kita", BEGIN, "2016-07-31")
        stay(city, who, "school", entered)
    child(city, "over")  # had left the other system by then
    stay(city, "over", "kita", BEGIN, "2016-07-31")
    stay(city, "over", "school", "2016-05-01", "2016-06-01")
    assert after(city) == {"same_day": (1, "school"), "before": (1, "school"), "over": (305, None)}


def test_the_first_system_counts_and_on_one_day_the_first_of_params() -> None:
    city = City()
    for who in ("first", "one_day"):
        child(city, who)
        stay(city, who, "kita", BEGIN, "2016-07-31")
    stay(city, "first", "employment", "2016-08-01")
    stay(city, "first", "school", "2016-08-02")
    stay(city, "one_day", "employment", "2016-08-02")
    stay(city, "one_day", "school", "2016-08-02")
    assert after(city) == {"first": (2, "training"), "one_day": (3, "school")}


def test_an_exit_is_seen_only_while_the_file_is_open_and_the_person_here() -> None:
    city = City()
    child(city, "leaves_the_city")
    child(city, "before_the_file")
    child(city, "after_closing", closed="2016-06-30")
    child(city, "again")
    for who, left in (
        ("leaves_the_city", "2016-07-31"),
        ("before_the_file", "2016-01-20"),
        ("after_closing", "2016-07-31"),
        ("again", "2016-01-20"),
    ):
        stay(city, who, "kita", "2016-01-10", left)
    city.departs("leaves_the_city", "2016-07-31")
    stay(city, "again", "kita", "2016-03-01", "2016-07-31")  # its first exit was not seen, this one is
    assert set(after(city)) == {"again"}


def test_each_persons_row_adds_up_to_everybody() -> None:
    city = City()
    for i in range(30):
        child(city, f"c{i}")
        stay(city, f"c{i}", "kita", BEGIN, "2016-07-31")
        if i % 3 == 0:
            stay(city, f"c{i}", "school", "2016-09-01")
    cohort = build_transitions(city.case_file(), asked(), "after_kita")
    assert cohort.persons == len(cohort.rows) == 30
    assert cohort.states == ("school", "training", "none", "left")
    assert dict(cohort.attrition)["exit_observed"] == 30
    # A final state is known until the end of observation.
    assert (cohort.followed_until == 305).all()


def test_nobodys_exit_is_no_answer() -> None:
    city = City()
    child(city, "stays")
    stay(city, "stays", "kita", BEGIN)
    with pytest.raises(NotEstimable, match="Nobody's exit"):
        build_transitions(city.case_file(), asked(), "after_kita")


def test_unknown_questions_and_tables() -> None:
    city = City().person("a")
    with pytest.raises(UsageError, match="Known: children"):
        build_access(city.case_file(), asked(), "adults")
    with pytest.raises(UsageError, match="Known: after_kita"):
        build_transitions(city.case_file(), asked(), "after_school")
    file = city.case_file()
    del file.tables["transitions"]
    with pytest.raises(TableAbsent):
        build_transitions(file, asked(), "after_kita")
    with pytest.raises(TableAbsent):
        build_access(file, asked(), "children")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"into": {"none": {"label": LABEL, "kinds": ("school",)}}}, "no names of systems"),
        (
            {
                "into": {
                    "a": {"label": LABEL, "kinds": ("school",)},
                    "b": {"label": LABEL, "kinds": ("school", "club")},
                }
            },
            "into one system only",
        ),
        ({"out_of": ("vocational_school",)}, "out_of"),
    ],
)
def test_transitions_that_cannot_be_asked(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        asked(**changes)
