"""Composition and the rest: the regression by another library, the identities, a planted composition."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import case_mix


@pytest.fixture
def drawn():
    """Groups that differ by composition alone."""
    rng = np.random.default_rng(2)
    group = rng.choice(["a", "b", "c"], 900)
    share = np.select([group == "a", group == "b"], [0.2, 0.5], 0.8)
    x = np.column_stack([rng.random(900) < share, rng.normal(size=900)]).astype(float)
    return rng.random(900) < 0.2 + 0.4 * x[:, 0], group, x, rng.integers(0, 300, 900)


def test_errors_are_those_of_statsmodels_without_its_small_sample_factor(drawn):
    values, group, x, cluster = drawn
    found = case_mix(values, group, x, cluster=cluster)
    dummies = np.column_stack([group == name for name in "abc"]).astype(float)
    design = np.column_stack([dummies, x - x.mean(axis=0)])
    fit = sm.OLS(values.astype(float), design).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    assert_allclose(found.standardised, fit.params[:3], rtol=1e-9)
    assert_allclose(found.standardised_error, fit.bse[:3], rtol=1e-9)


def test_what_is_observed_is_split_exactly(drawn):
    values, group, x, _ = drawn
    found = case_mix(values, group, x)
    assert_allclose(found.crude, found.standardised + found.mix, atol=1e-12)
    assert_allclose(found.persons @ found.mix, 0, atol=1e-9)
    assert_allclose(found.persons @ found.apart, 0, atol=1e-9)
    assert_allclose(found.crude, [values[group == name].mean() for name in "abc"], atol=1e-12)


def test_composition_is_found_and_nothing_else(drawn):
    values, group, x, _ = drawn
    found = case_mix(values, group, x)
    assert found.crude[2] - found.crude[0] > 0.15
    assert found.mix[2] - found.mix[0] > 0.15
    assert (found.apart_lower < 0).all() and (found.apart_upper > 0).all()


def test_a_difference_that_is_none_of_composition_is_found(drawn):
    values, group, x, _ = drawn
    found = case_mix(values + 0.3 * (group == "b"), group, x)
    assert found.apart_lower[1] > 0


def test_order_of_rows_and_names_of_groups_change_nothing(drawn):
    values, group, x, cluster = drawn
    order = np.random.default_rng(1).permutation(values.size)
    one = case_mix(values, group, x, cluster=cluster)
    other = case_mix(values[order], group[order], x[order], cluster=cluster[order])
    for name in ("crude", "standardised", "standardised_error", "mix", "apart", "apart_lower"):
        assert_allclose(getattr(other, name), getattr(one, name), atol=1e-12)


def test_what_cannot_be_told_apart_is_refused(drawn):
    values, group, x, _ = drawn
    with pytest.raises(NotEstimable, match="two groups"):
        case_mix(values, np.full(900, "a"), x)
    with pytest.raises(NotEstimable, match="Does not vary"):
        case_mix(values, group, np.column_stack([x, group == "a"]).astype(float))
    with pytest.raises(NotEstimable, match="one cluster"):
        case_mix(values, group, x, cluster=np.zeros(900))
    with pytest.raises(InputError, match="900"):
        case_mix(values, group[:-1], x)
