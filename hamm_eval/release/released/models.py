"""Released regression models and comparisons standardised by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Interval, Release
from hamm_eval.release.released.states import ReleasedShare


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedArrivalQuarter:
    """Those who arrived in one quarter; `mix` is the part of `observed` that their composition makes.

    `apart` is how far `standardised`, the share for the composition of all, lies from that of all, with an
    interval for all quarters together.
    """

    quarter: str
    persons: Cell
    observed: ReleasedShare
    standardised: ReleasedShare
    mix: float | None
    apart: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedArrivals(Release):
    """Quarters of arrival compared; `withheld` names the rules that refused it, then `quarters` is empty."""

    kind: ClassVar[str] = "arrivals"
    endpoint: str
    landmark_days: int
    horizon_days: int
    case_mix: tuple[str, ...]
    withheld: tuple[str, ...]
    quarters: tuple[ReleasedArrivalQuarter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTerm:
    """One coefficient as displayed: ratio and interval, 2 decimals; `reference` rows carry ratio 1."""

    factor: str
    level: str
    reference: bool
    ratio: float
    lower: float
    upper: float
    persons: Cell
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedLoss:
    """Persons who are not in a model: without an entry for a factor (`level` ""), or in a level left out."""

    factor: str
    level: str
    persons: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedModel(Release):
    """A Cox model of the cause `of`; `withheld` names the rule that refused it, then `terms` is empty.

    `lost` tells who is not in it for lack of an entry or of others alike; empty where it is withheld. Persons
    count from day `since` on. `few_households`: intervals are those of Student's t.
    """

    kind: ClassVar[str] = "model"
    endpoint: str
    withheld: tuple[str, ...]
    terms: tuple[ReleasedTerm, ...]
    persons: Cell
    events: Cell
    proportionality_doubtful: tuple[str, ...] = ()
    of: str = ""
    lost: tuple[ReleasedLoss, ...] = ()
    since: int = 0
    few_households: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedSideBySide(Release):
    """Pace and share side by side.

    `hazard` and `competing` are models of the same terms, one per cause. Of the incidence model the
    direction alone is told, one word per term of `hazard`: "more", "fewer", "unclear", "reference". A second
    interval on the same events would give these away, and its ratio is neither a rate nor a risk.
    """

    kind: ClassVar[str] = "side_by_side"
    endpoint: str
    hazard: ReleasedModel
    competing: tuple[ReleasedModel | None, ...]
    directions: tuple[str, ...]
    incidence_withheld: tuple[str, ...]
