"""Rule 5: the largest error that rounding can make in a published curve."""

from __future__ import annotations

import numpy as np

from hamm_eval.estimate import FloatArray
from hamm_eval.release.policy import Policy
from hamm_eval.release.step_counts import StepCounts


def largest_error(steps: StepCounts, policy: Policy) -> float:
    """Largest distance between the published incidence and that of the unrounded counts, at its times.

    Parameters
    ----------
    steps : StepCounts
    policy : Policy

    Returns
    -------
    float
        Share 0 to 1. Computed from the rounded counts alone: the distance itself would tell the exact curve.

    Notes
    -----
    Every rounded cumulative count stands for the counts that round to it; between two steps of a cause also
    for the events that wait for the next. Each is moved through its range alone, the incidence computed anew,
    and the largest moves are added up: no combination of them moves it further, up to terms of second order.
    Reading entries and censorings at the middle of a step is an approximation of its own, as any grouping of
    times is; the distance to the exact curve is rarely above this bound.
    """
    down, up = (policy.curve_rounding - 1) // 2, policy.curve_rounding // 2
    k, causes = steps.events.shape
    columns = [steps.entered, steps.censored, *steps.events.T]
    base = np.column_stack(columns).astype(np.float64)
    low = np.full(base.shape, -down, dtype=np.float64)
    high = np.full(base.shape, up, dtype=np.float64)
    high[:, 2:] += steps.lag
    # What is still 0 was nothing at all before any count was rounded.
    low[:, 2:][steps.events == 0] = 0
    worst = np.zeros(k)
    exact = _incidence(base[None])[0]
    for move in (low, high):
        moved = np.repeat(base[None], base.size, axis=0)
        each = np.arange(base.size)
        moved[each, each // base.shape[1], each % base.shape[1]] += move.ravel()
        distance = np.abs(_incidence(moved) - exact).reshape(k, 2 + causes, k)
        worst = distance if move is low else np.maximum(worst, distance)
    return float(min(1.0, worst.sum(axis=(0, 1)).max(initial=0.0)))


def _incidence(cumulative: FloatArray) -> FloatArray:
    """Aalen-Johansen of cause 1 for many sets of cumulative counts at once.

    Parameters
    ----------
    cumulative : ndarray, shape (sets, k, 2 + causes)
        Entered, censored, events of each cause.

    Returns
    -------
    ndarray, shape (sets, k)
    """
    events = np.diff(cumulative[:, :, 2:], axis=1, prepend=0)
    before = cumulative[:, :, 2:].sum(axis=2) - events.sum(axis=2)
    at_risk = np.maximum(cumulative[:, :, 0] - cumulative[:, :, 1] - before, 1.0)
    free = np.cumprod(1 - np.clip(events.sum(axis=2) / at_risk, -1, 1), axis=1)
    free_before = np.concatenate([np.ones((free.shape[0], 1)), free[:, :-1]], axis=1)
    return np.cumsum(free_before * events[:, :, 0] / at_risk, axis=1)
