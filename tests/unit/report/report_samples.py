"""Releases made by hand: what the gate might let through, for looking at and for testing the report."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

from hamm_eval.params import Params, load_params
from hamm_eval.release.released import (
    Cell,
    Interval,
    Release,
    ReleasedAgreement,
    ReleasedArrivalQuarter,
    ReleasedArrivals,
    ReleasedAttainmentModel,
    ReleasedBalance,
    ReleasedCaseload,
    ReleasedCaseloadModel,
    ReleasedCheck,
    ReleasedCostLine,
    ReleasedCosts,
    ReleasedCurve,
    ReleasedCurves,
    ReleasedDistribution,
    ReleasedEffect,
    ReleasedEffectByGroup,
    ReleasedEffectCost,
    ReleasedEffectInGroups,
    ReleasedEffectOverTime,
    ReleasedEffectOverview,
    ReleasedEffectPart,
    ReleasedEffectRow,
    ReleasedFunding,
    ReleasedFundingAmount,
    ReleasedFundingSpell,
    ReleasedFunnel,
    ReleasedFunnelGroup,
    ReleasedFunnelLimits,
    ReleasedFunnelLoss,
    ReleasedGoals,
    ReleasedGoalScores,
    ReleasedLoss,
    ReleasedModel,
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedQuantiles,
    ReleasedRatings,
    ReleasedResponses,
    ReleasedSensitivity,
    ReleasedShare,
    ReleasedSideBySide,
    ReleasedStandings,
    ReleasedStates,
    ReleasedTable,
    ReleasedTargetTrial,
    ReleasedTerm,
    ReleasedTipping,
    ReleasedTrialEffect,
    ReleasedTruth,
    ReleasedTruthRow,
    ReleasedTwoPerspectives,
    ReleasedWorkerShare,
)

COMMON: dict[str, Any] = {"definition_digest": "0123456789abcdef", "policy": "strict"}
HORIZONS = (183, 365, 548)


def params() -> Params:
    """The committed params of the quarter."""
    return load_params(Path(__file__).parents[3] / "params" / "2017-Q2.yaml")


def curve(
    level: str, rate: float, persons: int, *, merged: tuple[str, ...] = (), end: int = 600
) -> ReleasedCurve:
    """A curve of constant hazards of the goal and of departing."""
    leave = 0.0004
    times = tuple(float(day) for day in range(30, end + 1, 12))

    def goal(day: float) -> float:
        return rate / (rate + leave) * (1 - math.exp(-(rate + leave) * day))

    def gone(day: float) -> float:
        return leave / (rate + leave) * (1 - math.exp(-(rate + leave) * day))

    def width(day: float) -> float:
        return 1.96 * math.sqrt(goal(day) * (1 - goal(day)) / persons * (1 + day / 400))

    at = range(0, end + 1, 91)
    return ReleasedCurve(
        level=level,
        merged=merged,
        withheld="",
        persons=Cell(value=persons),
        events=Cell(value=round(persons * goal(end) / 5) * 5),
        time=times,
        incidence=tuple(goal(t) for t in times),
        lower=tuple(max(0.0, goal(t) - width(t)) for t in times),
        upper=tuple(goal(t) + width(t) for t in times),
        competing=(tuple(gone(t) for t in times),),
        at_risk_time=tuple(float(t) for t in at),
        at_risk=tuple(round(persons * math.exp(-0.0025 * t) / 5) * 5 for t in at),
        at_horizon=tuple(
            Interval(value=goal(h), lower=goal(h) - width(h), upper=goal(h) + width(h)) for h in HORIZONS
        ),
        competing_at_horizon=(tuple(gone(h) for h in HORIZONS),),
        median=Interval(value=None, lower=None, upper=None),
        largest_error=0.008,
        std_error_at_horizon=tuple(width(h) / 1.96 for h in HORIZONS),
    )


def too_small(level: str) -> ReleasedCurve:
    """A group that the gate withholds."""
    return ReleasedCurve(
        level=level, merged=(), withheld="group_too_small", persons=Cell(value=30), events=Cell(value=None)
    )


def one_curve(endpoint: str = "language_b1", rate: float = 0.0012, persons: int = 620) -> ReleasedCurves:
    """Incidence without a grouping."""
    return ReleasedCurves(
        id=f"time_to_integration:{endpoint}",
        endpoint=endpoint,
        dimension="",
        causes=(endpoint, "departure"),
        horizons=HORIZONS,
        curves=(curve("all", rate, persons),),
        **COMMON,
    )


def grouped_curves() -> ReleasedCurves:
    """Incidence by household type: two shown, one of them merged, one withheld."""
    return ReleasedCurves(
        id="time_to_integration:language_b1/household_type",
        endpoint="language_b1",
        dimension="household_type",
        causes=("language_b1", "departure"),
        horizons=HORIZONS,
        curves=(
            curve("single", 0.0014, 380),
            curve("couple", 0.0009, 170, merged=("couple_with_children", "couple_without_children"), end=520),
            too_small("single_parent"),
        ),
        **COMMON,
    )


def withheld_curves() -> ReleasedCurves:
    """Nothing may be shown."""
    return ReleasedCurves(
        id="time_to_integration:school_entry",
        endpoint="school_entry",
        dimension="",
        causes=("school_entry", "departure"),
        horizons=(91, 183, 365),
        curves=(too_small("all"),),
        **COMMON,
    )


def table() -> ReleasedTable:
    """Households by residence status, with shares and hidden cells."""
    return ReleasedTable(
        id="cohort_and_data_quality:composition/household_type",
        rows=("single", "single_parent", "couple_with_children"),
        columns=("recognised", "prospect_of_staying"),
        row_dimension="household_type",
        column_dimension="residence_status",
        unit="persons",
        cells=(
            (Cell(value=1240, share=0.62), Cell(value=85, share=0.3)),
            (Cell(value=None), Cell(value=None)),
            (Cell(value=300, share_bound="over_95"), Cell(value=20)),
        ),
        total=Cell(value=1655),
        column_totals=(1540, 105),
        sensitive=True,
        shares="of_column",
        **COMMON,
    )


def _steps(id: str, steps: tuple[str, ...]) -> ReleasedTable:
    return ReleasedTable(
        id=id,
        rows=steps,
        columns=("persons",),
        row_dimension="step",
        column_dimension="",
        unit="persons",
        cells=tuple((Cell(value=value),) for value in (640, 610, 575, 560, 175, 385)[: len(steps)]),
        total=None,
        column_totals=(),
        sensitive=False,
        shares="none",
        **COMMON,
    )


def attrition() -> ReleasedTable:
    """Persons step by step."""
    return _steps(
        "cohort_and_data_quality:attrition/language_b1",
        ("recorded", "population", "eligible_in_window", "status_at_origin", "age_at_origin"),
    )


def flow() -> ReleasedTable:
    """From the cohort to the two arms of a comparison."""
    return _steps(
        "measure_effectiveness:intensive_course_on_b1/flow",
        ("cohort", "followed_to_horizon", "goal_open_at_landmark", "covariates_known", "treated", "controls"),
    )


def _term(factor: str, level: str, ratio: float, persons: int, *, spread: float = 1.25) -> ReleasedTerm:
    return ReleasedTerm(
        factor=factor,
        level=level,
        reference=False,
        ratio=ratio,
        lower=round(ratio / spread, 2),
        upper=round(ratio * spread, 2),
        persons=Cell(value=persons),
    )


def _reference(factor: str, level: str, persons: int) -> ReleasedTerm:
    return ReleasedTerm(
        factor=factor,
        level=level,
        reference=True,
        ratio=1.0,
        lower=1.0,
        upper=1.0,
        persons=Cell(value=persons),
    )


def model() -> ReleasedModel:
    """A Cox model of five characteristics."""
    return ReleasedModel(
        id="associations:language_b1",
        endpoint="language_b1",
        withheld=(),
        terms=(
            _reference("age_group", "under_25", 220),
            _term("age_group", "25_to_34", 0.86, 240),
            _term("age_group", "35_to_44", 0.71, 110, spread=1.4),
            _term("age_group", "45_and_over", 0.52, 60, spread=1.7),
            _reference("sex", "male", 420),
            _term("sex", "female", 0.83, 210),
            _reference("german_on_arrival", "none", 500),
            _term("german_on_arrival", "A1_or_more", 1.92, 130, spread=1.3),
        ),
        persons=Cell(value=630),
        events=Cell(value=215),
        proportionality_doubtful=("german_on_arrival=A1_or_more",),
        **COMMON,
    )


def refused_model() -> ReleasedModel:
    """A model that rule 6 refused."""
    return ReleasedModel(
        id="associations:school_entry",
        endpoint="school_entry",
        withheld=("events_per_parameter",),
        terms=(),
        persons=Cell(value=60),
        events=Cell(value=25),
        **COMMON,
    )


def side_by_side(directions: tuple[str, ...] | None = None) -> ReleasedSideBySide:
    """Pace and share of five characteristics; that of departures can be shown."""
    hazard = model()
    said = {"25_to_34": "fewer", "A1_or_more": "more"}
    return ReleasedSideBySide(
        id="side_by_side:language_b1",
        endpoint="language_b1",
        hazard=hazard,
        competing=(dataclasses.replace(hazard, of="departure", events=Cell(value=120)),),
        directions=tuple(
            "reference" if term.reference else said.get(term.level, "unclear") for term in hazard.terms
        )
        if directions is None
        else directions,
        incidence_withheld=(),
        **COMMON,
    )


def side_by_side_few() -> ReleasedSideBySide:
    """Too few departures for their pace, too few events for the share."""
    whole = side_by_side(())
    few = dataclasses.replace(
        whole.hazard, of="departure", withheld=("events_per_parameter",), terms=(), events=Cell(value=None)
    )
    return dataclasses.replace(whole, competing=(few,), incidence_withheld=("events_per_parameter",))


def side_by_side_refused() -> ReleasedSideBySide:
    """The pace itself is withheld."""
    return dataclasses.replace(side_by_side_few(), hazard=refused_model())


def states() -> ReleasedStates:
    """Phases over a year; one share is hidden."""

    def shares(*values: float | None) -> tuple[ReleasedShare, ...]:
        return tuple(
            ReleasedShare(value=v)
            if not v
            else ReleasedShare(value=v, lower=round(v - 0.02, 2), upper=round(v + 0.03, 2))
            for v in values
        )

    return ReleasedStates(
        id="states_over_time:case_phases",
        path="case_phases",
        states=("1", "2", "3", "4", "closed", "left"),
        withheld="",
        persons=Cell(value=1430),
        times=(0, 91, 183, 365),
        horizons=(91, 183, 365),
        known=(Cell(value=1430), Cell(value=1400), Cell(value=1310), Cell(value=900)),
        shares=(
            shares(1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
            shares(0.31, 0.52, 0.12, 0.0, 0.03, 0.02),
            shares(0.04, 0.21, 0.55, 0.1, 0.06, 0.04),
            shares(0.0, None, 0.45, 0.33, 0.14, 0.08),
        ),
        **COMMON,
    )


def withheld_states() -> ReleasedStates:
    """Too few persons."""
    return ReleasedStates(
        id="states_over_time:case_phases",
        path="case_phases",
        states=("1", "left"),
        withheld="group_too_small",
        persons=Cell(value=30),
        **COMMON,
    )


def goals() -> ReleasedGoals:
    """Documented and at the earliest."""
    return ReleasedGoals(
        id="goals_at_reviews:language",
        domain="language",
        curves=dataclasses.replace(
            grouped_curves(),
            id="goals_at_reviews:language",
            endpoint="goal_language",
            dimension="seen_at",
            causes=("goal", "departure"),
            curves=(curve("first_met", 0.0009, 380), curve("last_unmet", 0.0014, 380)),
        ),
        adapted=Cell(value=155),
        attained_adapted=Cell(value=55),
        **COMMON,
    )


def goals_by_definition() -> ReleasedGoals:
    """By any definition, while the case was open, and as first agreed."""
    whole = goals()
    curves = dataclasses.replace(
        whole.curves,
        id="goal_attainment:by_definition/language",
        dimension="counted_as",
        curves=(
            curve("any_definition", 0.0012, 380),
            curve("while_open", 0.001, 380),
            curve("first_definition", 0.0008, 380),
        ),
    )
    return dataclasses.replace(whole, id=curves.id, curves=curves)


def few_adapted_goals() -> ReleasedGoals:
    """As first agreed is withheld: beside any definition it would tell the few."""
    whole = goals_by_definition()
    *shown, strict = whole.curves.curves
    withheld = ReleasedCurve(
        level=strict.level, merged=(), withheld="few_adapted", persons=strict.persons,
        events=Cell(value=None, linked=True),
    )  # fmt: skip
    curves = dataclasses.replace(whole.curves, curves=(*shown, withheld))
    return dataclasses.replace(whole, curves=curves, attained_adapted=Cell(value=None))


def goal_scores() -> ReleasedGoalScores:
    """Three domains: one with hidden numbers, one too small for shares."""

    def cells(whole: int, *counts: int | None) -> tuple[Cell, ...]:
        return tuple(
            Cell(value=n, share=None if n is None or whole < 20 else round(n / whole, 2)) for n in counts
        )

    return ReleasedGoalScores(
        id="goal_attainment:scores",
        domains=("language", "work", "social"),
        persons=(Cell(value=400), Cell(value=200), Cell(value=None)),
        scores=ReleasedStandings(
            dimension="attainment_score",
            columns=("-2", "-1", "0", "1", "2", "dropped", "not_scored", "not_reviewed"),
            cells=(
                cells(400, 60, 120, 100, 40, 20, 20, 0, 40),
                cells(200, 40, 70, 45, None, None, 10, 0, 25),
                cells(0, None, None, 0, 0, 0, 0, 0, None),
            ),
        ),
        findings=ReleasedStandings(
            dimension="attainment_finding",
            columns=("met", "partly", "unmet", "adapted", "dropped", "not_reviewed"),
            cells=(
                cells(400, 120, 100, 90, 30, 20, 40),
                cells(200, 50, 60, 45, 10, 10, 25),
                cells(0, 0, None, None, 0, 0, None),
            ),
        ),
        after_adaptation=(*cells(400, 25), *cells(200, None), *cells(0, 0)),
        t_scores=ReleasedDistribution(
            id="goal_attainment:scores",
            rows=("language", "work", "social"),
            row_dimension="domain",
            probabilities=(0.25, 0.5, 0.75),
            unit="t_score",
            values=((40, 50, 60), (40, 40, 50), (None, None, None)),
            **COMMON,
        ),
        t_without=(Cell(value=20), Cell(value=10), Cell(value=0)),
        **COMMON,
    )


def attainment_model(*withheld: str) -> ReleasedAttainmentModel:
    """Odds ratios of two characteristics, or why there are none."""
    untold = Cell(value=None, linked=True)

    def term(factor: str, level: str, *figures: float) -> ReleasedTerm:
        ratio, lower, upper = figures or (1.0, 1.0, 1.0)
        return ReleasedTerm(
            factor=factor, level=level, reference=not figures, ratio=ratio, lower=lower, upper=upper,
            persons=untold,
        )  # fmt: skip

    return ReleasedAttainmentModel(
        id="goal_attainment:model/language",
        domain="language",
        withheld=withheld,
        terms=()
        if withheld
        else (
            term("sex", "male"),
            term("sex", "female", 0.95, 0.74, 1.22),
            term("schooling_class", "none_or_primary"),
            term("schooling_class", "secondary", 1.88, 1.37, 2.57),
        ),
        persons=Cell(value=410),
        lost=() if withheld else (ReleasedLoss(factor="schooling_class", level="", persons=Cell(value=10)),),
        scale=("-2", "-1", "0", "1,2"),
        doubtful=not withheld,
        **COMMON,
    )


def worker_share(
    share: tuple[float, float, float] | None = (0.1, 0.05, 0.25), withheld: str = ""
) -> ReleasedWorkerShare:
    """How much lies between social workers."""
    return ReleasedWorkerShare(
        id="goal_attainment:workers/language",
        domain="language",
        withheld=withheld,
        share=None if share is None else Interval(value=share[0], lower=share[1], upper=share[2]),
        **COMMON,
    )


def withheld_goals() -> ReleasedGoals:
    """Too few persons with a goal."""
    whole = goals()
    few = (too_small("first_met"), too_small("last_unmet"))
    return dataclasses.replace(whole, curves=dataclasses.replace(whole.curves, curves=few))


def arrivals(lower: float = -0.02) -> ReleasedArrivals:
    """Two quarters of arrival; the second lies apart where `lower` is above 0."""

    def quarter(name: str, value: float, apart: Interval) -> ReleasedArrivalQuarter:
        return ReleasedArrivalQuarter(
            quarter=name,
            persons=Cell(value=210),
            observed=ReleasedShare(value=value + 0.03),
            standardised=ReleasedShare(value=value, lower=value - 0.08, upper=value + 0.08),
            mix=0.03,
            apart=apart,
        )

    return ReleasedArrivals(
        id="arrival_cohorts:language_b1",
        endpoint="language_b1",
        landmark_days=120,
        horizon_days=270,
        case_mix=("age_group", "sex"),
        withheld=(),
        quarters=(
            quarter("2015-Q4", 0.31, Interval(value=-0.03, lower=-0.08, upper=0.02)),
            quarter("2016-Q1", 0.39, Interval(value=0.05, lower=lower, upper=0.12)),
        ),
        **COMMON,
    )


def withheld_arrivals() -> ReleasedArrivals:
    """Too few events."""
    return dataclasses.replace(arrivals(), withheld=("events_per_parameter",), quarters=())


def checks(*, worst: float = 0.05, passed: bool = True) -> tuple[ReleasedCheck, ...]:
    """Limits of a design, balance kept or broken."""
    return (
        ReleasedCheck(
            key="balance", value=worst, limit=0.15, passed=passed, covariate="german_on_arrival=A1_or_more"
        ),
        ReleasedCheck(key="overlap", value=0.0, limit=0.1, passed=True),
        ReleasedCheck(key="effective_n", value=175, limit=30.0, passed=True, arm="treated"),
        ReleasedCheck(key="effective_n", value=None, limit=30.0, passed=passed, arm="control"),
        ReleasedCheck(key="weight_share", value=0.05, limit=0.1, passed=True, arm="control"),
        ReleasedCheck(key="weight_tail", value=0.1, limit=None, passed=True, arm="control"),
        ReleasedCheck(key="events_per_parameter", value=None, limit=5.0, passed=True, model="propensity"),
        ReleasedCheck(key="events_per_parameter", value=None, limit=5.0, passed=True, model="outcome"),
        ReleasedCheck(
            key="positivity",
            value=0.2,
            limit=None,
            passed=True,
            covariate="household_class=single_parent",
            arm="treated",
            step=0.05,
        ),
        ReleasedCheck(
            key="positivity", value=None, limit=None, passed=True, covariate="sex=female", arm="control"
        ),
        ReleasedCheck(key="variance_ratio", value=2.5, limit=None, passed=True, covariate="age"),
        ReleasedCheck(key="fewer_effective_controls", value=None, limit=None, passed=True, arm="control"),
    )


def sensitivity(value: float, lower: float, upper: float) -> ReleasedSensitivity:
    """Robustness of an effect, a tipping point where its interval excludes 0."""
    tipping = ReleasedTipping(
        arm="control" if value > 0 else "treated", few=False, step=0.1, vanishes=None, unclear=0.7
    )
    return ReleasedSensitivity(
        e_value=2.3,
        e_value_limit=1.0 if lower <= 0 <= upper else 1.5,
        e_value_step=0.1,
        tipping=None if lower <= 0 <= upper else tipping,
        without=Interval(value=value, lower=value - 0.01, upper=value + 0.04),
        without_most="schooling_class",
    )


def effect(value: float = 0.14, lower: float = 0.05, upper: float = 0.23) -> ReleasedEffect:
    """An effect whose design passes."""
    return ReleasedEffect(
        id="measure_effectiveness:intensive_course_on_b1",
        measure="language_course_intensive",
        endpoint="language_b1",
        landmark_days=90,
        horizon_days=365,
        estimand="ATT",
        withheld=(),
        flow=flow(),
        treated=Cell(value=175),
        controls=Cell(value=385),
        risk_treated=0.31 + value,
        risk_control=0.31,
        difference=Interval(value=value, lower=lower, upper=upper),
        difference_by_worker=Interval(value=value, lower=lower - 0.01, upper=upper + 0.01),
        departure=Interval(value=-0.02, lower=-0.06, upper=0.02),
        negative_control=Interval(value=0.01, lower=-0.07, upper=0.09),
        negative_control_endpoint="social_participation",
        detectable=0.12,
        balance=(
            ReleasedBalance(covariate="age_group=25_to_34", before=0.12, after=0.02),
            ReleasedBalance(covariate="age_group=35_to_44", before=-0.21, after=-0.03),
            ReleasedBalance(covariate="sex=female", before=-0.34, after=-0.04),
            ReleasedBalance(covariate="german_on_arrival=A1_or_more", before=0.28, after=0.05),
            ReleasedBalance(covariate="provider=AWO", before=0.09, after=0.01),
        ),
        balance_limit=0.15,
        overlap_edges=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
        overlap_treated=(None, 10, 25, 35, 40, 35, 20, 10),
        overlap_controls=(55, 95, 85, 60, 45, 25, 15, None),
        effective_treated=175,
        effective_controls=250,
        std_error=0.046,
        checks=checks(),
        merged=(("schooling=vocational_or_university", ("vocational", "university")),),
        left_out=("provider=mkf",),
        sensitivity=sensitivity(value, lower, upper),
        **COMMON,
    )


def withheld_effect() -> ReleasedEffect:
    """An effect whose design fails."""
    base = effect()
    return ReleasedEffect(
        id="measure_effectiveness:coaching_on_job",
        measure="job_coaching",
        endpoint="employment_13_weeks",
        landmark_days=90,
        horizon_days=365,
        estimand="ATT",
        withheld=(
            ("balance", {"covariate": "german_on_arrival=A1_or_more", "value": -0.31, "limit": 0.15}),
            ("overlap", {"value": 0.24, "limit": 0.1}),
            ("effective_n", {"value": 21, "limit": 30, "arm": "treated"}),
        ),
        flow=base.flow,
        treated=Cell(value=40),
        controls=Cell(value=385),
        risk_treated=None,
        risk_control=None,
        difference=None,
        difference_by_worker=None,
        departure=None,
        negative_control=None,
        negative_control_endpoint="social_participation",
        detectable=0.25,
        balance=(
            *base.balance[:3],
            ReleasedBalance(covariate="german_on_arrival=A1_or_more", before=-0.62, after=-0.31),
        ),
        balance_limit=0.15,
        overlap_edges=base.overlap_edges,
        overlap_treated=(None, 10, None, None, 0, 0, 0, 0),
        overlap_controls=base.overlap_controls,
        effective_treated=20,
        effective_controls=250,
        checks=checks(worst=0.31, passed=False),
        **COMMON,
    )


def overview_row(key: str, *interval: float, **other: Any) -> ReleasedEffectRow:
    """One question of the committed params, withheld without an interval (value, lower, upper)."""
    asked = params().measure_effectiveness[key]
    at = dict(zip(("value", "lower", "upper"), interval, strict=True)) if interval else None
    given: dict[str, Any] = {
        "measure": asked.measure,
        "endpoint": asked.endpoint,
        "horizon_days": 365,
        "estimand": "ATT",
        "primary": asked.primary,
        "withheld": () if at else (("effective_n", {"value": 7, "limit": 30.0, "arm": "treated"}),),
        "difference": Interval(**at) if at else None,
        "detectable": 0.12 if at else None,
    }
    return ReleasedEffectRow(key=key, **(given | other))


def effect_overview(*, confirmatory: bool = False) -> ReleasedEffectOverview:
    """More, unclear, fewer, and two withheld; in the annual evaluation with decisions."""
    said = ("confirmed", "not_confirmed", "not_confirmed") if confirmatory else ("", "", "")
    return ReleasedEffectOverview(
        id="effect_overview:all",
        confirmatory=confirmatory,
        rows=(
            overview_row("intensive_course_on_b1", 0.08, 0.02, 0.14, decision=said[0], detectable=0.09),
            overview_row("job_coaching_on_work", 0.04, -0.07, 0.15, decision=said[1], detectable=0.16),
            overview_row("work_opportunity_on_work", -0.09, -0.17, -0.01, decision=said[2]),
            overview_row(
                "application_training_on_work",
                withheld=(("balance", {"covariate": "age", "value": -0.31, "limit": 0.15}),),
            ),
            overview_row("mentoring_on_participation"),
        ),
        **COMMON,
    )


def part(
    level: str = "", days: int = 365, value: float | None = 0.1, withheld: tuple[str, ...] = ()
) -> ReleasedEffectPart:
    """One effect within a level or at a horizon."""
    at = None if value is None else Interval(value=value, lower=value - 0.08, upper=value + 0.08)
    return ReleasedEffectPart(
        level=level,
        days=days,
        treated=Cell(value=None if withheld else 120),
        controls=Cell(value=240),
        withheld=withheld,
        difference=at,
    )


def effect_by_group(decision: str | None = None) -> ReleasedEffectByGroup:
    """By sex, by age with levels that cannot be shown; with a decision the confirmatory analysis."""
    return ReleasedEffectByGroup(
        id="effect_by_group:intensive_course_on_b1",
        measure="language_course_intensive",
        endpoint="language_b1",
        landmark_days=90,
        horizon_days=365,
        estimand="ATT",
        groups=(
            ReleasedEffectInGroups(
                dimension="sex",
                levels=(part("female", value=0.04), part("male", value=0.15)),
                decision=decision or "",  # type: ignore[arg-type]
            ),
            ReleasedEffectInGroups(
                dimension="age_class",
                levels=(
                    part("under_30", value=None, withheld=("too_few_persons",)),
                    part("30_and_over", value=None, withheld=("overlap", "too_few_events")),
                ),
            ),
        ),
        confirmatory=decision is not None,
        **COMMON,
    )


def effect_over_time(*values: float | None) -> ReleasedEffectOverTime:
    """Differences after 3, 6 and 12 months; the first with too few events."""
    shown = values or (None, 0.04, 0.14)
    return ReleasedEffectOverTime(
        id="effect_over_time:intensive_course_on_b1",
        measure="language_course_intensive",
        endpoint="language_b1",
        landmark_days=90,
        estimand="ATT",
        horizons=tuple(
            part(days=days, value=value, withheld=() if value is not None else ("too_few_events",))
            for days, value in zip((90, 180, 365), shown, strict=True)
        ),
        **COMMON,
    )


def effect_cost(status: str = "told", **other: Any) -> ReleasedEffectCost:
    """What the language course's effect costs."""
    told = status == "told"
    content: dict[str, Any] = {
        "measure": "language_course_intensive",
        "endpoint": "language_b1",
        "horizon_days": 365,
        "estimand": "ATT",
        "status": status,
        "cost": 2500.0,
        "additional_cost": 1900.0,
        "price": 10_000.0,
        "break_even": 19,
        "difference": Interval(value=0.14, lower=0.05 if told else -0.05, upper=0.23),
        "ratio": Interval(value=14_000.0, lower=8000.0, upper=40_000.0) if told else None,
    }
    return ReleasedEffectCost(**(content | other))


def costs(*effects: ReleasedEffectCost) -> ReleasedCosts:
    """One measure under two classes, one without a recorded cost."""

    def line(
        measure: str, name: str, cost: float | None, missing: str = "", **cells: Cell
    ) -> ReleasedCostLine:
        given = {"persons": Cell(value=120), "without_cost": Cell(value=0)} | cells
        return ReleasedCostLine(measure=measure, funding_class=name, cost=cost, missing=missing, **given)

    return ReleasedCosts(
        id="costs:all",
        lines=(
            line("language_course_intensive", "1", 2500.0),
            line("language_course_intensive", "2", None, "too_few", persons=Cell(value=None)),
            line("job_coaching", "3", None, "not_recorded", without_cost=Cell(value=125)),
            line("other", "missing", None, "various"),
        ),
        effects=effects or (effect_cost(),),
        **COMMON,
    )


def funding() -> ReleasedFunding:
    """Two measures, one of which changed its class; one amount that lacks something, one that is not told."""

    def spell(measure: str, name: str, since: str, until: str | None = None) -> ReleasedFundingSpell:
        return ReleasedFundingSpell(measure=measure, funding_class=name, since=since, until=until)

    return ReleasedFunding(
        id="funding:all",
        spells=(
            spell("language_course_intensive", "1", "2013-01-01", "2015-12-31"),
            spell("language_course_intensive", "2", "2016-01-01"),
            spell("job_coaching", "3", "2013-01-01"),
        ),
        begun=ReleasedTable(
            id="funding:begun",
            rows=("2017-Q1", "2017-Q2"),
            columns=("1", "2", "3"),
            row_dimension="quarter",
            column_dimension="funding_class",
            unit="participations",
            cells=tuple(tuple(Cell(value=n) for n in line) for line in ((40, 25, None), (60, 20, 10))),
            total=None,
            column_totals=(100, 45, 10),
            sensitive=False,
            shares="of_row",
            **COMMON,
        ),
        amounts=(
            ReleasedFundingAmount(funding_class="1", amount=700_000.0, incomplete=False),
            ReleasedFundingAmount(funding_class="2", amount=1_520_000.0, incomplete=True),
            ReleasedFundingAmount(funding_class="3", amount=None, incomplete=True),
        ),
        shown_until="2017-06-30",
        **COMMON,
    )


def funnel(p_value: float = 0.22, *, dispersion: float = 1.2, **other: Any) -> ReleasedFunnel:
    """Four providers, two of the same size, one outside of the limits; one that is not compared."""

    def group(level: str, persons: int, observed: int, expected: float, place: str) -> ReleasedFunnelGroup:
        reach = 0.92 / math.sqrt(persons)
        return ReleasedFunnelGroup(
            level=level,
            persons=Cell(value=persons),
            observed=Cell(value=observed),
            expected=expected,
            difference=round(observed / persons - expected, 4),
            lower=-round(1.05 * reach, 4),
            upper=round(reach, 4),
            place=place,
        )

    sizes = tuple(range(60, 165, 5))
    given: dict[str, Any] = {
        "id": "providers:language_b1/provider",
        "endpoint": "language_b1",
        "dimension": "provider",
        "column": "provider",
        "landmark_days": 120,
        "horizon_days": 270,
        "case_mix": ("age_group", "sex"),
        "withheld": (),
        "left_out": (
            ReleasedFunnelLoss(level="mkf", reason="group_too_small"),
            ReleasedFunnelLoss(level="drk", reason="single_worker"),
        ),
        "one_place_a_worker": True,
        "other": "social_space",
        "tied": "strongly",
        "groups": (
            group("awo", 85, 25, 0.31, "within"),
            group("caritas", 85, 30, 0.33, "within"),
            group("city", 145, 45, 0.31, "within"),
            group("kolping", 120, 50, 0.32, "beyond_95"),
        ),
        "limits": ReleasedFunnelLimits(
            persons=sizes,
            below_95=tuple(-0.95 / math.sqrt(n) for n in sizes),
            above_95=tuple(0.92 / math.sqrt(n) for n in sizes),
            below_998=tuple(-1.5 / math.sqrt(n) for n in sizes),
            above_998=tuple(1.5 / math.sqrt(n) for n in sizes),
        ),
        "dispersion": dispersion,
        "statistic": 7.04,
        "dof": 3,
        "p_value": p_value,
        "closing": "same",
        **COMMON,
    }
    return ReleasedFunnel(**(given | other))


def withheld_funnel() -> ReleasedFunnel:
    """Too few groups."""
    return funnel(withheld=("few_groups",), groups=(), limits=None, dispersion=None, p_value=None)


def caseload(*, full_time: bool = False) -> ReleasedCaseload:
    """Three quarters, the first with too few workers."""
    return ReleasedCaseload(
        id="caseload:quarters",
        spread=ReleasedDistribution(
            id="caseload:quarters",
            rows=("2016-Q4", "2017-Q1", "2017-Q2"),
            row_dimension="quarter",
            probabilities=(0.25, 0.5, 0.75),
            unit="cases",
            values=((None, None, None), (50.0, 65.0, 80.0), (50.0, 60.0, 75.0)),
            **COMMON,
        ),
        open_cases=(Cell(value=None), Cell(value=1245), Cell(value=1175)),
        per_full_time=(None, None, 71.0 if full_time else None),
        **COMMON,
    )


def caseload_model(ratio: float = 0.86, spread: float = 1.1, *, shown: bool = True) -> ReleasedCaseloadModel:
    """A model with one more term: ten open files more."""
    whole = model() if shown else refused_model()
    load = dataclasses.replace(_term("caseload", "", ratio, 1400, spread=spread), reference=False)
    return ReleasedCaseloadModel(
        id="caseload:language_b1",
        model=dataclasses.replace(whole, terms=(*whole.terms, load)) if shown else whole,
        per_cases=10,
        **COMMON,
    )


def combinations() -> ReleasedTable:
    """Which measures are taken together."""
    return ReleasedTable(
        id="participation_patterns:combinations_of_measures",
        rows=("job_coaching", "language_course_intensive+job_coaching", "other", "rest"),
        columns=("persons",),
        row_dimension="combination",
        column_dimension="",
        unit="persons",
        cells=tuple((Cell(value=n, share=n / 200),) for n in (40, 60, 20, 80)),
        total=Cell(value=200),
        column_totals=(200,),
        sensitive=False,
        shares="of_total",
        **COMMON,
    )


def time_in_measures() -> ReleasedDistribution:
    """Days between beginning and end, by measure."""
    return ReleasedDistribution(
        id="participation_patterns:time_in_measures",
        rows=("language_course_intensive", "job_coaching"),
        row_dimension="measure",
        probabilities=(0.25, 0.5, 0.75),
        unit="days",
        values=((160.0, 185.0, 215.0), (95.0, None, None)),
        **COMMON,
    )


def quantiles() -> ReleasedQuantiles:
    """Recording delay by table."""
    return ReleasedQuantiles(
        id="cohort:delay",
        rows=("language_tests", "transitions", "departures"),
        row_dimension="table",
        probability=0.95,
        unit="days",
        values=(58.0, 62.0, None),
        beside=(60.0, 60.0, 60.0),
        **COMMON,
    )


def distribution(dimension: str = "provider") -> ReleasedDistribution:
    """Recording delay by provider, or by quarter."""
    rows = ("city", "awo", "caritas") if dimension == "provider" else ("2016-Q4", "2017-Q1", "2017-Q2")
    return ReleasedDistribution(
        id=f"cohort_and_data_quality:delays/{dimension}",
        rows=rows,
        row_dimension=dimension,
        probabilities=(0.25, 0.5, 0.75, 0.95),
        unit="days",
        values=((5.0, 15.0, 25.0, 55.0), (5.0, 10.0, 20.0, None), (None, None, None, None)),
        **COMMON,
    )


def truth() -> ReleasedTruth:
    """Recovered figures beside the planted truth."""
    return ReleasedTruth(
        id="truth_check:all",
        rows=(
            ReleasedTruthRow(
                estimate_id="time_to_integration:language_b1",
                level="all",
                days=365,
                truth=0.327,
                estimate=0.33,
                lower=0.29,
                upper=0.37,
                within=True,
            ),
            ReleasedTruthRow(
                estimate_id="measure_effectiveness:intensive_course_on_b1",
                level="",
                days=365,
                truth=0.109,
                estimate=None,
                lower=None,
                upper=None,
                within=None,
            ),
        ),
        **COMMON,
    )


def target_trial(*, shown: bool = True) -> ReleasedTargetTrial:
    """Two strategy pairs at two horizons; the last is always withheld, the others where asked for."""
    pairs = (("first", 91, "per_protocol"), ("pooled", 30, "intention_to_treat"))
    effects = []
    for trials, grace, adherence in pairs:
        for months in (6, 12):
            told = shown and (trials, months) != ("pooled", 12)
            effects.append(
                ReleasedTrialEffect(
                    trials=trials,
                    grace_days=grace,
                    adherence=adherence,
                    horizon_months=months,
                    effect=dataclasses.replace(effect() if told else withheld_effect(), landmark_days=0),
                    months_difference=Interval(value=0.8, lower=-0.1, upper=1.7) if told else None,
                    person_trials=Cell(value=1010 if trials == "pooled" else 455),
                )
            )
    return ReleasedTargetTrial(
        id="target_trial:intensive_course_on_b1",
        measure="language_course_intensive",
        endpoint="language_b1",
        estimand="ATT",
        months=(0, 1, 2, 3, 4, 5),
        ages=(16, 64),
        covariates=("age_group", "sex", "provider"),
        effects=tuple(effects),
        **COMMON,
    )


def rated(perspective: str, *counts: int | None, silent: int = 60) -> ReleasedRatings:
    """One side's ratings, 4 and 5 together as the share of the effective; nothing where one is hidden."""
    given = sum(count or 0 for count in counts)
    cells = tuple(
        Cell(value=count, share=None if count is None else round(count / given, 2)) for count in counts
    )
    good = [count for count in counts[3:] if count is not None]
    if len(good) < 2 or given < 20:
        return ReleasedRatings(
            perspective=perspective,
            cells=cells,
            given=Cell(value=given),
            effective=ReleasedShare(value=None),
            weighted_missing="too_few",
        )
    share = sum(good) / given
    low = sum(good) / (given + silent)
    return ReleasedRatings(
        perspective=perspective,
        cells=cells,
        given=Cell(value=given),
        effective=ReleasedShare(value=share, lower=share - 0.08, upper=share + 0.08),
        lowest=low,
        highest=low + silent / (given + silent),
        shifted=((-0.1, low + 0.1), (-0.2, low + 0.08), (-0.3, low + 0.06)),
        weighted=Interval(value=0.6, lower=0.5, upper=0.7) if perspective == "refugee" else None,
        weighted_missing="" if perspective == "refugee" else "too_few",
    )


def agreement(difference: float = -0.4, kappa: float = 0.4) -> ReleasedAgreement:
    """Participants rate lower; both agree more than by chance."""
    third = ReleasedShare(value=0.33, lower=0.22, upper=0.44)
    return ReleasedAgreement(
        withheld="",
        pairs=275,
        worker=(Cell(value=0), Cell(value=10), Cell(value=70), Cell(value=140), Cell(value=55)),
        refugee=(Cell(value=None), Cell(value=30), Cell(value=65), Cell(value=100), Cell(value=80)),
        apart=(
            ("worker_2_more", Cell(value=30)),
            ("worker_1", Cell(value=60)),
            ("same", Cell(value=110)),
            ("refugee_1", Cell(value=65)),
            ("refugee_2_more", Cell(value=10)),
        ),
        higher=(third, third, third),
        kappa=Interval(value=kappa, lower=kappa - 0.15, upper=kappa + 0.15),
        kappa_rounding=0.09,
        difference=Interval(value=difference, lower=difference - 0.2, upper=difference + 0.2),
        odds=Interval(value=0.7, lower=0.5, upper=0.95),
        clustered_by="social_worker",
        few_clusters=True,
    )


def two_perspectives(of: ReleasedAgreement | None = None) -> ReleasedTwoPerspectives:
    """A measure that both sides have rated, with who answered by sex."""
    sides = (rated("social_worker", 0, 20, 115, 170, 65), rated("refugee", None, 35, 70, 100, 90, silent=140))

    def answered(dimension: str, level: str, persons: int, *given: int | None) -> ReleasedResponses:
        cells = [
            Cell(value=count, share=None if count is None else round(count / persons, 2)) for count in given
        ]
        return ReleasedResponses(
            dimension=dimension, level=level, persons=Cell(value=persons), given=(cells[0], cells[1])
        )

    return ReleasedTwoPerspectives(
        id="two_perspectives:language_course_intensive",
        measure="language_course_intensive",
        persons=Cell(value=435),
        ratings=sides,
        responses=(
            answered("", "", 435, 370, 295),
            answered("sex", "female", 135, 120, None),
            answered("sex", "male", 300, 250, 200),
        ),
        agreement=of or agreement(),
        weighted_by=("sex", "age_class"),
        **COMMON,
    )


def few_perspectives() -> ReleasedTwoPerspectives:
    """Too few ratings for anything but some counts."""
    return dataclasses.replace(
        two_perspectives(ReleasedAgreement(withheld="too_few_pairs")),
        ratings=(rated("social_worker", 0, 10, None, 10, None), rated("refugee", *[None] * 5)),
    )


def perceived_effects() -> ReleasedPerceivedEffects:
    """Agreed, contradicting, open for want of a clear opinion, of an effect, of a question, of ratings."""

    def share(value: float | None) -> ReleasedShare:
        if value is None:
            return ReleasedShare(value=None)
        return ReleasedShare(value=value, lower=value - 0.07, upper=value + 0.07)

    asked = {row.key: row for row in effect_overview().rows}
    rows = (
        ("language_course_intensive", 0.64, 0.66, ("intensive_course_on_b1",)),
        ("work_opportunity", 0.6, 0.62, ("work_opportunity_on_work",)),
        ("job_coaching", 0.62, 0.52, ("job_coaching_on_work",)),
        ("application_training", 0.4, 0.38, ("application_training_on_work",)),
        ("school_support", 0.7, 0.7, ()),
        ("mentoring_club", None, None, ("mentoring_on_participation",)),
    )
    return ReleasedPerceivedEffects(
        id="two_perspectives:perceived_effects",
        rows=tuple(
            ReleasedPerceived(
                measure=measure,
                effective=(share(worker), share(refugee)),
                effects=tuple(asked[key] for key in keys),
            )
            for measure, worker, refugee, keys in rows
        ),
        **COMMON,
    )


def every_release() -> dict[str, Release]:
    """One of each kind, shown and withheld."""
    return {
        "table": table(),
        "attrition": attrition(),
        "curve": one_curve(),
        "grouped": grouped_curves(),
        "withheld_curves": withheld_curves(),
        "model": model(),
        "refused_model": refused_model(),
        "side_by_side": side_by_side(),
        "side_by_side_few": side_by_side_few(),
        "side_by_side_refused": side_by_side_refused(),
        "states": states(),
        "withheld_states": withheld_states(),
        "goals": goals(),
        "withheld_goals": withheld_goals(),
        "goals_by_definition": goals_by_definition(),
        "few_adapted_goals": few_adapted_goals(),
        "goal_scores": goal_scores(),
        "attainment_model": attainment_model(),
        "withheld_attainment_model": attainment_model("scores_per_parameter", "level_too_small"),
        "worker_share": worker_share(),
        "worker_share_none": worker_share((0.0, 0.0, 0.05)),
        "withheld_worker_share": worker_share(None, "few_workers"),
        "arrivals": arrivals(),
        "arrivals_apart": arrivals(0.01),
        "withheld_arrivals": withheld_arrivals(),
        "effect": effect(),
        "unclear": effect(0.02, -0.07, 0.11),
        "fewer": effect(-0.1, -0.18, -0.02),
        "withheld_effect": withheld_effect(),
        "effect_overview": effect_overview(),
        "annual_overview": effect_overview(confirmatory=True),
        "target_trial": target_trial(),
        "withheld_target_trial": target_trial(shown=False),
        "effect_by_group": effect_by_group(),
        "effect_by_group_differs": effect_by_group("confirmed"),
        "effect_over_time": effect_over_time(),
        "effect_over_time_withheld": effect_over_time(None, None, None),
        "costs": costs(effect_cost(), effect_cost("covers_zero"), effect_cost("fewer", price=None)),
        "costs_unknown": costs(
            effect_cost("no_cost", cost=None, additional_cost=None, break_even=None),
            effect_cost("withheld", additional_cost=None, break_even=125, difference=None),
        ),
        "funding": funding(),
        "funnel": funnel(),
        "funnel_differs": funnel(0.0, dispersion=1.0, column="social_space", tied="partly"),
        "withheld_funnel": withheld_funnel(),
        "caseload": caseload(),
        "caseload_model": caseload_model(),
        "caseload_model_withheld": caseload_model(shown=False),
        "two_perspectives": two_perspectives(),
        "few_perspectives": few_perspectives(),
        "linked_perspectives": two_perspectives(ReleasedAgreement(withheld="linked")),
        "perceived_effects": perceived_effects(),
        "combinations": combinations(),
        "time_in_measures": time_in_measures(),
        "quantiles": quantiles(),
        "distribution": distribution(),
        "trend": distribution("quarter"),
        "truth": truth(),
    }
