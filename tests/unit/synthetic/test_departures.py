"""Departures: shared by the household, selective, tied by the residence rule, and changed by a measure."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.synthetic.days import NEVER, day_number
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR
from hamm_eval.synthetic.households import NO_PROSPECT, PROSPECT, RECOGNISED
from hamm_eval.synthetic.referrals import first_of_household, referrals
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.world import World, build_world


@pytest.fixture(scope="module")
def large(scenario: Scenario) -> World:
    return build_world(scenario, np.random.default_rng(11), scale=8)


def _rate(world: World, begin: np.ndarray, end: np.ndarray, which: np.ndarray) -> float:
    """Departures per household-month between two days."""
    homes = world.households
    until = np.minimum(homes.departure, end)
    time = np.clip(until - begin, 0, None)[which].sum() / DAYS_PER_MONTH
    left = ((homes.departure > begin) & (homes.departure <= end))[which].sum()
    return float(left / time)


def test_the_residence_rule_ties_for_three_years(large: World) -> None:
    """Once free, three years after recognition, the hazard is a multiple of that before."""
    rule = large.scenario.priority_integration.residence_rule
    homes = large.households
    since = day_number(rule.in_force_since)
    tied = (homes.later_status == RECOGNISED) & (homes.status_change >= since) & (homes.free_from < NEVER)
    days = homes.free_from[tied] - homes.status_change[tied]
    assert np.unique(days).tolist() == [round(rule.months * DAYS_PER_MONTH)]
    before = _rate(large, homes.free_from - 365, homes.free_from, tied)
    after = _rate(large, homes.free_from, homes.free_from + 365, tied)
    # exp(0.9) with a selection by frailty around it.
    assert 1.8 < after / before < 3.2


def test_departures_are_informative_and_more_so_once_free(large: World) -> None:
    """Households with a high frailty, quick to reach their goals, leave less often."""
    homes = large.households
    priority = homes.free_from < NEVER
    high, low = homes.frailty > 0.4, homes.frailty < -0.4
    tied = [_rate(large, homes.arrival, homes.free_from, priority & part) for part in (low, high)]
    free = [_rate(large, homes.free_from, homes.free_from + 730, priority & part) for part in (low, high)]
    assert tied[0] / tied[1] > 1.5
    assert free[0] / free[1] > tied[0] / tied[1]


def test_a_referral_of_any_member_keeps_the_household(scenario: Scenario) -> None:
    """The same city without that effect: whoever's departure changes has a referral, and leaves sooner."""
    effects = tuple(effect for effect in scenario.effects if effect.acts_on != "departure")
    plain = scenario.model_copy(update={"effects": effects})
    seed = 12
    with_, without = (build_world(s, np.random.default_rng(seed), scale=1) for s in (scenario, plain))
    one = dict(
        zip(with_.households.departure_draw.tolist(), with_.households.departure.tolist(), strict=True)
    )
    first = first_of_household(with_.residents, referrals(scenario, with_.residents))["mentoring_club"]
    kept = dict(zip(with_.households.departure_draw.tolist(), (first < FAR).tolist(), strict=True))
    changed = same = 0
    for draw, departure in zip(
        without.households.departure_draw.tolist(), without.households.departure.tolist(), strict=True
    ):
        if draw in one and one[draw] != departure:
            assert one[draw] > departure
            assert kept[draw]
            changed += 1
        same += draw in one
    assert changed > 50
    assert same > 2 * changed


def test_nobody_of_priority_integration_departs_where_the_trap_is_off(scenario: Scenario) -> None:
    world = build_world(scenario.without(["competing_departures"]), np.random.default_rng(13))
    homes = world.households
    late = (homes.status == NO_PROSPECT) & (homes.later_status == RECOGNISED)
    priority = ((homes.status == PROSPECT) | late)[world.people.household]
    assert (world.eligible & priority).sum() > 1000
    assert (world.stay[world.eligible & priority] > 10_000).all()
