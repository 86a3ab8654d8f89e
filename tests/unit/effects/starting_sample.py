"""A made-up sample in which who starts when is confounded, people leave, and files close."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Started:
    """Days since time zero; `start` as it would come by itself, whatever happens before."""

    x: Array
    start: Array
    time: Array
    cause: NDArray[np.int64]


def draw_started(
    rng: np.random.Generator,
    rows: int,
    *,
    factor: float = 1.0,
    closings: bool = True,
    departures: bool = True,
) -> Started:
    """Exponential laws: the goal's hazard is multiplied by `factor` from the start on."""
    x = rng.normal(size=(rows, 2))
    start = rng.exponential(80 * np.exp(-0.5 * x[:, 0]))
    without = rng.exponential(250 * np.exp(-0.5 * x[:, 0] - 0.3 * x[:, 1]))
    goal = np.where(without < start, without, start + (without - start) / factor)
    leave = rng.exponential(900, rows) if departures else np.full(rows, np.inf)
    close = rng.exponential(700 * np.exp(0.5 * x[:, 1])) if closings else np.full(rows, np.inf)
    first = np.minimum(goal, leave)
    cause = np.where(close < first, 0, np.where(goal < leave, 1, 2))
    return Started(x, start, np.minimum(first, close), cause.astype(np.int64))


def true_risks(
    rng: np.random.Generator,
    *,
    factor: float,
    horizon: float,
    grace: float,
    later: bool,
    draws: int = 400_000,
) -> tuple[float, float, float, float]:
    """Risks of the goal, started and not, in everybody and in those who would start in time.

    `later`: who does not start within the grace period starts later as it comes (intention to treat).
    """
    x = rng.normal(size=(draws, 2))
    mean = 80 * np.exp(-0.5 * x[:, 0])
    natural = rng.exponential(mean)
    in_time = natural <= grace
    # A start within the grace period, and one after it, each from its conditional law.
    share = 1 - np.exp(-grace / mean)
    sooner = np.where(in_time, natural, -mean * np.log(1 - share * rng.random(draws)))
    after = grace + rng.exponential(mean) if later else np.full(draws, np.inf)
    unstarted = np.where(in_time, after, natural if later else np.inf)
    without = rng.exponential(250 * np.exp(-0.5 * x[:, 0] - 0.3 * x[:, 1]))
    leave = rng.exponential(900, draws)

    def reached(start: Array) -> Array:
        begun = np.minimum(start, without)  # a start after the goal changes nothing, nor does none
        goal = begun + (without - begun) / factor
        return ((goal <= horizon) & (goal < leave)).astype(float)

    one, zero = reached(sooner), reached(unstarted)
    return one.mean(), zero.mean(), one[in_time].mean(), zero[in_time].mean()
