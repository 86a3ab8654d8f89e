"""Access to systems and what follows an exit: identities, and the committed city against what it plants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, params

import hamm_eval
from hamm_eval.analysis.access_to_systems import access_to_systems
from hamm_eval.analysis.transitions_between_systems import transitions_between_systems
from hamm_eval.cohort import Cohort, StateCohort, build_access
from hamm_eval.cohort.eligibility import day_of_age
from hamm_eval.errors import NotEstimable
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.study import Study
from hamm_eval.survival import aalen_johansen
from hamm_eval.synthetic.hazards import Baseline
from hamm_eval.synthetic.scenario import load_scenario

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
            "ending": np.array(["administrative", "event", "competing"], dtype=object)[cause],
            "grew_in": False,
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


def test_closing_ends_the_way_in_the_bound_and_censors_in_the_curve() -> None:
    of = cohort("kita", 400, median=90, seed=7)
    rows = of.episodes
    closes = np.ceil(np.random.default_rng(8).exponential(400, len(rows))).astype(np.int64)
    shut = (closes < rows["time"]).to_numpy()
    rows = rows.assign(
        time=np.where(shut, closes, rows["time"]),
        cause=np.where(shut, 0, rows["cause"]),
        ending=rows["ending"].mask(shut, "closed"),
    )
    found = access_to_systems({"kita": replace(of, episodes=rows)}, ASKED, "children")
    (curve,), (bound,) = found.curves.estimates, found.while_open.estimates
    assert found.while_open.causes == (*found.curves.causes, "closing")
    for day in (91, 183):
        told, least = curve.at([day]).incidence[0], bound.at([day]).incidence[0]
        happened = rows["time"] <= day
        # Nobody is lost before day 300 but by the closing: with it as an end shares are proportions.
        assert least[0] == pytest.approx((happened & (rows["cause"] == 1)).mean(), abs=1e-12)
        assert least[3] == pytest.approx((happened & shut).mean(), abs=1e-12)
        # As closing is drawn apart from entering, the curve is that of a city without closings.
        open_ = of.episodes
        true = ((open_["time"] <= day) & (open_["cause"] == 1)).mean()
        assert least[0] < true
        assert abs(told[0] - true) < 3 * curve.at([day]).std_error[0, 0]
    frame = found.to_frame()
    assert (frame["while_open"] <= frame["incidence"]).all()
    shown = release(found, Policy.strict())
    assert shown.while_open.curves[0].persons == shown.curves.curves[0].persons
    assert shown.while_open.curves[0].events == shown.curves.curves[0].events


def test_a_curve_begins_where_those_who_grew_in_and_the_others_are_both_at_risk() -> None:
    of = cohort("school", 300, median=90, seed=9)
    rows = of.episodes
    for grown, starts in ((100, 28), (10, 28), (290, 0)):
        late = np.arange(len(rows)) >= grown
        mixed = rows.assign(grew_in=~late, entry=np.where(late, 22, 0))
        mixed = mixed[mixed["time"] > mixed["entry"]]
        found = access_to_systems({"school": replace(of, episodes=mixed)}, ASKED, "children")
        assert found.curves.groups[0].start_at == starts


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
    rows = build_access(study.case_file, study.params, key)[system].episodes
    oldest = study.params.access_to_systems[key].systems[system].at_risk.max_age
    outgrown = (day_of_age(rows["birth_month"], oldest + 1) - rows["origin_on"]).dt.days.to_numpy()
    kita = Baseline.monthly(load_scenario().growing_up.kita.monthly)

    def entered(day: float | np.ndarray) -> np.ndarray:
        """Chance of each person to have entered by a day, without departures: until they are too old."""
        days = np.minimum(day, outgrown)
        at_once = planted(days, share, first, scale)
        if system != "kita":
            return at_once
        return np.where(rows["grew_in"], -np.expm1(-kita.cumulative(np.maximum(days - 1.0, 0))), at_once)

    horizon = 183.0
    # Each person under observation stands for those of the like who had entered by the day of entry.
    weight = 1 / (1 - entered(np.maximum(rows["entry"].to_numpy(), group.start_at)))
    before = entered(group.start_at)
    expected = (weight * (entered(horizon) - before)).sum() / (weight * (1 - before)).sum()
    told = fit.at([horizon])
    left = told.incidence[0, 1]
    assert left < 0.12
    # Whoever leaves can enter no more: the share lies between that without departures and less all of them.
    reach = 3 * told.std_error[0, 0]
    assert expected * (1 - left) - reach <= told.incidence[0, 0] <= expected + reach


def test_few_exits_from_kita_and_none_from_school_are_seen_by_now(study: Study) -> None:
    """The city's children leave Kita for school; by the data cut these are too few to be shown."""
    found = study.transitions_between_systems("after_kita")
    assert not found.to_frame().empty
    assert release(found, policy_of(study.params)).withheld
    with pytest.warns(UserWarning, match="Nobody's exit"):
        assert study.transitions_between_systems("after_school").lacking == ("data",)


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
