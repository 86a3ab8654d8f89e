"""Break-even effects and Fieller's interval: by hand, by inversion of the test, at its limits."""

from __future__ import annotations

import math

import pytest

from hamm_eval.effects import break_even_effect, cost_per_additional
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import critical_value

CASES = [
    (1500.0, 0.12, 0.03, 0.0, 0.0, None),
    (1500.0, 0.12, 0.03, 90.0, 0.0, None),
    (1500.0, 0.12, 0.03, 90.0, -1.9, None),
    (1500.0, 0.12, 0.03, 90.0, 1.9, 12),
    (40.0, 0.5, 0.2, 60.0, 3.0, None),  # the cost's own interval covers 0: so does that of the ratio
]


def test_break_even_by_hand() -> None:
    assert break_even_effect(2499.0, 10_000.0) == 0.2499
    assert break_even_effect(0.0, 10.0) == 0.0
    assert break_even_effect(30.0, 10.0) == 3.0


def test_a_missing_cost_is_no_cost_of_0_and_all_problems_are_told() -> None:
    with pytest.raises(InputError) as caught:
        break_even_effect(math.nan, 0.0)
    assert [problem.where for problem in caught.value.problems] == ["cost", "price"]


def test_by_hand_with_a_critical_value_of_2() -> None:
    # C = 8, D = 4, variances 1 and 1, covariance 0.5, z = 2: (16 - 4) r^2 - 2 (32 - 2) r + (64 - 4) = 0,
    # that is r^2 - 5 r + 5 = 0, r = (5 -+ sqrt 5) / 2.
    confidence = math.erf(2 / math.sqrt(2))
    found = cost_per_additional(8, 4, 1, cost_std_error=1, covariance=0.5, confidence=confidence)
    assert found.value == 2
    assert found.lower == pytest.approx((5 - math.sqrt(5)) / 2, rel=1e-9)
    assert found.upper == pytest.approx((5 + math.sqrt(5)) / 2, rel=1e-9)


@pytest.mark.parametrize(("cost", "effect", "error", "cost_error", "covariance", "clusters"), CASES)
def test_the_limits_are_the_ratios_that_the_test_just_refuses(
    cost: float, effect: float, error: float, cost_error: float, covariance: float, clusters: int | None
) -> None:
    found = cost_per_additional(
        cost, effect, error, cost_std_error=cost_error, covariance=covariance, clusters=clusters
    )
    critical = critical_value(0.95, clusters)

    def statistic(ratio: float) -> float:
        variance = cost_error**2 - 2 * ratio * covariance + ratio**2 * error**2
        return abs(cost - ratio * effect) / math.sqrt(variance)

    for limit in (found.lower, found.upper):
        assert statistic(limit) == pytest.approx(critical, rel=1e-9)
    assert found.lower < found.value < found.upper
    assert statistic(found.upper * 1.01) > critical
    assert statistic((found.value + found.upper) / 2) < critical


@pytest.mark.parametrize(("cost", "effect", "error", "cost_error", "covariance", "clusters"), CASES[1:4])
def test_the_limits_agree_with_fiellers_formula_by_g(
    cost: float, effect: float, error: float, cost_error: float, covariance: float, clusters: int | None
) -> None:
    """The form of textbooks, by ``g = t^2 v22 / b^2``."""
    found = cost_per_additional(
        cost, effect, error, cost_std_error=cost_error, covariance=covariance, clusters=clusters
    )
    t, v11, v22 = critical_value(0.95, clusters), cost_error**2, error**2
    g, ratio = t**2 * v22 / effect**2, cost / effect
    root = math.sqrt(v11 - 2 * ratio * covariance + ratio**2 * v22 - g * (v11 - covariance**2 / v22))
    for sign, limit in ((-1, found.lower), (1, found.upper)):
        by_g = (ratio - g * covariance / v22 + sign * t / effect * root) / (1 - g)
        assert limit == pytest.approx(by_g, rel=1e-9)


def test_a_known_cost_is_divided_by_the_limits_of_the_effect() -> None:
    found = cost_per_additional(2000.0, 0.2, 0.05)
    z = critical_value(0.95)
    assert found.lower == pytest.approx(2000 / (0.2 + z * 0.05), rel=1e-12)
    assert found.upper == pytest.approx(2000 / (0.2 - z * 0.05), rel=1e-12)


def test_where_the_effect_is_precise_it_is_the_delta_interval() -> None:
    found = cost_per_additional(2000.0, 0.2, 1e-5, cost_std_error=0.05, covariance=2e-7)
    ratio = 2000 / 0.2
    delta = math.sqrt(0.05**2 - 2 * ratio * 2e-7 + ratio**2 * 1e-10) / 0.2
    assert (found.upper - found.lower) / 2 == pytest.approx(critical_value(0.95) * delta, rel=1e-5)


def test_bounded_exactly_where_the_effects_interval_excludes_0() -> None:
    z = critical_value(0.95)
    just = cost_per_additional(100.0, z * 0.1 * (1 + 1e-6), 0.1, cost_std_error=5.0)
    assert math.isfinite(just.upper)
    assert just.upper > 1e7
    for effect in (z * 0.1 * (1 - 1e-6), 0.0, -0.1):
        with pytest.raises(NotEstimable, match="covers 0"):
            cost_per_additional(100.0, effect, 0.1, cost_std_error=5.0)


def test_where_fewer_reach_the_endpoint_there_is_nobody_to_pay_for() -> None:
    with pytest.raises(NotEstimable, match="no additional person"):
        cost_per_additional(100.0, -0.5, 0.1)


def test_wrong_numbers_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        cost_per_additional(math.nan, 0.1, 0.0, cost_std_error=-1.0, covariance=5.0)
    assert [problem.where for problem in caught.value.problems] == [
        "cost",
        "effect_std_error",
        "cost_std_error",
        "covariance",
    ]
