"""What must hold of a Cox model whatever the data, and the likelihood spelled out by loops beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize
from strategies import steady

from hamm_eval.survival import cox

FIELDS = ("coefficients", "std_error", "naive_std_error", "log_likelihood", "score_statistic", "concordance")


def sample(seed, n=60, p=2, late=False, ticks=8):
    """A small sample with heavy ties and moderate effects."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)).round(1)
    stop = np.ceil(rng.exponential(np.exp(-x @ np.full(p, 0.4))) * ticks / 2).clip(1, ticks)
    start = np.maximum(0, stop - rng.integers(1, ticks, n)) if late else None
    event = (rng.random(n) < 0.7).astype(int)
    weights = rng.integers(1, 5, n) / 2
    stratum = rng.integers(0, 2, n)
    return x, stop.astype(float), start, event, weights, stratum


def log_likelihood(beta, x, stop, start, event, weights, stratum, ties):
    """The weighted partial likelihood as the textbooks write it."""
    begin = np.full(stop.size, -np.inf) if start is None else start
    risk, total = np.exp(x @ beta), 0.0
    for s in np.unique(stratum):
        for t in np.unique(stop[(event == 1) & (stratum == s)]):
            at_risk = (stratum == s) & (begin < t) & (stop >= t)
            dead = (stratum == s) & (event == 1) & (stop == t)
            d = dead.sum()
            total += weights[dead] @ (x[dead] @ beta)
            for j in range(d):
                share = j / d if ties == "efron" else 0.0
                denominator = weights[at_risk] @ risk[at_risk] - share * (weights[dead] @ risk[dead])
                total -= weights[dead].mean() * np.log(denominator)
    return total


SAMPLES = pytest.mark.parametrize(("seed", "late"), [(1, False), (2, True), (3, True)])
TIES = pytest.mark.parametrize("ties", ["efron", "breslow"])


@SAMPLES
@TIES
def test_maximum_of_the_likelihood(seed, late, ties):
    x, stop, start, event, weights, stratum = sample(seed, late=late)
    fit = cox(stop, event, x, start=start, weights=weights, strata=stratum, ties=ties)

    def minus(beta):
        return -log_likelihood(beta, x, stop, start, event, weights, stratum, ties)

    assert_allclose(fit.log_likelihood, -minus(fit.coefficients), rtol=1e-12)
    assert_allclose(fit.log_likelihood_null, -minus(np.zeros(2)), rtol=1e-12)
    assert_allclose(optimize.approx_fprime(fit.coefficients, minus, 1e-6), 0, atol=2e-3)
    # The model-based covariance is the inverse curvature.
    h = 1e-3
    curvature = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            a, b = np.eye(2)[i] * h, np.eye(2)[j] * h
            c = fit.coefficients
            curvature[i, j] = (minus(c + a + b) - minus(c + a - b) - minus(c - a + b) + minus(c - a - b)) / (
                4 * h * h
            )
    assert_allclose(fit.naive_std_error, np.sqrt(np.diag(np.linalg.inv(curvature))), rtol=1e-5)


@SAMPLES
def test_dfbeta_is_the_derivative_by_weights(seed, late):
    x, stop, start, event, weights, stratum = sample(seed, n=30, late=late)
    fit = cox(stop, event, x, start=start, weights=weights, strata=stratum, ties="breslow")
    step = 1e-5
    for i in range(stop.size):
        up, down = weights.copy(), weights.copy()
        up[i], down[i] = weights[i] + step, weights[i] - step
        high, low = (
            cox(stop, event, x, start=start, weights=w, strata=stratum, ties="breslow").coefficients
            for w in (up, down)
        )
        assert_allclose(fit.residuals("dfbeta")[i], weights[i] * (high - low) / (2 * step), atol=1e-6)


@SAMPLES
@TIES
def test_residuals_add_up(seed, late, ties):
    x, stop, start, event, weights, stratum = sample(seed, late=late)
    fit = cox(stop, event, x, start=start, weights=weights, strata=stratum, ties=ties)
    assert_allclose(weights @ fit.residuals("martingale"), 0, atol=1e-9)
    assert_allclose(weights @ fit.residuals("score"), 0, atol=1e-7)
    assert fit.residuals("schoenfeld").shape == (event.sum(), 2)
    dfbeta = fit.residuals("dfbeta")
    assert_allclose(fit.covariance, dfbeta.T @ dfbeta, rtol=1e-9)
    unweighted = cox(stop, event, x, start=start, strata=stratum, ties=ties)
    assert_allclose(unweighted.residuals("schoenfeld").sum(axis=0), 0, atol=1e-7)


def concordance_by_pairs(score, stop, start, event, stratum):
    begin = np.full(stop.size, -np.inf) if start is None else start
    good, all_pairs = 0.0, 0
    for i in np.flatnonzero(event == 1):
        later = (stratum == stratum[i]) & (begin < stop[i])
        later &= (stop > stop[i]) | ((stop == stop[i]) & (event == 0))
        good += np.sum(score[later] < score[i]) + np.sum(score[later] == score[i]) / 2
        all_pairs += later.sum()
    return good / all_pairs


@SAMPLES
def test_concordance_by_pairs(seed, late):
    x, stop, start, event, _, stratum = sample(seed, late=late)
    x = x.round(0)[:, :1]
    fit = cox(stop, event, x, start=start, strata=stratum)
    expected = concordance_by_pairs(x[:, 0] * fit.coefficients[0], stop, start, event, stratum)
    assert_allclose(fit.concordance, expected, rtol=1e-12)


@steady
@given(st.integers(0, 10_000), st.booleans(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(seed, late, random):
    x, stop, start, event, weights, stratum = sample(seed, late=late)
    order = np.array(random.sample(range(stop.size), stop.size))
    cluster = np.arange(stop.size) // 3
    one = cox(stop, event, x, start=start, weights=weights, strata=stratum, cluster=cluster)
    two = cox(
        stop[order],
        event[order],
        x[order],
        start=None if start is None else start[order],
        weights=weights[order],
        strata=stratum[order],
        cluster=cluster[order],
    )
    for name in FIELDS:
        assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-8, err_msg=name)
    assert_allclose(one.residuals("dfbeta")[order], two.residuals("dfbeta"), atol=1e-9)


@steady
@given(st.integers(0, 10_000), st.booleans())
def test_splitting_rows_changes_nothing(seed, late):
    x, stop, start, event, _, _ = sample(seed, late=late)
    begin = np.zeros(stop.size) if start is None else start
    person = np.arange(stop.size)
    cut = (begin + stop) / 2
    split = np.r_[x, x]
    one = cox(stop, event, x, start=begin, cluster=person)
    two = cox(
        np.r_[cut, stop],
        np.r_[0 * event, event],
        split,
        start=np.r_[begin, cut],
        cluster=np.r_[person, person],
    )
    for name in FIELDS:
        assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-7, err_msg=name)
    for transform in ("km", "identity"):
        left, right = one.proportionality_test(transform), two.proportionality_test(transform)
        assert_allclose(left.statistic, right.statistic, rtol=1e-6, atol=1e-9)


@steady
@given(st.integers(0, 10_000), st.booleans())
def test_weights_of_breslow_ties_are_replication(seed, late):
    x, stop, start, event, _, stratum = sample(seed, late=late)
    count = np.random.default_rng(seed).integers(1, 4, stop.size)
    again = np.repeat(np.arange(stop.size), count)
    weighted = cox(stop, event, x, start=start, weights=count, strata=stratum, ties="breslow")
    repeated = cox(
        stop[again],
        event[again],
        x[again],
        start=None if start is None else start[again],
        strata=stratum[again],
        cluster=again,
        ties="breslow",
    )
    for name in ("coefficients", "std_error", "naive_std_error", "concordance"):
        assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-7, err_msg=name)


def test_unit_weights_change_the_variance_only():
    x, stop, _, event, _, _ = sample(5)
    plain, weighted = cox(stop, event, x), cox(stop, event, x, weights=np.ones(stop.size))
    assert_allclose(plain.coefficients, weighted.coefficients, rtol=1e-12)
    assert_allclose(plain.std_error, weighted.naive_std_error, rtol=1e-12)
    assert weighted.robust and not plain.robust
    by_row = cox(stop, event, x, cluster=np.arange(stop.size))
    assert_allclose(weighted.std_error, by_row.std_error, rtol=1e-12)


def test_weight_zero_is_absence():
    x, stop, start, event, _, stratum = sample(6, late=True)
    kept = np.arange(stop.size) % 4 > 0
    zero = cox(stop, event, x, start=start, strata=stratum, weights=kept.astype(float))
    gone = cox(
        stop[kept], event[kept], x[kept], start=start[kept], strata=stratum[kept], weights=np.ones(kept.sum())
    )
    for name in FIELDS:
        assert_allclose(getattr(zero, name), getattr(gone, name), rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_units_of_covariates_and_shifts_do_not_matter(factor):
    x, stop, _, event, _, _ = sample(7)
    one, two = cox(stop, event, x), cox(stop, event, x * factor + 3)
    assert_allclose(one.coefficients, two.coefficients * factor, rtol=1e-7)
    assert_allclose(one.std_error, two.std_error * factor, rtol=1e-7)
    assert_allclose(
        one.baseline(x[0]).cumulative_hazard, two.baseline(x[0] * factor + 3).cumulative_hazard, rtol=1e-7
    )


def test_baseline_at_the_means_and_at_rows():
    x, stop, _, event, weights, _ = sample(8)
    fit = cox(stop, event, x)
    assert_allclose(
        fit.baseline().cumulative_hazard, fit.baseline(x.mean(axis=0)).cumulative_hazard, rtol=1e-12
    )
    both = fit.baseline(x[:2])
    assert_allclose(both.cumulative_hazard[1], fit.baseline(x[1]).cumulative_hazard, rtol=1e-12)
    assert_allclose(both.std_error[1], fit.baseline(x[1]).std_error, rtol=1e-12)
    assert_allclose(both.survival, np.exp(-both.cumulative_hazard))
    assert fit.baseline().at([0])[0] == 0
    # The model-based error would not be valid there.
    robust = cox(stop, event, x, weights=weights)
    assert np.isnan(robust.baseline().std_error).all()


def test_baseline_of_strata_begins_anew():
    x, stop, _, event, _, stratum = sample(9)
    fit = cox(stop, event, x, strata=np.array(["a", "b"])[stratum])
    baseline = fit.baseline()
    for label in ("a", "b"):
        of = baseline.cumulative_hazard[baseline.stratum == label]
        assert np.all(np.diff(of) > 0)
        assert_allclose(baseline.at([stop.max()], label)[0], of[-1])
    expected = event - fit.residuals("martingale")
    mean = x.mean(axis=0)
    risk = np.exp((x - mean) @ fit.coefficients)
    censored = event == 0
    at_stop = np.array(
        [baseline.at([t], "ab"[s])[0][0] for t, s in zip(stop[censored], stratum[censored], strict=True)]
    )
    assert_allclose(expected[censored], risk[censored] * at_stop, rtol=1e-9)
