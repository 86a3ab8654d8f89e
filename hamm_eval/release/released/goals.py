"""Released attainment of goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Interval, Release
from hamm_eval.release.released.curves import ReleasedCurves
from hamm_eval.release.released.models import ReleasedLoss, ReleasedTerm
from hamm_eval.release.released.tables import ReleasedDistribution


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
    finding "met". `t_scores` are secondary; `t_without` counts those without one because a goal was dropped
    or adapted.
    """

    kind: ClassVar[str] = "goal_scores"
    domains: tuple[str, ...]
    persons: tuple[Cell, ...]
    scores: ReleasedStandings
    findings: ReleasedStandings
    after_adaptation: tuple[Cell, ...]
    t_scores: ReleasedDistribution
    t_without: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAttainmentModel(Release):
    """Odds ratios of higher attainment; `withheld` names the rules that refused it, then `terms` is empty.

    `persons` are those in the model. `scale` names the scores, lowest first, as ``1,2`` where some were taken
    together; `doubtful` says that not all characteristics go with all scores alike. Persons by level are
    hidden as linked to the scores.
    `few_households`: intervals are those of Student's t.
    """

    kind: ClassVar[str] = "attainment_model"
    domain: str
    withheld: tuple[str, ...]
    terms: tuple[ReleasedTerm, ...]
    persons: Cell
    lost: tuple[ReleasedLoss, ...]
    scale: tuple[str, ...]
    doubtful: bool
    few_households: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedWorkerShare(Release):
    """Share of the differences in attainment that lies between social workers; None where `withheld`."""

    kind: ClassVar[str] = "worker_share"
    domain: str
    withheld: str
    share: Interval | None
