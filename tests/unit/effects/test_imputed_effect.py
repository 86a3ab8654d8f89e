"""Effects with imputed covariates: pooled estimates, the worst design, bias where complete cases have it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import (
    PerArm,
    effect_at_horizon,
    estimate_effect,
    impute_and_estimate,
    pool_effects,
    pool_estimates,
)
from hamm_eval.errors import InputError, NotEstimable


def sample(rng, rows=400):
    """A confounder that is often missing, another that never is, and an outcome with effect 1."""
    x, z = rng.normal(size=(2, rows))
    treated = rng.binomial(1, 1 / (1 + np.exp(0.4 - x)))
    outcome = treated + x + 0.5 * z + rng.normal(size=rows)
    return pd.DataFrame({"x": x, "z": z}), treated, outcome


def test_nothing_missing_is_the_estimate_itself():
    given, treated, outcome = sample(np.random.default_rng(1))
    found = impute_and_estimate(
        given,
        lambda table: estimate_effect(outcome, treated, table),
        rng=np.random.default_rng(1),
        treated=treated,
        outcome=outcome,
    )
    direct = estimate_effect(outcome, treated, given)
    for name in ("value", "std_error", "lower", "upper", "p_value", "degrees_of_freedom", "effective_n"):
        assert getattr(found.effect, name) == getattr(direct, name)
    assert found.pooled is None


def test_pooled_fields_follow_rubin(draw_followed):
    rng = np.random.default_rng(2)
    city = draw_followed(rng)
    tables = [city.x + rng.normal(size=city.x.shape) * 0.2 for _ in range(4)]

    def ask(contrast):
        keywords = {"horizon": 12, "contrast": contrast, "cluster": np.arange(300) // 8}
        return [effect_at_horizon(city.time, city.cause, city.treated, x, **keywords) for x in tables]

    effects = ask("risk_difference")
    found = pool_effects(effects)
    expected = pool_estimates(
        [e.value for e in effects], [e.std_error**2 for e in effects], complete_dof=effects[0].clusters - 1
    )
    for name in ("value", "std_error", "lower", "upper", "p_value"):
        assert getattr(found, name) == getattr(expected, name)
    assert found.degrees_of_freedom == expected.dof < effects[0].degrees_of_freedom == 37
    assert found.risk_treated == found.mean_treated == np.mean([e.risk_treated for e in effects])
    assert found.risk_treated - found.risk_control == pytest.approx(found.value)
    gone = pool_effects([e.competing for e in effects])
    assert (found.competing.value, found.competing.upper) == (gone.value, gone.upper)
    assert found.events == effects[0].events

    ratios = ask("risk_ratio")
    found = pool_effects(ratios)
    assert found.value == pytest.approx(np.exp(np.mean([np.log(e.value) for e in ratios])))
    assert found.upper / found.value == pytest.approx(found.value / found.lower)
    assert pool_effects(ask("months_difference")).risk_treated is None


def test_the_design_is_judged_by_its_worst_imputation():
    rng = np.random.default_rng(3)
    given, treated, outcome = sample(rng)
    effects = [
        estimate_effect(outcome, treated, given + rng.normal(size=given.shape) * 0.5) for _ in range(5)
    ]
    found = pool_effects(effects)
    smd = np.array([e.balance.smd for e in effects])
    assert np.abs(found.balance.smd).tolist() == np.abs(smd).max(axis=0).tolist()
    assert found.balance.worst == max(e.balance.worst for e in effects)
    ratio = np.array([e.balance.variance_ratio for e in effects])
    assert np.abs(np.log(found.balance.variance_ratio)) == pytest.approx(np.abs(np.log(ratio)).max(axis=0))
    assert found.effective_n.control == min(e.effective_n.control for e in effects)
    assert found.overlap.outside_target == max(e.overlap.outside_target for e in effects)
    heaviest = [e.overlap.largest_weight_share.control for e in effects]
    assert found.overlap.largest_weight_share.control == max(heaviest)
    assert found.overlap.control.sum() == (treated == 0).sum()
    assert found.n == effects[0].n


def test_departures_that_one_table_cannot_carry_are_not_pooled(draw_followed):
    city = draw_followed(np.random.default_rng(4))
    one = effect_at_horizon(city.time, city.cause, city.treated, city.x, horizon=12)
    assert pool_effects([one, one]).competing is not None
    assert pool_effects([one, replace(one, competing=None)]).competing is None
    other = replace(one, competing=replace(one.competing, method="weighting"))
    assert pool_effects([one, other]).competing.method == "weighting"


def test_effects_of_different_questions_are_not_pooled():
    given, treated, outcome = sample(np.random.default_rng(5))
    one = estimate_effect(outcome, treated, given)
    with pytest.raises(InputError, match="At least two"):
        pool_effects([one])
    for other in (replace(one, estimand="ATE"), replace(one, n=PerArm(1, 2)), replace(one, contrast="ratio")):
        with pytest.raises(InputError, match="differ"):
            pool_effects([one, other])


def test_what_cannot_be_estimated_on_a_table_is_said_with_how_many():
    given, treated, outcome = sample(np.random.default_rng(6))
    given.loc[::5, "x"] = np.nan
    asked = []

    def ask(table):
        asked.append(table)
        if len(asked) == 2:
            raise NotEstimable("Separation.", where="propensity model")
        return estimate_effect(outcome, treated, table)

    with pytest.raises(NotEstimable, match="on 1 of 4 tables") as error:
        impute_and_estimate(
            given, ask, rng=np.random.default_rng(6), treated=treated, outcome=outcome, imputations=4
        )
    assert [problem.where for problem in error.value.problems] == ["propensity model"]


def test_missing_at_random_given_the_outcome_biases_complete_cases_and_not_imputation():
    """The confounder is recorded of treated with a bad outcome mostly, of controls with a good one mostly."""
    rng = np.random.default_rng(7)
    given, treated, outcome = sample(rng, rows=8000)
    known = rng.random(8000) < 1 / (1 + np.exp(1.2 * outcome * np.where(treated == 1, 1, -1)))
    holey = given.assign(x=given["x"].where(known))
    complete = estimate_effect(outcome[known], treated[known], given[known])
    assert complete.value < 1 - 10 * complete.std_error
    found = impute_and_estimate(
        holey,
        lambda table: estimate_effect(outcome, treated, table),
        rng=rng,
        treated=treated,
        outcome=outcome,
        imputations=10,
        iterations=1,
    )
    assert found.effect.value == pytest.approx(1, abs=3.3 * found.effect.std_error)
    assert found.effect.std_error < 0.1
    assert 0.2 < found.pooled.fraction_missing < 0.9
    # What is not told of the outcome is not put into the covariate: the same call without it is biased.
    naive = impute_and_estimate(
        holey,
        lambda table: estimate_effect(outcome, treated, table),
        rng=rng,
        imputations=3,
        iterations=1,
    )
    assert naive.effect.value > 1 + 5 * naive.effect.std_error


def test_the_order_of_rows_does_not_matter_beyond_chance():
    rng = np.random.default_rng(8)
    given, treated, outcome = sample(rng)
    given.loc[rng.random(400) < 0.3, "x"] = np.nan
    order = rng.permutation(400)

    def ask(rows):
        return impute_and_estimate(
            given.iloc[rows].reset_index(drop=True),
            lambda table: estimate_effect(outcome[rows], treated[rows], table),
            rng=np.random.default_rng(9),
            treated=treated[rows],
            outcome=outcome[rows],
            household=rows // 2,
            imputations=30,
            iterations=3,
        )

    one, other = ask(np.arange(400)), ask(order)
    noise = np.sqrt((one.pooled.between + other.pooled.between) / 30)
    assert abs(one.effect.value - other.effect.value) < 3.3 * noise
    assert one.effect.std_error == pytest.approx(other.effect.std_error, rel=0.1)
