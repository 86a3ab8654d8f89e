"""Released funnels and caseloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hamm_eval.release.released.base import Cell, Release
from hamm_eval.release.released.models import ReleasedModel
from hamm_eval.release.released.tables import ReleasedDistribution


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFunnelGroup:
    """One group: published counts, the expected share, and what follows from these.

    `difference` is the observed share less the expected one. `place` is "within" the limits, "beyond_95" or
    "beyond_998".
    """

    level: str
    persons: Cell
    observed: Cell
    expected: float
    difference: float
    lower: float
    upper: float
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFunnelLoss:
    """A group that is not compared, and why: "group_too_small" or "single_worker"."""

    level: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFunnelLimits:
    """Limits of the difference by number of persons, as drawn: for 95 and for 99.8 of 100."""

    persons: tuple[int, ...]
    below_95: tuple[float, ...]
    above_95: tuple[float, ...]
    below_998: tuple[float, ...]
    above_998: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFunnel(Release):
    """Groups beside what their composition lets expect, in the order of their names.

    `withheld` names the rules that refused it, then `groups` is empty. `statistic`, `dof` and `p_value` are
    of one test of no difference at all. All of it follows from the published counts, expected shares and
    `dispersion`, but for `closing`: whether with the closing of a case as an end without the goal the same
    groups lie outside and the test says the same ("same", "differs"); "" where nobody's was closed.
    `one_place_a_worker`, `other` and `tied` say what cannot be told apart.
    """

    kind: ClassVar[str] = "funnel"
    endpoint: str
    dimension: str
    column: str
    landmark_days: int
    horizon_days: int
    case_mix: tuple[str, ...]
    withheld: tuple[str, ...]
    left_out: tuple[ReleasedFunnelLoss, ...]
    one_place_a_worker: bool
    other: str
    tied: str
    groups: tuple[ReleasedFunnelGroup, ...] = ()
    limits: ReleasedFunnelLimits | None = None
    dispersion: float | None = None
    statistic: float | None = None
    dof: int | None = None
    p_value: float | None = None
    closing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCaseload(Release):
    """Open case files of a social worker by quarter; all workers' together; per full-time equivalent.

    `per_full_time` is None where params state no full-time equivalents of the quarter, or the count is
    hidden.
    """

    kind: ClassVar[str] = "caseload"
    spread: ReleasedDistribution
    open_cases: tuple[Cell, ...]
    per_full_time: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCaseloadModel(Release):
    """Pace to an endpoint by caseload: a ratio for `per_cases` open files more.

    `few_workers`: there are so few that intervals are those of Student's t.
    """

    kind: ClassVar[str] = "caseload_model"
    model: ReleasedModel
    per_cases: int
    few_workers: bool = False
