"""What must hold of models of ratings whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special

from hamm_eval.ratings import (
    clustered_regression,
    linear_mixed,
    marginal_model,
    ordinal_mixed,
    ordinal_regression,
    proportional_odds_test,
)
from hamm_eval.ratings.links import LINKS


@pytest.fixture(scope="module")
def rated():
    rng = np.random.default_rng(4)
    n = 300
    x = np.column_stack([rng.normal(50, 12, n), rng.integers(0, 2, n)])
    worker = rng.integers(0, 25, n)
    latent = 0.04 * x[:, 0] - 0.7 * x[:, 1] + rng.normal(size=25)[worker] + rng.logistic(size=n)
    return np.digitize(latent, np.quantile(latent, [0.15, 0.4, 0.8])), x, worker


@pytest.mark.parametrize("link", list(LINKS))
def test_links_are_consistent(link):
    x = np.linspace(-4, 2.5, 27)
    family, minus = LINKS[link], np.full(27, -np.inf)
    step = 1e-5
    slope = (family.between(minus, x + step) - family.between(minus, x - step)) / (2 * step)
    assert_allclose(family.density(x), slope, rtol=1e-6)
    bend = (family.density(x + step) - family.density(x - step)) / (2 * step)
    assert_allclose(family.slope(x), bend, rtol=1e-5, atol=1e-9)
    assert_allclose(family.quantile(family.between(minus, x)), x, rtol=1e-8)
    assert_allclose(family.between(x[:-1], x[1:]), np.diff(family.between(minus, x)), rtol=1e-9)
    ends = np.array([-np.inf, np.inf])
    assert_allclose(family.density(ends), 0, atol=1e-300)
    assert_allclose(family.slope(ends), 0, atol=1e-300)
    # Far out nothing cancels.
    assert family.between(np.array([-30.0]), np.array([-29.0]))[0] > 0
    grid = np.linspace(-40, 40, 400_001)
    mean = (grid * family.density(grid)).sum() * (grid[1] - grid[0])
    variance = ((grid - mean) ** 2 * family.density(grid)).sum() * (grid[1] - grid[0])
    assert_allclose(variance, family.variance, rtol=1e-6)


def test_two_points_are_logistic_regression(rated):
    rating, x, worker = rated
    high = (rating > 1).astype(float)
    found = ordinal_regression(high, x, cluster=worker)
    plain = clustered_regression(high, x, worker, family="binomial", kind="CR0")
    assert_allclose(found.coefficients, plain.coefficients[1:], rtol=1e-8)
    assert_allclose(found.std_error, plain.std_error[1:], rtol=1e-8)
    assert_allclose(-found.thresholds, plain.coefficients[:1], rtol=1e-8)
    same = marginal_model(high, x, worker, family="binomial", correlation="independence")
    assert_allclose(same.std_error[1:], found.std_error, rtol=1e-8)


def test_the_maximum_is_found(rated):
    """By a search without derivatives of ours."""
    rating, x, _ = rated
    found = ordinal_regression(rating, x)

    def fall(parameters):
        edges = np.concatenate([[-np.inf], parameters[:3], [np.inf]])
        predictor = x @ parameters[3:]
        inside = special.expit(edges[rating + 1] - predictor) - special.expit(edges[rating] - predictor)
        return -np.log(np.maximum(inside, 1e-300)).sum()

    at = np.r_[found.thresholds, found.coefficients]
    assert_allclose(fall(at), -found.log_likelihood, rtol=1e-12)
    near = optimize.minimize(fall, at, method="Nelder-Mead", options={"maxiter": 400})
    assert near.fun > -found.log_likelihood - 1e-7
    assert_allclose(fall(np.r_[special.logit([0.15, 0.4, 0.8]), 0, 0]), -found.null_log_likelihood, rtol=1e-4)


def test_scales_turned_around_turn_coefficients(rated):
    rating, x, worker = rated
    up, down = ordinal_regression(rating, x), ordinal_regression(-rating, x)
    assert_allclose(down.coefficients, -up.coefficients, rtol=1e-7)
    assert_allclose(down.thresholds, -up.thresholds[::-1], rtol=1e-7)
    assert_allclose(down.predict(x)[:, ::-1], up.predict(x), rtol=1e-7)
    assert_allclose(up.predict(x).sum(axis=1), 1, rtol=1e-12)
    moved = ordinal_regression(rating, x * [10, 1] + [5, 0], cluster=worker)
    assert_allclose(moved.coefficients * [10, 1], up.coefficients, rtol=1e-7)
    order = np.random.default_rng(3).permutation(rating.size)
    shuffled = ordinal_regression(rating[order], x[order], cluster=worker[order])
    assert_allclose(shuffled.std_error, moved.std_error * [10, 1], rtol=1e-7)


def test_repeated_rows_are_no_new_information_to_clusters(rated):
    rating, x, _ = rated
    rows = np.repeat(np.arange(rating.size), 3)
    once = ordinal_regression(rating, x, cluster=np.arange(rating.size))
    often = ordinal_regression(rating[rows], x[rows], cluster=rows)
    assert_allclose(often.coefficients, once.coefficients, rtol=1e-7)
    assert_allclose(often.std_error, once.std_error, rtol=1e-7)
    assert_allclose(often.naive_std_error, once.naive_std_error / np.sqrt(3), rtol=1e-7)
    least = clustered_regression(rating[rows].astype(float), x[rows], rows, kind="CR0")
    single = clustered_regression(rating.astype(float), x, np.arange(rating.size), kind="CR0")
    assert_allclose(least.std_error, single.std_error, rtol=1e-9)


def test_profile_limits_are_near_the_others_and_not_symmetric(rated):
    rating, x, _ = rated
    wald, profile = (ordinal_regression(rating, x, interval=kind) for kind in ("wald", "profile"))
    assert_allclose(profile.lower, wald.lower, atol=0.05)
    assert_allclose(profile.upper, wald.upper, atol=0.05)
    assert np.abs(profile.upper + profile.lower - 2 * profile.coefficients).max() > 1e-6


def test_proportional_odds_with_terms_and_clusters(rated):
    rating, x, _ = rated
    frame = pd.DataFrame(x, columns=["age", "woman"])
    apart = proportional_odds_test(rating, frame)
    together = proportional_odds_test(rating, frame, terms={"person": ["age", "woman"]})
    assert apart.terms == ("age", "woman")
    assert together.dof.tolist() == [4]
    assert together.statistic[0] >= apart.statistic.max()
    robust = proportional_odds_test(rating, frame, cluster=np.arange(rating.size))
    # Of independent rows F times its degrees of freedom is near the likelihood ratio.
    assert_allclose(robust.statistic * robust.dof, apart.statistic, atol=2)
    assert np.all((robust.p_value > 0) & (robust.p_value < 1))


def test_odds_that_are_not_proportional_are_seen():
    rng = np.random.default_rng(8)
    group = np.repeat([0.0, 1.0], 400)
    extreme = rng.choice([1, 2, 3, 4, 5], 800, p=[0.4, 0.05, 0.1, 0.05, 0.4])
    rating = np.where(group == 0, rng.integers(1, 6, 800), extreme)
    found = proportional_odds_test(rating, group)
    assert found.p_value[0] < 1e-6
    assert found.by_threshold[0][0, 0] < 0 < found.by_threshold[0][0, -1]
    # A point that a group never gives leaves no model in which each threshold has a coefficient.
    never = np.where((group == 1) & (rating == 2), 3, rating)
    crossing = proportional_odds_test(never, group)
    assert np.isnan(crossing.p_value[0])
    assert "thresholds would cross" in crossing.notes[0]


def test_no_variance_between_groups_is_possible():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(30), 6)
    x = rng.normal(size=180)
    # Each group has each rating equally often: less alike than by chance.
    rating = np.tile([1, 1, 2, 2, 3, 3], 30)
    found = ordinal_mixed(rating, x, group)
    assert (found.variance, found.variance_share, found.variance_share_lower) == (0, 0, 0)
    assert 0 < found.variance_share_upper < 0.1
    assert found.variance_p_value == 1
    plain = ordinal_regression(rating, x)
    assert_allclose(found.coefficients, plain.coefficients, rtol=1e-8)
    assert_allclose(found.std_error, plain.std_error, rtol=1e-8)
    line = linear_mixed(rating.astype(float), x, group)
    assert (line.variance_share, line.variance_share_lower) == (0, 0)
    assert line.dof.tolist() == [178, 178]
    # The interval reaches 0 exactly where the test does not reject at twice its level.
    assert found.random_effects.tolist() == [0] * 30


def test_mixed_models_see_the_workers(rated):
    rating, x, worker = rated
    found = ordinal_mixed(rating, x, worker)
    assert found.variance_share_lower > 0
    assert found.variance_p_value < 0.001
    # Planted: 1 / (1 + pi^2 / 3) = 0.23.
    assert found.variance_share_lower < 0.233 < found.variance_share_upper
    names = np.array([f"w{code:02d}" for code in worker])
    order = np.random.default_rng(5).permutation(rating.size)
    other = ordinal_mixed(rating[order], x[order], names[order])
    assert_allclose(other.coefficients, found.coefficients, rtol=1e-6)
    assert_allclose(other.variance_share_upper, found.variance_share_upper, rtol=1e-5)
    assert_allclose(other.random_effects, found.random_effects, atol=1e-5)


def test_more_nodes_change_nothing_where_there_are_enough(rated):
    rating, x, worker = rated
    few, many = (ordinal_mixed(rating, x, worker, nodes=nodes) for nodes in (12, 25))
    assert_allclose(few.log_likelihood, many.log_likelihood, rtol=1e-8)
    assert_allclose(few.variance_share, many.variance_share, rtol=1e-5)


def test_balanced_random_intercepts_are_those_of_the_analysis_of_variance():
    rng = np.random.default_rng(6)
    table = rng.normal(size=(14, 1)) + rng.normal(size=(14, 5))
    group = np.repeat(np.arange(14), 5)
    found = linear_mixed(table.ravel(), None, group)
    within = table.var(axis=1, ddof=1).mean()
    between = table.mean(axis=1).var(ddof=1) - within / 5
    assert_allclose(found.residual_variance, within, rtol=1e-6)
    assert_allclose(found.group_covariance[0, 0], between, rtol=1e-6)
    assert_allclose(found.dof, 13, rtol=1e-5)
    assert found.variance_share_lower < found.variance_share < found.variance_share_upper
    shrunk = (table.mean(axis=1) - table.mean()) * between / (between + within / 5)
    assert_allclose(found.random_effects[:, 0], shrunk, rtol=1e-5)


def test_working_correlations_of_pairs_are_one(rated):
    rating, x, _ = rated
    pair = np.arange(rating.size) // 2
    found = [
        marginal_model(rating.astype(float), x, pair, correlation=kind)
        for kind in ("exchangeable", "ar1", "unstructured")
    ]
    for other in found[1:]:
        assert_allclose(other.coefficients, found[0].coefficients, rtol=1e-9)
        assert_allclose(other.std_error, found[0].std_error, rtol=1e-9)
        assert_allclose(other.association, found[0].association, rtol=1e-9)
    # By position instead of by order of rows.
    order = np.random.default_rng(9).permutation(rating.size)
    place = np.arange(rating.size) % 2
    moved = marginal_model(
        rating[order].astype(float), x[order], pair[order], correlation="ar1", position=place[order]
    )
    assert_allclose(moved.association, found[0].association, rtol=1e-9)


def test_corrections_for_few_clusters_are_in_order(rated):
    rating, x, worker = rated
    few = worker % 6
    errors = {
        kind: clustered_regression(rating.astype(float), x, few, kind=kind)
        for kind in ("CR0", "CR1", "CR1S", "CR2", "CR3")
    }
    assert np.all(errors["CR0"].std_error < errors["CR2"].std_error)
    assert np.all(errors["CR2"].std_error < errors["CR3"].std_error)
    assert_allclose(errors["CR1"].std_error, errors["CR0"].std_error * np.sqrt(6 / 5), rtol=1e-12)
    assert np.all(errors["CR2"].dof < 6)


def test_one_row_a_cluster_is_hc2(rated):
    """CR2 of single rows divides squared residuals by 1 - leverage (MacKinnon and White)."""
    rating, x, _ = rated
    design = np.column_stack([np.ones(rating.size), x])
    inverse = np.linalg.inv(design.T @ design)
    residual = rating - design @ (inverse @ design.T @ rating)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    middle = design.T @ ((residual**2 / (1 - leverage))[:, None] * design)
    found = clustered_regression(rating.astype(float), x, np.arange(rating.size))
    assert_allclose(found.covariance, inverse @ middle @ inverse, rtol=1e-9)


def test_one_coefficient_tested_jointly_is_its_t_squared(rated):
    rating, x, worker = rated
    found = clustered_regression(rating.astype(float), x, worker)
    test = found.joint_test(["x1"])
    assert_allclose(test.p_value, found.p_value[1], rtol=1e-8)
    assert_allclose(test.dof, (1, found.dof[1]), rtol=1e-8)
