"""Weights cut at a quantile: never in silence, and constants in the variance."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import PerArm, effect_at_horizon, estimate_effect
from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.effects.engine import fit_propensity
from hamm_eval.errors import InputError

STEP = 1e-4


@pytest.fixture
def groups():
    """Two groups, 4 of 5 and 1 of 5 treated: propensities 0.8 and 0.2."""
    group = np.repeat([0.0, 1.0], 20)
    treated = np.tile([1.0, 1.0, 1.0, 1.0, 0.0], 4)
    treated = np.concatenate([treated, 1 - treated])
    return np.arange(40.0) % 7 + 3 * group, treated, group[:, None]


def test_a_case_by_hand(groups):
    outcome, treated, group = groups
    # Weights of the treated: sixteen times 1.25, four times 5. Their 0.5 quantile is 1.25: what is left is
    # the plain mean of the treated, and likewise of the controls.
    found = estimate_effect(outcome, treated, group, method="weighting", estimand="ATE", truncate=0.5)
    assert found.truncated == PerArm(4, 4)
    assert found.mean_treated == pytest.approx(outcome[treated == 1].mean())
    assert found.mean_control == pytest.approx(outcome[treated == 0].mean())
    assert found.effective_n.treated == pytest.approx(20)
    # A fifth of the way from the 16th to the 17th of 20 weights: 1.25 + (5 - 1.25) / 5 = 2.
    found = estimate_effect(outcome, treated, group, method="weighting", estimand="ATE", truncate=15.2 / 19)
    weight = np.where(
        treated == 1, np.where(group[:, 0] == 0, 1.25, 2.0), np.where(group[:, 0] == 0, 2.0, 1.25)
    )
    rows = treated == 1
    assert found.truncated == PerArm(4, 4)
    assert found.mean_treated == pytest.approx(np.average(outcome[rows], weights=weight[rows]))
    assert found.mean_control == pytest.approx(np.average(outcome[~rows], weights=weight[~rows]))


@pytest.mark.parametrize("method", ["aipw", "weighting", "standardisation", "unadjusted"])
def test_without_it_nothing_is_cut(groups, method):
    outcome, treated, group = groups
    found = estimate_effect(outcome, treated, group, method=method, estimand="ATE")
    assert found.truncated == PerArm(0, 0)
    assert found.unmatched == PerArm(0, 0)


def test_the_treated_of_an_att_have_no_weight_to_cut(groups):
    outcome, treated, group = groups
    found = estimate_effect(outcome, treated, group, method="weighting", truncate=0.7)
    assert found.truncated == PerArm(0, 4)
    assert found.mean_treated == pytest.approx(outcome[treated == 1].mean())


def test_a_constant_added_to_the_outcome_leaves_the_truncated_effect(draw_followed):
    """Weights stay normalised, with and without a model."""
    sample = draw_followed(np.random.default_rng(61), rows=150)
    for method in ("aipw", "weighting"):
        for estimand in ("ATT", "ATE", "ATO"):
            keywords = {"method": method, "estimand": estimand, "truncate": 0.9}
            first = estimate_effect(sample.event_time, sample.treated, sample.x, **keywords)
            again = estimate_effect(sample.event_time + 1000, sample.treated, sample.x, **keywords)
            assert again.value == pytest.approx(first.value, rel=1e-6)
            assert again.std_error == pytest.approx(first.std_error, rel=1e-6)


def test_cut_weights_are_constants_in_the_variance(draw_followed):
    """The derivative of the estimate by a row's weight, limits held fast, is the influence of the row."""
    sample = draw_followed(np.random.default_rng(62), rows=80)
    outcome, a, given = np.log(sample.event_time), sample.treated, checked_covariates(sample.x, 80)

    def arm_weights(sampling):
        e = fit_propensity(a, sampling, given).fitted
        return np.where(a == 1, 1 / e, 1 / (1 - e))

    plain = arm_weights(np.ones(80))
    limits = np.where(a == 1, np.quantile(plain[a == 1], 0.8), np.quantile(plain[a == 0], 0.8))

    def value(sampling):
        weight = sampling * np.minimum(arm_weights(sampling), limits)
        one, zero = (np.average(outcome[a == v], weights=weight[a == v]) for v in (1, 0))
        return one - zero

    slopes = []
    for row in range(80):
        moved = np.eye(80)[row] * STEP
        slopes.append((value(1 + moved) - value(1 - moved)) / (2 * STEP))
    found = estimate_effect(outcome, a, sample.x, method="weighting", estimand="ATE", truncate=0.8)
    assert found.value == pytest.approx(value(np.ones(80)), rel=1e-9)
    assert found.truncated == PerArm(int((plain > limits)[a == 1].sum()), int((plain > limits)[a == 0].sum()))
    assert found.std_error == pytest.approx(float(np.linalg.norm(slopes)), rel=1e-5)


def test_at_a_horizon_without_censoring_it_is_the_same(draw_followed):
    sample = draw_followed(np.random.default_rng(63), rows=200)
    time = np.minimum(sample.event_time, sample.departure_time)
    cause = np.where(sample.event_time <= sample.departure_time, 1, 2)
    keywords = {"estimand": "ATE", "truncate": 0.95}
    found = effect_at_horizon(time, cause, sample.treated, sample.x, horizon=12.0, **keywords)
    direct = estimate_effect(
        sample.complete(12.0), sample.treated, sample.x, outcome_family="binomial", **keywords
    )
    assert found.value == pytest.approx(direct.value, rel=1e-12)
    assert found.std_error == pytest.approx(direct.std_error, rel=1e-12)
    assert found.truncated == direct.truncated == found.competing.truncated
    assert found.truncated.treated > 0


@pytest.mark.parametrize("truncate", [0.0, 0.3, 1.0, 99, np.nan])
def test_what_is_no_quantile_is_refused(groups, truncate):
    with pytest.raises(InputError, match="truncate: Must be a quantile"):
        estimate_effect(*groups, truncate=truncate)


def test_methods_without_weights_refuse_it(groups, draw_followed):
    for method in ("standardisation", "unadjusted"):
        with pytest.raises(InputError, match="truncate: There are no weights to cut"):
            estimate_effect(*groups, method=method, truncate=0.99)
    sample = draw_followed(np.random.default_rng(64), rows=60)
    with pytest.raises(InputError, match="truncate: There are no weights to cut"):
        effect_at_horizon(
            sample.time, sample.cause, sample.treated, sample.x, horizon=12, method="unadjusted", truncate=0.9
        )
