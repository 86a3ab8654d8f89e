"""A small made-up sample that several effect tests share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Followed:
    """A sample with confounded treatment, departures and covariate-dependent censoring."""

    x: Array
    treated: Array
    event_time: Array
    departure_time: Array
    censoring_time: Array

    @property
    def time(self) -> Array:
        return np.minimum(np.minimum(self.event_time, self.departure_time), self.censoring_time)

    @property
    def cause(self) -> Array:
        first = np.where(self.event_time <= self.departure_time, 1, 2)
        return np.where(np.minimum(self.event_time, self.departure_time) <= self.censoring_time, first, 0)

    def complete(self, horizon: float) -> Array:
        """Event by the horizon before departure, had nobody been censored."""
        return ((self.event_time <= self.departure_time) & (self.event_time <= horizon)).astype(float)


def draw(
    rng: np.random.Generator, rows: int = 300, *, monthly: bool = False, effect: float = 0.4
) -> Followed:
    """Draw `Followed`; whole months give ties between events, departures and censoring."""
    x = rng.normal(size=(rows, 2))
    treated = rng.binomial(1, 1 / (1 + np.exp(0.3 - 0.6 * x[:, 0]))).astype(float)
    event = rng.exponential(20 * np.exp(-effect * treated - 0.4 * x[:, 0]))
    departure = rng.exponential(40 * np.exp(0.3 * x[:, 1]))
    censoring = rng.exponential(30 * np.exp(0.5 * x[:, 1]))
    if monthly:
        event, departure, censoring = np.ceil(event), np.ceil(departure), np.ceil(censoring)
    return Followed(x, treated, event, departure, censoring)


@pytest.fixture
def draw_followed():
    """The function that draws a `Followed`."""
    return draw
