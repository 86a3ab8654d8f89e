"""Effects by level, and the covariance that households spanning levels bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import (
    effect_at_horizon,
    effect_by_level,
    estimate_effect,
    interaction_test,
    joint_covariance,
)
from hamm_eval.errors import InputError, NotEstimable

OPTIONS: dict[str, Any] = {"horizon": 12.0, "interactions": "none", "small_sample": True}


@pytest.mark.parametrize("options", [{}, {"small_sample": True}, {"cluster": True}])
def test_one_level_is_the_effect_at_the_horizon(draw_followed, options: dict[str, Any]) -> None:
    city = draw_followed(np.random.default_rng(7), 240)
    asked = {"horizon": 12.0} | options
    if options.get("cluster"):
        asked["cluster"] = np.arange(240) // 2
    found = effect_by_level(city.time, city.cause, city.treated, city.x, np.zeros(240), **asked)
    direct = effect_at_horizon(city.time, city.cause, city.treated, city.x, **asked)
    assert found.interaction is None
    assert (found.effects[0].value, found.effects[0].std_error) == (direct.value, direct.std_error)
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(direct.std_error, rel=1e-12)


def test_each_level_is_a_comparison_of_its_own(draw_followed) -> None:
    city = draw_followed(np.random.default_rng(8), 400)
    level = np.where(np.arange(400) % 4 < 2, "b", "a")
    frame = pd.DataFrame(city.x, columns=["age", "german"])
    home = np.arange(400) // 4
    found = effect_by_level(
        city.time, city.cause, city.treated, frame, level, cluster=home, censoring_covariates=frame, **OPTIONS
    )
    assert found.levels == ("a", "b")
    for name, effect, variance in zip(found.levels, found.effects, np.diag(found.covariance), strict=True):
        inside = level == name
        direct = effect_at_horizon(
            city.time[inside],
            city.cause[inside],
            city.treated[inside],
            frame[inside],
            cluster=home[inside],
            **OPTIONS,
        )
        assert effect.value == direct.value
        assert np.sqrt(variance) == pytest.approx(direct.std_error, rel=1e-12)


def test_the_covariance_is_that_of_leaving_households_out(draw_followed) -> None:
    """Brute force: both levels estimated anew without each household."""
    rng = np.random.default_rng(9)
    city = draw_followed(rng, 160)
    level, home = np.arange(160) % 2, np.arange(160) // 4
    found = effect_by_level(
        city.time, city.cause, city.treated, None, level, cluster=home, horizon=12.0, method="unadjusted",
        censoring_covariates=np.empty((160, 0)), small_sample=True,
    )  # fmt: skip

    def both(rows: np.ndarray) -> list[float]:
        return [
            effect_at_horizon(
                city.time[rows & (level == k)], city.cause[rows & (level == k)],
                city.treated[rows & (level == k)], None, horizon=12.0, method="unadjusted",
                censoring_covariates=np.empty(((rows & (level == k)).sum(), 0)),
            ).value
            for k in (0, 1)
        ]  # fmt: skip

    without = np.array([both(home != g) for g in range(40)])
    change = without - both(np.ones(160, dtype=bool))
    brute = 39 / 40 * change.T @ change
    assert found.covariance[0, 1] == pytest.approx(brute[0, 1], rel=0.1)
    assert np.diag(found.covariance) == pytest.approx(np.diag(brute), rel=0.1)


def shared_households(rng: np.random.Generator, homes: int, shift: float = 0.0) -> dict[str, Any]:
    """Two members a household, one in each level, who share treatment and luck."""
    luck = np.repeat(rng.normal(size=homes), 2)
    treated = np.repeat(rng.integers(0, 2, homes), 2)
    level = np.tile([0, 1], homes)
    good = rng.normal(size=2 * homes) + 2 * luck + treated * (0.3 + shift * level) > 0
    return {
        "time": np.where(good, 5.0, 12.0),
        "cause": good.astype(int),
        "treated": treated,
        "covariates": None,
        "level": level,
        "cluster": np.repeat(np.arange(homes), 2),
    }


def test_households_that_span_levels_make_the_difference_more_precise() -> None:
    city = shared_households(np.random.default_rng(3), 300)
    found = effect_by_level(**city, horizon=10.0, method="unadjusted")
    correlation = found.covariance[0, 1] / np.sqrt(np.prod(np.diag(found.covariance)))
    assert correlation > 0.4
    independent = float(np.subtract(*(e.value for e in found.effects)) ** 2 / np.trace(found.covariance))
    assert found.interaction.statistic > 1.5 * independent
    # Persons who are no household's: nothing in common.
    alone = effect_by_level(**(city | {"cluster": None}), horizon=10.0, method="unadjusted")
    assert alone.covariance[0, 1] == 0
    both = alone.effects
    z = (both[1].value - both[0].value) / np.hypot(both[0].std_error, both[1].std_error)
    assert alone.interaction.statistic == pytest.approx(z**2, rel=1e-9)


def test_two_outcomes_of_the_same_persons_have_the_covariance_of_their_difference() -> None:
    rng = np.random.default_rng(5)
    treated, home = rng.integers(0, 2, 200), np.arange(200) // 2
    one = rng.normal(size=200)
    other = one + rng.normal(size=200)

    def effect(outcome: np.ndarray) -> Any:
        return estimate_effect(outcome, treated, None, method="unadjusted", cluster=home)

    effects = [effect(one), effect(other)]
    found = joint_covariance(effects, [home, home])
    apart = effect(other - one)
    assert found[0, 0] + found[1, 1] - 2 * found[0, 1] == pytest.approx(apart.std_error**2, rel=1e-9)
    test = interaction_test(effects, [home, home])
    assert test.p_value == pytest.approx(apart.p_value, rel=1e-9)


def test_few_households_take_f() -> None:
    city = shared_households(np.random.default_rng(3), 30)
    found = effect_by_level(**city, horizon=10.0, method="unadjusted", cluster_t=True)
    assert found.interaction.denominator == 29
    plain = effect_by_level(**city, horizon=10.0, method="unadjusted", cluster_t=False)
    assert plain.interaction.denominator is None


def test_what_cannot_be_compared_is_told() -> None:
    rng = np.random.default_rng(5)
    treated, home = rng.integers(0, 2, 60), np.arange(60) // 2
    effect = estimate_effect(rng.normal(size=60), treated, None, method="unadjusted", cluster=home)
    with pytest.raises(InputError, match="two or more"):
        interaction_test([effect], [home])
    with pytest.raises(InputError, match="not the clusters"):
        joint_covariance([effect], [np.arange(60)])
    with pytest.raises(NotEstimable, match="no variance"):
        interaction_test([effect, effect], [home, home])
    event = np.r_[rng.integers(0, 2, 40), np.zeros(20)]
    with pytest.raises(NotEstimable, match="Level 1 of 2"):
        effect_by_level(
            np.where(event, 5.0, 12.0), event, treated, None,
            np.r_[np.zeros(40), np.ones(20)], horizon=10.0, method="unadjusted",
        )  # fmt: skip
    with pytest.raises(InputError) as caught:
        effect_by_level(np.ones(5), np.ones(6), np.ones(6), None, np.ones(6), horizon=3)
    assert [problem.where for problem in caught.value.problems] == ["time"]
