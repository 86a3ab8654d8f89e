"""Rows are taken block by block: where the borders lie changes nothing but the last digits."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval import inference
from hamm_eval.survival import (
    aalen_johansen,
    cox,
    fine_gray,
    kaplan_meier,
    pseudo_observations,
    risk_sets,
    state_occupation,
)

ROWS = 300


def answers() -> list[np.ndarray]:
    rng = np.random.default_rng(17)
    time, entry = rng.integers(5, 60, ROWS).astype(float), rng.integers(0, 5, ROWS).astype(float)
    cause, house = rng.integers(0, 3, ROWS), np.arange(ROWS) // 2
    x = rng.normal(size=(ROWS, 3))
    curves = aalen_johansen(time, cause, entry=entry, cluster=house)
    single = kaplan_meier(time, cause == 1, cluster=house)
    fit = cox(time, cause == 1, x, start=entry, cluster=house, strata=house % 3)
    share = fine_gray(time, cause, x)
    states = state_occupation(
        np.arange(ROWS),
        np.zeros(ROWS),
        time,
        ["here"] * ROWS,
        np.array(["here", "goal", "away"])[cause],
        states=["here", "goal", "away"],
        cluster=house,
    )
    return [
        curves.std_error,
        single.std_error,
        np.array(single.rmst(40)),
        fit.covariance,
        fit.residuals("dfbeta"),
        fit.proportionality_test("km").statistic,
        share.covariance,
        pseudo_observations(time, cause, at=[20, 40]),
        # Without ties other blocks are taken, in order of time.
        *(
            pseudo_observations(time + rng.random(ROWS), cause, at=[20, 40], kind=kind)
            for kind in ("incidence", "mean_event_free")
        ),
        states.std_error,
    ]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_borders_of_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = answers()
    monkeypatch.setattr(risk_sets, "_BLOCK", size)
    monkeypatch.setattr(inference, "_BLOCK", size)
    for found, expected in zip(answers(), whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
