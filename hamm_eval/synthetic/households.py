"""Households of the synthetic city as arrays, and the draws that every track of them shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FloatArray, StrArray
from hamm_eval.synthetic.scenario import LogNormal
from hamm_eval.vocabulary import ResidenceStatus

RECOGNISED = ResidenceStatus.RECOGNISED.value
PROSPECT = ResidenceStatus.PROSPECT_OF_STAYING.value
NO_PROSPECT = ResidenceStatus.NO_PROSPECT_OF_STAYING.value
REQUIRED = ResidenceStatus.REQUIRED_TO_LEAVE.value
FREE = ResidenceStatus.FREEDOM_OF_MOVEMENT.value


@dataclass(frozen=True, slots=True)
class Households:
    """Households as arrays of shape (h,): days as numbers, `NEVER` where something does not happen.

    Residence status is `status` from arrival and `later_status` from `status_change` on. `free_from` is the
    day from which the residence rule no longer ties them, `departure_draw` the unit exponential that their
    departure is made of.
    """

    household_type: StrArray
    size: IntArray
    origin: StrArray
    arrival: IntArray
    departure: IntArray
    departure_kind: StrArray
    status: StrArray
    status_change: IntArray
    later_status: StrArray
    eligible_from: IntArray
    eligible_until: IntArray
    free_from: IntArray
    departure_draw: FloatArray
    frailty: FloatArray

    def __len__(self) -> int:
        return len(self.size)

    def present(self, day: int) -> np.ndarray:
        """Whether each household lives in Hamm on that day."""
        return (self.arrival <= day) & (self.departure > day)

    def status_on(self, day: int) -> StrArray:
        """Residence status on that day."""
        return np.where(self.status_change <= day, self.later_status, self.status)


def draw_from(shares: Mapping[str, float], n: int, rng: np.random.Generator) -> StrArray:
    """Categories by their shares."""
    chances = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares)), size=n, p=chances / chances.sum())


def delay_days(law: LogNormal, n: int, rng: np.random.Generator) -> IntArray:
    """Log-normal delays in whole days, at least one."""
    months = law.median * np.exp(law.sigma * rng.standard_normal(n))
    return np.maximum(1, np.round(months * DAYS_PER_MONTH)).astype(np.int64)


def departure_kinds_of(shares: Mapping[str, float], size: IntArray, rng: np.random.Generator) -> StrArray:
    """Kinds of departure; detention and death take one person, so families get the first kind instead."""
    kinds = draw_from(shares, len(size), rng)
    alone = np.isin(kinds, ["detained", "died"])
    return np.where(alone & (size > 1), next(iter(shares)), kinds)


def without_impossible(households: Households) -> Households:
    """Eligibility that would begin after the departure never begins."""
    gone = households.eligible_from >= households.departure
    return replace(
        households,
        eligible_from=np.where(gone, NEVER, households.eligible_from),
        eligible_until=np.where(gone, NEVER, households.eligible_until),
    )
