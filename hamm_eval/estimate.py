"""Estimates: values together with what the release gate needs beside them.

An `Estimate` is internal. It knows how many distinct persons, events and persons
at risk stand behind every number, and the definition it follows; `release.gate`
turns it into something that may be shown. Estimates are free of language: they
carry keys, and `report` finds the words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hamm_eval.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Json = Any
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Definition:
    """What was asked, exactly enough that the same digest means the same question.

    Parameters
    ----------
    question : str
        The one name of the question: an analysis module, a notebook, a key in params and texts.
    key : str
        Tells estimates of one question apart, as ``language_b1/household_type``.
    details : Mapping
        JSON-ready parameters of the definition (endpoint, groups, window, estimand ...).
    version : int
        Raised when the meaning of an unchanged key changes.
    """

    question: str
    key: str
    details: Mapping[str, Json] = field(default_factory=dict)
    version: int = 1

    @property
    def id(self) -> str:
        """Name of the estimate within a run: ``question:key``."""
        return f"{self.question}:{self.key}"

    @property
    def digest(self) -> str:
        """SHA-256 of the definition, shortened to 16 hex digits."""
        text = json.dumps(
            [self.question, self.key, self.version, self.details],
            sort_keys=True,
            ensure_ascii=False,
            default=str,
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Base of all estimates: internal, not released."""

    definition: Definition

    def __repr__(self) -> str:
        # Values stay out of the representation: it may end up in a log or a traceback.
        return f"<{type(self).__name__} {self.definition.id}: internal, not released>"

    def to_frame(self) -> pd.DataFrame:
        """The exact numbers for the researcher: internal, not for passing on."""
        from hamm_eval.estimate_frames import to_frame

        return to_frame(self)

    def _repr_html_(self) -> str:
        """The exact numbers in JupyterLab; a run refuses a notebook that shows them."""
        line = "intern, nicht freigegeben · internal, not released"
        return f"<p><strong>{line}</strong>: {self.definition.id}</p>{self.to_frame().to_html()}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Absent(Estimate):
    """A question that this source cannot answer. A report leaves its section out with a word.

    Parameters
    ----------
    lacking : tuple of str
        Names of tables that the export does not hold, or "truth" (real data have none), or "data" (too few
        to estimate anything).
    """

    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountTable(Estimate):
    """Counts in rows and columns.

    Parameters
    ----------
    rows, columns : tuple of str
        Keys of the levels.
    row_dimension, column_dimension : str
        What the levels are levels of (``household_type``, ``step``); "" where there is a single column.
    counts : ndarray of int, shape (rows, columns)
    unit : "persons", "households", "cases" or "records"
        What is counted. Other units than persons bring `persons`: the distinct persons behind each cell.
    persons : ndarray of int or None, shape (rows, columns)
    sensitive : bool
        Whether a level tells a sensitive attribute (residence status, health): rule 3.
    total : int or None
        Size of the whole (distinct persons), published on its own, rounded on its own.
    shares : "none", "of_total", "of_row" or "of_column"
        Which percentages are shown beside the counts.
    additive : bool
        Whether the rows are parts of a whole; the steps of a flow are not, and have no sum.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_dimension: str
    column_dimension: str
    counts: IntArray
    unit: Literal["persons", "households", "cases", "records"] = "persons"
    persons: IntArray | None = None
    sensitive: bool = False
    total: int | None = None
    shares: Literal["none", "of_total", "of_row", "of_column"] = "none"
    additive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveGroup:
    """One group behind a curve: one row per person, times in days since the origin.

    `cause` is 0 for censored, 1 for the event asked for, 2.. for what competes.
    `merged` names the levels that were merged into this group, empty where none were.
    """

    level: str
    entry: IntArray
    time: IntArray
    cause: IntArray
    cluster: NDArray[Any]
    start_at: float
    merged: tuple[str, ...] = ()

    @property
    def persons(self) -> int:
        """Number of persons."""
        return int(self.time.size)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Curves(Estimate):
    """Cumulative incidence by group (one group "all" without a grouping).

    Parameters
    ----------
    endpoint : str
    dimension : str
        The grouping's key, "" without one.
    groups : tuple of CurveGroup
    causes : tuple of str
        Names of causes 1..m; the first is the endpoint.
    estimates : tuple
        One `survival.aalen_johansen` result per group, days as unit.
    horizons : tuple of int
        Days at which values are tabulated.
    sensitive : bool
        Whether the grouping is by a sensitive attribute.
    ungrouped, ungrouped_events : int
        Persons who are in no curve, for lack of an entry to group them by, and those of them with the
        endpoint.
    """

    endpoint: str
    dimension: str
    groups: tuple[CurveGroup, ...]
    causes: tuple[str, ...]
    estimates: tuple[Any, ...]
    horizons: tuple[int, ...]
    sensitive: bool = False
    ungrouped: int = 0
    ungrouped_events: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GoalAttainment(Estimate):
    """Attainment of goals that are seen only at reviews.

    Parameters
    ----------
    domain : str
    curves : Curves
        Of the same persons twice: "first_met", documented, and "last_unmet", at the earliest.
    adapted, attained_adapted : int
        Persons whose goal a review adapted, and those of them whose goal was then attained.
    """

    domain: str
    curves: Curves
    adapted: int
    attained_adapted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One coefficient: its factor (`level` "" for a number) and the people behind it."""

    factor: str
    level: str
    persons: int
    events: int
    non_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Who is not in a model because of a factor: without an entry (`level` ""), or in a level left out.

    Parameters
    ----------
    factor, level : str
    persons : int
        Persons with no row in the model, each counted once, by the first factor that lost them.
    events : int
        Events on rows not in the model; of what changes over time a person may lose only a part of the rows.
    """

    factor: str
    level: str
    persons: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StateShares(Estimate):
    """Shares of persons in each state of a path.

    Parameters
    ----------
    path : str
        Key of the path in params.
    states : tuple of str
    times : tuple of int
        Days since the origin at which shares are told.
    horizons : tuple of int
        Those of them that are tabulated.
    persons : int
    known : ndarray of int, shape (times,)
        Persons whose state at each time is known: whom follow-up has not ended for.
    fit : survival.StateOccupation
    """

    path: str
    states: tuple[str, ...]
    times: tuple[int, ...]
    horizons: tuple[int, ...]
    persons: int
    known: IntArray
    fit: Any


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Model(Estimate):
    """A fitted Cox or Fine-Gray model with what rule 6 asks: persons and events behind every level.

    Parameters
    ----------
    endpoint : str
    terms : tuple of Term
        One per coefficient, in the model's order.
    references : tuple of Term
        The reference level of each factor.
    fit : survival.Cox result
        With as many coefficients as there are terms.
    persons, events : int
    proportionality : tuple of float
        p-value of the exact score test per term, then the global one.
    merged : Mapping[str, tuple[str, ...]]
        ``factor=level`` to the levels merged into it.
    of : str
        Cause that is modelled: the endpoint, or what competes.
    scale : "hazard" or "incidence"
        Whether ratios are of cause-specific hazards (Cox) or of subdistribution hazards (Fine-Gray).
    missing : tuple of Lost
        One per covariate that lacks entries. Together with `left_out`, `persons` and `events` they sum to
        those at risk.
    left_out : tuple of Lost
        One per level too small that could not be merged.
    since : int
        Day since the origin from which on it counts: whoever reached the goal or left before is not in it.
    """

    endpoint: str
    terms: tuple[Term, ...]
    references: tuple[Term, ...]
    fit: Any
    persons: int
    events: int
    proportionality: tuple[float, ...] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of: str = ""
    scale: Literal["hazard", "incidence"] = "hazard"
    missing: tuple[Lost, ...] = ()
    left_out: tuple[Lost, ...] = ()
    since: int = 0

    def __post_init__(self) -> None:
        """Refuse terms that are not those of the fit: ratios would be read under other names."""
        if self.fit is not None and len(self.terms) != len(self.fit.names):
            raise InputError(
                "There are not as many terms as coefficients in the fit.", where=self.definition.id
            )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SideBySide(Estimate):
    """One set of characteristics in three models: pace to the goal, pace of what competes, share attained.

    Parameters
    ----------
    endpoint : str
    hazard : Model
        Cause-specific hazard of the endpoint.
    competing : tuple of Model or None
        Cause-specific hazards of what competes, one per cause; None where it cannot be estimated.
    incidence : Model or None
        Fine-Gray model of the endpoint.
    """

    endpoint: str
    hazard: Model
    competing: tuple[Model | None, ...]
    incidence: Model | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArrivalComparison(Estimate):
    """Quarters of arrival compared: incidences as observed, and for one composition.

    Parameters
    ----------
    endpoint : str
    landmark_days, horizon_days : int
    case_mix : tuple of str
        Groups that tell composition.
    fit : survival.CaseMix
        Its groups are quarters, as ``2015-Q4``.
    events : ndarray of int, shape (quarters,)
    terms : tuple of Term
        Levels of the composition, references included, with the people behind each.
    left_out : int
        Persons at the landmark who arrived in quarters too small to compare, or lack a characteristic.
    """

    endpoint: str
    landmark_days: int
    horizon_days: int
    case_mix: tuple[str, ...]
    fit: Any
    events: IntArray
    terms: tuple[Term, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Effect(Estimate):
    """The effect of one measure on one endpoint at one horizon, with its design.

    Parameters
    ----------
    measure, endpoint : str
    landmark_days, horizon_days : int
    flow : CountTable
        Persons from the cohort to the analysis, step by step.
    fit : effects.estimate_effect result or None
        Clustered by household; None where the design left nothing to fit.
    by_worker : same type or None
        The same estimate with worker-clustered variance (t with clusters - 1).
    departure : same type or None
        The measure's effect on departure.
    negative_control : Effect or None
        The same comparison for an endpoint that the measure cannot affect, with its own design;
        `negative_control_endpoint` names it.
    treated, controls : int
        Persons in each arm.
    events_treated, events_controls : int
        Persons with the event by the horizon in each arm.
    departed_treated, departed_controls : int
        Persons with a competing event by the horizon in each arm.
    by_worker_missing : str
        Why there is no `by_worker`: "workers_unknown", "few_workers", "not_estimable"; else "".
    parameters : int
        Parameters of the largest model fitted.
    detectable : float
        Smallest effect (risk difference) detectable with 80 % power at two-sided 5 %.
    balance_limit : float
        Largest standardised difference that the design counts as balanced.
    failures : tuple
        `effects` design failures; not empty means the effect is withheld.
    checks : tuple
        `effects` design checks: every limit with what was found.
    merged : mapping of str to tuple of str
        ``factor=level`` to the levels that it consists of, merged as some of them were too small to compare.
    left_out : tuple of str
        ``factor=level`` of levels too small whose persons are not compared.
    e_value, tipping, leave_one_out : effects results or None
        What would explain the effect away: unmeasured confounding, goals of those who departed, a covariate.
        None where the effect is withheld, or where it cannot be told.
    """

    measure: str
    endpoint: str
    landmark_days: int
    horizon_days: int
    flow: CountTable
    fit: Any
    by_worker: Any
    departure: Any
    negative_control: Effect | None
    negative_control_endpoint: str
    treated: int
    controls: int
    events_treated: int
    events_controls: int
    parameters: int
    detectable: float
    balance_limit: float = 0.1
    failures: tuple[Any, ...] = ()
    checks: tuple[Any, ...] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    e_value: Any = None
    tipping: Any = None
    leave_one_out: Any = None
    departed_treated: int = 0
    departed_controls: int = 0
    by_worker_missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectOverview(Estimate):
    """The effects of all questions of a report beside each other.

    Parameters
    ----------
    effects : tuple of Effect
    primary : tuple of bool
        Which of them were declared primary.
    adjusted : tuple of (float or None)
        p-value of no effect, adjusted for the number of questions: Holm among the primary ones,
        Benjamini-Hochberg among the rest; None of those that are withheld, which do not count.
    confirmatory : bool
        Whether this is the confirmatory analysis of the year; else it is interim.
    absent : tuple of str
        Keys of questions that the export cannot answer.
    """

    effects: tuple[Effect, ...]
    primary: tuple[bool, ...]
    adjusted: tuple[float | None, ...]
    confirmatory: bool
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEffect:
    """The effect of one strategy pair at one horizon.

    Parameters
    ----------
    trials : "first" or "pooled"
    grace_days : int
    adherence : "intention_to_treat" or "per_protocol"
    horizon_months : int
        From time zero.
    effect : Effect
    months : effects.HorizonEffect or None
        The same as a difference in mean months with the goal by the horizon.
    person_trials : int
        Rows compared: persons times the trials that they are in.
    """

    trials: Literal["first", "pooled"]
    grace_days: int
    adherence: Literal["intention_to_treat", "per_protocol"]
    horizon_months: int
    effect: Effect
    months: Any
    person_trials: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TargetTrial(Estimate):
    """A target trial emulated: its protocol, who is in it, and the effects of its strategy pairs.

    Parameters
    ----------
    measure, endpoint : str
    months : tuple of int
        Months since the origin that begin a trial.
    ages : (int, int)
    covariates : tuple of str
        Adjusted for.
    effects : tuple of TrialEffect
        By strategy pair, the primary first, then by horizon.
    """

    measure: str
    endpoint: str
    months: tuple[int, ...]
    ages: tuple[int, int]
    covariates: tuple[str, ...]
    effects: tuple[TrialEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectInGroups:
    """An effect within the levels of one group that was declared beforehand.

    Parameters
    ----------
    dimension : str
        Key of the group.
    sensitive : bool
        Whether it tells a sensitive attribute.
    levels : tuple of str
        In the order of params.
    merged : tuple of tuple of str
        What each level consists of, empty where nothing was merged.
    persons : ndarray of int, shape (levels, 2)
        Persons with and without the measure, those included whose characteristics are too rare to compare.
    effects : tuple of Effect
        One per level.
    test : effects.InteractionTest or None
        Of equal effects in the `tested` levels whose design holds; None where these are fewer than two.
    tested : int
    p_adjusted : float
        The test's p-value adjusted for the groups of one question; NaN without a test.
    """

    dimension: str
    sensitive: bool
    levels: tuple[str, ...]
    merged: tuple[tuple[str, ...], ...]
    persons: IntArray
    effects: tuple[Effect, ...]
    test: Any
    tested: int
    p_adjusted: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectByGroup(Estimate):
    """One measure's effect on one endpoint within groups declared beforehand.

    `confirmatory` says whether this is the year's confirmatory analysis; in an interim one no test leaves.
    """

    measure: str
    endpoint: str
    landmark_days: int
    horizon_days: int
    groups: tuple[EffectInGroups, ...]
    confirmatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectOverTime(Estimate):
    """One comparison read at several horizons: one Effect each, in the order of time."""

    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """What participations in one measure cost under one funding class.

    `cost` is the recorded cost per participation, NaN where it is not recorded; `without_cost` of the
    `participations` have none. `persons` are distinct.
    """

    measure: str
    funding_class: str
    persons: int
    participations: int
    without_cost: int
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCost:
    """What an effect costs.

    Parameters
    ----------
    effect : Effect
    cost : float
        Recorded cost per participation; NaN where it is not known.
    additional_cost : float
        Cost per participant less that of the comparison persons, who may begin later, up to the horizon;
        NaN where it cannot be estimated.
    ratio : effects.CostPerAdditional or None
        None where the effect's interval covers 0 or lies below it, or costs are not known.
    price : float
        Of one additional person who reaches the endpoint; NaN where params state none.
    """

    effect: Effect
    cost: float
    additional_cost: float
    ratio: Any
    price: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Costs(Estimate):
    """Costs by measure and funding class, and what the effects asked for cost."""

    lines: tuple[CostLine, ...]
    effects: tuple[EffectCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QuantileTable(Estimate):
    """One quantile per row, as the recording delay by table.

    `values` (rows,) are in `unit`; `persons` (rows,) are the distinct persons behind each;
    `beside` (rows,) a declared figure shown next to it (a planned value from params), NaN where none.
    """

    rows: tuple[str, ...]
    row_dimension: str
    probability: float
    values: FloatArray
    persons: IntArray
    unit: str
    beside: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DistributionTable(Estimate):
    """Several quantiles per row, side by side: how a quantity is distributed in each group.

    Rows stand in an order that is fixed beforehand, never in that of their values: no ranking.

    Parameters
    ----------
    rows : tuple of str
    row_dimension : str
    probabilities : tuple of float
        Of the quantiles, rising.
    values : ndarray of float, shape (rows, probabilities)
        In `unit`; NaN where there is nothing to take a quantile of.
    persons : ndarray of int, shape (rows,)
        Distinct persons behind each row.
    unit : str
    """

    rows: tuple[str, ...]
    row_dimension: str
    probabilities: tuple[float, ...]
    values: FloatArray
    persons: IntArray
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthRow:
    """One planted truth and the estimate that should recover it.

    `estimate` is the Curves or Effect it is read from; `level` and `days` say where in it;
    `value`/`std_error` are the internal figures, `truth`/`truth_std_error` the planted ones.
    """

    estimate: Curves | Effect
    level: str
    days: int
    value: float
    std_error: float
    truth: float
    truth_std_error: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TruthComparison(Estimate):
    """Recovered incidences and effects beside the planted truth (synthetic cities only)."""

    rows: tuple[TruthRow, ...]
