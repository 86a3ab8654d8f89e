"""The quarter at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterlySummary(Release):
    """The quarter at a glance: which releases of the run it was made of, no number of its own."""

    kind: ClassVar[str] = "summary"
    sources: tuple[str, ...]
