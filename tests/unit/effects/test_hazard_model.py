"""The piecewise hazard behind the weights: against the survival room's own, and in its derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from starting_sample import draw_started

from hamm_eval.effects.grace import grace_weights
from hamm_eval.effects.hazard_model import exposure_in, fit_hazard, happened_in, pieces
from hamm_eval.effects.leave_out import steps_without
from hamm_eval.survival import piecewise_exponential

CUTS = np.array([0.0, 20.0, 60.0])


def fitted(rows: int = 250):
    sample = draw_started(np.random.default_rng(2), rows)
    until = np.minimum(np.minimum(sample.time, sample.start), CUTS[-1])
    happened = ((sample.start <= sample.time) & (sample.start <= CUTS[-1])).astype(float)
    model = fit_hazard(
        exposure_in(CUTS, 0.0, until),
        happened_in(CUTS, until, happened),
        sample.x,
        ("x1", "x2"),
        np.ones(rows),
        model="start model",
    )
    return sample, until, happened, model


def test_it_is_the_poisson_model_of_the_survival_room() -> None:
    sample, until, happened, model = fitted()
    peer = piecewise_exponential(until, happened, sample.x, cuts=[20.0])
    np.testing.assert_allclose(model.slopes, np.log(peer.rate_ratio), rtol=1e-6)
    inverse = np.linalg.inv(model.information)
    np.testing.assert_allclose(np.sqrt(np.diag(inverse))[-2:], peer.std_error[-2:], rtol=1e-5)


def test_scores_vanish_and_gradients_are_derivatives() -> None:
    _, _, _, model = fitted()
    np.testing.assert_allclose(model.scores.sum(axis=0), 0, atol=1e-6)
    exposure = exposure_in(CUTS, 0.0, np.linspace(1, 60, 250))
    by = np.linspace(-1, 1, 250)
    gradient = model.gradients(exposure, by).sum(axis=0)
    theta = np.r_[np.log(model.rate), model.slopes]
    for k in range(theta.size):
        found = []
        for step in (1e-6, -1e-6):
            moved = theta.copy()
            moved[k] += step
            total = (exposure @ np.exp(moved[:2])) * np.exp(model.covariates @ moved[2:])
            found.append(float(by @ total))
        assert gradient[k] == pytest.approx((found[0] - found[1]) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("estimand", ["ATT", "ATE", "ATO"])
@pytest.mark.parametrize("adherence", ["intention_to_treat", "per_protocol"])
def test_weights_of_both_arms_add_up_to_the_target_population(estimand, adherence) -> None:
    """Their expectation is that of the target: in a large sample the sums agree."""
    sample = draw_started(np.random.default_rng(11), 40_000, closings=False)
    cuts = np.array([0.0, 20.0, 40.0, 120.0])
    until = np.minimum(np.minimum(sample.time, sample.start), cuts[-1])
    happened = ((sample.start < sample.time) & (sample.start <= cuts[-1])).astype(float)
    model = fit_hazard(
        exposure_in(cuts, 0.0, until),
        happened_in(cuts, until, happened),
        sample.x,
        ("x1", "x2"),
        np.ones(until.size),
        model="start model",
    )
    end = np.minimum(sample.time, 120.0)
    start = np.where(sample.start < end, sample.start, np.inf)
    found = grace_weights(model, cuts, start, end, 40.0, estimand=estimand, adherence=adherence)
    size = found.target.value.sum()
    assert found.treated.value.sum() == pytest.approx(size, rel=0.02)
    assert found.control.value.sum() == pytest.approx(size, rel=0.02)


def test_pieces_hold_some_ten_starts_each() -> None:
    cuts = pieces(np.arange(1.0, 101.0), 50.0)
    assert cuts[0] == 0
    assert cuts[-1] == 50
    assert len(cuts) == 6
    assert list(pieces(np.array([]), 30.0)) == [0.0, 30.0]


def test_leaving_clusters_out_equals_the_plain_inverse_where_the_rest_is_regular() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(40, 3))
    rows[:2, 2] = [1.0, -1.0]
    rows[2:, 2] = 0.0  # one cluster alone carries the third column
    parts = np.einsum("gi,gj->gij", rows[::2], rows[::2]) + np.einsum("gi,gj->gij", rows[1::2], rows[1::2])
    scores = rng.normal(size=(20, 3))
    found = steps_without(parts.sum(axis=0), parts, scores)
    for g in range(1, 20):
        np.testing.assert_allclose(
            found[g], np.linalg.solve(parts.sum(axis=0) - parts[g], scores[g]), rtol=1e-8
        )
    assert np.isfinite(found[0]).all()
    assert found[0, 2] == pytest.approx(0.0, abs=1e-8)
