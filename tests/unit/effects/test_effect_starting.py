"""Starting a measure within a grace period: against its definition, known laws, and identities."""

from __future__ import annotations

import numpy as np
import pytest
from starting_sample import draw_started, true_risks

from hamm_eval.effects import (
    effect_at_horizon,
    effect_of_starting,
    estimate_effect,
    hazard_ratio_of_starting,
)
from hamm_eval.effects.grace import ADHERENCES
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import cox

HORIZON, GRACE = 200.0, 40.0
STEP = 1e-4


def ask(sample, **keywords):
    given = {"horizon": HORIZON, "grace": GRACE} | keywords
    return effect_of_starting(sample.time, sample.cause, sample.start, sample.x, **given)


CASES = [
    ("aipw", "ATT", "intention_to_treat", "all", "risk_difference"),
    ("aipw", "ATT", "per_protocol", "none", "risk_difference"),
    ("aipw", "ATE", "per_protocol", "all", "risk_difference"),
    ("aipw", "ATO", "intention_to_treat", "none", "risk_ratio"),
    ("weighting", "ATT", "per_protocol", "all", "months_difference"),
    ("weighting", "ATE", "intention_to_treat", "all", "risk_difference"),
]


@pytest.mark.parametrize(("method", "estimand", "adherence", "interactions", "contrast"), CASES)
def test_variance_is_the_sum_of_squared_derivatives_by_the_weight_of_a_row(
    method, estimand, adherence, interactions, contrast
) -> None:
    """No formula of the library enters: through start, observation and outcome models at once."""
    sample = draw_started(np.random.default_rng(5), 50)
    trial = np.arange(50) % 2
    keywords = {"method": method, "estimand": estimand, "adherence": adherence, "trial": trial}
    keywords |= {"interactions": interactions, "contrast": contrast}

    def value(weights):
        found = ask(sample, weights=weights, **keywords).value
        return np.log(found) if contrast == "risk_ratio" else found

    slopes = np.empty(50)
    for row in range(50):
        weights = np.ones(50)
        weights[row] += STEP
        above = value(weights)
        weights[row] -= 2 * STEP
        slopes[row] = (above - value(weights)) / (2 * STEP)
    assert ask(sample, **keywords).std_error == pytest.approx(np.sqrt(slopes @ slopes), rel=1e-6)
    house = np.arange(50) // 2
    clustered = ask(sample, cluster=house, cluster_t=False, **keywords).std_error
    by_house = np.bincount(house, slopes)
    assert clustered == pytest.approx(np.sqrt(by_house @ by_house), rel=1e-6)


@pytest.mark.parametrize("adherence", ADHERENCES)
@pytest.mark.parametrize("method", ["aipw", "weighting"])
def test_known_laws_are_recovered(adherence, method) -> None:
    """Exponential starts, goals and departures: one large sample, within 3.5 standard errors of the truth."""
    rng = np.random.default_rng(20261128)
    sample = draw_started(rng, 12_000, factor=2.0)
    all_1, all_0, att_1, att_0 = true_risks(
        rng, factor=2.0, horizon=HORIZON, grace=GRACE, later=adherence == "intention_to_treat"
    )
    for estimand, truth in (("ATE", all_1 - all_0), ("ATT", att_1 - att_0)):
        found = ask(sample, adherence=adherence, method=method, estimand=estimand)
        assert truth > 0.04
        assert abs(found.value - truth) < 3.5 * found.std_error
        assert truth > 5 * found.std_error  # a wrong answer would be seen


def test_time_before_a_start_is_credited_to_nobody() -> None:
    """Null effect: comparing ever with never started goes far wrong, the weights do not."""
    sample = draw_started(np.random.default_rng(8), 6000, closings=False)
    ever = sample.start < np.minimum(sample.time, HORIZON)
    naive = effect_at_horizon(
        sample.time, sample.cause, ever.astype(int), sample.x, horizon=HORIZON, estimand="ATE"
    )
    assert naive.upper < -0.1
    for adherence in ADHERENCES:
        found = ask(sample, adherence=adherence, estimand="ATE")
        assert abs(found.value) < 3.5 * found.std_error


def test_starts_at_once_and_no_covariates_are_a_plain_comparison() -> None:
    """Everybody who starts does so before anything happens: weighted means are the arms' own."""
    rng = np.random.default_rng(3)
    sample = draw_started(rng, 300, closings=False)
    treated = rng.random(300) < 0.4
    start = np.where(treated, 1e-6, np.inf)
    reached = ((sample.cause == 1) & (sample.time <= HORIZON)).astype(float)
    plain = estimate_effect(reached, treated.astype(int), None, method="unadjusted", estimand="ATE")
    for method in ("aipw", "weighting"):
        found = effect_of_starting(
            sample.time,
            sample.cause,
            start,
            None,
            horizon=HORIZON,
            grace=GRACE,
            method=method,
            estimand="ATE",
        )
        assert found.value == pytest.approx(plain.value, abs=1e-9)
        assert found.std_error == pytest.approx(plain.std_error, rel=1e-6)


def test_order_of_rows_and_whole_copies_change_nothing() -> None:
    sample = draw_started(np.random.default_rng(4), 200)
    house = np.arange(200) // 2
    first = ask(sample, cluster=house)
    order = np.random.default_rng(1).permutation(200)
    shuffled = effect_of_starting(
        sample.time[order],
        sample.cause[order],
        sample.start[order],
        sample.x[order],
        horizon=HORIZON,
        grace=GRACE,
        cluster=house[order],
    )
    assert shuffled.value == pytest.approx(first.value, rel=1e-9)
    assert shuffled.std_error == pytest.approx(first.std_error, rel=1e-9)
    twice = effect_of_starting(
        np.tile(sample.time, 2),
        np.tile(sample.cause, 2),
        np.tile(sample.start, 2),
        np.vstack([sample.x, sample.x]),
        horizon=HORIZON,
        grace=GRACE,
        cluster=np.tile(house, 2),
        person=np.tile(np.arange(200), 2),
    )
    assert twice.n == first.n  # distinct persons, not rows
    assert twice.effective_n.control == pytest.approx(first.effective_n.control, rel=0.05)


def test_a_start_on_the_day_of_the_goal_comes_too_late() -> None:
    sample = draw_started(np.random.default_rng(6), 200, closings=False)
    reached = sample.cause == 1
    tied = np.where(reached & (sample.start > sample.time), sample.time, sample.start)
    same = effect_of_starting(
        sample.time, sample.cause, tied, sample.x, horizon=HORIZON, grace=GRACE, estimand="ATE"
    )
    assert same.n == ask(sample, estimand="ATE").n
    assert same.value == pytest.approx(ask(sample, estimand="ATE").value, abs=1e-12)


def test_small_sample_variance_is_larger_and_close_in_large_samples() -> None:
    sample = draw_started(np.random.default_rng(7), 150)
    plain, jackknifed = ask(sample), ask(sample, small_sample=True)
    assert jackknifed.value == plain.value
    assert plain.std_error < jackknifed.std_error < 1.6 * plain.std_error
    large = draw_started(np.random.default_rng(7), 6000)
    assert ask(large, small_sample=True).std_error == pytest.approx(ask(large).std_error, rel=0.02)


def test_all_that_is_wrong_is_told_at_once_and_without_a_value() -> None:
    with pytest.raises(InputError) as told:
        effect_of_starting(
            [1.0, 2.0],
            [1, 7.5],
            [0.0, np.nan],
            None,
            horizon=100,
            grace=120,
            estimand="XYZ",
            method="matching",
        )
    places = {problem.where for problem in told.value.problems}
    assert {"cause", "start", "grace", "estimand", "method"} <= places
    assert "7.5" not in str(told.value)
    with pytest.raises(InputError, match="time zero"):
        effect_of_starting([5.0, 6.0], [1, 0], [-1.0, np.inf], None, horizon=10, grace=5)


def test_nobody_to_compare_with_is_said() -> None:
    sample = draw_started(np.random.default_rng(9), 100)
    with pytest.raises(NotEstimable, match="nobody to compare"):
        effect_of_starting(sample.time, sample.cause, np.full(100, np.inf), sample.x, horizon=200, grace=40)
    never = np.where(sample.x[:, 0] > 0.5, np.inf, sample.start)
    group = (sample.x[:, 0] > 0.5).astype(float)[:, None]
    with pytest.raises(NotEstimable, match="start model"):
        effect_of_starting(sample.time, sample.cause, never, group, horizon=200, grace=40)


def test_rows_of_one_person_are_no_more_people_in_the_design() -> None:
    """Two trials of the same persons: the design counts as if there were one row each."""
    sample = draw_started(np.random.default_rng(12), 300)
    late = sample.start > 30  # not yet begun at the second trial's time zero
    late &= sample.time > 30
    once = ask(sample)
    pooled = effect_of_starting(
        np.r_[sample.time, sample.time[late] - 30],
        np.r_[sample.cause, sample.cause[late]],
        np.r_[sample.start, sample.start[late] - 30],
        np.vstack([sample.x, sample.x[late]]),
        horizon=HORIZON,
        grace=GRACE,
        trial=np.r_[np.zeros(300), np.ones(late.sum())],
        person=np.r_[np.arange(300), np.flatnonzero(late)],
    )
    assert pooled.overlap.control.sum() == pooled.n.control <= 300
    assert pooled.overlap.treated.sum() == pooled.n.treated > once.n.treated
    (starts, outcome) = pooled.support
    assert starts.events == min(pooled.n.treated, pooled.n.control)
    assert outcome.events <= 300
    # Copies of a person's rows change no weight's share and no effective size.
    twice = effect_of_starting(
        np.tile(sample.time, 2),
        np.tile(sample.cause, 2),
        np.tile(sample.start, 2),
        np.vstack([sample.x, sample.x]),
        horizon=HORIZON,
        grace=GRACE,
        person=np.tile(np.arange(300), 2),
    )
    np.testing.assert_array_equal(twice.overlap.control, once.overlap.control)
    assert twice.overlap.effective_n.control == pytest.approx(once.overlap.effective_n.control, rel=0.01)
    assert twice.overlap.largest_weight_share.control == pytest.approx(
        once.overlap.largest_weight_share.control, rel=0.02
    )
    assert [part.events for part in twice.support] == [part.events for part in once.support]


def test_the_hazard_ratio_of_starts_at_once_is_that_of_two_arms() -> None:
    """No covariates, all who start do so before anything happens: a plain Cox model of two groups."""
    rng = np.random.default_rng(3)
    sample = draw_started(rng, 300, closings=False)
    treated = rng.random(300) < 0.4
    start = np.where(treated, 1e-6, np.inf)
    found = hazard_ratio_of_starting(
        sample.time, sample.cause, start, None, horizon=HORIZON, grace=GRACE, estimand="ATE"
    )
    until = np.minimum(sample.time, HORIZON)
    happened = (sample.cause == 1) & (sample.time <= HORIZON)
    share = np.where(treated, treated.mean(), 1 - treated.mean())
    plain = cox(until, happened, treated[:, None].astype(float), weights=1 / share, cluster=np.arange(300))
    assert found.coefficients[0] == pytest.approx(plain.coefficients[0], abs=2e-3)
    assert found.std_error[0] == pytest.approx(plain.std_error[0], rel=0.01)


@pytest.mark.parametrize("adherence", ADHERENCES)
def test_the_hazard_ratio_is_1_without_an_effect_and_not_with_one(adherence) -> None:
    for factor in (1.0, 2.0):
        sample = draw_started(np.random.default_rng(21), 4000, factor=factor)
        found = hazard_ratio_of_starting(
            sample.time,
            sample.cause,
            sample.start,
            sample.x,
            horizon=HORIZON,
            grace=GRACE,
            adherence=adherence,
        )
        away = abs(found.coefficients[0]) / found.std_error[0]
        assert (away < 3.5) == (factor == 1.0)
