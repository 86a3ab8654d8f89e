"""Recovered figures beside a planted truth, as released."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from hamm_eval.release.released.base import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTruthRow:
    """A released estimate beside the planted truth, both as shares 0..1; `within` = 3.3 standard errors."""

    estimate_id: str
    level: str
    days: int
    truth: float
    estimate: float | None
    lower: float | None
    upper: float | None
    within: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTruth(Release):
    """Recovered figures beside the planted truth."""

    kind: ClassVar[str] = "truth"
    rows: tuple[ReleasedTruthRow, ...] = field(default_factory=tuple)
