"""Coverage of matching's intervals, by the acceptance rule; replicates, seed and cells fixed beforehand.

The world: a propensity of one of two covariates, an effect that depends on both, so that it counts that the
propensity is estimated: without the correction for it (Abadie and Imbens 2016) the standard error would be a
third too large and nearly every interval would cover.
"""

from __future__ import annotations

import numpy as np
import pytest
from acceptance import outside

from hamm_eval.effects import Matching, estimate_effect

SEED = 20170701
ROWS = 1000
CELLS = {
    "ATT, propensity": ("ATT", Matching(caliper=None)),
    "ATE, propensity": ("ATE", Matching(caliper=None)),
    "ATT, Mahalanobis, bias-adjusted": (
        "ATT",
        Matching(distance="mahalanobis", caliper=None, bias_adjustment=True),
    ),
    "ATE, Mahalanobis, bias-adjusted": (
        "ATE",
        Matching(distance="mahalanobis", caliper=None, bias_adjustment=True, matches=2),
    ),
}


def draw(rng, rows):
    """Outcome, treated, covariates and each row's own effect."""
    x = rng.normal(size=(rows, 2))
    treated = rng.binomial(1, propensity(x[:, 0])).astype(float)
    effect = 1 + 1.6 * x[:, 0] + 0.8 * x[:, 1]
    return x[:, 0] + 2 * x[:, 1] + effect * treated + rng.normal(size=rows), treated, x


def propensity(x):
    return 1 / (1 + np.exp(0.4 - 0.7 * x))


def true_effect(estimand):
    """By Gauss-Hermite integration: the second covariate has mean 0 in every population here."""
    points, mass = np.polynomial.hermite_e.hermegauss(60)
    weight = mass * (propensity(points) if estimand == "ATT" else 1.0)
    return float(np.average(1 + 1.6 * points, weights=weight))


def covered(estimand, options, replicates):
    """Replicates whose interval contains the truth."""
    cell = [("ATT", "ATE").index(estimand), ("propensity", "mahalanobis").index(options.distance)]
    rng = np.random.default_rng([SEED, *cell])
    truth, count = true_effect(estimand), 0
    for _ in range(replicates):
        found = estimate_effect(*draw(rng, ROWS), method="matching", matching=options, estimand=estimand)
        count += found.lower <= truth <= found.upper
    return count


def test_smoke_coverage_of_the_default():
    estimand, options = CELLS["ATT, propensity"]
    assert outside({"ATT": covered(estimand, options, 300)}, 300, 0.95) == {}


def test_the_comparison_without_matching_would_fail_the_rule():
    """The rule can fail: unadjusted, the same world is not covered."""
    rng = np.random.default_rng(SEED)
    truth, count = true_effect("ATT"), 0
    for _ in range(300):
        found = estimate_effect(*draw(rng, ROWS), method="unadjusted")
        count += found.lower <= truth <= found.upper
    assert outside({"unadjusted": count}, 300, 0.95)


@pytest.mark.slow
def test_coverage():
    counts = {cell: covered(estimand, options, 2000) for cell, (estimand, options) in CELLS.items()}
    assert outside(counts, 2000, 0.95) == {}
