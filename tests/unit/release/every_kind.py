"""Estimates of every kind that the gate knows: large ones to be shown, small ones to try its rules on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from effect_samples import make
from exact import as_curves, draw_group
from perspective_samples import drawn_pairs, perspectives_of

from hamm_eval.effects import InteractionTest, cost_per_additional
from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    CaseloadModel,
    CaseloadOverTime,
    CostLine,
    Costs,
    CountTable,
    CurveGroup,
    Curves,
    Definition,
    DistributionTable,
    Effect,
    EffectByGroup,
    EffectCost,
    EffectInGroups,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Funding,
    FundingSpell,
    Funnel,
    FunnelGroup,
    GoalAttainment,
    Lost,
    Model,
    PerceivedEffects,
    QuantileTable,
    SideBySide,
    StateShares,
    SystemAccess,
    TargetTrial,
    Term,
    TrialEffect,
    TruthComparison,
    TruthRow,
    TwoPerspectives,
)


def table(values: Any, **other: Any) -> CountTable:
    """Counts, one row a value or a row of values."""
    counts = np.array(values)
    counts = counts[:, None] if counts.ndim == 1 else counts
    given: dict[str, Any] = {
        "definition": Definition("cohort", "t"),
        "rows": tuple(map(str, range(counts.shape[0]))),
        "columns": tuple("abc"[: counts.shape[1]]),
        "row_dimension": "household_type",
        "column_dimension": "",
        "counts": counts,
    }
    return CountTable(**(given | other))


def group(persons: int, events: int, level: str = "all") -> CurveGroup:
    """An event every third day, everyone else followed to the end."""
    time = np.array([20 + 3 * k for k in range(events)] + [600] * (persons - events))
    return CurveGroup(
        level=level,
        entry=np.zeros(persons, dtype=int),
        time=time,
        cause=(np.arange(persons) < events).astype(int),
        cluster=np.arange(persons),
        start_at=0.0,
    )


def nearly_all() -> CurveGroup:
    """All but five of 400 within ten months, a few each day at first, nobody leaves."""
    time = np.concatenate([20 + np.arange(360) // 3, 150 + 4 * np.arange(35), np.full(5, 600)])
    return replace(group(400, 395), time=time)


def quantile(probability: float, persons: int, **other: Any) -> QuantileTable:
    given: dict[str, Any] = {
        "definition": Definition("cohort", "q"),
        "rows": ("cases",),
        "row_dimension": "table",
        "probability": probability,
        "values": np.array([43.0]),
        "persons": np.array([persons]),
        "unit": "days",
        "beside": np.array([np.nan]),
    }
    return QuantileTable(**(given | other))


def distribution(persons: int, **other: Any) -> DistributionTable:
    given: dict[str, Any] = {
        "definition": Definition("cohort", "d"),
        "rows": ("kolping",),
        "row_dimension": "provider",
        "probabilities": (0.25, 0.5, 0.9),
        "values": np.array([[4.0, 13.0, 61.0]]),
        "persons": np.array([persons]),
        "unit": "days",
    }
    return DistributionTable(**(given | other))


def model(
    persons: int = 200, events: int = 60, level: tuple[int, int, int] = (80, 25, 55), **other: Any
) -> Model:
    """One factor of two levels; `level` are persons, events, non-events of the one with a coefficient."""
    fit = SimpleNamespace(
        names=("sex=male",),
        hazard_ratio=np.array([1.2345]),
        lower=np.array([1.0123]),
        upper=np.array([1.5123]),
        notes=(),
    )
    term = Term(factor="sex", level="male", persons=level[0], events=level[1], non_events=level[2])
    given: dict[str, Any] = {
        "definition": Definition("associations", "m"),
        "endpoint": "language_b1",
        "terms": (term,),
        "references": (Term(factor="sex", level="female", persons=90, events=40, non_events=50),),
        "fit": fit,
        "persons": persons,
        "events": events,
    }
    return Model(**(given | other))


def side_by_side(hazard: Model) -> SideBySide:
    return SideBySide(
        definition=Definition("side_by_side", "language_b1"),
        endpoint="language_b1",
        hazard=hazard,
        competing=(replace(hazard, of="departure"),),
        incidence=replace(hazard, scale="incidence"),
    )


def states(counts: tuple[int, ...]) -> StateShares:
    """So many persons in each state from the beginning on, nobody lost."""
    from hamm_eval.survival import state_occupation

    names = ("coming", "there", "left")
    n = sum(counts)
    start = np.zeros(n)
    state = np.repeat(np.array(names, dtype=object), counts)
    return StateShares(
        definition=Definition("states_over_time", "way"),
        path="way",
        states=names,
        times=(0, 183, 365),
        horizons=(183, 365),
        persons=n,
        known=np.full(3, n),
        fit=state_occupation(np.arange(n), start, start + 400, state, state, states=names),
    )


def arrivals(persons: int, events: int, level: int = 40) -> ArrivalComparison:
    """Two quarters, the second as the first but for its size and events."""
    sizes, happened = np.array([300, persons]), np.array([120, events])
    crude = happened / sizes
    fit = SimpleNamespace(
        groups=("2016-Q1", "2016-Q2"),
        persons=sizes,
        crude=crude,
        standardised=crude,
        standardised_error=np.array([0.03, 0.05]),
        mix=np.zeros(2),
        mix_error=np.full(2, 0.01),
        apart=np.array([0.013, -0.013]),
        apart_lower=np.array([-0.05, -0.09]),
        apart_upper=np.array([0.076, 0.064]),
        parameters=2,
    )
    term = Term(factor="sex", level="male", persons=level + 40, events=level, non_events=40)
    return ArrivalComparison(
        definition=Definition("arrival_cohorts", "language_b1"),
        endpoint="language_b1",
        landmark_days=30,
        horizon_days=365,
        case_mix=("sex",),
        fit=fit,
        events=happened,
        terms=(term,),
        left_out=0,
    )


def goals(persons: int, events: int, adapted: int = 30) -> GoalAttainment:
    return GoalAttainment(
        definition=Definition("goals_at_reviews", "work"),
        domain="work",
        curves=as_curves(group(persons, events, "first_met"), group(persons, events, "last_unmet")),
        adapted=adapted,
        attained_adapted=adapted // 2,
    )


@cache
def effect(persons: int = 600) -> Effect:
    return make(persons)


def by_group(persons: list[list[int]], *effects: Effect, dimension: str = "sex") -> EffectByGroup:
    parts = effects or (effect(), effect())
    groups = EffectInGroups(
        dimension=dimension,
        sensitive=False,
        levels=tuple("ab"),
        merged=((), ()),
        persons=np.array(persons),
        effects=parts,
        test=InteractionTest(3.0, 1, None, 0.08),
        tested=2,
        p_adjusted=0.08,
    )
    return EffectByGroup(
        definition=Definition("effect_by_group", "q", {"estimand": "ATT"}),
        measure="course",
        endpoint="goal",
        landmark_days=90,
        horizon_days=365,
        groups=(groups,),
    )


def over_time(*effects: Effect) -> EffectOverTime:
    return EffectOverTime(
        definition=Definition("effect_over_time", "q", {"estimand": "ATT"}), effects=effects
    )


def overview(*effects: Effect) -> EffectOverview:
    return EffectOverview(
        definition=Definition("effect_overview", "all"),
        effects=effects,
        primary=tuple(True for _ in effects),
        adjusted=tuple(0.01 for _ in effects),
        confirmatory=False,
    )


def target_trial(one: Effect, person_trials: int = 343) -> TargetTrial:
    told = TrialEffect(
        trials="first",
        grace_days=91,
        adherence="per_protocol",
        horizon_months=12,
        effect=one,
        months=replace(effect().fit, value=31.3, lower=-4.44, upper=66.6),
        person_trials=person_trials,
    )
    return TargetTrial(
        definition=Definition("target_trial", "x", {"trial": {"estimand": "ATT"}}),
        measure="course",
        endpoint="goal",
        months=(0, 1),
        ages=(16, 64),
        covariates=("age",),
        effects=(told,),
    )


def cost_line(**other: Any) -> Costs:
    given: dict[str, Any] = {
        "measure": "course",
        "funding_class": "1",
        "persons": 200,
        "participations": 200,
        "without_cost": 0,
        "cost": 2499.0,
    }
    return Costs(definition=Definition("costs", "all"), lines=(CostLine(**(given | other)),), effects=())


def costs() -> Costs:
    fit = effect(2000).fit
    told = EffectCost(
        effect=effect(2000),
        cost=2499.0,
        additional_cost=1878.0,
        price=10_000.0,
        ratio=cost_per_additional(1878.0, fit.value, fit.std_error),
    )
    return replace(cost_line(), effects=(told,))


def truth(one: CurveGroup) -> TruthComparison:
    row = TruthRow(
        estimate=as_curves(one),
        level="all",
        days=183,
        value=0.41,
        std_error=0.02,
        truth=0.4,
        truth_std_error=0.002,
    )
    return TruthComparison(definition=Definition("truth", "all"), rows=(row,))


def lost(persons: int) -> tuple[Lost, ...]:
    return (Lost(factor="sex", level="", persons=persons, events=0),)


def one_of_each() -> dict[type[Estimate], Estimate]:
    """One estimate of every kind, with large and small numbers in it."""
    large = draw_group(600, 2)
    return {
        Absent: Absent(definition=Definition("costs", "all"), lacking=("ratings",)),
        CountTable: table([[120, 31], [43, 2], [0, 9]], total=205, shares="of_total", sensitive=True),
        Curves: as_curves(large, draw_group(300, 3, level="other")),
        Model: model(missing=lost(4)),
        SideBySide: side_by_side(model()),
        StateShares: states((180, 60, 2)),
        ArrivalComparison: arrivals(200, 80),
        GoalAttainment: goals(200, 100, adapted=4),
        Effect: effect(),
        EffectByGroup: by_group([[200, 400], [2, 30]]),
        EffectOverTime: over_time(effect()),
        EffectOverview: overview(effect()),
        TargetTrial: target_trial(effect()),
        Costs: costs(),
        QuantileTable: quantile(0.5, 500),
        DistributionTable: distribution(120),
        TruthComparison: truth(large),
        TwoPerspectives: perspectives(),
        Funnel: funnel(),
        SystemAccess: access(),
        Funding: funding(),
        CaseloadOverTime: caseload(),
        CaseloadModel: caseload_model(model()),
        PerceivedEffects: perceived(effect()),
    }


def perspectives(nobody: int = 0, pairs: int = 400) -> TwoPerspectives:
    return perspectives_of(drawn_pairs(pairs, 1), nobody=nobody)


def perceived(one: Effect) -> PerceivedEffects:
    return PerceivedEffects(
        definition=Definition("perceived_effects", "all"),
        perspectives=(perspectives(),),
        effects=overview(one),
    )


def funnel(persons: int = 143, workers: int = 3, dimension: str = "provider") -> Funnel:
    """Three groups, the second of so many persons."""
    sizes, happened = (81, persons, 118), (27, persons * 3 // 10, 46)
    fit = SimpleNamespace(
        groups=tuple("abc"),
        observed=np.array(happened, dtype=float),
        expected=np.array((0.31, 0.27, 0.33)) * sizes,
        dispersion=1.07,
        parameters=2,
    )
    return Funnel(
        definition=Definition("providers", "goal/provider"),
        endpoint="goal",
        dimension=dimension,
        column="provider",
        landmark_days=90,
        horizon_days=365,
        case_mix=("sex",),
        fit=fit,
        compared=tuple(
            FunnelGroup(level=level, persons=n, events=k, workers=workers, beside_largest=50)
            for level, n, k in zip("abc", sizes, happened, strict=True)
        ),
        too_small=(),
        terms=(),
        left_out=0,
        one_place_a_worker=True,
        other="social_space",
        tied="strongly",
    )


def access(persons: int = 200, prevalent: int = 40) -> SystemAccess:
    curves = as_curves(group(persons, persons // 2, "school"), group(200, 100, "work"))
    return SystemAccess(
        definition=Definition("access_to_systems", "all"),
        key="all",
        curves=curves,
        while_open=curves,
        prevalent=(prevalent, 60),
    )


def funding(begun: int = 60) -> Funding:
    day = dt.date(2017, 1, 1)
    return Funding(
        definition=Definition("funding", "all"),
        spells=(FundingSpell(measure="course", funding_class="1", since=day, until=None),),
        begun=table(
            [[begun], [80]],
            rows=("2017-Q1", "2017-Q2"),
            row_dimension="quarter",
            unit="records",
            persons=np.array([[begun], [80]]),
        ),
        lines=cost_line().lines,
        shown_until=dt.date(2017, 6, 30),
    )


def caseload(workers: int = 60) -> CaseloadOverTime:
    return CaseloadOverTime(
        definition=Definition("caseload", "all"),
        spread=distribution(
            workers, rows=("2017-Q2",), row_dimension="quarter", unit="cases", probabilities=(0.25, 0.5, 0.8)
        ),
        open_cases=np.array([1234.0]),
        persons=np.array([1300]),
        full_time_equivalents=np.array([31.5]),
    )


def caseload_model(one: Model) -> CaseloadModel:
    return CaseloadModel(definition=Definition("caseload_model", "m"), model=one, per_cases=10, workers=60)


def told(content: Any) -> int:
    """How many figures a release tells."""
    if isinstance(content, dict):
        return sum(told(value) for value in content.values())
    if isinstance(content, list):
        return sum(map(told, content))
    return int(isinstance(content, int | float) and not isinstance(content, bool))
