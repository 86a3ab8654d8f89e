"""The planted trap of adapted goals: the generous count follows it, the strict one does not.

The scenario plants how often a review adapts a goal, how often an adapted goal is then found met, how scores
follow findings, and how many days lie between reviews.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from trap_lab import City

from hamm_eval.analysis.goal_attainment import attainment_by_definition, goal_attainment
from hamm_eval.analysis.review_discipline import review_intervals
from hamm_eval.cohort import FollowedGoals, follow_goals
from hamm_eval.params import Params
from hamm_eval.synthetic.export import simulate_city
from hamm_eval.synthetic.scenario import load_scenario

LONG_AFTER = dt.date(2030, 1, 1)  # every record has arrived
NORMAL_999 = 3.29


def city(met_after_adaptation: float) -> City:
    """A city of Hamm's size in which adapted goals are found met so often at each review."""
    scenario = load_scenario("hamm")
    casework = scenario.casework.model_copy(update={"met_after_adaptation": met_after_adaptation})
    return City(*simulate_city(scenario.model_copy(update={"casework": casework}), seed=3, scale=1.0))


def followed_in(world: City) -> tuple[FollowedGoals, Params]:
    params = world.params()
    assert params.goal_attainment is not None
    return follow_goals(world.known_by(LONG_AFTER), params, params.goal_attainment), params


@pytest.fixture(scope="module")
def planted() -> City:
    return city(load_scenario("hamm").casework.met_after_adaptation)


@pytest.fixture(scope="module")
def hamm(planted: City) -> tuple[FollowedGoals, Params]:
    return followed_in(planted)


def within(found: int, of: int, share: float) -> bool:
    """Whether a count is what a planted share makes plausible."""
    return abs(found - of * share) <= NORMAL_999 * np.sqrt(of * share * (1 - share)) + 0.5


def reviews_before(followed: FollowedGoals) -> pd.DataFrame:
    """Reviews with whether one before had adapted the goal."""
    reviews = followed.reviews
    adapted = (reviews["status"] == "adapted").groupby(reviews["goal_id"]).cumsum()
    before = adapted - (reviews["status"] == "adapted")
    return reviews.assign(before=before > 0)


def test_easier_attainment_after_an_adaptation_moves_one_count_and_not_the_other(
    hamm: tuple[FollowedGoals, Params],
) -> None:
    generous, strict = [], []
    for followed, params in (followed_in(city(0.0)), followed_in(city(0.8))):
        every, _, first = attainment_by_definition(followed, params, "work").curves.estimates
        generous.append(every.at([365]).incidence[0, 0])
        strict.append(first.at([365]).incidence[0, 0])
    assert strict[0] == strict[1]
    assert generous[1] > generous[0] + 0.05
    # Where an adaptation helps nobody, those it was made for still attain less by the strict count.
    assert strict[0] <= generous[0]


def test_the_planted_rate_of_adaptation_is_found(hamm: tuple[FollowedGoals, Params], planted: City) -> None:
    reviews = reviews_before(hamm[0])
    open_before = reviews[~reviews["before"] & (reviews["status"] != "met")]
    law = planted.scenario.casework
    assert within(int((open_before["status"] == "adapted").sum()), len(open_before), law.adapted)
    # Having been adapted, a goal is met at each review at least as often as planted.
    after = reviews[reviews["before"]]
    met = int((after["status"] == "met").sum())
    assert met >= len(after) * law.met_after_adaptation - NORMAL_999 * np.sqrt(len(after) * 0.19)


def test_scores_follow_findings_as_planted(hamm: tuple[FollowedGoals, Params]) -> None:
    reviews = hamm[0].reviews
    met = reviews[reviews["status"] == "met"]["score"]
    for score, share in ((0, 0.55), (1, 0.30), (2, 0.15)):
        assert within(int((met == score).sum()), len(met), share)
    assert reviews[reviews["status"] == "dropped"]["score"].isna().all()


def test_both_tables_hold_everyone_and_every_adaptation(hamm: tuple[FollowedGoals, Params]) -> None:
    found = goal_attainment(*hamm)
    assert (found.scores.counts.sum(axis=1) == found.persons).all()
    assert (found.findings.counts.sum(axis=1) == found.persons).all()
    met = found.findings.counts[:, found.findings.columns.index("met")]
    assert (found.after_adaptation > 0).all()
    assert (found.after_adaptation < met / 2).all()


def test_intervals_between_reviews_are_the_planted_ones(
    hamm: tuple[FollowedGoals, Params], planted: City
) -> None:
    followed, params = hamm
    found = review_intervals(followed, planted.known_by(LONG_AFTER), params)
    low, high = planted.scenario.casework.review_days
    spread = high - low + 1
    wanted = [low - 1 + np.ceil(p * spread) for p in found.probabilities]
    assert found.values == pytest.approx(np.tile(wanted, (len(found.rows), 1)), abs=4)
