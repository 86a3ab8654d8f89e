"""Released costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Interval, Release
from hamm_eval.release.released.tables import ReleasedTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCostLine:
    """Cost per participant of one measure and funding class, in euros.

    `cost` is None where `missing` says why: "not_recorded", "too_few" persons, or "various" measures.
    """

    measure: str
    funding_class: str
    persons: Cell
    without_cost: Cell
    cost: float | None
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectCost:
    """What an effect costs, in euros.

    `status`: "told", else why there is no ratio: "covers_zero", "fewer", "withheld", "no_cost".
    `break_even` is the least number of 100 participants who must additionally reach the endpoint.
    """

    measure: str
    endpoint: str
    horizon_days: int
    estimand: str
    status: str
    cost: float | None
    additional_cost: float | None
    price: float | None
    break_even: int | None
    difference: Interval | None
    ratio: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCosts(Release):
    """Costs by measure and funding class, and of the effects asked for."""

    kind: ClassVar[str] = "costs"
    lines: tuple[ReleasedCostLine, ...]
    effects: tuple[ReleasedEffectCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFundingSpell:
    """Who paid for a measure; days as ``2016-01-01``, `until` None while it lasts."""

    measure: str
    funding_class: str
    since: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFundingAmount:
    """What participations of one funding class cost, in euros; `incomplete` where some are not in it."""

    funding_class: str
    amount: float | None
    incomplete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFunding(Release):
    """Funding classes as they change, participations begun under each by quarter, and amounts by class."""

    kind: ClassVar[str] = "funding"
    spells: tuple[ReleasedFundingSpell, ...]
    begun: ReleasedTable
    amounts: tuple[ReleasedFundingAmount, ...]
    shown_until: str
