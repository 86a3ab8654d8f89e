"""Pairs of ratings clustered in social workers: the bootstrap's interval holds, the naive one does not.

Fixed before the first run: 2,000 samples a cell, seed 20240611, failing only outside the 99.9 % band of a
perfect interval, Bonferroni over the cells. The cell of 19 workers, as many as the city has, came later:
93.7 % in its first run, inside the band and below 95 %, as the standard error is 3 % too small.
"""

from __future__ import annotations

import numpy as np
import pytest
from acceptance import band

from hamm_eval.ratings import weighted_kappa

SCALE = [1, 2, 3, 4, 5]
CELLS = [(19, 14), (30, 5), (60, 3), (200, 3)]
SAMPLES, SEED = 2000, 20240611


def draw(rng: np.random.Generator, workers: int, pairs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Workers differ in what they rate and in lenience on either side."""
    worker = np.repeat(np.arange(workers), pairs)
    n = worker.size
    common = rng.normal(size=workers)[worker] + rng.normal(size=n)
    sides = []
    for shift in (0.0, 0.4):
        lenience = 0.7 * rng.normal(size=workers)[worker]
        latent = common + shift + lenience + 0.7 * rng.normal(size=n)
        sides.append(np.digitize(latent, [-1.2, -0.4, 0.4, 1.2]) + 1)
    return sides[0], sides[1], worker


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "pairs"), CELLS)
def test_intervals_cover(workers, pairs):
    a, b, _ = draw(np.random.default_rng(SEED), 200_000, 3)
    truth = weighted_kappa(a, b, categories=SCALE).value
    rng = np.random.default_rng([SEED, workers])
    covered = naive = 0
    for _ in range(SAMPLES):
        a, b, worker = draw(rng, workers, pairs)
        found = weighted_kappa(a, b, categories=SCALE, cluster=worker, rng=rng, resamples=400)
        alone = weighted_kappa(a, b, categories=SCALE)
        covered += found.lower <= truth <= found.upper
        naive += alone.lower <= truth <= alone.upper
    low, high = band(SAMPLES, 0.95, len(CELLS))
    assert low <= covered <= high
    assert naive < low
