"""Providers in the synthetic city: a planted difference is found, and none is where none is planted.

Planted are the outcomes of social workers (`scenario.yaml`); here they are given anew, so that the truth is
known: all providers alike, or one of them slower. Referral is the same for all, for a course helps as well.
Seeds and rules were fixed before the first run, also of the one that says which rules came before.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pytest
from acceptance import band
from scipy import stats
from trap_lab import City

from hamm_eval.analysis.providers import providers
from hamm_eval.cohort import build_cohort
from hamm_eval.estimate import Funnel
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedFunnel
from hamm_eval.synthetic.export import simulate_city
from hamm_eval.synthetic.scenario import load_scenario

SEED = 7_2017
LARGE_SEEDS = range(31_000, 31_026)
CUT = dt.date(2017, 6, 30)
DELAYS = {"language_tests": 60, "transitions": 50, "participations": 55, "departures": 50}
BODIES = ("awo", "caritas", "city", "drk", "kolping", "mkf")


def asked(
    scale: float, seed: int, *, by: str = "provider", **planted: float
) -> tuple[Funnel, ReleasedFunnel]:
    """The funnel of a city whose providers have these effects on the log hazard of every goal, else none."""
    scenario = load_scenario("hamm")
    workers = tuple(
        worker.model_copy(update={"outcome": planted.get(worker.provider, 0.0), "referral": 0.0})
        for worker in scenario.workers
    )
    city = City(*simulate_city(scenario.model_copy(update={"workers": workers}), seed=seed, scale=scale))
    return of_city(city, by)


def of_city(city: Any, by: str = "provider") -> tuple[Funnel, ReleasedFunnel]:
    """What an analyst finds at the data cut, and what a report shows of it."""
    params = city.params(CUT, delays=DELAYS)
    cohort = build_cohort(city.known_by(CUT), params, "language_b1")
    found = providers(cohort, params, "language_b1", by)
    shown = release(found, Policy.strict())
    assert isinstance(shown, ReleasedFunnel)
    return found, shown


def test_a_planted_provider_is_found_and_no_other() -> None:
    found, shown = asked(2, SEED, drk=-1.0)
    assert {group.level: group.place for group in shown.groups if group.place != "within"} == {
        "drk": "beyond_998"
    }
    assert found.fit.p_value < 0.001
    assert shown.p_value is not None and shown.p_value < 0.01
    assert next(group for group in shown.groups if group.level == "drk").difference < 0


def test_where_none_is_planted_none_is_found_and_workers_are_nested() -> None:
    found, shown = asked(2, SEED)
    assert [group.level for group in shown.groups] == list(BODIES)
    assert found.fit.p_value > 0.05
    assert all(group.place != "beyond_998" for group in shown.groups)
    # As the scenario has it: each worker in one place, few providers in each social space.
    assert found.one_place_a_worker
    assert found.tied == "strongly"


def power(city: Any, found: Funnel) -> tuple[float, float]:
    """How often the test at 0.05 finds what is planted, and drk lies outside of the limits of 95.

    A log hazard higher by b raises a share p by some -(1 - p) log(1 - p) b. Differences of groups, so
    planted, make the statistic a noncentral chi-square.
    """
    outcome = np.array([worker.outcome for worker in city.scenario.workers])
    bodies = np.array([worker.provider for worker in city.scenario.workers])
    worker = city.world.people.worker
    groups, n = [str(group) for group in found.fit.groups], found.fit.persons
    planted = np.array([outcome[worker[bodies[worker] == body]].mean() for body in groups])
    share = float(found.fit.observed.sum() / n.sum())
    off = -(1 - share) * np.log(1 - share) * (planted - np.average(planted, weights=n))
    variance = share * (1 - share) * found.fit.dispersion / n
    dof = len(groups) - 1
    seen = stats.ncx2.sf(stats.chi2.isf(0.05, dof), dof, float((off**2 / variance).sum()))
    drk = groups.index("drk")
    apart = off[drk] / np.sqrt(variance[drk] * (1 - n[drk] / n.sum()))
    return float(seen), float(stats.norm.cdf(-stats.norm.isf(0.025) - apart))


@pytest.mark.slow
def test_in_large_cities_the_workers_as_planted_set_providers_apart() -> None:
    """26 cities of twenty times the size, with the outcomes and referrals of the scenario: drk is the lowest.

    Planted outcomes are -0.10 (drk) to +0.08 (kolping). By `power`, on a city of another seed, the test at
    0.05 finds them in 85 of 100 such cities. It fails where fewer find them than 999 of 1,000 runs with the
    power of the formula show, Bonferroni over three counts; 26 cities are the fewest of which a test with
    half that power is refused in nine of ten runs. The first run found them in 26, shown in 24, and drk
    outside in 24, where the formula expects 23, 23 and 24. (Two rules came before, each of one city: p below
    0.0001 failed on its seed with p = 0.0003, though 40 of 100 such cities meet it; the second was written
    after that.)
    """
    tests = shown_tests = outside = 0
    expected = []
    for seed in LARGE_SEEDS:
        city = City(*simulate_city(load_scenario("hamm"), seed=seed, scale=20))
        found, shown = of_city(city)
        expected.append(power(city, found))
        drk = next(group for group in shown.groups if group.level == "drk")
        tests += found.fit.p_value < 0.05
        shown_tests += shown.p_value is not None and shown.p_value < 0.05
        outside += drk.place != "within" and drk.difference < 0
    of_test, of_drk = np.mean(expected, axis=0)
    said = f"{tests}, {shown_tests}, {outside} of {len(expected)}; expected {of_test:.2f}, {of_drk:.2f}"
    print(said)
    least = band(len(expected), float(of_test), 3)[0]
    assert tests >= least, said
    assert shown_tests >= least, said
    assert outside >= band(len(expected), float(of_drk), 3)[0], said


@pytest.mark.slow
@pytest.mark.parametrize("by", ["provider", "social_space"])
def test_over_cities_without_a_difference_chance_alone_flags(by: str) -> None:
    """100 cities: limits of 95 flag at most 5 of 100 marks, both tests at most 5 of 100 cities."""
    cities = [asked(1, SEED + 1 + city, by=by) for city in range(100)]
    marks = [group.place for _, shown in cities for group in shown.groups]
    assert len(marks) > 500
    assert marks.count("within") >= band(len(marks), 0.95, 2)[0]
    assert marks.count("beyond_998") <= band(len(marks), 0.002, 2)[1]
    high = band(len(cities), 0.05, 4)[1]
    false = sum(found.fit.p_value < 0.05 for found, _ in cities)
    shown_false = sum((shown.p_value or 0.0) < 0.05 for _, shown in cities)
    print(f"{by}: {false} and {shown_false} of {len(cities)} tests; {Counter(marks)}")
    assert false <= high
    assert shown_false <= high
