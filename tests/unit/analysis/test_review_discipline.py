"""Intervals between reviews, days since the latest one, and what is overdue."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from followed import AGREED, DAYS, Goals, asked

from hamm_eval.analysis.review_discipline import days_since_review, overdue_reviews, review_intervals
from hamm_eval.errors import NotEstimable
from hamm_eval.survival import kaplan_meier


def cases(**provider: str) -> Any:
    """A case file that each person has had since the agreement."""
    rows = pd.DataFrame(
        {
            "person_id": list(provider),
            "opened_on": AGREED - pd.Timedelta(days=30),
            "provider": list(provider.values()),
        }
    )
    tables = {"cases": rows}
    return SimpleNamespace(tables=tables, has=tables.__contains__)


def test_intervals_that_still_run_count_as_longer_than_so_far() -> None:
    goals = Goals().add("a", (100, "unmet"), (200, "unmet"), until=500).add("b", (90, "met"), until=500)
    found = review_intervals(goals.followed(), cases(a="awo", b="awo"), asked())
    at = found.rows.index("awo")
    by_hand = kaplan_meier(np.array([100.0, 100, 300, 90]), np.array([1, 1, 0, 1]))
    assert found.values[at][:3].tolist() == [by_hand.quantile(p)[0] for p in (0.25, 0.5, 0.75)]
    # Of the interval that still runs nobody knows the end.
    assert found.values[at][1] == 100
    assert np.isnan(found.values[at][3])
    assert found.persons[at] == 2


def test_nothing_is_due_after_a_goal_is_met_or_dropped() -> None:
    goals = Goals()
    for who, status in (("a", "met"), ("b", "dropped")):
        goals.add(who, (90, status), until=500)
    found = review_intervals(goals.followed(), cases(a="awo", b="awo"), asked())
    assert set(found.values[found.rows.index("awo")]) == {90}


def test_a_review_after_a_goal_was_met_makes_no_interval_of_its_own() -> None:
    goals = Goals().add("a", (90, "met"), (100, "met"), until=500).add("b", (90, "met"), until=500)
    found = review_intervals(goals.followed(), cases(a="awo", b="awo"), asked())
    assert set(found.values[found.rows.index("awo")]) == {90}


def test_providers_stand_in_their_declared_order_and_by_the_day_of_the_interval() -> None:
    file = cases(a="drk", b="awo")
    changed = file.tables["cases"].iloc[:1].assign(opened_on=AGREED + pd.Timedelta(days=50), provider="mkf")
    file.tables["cases"] = pd.concat([file.tables["cases"], changed], ignore_index=True)
    goals = Goals().add("a", (90, "unmet"), (180, "met"), until=500).add("b", (40, "met"))
    found = review_intervals(goals.followed(), file, asked())
    assert found.rows == ("city", "awo", "caritas", "drk", "kolping", "mkf")
    # The first interval began with drk, the second, from day 90 on, with mkf.
    assert found.persons.tolist() == [0, 1, 0, 1, 0, 1]
    assert found.values[:, 1].tolist()[3] == 90


def test_days_since_the_latest_look_at_open_goals_of_those_still_in_care() -> None:
    goals = Goals()
    goals.add("a", (DAYS - 40, "unmet")).add("b").add("c", (90, "met"))
    goals.add("d", (90, "unmet"), until=300, ending="closed")
    found = days_since_review(goals.followed(), cases(a="awo", b="awo", c="awo", d="awo"), asked())
    at = found.rows.index("awo")
    assert found.persons[at] == 2
    assert found.values[at][[0, 3]].tolist() == [40, DAYS]


def test_a_person_is_overdue_by_the_worst_of_the_goals_of_a_domain() -> None:
    goals = Goals()
    goals.add("a", (DAYS - 10, "unmet"), target=DAYS - 5)  # to be reached five days ago, not looked at since
    goals.add("b", (DAYS - 130, "unmet"), target=DAYS + 90)  # not reviewed for 130 days
    goals.add("c", (DAYS - 10, "unmet"), target=DAYS - 20)  # looked at after its day
    goals.add("d", (DAYS - 10, "unmet"))  # no day is set
    goals.add("e", (DAYS - 10, "unmet")).add("e", (90, "unmet"))
    goals.add("f", (90, "met"), target=200)
    found = overdue_reviews(goals.followed(), asked())
    assert found.columns == ("in_time", "target_passed", "too_long")
    assert found.counts[0].tolist() == [2, 1, 2]
    assert overdue_reviews(goals.followed(), asked(review_days=600)).counts[0].tolist() == [4, 1, 0]


def test_without_goals_there_is_nothing_to_tell() -> None:
    followed = Goals().add("a").followed()
    nobody = type(followed)(
        followed.goals.iloc[:0], followed.reviews, followed.persons, followed.end_of_observation
    )
    with pytest.raises(NotEstimable, match="No goal"):
        overdue_reviews(nobody, asked())
