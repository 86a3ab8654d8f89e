"""Documented attainment and its bound: the truth lies between, for goals that a review found met."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis_params import params

from hamm_eval.analysis.goals_at_reviews import goals_at_reviews
from hamm_eval.cohort import GoalCohort
from hamm_eval.errors import NotEstimable
from hamm_eval.params import Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.survival import aalen_johansen


def asked() -> Params:
    question = {
        "domain": "work",
        "leaving": {"table": "departures", "date": "departed_on"},
        "reporting_delay_days": 0,
    }
    return params(goals_at_reviews={"work": question})


@pytest.fixture
def truth() -> pd.DataFrame:
    """Goals attained on a day, reviewed every 90 days up to day 450; some leave."""
    rng = np.random.default_rng(9)
    n = 800
    return pd.DataFrame(
        {"attained": np.ceil(rng.exponential(400, n)), "left": np.ceil(rng.exponential(1500, n))}
    )


def seen(truth: pd.DataFrame, every: int = 90, until: int = 450) -> GoalCohort:
    """What reviews find of it."""
    met = np.ceil(truth["attained"] / every) * every
    end = np.minimum(truth["left"], until)
    documented = met <= end
    time = np.where(documented, met, end).astype(int)
    n = len(truth)
    rows = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "household_id": [f"h{i // 2}" for i in range(n)],
            "time": time,
            "cause": np.select([documented, truth["left"] <= until], [1, 2], 0),
            "last_unmet": ((time - 1) // every) * every,
            "reviews": time // every,
            "adapted": np.arange(n) % 4 == 0,
        }
    )
    return GoalCohort("work", rows, params().data_cut)


def test_the_truth_of_documented_goals_lies_between_the_curves(truth: pd.DataFrame) -> None:
    cohort = seen(truth)
    found = goals_at_reviews(cohort, asked())
    cause = cohort.rows["cause"].to_numpy()
    true_day = np.where(cause == 1, truth["attained"], cohort.rows["time"])
    between = aalen_johansen(true_day, cause)
    documented, earliest = found.curves.estimates
    days = np.arange(1, 450)
    assert (documented.at(days).incidence[:, 0] <= between.at(days).incidence[:, 0] + 0.01).all()
    assert (between.at(days).incidence[:, 0] <= earliest.at(days).incidence[:, 0] + 0.01).all()
    assert documented.at([90]).incidence[0, 0] == pytest.approx((cohort.rows["time"] == 90).mean(), abs=0.02)


def test_rarer_reviews_leave_more_open(truth: pd.DataFrame) -> None:
    def gap(every: int) -> float:
        late, early = goals_at_reviews(seen(truth, every), asked()).curves.estimates
        return float((early.at([200]).incidence - late.at([200]).incidence)[0, 0])

    assert gap(30) < gap(90) < gap(180)


def test_both_curves_are_released_by_rule_5_and_adaptations_as_counts(truth: pd.DataFrame) -> None:
    shown = release(goals_at_reviews(seen(truth), asked()), Policy.strict())
    assert [curve.level for curve in shown.curves.curves] == ["first_met", "last_unmet"]
    assert not any(curve.withheld for curve in shown.curves.curves)
    assert shown.adapted.value == 200
    few = release(goals_at_reviews(seen(truth.head(40)), asked()), Policy.strict())
    assert {curve.withheld for curve in few.curves.curves} == {"group_too_small"}


def test_nobody_with_a_goal_is_said(truth: pd.DataFrame) -> None:
    empty = seen(truth)
    with pytest.raises(NotEstimable, match="Nobody has a goal"):
        goals_at_reviews(GoalCohort("work", empty.rows.iloc[:0], empty.end_of_observation), asked())
