"""Leave-one-out, adjustment by role, and the summary of a design."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import (
    Effect,
    adjust_by_role,
    adjust_p,
    assess_design,
    estimate_effect,
    leave_one_covariate_out,
    summarise_design,
)
from hamm_eval.errors import InputError, NotEstimable


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """An outcome that age confounds strongly, a factor of three levels hardly, noise not at all."""
    rng = np.random.default_rng(2)
    n = 600
    age, noise = rng.normal(size=n), rng.normal(size=n)
    level = rng.integers(0, 3, n)
    treated = (rng.random(n) < 1 / (1 + np.exp(-age - 0.1 * level))).astype(int)
    outcome = treated + 2 * age + 0.1 * level + rng.normal(size=n)
    columns = {"age": age, "school=a": level == 1, "school=b": level == 2, "noise": noise}
    return outcome, treated, pd.DataFrame(columns).astype(float)


FACTORS = {"age": ["age"], "school": ["school=a", "school=b"], "noise": ["noise"]}


def test_each_factor_is_left_out_with_all_its_levels(data: Any) -> None:
    outcome, treated, columns = data
    seen: list[list[str]] = []

    def estimate(given: pd.DataFrame) -> Effect:
        seen.append(list(given.columns))
        return estimate_effect(outcome, treated, given)

    full = estimate(columns).value
    found = leave_one_covariate_out(estimate, columns, FACTORS, full=full)
    assert seen[1:] == [
        ["school=a", "school=b", "noise"], ["age", "noise"], ["age", "school=a", "school=b"]
    ]  # fmt: skip
    assert found.most == "age"
    without_age = estimate_effect(outcome, treated, columns.drop(columns=["age"])).value
    assert found.values[0] == pytest.approx(without_age, rel=1e-12)
    assert found.lowest <= full <= found.highest == pytest.approx(without_age)
    assert found.to_frame().loc["age", "moved"] == pytest.approx(without_age - full)


def test_what_cannot_be_estimated_without_a_covariate_is_left_out_of_the_range(data: Any) -> None:
    def estimate(given: pd.DataFrame) -> Any:
        if "age" not in given:
            raise NotEstimable("no", where="covariates")
        return estimate_effect(data[0], data[1], given)

    found = leave_one_covariate_out(estimate, data[2], FACTORS, full=1.0)
    assert np.isnan(found.values[0])
    assert np.isfinite([found.lowest, found.highest]).all()
    assert found.most in ("school", "noise")


def test_factors_must_make_up_the_columns(data: Any) -> None:
    with pytest.raises(InputError, match="factors"):
        leave_one_covariate_out(lambda _: None, data[2], {"age": ["age"]}, full=0.0)  # type: ignore[arg-type, return-value]


def test_holm_among_primary_questions_and_benjamini_hochberg_among_the_rest() -> None:
    p, primary = np.array([0.03, 0.01, 0.02, 0.04, 0.5]), np.array([1, 0, 1, 0, 0])
    adjusted = adjust_by_role(p, primary)
    # By hand: Holm of .02, .03 is .04, .04; Benjamini-Hochberg of .01, .04, .5 is .03, .06, .5.
    np.testing.assert_allclose(adjusted, [0.04, 0.03, 0.04, 0.06, 0.5])
    np.testing.assert_allclose(adjust_by_role(p, np.ones(5)), adjust_p(p, "holm"))
    np.testing.assert_allclose(adjust_by_role(p, np.zeros(5)), adjust_p(p, "bh"))
    assert adjust_by_role([0.04], [1]).tolist() == [0.04]
    assert adjust_by_role([], []).size == 0


def test_other_questions_do_not_weaken_the_primary_ones() -> None:
    alone = adjust_by_role([0.02], [1])[0]
    among = adjust_by_role([0.02, *np.linspace(0.1, 1, 50)], [1, *np.zeros(50)])[0]
    assert alone == among == 0.02


def test_roles_must_be_as_many_as_questions() -> None:
    with pytest.raises(InputError, match="primary"):
        adjust_by_role([0.1, 0.2], [1])


@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
@pytest.mark.parametrize("shift", [0.3, 3.0])
def test_the_summary_and_the_verdict_of_a_design_agree(estimand: Any, shift: float) -> None:
    rng = np.random.default_rng(4)
    treated = np.repeat([1, 0], [80, 120])
    x = rng.normal(size=(200, 2)) + shift * treated[:, None] * [1, 0]
    outcome = (rng.random(200) < 0.3).astype(int)
    effect = estimate_effect(
        outcome, treated, x, estimand=estimand, outcome_family="binomial", method="weighting"
    )
    verdict, checks = assess_design(effect), summarise_design(effect)
    assert all(check.passed for check in checks) == verdict.passed
    assert {check.key for check in checks if not check.passed} == {reason.key for reason in verdict.reasons}
    broken = [c for c in checks if not c.passed]
    at_least = ("effective_n", "effective_share", "events_per_parameter")
    assert all((c.value < c.limit) if c.key in at_least else (c.value > c.limit) for c in broken)
    assert verdict.passed == (shift < 1)


def test_the_tail_of_the_weights_by_hand() -> None:
    treated = np.repeat([1, 0], [200, 150])
    x = np.random.default_rng(1).normal(size=(350, 1)) + 0.5 * treated[:, None]
    effect = estimate_effect(treated * 1.0 + x[:, 0], treated, x, estimand="ATT", method="weighting")
    tail = effect.overlap.heaviest_weight_share
    assert tail.treated == pytest.approx(2 / 200)  # the treated of an ATT weigh alike
    # Two of 150 rows are the heaviest hundredth, rounded up: more than one row's share, less than twice it.
    assert effect.overlap.largest_weight_share.control < tail.control
    assert tail.control <= 2 * effect.overlap.largest_weight_share.control
