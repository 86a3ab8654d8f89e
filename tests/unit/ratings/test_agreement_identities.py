"""What must hold of agreement whatever the ratings."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hamm_eval.ratings import (
    fleiss_kappa,
    goal_attainment_t,
    intraclass_correlation,
    krippendorff_alpha,
    weighted_kappa,
)

SCALE = [1, 2, 3, 4, 5]


@pytest.fixture(scope="module")
def pairs():
    rng = np.random.default_rng(11)
    common = rng.integers(0, 3, 120)
    return tuple(np.clip(1 + common + rng.integers(-1, 3, 120), 1, 5) for _ in range(2))


def test_quadratic_kappa_is_the_intraclass_correlation_but_for_the_sample_size(pairs):
    a, b = pairs
    n = a.size
    kappa = weighted_kappa(a, b).value
    # Fleiss and Cohen (1973): the same sums of squares over n in place of n - 1.
    table = np.column_stack([a, b]).astype(float)
    centred = table - table.mean()
    subjects = 2 * (centred.mean(axis=1) ** 2).sum() / n
    raters = n * (centred.mean(axis=0) ** 2).sum()
    rest = ((centred - centred.mean(axis=1, keepdims=True) - centred.mean(axis=0)) ** 2).sum() / n
    assert_allclose(kappa, (subjects - rest) / (subjects + rest + 2 * raters / n), rtol=1e-12)
    assert abs(kappa - intraclass_correlation(table, "ICC2").value) < 2 / n


def test_raters_may_be_swapped_rows_shuffled_and_points_moved(pairs):
    a, b = pairs
    found = weighted_kappa(a, b, categories=SCALE)
    order = np.random.default_rng(1).permutation(a.size)
    for other in (
        weighted_kappa(b, a, categories=SCALE),
        weighted_kappa(a[order], b[order], categories=SCALE),
        weighted_kappa(10 * a + 3, 10 * b + 3),
        weighted_kappa(6 - a, 6 - b),
        weighted_kappa(np.array(list("?abcde"))[a], np.array(list("?abcde"))[b], categories=list("abcde")),
    ):
        assert_allclose([other.value, other.std_error], [found.value, found.std_error], rtol=1e-12)


def test_two_points_need_no_weights(pairs):
    a, b = (rating > 2 for rating in pairs)
    found = [weighted_kappa(a, b, weights=weights).value for weights in ("none", "linear", "quadratic")]
    assert_allclose(found, found[0], rtol=1e-12)


def test_rows_of_one_person_are_no_new_people(pairs):
    a, b = pairs
    person = np.repeat(np.arange(a.size), 4)
    once = weighted_kappa(a, b, cluster=np.arange(a.size), rng=3)
    often = weighted_kappa(np.repeat(a, 4), np.repeat(b, 4), cluster=person, rng=3)
    assert_allclose([often.value, often.std_error], [once.value, once.std_error], rtol=1e-12)
    assert_allclose([often.lower, often.upper], [once.lower, once.upper], rtol=1e-12)
    naive = weighted_kappa(np.repeat(a, 4), np.repeat(b, 4))
    assert naive.std_error < 0.55 * often.std_error
    # Of persons with one row the bootstrap is near the large-sample error.
    assert_allclose(once.std_error, weighted_kappa(a, b).std_error, rtol=0.1)


def test_the_bootstrap_is_the_generators(pairs):
    a, b = pairs
    cluster = np.arange(a.size) // 3
    draws = [weighted_kappa(a, b, cluster=cluster, rng=rng).std_error for rng in (None, None, 5, 6)]
    assert draws[0] == draws[1]
    assert draws[2] != draws[3]
    assert weighted_kappa(a, b, cluster=cluster, rng=np.random.default_rng(5)).std_error == draws[2]


def test_few_clusters_are_said(pairs):
    a, b = pairs
    assert "Only 20 clusters" in weighted_kappa(a, b, cluster=np.arange(a.size) // 6).notes[0]


def test_raters_who_always_agree():
    found = weighted_kappa([1, 2, 3, 3], [1, 2, 3, 3])
    assert (found.value, found.lower, found.upper) == (1, 1, 1)
    assert "All pairs agree" in found.notes[0]
    same = np.array([[1, 1], [2, 2], [4, 4]])
    for kind in ("ICC1", "ICC2", "ICC3", "ICC2k"):
        one = intraclass_correlation(same, kind)
        assert_allclose([one.value, one.lower, one.upper, one.p_value], [1, 1, 1, 0], atol=1e-12)
    assert krippendorff_alpha(same.T, "interval").value == 1
    assert_allclose(fleiss_kappa(same).value, 1)


def test_a_lenient_rater_agrees_less_but_ranks_alike():
    table = np.arange(8.0)[:, None] + [0, 2]
    consistent = intraclass_correlation(table, "ICC3")
    absolute = intraclass_correlation(table, "ICC2")
    assert_allclose(consistent.value, 1)
    assert absolute.lower < absolute.value < absolute.upper <= 1
    assert absolute.value < 0.8


def test_alpha_of_two_raters_is_scotts_pi_for_a_small_sample(pairs):
    a, b = pairs
    n = 2 * a.size
    share = np.array([np.mean(np.r_[a, b] == k) for k in SCALE])
    disagreement = np.mean(a != b)
    alpha = krippendorff_alpha(np.array([a, b]), "nominal").value
    assert_allclose(alpha, 1 - disagreement * (n - 1) / n / (1 - (share**2).sum()), rtol=1e-12)


def test_alpha_counts_units_rated_twice_only():
    nan = np.nan
    whole = krippendorff_alpha([[1, 2, 3, 3], [1, 2, 3, 2]], "ordinal")
    padded = krippendorff_alpha([[1, 2, 3, 3, 9, nan], [1, 2, 3, 2, nan, nan]], "ordinal")
    assert (whole.value, whole.units, whole.pairable) == (padded.value, padded.units, padded.pairable)
    named = krippendorff_alpha([["a", "b", None], ["a", "c", "b"]])
    assert named.value == krippendorff_alpha([[1, 2, nan], [1, 3, 2]]).value


def test_goal_attainment_of_kiresuk_and_sherman():
    assert goal_attainment_t([0, 0, 0]) == 50
    assert_allclose(goal_attainment_t([1] * 10), 50 + 100 / np.sqrt(0.7 * 10 + 0.3 * 100))
    assert_allclose(goal_attainment_t([1, -1], [3, 1]), 50 + 20 / np.sqrt(0.7 * 10 + 0.3 * 16))
    assert_allclose(goal_attainment_t([2, -1, 0]), 100 - goal_attainment_t([-2, 1, 0]))
    assert_allclose(goal_attainment_t([2, -1], [1, 2]), goal_attainment_t([2, -1], [10, 20]))
    assert goal_attainment_t([1, 1], rho=1) == 60
    # Scores of variance 1 and correlation rho have a T-score of standard deviation 10.
    rng = np.random.default_rng(2)
    x = np.sqrt(0.3) * rng.normal(size=(40000, 1)) + np.sqrt(0.7) * rng.normal(size=(40000, 3))
    t = 50 + 10 * x @ [1, 2, 3] / np.sqrt(0.7 * 14 + 0.3 * 36)
    assert abs(t.std() - 10) < 0.15
    assert abs(10 * x.sum(axis=1).std() / np.sqrt(0.7 * 3 + 0.3 * 9) - 10) < 0.15
