"""Funnels: limits against SciPy's exact distribution, one test of heterogeneity, level under the null."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import binomial_limits, funnel_limits, funnel_test, indirect_standardisation

SIZES = np.array([20, 57, 100, 333, 1200, 20_000])


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.93])
@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_limits_are_spiegelhalters_interpolation_of_the_exact_quantiles(
    share: float, confidence: float
) -> None:
    lower, upper = binomial_limits(SIZES, share, confidence=confidence)
    for tail, limits in (((1 - confidence) / 2, lower), ((1 + confidence) / 2, upper)):
        least = stats.binom.ppf(tail, SIZES, share)
        weight = (stats.binom.cdf(least, SIZES, share) - tail) / stats.binom.pmf(least, SIZES, share)
        np.testing.assert_allclose(limits, np.maximum((least - weight) / SIZES, 0), rtol=1e-9, atol=1e-12)


def test_limits_lie_within_one_count_of_the_exact_quantiles_and_close_with_size() -> None:
    sizes = np.arange(20, 400)
    lower, upper = binomial_limits(sizes, 0.3, confidence=0.95)
    for tail, limits in ((0.025, lower), (0.975, upper)):
        counts, exact = limits * sizes, stats.binom.ppf(tail, sizes, 0.3)
        assert ((counts <= exact + 1e-9) & (counts > exact - 1)).all()
    wide = upper - lower
    assert wide[-1] < wide[0] / 4
    # As many persons as the normal distribution takes for granted.
    many = binomial_limits([1_000_000], 0.3)
    normal = 1.959964 * np.sqrt(0.3 * 0.7 / 1e6)
    assert many[1][0] - 0.3 == pytest.approx(normal, rel=2e-3)


def test_a_group_that_is_everyone_cannot_differ_and_households_widen() -> None:
    below, above = funnel_limits([300], 0.4, everyone=300)
    assert (below[0], above[0]) == (0.0, 0.0)
    plain, wider = funnel_limits([300], 0.4), funnel_limits([300], 0.4, dispersion=1.44)
    assert wider[0][0] == pytest.approx(1.2 * plain[0][0])
    assert wider[1][0] == pytest.approx(1.2 * plain[1][0])
    rounded = funnel_limits([300], 0.4, rounding=300 * 0.4 * 0.6)
    assert rounded[1][0] == pytest.approx(np.sqrt(2) * plain[1][0])


def test_with_one_share_for_all_the_test_is_the_chi_square_of_the_table() -> None:
    observed, persons = np.array([30.0, 22, 41, 18, 9, 25]), np.array([100.0, 80, 120, 70, 60, 90])
    found = funnel_test(observed, persons * observed.sum() / persons.sum(), persons)
    table = np.array([observed, persons - observed])
    reference = stats.chi2_contingency(table, correction=False)
    assert found.statistic == pytest.approx(reference.statistic, rel=1e-10)
    assert (found.dof, found.p_value) == (5, pytest.approx(reference.pvalue, rel=1e-9))
    assert funnel_test(observed, persons * 0.3, persons, dispersion=2.0).statistic < found.statistic


def test_what_all_are_off_by_together_is_no_difference() -> None:
    persons = np.array([100.0, 200, 300])
    assert funnel_test(persons * 0.33, persons * 0.3, persons).p_value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: binomial_limits([10.5], 0.3), "persons"),
        (lambda: binomial_limits([10], 1.0), "share"),
        (lambda: binomial_limits([10], 0.3, confidence=95), "confidence"),
        (lambda: funnel_limits([10], 0.3, everyone=9), "persons"),
        (lambda: funnel_limits([10], 0.3, dispersion=-1), "dispersion"),
        (lambda: funnel_test([1, 2], [0, 2], [5, 5]), "expected"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call, named) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError) as error:
        call()
    assert named in str(error.value)


# --- indirect standardisation ----------------------------------------------------------------------


def town(
    rng: np.random.Generator, n: int = 600, groups: int = 6, apart: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, group, two characteristics and household: composition differs between groups, and matters.

    Households of three share a group and a tendency; the last group reaches `apart` more.
    """
    household = np.arange(n) // 3
    group = rng.integers(0, groups, n // 3)[household]
    x = np.column_stack([rng.random(n) < 0.2 + 0.1 * group, rng.normal(size=n)]).astype(float)
    tendency = 0.12 * rng.normal(size=n // 3)[household]
    chance = np.clip(0.2 + 0.3 * x[:, 0] + 0.03 * x[:, 1] + tendency + apart * (group == groups - 1), 0, 1)
    return (rng.random(n) < chance).astype(float), group, x, household


def test_expected_is_the_regression_of_all_without_groups_and_adds_up() -> None:
    y, group, x, household = town(np.random.default_rng(3))
    found = indirect_standardisation(y, group, x, cluster=household)
    design = np.column_stack([np.ones(y.size), x])
    fitted = design @ np.linalg.solve(design.T @ design, design.T @ y)
    np.testing.assert_allclose(found.expected, np.bincount(group, fitted), rtol=1e-10)
    np.testing.assert_allclose(found.observed, np.bincount(group, y))
    assert found.observed.sum() == pytest.approx(found.expected.sum())
    assert found.persons.sum() == y.size


def test_the_score_test_is_wooldridges_regression_of_ones() -> None:
    """n less the residual sum of squares of ones on what each cluster adds to the scores."""
    y, group, x, household = town(np.random.default_rng(4))
    found = indirect_standardisation(y, group, x, cluster=household)
    design = np.column_stack([np.ones(y.size), x])
    hat = design @ np.linalg.pinv(design)
    rest = y - hat @ y
    dummies = np.eye(6)[group][:, 1:]  # another group left out than in the function: it does not matter
    parts = np.zeros((household.max() + 1, 5))
    np.add.at(parts, household, (dummies - hat @ dummies) * rest[:, None])
    ones = np.ones(parts.shape[0])
    left = ones - parts @ np.linalg.lstsq(parts, ones, rcond=None)[0]
    assert found.statistic == pytest.approx(parts.shape[0] - left @ left, rel=1e-8)
    assert found.dof == 5


def test_composition_alone_is_expected_and_a_difference_beside_it_found() -> None:
    alike = indirect_standardisation(*arranged(town(np.random.default_rng(5), n=6000)))
    crude = alike.observed / alike.persons
    assert crude[-1] - crude[0] > 0.1  # composition alone sets the groups apart
    assert alike.p_value > 0.05
    differ = indirect_standardisation(*arranged(town(np.random.default_rng(5), n=6000, apart=0.08)))
    assert differ.p_value < 1e-4


def arranged(drawn: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Without the households, which the function takes by name."""
    return drawn[:3]


def test_under_the_null_the_limits_and_both_tests_hold_their_level() -> None:
    """400 towns with households of common fate and composition that differs; seed and rule fixed before.

    Marks may lie outside of the limits of 95 in at most 5 of 100 (plus what chance allows in 2,400 marks of
    which those of one town depend on each other), and not be so rare that the limits are of no use.
    """
    rng = np.random.default_rng(20_170_630)
    outside = far = 0
    tests = {"score": 0, "funnel": 0, "one by one": 0}
    for _ in range(400):
        y, group, x, household = town(rng)
        found = indirect_standardisation(y, group, x, cluster=household)
        shares = found.expected / found.persons
        given = {"dispersion": max(found.dispersion, 1.0)}
        share = float(shares[np.argmin(np.abs(shares - 0.5))])
        apart = (found.observed - found.expected) / found.persons
        for confidence, name in ((0.95, "outside"), (0.998, "far")):
            below, above = funnel_limits(
                found.persons, share, confidence=confidence, everyone=y.size, **given
            )
            many = int(((apart < below) | (apart > above)).sum())
            outside += many * (name == "outside")
            far += many * (name == "far")
        tests["score"] += found.p_value < 0.05
        tests["funnel"] += funnel_test(found.observed, found.expected, found.persons, **given).p_value < 0.05
        tests["one by one"] += funnel_test(found.observed, found.expected, found.persons).p_value < 0.05
    assert 0.01 < outside / 2400 < 0.065
    assert far / 2400 < 0.006
    low, high = stats.binom(400, 0.05).ppf([0.0005, 0.9995])
    assert low <= tests["score"] <= high
    assert tests["funnel"] <= high
    # Without the households the test would cry wolf.
    assert tests["one by one"] > tests["funnel"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y, g, x, h: (y, np.zeros_like(g), x, h), "two groups"),
        (lambda y, g, x, h: (y, g, np.column_stack([x, g == 2]), h), "tells a group"),
        (lambda y, g, x, h: (y, g, np.column_stack([x, x[:, 0]]), h), "combination"),
        (lambda y, g, x, h: (y, g, x, np.where(g == 1, -1, h)), "one cluster"),
        (lambda y, g, x, h: (y, g, x, h % 7), "clusters"),
    ],
)
def test_what_cannot_be_estimated_is_refused(change, said) -> None:  # type: ignore[no-untyped-def]
    y, group, x, household = change(*town(np.random.default_rng(6)))
    with pytest.raises(NotEstimable, match=said):
        indirect_standardisation(y, group, x, cluster=household)
