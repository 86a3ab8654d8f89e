"""Pointwise intervals of probabilities, quantiles of a curve, and reading a step function."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, critical_value

Interval = Literal["log-log", "log", "plain"]

# R's survfit compares survival probabilities with this tolerance when it looks for a quantile.
QUANTILE_TOLERANCE = 1.4901161193847656e-08


def interval_limits(
    probability: FloatArray,
    std_error: FloatArray,
    interval: str,
    confidence: float,
    clusters: int | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits as R's `survfit` has them; NaN where the transformation has no value.

    With `clusters` they are those of Student's t with clusters - 1 degrees of freedom.
    """
    refuse_interval(interval)
    z = critical_value(confidence, clusters)
    p = probability
    if interval == "plain":
        lower, upper = p - z * std_error, p + z * std_error
    else:
        # Up to rounding: a sum of incidences that is 1 may miss it by an ulp.
        inside = (p > 0) & (p < 1 - 1e-12)
        safe = np.where(inside, p, 0.5)
        with np.errstate(over="ignore"):
            if interval == "log":
                width = z * std_error / safe
                lower, upper = safe * np.exp(-width), safe * np.exp(width)
            else:
                width = z * std_error / (safe * np.log(safe))
                lower, upper = safe ** np.exp(-width), safe ** np.exp(width)
        lower, upper = np.where(inside, lower, np.nan), np.where(inside, upper, np.nan)
    return np.clip(lower, 0, 1), np.clip(upper, 0, 1)


def refuse_interval(interval: str) -> None:
    """Refuse an interval of another kind."""
    if interval not in ("log-log", "log", "plain"):
        raise InputError('Must be "log-log", "log" or "plain".', where="interval")


def step_index(grid: FloatArray, times: FloatArray) -> np.ndarray:
    """Position of the last grid point at or before each time; -1 before the first."""
    return np.searchsorted(grid, times, side="right") - 1


def first_reaching(time: FloatArray, curve: FloatArray, level: float) -> float:
    """Smallest time at which a decreasing curve is at or below `level`; NaN if it never is.

    Where the curve equals the level over an interval, its midpoint. A lower limit that rises again (thin
    early risk sets) is read where it is closest below the level. Both as R's `quantile.survfit`.
    """
    known = np.isfinite(curve)
    if not known.any():
        return float("nan")
    t, y = time[known], curve[known]
    drops = np.r_[True, y[1:] != y[:-1]]
    last = t[-1]
    t, y = t[drops], y[drops]
    falling = np.argsort(-y, kind="stable")
    t, y = t[falling], y[falling]
    reached = np.flatnonzero(y <= level + QUANTILE_TOLERANCE)
    if not reached.size:
        return float("nan")
    j = reached[0]
    if abs(y[j] - level) > QUANTILE_TOLERANCE:
        return float(t[j])
    return float((t[j] + (t[j + 1] if j + 1 < t.size else last)) / 2)
