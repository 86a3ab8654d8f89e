"""Who is in which monthly trial, counted from its time zero."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from hamm_eval.cohort import Cohort, target_trials

ORIGIN = pd.Timestamp("2016-01-01")


def cohort(*rows: dict) -> Cohort:
    """Episodes by hand; days since the origin."""
    common = {"origin_on": ORIGIN, "entry": 0, "time": 700, "cause": 0, "ending": "administrative", "age": 30}
    frame = pd.DataFrame([common | {"followed_until": 700, "household_id": "h"} | row for row in rows])
    return Cohort(
        endpoint="goal",
        causes=("goal", "departure"),
        episodes=frame,
        attrition=(),
        end_of_observation=dt.date(2018, 1, 1),
    )


def starts(**days: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": list(days),
            "started_on": [ORIGIN + pd.Timedelta(days=day) for day in days.values()],
        }
    ).astype({"started_on": "datetime64[ns]"})


def ask(given: Cohort, begun: pd.DataFrame, **keywords):
    asked = {"months": (0, 1, 2), "grace_days": 30, "horizon_days": 365} | keywords
    return target_trials(given, begun, **asked)


def test_a_person_is_in_every_trial_until_the_measure_begins() -> None:
    found = ask(cohort({"person_id": "a"}), starts(a=40)).rows
    assert list(found["month"]) == [0, 1]  # day 40 lies before the third trial's day 61
    assert list(found["zero"]) == [0, 30]
    assert list(found["start"]) == [40, 10]
    assert list(found["time"]) == [700, 670]


def test_a_start_on_the_day_of_time_zero_is_no_start_in_that_trial() -> None:
    found = ask(cohort({"person_id": "a"}), starts(a=30)).rows
    assert list(found["month"]) == [0]


@pytest.mark.parametrize(
    ("row", "months", "step"),
    [
        ({"entry": 31}, [2], "observed_at_time_zero"),
        ({"entry": 30}, [1, 2], "observed_at_time_zero"),
        ({"time": 30, "cause": 1, "ending": "event"}, [0], "goal_open_at_time_zero"),
        ({"time": 45, "cause": 2, "ending": "competing"}, [0, 1], "present_at_time_zero"),
        ({"time": 45, "ending": "closed"}, [0, 1], "case_open_at_time_zero"),
        ({"followed_until": 400}, [0, 1], "followed_to_horizon"),
        ({"age": 15}, [], "of_the_measures_age"),
    ],
)
def test_each_condition_is_asked_at_each_time_zero_and_counted(row, months, step) -> None:
    found = ask(cohort({"person_id": "a", **row}), starts(), ages=(16, 64))
    assert list(found.rows["month"]) == months
    before = list(found.flow)[list(found.flow).index(step) - 1]
    assert found.flow[before] == (3, 1)
    assert found.flow[step] == (len(months), int(bool(months)))


def test_the_first_trial_of_each_person_alone() -> None:
    given = cohort({"person_id": "a", "entry": 10}, {"person_id": "b"})
    found = ask(given, starts(b=5), pooled=False)
    assert list(found.rows["person_id"]) == ["a", "b"]
    assert list(found.rows["month"]) == [1, 0]
    assert found.flow["first_trial"] == (2, 2)
    assert np.isinf(found.rows["start"].iloc[0])


def test_the_cohort_is_not_edited() -> None:
    given = cohort({"person_id": "a"})
    before = given.episodes.copy()
    ask(given, starts(a=40))
    pd.testing.assert_frame_equal(given.episodes, before)
