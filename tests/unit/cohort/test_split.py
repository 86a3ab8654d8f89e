"""Start-stop rows: splitting keeps person-time and events, and puts characteristics where they belong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hamm_eval.cohort import Caseload, SpellColumn, TimeVarying, split_at, split_by_columns, split_by_spells
from hamm_eval.errors import UsageError

DAY_0 = pd.Timestamp("2016-01-01")


def rows(*spans: tuple[int, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(spans, columns=["start", "stop", "cause"])
    return frame.assign(person_id=[f"p{i}" for i in range(len(frame))], origin_on=DAY_0)


def spells(*given: tuple[str, int, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(given, columns=["person_id", "begin", "end"])
    return frame.assign(
        begin=DAY_0 + pd.to_timedelta(frame["begin"], unit="D"),
        end=DAY_0 + pd.to_timedelta(frame["end"].astype("float64"), unit="D"),
    )


def test_split_at_times_strictly_inside() -> None:
    found = split_at(rows((0, 10, 1), (4, 6, 2), (7, 20, 0)), [4, 6, 10])
    assert found[["person_id", "start", "stop", "cause"]].to_numpy().tolist() == [
        ["p0", 0, 4, 0],
        ["p0", 4, 6, 0],
        ["p0", 6, 10, 1],
        ["p1", 4, 6, 2],
        ["p2", 7, 10, 0],
        ["p2", 10, 20, 0],
    ]


def test_a_spell_is_in_force_after_its_first_day_and_on_its_last() -> None:
    found = split_by_spells(rows((0, 10, 1)), spells(("p0", 3, 6)), "working")
    assert found[["start", "stop", "cause", "working"]].to_numpy().tolist() == [
        [0, 3, 0, 0],
        [3, 6, 0, 1],
        [6, 10, 1, 0],
    ]


def test_spells_before_over_and_beyond_follow_up() -> None:
    given_spells = spells(("p0", -5, 2), ("p0", 1, 4), ("p0", 8, None), ("p1", -9, -2), ("nobody", 0, 5))
    found = split_by_spells(rows((0, 10, 1), (0, 10, 0)), given_spells, "working")
    first = found[found["person_id"] == "p0"]
    assert first.loc[first["working"] == 1, ["start", "stop"]].agg(["min", "max"])["stop"].tolist() == [1, 10]
    assert (first["stop"] - first["start"])[first["working"] == 1].sum() == 6
    second = found[found["person_id"] == "p1"]
    assert second[["start", "stop", "working"]].to_numpy().tolist() == [[0, 10, 0]]


def test_a_lag_shifts_the_spell() -> None:
    found = split_by_spells(rows((0, 10, 1)), spells(("p0", 1, 3)), "worked", lag_days=2)
    assert found.loc[found["worked"] == 1, ["start", "stop"]].to_numpy().tolist() == [[3, 5]]


def test_a_category_in_force_is_that_of_the_spell_begun_last() -> None:
    given_spells = spells(("p0", 2, 8), ("p0", 4, 6)).assign(kind=["a", "b"])
    found = split_by_spells(rows((0, 10, 0)), given_spells, "kind_now", value="kind")
    # What was begun first is in force again when what was begun within it has ended.
    assert found["kind_now"].fillna("-").tolist() == ["-", "a", "b", "a", "-"]
    assert found[["start", "stop"]].to_numpy().tolist() == [[0, 2], [2, 4], [4, 6], [6, 8], [8, 10]]


def test_of_spells_nested_twice_the_latest_that_still_runs_is_in_force() -> None:
    given_spells = spells(("p0", 1, None), ("p0", 2, 9), ("p0", 3, 4), ("p0", 5, 6)).assign(kind=list("abcd"))
    found = split_by_spells(rows((0, 10, 1)), given_spells, "kind_now", value="kind")
    pieces = found[["start", "stop"]].to_numpy().tolist()
    assert pieces == [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [6, 9], [9, 10]]
    assert found["kind_now"].fillna("-").tolist() == ["-", "a", "b", "c", "b", "d", "b", "a"]


def test_no_spells_leave_rows_whole() -> None:
    found = split_by_spells(rows((0, 10, 1)), spells(), "working")
    assert found[["start", "stop", "cause", "working"]].to_numpy().tolist() == [[0, 10, 1, 0]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20), st.integers(0, 2)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 6), st.integers(-10, 40), st.integers(0, 20)), max_size=8),
)
def test_splitting_keeps_person_time_and_events(
    spans: list[tuple[int, int, int]], jobs: list[tuple[int, int, int]]
) -> None:
    whole = rows(*((start, start + length, cause) for start, length, cause in spans))
    pieces = split_by_spells(whole, spells(*((f"p{p}", b, b + n) for p, b, n in jobs)), "working")
    assert (pieces["stop"] > pieces["start"]).all()
    time = (pieces["stop"] - pieces["start"]).groupby(pieces["person_id"]).sum()
    assert time.tolist() == (whole["stop"] - whole["start"]).groupby(whole["person_id"]).sum().tolist()
    assert pieces.groupby("person_id")["cause"].sum().tolist() == whole["cause"].tolist()
    # In force on a day if and only if a spell covers it: (begin, end] by brute force.
    for piece in pieces.itertuples():
        for day in np.arange(piece.start + 1, piece.stop + 1):
            covered = any(f"p{p}" == piece.person_id and b < day <= b + n for p, b, n in jobs)
            assert piece.working == int(covered)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (TimeVarying("transitions", value="nope"), r"time_varying\.value: .*Known: kind"),
        (TimeVarying("transitions", {"kind": "employmnt"}), "Did you mean employment?"),
        (TimeVarying("transitions", {"knd": "employment"}), "Did you mean kind?"),
    ],
)
def test_time_varying_names_what_the_table_holds(asked: TimeVarying, told: str) -> None:
    jobs = pd.DataFrame(columns=["person_id", "kind", "entered_on", "left_on"])
    with pytest.raises(UsageError, match=told):
        asked.column({"transitions": jobs})


def test_time_varying_needs_a_table_of_spells() -> None:
    with pytest.raises(UsageError, match="no spells"):
        TimeVarying("language_tests").column({})


def test_several_characteristics_split_rows_once() -> None:
    whole = rows((0, 10, 1), (2, 9, 0))
    jobs, courses = spells(("p0", 3, 6), ("p1", 4, 20)), spells(("p0", 4, 8)).assign(kind="b1")
    columns = {"working": SpellColumn(jobs), "course": SpellColumn(courses, "kind")}
    found = split_by_columns(whole, columns)
    other = split_by_columns(whole, dict(reversed(columns.items())))
    pd.testing.assert_frame_equal(found, other[found.columns])
    one_by_one = split_by_spells(split_by_spells(whole, jobs, "working"), courses, "course", value="kind")
    pd.testing.assert_frame_equal(found, one_by_one)
    first = found[found["person_id"] == "p0"]
    assert first[["start", "stop", "working"]].to_numpy().tolist() == [
        [0, 3, 0],
        [3, 4, 1],
        [4, 6, 1],
        [6, 8, 0],
        [8, 10, 0],
    ]
    assert first["course"].fillna("-").tolist() == ["-", "-", "b1", "b1", "-"]


def test_what_was_not_recorded_yet_is_missing() -> None:
    day_zero = rows((0, 10, 1))["origin_on"].iloc[0]
    since = (day_zero + pd.Timedelta(days=4)).date()
    column = SpellColumn(spells(("p0", 6, 8)), known_from=since)
    found = split_by_columns(rows((0, 10, 1)), {"volunteer": column})
    assert found[["start", "stop"]].to_numpy().tolist() == [[0, 4], [4, 6], [6, 8], [8, 10]]
    assert found["volunteer"].fillna(-1).tolist() == [-1, 0, 1, 0]


def test_volunteers_are_missing_before_they_were_recorded() -> None:
    support = pd.DataFrame(
        {
            "person_id": ["p0"],
            "kind": ["mentorship"],
            "started_on": pd.to_datetime(["2016-01-01"]),
            "ended_on": pd.to_datetime([None]),
        }
    )
    column = TimeVarying("volunteer_support").column({"volunteer_support": support})
    assert str(column.known_from) == "2015-11-01"


def test_the_caseload_counts_the_open_files_of_the_same_worker() -> None:
    day = pd.Timestamp("2016-01-01")
    cases = pd.DataFrame(
        {
            "case_id": list("abc"),
            "person_id": ["p0", "p1", "p2"],
            "social_worker": ["w", "w", "v"],
            "opened_on": [day, day + pd.Timedelta(days=3), day],
            "closed_on": [pd.NaT, day + pd.Timedelta(days=7), pd.NaT],
        }
    )
    whole = rows((0, 10, 1)).assign(origin_on=day)
    found = split_by_columns(whole, {"caseload": Caseload().column({"cases": cases})})
    assert found[["start", "stop", "caseload"]].to_numpy().tolist() == [[0, 3, 1], [3, 7, 2], [7, 10, 1]]
