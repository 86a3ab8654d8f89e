"""Effects read off from one comparison are those of a comparison of their own."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import (
    departure_tipping_point,
    effect_at_horizon,
    effect_of_starting,
    impute_covariates,
)
from hamm_eval.effects.departure_tipping import tipping_point_of
from hamm_eval.effects.horizon import effect_of
from hamm_eval.effects.horizon_comparison import compare_to_horizon
from hamm_eval.effects.starting_comparison import compare_strategies

ROWS = 300
NUMBERS = ("value", "std_error", "lower", "upper", "mean_treated", "mean_control", "std_error_treated")
CONTRASTS = ("risk_difference", "risk_ratio", "months_difference")


def sample() -> dict[str, Any]:
    """Rows in households that lie within those of social workers, with departures and closings."""
    rng = np.random.default_rng(3)
    x = pd.DataFrame({"age": rng.normal(size=ROWS), "sex": rng.integers(2, size=ROWS).astype(float)})
    ends = np.column_stack([rng.exponential(scale, ROWS) for scale in (300, 700, 900)])
    ends[:, 0] *= np.exp(-0.3 * x["age"])
    return {
        "time": np.ceil(ends.min(axis=1)),
        "cause": np.array([1, 2, 0])[ends.argmin(axis=1)],
        "x": x,
        "treated": (rng.random(ROWS) < 1 / (1 + np.exp(-x["age"]))).astype(int).to_numpy(),
        "start": np.ceil(rng.exponential(90, ROWS)),
        "household": np.arange(ROWS) // 2,
        "worker": np.arange(ROWS) // 10,
    }


def same(found: Any, asked: Any) -> None:
    """All numbers, those on departures and the design included."""
    for name in NUMBERS:
        assert getattr(found, name) == pytest.approx(getattr(asked, name), rel=1e-12), name
        assert getattr(found.competing, name) == pytest.approx(getattr(asked.competing, name), rel=1e-12)
    assert {field.name for field in fields(found)} == {field.name for field in fields(asked)}
    np.testing.assert_array_equal(found.balance.smd, asked.balance.smd)
    assert (found.n, found.events, found.clusters) == (asked.n, asked.events, asked.clusters)
    assert (found.contrast, found.support) == (asked.contrast, asked.support)


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize("small_sample", [True, False])
def test_a_fixed_start_is_compared_once_for_all_contrasts_and_clusters(
    contrast: Any, small_sample: bool
) -> None:
    d = sample()
    given = (d["time"], d["cause"], d["treated"], d["x"])
    common: dict[str, Any] = {"horizon": 365, "interactions": "none", "small_sample": small_sample}
    comparison = compare_to_horizon(*given, cluster=d["household"], **common)
    asked = effect_at_horizon(*given, cluster=d["worker"], contrast=contrast, **common)
    found = comparison.asking(contrast).clustered_by(d["worker"])
    same(effect_of(found), asked)
    assert found.value == pytest.approx(asked.value, rel=1e-12)
    # The first comparison is as it was.
    same(effect_of(comparison), effect_at_horizon(*given, cluster=d["household"], **common))


@pytest.mark.parametrize("contrast", CONTRASTS)
@pytest.mark.parametrize("small_sample", [True, False])
def test_strategies_are_compared_once_for_all_contrasts_and_clusters(
    contrast: Any, small_sample: bool
) -> None:
    d = sample()
    given = (d["time"], d["cause"], d["start"], d["x"])
    common: dict[str, Any] = {"horizon": 365, "grace": 60, "small_sample": small_sample}
    comparison = compare_strategies(*given, cluster=d["household"], **common)
    asked = effect_of_starting(*given, cluster=d["worker"], contrast=contrast, **common)
    same(comparison.clustered_by(d["worker"]).asking(contrast).effect(), asked)
    same(comparison.effect(), effect_of_starting(*given, cluster=d["household"], **common))


def test_the_tipping_point_of_a_comparison_that_is_there_already() -> None:
    d = sample()
    given = (d["time"], d["cause"], d["treated"], d["x"])
    common: dict[str, Any] = {"horizon": 365, "cluster": d["household"], "small_sample": True}
    found = tipping_point_of(compare_to_horizon(*given, **common), [0, 0.5, 1])
    pd.testing.assert_frame_equal(
        found.to_frame(), departure_tipping_point(*given, shares=[0, 0.5, 1], **common).to_frame()
    )


def test_a_covariate_that_is_the_same_for_all_known_is_imputed_in_households_too() -> None:
    table = pd.DataFrame({"age": [20.0, 30, 40, 50, 25, 35], "level": ["a", "a", None, "a", "a", "a"]})
    imputation = impute_covariates(
        table, rng=np.random.default_rng(1), household=[0, 0, 1, 1, 2, 2], imputations=2
    )
    assert [set(completed["level"]) for completed in imputation.completed()] == [{"a"}, {"a"}]
