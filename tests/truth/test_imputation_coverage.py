"""Effects with a fifth of two covariates missing: unbiased, and intervals that cover, by the acceptance rule.

Replicates, seed and rule were fixed before the first run.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from acceptance import band
from scipy import stats

from hamm_eval.effects import estimate_effect, impute_and_estimate

SEED = 20170630
HOUSEHOLDS = 180
EFFECT = 1.0


def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Households share half of a number's variance, a category and luck; entries are missing by lot."""
    household = np.repeat(np.arange(HOUSEHOLDS), rng.integers(1, 4, HOUSEHOLDS))
    rows = household.size
    x = np.sqrt(0.5) * (rng.normal(size=HOUSEHOLDS)[household] + rng.normal(size=rows))
    kind = rng.integers(0, 3, HOUSEHOLDS)[household]
    treated = rng.binomial(1, 1 / (1 + np.exp(0.5 - 0.7 * x - 0.4 * (kind == 1))))
    luck = 0.7 * rng.normal(size=HOUSEHOLDS)[household] + rng.normal(size=rows)
    outcome = EFFECT * treated + x + 0.8 * (kind == 1) - 0.5 * (kind == 2) + luck
    table = pd.DataFrame({"x": x, "kind": np.array(["a", "b", "c"], dtype=object)[kind]})
    return table.mask(rng.random(table.shape) < 0.2), treated, outcome, household


def judge(replicates: int, cells: int) -> None:
    """Coverage and mean error of one run."""
    rng = np.random.default_rng(SEED)
    covered, errors = 0, np.empty(replicates)
    for k in range(replicates):
        table, treated, outcome, household = draw(rng)

        def ask(
            done: pd.DataFrame,
            treated: np.ndarray = treated,
            outcome: np.ndarray = outcome,
            household: np.ndarray = household,
        ) -> object:
            columns = {"x": done["x"], "b": done["kind"] == "b", "c": done["kind"] == "c"}
            return estimate_effect(
                outcome,
                treated,
                pd.DataFrame(columns, dtype=float),
                cluster=household,
                interactions="none",
                small_sample=True,
            )

        found = impute_and_estimate(
            table,
            ask,
            rng=rng,
            treated=treated,
            outcome=outcome,
            household=household,
            imputations=10,
            iterations=5,
        ).effect
        covered += found.lower <= EFFECT <= found.upper
        errors[k] = found.value - EFFECT
    low, high = band(replicates, 0.95, cells)
    noise = errors.std(ddof=1) / np.sqrt(replicates)
    print(covered / replicates, errors.mean() / noise, errors.mean())
    assert low <= covered <= high, covered / replicates
    assert abs(errors.mean()) <= stats.norm.isf(0.0005 / cells) * noise, errors.mean() / noise


@pytest.mark.slow
def test_missing_completely_at_random() -> None:
    judge(replicates=2000, cells=1)
