"""Released effects of measures, with their designs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from hamm_eval.release.released.base import Cell, Interval, Release, excludes_zero
from hamm_eval.release.released.tables import ReleasedTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedBalance:
    """Standardised differences of one covariate before and after weighting, 2 decimals."""

    covariate: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCheck:
    """One property of a design as displayed; `value` None where it is not shown, `limit` None without one.

    With a `step` the value is rounded up to it: what was found lies in the step that ends with it.
    """

    key: str
    value: float | None
    limit: float | None
    passed: bool
    covariate: str = ""
    arm: str = ""
    model: str = ""
    step: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTipping:
    """Shares of the departed of one arm that tip an effect; None where not even all of them do.

    `arm` is the one whose departed would take the effect towards 0. Shares are rounded up to `step`. With
    `few` too few departed from that arm for a share to be told.
    """

    arm: Literal["treated", "control"]
    few: bool
    step: float = 0.1
    vanishes: float | None = None
    unclear: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedSensitivity:
    """What would explain an effect away; each part None where it cannot be told.

    `e_value` and `e_value_limit` (of the interval's end nearer to no effect) are rounded to `e_value_step`.
    `tipping` is told of effects whose interval excludes 0. `without` is the range of the estimate over
    adjustment sets that lack one covariate each, `without_most` the covariate whose absence moves it most.
    """

    e_value: float | None = None
    e_value_limit: float | None = None
    e_value_step: float | None = None
    tipping: ReleasedTipping | None = None
    without: Interval | None = None
    without_most: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffect(Release):
    """A measure's effect: shares in percentage points as displayed; withheld where the design fails.

    `withheld` holds reason keys with their displayed figures, as ``("balance", {"covariate": .., "value": ..,
    "limit": ..})``; then `risk_treated` .. `departure` are None, while flow, balance and overlap are shown.
    Beside an effect that is shown, `by_worker_withheld`, `departure_withheld` and `negative_control_withheld`
    hold the key of the reason for which that interval is missing.
    `merged` (``factor=level`` and what it consists of) and `left_out` name levels too small to compare.
    """

    kind: ClassVar[str] = "effect"
    measure: str
    endpoint: str
    landmark_days: int
    horizon_days: int
    estimand: str
    withheld: tuple[tuple[str, Mapping[str, Any]], ...]
    flow: ReleasedTable
    treated: Cell
    controls: Cell
    risk_treated: float | None
    risk_control: float | None
    difference: Interval | None
    difference_by_worker: Interval | None
    departure: Interval | None
    negative_control: Interval | None
    negative_control_endpoint: str
    detectable: float | None
    balance: tuple[ReleasedBalance, ...]
    balance_limit: float
    overlap_edges: tuple[float, ...]
    overlap_treated: tuple[int | None, ...]
    overlap_controls: tuple[int | None, ...]
    effective_treated: int | None
    effective_controls: int | None
    std_error: float | None = None
    checks: tuple[ReleasedCheck, ...] = ()
    merged: tuple[tuple[str, tuple[str, ...]], ...] = ()
    left_out: tuple[str, ...] = ()
    sensitivity: ReleasedSensitivity | None = None
    by_worker_withheld: str = ""
    departure_withheld: str = ""
    negative_control_withheld: str = ""

    @property
    def control_differs(self) -> bool:
        """Whether the comparison also finds a difference where there can be none."""
        return excludes_zero(self.negative_control)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectRow:
    """One question of an overview, with figures that its `ReleasedEffect` shows too.

    `decision` is "" (interim, or withheld), "confirmed" or "not_confirmed", corrected for the number of
    questions. `against` says what speaks against an interval that excludes 0: "negative_control",
    "by_worker" (that interval covers 0), "by_worker_unknown" (there is none).
    """

    key: str
    measure: str
    endpoint: str
    horizon_days: int
    estimand: str
    primary: bool
    withheld: tuple[tuple[str, Mapping[str, Any]], ...]
    difference: Interval | None
    detectable: float | None
    decision: Literal["", "confirmed", "not_confirmed"] = ""
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectOverview(Release):
    """All effects of a report; `absent` are the keys of questions that the export cannot answer."""

    kind: ClassVar[str] = "effect_overview"
    confirmatory: bool
    rows: tuple[ReleasedEffectRow, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTrialEffect:
    """One strategy pair at one horizon; `months_difference` in mean months, None where withheld."""

    trials: str
    grace_days: int
    adherence: str
    horizon_months: int
    effect: ReleasedEffect
    months_difference: Interval | None
    person_trials: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTargetTrial(Release):
    """A target trial: its protocol, and the effects of its strategy pairs, the primary first."""

    kind: ClassVar[str] = "target_trial"
    measure: str
    endpoint: str
    estimand: str
    months: tuple[int, ...]
    ages: tuple[int, int]
    covariates: tuple[str, ...]
    effects: tuple[ReleasedTrialEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectPart:
    """An effect within one level, or at one horizon: `withheld` holds reason keys, then there is no value."""

    level: str
    days: int
    treated: Cell
    controls: Cell
    withheld: tuple[str, ...]
    difference: Interval | None
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectInGroups:
    """An effect within the levels of one group.

    `decision`, corrected for the number of groups, says whether the levels differ; "" where that is not
    tested, and in interim quarters.
    """

    dimension: str
    levels: tuple[ReleasedEffectPart, ...]
    decision: Literal["", "confirmed", "not_confirmed"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectByGroup(Release):
    """An effect within groups declared beforehand, in their declared order."""

    kind: ClassVar[str] = "effect_by_group"
    measure: str
    endpoint: str
    landmark_days: int
    horizon_days: int
    estimand: str
    groups: tuple[ReleasedEffectInGroups, ...]
    confirmatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectOverTime(Release):
    """One comparison at several horizons, with pointwise intervals."""

    kind: ClassVar[str] = "effect_over_time"
    measure: str
    endpoint: str
    landmark_days: int
    estimand: str
    horizons: tuple[ReleasedEffectPart, ...]
