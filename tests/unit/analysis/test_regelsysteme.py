"""Access to systems and what follows an exit: identities, and the committed city against what it plants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, params

import hamm_eval
from hamm_eval.analysis.access_to_systems import access_to_systems
from hamm_eval.analysis.transitions_between_systems import transitions_between_systems
from hamm_eval.cohort import Cohort, StateCohort
from hamm_eval.errors import NotEstimable
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.study import Study
from hamm_eval.survival import aalen_johansen

LEAVING = {"table": "departures", "date": "departed_on"}
ASKED = params(
    access_to_systems={
        "children": {
            "label": LABEL,
            "systems": {
                "kita": {"label": LABEL, "kinds": ("kita",)},
                "school": {"label": LABEL, "kinds": ("school",)},
            },
            "leaving": LEAVING,
            "horizons_months": (3, 6),
            "reporting_delay_days": 0,
        }
    },
    transitions_between_systems={
        "after_kita": {
            "label": LABEL,
            "origin": LABEL,
            "none": LABEL,
            "out_of": ("kita",),
            "into": {"school": {"label": LABEL, "kinds": ("school",)}},
            "leaving": LEAVING,
            "horizons_months": (1, 3),
            "reporting_delay_days": 0,
        }
    },
)


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study("params/2017-Q2.yaml")


def cohort(system: str, n: int, *, median: float, seed: int) -> Cohort:
    """Everybody is seen for 300 days; some enter, some leave."""
    rng = np.random.default_rng(seed)
    enters = np.ceil(rng.exponential(median / np.log(2), n))
    leaves = np.ceil(rng.exponential(900, n))
    time = np.minimum(np.minimum(enters, leaves), 300).astype(np.int64)
    cause = np.where((enters <= leaves) & (enters <= 300), 1, np.where(leaves <= 300, 2, 0))
    rows = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "household_id": [f"h{i // 2}" for i in range(n)],
            "entry": 0,
            "time": time,
            "cause": cause,
        }
    )
    steps = (("recorded", n + 9), ("under_observation", n + 9), ("goal_open_at_entry", n))
    return Cohort(system, (system, "departure"), rows, steps, ASKED.data_cut)


def test_where_nobody_is_lost_a_share_is_a_proportion() -> None:
    cohorts = {
        "kita": cohort("kita", 300, median=60, seed=1),
        "school": cohort("school", 200, median=150, seed=2),
    }
    found = access_to_systems(cohorts, ASKED, "children")
    frame = found.to_frame()
    for name, of in cohorts.items():
        for day in (91, 183):
            at = frame[(frame["level"] == name) & (frame["days"] == day)]["incidence"].item()
            reached = (of.column("cause") == 1) & (of.column("time") <= day)
            assert at == pytest.approx(reached.mean(), abs=1e-12)
    assert found.prevalent == (9, 9)


def test_a_system_that_nobody_can_enter_is_no_line_and_none_at_all_is_no_answer() -> None:
    empty = cohort("school", 2, median=60, seed=1)
    empty = Cohort("school", empty.causes, empty.episodes.iloc[:0], empty.attrition, empty.end_of_observation)
    found = access_to_systems(
        {"kita": cohort("kita", 300, median=60, seed=1), "school": empty}, ASKED, "children"
    )
    assert [group.level for group in found.curves.groups] == ["kita"]
    with pytest.raises(NotEstimable):
        access_to_systems({"school": empty}, ASKED, "children")


def test_the_shares_after_an_exit_are_cumulative_incidences() -> None:
    rng = np.random.default_rng(5)
    n = 240
    enters, leaves = np.ceil(rng.exponential(40, n)), np.ceil(rng.exponential(300, n))
    ends = np.ceil(rng.uniform(20, 200, n))
    stop = np.minimum(np.minimum(enters, leaves), ends).astype(np.int64)
    cause = np.where(enters <= stop, 1, np.where(leaves <= stop, 2, 0))
    rows = pd.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "household_id": [f"h{i}" for i in range(n)],
            "start": 0,
            "stop": stop,
            "from_state": "none",
            "to_state": np.array([None, "school", "left"], dtype=object)[cause],
        }
    )
    until = np.where(cause > 0, ends, stop).astype(np.int64)
    exits = StateCohort("after_kita", ("school", "none", "left"), rows, until, (), ASKED.data_cut)
    frame = transitions_between_systems(exits, ASKED).to_frame()
    incidence = aalen_johansen(stop, cause)
    for day in (30, 91):
        at = frame[frame["days"] == day].set_index("state")["share"]
        expected = incidence.at([day]).incidence[0]
        assert (at["school"], at["left"]) == pytest.approx(tuple(expected), abs=1e-12)
        assert at.sum() == pytest.approx(1, abs=1e-12)


def test_waiting_times_are_read_off_the_line_shown_and_no_day_of_a_person() -> None:
    cohorts = {"kita": cohort("kita", 300, median=60, seed=1)}
    shown = release(access_to_systems(cohorts, ASKED, "children"), Policy.strict())
    (curve,), (reached,) = shown.curves.curves, shown.waiting
    line = dict(zip(curve.time, curve.incidence, strict=True))
    for share, day in zip(shown.probabilities, reached, strict=True):
        assert day is not None
        assert line[day] >= share
        assert all(at < share for when, at in line.items() if when < day)
    exact = np.quantile(
        np.where(cohorts["kita"].column("cause") == 1, cohorts["kita"].column("time"), 9999), 0.5
    )
    assert abs(reached[1] - exact) <= 14


def test_what_entrants_took_would_be_too_short() -> None:
    """Why waiting times are no quantiles of those who have entered."""
    of = cohort("kita", 4000, median=250, seed=3)
    entered = of.column("time")[of.column("cause") == 1]
    found = access_to_systems({"kita": of}, ASKED, "children").curves.estimates[0]
    assert np.median(entered) < 150
    assert found.at([250]).incidence[0, 0] < 0.5


# --- against what the committed city plants (synthetic/attainments.py) -------------------------------------


def planted(days: np.ndarray, share: float, first: float, scale: float) -> np.ndarray:
    """Share that has entered: so many do, after some days and an exponential wait."""
    return share * -np.expm1(-np.maximum(days - first, 0) / scale)


@pytest.mark.parametrize(
    ("key", "system", "share", "first", "scale"),
    [
        ("children", "kita", 1.0, 1, 200),
        ("children", "early_help", 0.35, 1, 90),
        ("adults", "integration_point", 0.55, 1, 120),
        ("adults", "job_centre", 1.0, 10, 25),
    ],
)
def test_the_city_enters_systems_as_planted(
    study: Study, key: str, system: str, share: float, first: float, scale: float
) -> None:
    """Conditional on no entry by the first day at risk, departures competing but rare in these months."""
    found = study.access_to_systems(key)
    at = [group.level for group in found.curves.groups].index(system)
    group, fit = found.curves.groups[at], found.curves.estimates[at]
    horizon = 183.0
    start, end = planted(np.array([group.start_at, horizon]), share, first, scale)
    expected = (end - start) / (1 - start)
    told = fit.at([horizon])
    left = told.incidence[0, 1]
    assert left < 0.12
    # Whoever leaves can enter no more: the share lies between that without departures and less all of them.
    reach = 3 * told.std_error[0, 0]
    assert expected * (1 - left) - reach <= told.incidence[0, 0] <= expected + reach


def test_the_city_plants_no_exit_from_kita_or_school(study: Study) -> None:
    for key in ("after_kita", "after_school"):
        with pytest.warns(UserWarning, match="Nobody's exit"):
            assert study.transitions_between_systems(key).lacking == ("data",)


def test_jobs_end_in_a_break_first(study: Study) -> None:
    found = study.transitions_between_systems("after_training_or_work")
    frame = found.to_frame()
    shares = frame.groupby("days")["share"].sum()
    assert shares.to_numpy() == pytest.approx(np.ones(len(shares)), abs=1e-12)
    at = frame.set_index(["days", "state"])["share"]
    # The city plants a new spell at a monthly rate of 2 to 4 % times what a person brings.
    assert 0.6 < at[30, "none"] <= 1
    assert 0.1 < at[183, "employment"] + at[183, "vocational_training"] < 0.5
    shown = release(found, policy_of(study.params))
    assert not shown.withheld
