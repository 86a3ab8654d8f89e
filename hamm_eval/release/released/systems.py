"""Released access to mainstream systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Release
from hamm_eval.release.released.curves import ReleasedCurves


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAccess(Release):
    """Access to systems: a curve each by rule 5, and when it reaches the shares of `probabilities`.

    `waiting` holds days since day 0, one tuple a system, read off the curve shown; None where the share was
    not reached, or the curve is withheld. `while_open` are the curves of the same persons with the closing of
    the case as a competing end. `prevalent` counts persons who had entered before observation
    began.
    """

    kind: ClassVar[str] = "access"
    key: str
    curves: ReleasedCurves
    while_open: ReleasedCurves
    probabilities: tuple[float, ...]
    waiting: tuple[tuple[float | None, ...], ...]
    prevalent: tuple[Cell, ...]
