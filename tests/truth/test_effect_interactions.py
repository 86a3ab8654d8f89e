"""Does the test of equal effects reject as often as it says, and find a difference that was planted?

Replicates, seed, sizes and rule were fixed before the first run. Two persons a household, who share what lies
behind their outcome and, in half of the households, do not share the level: levels are not independent.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from acceptance import outside
from scipy import special

from hamm_eval.effects import cost_per_additional, effect_by_level
from hamm_eval.errors import NotEstimable

HOUSEHOLDS, REPLICATES, POWER_REPLICATES, SEED = 300, 2000, 200, 20261128
HORIZON, EFFECT = 12.0, 0.15

pytestmark = pytest.mark.slow


def draw(rng: np.random.Generator, shift: float) -> dict[str, Any]:
    """Confounded, censored, with departures; the effect is the same for everybody but `shift` in level 1."""
    n = 2 * HOUSEHOLDS
    home = np.arange(n) // 2
    luck = special.ndtr(np.sqrt(0.5) * rng.normal(size=HOUSEHOLDS)[home] + np.sqrt(0.5) * rng.normal(size=n))
    level = np.where(home % 2 == 0, np.arange(n) % 2, home // 2 % 2)
    x = rng.uniform(-1, 1, n)
    treated = rng.random(n) < special.expit(-0.3 + 0.8 * x)
    reached = luck < 0.35 + 0.15 * x + treated * (EFFECT + shift * level)
    leaves = ~reached & (rng.random(n) < 0.15)
    time = np.where(reached | leaves, rng.uniform(0.5, HORIZON, n), HORIZON + 1)
    closed = rng.exponential(60, n)
    return {
        "time": np.minimum(time, closed),
        "cause": np.where(closed < time, 0, np.where(reached, 1, np.where(leaves, 2, 0))),
        "treated": treated.astype(int),
        "covariates": x[:, None],
        "level": level,
        "cluster": home,
    }


def interaction(rng: np.random.Generator, shift: float) -> float:
    found = effect_by_level(
        **draw(rng, shift), horizon=HORIZON, estimand="ATT", interactions="none", small_sample=True
    )
    assert found.interaction is not None
    return found.interaction.p_value


def test_equal_effects_are_called_different_in_one_of_twenty() -> None:
    rng = np.random.default_rng(SEED)
    rejected = sum(interaction(rng, 0.0) < 0.05 for _ in range(REPLICATES))
    print(rejected / REPLICATES)
    assert outside({"two levels": rejected}, REPLICATES, 0.05) == {}


def test_a_planted_difference_is_found() -> None:
    # 30 points between levels of about 300 persons: a standard error of about 8 points, power above 90 %.
    rng = np.random.default_rng(SEED + 1)
    found = sum(interaction(rng, 0.3) < 0.05 for _ in range(POWER_REPLICATES))
    print(found / POWER_REPLICATES)
    assert found > 0.85 * POWER_REPLICATES


def test_fiellers_interval_covers_the_ratio_and_is_bounded_as_often_as_the_effect_is_clear() -> None:
    rng = np.random.default_rng(SEED + 2)
    covered: Counter[str] = Counter()
    replicates = 20 * REPLICATES
    cost, effect, errors = 1500.0, 0.1, (120.0, 0.03)
    covariance = 0.4 * errors[0] * errors[1]
    matrix = [[errors[0] ** 2, covariance], [covariance, errors[1] ** 2]]
    drawn = rng.multivariate_normal([cost, effect], matrix, size=replicates)
    for c, d in drawn:
        try:
            found = cost_per_additional(c, d, errors[1], cost_std_error=errors[0], covariance=covariance)
        except NotEstimable:
            # Unbounded: the true ratio is in the set where the test of that ratio does not refuse it.
            ratio = cost / effect
            variance = matrix[0][0] - 2 * ratio * covariance + ratio**2 * matrix[1][1]
            covered["ratio"] += bool(abs(c - ratio * d) <= 1.959963984540054 * np.sqrt(variance))
            continue
        covered["ratio"] += found.lower <= cost / effect <= found.upper
    assert outside(dict(covered), replicates, 0.95) == {}
