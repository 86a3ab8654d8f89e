"""Released attainment of goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Release
from hamm_eval.release.released.curves import ReleasedCurves


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedGoals(Release):
    """Attainment of goals seen at reviews: curves of the same persons counted in several ways, by rule 5.

    `adapted` and `attained_adapted` count persons whose goal was adapted, and attained after that.
    """

    kind: ClassVar[str] = "goals"
    domain: str
    curves: ReleasedCurves
    adapted: Cell
    attained_adapted: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedStandings:
    """What the latest review of a goal recorded, in persons: one tuple of cells a domain, one a column."""

    dimension: str
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedGoalScores(Release):
    """Where agreed goals stand, by domain; shares are of `persons`.

    `after_adaptation` counts those who met their goal only after a review had adapted it: a part of the
    finding "met".
    """

    kind: ClassVar[str] = "goal_scores"
    domains: tuple[str, ...]
    persons: tuple[Cell, ...]
    scores: ReleasedStandings
    findings: ReleasedStandings
    after_adaptation: tuple[Cell, ...]
