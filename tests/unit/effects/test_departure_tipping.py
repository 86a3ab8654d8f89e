"""Tipping points for departures: by hand, against the estimator itself, and in the limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hamm_eval.effects import departure_tipping_point, effect_at_horizon, estimate_effect
from hamm_eval.errors import InputError

GRID = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """A measure that helps, departures, a few censored."""
    rng = np.random.default_rng(8)
    n = 500
    x = rng.normal(size=(n, 2))
    treated = (rng.random(n) < 1 / (1 + np.exp(-0.5 * x[:, 0]))).astype(int)
    goal = rng.exponential(1 / (0.05 * np.exp(0.5 * treated + 0.3 * x[:, 0])))
    gone, lost = rng.exponential(1 / 0.02, n), rng.exponential(1 / 0.01, n)
    time = np.minimum.reduce([goal, gone, lost, np.full(n, 14.0)])
    cause = np.select([time == goal, time == gone], [1, 2], 0)
    return {"time": time, "cause": cause, "treated": treated, "covariates": x, "horizon": 12.0}


def test_by_hand_in_whole_arms() -> None:
    # Goal in 4 of 10 treated and 2 of 10 controls; 1 treated and 4 controls depart: half of the latter tip.
    cause = [1] * 4 + [2] + [0] * 5 + [1] * 2 + [2] * 4 + [0] * 4
    treated = [1] * 10 + [0] * 10
    found = departure_tipping_point(
        [5] * 20, cause, treated, None, horizon=5, method="unadjusted", shares=[0, 0.25, 0.5, 1]
    )
    alone = found.share_treated == 0
    np.testing.assert_allclose(found.value[alone], [0.2, 0.1, 0.0, -0.2], atol=1e-12)
    both = (found.share_treated == found.share_control) & (found.share_treated == 1)
    np.testing.assert_allclose(found.value[both], 0.5 - 0.6, atol=1e-12)
    assert (found.departed.treated, found.departed.control) == (1, 4)
    assert found.vanishes.control == 0.5
    assert found.vanishes.treated is None
    assert found.unclear.control == 0.0  # twenty persons tell nothing to begin with


def test_without_any_supposition_it_is_the_effect(data: dict[str, Any]) -> None:
    found = departure_tipping_point(**data, shares=[0, 1], small_sample=True)
    effect = effect_at_horizon(**data, small_sample=True)
    assert found.value[0] == pytest.approx(effect.value, abs=1e-12)
    assert found.lower[0] == pytest.approx(effect.lower, abs=1e-12)
    assert found.upper[0] == pytest.approx(effect.upper, abs=1e-12)


def test_all_departed_counted_as_goals_is_the_effect_on_either_event(data: dict[str, Any]) -> None:
    found = departure_tipping_point(**data, shares=[0, 1])
    either = effect_at_horizon(**{**data, "cause": np.minimum(data["cause"], 1)})
    at = (found.share_treated == 1) & (found.share_control == 1)
    assert found.value[at][0] == pytest.approx(either.value, abs=1e-10)
    assert found.lower[at][0] == pytest.approx(either.lower, abs=1e-10)


def test_the_interval_is_that_of_the_supposed_outcome_not_of_the_old_one(data: dict[str, Any]) -> None:
    complete = {**data, "time": np.maximum(data["time"], np.where(data["cause"] == 0, 13.0, 0.0))}
    found = departure_tipping_point(**complete, shares=GRID, method="weighting")
    at = np.flatnonzero((found.share_treated == 0) & (found.share_control == 0.6))[0]
    time, cause, treated = (np.asarray(complete[name]) for name in ("time", "cause", "treated"))
    by_then = time <= 12
    outcome = ((cause == 1) & by_then) + 0.6 * ((cause == 2) & by_then & (treated == 0))
    direct = estimate_effect(outcome, treated, complete["covariates"], method="weighting")
    assert found.value[at] == pytest.approx(direct.value, abs=1e-10)
    assert found.upper[at] - found.lower[at] == pytest.approx(direct.upper - direct.lower, abs=1e-10)
    assert found.upper[at] - found.lower[at] != pytest.approx(found.upper[0] - found.lower[0], rel=1e-3)


def test_the_difference_falls_with_the_controls_share_and_rises_with_the_treateds(
    data: dict[str, Any],
) -> None:
    found = departure_tipping_point(**data, shares=GRID)
    controls = found.value[found.share_treated == 0]
    treated = found.value[found.share_control == 0]
    assert (np.diff(controls) < 0).all()
    assert (np.diff(treated) > 0).all()
    assert found.value[0] > 0
    assert found.vanishes.treated is None
    tips = found.vanishes.control
    below = (found.share_treated == 0) & (found.share_control < (1.1 if tips is None else tips))
    assert (found.value[below] > 0).all()
    covers = (found.lower <= 0) & (found.upper >= 0) & (found.share_treated == 0)
    assert found.unclear.control == (found.share_control[covers].min() if covers.any() else None)
    assert len(found.to_frame()) == 3 * (len(GRID) - 1) + 1


@pytest.mark.parametrize("shares", [[0.1, 1], [0], [0, 0.5, 0.5], [0, 1.2]])
def test_a_grid_that_is_none_is_refused(shares: list[float], data: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="shares"):
        departure_tipping_point(**data, shares=shares)
