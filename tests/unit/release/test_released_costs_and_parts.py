"""Costs and parts of effects at the gate: round, no finer than counts, nothing of few."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_effects import make

from hamm_eval.effects import CostPerAdditional, DesignFailure, InteractionTest, cost_per_additional
from hamm_eval.estimate import (
    CostLine,
    Costs,
    Definition,
    Effect,
    EffectByGroup,
    EffectCost,
    EffectInGroups,
    EffectOverTime,
)
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json, to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCostLine, ReleasedEffectByGroup, ReleasedEffectCost
from hamm_eval.release.rounding import round_step

STRICT = Policy.strict()


@pytest.fixture(scope="module")
def effect() -> Effect:
    return make(2000)


def line(**other: Any) -> ReleasedCostLine:
    given = CostLine(
        **(
            {
                "measure": "course", "funding_class": "1", "persons": 200, "participations": 200,
                "without_cost": 0, "cost": 2499.0,
            }
            | other
        )
    )  # fmt: skip
    return release(Costs(definition=Definition("costs", "all"), lines=(given,), effects=()), STRICT).lines[0]


def cost_of(effect: Effect, **other: Any) -> ReleasedEffectCost:
    if "ratio" not in other:
        other["ratio"] = cost_per_additional(1878.0, effect.fit.value, effect.fit.std_error)
    given = EffectCost(
        effect=effect, **({"cost": 2499.0, "additional_cost": 1878.0, "price": 10_000.0} | other)
    )
    estimate = Costs(definition=Definition("costs", "all"), lines=(), effects=(given,))
    shown = release(estimate, STRICT)
    assert from_json(to_json(shown)) == shown
    return shown.effects[0]


def test_amounts_are_rounded_to_the_policys_step() -> None:
    assert (line().cost, line().missing) == (2500.0, "")
    assert STRICT.tighten({"money_step": 100}).money_step == 100


def test_a_cost_per_participant_comes_from_published_counts() -> None:
    # 218 participations of 200 persons, shown as 220 of 200: 2,499 * 1.1.
    assert line(participations=218).cost == 2750.0
    assert line(persons=203, participations=203).cost == 2500.0


@pytest.mark.parametrize("persons", [1, 7, 9])
def test_rule_4_no_mean_of_fewer_than_ten(persons: int) -> None:
    shown = line(persons=persons, participations=persons)
    assert (shown.cost, shown.missing) == (None, "too_few")


def test_missing_costs_stay_missing_and_are_counted() -> None:
    shown = line(cost=float("nan"), without_cost=200)
    assert (shown.cost, shown.missing, shown.without_cost.value) == (None, "not_recorded", 200)
    assert line(cost=float("nan")).missing == "various"
    # Rule 1: few persons' participations are not counted out, however many they are.
    assert line(persons=5, participations=60, cost=float("nan"), without_cost=60).without_cost.value is None


def test_a_ratio_is_told_where_the_shown_interval_excludes_0(effect: Effect) -> None:
    shown = cost_of(effect)
    assert shown.status == "told"
    assert shown.difference.lower > 0
    assert shown.ratio.lower < shown.ratio.value < shown.ratio.upper


def test_a_ratio_tells_no_more_of_the_effect_than_whole_points_do(effect: Effect) -> None:
    shown = cost_of(effect)
    for amount, exact in (
        (shown.ratio.value, effect.fit.value),
        (shown.ratio.upper, effect.fit.lower),
        (shown.ratio.lower, effect.fit.upper),
    ):
        step = round_step(max(10, (1878.0 / exact) ** 2 * 0.01 / shown.additional_cost))
        assert amount % step == 0
        # Effects that lead to the amount shown are spread over a whole point or nearly so.
        width = shown.additional_cost / (amount - step / 2) - shown.additional_cost / (amount + step / 2)
        assert width > 0.008


def test_an_interval_that_is_shown_as_reaching_0_tells_no_ratio(effect: Effect) -> None:
    fit = replace(effect.fit, value=0.13, std_error=0.0645, lower=0.0036, upper=0.2564)
    told = CostPerAdditional(14_000.0, 7000.0, 500_000.0, 0.95)
    shown = cost_of(replace(effect, fit=fit), ratio=told)
    assert (shown.status, shown.ratio) == ("covers_zero", None)
    assert shown.break_even == 19


def test_an_effect_that_is_withheld_brings_no_ratio_and_no_cost_of_its_arms(effect: Effect) -> None:
    failures = (DesignFailure("balance", 0.4, 0.1, covariate="age"),)
    shown = cost_of(replace(effect, failures=failures))
    assert (shown.status, shown.ratio, shown.additional_cost, shown.difference) == (
        "withheld",
        None,
        None,
        None,
    )
    # What a participation costs is recorded: the break-even effect rests on that alone.
    assert (shown.cost, shown.break_even) == (2500.0, 25)


def test_without_a_cost_nothing_is_computed_from_0(effect: Effect) -> None:
    shown = cost_of(effect, cost=float("nan"), additional_cost=float("nan"), ratio=None)
    assert (shown.status, shown.cost, shown.additional_cost, shown.break_even, shown.ratio) == (
        "no_cost", None, None, None, None,
    )  # fmt: skip


def test_fewer_with_the_measure_is_no_ratio(effect: Effect) -> None:
    fit = replace(effect.fit, value=-0.2, std_error=0.05, lower=-0.3, upper=-0.1)
    assert cost_of(replace(effect, fit=fit), ratio=None).status == "fewer"


def test_additional_cost_is_no_finer_than_the_rounded_number_of_late_starters() -> None:
    effect = make(600)
    smaller = min(effect.treated, effect.controls)
    shown = {
        cost_of(effect, additional_cost=2499.0 * (1 - late / smaller), ratio=None).additional_cost
        for late in range(8)
    }
    assert len(shown) <= 2


def by_group(effects: list[Effect], persons: list[list[int]], **other: Any) -> EffectByGroup:
    test = InteractionTest(3.0, len(effects) - 1, None, 0.0834)
    groups = EffectInGroups(
        **(
            {
                "dimension": "sex", "sensitive": False, "levels": tuple("abcd"[: len(effects)]),
                "merged": ((),) * len(effects), "persons": np.array(persons), "effects": tuple(effects),
                "test": test, "tested": len(effects), "p_adjusted": 0.0834,
            }
            | other
        )
    )  # fmt: skip
    return EffectByGroup(
        definition=Definition("effect_by_group", "q", {"estimand": "ATT"}),
        measure="course",
        endpoint="goal",
        landmark_days=90,
        horizon_days=365,
        groups=(groups,),
    )


def test_levels_are_released_like_whole_effects(effect: Effect) -> None:
    shown = release(by_group([effect, effect], [[600, 1400], [600, 1400]]), STRICT)
    assert from_json(to_json(shown)) == shown
    assert shown.groups[0].levels[0].difference == release(effect, STRICT).difference


def test_whether_levels_differ_is_decided_once_a_year_and_no_p_value_leaves(effect: Effect) -> None:
    def shown(p: float, *, confirmatory: bool) -> ReleasedEffectByGroup:
        given = by_group([effect, effect], [[600, 1400], [600, 1400]], p_adjusted=p)
        return release(replace(given, confirmatory=confirmatory), STRICT)

    interim = shown(0.0012, confirmatory=False)
    assert (interim.confirmatory, interim.groups[0].decision) == (False, "")
    # An interim release does not even depend on the test.
    assert to_json(shown(0.8, confirmatory=False)) == to_json(interim)
    assert shown(0.0012, confirmatory=True).groups[0].decision == "confirmed"
    assert shown(0.0812, confirmatory=True).groups[0].decision == "not_confirmed"
    assert to_json(shown(0.0012, confirmatory=True)) == to_json(shown(0.0499, confirmatory=True))


def test_a_level_that_is_withheld_takes_the_test_with_it(effect: Effect) -> None:
    few = make(150)
    given = replace(by_group([effect, few], [[600, 1400], [40, 110]], p_adjusted=0.001), confirmatory=True)
    shown = release(given, STRICT).groups[0]
    assert shown.levels[1].difference is None
    assert "too_few_persons" in shown.levels[1].withheld
    assert shown.decision == ""


def test_rule_7_a_level_of_few_is_not_told_by_the_others(effect: Effect) -> None:
    shown = release(by_group([effect, effect], [[3, 1400], [600, 2]]), STRICT).groups[0]
    assert shown.levels[0].treated.value is None
    assert shown.levels[1].controls.value is None


def test_over_time_each_horizon_is_judged_and_no_arms_share_is_told(effect: Effect) -> None:
    early = replace(effect, horizon_days=30, events_treated=3)
    estimate = EffectOverTime(
        definition=Definition("effect_over_time", "q", {"estimand": "ATT"}), effects=(early, effect)
    )
    shown = release(estimate, STRICT)
    assert from_json(to_json(shown)) == shown
    assert [part.difference is None for part in shown.horizons] == [True, False]
    assert shown.horizons[0].withheld == ("too_few_events",)
    assert "risk" not in str(to_json(shown))
