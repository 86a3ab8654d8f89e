"""Positivity level by level, and what the summary of a design tells of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import assess_design, estimate_effect, positivity_by_stratum, summarise_design
from hamm_eval.errors import InputError


def test_levels_are_counted_as_a_cross_table_does() -> None:
    rng = np.random.default_rng(3)
    treated, level = rng.integers(0, 2, 300), rng.choice(list("cab"), 300, p=[0.7, 0.2, 0.1])
    found = positivity_by_stratum(treated, pd.Series(level))
    table = pd.crosstab(level, treated)
    assert found.levels == ("a", "b", "c")
    assert found.treated.tolist() == table[1].tolist()
    assert found.control.tolist() == table[0].tolist()
    assert found.rows.tolist() == table.sum(axis=1).tolist()
    assert found.share_treated == pytest.approx((table[1] / table.sum(axis=1)).to_numpy())
    assert found.smallest_cell.tolist() == table.min(axis=1).tolist()
    assert found.to_frame().loc["b", "smallest_cell"] == table.loc["b"].min()


def test_whole_weights_are_replications_in_shares_and_leave_cells_alone() -> None:
    rng = np.random.default_rng(4)
    treated, level, weights = rng.integers(0, 2, 90), rng.choice(list("ab"), 90), rng.integers(1, 4, 90)
    found = positivity_by_stratum(treated, level, weights)
    again = positivity_by_stratum(np.repeat(treated, weights), np.repeat(level, weights))
    assert found.share_treated == pytest.approx(again.share_treated)
    assert found.rows.tolist() == positivity_by_stratum(treated, level).rows.tolist()


def test_a_level_of_one_arm_has_an_empty_cell() -> None:
    found = positivity_by_stratum([1, 1, 0, 1], ["a", "a", "b", "b"])
    assert (found.share_treated.tolist(), found.smallest_cell.tolist()) == ([1.0, 0.5], [0, 1])


def test_everything_wrong_is_told_at_once_and_without_a_value() -> None:
    with pytest.raises(InputError) as told:
        positivity_by_stratum([1, 0, 1], ["secret", None, "b"], [1.0, -7.25, 1.0])
    assert [problem.where for problem in told.value.problems] == ["strata", "weights"]
    assert "secret" not in str(told.value)
    assert "7.25" not in str(told.value)
    with pytest.raises(InputError, match="treated"):
        positivity_by_stratum([1, 2], ["a", "b"])
    with pytest.raises(InputError, match="strata"):
        positivity_by_stratum([1, 0], ["a"])


def test_the_summary_names_the_level_with_the_smallest_share_of_each_arm() -> None:
    rng = np.random.default_rng(6)
    treated = np.repeat([1, 0], [80, 120])
    age = rng.normal(size=200)
    kind = np.array(["x"] * 4 + ["y"] * 76 + ["x"] * 36 + ["y"] * 84)
    sex = np.array(["f"] * 60 + ["m"] * 20 + ["f"] * 20 + ["m"] * 100)
    effect = estimate_effect(rng.normal(size=200), treated, age[:, None])
    plain = summarise_design(effect)
    checks = summarise_design(effect, treated=treated, strata={"kind": kind, "sex": sex})
    assert [check for check in checks if check.key != "positivity"] == list(plain)
    found = {check.arm: check for check in checks if check.key == "positivity"}
    assert (found["treated"].covariate, found["treated"].value, found["treated"].of) == ("kind=x", 0.1, 40)
    assert (found["control"].covariate, found["control"].value, found["control"].of) == ("sex=f", 0.25, 80)
    assert all(check.passed and check.limit is None for check in found.values())


def test_warnings_are_told_and_withhold_nothing() -> None:
    rng = np.random.default_rng(2)
    treated = np.repeat([1, 0], [150, 60])
    narrow = np.where(treated == 1, 0.2, 1.0)[:, None] * rng.normal(size=(210, 2)) * [1.0, 1.5]
    effect = estimate_effect(rng.normal(size=210), treated, narrow, estimand="ATT", method="standardisation")
    verdict = assess_design(effect)
    warned = [c for c in summarise_design(effect) if c.key in ("variance_ratio", "fewer_effective_controls")]
    ratios = [warning for warning in verdict.warnings if warning.key == "variance_ratio"]
    assert len(ratios) == 2
    assert [check.key for check in warned] == ["variance_ratio", "fewer_effective_controls"]
    assert warned[0].value == min(warning.value for warning in ratios)
    assert warned[1].value == effect.overlap.effective_n.control
    assert all(check.passed and check.limit is None for check in warned)
