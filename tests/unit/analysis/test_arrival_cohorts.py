"""Quarters of arrival: a planted composition, the Aalen-Johansen estimate within each, the gate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, cohort_of, params

from hamm_eval.analysis.arrival_cohorts import arrival_cohorts
from hamm_eval.errors import NotEstimable
from hamm_eval.params import Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.survival import aalen_johansen

LANDMARK, HORIZON = 60, 300
GROUPS = {
    "flag": {"label": LABEL, "column": "flag"},
    "kind": {"label": LABEL, "column": "kind"},
}


def asked() -> Params:
    question = {
        "endpoint": "goal",
        "landmark_days": LANDMARK,
        "horizon_days": HORIZON,
        "case_mix": ("flag", "kind"),
    }
    return params(groups=GROUPS, arrival_cohorts={"goal": question})


@pytest.fixture
def rows() -> pd.DataFrame:
    """Pace depends on `flag` alone, which is frequent in the second quarter."""
    rng = np.random.default_rng(6)
    n = 1200
    late = rng.random(n) < 0.5
    flag = rng.random(n) < np.where(late, 0.8, 0.2)
    goal = np.ceil(rng.exponential(np.where(flag, 250, 800)))
    away = np.ceil(rng.exponential(1500, n))
    closed = np.where(rng.random(n) < 0.2, rng.integers(100, 500, n), 10_000)
    end = np.minimum.reduce([goal, away, closed, np.full(n, 500)])
    cause = np.select([goal == end, away == end], [1, 2], 0)
    return pd.DataFrame(
        {
            "flag": flag,
            "kind": rng.choice(list("ab"), n),
            "entry": 0,
            "time": end.astype(int),
            "cause": cause,
            "followed_until": 500,
            "arrived_on": pd.to_datetime(np.where(late, "2016-02-10", "2015-11-20")),
            "household_id": [f"h{i // 2}" for i in range(n)],
        }
    )


def test_a_difference_by_composition_alone_is_told_as_such(rows: pd.DataFrame) -> None:
    found = arrival_cohorts(cohort_of(rows), asked(), "goal")
    frame = found.to_frame()
    assert list(frame.index) == ["2015-Q4", "2016-Q1"]
    assert frame["crude"].diff().iloc[1] > 0.1
    assert frame["mix"].diff().iloc[1] > 0.1
    assert (frame["apart_lower"] < 0).all() and (frame["apart_upper"] > 0).all()


def test_what_is_observed_is_the_aalen_johansen_estimate_of_each_quarter(rows: pd.DataFrame) -> None:
    frame = arrival_cohorts(cohort_of(rows), asked(), "goal").to_frame()
    kept = rows[rows["time"] > LANDMARK]
    for quarter, day in (("2015-Q4", "2015-11-20"), ("2016-Q1", "2016-02-10")):
        here = kept[kept["arrived_on"] == day]
        fit = aalen_johansen(here["time"], here["cause"], start_at=LANDMARK)
        assert frame.loc[quarter, "persons"] == len(here)
        # Pseudo-observations have this mean but for a remainder of order 1/n.
        assert frame.loc[quarter, "crude"] == pytest.approx(
            fit.at([LANDMARK + HORIZON]).incidence[0, 0], abs=2e-3
        )


def test_small_quarters_and_late_entries_are_left_out_and_counted(rows: pd.DataFrame) -> None:
    few = rows.assign(arrived_on=rows["arrived_on"].mask(rows.index < 30, pd.Timestamp("2014-05-01")))
    found = arrival_cohorts(cohort_of(few), asked(), "goal")
    assert list(found.fit.groups) == ["2015-Q4", "2016-Q1"]
    assert found.left_out == (few["time"][:30] > LANDMARK).sum()
    late = rows.assign(entry=np.where(rows.index % 2, LANDMARK + 1, 0))
    late = late[late["time"] > late["entry"]]
    half = arrival_cohorts(cohort_of(late), asked(), "goal")
    assert half.fit.persons.sum() == ((late["entry"] == 0) & (late["time"] > LANDMARK)).sum()


def test_one_quarter_is_no_comparison(rows: pd.DataFrame) -> None:
    with pytest.raises(NotEstimable, match="Fewer than two quarters"):
        arrival_cohorts(cohort_of(rows.assign(arrived_on=pd.Timestamp("2016-02-01"))), asked(), "goal")
    with pytest.raises(NotEstimable, match="day of arrival"):
        arrival_cohorts(cohort_of(rows.drop(columns="arrived_on")), asked(), "goal")


def test_shares_leave_as_counts_over_counts(rows: pd.DataFrame) -> None:
    found = arrival_cohorts(cohort_of(rows), asked(), "goal")
    shown = release(found, Policy.strict())
    assert not shown.withheld
    for row, crude in zip(shown.quarters, found.fit.crude, strict=True):
        count = row.observed.value * row.persons.value
        assert row.persons.value % 5 == 0
        assert abs(count / 5 - round(count / 5)) <= 0.005 * row.persons.value / 5 + 1e-9
        assert row.observed.value == pytest.approx(crude, abs=0.02)
        assert row.standardised.lower < row.standardised.value < row.standardised.upper


def test_composition_of_few_events_is_withheld(rows: pd.DataFrame) -> None:
    import dataclasses

    found = arrival_cohorts(cohort_of(rows), asked(), "goal")
    few = dataclasses.replace(found, events=np.array([20, 19]))
    assert release(few, Policy.strict()).withheld == ("group_too_small", "events_per_parameter")
    assert release(few, Policy.strict()).quarters == ()
