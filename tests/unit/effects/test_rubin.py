"""Rubin's rules: by hand, at their limits, and all problems at once. Against mice: tests/reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hamm_eval.effects import pool_estimates
from hamm_eval.errors import InputError


def test_by_hand():
    pooled = pool_estimates([1.0, 2.0, 3.0], [0.5, 0.4, 0.6])
    assert pooled.value == 2
    assert pooled.std_error**2 == pytest.approx(0.5 + 4 / 3)
    share = (4 / 3) / (0.5 + 4 / 3)
    assert pooled.dof == pytest.approx(2 / share**2)
    assert pooled.relative_increase == pytest.approx((4 / 3) / 0.5)
    assert pooled.upper - 2 == pytest.approx(stats.t.ppf(0.975, pooled.dof) * pooled.std_error)
    assert pooled.p_value == pytest.approx(2 * stats.t.sf(2 / pooled.std_error, pooled.dof))


def test_without_variance_between_a_normal_reference_stays_normal():
    pooled = pool_estimates([0.3, 0.3, 0.3], [0.04, 0.04, 0.04])
    assert pooled.dof == np.inf
    assert (pooled.fraction_missing, pooled.relative_increase) == (0, 0)
    assert pooled.std_error == pytest.approx(0.2)
    assert pooled.upper == pytest.approx(0.3 + stats.norm.ppf(0.975) * 0.2)
    assert pooled.p_value == pytest.approx(2 * stats.norm.sf(1.5))


def test_barnard_and_rubin_never_give_more_freedom_than_complete_data_have():
    """Rubin's own degrees of freedom do: that is what Barnard and Rubin mended."""
    values, variances = [0.30, 0.31, 0.30, 0.29], [0.04] * 4
    assert pool_estimates(values, variances).dof > 10_000
    assert pool_estimates(values, variances, complete_dof=18).dof < 18


def test_a_vector_is_pooled_as_its_parts():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(6, 3))
    root = rng.normal(size=(6, 3, 3))
    covariances = root @ root.transpose(0, 2, 1)
    whole = pool_estimates(values, covariances, complete_dof=40, confidence=0.9)
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    for k in range(3):
        part = pool_estimates(values[:, k], variances[:, k], complete_dof=40, confidence=0.9)
        assert (whole.value[k], whole.lower[k], whole.dof[k]) == (part.value, part.lower, part.dof)
    between = np.cov(values, rowvar=False)
    assert whole.covariance == pytest.approx(covariances.mean(axis=0) + 7 / 6 * between)
    assert pool_estimates(values, variances).covariance is None


def test_all_problems_at_once_and_no_value():
    with pytest.raises(InputError) as error:
        pool_estimates([4711.0, np.nan], [[-4711.0]], complete_dof=0, confidence=2)
    assert [problem.where for problem in error.value.problems] == ["values", "complete_dof", "confidence"]
    with pytest.raises(InputError) as error:
        pool_estimates([4711.0], [1.0, 2.0])
    assert [problem.where for problem in error.value.problems] == ["values", "variances"]
    with pytest.raises(InputError, match="Negative variances") as error:
        pool_estimates([1.0, 2.0], [1.0, -4711.0])
    assert "4711" not in str(error.value)
