"""`bootstrap_effect`: what is drawn, what fails, and that it agrees with the sandwiches."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from hamm_eval.effects import bootstrap_effect, effect_at_horizon, estimate_effect, fresh_labels, weighted_cox
from hamm_eval.errors import InputError, NotEstimable


def rng(seed=1):
    return np.random.default_rng(seed)


def test_whole_clusters_are_drawn_as_often_as_there_are():
    household = np.array(["c", "a", "b", "a", "c", "c"])
    seen = []

    def note(rows):
        seen.append(rows)
        return float(rows.sum())

    bootstrap_effect(note, household, replicates=200, rng=rng())
    assert seen[0].tolist() == list(range(6))
    for rows in seen[1:]:
        label = fresh_labels(rows, household)
        assert label.max() + 1 == 3
        for one in range(3):
            mine = rows[label == one]
            own = household[mine[0]]
            assert mine.tolist() == np.flatnonzero(household == own).tolist()
    counts = np.array([np.bincount(rows, minlength=6) for rows in seen[1:]])
    assert (counts[:, 1] == counts[:, 3]).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(6), abs=0.25)
    assert counts.max() == 3


def test_copies_of_persons_are_told_apart():
    household, person = np.array([0, 0, 0, 1]), np.array([7, 7, 8, 9])
    rows = np.array([0, 1, 2, 0, 1, 2])
    assert fresh_labels(rows, household).tolist() == [0, 0, 0, 1, 1, 1]
    assert fresh_labels(rows, household, of=person).tolist() == [0, 0, 1, 2, 2, 3]
    single = np.array([3, 3, 3])
    assert fresh_labels(single, household).tolist() == [0, 1, 2]
    assert fresh_labels(np.array([], dtype=np.int64), household).tolist() == []


def test_standard_error_of_a_mean_of_clusters():
    household = np.repeat(np.arange(80), 2)
    y = rng(2).normal(size=80)[household] + rng(3).normal(size=160)
    means = y.reshape(80, 2).mean(axis=1)
    found = bootstrap_effect(lambda rows: y[rows].mean(), household, replicates=2000, rng=rng(4))
    assert found.value == pytest.approx(y.mean())
    assert found.std_error == pytest.approx(means.std() / np.sqrt(80), rel=0.05)
    assert (found.lower, found.upper) == pytest.approx((found.normal_lower, found.normal_upper), abs=0.03)
    assert found.upper - found.lower == pytest.approx(2 * 1.96 * found.std_error, rel=0.06)
    assert (found.replicates, found.failed, found.clusters) == (2000, 0, 80)
    narrow = bootstrap_effect(
        lambda rows: y[rows].mean(), household, replicates=2000, rng=rng(4), confidence=0.5
    )
    assert found.lower < narrow.lower < narrow.upper < found.upper


def test_the_same_generator_gives_the_same_interval_and_results_are_frozen():
    y = np.arange(10.0)

    def both(rows):
        return np.array([y[rows].mean(), y[rows].max()])

    one, other = (bootstrap_effect(both, np.arange(10), replicates=50, rng=rng(5)) for _ in range(2))
    assert one.lower.tolist() == other.lower.tolist()
    assert one.value.tolist() == [4.5, 9.0]
    with pytest.raises(ValueError, match="read-only"):
        one.upper[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.failed = 1


def test_replicates_that_fail_are_counted_and_too_many_refused():
    calls = {"n": 0}

    def rare(every):
        def estimate(rows):
            calls["n"] += 1
            if calls["n"] > 1 and calls["n"] % every == 0:
                raise NotEstimable("No event.", where="event")
            return float(rows.mean()) if calls["n"] % every != 1 or calls["n"] == 1 else float("nan")

        return estimate

    found = bootstrap_effect(rare(50), np.arange(9), replicates=200, rng=rng())
    assert found.failed == 8
    calls["n"] = 0
    with pytest.raises(NotEstimable, match=r"In \d+ of 200 resamples"):
        bootstrap_effect(rare(10), np.arange(9), replicates=200, rng=rng())


def test_what_is_wrong_with_the_data_themselves_is_not_a_failed_replicate():
    y = np.arange(6.0)
    with pytest.raises(InputError, match="treated"):
        bootstrap_effect(
            lambda rows: estimate_effect(y[rows], np.full(6, 2)[rows], None).value, np.arange(6), rng=rng()
        )
    with pytest.raises(NotEstimable, match="cluster: There are fewer than two"):
        bootstrap_effect(lambda rows: y[rows].mean(), np.zeros(6), rng=rng())
    with pytest.raises(InputError, match="replicates"):
        bootstrap_effect(lambda rows: y[rows].mean(), np.arange(6), replicates=1, rng=rng())
    with pytest.raises(InputError, match="between 0 and 1"):
        bootstrap_effect(lambda rows: y[rows].mean(), np.arange(6), rng=rng(), confidence=95)
    with pytest.raises(InputError, match="different shapes"):
        bootstrap_effect(lambda rows: y[np.unique(rows)], np.arange(6), replicates=50, rng=rng())


def city(seed, households=400):
    """Households share a covariate, the measure and luck; closing of cases depends on a covariate."""
    draw = rng(seed)
    household = np.repeat(np.arange(households), draw.integers(1, 4, size=households))
    shared, luck = draw.normal(size=(2, households))
    x = np.column_stack([shared[household], draw.normal(size=household.size)])
    treated = draw.binomial(1, 1 / (1 + np.exp(0.4 - 0.6 * shared)))[household].astype(float)
    y = 0.5 * treated + x @ [0.6, 0.3] + luck[household] + draw.normal(size=household.size)
    event = draw.exponential(20 * np.exp(-0.3 * y))
    gone = draw.exponential(40 * np.exp(0.2 * x[:, 1]))
    closed = draw.exponential(40 * np.exp(-0.4 * x[:, 1]))
    time = np.minimum(np.minimum(event, gone), closed)
    return household, x, treated, y, time, np.where(time == closed, 0, np.where(time == event, 1, 2))


@pytest.mark.slow
@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_agrees_with_the_sandwich_of_complete_outcomes(estimand):
    household, x, treated, y, *_ = city(6)
    keywords = {"method": "aipw", "estimand": estimand}
    found = bootstrap_effect(
        lambda rows: estimate_effect(y[rows], treated[rows], x[rows], **keywords).value,
        household,
        rng=rng(7),
    )
    sandwich = estimate_effect(y, treated, x, cluster=household, **keywords)
    independent = estimate_effect(y, treated, x, **keywords)
    assert found.value == sandwich.value
    # The bootstrap's own noise is 2.2 %.
    assert found.std_error == pytest.approx(sandwich.std_error, rel=0.08)
    assert independent.std_error < 0.9 * sandwich.std_error
    assert (found.lower, found.upper) == pytest.approx(
        (sandwich.lower, sandwich.upper), abs=0.3 * sandwich.std_error
    )


@pytest.mark.slow
def test_agrees_with_the_sandwich_at_a_horizon():
    household, x, treated, _, time, cause = city(8)

    def effects(rows):
        found = effect_at_horizon(time[rows], cause[rows], treated[rows], x[rows], horizon=12)
        return np.array([found.value, found.competing.value])

    found = bootstrap_effect(effects, household, replicates=499, rng=rng(9))
    sandwich = effect_at_horizon(time, cause, treated, x, horizon=12, cluster=household)
    # Noise of the bootstrap 3.2 %.
    assert found.std_error == pytest.approx([sandwich.std_error, sandwich.competing.std_error], rel=0.1)


@pytest.mark.slow
def test_agrees_with_the_sandwich_of_a_weighted_cox_model():
    household, x, treated, _, time, cause = city(10)
    event = (cause == 1).astype(float)

    def coefficient(rows):
        return float(weighted_cox(time[rows], event[rows], treated[rows], x[rows]).coefficients[0])

    found = bootstrap_effect(coefficient, household, replicates=499, rng=rng(11))
    sandwich = weighted_cox(time, event, treated, x, cluster=household)
    assert found.std_error == pytest.approx(sandwich.std_error[0], rel=0.1)
    # Weights taken as known claim more uncertainty (Shu et al. 2021); how much depends on the covariates.
    assert sandwich.std_error_known_weights[0] > sandwich.std_error[0]
