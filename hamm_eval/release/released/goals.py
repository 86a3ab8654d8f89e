"""Released attainment of goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Release
from hamm_eval.release.released.curves import ReleasedCurves


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedGoals(Release):
    """Attainment of goals seen at reviews: the curve documented and the one at the earliest, by rule 5.

    `adapted` and `attained_adapted` count persons whose goal was adapted, and attained after that.
    """

    kind: ClassVar[str] = "goals"
    domain: str
    curves: ReleasedCurves
    adapted: Cell
    attained_adapted: Cell
