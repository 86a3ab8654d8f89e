"""The quarter at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """A figure of a closed period, as the former report told it and as this one does.

    `of` is the result's id, `period` a quarter, `what` a column, "persons", "share" or "quantile_0.5"; `old`
    and `new` None where hidden. `difference` is "about_the_same", "higher", "lower", "shown_now" or
    "hidden_now", `reason` a key.
    """

    of: str
    period: str
    what: str
    old: float | None
    new: float | None
    difference: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterlySummary(Release):
    """The quarter at a glance: which releases of the run it was made of, no number of its own.

    `restatements` are figures of the former report that this one tells in another way.
    """

    kind: ClassVar[str] = "summary"
    sources: tuple[str, ...]
    restatements: tuple[Restatement, ...] = ()
