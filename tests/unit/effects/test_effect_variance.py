"""The stacked sandwich against its definition: influence is the derivative by a row's weight.

Every estimator here takes sampling weights, so the derivative of the estimate by the weight of one row can be
had by finite differences, through the propensity, outcome and censoring models at once. The variance must be
the sum of the squares of these derivatives. No formula of the library enters the check.
"""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import effect_at_horizon, estimate_effect

METHODS = ["aipw", "weighting", "standardisation", "unadjusted"]
STEP = 1e-4


def jackknifed(estimate, rows):
    """Standard error from numerical derivatives by the weight of each row."""
    slopes = []
    for row in range(rows):
        found = []
        for step in (STEP, -STEP):
            weights = np.ones(rows)
            weights[row] += step
            found.append(estimate(weights))
        slopes.append((found[0] - found[1]) / (2 * STEP))
    return float(np.sqrt(np.sum(np.square(slopes)))), np.array(slopes)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_variance_of_complete_outcomes(draw_followed, method, estimand, family):
    sample = draw_followed(np.random.default_rng(11), rows=60)
    outcome = sample.complete(15.0) if family == "binomial" else np.log(sample.event_time)
    keywords = {"method": method, "estimand": estimand, "outcome_family": family}

    def value(weights):
        return estimate_effect(outcome, sample.treated, sample.x, weights=weights, **keywords).value

    expected, slopes = jackknifed(value, 60)
    found = estimate_effect(outcome, sample.treated, sample.x, **keywords)
    assert found.std_error == pytest.approx(expected, rel=1e-6)
    cluster = np.arange(60) // 4
    found = estimate_effect(outcome, sample.treated, sample.x, cluster=cluster, cluster_t=False, **keywords)
    by_cluster = np.bincount(cluster, slopes)
    assert found.std_error == pytest.approx(float(np.sqrt(by_cluster @ by_cluster)), rel=1e-6)


CASES = [
    (method, estimand, "risk_difference", "all") for method in METHODS for estimand in ("ATT", "ATE", "ATO")
]
CASES += [
    ("aipw", "ATE", "risk_ratio", "all"),
    ("weighting", "ATT", "risk_ratio", "all"),
    ("aipw", "ATT", "months_difference", "all"),
    ("standardisation", "ATE", "months_difference", "none"),
    ("aipw", "ATT", "risk_difference", "none"),
    ("aipw", "ATO", "risk_difference", ["x1"]),
]


@pytest.mark.parametrize(("method", "estimand", "contrast", "interactions"), CASES)
def test_variance_at_a_horizon(draw_followed, method, estimand, contrast, interactions):
    monthly = contrast == "risk_ratio"
    sample = draw_followed(np.random.default_rng(12), rows=90, monthly=monthly)
    censored = (sample.cause == 0) & (sample.time < 15)
    assert censored.sum() > 10
    keywords = {"horizon": 15.0, "method": method, "estimand": estimand, "contrast": contrast}
    keywords["interactions"] = interactions

    def value(weights):
        found = effect_at_horizon(
            sample.time, sample.cause, sample.treated, sample.x, weights=weights, **keywords
        )
        return np.log(found.value) if contrast == "risk_ratio" else found.value

    expected, _ = jackknifed(value, 90)
    found = effect_at_horizon(sample.time, sample.cause, sample.treated, sample.x, **keywords)
    assert found.std_error == pytest.approx(expected, rel=1e-6)


def test_variance_with_censoring_by_kaplan_meier(draw_followed):
    sample = draw_followed(np.random.default_rng(13), rows=90)
    keywords = {"horizon": 15.0, "censoring_covariates": np.empty((90, 0))}

    def value(weights):
        return effect_at_horizon(
            sample.time, sample.cause, sample.treated, sample.x, weights=weights, **keywords
        ).competing.value

    expected, _ = jackknifed(value, 90)
    found = effect_at_horizon(sample.time, sample.cause, sample.treated, sample.x, **keywords)
    assert found.competing.std_error == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("clustered", [False, True])
def test_small_sample_form_of_plain_means_is_the_jackknife(draw_followed, clustered):
    sample = draw_followed(np.random.default_rng(31), rows=60)
    unit = np.arange(60) // 3 if clustered else np.arange(60)
    y = np.log(sample.event_time)

    def value(rows):
        return estimate_effect(y[rows], sample.treated[rows], None, method="unadjusted").value

    left_out = np.array([value(unit != one) for one in np.unique(unit)]) - value(unit >= 0)
    expected = np.sqrt((1 - 1 / left_out.size) * np.sum(left_out**2))
    found = estimate_effect(
        y,
        sample.treated,
        None,
        method="unadjusted",
        cluster=unit if clustered else None,
        small_sample=True,
    )
    assert found.std_error == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("method", ["aipw", "weighting", "standardisation"])
def test_small_sample_form_is_near_the_jackknife_where_the_plain_one_is_not(draw_followed, method):
    """One Newton step against refitting without each cluster, with two rows in a cluster and few clusters."""
    sample = draw_followed(np.random.default_rng(32), rows=160)
    unit = np.arange(160) // 2
    keywords = {"horizon": 15.0, "method": method}

    def value(rows):
        return effect_at_horizon(
            sample.time[rows], sample.cause[rows], sample.treated[rows], sample.x[rows], **keywords
        ).value

    left_out = np.array([value(unit != one) for one in range(80)]) - value(unit >= 0)
    expected = np.sqrt((1 - 1 / 80) * np.sum(left_out**2))
    whole = (sample.time, sample.cause, sample.treated, sample.x)
    plain = effect_at_horizon(*whole, cluster=unit, **keywords)
    found = effect_at_horizon(*whole, cluster=unit, small_sample=True, **keywords)
    assert found.value == plain.value
    assert abs(found.std_error / expected - 1) < 0.02
    assert abs(found.std_error - expected) < abs(plain.std_error - expected)


def test_a_household_that_alone_carries_a_category_does_not_break_the_jackknife(draw_followed):
    sample = draw_followed(np.random.default_rng(33), rows=120)
    alone = np.zeros(120)
    unit = np.arange(120) // 2
    pair = np.flatnonzero((sample.treated[::2] == 1) & (sample.treated[1::2] == 0))[0]
    alone[unit == pair] = 1
    y = np.log(sample.event_time)
    found = estimate_effect(
        y,
        sample.treated,
        np.column_stack([sample.x, alone]),
        method="weighting",
        cluster=unit,
        small_sample=True,
    )
    plain = estimate_effect(
        y, sample.treated, np.column_stack([sample.x, alone]), method="weighting", cluster=unit
    )
    assert 1 < found.std_error / plain.std_error < 1.5
