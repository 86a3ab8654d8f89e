"""Rates and rate ratios: the same answers and refusals in every unit of the covariates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import piecewise_exponential


@pytest.fixture
def drawn():
    rng = np.random.default_rng(11)
    x = rng.normal(size=(300, 2))
    time = rng.exponential(5 * np.exp(-0.7 * x[:, 0])) + 0.01
    return time, (rng.random(300) < 0.7).astype(int), x


@pytest.mark.parametrize("factor", [1e-6, 1e-4, 1e-3, 1e3, 1e6])
@pytest.mark.parametrize("clustered", [False, True])
def test_units_of_covariates_change_nothing_but_the_units(drawn, factor, clustered):
    time, event, x = drawn
    options = {"cuts": [2, 5], "cluster": np.arange(300) // 3 if clustered else None}
    one, other = (piecewise_exponential(time, event, x * by, **options) for by in (1.0, factor))
    assert_allclose(other.coefficients * factor, one.coefficients, rtol=1e-8)
    assert_allclose(other.std_error * factor, one.std_error, rtol=1e-8)
    assert_allclose(other.p_value, one.p_value, rtol=1e-6)
    assert_allclose(other.rate, one.rate, rtol=1e-8)
    assert_allclose(other.rate_upper, one.rate_upper, rtol=1e-8)
    assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-12)


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_refusals_do_not_depend_on_units(drawn, factor):
    time, event, x = drawn
    levels = np.random.default_rng(2).integers(0, 3, time.size)
    # Of the reference level nobody has an event: neither column separates, together they do.
    dummies = pd.DataFrame({"b": (levels == 1) * factor, "c": (levels == 2) * factor})
    with pytest.raises(NotEstimable, match=r"covariates\[b\]: The coefficient grows without bound"):
        piecewise_exponential(time, event * (levels > 0), dummies, cuts=[2, 5])
    with pytest.raises(NotEstimable, match="combination of the other covariates"):
        piecewise_exponential(time, event, np.column_stack([x, x.sum(axis=1)]) * factor)
    with pytest.raises(NotEstimable, match="no event"):
        piecewise_exponential(time, event * (levels == 1), (levels == 1) * factor)
    # It varies, but not in the band with the events.
    x = np.array([[1.0], [0], [2], [2]]) * factor
    with pytest.raises(NotEstimable, match="No variation of its own"):
        piecewise_exponential([1, 2, 8, 9], [0, 0, 1, 1], x, cuts=[5], entry=[0, 0, 5, 5])


def test_strong_but_finite_effects_are_estimated():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 2, 4000)
    time = rng.exponential(np.where(x == 1, 1.0, 1000.0))
    fit = piecewise_exponential(time, np.ones(4000), x)
    events = np.array([np.sum(x == g) / time[x == g].sum() for g in (0, 1)])
    assert_allclose(fit.coefficients[0], np.log(events[1] / events[0]), rtol=1e-9)


def test_far_values_take_halved_steps_to_the_maximum():
    # One value far out: Newton's first step from 0 overshoots.
    rng = np.random.default_rng(8)
    x = np.r_[rng.normal(size=50), 40.0]
    time = rng.exponential(np.exp(0.3 * x.clip(max=3)))
    fit = piecewise_exponential(time, np.ones(51), x)
    step = 1e-5
    risk = [np.exp(x * (fit.coefficients[0] + side * step)) for side in (-1, 0, 1)]
    profile = [np.log(r).sum() - 51 * np.log(r @ time) for r in risk]
    assert profile[1] >= max(profile)


def test_cuts_are_numbers_and_messages_hold_no_value(drawn):
    time, event, _ = drawn
    for cuts in (["secret"], [[1, 2]], "secret", [np.nan], [2, 1], [0]):
        with pytest.raises(InputError, match="cuts") as refused:
            piecewise_exponential(time, event, cuts=cuts)
        assert "secret" not in str(refused.value)
