"""What measures and effects cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hamm_eval.estimate.base import Estimate
from hamm_eval.estimate.effects import Effect
from hamm_eval.estimate.tables import CountTable


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """What participations in one measure cost under one funding class.

    `cost` is the recorded cost per participation, NaN where it is not recorded; `without_cost` of the
    `participations` have none. `persons` are distinct.
    """

    measure: str
    funding_class: str
    persons: int
    participations: int
    without_cost: int
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCost:
    """What an effect costs.

    Parameters
    ----------
    effect : Effect
    cost : float
        Recorded cost per participation; NaN where it is not known.
    additional_cost : float
        Cost per participant less that of the comparison persons, who may begin later, up to the horizon;
        NaN where it cannot be estimated.
    ratio : effects.CostPerAdditional or None
        None where the effect's interval covers 0 or lies below it, or costs are not known.
    price : float
        Of one additional person who reaches the endpoint; NaN where params state none.
    """

    effect: Effect
    cost: float
    additional_cost: float
    ratio: Any
    price: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Costs(Estimate):
    """Costs by measure and funding class, and what the effects asked for cost.

    `whom` is the name of those who have begun a measure, shared by results that count them.
    """

    lines: tuple[CostLine, ...]
    effects: tuple[EffectCost, ...]
    whom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingSpell:
    """Who paid for a measure from a day on; `until` None while it lasts."""

    measure: str
    funding_class: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Funding(Estimate):
    """Funding classes of measures as they change, what began under each, and what that cost.

    Parameters
    ----------
    spells : tuple of FundingSpell
        Measure by measure in the order of params; facts of measures, not of persons.
    begun : CountTable
        Participations begun, by quarter and funding class on their first day.
    lines : tuple of CostLine
        As in `Costs`.
    shown_until : date
        Last day of the quarter reported.
    whom : str
        As in `Costs`.
    """

    spells: tuple[FundingSpell, ...]
    begun: CountTable
    lines: tuple[CostLine, ...]
    shown_until: dt.date
    whom: str = ""
