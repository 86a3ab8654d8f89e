"""Released ratings of a measure from two perspectives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Interval, Release
from hamm_eval.release.released.effects import ReleasedEffectRow
from hamm_eval.release.released.states import ReleasedShare


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedRatings:
    """Ratings 1 to 5 of one perspective: counts with their share of those given.

    `effective` is the share of 4 and 5. `lowest` and `highest` are what it would be of all persons if none or
    all of the silent held the measure to be effective; `shifted` what it would be if the silent were less
    often of that opinion than those who answered, as (difference, share). `weighted` weights those who
    answered towards all; None where `weighted_missing` says why.
    """

    perspective: str
    cells: tuple[Cell, ...]
    given: Cell
    effective: ReleasedShare
    lowest: float | None = None
    highest: float | None = None
    shifted: tuple[tuple[float, float], ...] = ()
    weighted: Interval | None = None
    weighted_missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedResponses:
    """Persons of a group and those whose participation was rated, by perspective, with their share."""

    dimension: str
    level: str
    persons: Cell
    given: tuple[Cell, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAgreement:
    """Agreement of the pairs of ratings: every figure follows from the counts beside it.

    `worker` and `refugee` count the pairs by rating, `apart` by the refugee's rating less the social
    worker's, the farthest taken together with the next where they are few. `withheld` is "" or a reason; then
    there are no counts and no figures. `higher` are the shares in which the social worker, neither and the
    refugee rate higher. `kappa_rounding` is by how much rounding may have moved kappa in 95 of 100 tables;
    where that is too much there is no `kappa`. `odds` is the odds ratio of a higher rating, refugee against
    social worker.
    """

    withheld: str
    pairs: int = 0
    worker: tuple[Cell, ...] = ()
    refugee: tuple[Cell, ...] = ()
    apart: tuple[tuple[str, Cell], ...] = ()
    higher: tuple[ReleasedShare, ...] = ()
    kappa: Interval | None = None
    kappa_rounding: float | None = None
    difference: Interval | None = None
    odds: Interval | None = None
    clustered_by: str = ""
    few_clusters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTwoPerspectives(Release):
    """How effective both sides hold a measure to be, who is silent, and how far they agree."""

    kind: ClassVar[str] = "two_perspectives"
    measure: str
    persons: Cell
    ratings: tuple[ReleasedRatings, ReleasedRatings]
    responses: tuple[ReleasedResponses, ...]
    agreement: ReleasedAgreement
    weighted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedPerceived:
    """One measure: the share of each side that holds it to be effective, beside its effects."""

    measure: str
    effective: tuple[ReleasedShare, ReleasedShare]
    effects: tuple[ReleasedEffectRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedPerceivedEffects(Release):
    """Perceived effectiveness beside the estimated effects, in the order of params: no ranking."""

    kind: ClassVar[str] = "perceived_effects"
    rows: tuple[ReleasedPerceived, ...]
