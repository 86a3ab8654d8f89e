"""Few clusters: said in words, and t where it is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from hamm_eval.survival import cox, fine_gray


@pytest.fixture
def drawn():
    rng = np.random.default_rng(7)
    n = 400
    x = rng.normal(size=(n, 2))
    time = np.ceil(rng.exponential(np.exp(-0.4 * x[:, 0]), n) * 50)
    return time, rng.integers(0, 3, n), x, rng.integers(0, 12, n), rng.integers(0, 200, n)


@pytest.mark.parametrize("model", ["cox", "fine_gray"])
def test_twelve_clusters_take_t_with_eleven_degrees_of_freedom(drawn, model):
    time, cause, x, few, _ = drawn

    def fit(**keywords):
        if model == "cox":
            return cox(time, cause == 1, x, cluster=few, **keywords)
        return fine_gray(time, cause, x, cluster=few, **keywords)

    normal, t = fit(), fit(cluster_t=None)
    assert_allclose(t.std_error, normal.std_error, rtol=1e-12)
    assert_allclose(np.log(t.upper) - t.coefficients, stats.t.ppf(0.975, 11) * t.std_error, rtol=1e-9)
    assert_allclose(
        np.log(normal.upper) - normal.coefficients, 1.959963984540054 * normal.std_error, rtol=1e-9
    )
    assert_allclose(t.p_value, 2 * stats.t.sf(np.abs(t.coefficients / t.std_error), 11), rtol=1e-9)
    assert normal.clusters == t.clusters == 12
    assert "12 clusters" in t.notes[0] and "11 degrees" in t.notes[0]
    assert "normal" in normal.notes[0]


def test_many_clusters_are_normal_and_need_no_word(drawn):
    time, cause, x, _, many = drawn
    one, other = (
        cox(time, cause == 1, x, cluster=many, cluster_t=None),
        cox(time, cause == 1, x, cluster=many),
    )
    assert_allclose(one.upper, other.upper, rtol=1e-12)
    assert one.notes == () == cox(time, cause == 1, x).notes
    assert cox(time, cause == 1, x).clusters is None
