"""Rubin's rules against mice's `pool` on five stored imputations of its nhanes data."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import pool_estimates


def linear_model(table):
    """Coefficients of chl on age and bmi, and their covariance, with residual degrees of freedom."""
    x = np.column_stack([np.ones(len(table)), table["age"], table["bmi"]])
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ table["chl"].to_numpy()
    residual = table["chl"].to_numpy() - x @ coefficients
    return coefficients, inverse * (residual @ residual) / (len(table) - 3)


@pytest.fixture
def fits(data):
    table = data("nhanes_5_imputations")
    return [linear_model(one) for _, one in table.groupby(".imp")]


NAMES = {
    "value": "estimate",
    "within": "ubar",
    "between": "b",
    "std_error": "se",
    "dof": "df",
    "relative_increase": "riv",
    "fraction_missing": "fmi",
    "p_value": "p",
    "lower": "lower",
    "upper": "upper",
}


@pytest.mark.parametrize("name", NAMES)
def test_pooled_linear_model(fits, reference, name):
    expected = reference("mi_pooling")["pool_lm"]
    coefficients, covariances = (np.array(part) for part in zip(*fits, strict=True))
    pooled = pool_estimates(coefficients, covariances, complete_dof=25 - 3)
    assert getattr(pooled, name) == pytest.approx(expected[NAMES[name]], rel=1e-10)
    assert np.diag(pooled.covariance) == pytest.approx(expected["t"], rel=1e-10)
    assert pooled.relative_increase / (1 + pooled.relative_increase) == pytest.approx(
        expected["lambda"], rel=1e-10
    )


def test_each_coefficient_alone_is_the_same(fits, reference):
    expected = reference("mi_pooling")["pool_lm"]
    for k, estimate in enumerate(expected["estimate"]):
        pooled = pool_estimates(
            [coefficients[k] for coefficients, _ in fits],
            [covariance[k, k] for _, covariance in fits],
            complete_dof=25 - 3,
        )
        assert (pooled.value, pooled.dof, pooled.upper) == pytest.approx(
            (estimate, expected["df"][k], expected["upper"][k]), rel=1e-10
        )
