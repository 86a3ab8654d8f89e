"""Releases: what passed the gate. They carry the displayed values and nothing else.

Every number here is one that may be published as it stands. A release is free of
language; `report` renders it, the run record stores it as JSON, and the quarterly
summary reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One published count: a number, or hidden behind "≤7" (`value` None).

    With `linked` it is hidden although it is larger: together with other figures it would tell a small one.
    `share` is the published percentage (0..1) or None; `share_bound` "over_95" where 100 % would tell
    something about everyone in the group.
    """

    value: int | None
    share: float | None = None
    share_bound: Literal["", "over_95"] = ""
    linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Base of all releases. `id` is the definition's id and names the release within a run."""

    kind: ClassVar[str] = ""
    id: str
    definition_digest: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAbsent(Release):
    """A section left out: the tables that lack, or "truth", or "data" (too few to estimate anything)."""

    kind: ClassVar[str] = "absent"
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTable(Release):
    """Counts, row by row; `total` rounded on its own, `column_totals` sums of the numeric published cells."""

    kind: ClassVar[str] = "table"
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_dimension: str
    column_dimension: str
    unit: str
    cells: tuple[tuple[Cell, ...], ...]
    total: Cell | None
    column_totals: tuple[int, ...]
    sensitive: bool
    shares: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCurve:
    """One group's curve, from rounded counts.

    `withheld` is "" or a reason key ("group_too_small"): then the arrays are empty. `time` in days;
    `incidence`, `lower`, `upper` of the endpoint, right-continuous steps; `competing` the incidences of
    what competes, one tuple per competing cause. `at_risk_time` / `at_risk` the rounded table below the
    figure (None = hidden). `at_horizon` has one Interval per horizon of the release, `median` in days.
    `largest_error` bounds the error that rounding can make in `incidence`.
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
    std_error_at_horizon: tuple[float | None, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedShare:
    """The share of one state at one time, with its interval; None where few persons stand behind it."""

    value: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedStates(Release):
    """Shares of persons in each state of a path.

    `times` in days since the origin, `horizons` those that are tabulated; `known` the rounded number of
    persons whose state is known at each time; `shares` one tuple a time, one share a state. `withheld` is ""
    or a reason key: then the arrays are empty.
    """

    kind: ClassVar[str] = "states"
    path: str
    states: tuple[str, ...]
    withheld: str
    persons: Cell
    times: tuple[int, ...] = ()
    horizons: tuple[int, ...] = ()
    known: tuple[Cell, ...] = ()
    shares: tuple[tuple[ReleasedShare, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedArrivalQuarter:
    """Those who arrived in one quarter; `mix` is the part of `observed` that their composition makes.

    `apart` is how far `standardised`, the share for the composition of all, lies from that of all, with an
    interval for all quarters together.
    """

    quarter: str
    persons: Cell
    observed: ReleasedShare
    standardised: ReleasedShare
    mix: float
    apart: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedArrivals(Release):
    """Quarters of arrival compared; `withheld` names the rules that refused it, then `quarters` is empty."""

    kind: ClassVar[str] = "arrivals"
    endpoint: str
    landmark_days: int
    horizon_days: int
    case_mix: tuple[str, ...]
    withheld: tuple[str, ...]
    quarters: tuple[ReleasedArrivalQuarter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTerm:
    """One coefficient as displayed: ratio and interval, 2 decimals; `reference` rows carry ratio 1."""

    factor: str
    level: str
    reference: bool
    ratio: float
    lower: float
    upper: float
    persons: Cell
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedLoss:
    """Persons who are not in a model: without an entry for a factor (`level` ""), or in a level left out."""

    factor: str
    level: str
    persons: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedModel(Release):
    """A Cox model of the cause `of`; `withheld` names the rule that refused it, then `terms` is empty.

    `lost` tells who is not in it for lack of an entry or of others alike; empty where it is withheld. Persons
    count from day `since` on.
    """

    kind: ClassVar[str] = "model"
    endpoint: str
    withheld: tuple[str, ...]
    terms: tuple[ReleasedTerm, ...]
    persons: Cell
    events: Cell
    proportionality_doubtful: tuple[str, ...] = ()
    of: str = ""
    lost: tuple[ReleasedLoss, ...] = ()
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedSideBySide(Release):
    """Pace and share side by side.

    `hazard` and `competing` are models of the same terms, one per cause. Of the incidence model the
    direction alone is told, one word per term of `hazard`: "more", "fewer", "unclear", "reference". A second
    interval on the same events would give these away, and its ratio is neither a rate nor a risk.
    """

    kind: ClassVar[str] = "side_by_side"
    endpoint: str
    hazard: ReleasedModel
    competing: tuple[ReleasedModel | None, ...]
    directions: tuple[str, ...]
    incidence_withheld: tuple[str, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCostLine:
    """Cost per participant of one measure and funding class, in euros.

    `cost` is None where `missing` says why: "not_recorded", "too_few" persons, or "various" measures.
    """

    measure: str
    funding_class: str
    persons: Cell
    without_cost: Cell
    cost: float | None
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedEffectCost:
    """What an effect costs, in euros.

    `status`: "told", else why there is no ratio: "covers_zero", "fewer", "withheld", "no_cost".
    `break_even` is the least number of 100 participants who must additionally reach the endpoint.
    """

    measure: str
    endpoint: str
    horizon_days: int
    estimand: str
    status: str
    cost: float | None
    additional_cost: float | None
    price: float | None
    break_even: int | None
    difference: Interval | None
    ratio: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCosts(Release):
    """Costs by measure and funding class, and of the effects asked for."""

    kind: ClassVar[str] = "costs"
    lines: tuple[ReleasedCostLine, ...]
    effects: tuple[ReleasedEffectCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedQuantiles(Release):
    """One rounded quantile per row; None where fewer persons than the policy asks stand behind it."""

    kind: ClassVar[str] = "quantiles"
    rows: tuple[str, ...]
    row_dimension: str
    probability: float
    unit: str
    values: tuple[float | None, ...]
    beside: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedDistribution(Release):
    """Rounded quantiles, one tuple a row in a fixed order; None where too few persons stand behind one."""

    kind: ClassVar[str] = "distribution"
    rows: tuple[str, ...]
    row_dimension: str
    probabilities: tuple[float, ...]
    unit: str
    values: tuple[tuple[float | None, ...], ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterlySummary(Release):
    """The quarter at a glance: which releases of the run it was made of, no number of its own."""

    kind: ClassVar[str] = "summary"
    sources: tuple[str, ...]
