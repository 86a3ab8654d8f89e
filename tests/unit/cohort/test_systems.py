"""Who enters a mainstream system, and what follows an exit, person by person."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from tiny_city import BEGIN, City, params

from hamm_eval.cohort import TableAbsent, build_access, build_transitions
from hamm_eval.errors import NotEstimable, UsageError

LABEL = {"de": "x", "en": "x"}
LEAVING = {"table": "departures", "date": "departed_on"}
CHILDREN = {
    "label": LABEL,
    "systems": {
        "kita": {"label": LABEL, "kinds": ("kita",), "at_risk": {"min_age": 2, "max_age": 5}},
        "sport": {"label": LABEL, "kinds": ("club", "leisure")},
        "job_centre": {"label": LABEL, "kinds": ("job_centre",), "entitled_with": ("recognised",)},
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
    child(city, "one", born="2015-01-01")
    child(city, "six", born="2010-01-01")
    stay(city, "four", "kita", "2016-03-02")
    assert access(city, "kita") == {"four": (0, 30, 1)}
    assert set(access(city, "sport")) == {"four", "one", "six"}


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
