"""Released curves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from hamm_eval.release.known_curves import KnownCurve
from hamm_eval.release.released.base import PRIVATE, Cell, Interval, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCurve:
    """One group's curve, from rounded counts.

    `withheld` is "" or a reason key ("group_too_small"): then the arrays are empty. `time` in days;
    `incidence`, `lower`, `upper` of the endpoint, right-continuous steps; `competing` the incidences of
    what competes, one tuple per competing cause. `at_risk_time` / `at_risk` the rounded table below the
    figure (None = hidden). `at_horizon` has one Interval per horizon of the release, `median` in days.
    `largest_error` bounds the error that rounding can make in `incidence`. `few_households`: intervals are
    those of Student's t. `over_ceiling_from` has one day per cause, the endpoint first: from when on its
    share is "over 95 %" (rule 3), None where it is not; () where none is. Then the curve ends on that day,
    drawn at 95 %, and later horizons have no value. `known` is what the drawn
    curve tells of counts by day, for the proof: it does not leave.
    """

    level: str
    merged: tuple[str, ...]
    withheld: str
    persons: Cell
    events: Cell
    time: tuple[float, ...] = ()
    incidence: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    competing: tuple[tuple[float, ...], ...] = ()
    at_risk_time: tuple[float, ...] = ()
    at_risk: tuple[int | None, ...] = ()
    at_horizon: tuple[Interval, ...] = ()
    competing_at_horizon: tuple[tuple[float | None, ...], ...] = ()
    median: Interval | None = None
    largest_error: float = 0.0
    few_households: bool = False
    std_error_at_horizon: tuple[float | None, ...] = ()
    over_ceiling_from: tuple[float | None, ...] = ()
    known: KnownCurve | None = field(default=None, compare=False, metadata=PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCurves(Release):
    """Cumulative incidence by group; `ungrouped` persons are in no curve, None where there are none."""

    kind: ClassVar[str] = "curves"
    endpoint: str
    dimension: str
    causes: tuple[str, ...]
    horizons: tuple[int, ...]
    curves: tuple[ReleasedCurve, ...]
    ungrouped: Cell | None = None
