"""Who grows into a system after arrival: waiting times, and what follows Kita, as planted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import trap_lab as lab

from hamm_eval.analysis.access_to_systems import access_to_systems
from hamm_eval.analysis.transitions_between_systems import transitions_between_systems
from hamm_eval.cohort import Cohort, build_access, build_transitions
from hamm_eval.cohort.eligibility import day_of_age
from hamm_eval.params import Params
from hamm_eval.survival import AalenJohansen, aalen_johansen
from hamm_eval.synthetic.hazards import Baseline, FloatArray

Days = FloatArray
SEED = 20161
# Three standard errors miss by chance once in 370; there are some ten comparisons.
REACH = 3.5


@pytest.fixture(scope="module")
def city() -> lab.City:
    """Nobody of priority integration departs, files open with eligibility, records are at once."""
    return lab.simulate(SEED)


@pytest.fixture(scope="module")
def params(city: lab.City) -> Params:
    return city.params(dt.date(2019, 12, 31))


@pytest.fixture(scope="module")
def access(city: lab.City, params: Params) -> dict[str, Cohort]:
    return {
        name: cohort
        for key in ("children", "adults")
        for name, cohort in build_access(city.whole, params, key).items()
    }


def grown(cohort: Cohort) -> Cohort:
    """Those who grew in, and are seen from their first day on."""
    rows = cohort.episodes
    return replace(cohort, episodes=rows[rows["grew_in"] & (rows["entry"] == 0)])


def estimate(cohort: Cohort, params: Params, key: str = "children") -> AalenJohansen:
    (fit,) = access_to_systems({cohort.endpoint: cohort}, params, key).curves.estimates
    return fit


def kita_law(city: lab.City, day: float) -> float:
    """Share that has begun Kita so many days after the eve of the birthday."""
    law = Baseline.monthly(city.scenario.growing_up.kita.monthly)
    return float(-np.expm1(-law.cumulative(np.array([max(day - 1, 0.0)])))[0])


def school_law(city: lab.City, rows: pd.DataFrame, day: float) -> float:
    """Share of these persons that has begun school, by their months of birth: on time, late or deferred."""
    law = city.scenario.growing_up.school
    month, of_month = city.scenario.growing_up.school_year_begins
    six = day_of_age(rows["birth_month"], law.from_age)
    assert of_month == 1  # birthdays are firsts of a month
    year = six.dt.year + (six.dt.month > month).astype(int)
    begins, again = (
        pd.to_datetime(pd.DataFrame({"year": year + more, "month": month, "day": of_month}))
        for more in (0, 1)
    )
    wait, longer = ((on - rows["origin_on"]).dt.days.to_numpy() for on in (begins, again))
    past = np.maximum(np.floor(day) - wait, 0)
    late = np.where(past >= 1, -np.expm1(-past / law.late_mean_days), 0)
    prompt = (1 - law.late) * (day >= wait) + law.late * late
    return float(((1 - law.deferred) * prompt + law.deferred * (day >= longer)).mean())


@pytest.mark.parametrize("day", [183, 365, 500, 730])
def test_waiting_for_kita_of_those_who_turn_two(
    city: lab.City, access: dict[str, Cohort], params: Params, day: int
) -> None:
    those = grown(access["kita"])
    assert those.persons > 150
    told = estimate(those, params).at([day])
    assert abs(told.incidence[0, 0] - kita_law(city, day)) < REACH * told.std_error[0, 0]


@pytest.mark.parametrize("day", [91, 183, 365])
def test_waiting_for_school_of_those_who_turn_six(
    city: lab.City, access: dict[str, Cohort], params: Params, day: int
) -> None:
    those = grown(access["school"])
    assert those.persons > 150
    told = estimate(those, params).at([day])
    assert abs(told.incidence[0, 0] - school_law(city, those.episodes, day)) < REACH * told.std_error[0, 0]


def test_the_day_by_which_half_have_entered(
    city: lab.City, access: dict[str, Cohort], params: Params
) -> None:
    for name, law in (("kita", kita_law), ("school", None)):
        those = grown(access[name])
        fit = estimate(those, params)
        at = int(np.flatnonzero(fit.incidence[:, 0] >= 0.5)[0])
        day = float(fit.time[at])
        before = law(city, day - 1) if law else school_law(city, those.episodes, day - 1)
        then = law(city, day) if law else school_law(city, those.episodes, day)
        reach = REACH * fit.std_error[at, 0]
        assert before - reach <= 0.5 <= then + reach


def test_waiting_for_what_full_age_opens(city: lab.City, access: dict[str, Cohort], params: Params) -> None:
    adults = city.scenario.growing_up.adults
    for name, law in (("integration_point", adults.integration_point), ("job_centre", adults.job_centre)):
        those = grown(access[name])
        assert those.persons > 60
        fit = estimate(those, params, "adults")
        for day in (60, 183):
            told = fit.at([day])
            share = law.share * -np.expm1(-max(day - law.first_day, 0) / law.mean_days)
            assert abs(told.incidence[0, 0] - share) < REACH * max(told.std_error[0, 0], 0.01)


def test_who_outgrows_kita_stays_in_the_denominator(access: dict[str, Cohort], params: Params) -> None:
    """Of those of age on arrival the sixth birthday ends the chance; how long Kita takes is planted apart."""
    rows = access["kita"].episodes
    of_age = rows[~rows["grew_in"]]
    cohort = replace(access["kita"], episodes=of_age)
    day = 365
    told = estimate(cohort, params).at([day])
    left = (day_of_age(of_age["birth_month"], 6) - of_age["origin_on"]).dt.days.to_numpy()
    # Whole days after 1 + 200 * Exp(1), and no entry after the day of turning six.
    true = -np.expm1(-np.minimum(day, left) / 200)
    assert abs(told.incidence[0, 0] - true.mean()) < REACH * told.std_error[0, 0]
    outgrown = np.where(left <= day, np.exp(-left / 200), 0).mean()
    assert abs(told.incidence[0, 2] - outgrown) < REACH * told.std_error[0, 2]
    # Taken for censored, it would be the share had nobody grown older.
    cause = cohort.column("cause")
    naive = aalen_johansen(cohort.column("time"), np.where(cause == 3, 0, cause), causes=3).at([day])
    reach = REACH * naive.std_error[0, 0]
    assert abs(naive.incidence[0, 0] - -np.expm1(-day / 200)) < reach
    assert naive.incidence[0, 0] - true.mean() > reach


def test_the_age_of_the_day_of_eligibility_alone_missed_them(access: dict[str, Cohort]) -> None:
    for name in ("kita", "school", "education_package"):
        rows = access[name].episodes
        assert 0.1 < rows["grew_in"].mean() < 0.9


def test_kita_leads_into_school_with_bridges_and_breaks(city: lab.City, params: Params) -> None:
    exits = build_transitions(city.whole, params, "after_kita")
    assert exits.persons > 150
    frame = transitions_between_systems(exits, params).to_frame().set_index(["days", "state"])["share"]
    law = city.scenario.growing_up.school
    late = (1 - law.deferred) * law.late
    for day in (30, 91):
        # The exit is day 1, the first day of school day 2, and who is late comes a day and more after it.
        none = late * np.exp(-(day - 2) / law.late_mean_days)
        reach = REACH * np.sqrt(none * (1 - none) / exits.persons)
        assert abs(frame[day, "none"] - none) < reach
        assert abs(frame[day, "school"] - (1 - none)) < reach


def test_school_leads_into_training(city: lab.City, params: Params) -> None:
    exits = build_transitions(city.whole, params, "after_school")
    assert exits.persons > 60
    frame = transitions_between_systems(exits, params).to_frame().set_index(["days", "state"])["share"]
    share = city.scenario.growing_up.after_school.training
    assert frame[30, "vocational_training"] == 0  # school ends in July, training begins in September
    assert abs(frame[91, "vocational_training"] - share) < REACH * np.sqrt(
        share * (1 - share) / exits.persons
    )


def test_a_bound_holds_where_files_are_closed(access: dict[str, Cohort], params: Params) -> None:
    found: Any = access_to_systems(
        {name: access[name] for name in ("kita", "school", "education_package")}, params, "children"
    )
    for open_, upper in zip(found.while_open.estimates, found.curves.estimates, strict=True):
        days = [91, 183, 365]
        lower, value = open_.at(days).incidence[:, 0], upper.at(days).incidence[:, 0]
        assert (lower <= value + 1e-12).all()
        assert (value[-1] - lower[-1]) > 0
