"""What every release has, and the cells and intervals it is made of."""

from __future__ import annotations

from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One published count: a number, or hidden behind "≤7" (`value` None).

    With `linked` it is hidden although it is larger: together with other figures it would tell a small one.
    `share` is the published percentage (0..1) or None; `share_bound` "over_95" where 100 % would tell
    something about everyone in the group. `recorded` False: nothing of the kind was recorded then; that is
    neither a count nor hidden.
    """

    value: int | None
    share: float | None = None
    share_bound: Literal["", "over_95"] = ""
    linked: bool = False
    recorded: bool = True


PRIVATE = {"private": True}
"""Metadata of a field that is kept with a release and never leaves with it."""


def told_fields(kind: Any) -> tuple[Field[Any], ...]:
    """Fields of a release, or of a part of one, that are told."""
    return tuple(field for field in fields(kind) if not field.metadata.get("private"))


def group_of(release_id: str) -> str:
    """Target group that a release of this id is of; "" for the cohort of the report.

    Examples
    --------
    >>> group_of("time_to_integration@women:language_b1"), group_of("time_to_integration:language_b1")
    ('women', '')
    """
    return release_id.partition(":")[0].partition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Base of all releases. `id` is the definition's id and names the release within a run."""

    kind: ClassVar[str] = ""
    id: str
    definition_digest: str
    policy: str

    @property
    def question(self) -> str:
        """The one name of the question that the release answers."""
        return self.id.partition(":")[0].partition("@")[0]

    @property
    def group(self) -> str:
        """Target group that the release is of; "" for the cohort of the report."""
        return group_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAbsent(Release):
    """A section left out: the tables that lack, or "truth", or "data" (too few to estimate anything)."""

    kind: ClassVar[str] = "absent"
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value with its interval, as displayed; None where it may not be shown or was not reached."""

    value: float | None
    lower: float | None
    upper: float | None


def excludes_zero(interval: Interval | None) -> bool:
    """Whether an interval, as displayed, lies on one side of 0."""
    if interval is None or interval.lower is None or interval.upper is None:
        return False
    return interval.lower > 0 or interval.upper < 0
