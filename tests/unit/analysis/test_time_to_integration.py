"""Curves by group: merging in the declared order, the common beginning, what the gate needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from analysis_params import cohort_of, params

from hamm_eval.analysis.time_to_integration import first_time_with_at_risk, time_to_integration
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.survival import aalen_johansen


def rows(sizes: dict[str, tuple[int, int]], *, entry: int = 0) -> pd.DataFrame:
    """`sizes`: level to persons and events, the events on days 10, 11, ...; the others to day 400."""
    parts = []
    for level, (persons, events) in sizes.items():
        time = np.r_[np.arange(events) % 90 + 10, np.full(persons - events, 400)]
        cause = np.r_[np.ones(events, int), np.zeros(persons - events, int)]
        parts.append(pd.DataFrame({"kind": level, "entry": entry, "time": time, "cause": cause}))
    return pd.concat(parts, ignore_index=True)


def test_groups_large_enough_stay_apart() -> None:
    curves = time_to_integration(cohort_of(rows({"a": (60, 25), "b": (50, 20)})), params(), "kind")
    assert [group.level for group in curves.groups] == ["a", "b"]
    assert all(group.merged == () for group in curves.groups)
    assert [group.persons for group in curves.groups] == [60, 50]


@pytest.mark.parametrize("small", [(49, 20), (50, 19)])
def test_a_small_group_is_merged_by_the_first_step_that_helps(small: tuple[int, int]) -> None:
    data = rows({"a": (60, 25), "b": small, "c": (80, 30), "d": (80, 30)})
    curves = time_to_integration(cohort_of(data), params(), "kind")
    assert [group.level for group in curves.groups] == ["ab", "c", "d"]
    assert curves.groups[0].merged == ("a", "b")


def test_later_steps_build_on_earlier_ones() -> None:
    data = rows({"a": (30, 9), "b": (30, 9), "c": (80, 30)})
    curves = time_to_integration(cohort_of(data), params(), "kind")
    assert [(group.level, group.merged) for group in curves.groups] == [("abc", ("a", "b", "c"))]


def test_what_no_step_helps_is_left_for_the_gate() -> None:
    data = rows({"a": (60, 25), "d": (12, 3)})
    curves = time_to_integration(cohort_of(data), params(), "kind")
    assert [(group.level, group.persons) for group in curves.groups] == [("a", 60), ("d", 12)]


def test_persons_without_a_level_are_in_no_curve() -> None:
    data = rows({"a": (60, 25), "b": (60, 25)})
    data.loc[:4, "kind"] = None
    curves = time_to_integration(cohort_of(data), params(), "kind")
    assert [group.persons for group in curves.groups] == [55, 60]


def test_all_groups_begin_in_the_week_after_the_last_of_them_has_30_at_risk() -> None:
    # Day 8 is the day on which one person entered; what is shown begins with a week.
    data = pd.concat(
        [rows({"a": (60, 25)}), rows({"c": (20, 5)}), rows({"c": (40, 20)}, entry=8)], ignore_index=True
    )
    curves = time_to_integration(cohort_of(data), params(), "kind")
    assert {group.start_at for group in curves.groups} == {14.0}
    late = curves.groups[1]
    expected = aalen_johansen(
        late.time, late.cause, entry=late.entry, cluster=late.cluster, start_at=14, causes=2
    )
    np.testing.assert_array_equal(curves.estimates[1].incidence, expected.incidence)


def test_a_group_to_be_withheld_does_not_move_the_beginning() -> None:
    data = pd.concat([rows({"a": (60, 25)}), rows({"d": (12, 3)}, entry=9)], ignore_index=True)
    curves = time_to_integration(cohort_of(data), params(), "kind")
    assert {group.start_at for group in curves.groups} == {0.0}


@pytest.mark.parametrize(
    ("entry", "time", "least", "expected"),
    [
        ([0, 0, 5], [9, 9, 9], 2, 0),
        ([0, 5, 9], [20, 20, 20], 2, 5),
        ([0, 5, 9], [6, 20, 20], 3, 5),  # never three: from where most are at risk
        ([3], [4], 30, 3),
    ],
)
def test_first_time_with_at_risk(entry: list[int], time: list[int], least: int, expected: int) -> None:
    assert first_time_with_at_risk(np.array(entry), np.array(time), least) == expected


def test_ages_are_cut_into_named_classes() -> None:
    data = rows({"x": (200, 100)}).assign(age=lambda d: [17, 24, 25, 34] * 50)
    curves = time_to_integration(cohort_of(data), params(), "age_group")
    assert [(group.level, group.persons) for group in curves.groups] == [
        ("under_25", 100),
        ("25_and_over", 100),
    ]


def test_the_definition_stays_while_quarters_pass_and_changes_with_the_question() -> None:
    cohort = cohort_of(rows({"a": (60, 25)}))
    first = time_to_integration(cohort, params()).definition
    later = time_to_integration(
        cohort, params(quarter="2017-Q3", data_cut=dt.date(2017, 9, 30), eligible_until=dt.date(2017, 9, 30))
    ).definition
    other = time_to_integration(cohort, params(max_age=60)).definition
    assert first.digest == later.digest
    assert first.digest != other.digest
    assert first.id == other.id == "time_to_integration:goal"


def test_a_number_without_cuts_is_no_grouping() -> None:
    data = rows({"x": (200, 100)}).assign(age=lambda d: [17, 24, 25, 34] * 50)
    with pytest.raises(UsageError, match=r"groups\.age: .*Give the group cuts"):
        time_to_integration(cohort_of(data), params(), "age")


def test_unknown_group_and_empty_cohort_are_said() -> None:
    with pytest.raises(UsageError, match="Known: kind"):
        time_to_integration(cohort_of(rows({"a": (60, 25)})), params(), "knid")
    with pytest.raises(NotEstimable, match="Nobody"):
        time_to_integration(cohort_of(rows({"a": (60, 25)}).iloc[:0]), params())


def test_a_group_of_one_household_has_a_curve_without_an_error() -> None:
    data = rows({"a": (60, 25), "d": (12, 3)})
    cohort = cohort_of(data)
    alone = (cohort.episodes["kind"] == "d").to_numpy()
    episodes = cohort.episodes.assign(household_id=np.where(alone, "one", cohort.episodes["household_id"]))
    curves = time_to_integration(replace(cohort, episodes=episodes), params(), "kind")
    several, one = curves.estimates
    assert several.notes == ()
    assert np.isfinite(several.std_error).all()
    assert one.incidence[-1, 0] > 0
    assert np.isnan([one.std_error, one.lower, one.upper]).all()
    assert "one household" in one.notes[0]


def test_few_households_take_t() -> None:
    cohort = cohort_of(rows({"a": (60, 25)}))
    few = np.arange(60) % 6
    episodes = cohort.episodes.assign(household_id=np.char.mod("H%d", few))
    (found,) = time_to_integration(replace(cohort, episodes=episodes), params(), "kind").estimates
    normal = aalen_johansen(episodes["time"], episodes["cause"], cluster=few, causes=2)
    np.testing.assert_allclose(found.std_error, normal.std_error)
    assert "t with 5 degrees of freedom" in found.notes[0]
    assert found.lower[-1, 0] < normal.lower[-1, 0]
