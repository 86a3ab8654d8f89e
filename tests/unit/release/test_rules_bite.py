"""Each rule does something for each kind of release: with the rule taken out, more is shown."""

from __future__ import annotations

from dataclasses import replace

import every_kind as kinds
import numpy as np
import pytest
from every_kind import effect, model, one_of_each, table, told
from exact import as_curves, draw_group

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    AttainmentModel,
    CaseloadModel,
    CaseloadOverTime,
    Costs,
    CountTable,
    Curves,
    DistributionTable,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Funding,
    Funnel,
    GoalAttainment,
    GoalScores,
    Model,
    PerceivedEffects,
    QuantileTable,
    SideBySide,
    StateShares,
    SystemAccess,
    TargetTrial,
    TruthComparison,
    TwoPerspectives,
    WorkerShare,
)
from hamm_eval.release import gate
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy, numbers

STRICT = Policy.strict()

# Which rules of shared/design speak of which kind; rule 8, of quarters, is the register's.
SPEAKS_OF: dict[type[Estimate], set[int]] = {
    CountTable: {1, 2, 3, 7, 9},
    Curves: {2, 3, 5, 7, 9},
    Model: {2, 6, 7, 9},
    SideBySide: {6},
    StateShares: {2, 3, 5, 7},
    ArrivalComparison: {2, 3, 5, 6},
    GoalAttainment: {2, 3, 5},
    Effect: {2, 3, 5, 6, 7},
    EffectByGroup: {5, 7, 9},
    EffectOverTime: {5},
    EffectOverview: {5},
    TargetTrial: {2, 5},
    Costs: {1, 2, 4},
    QuantileTable: {4, 9},
    DistributionTable: {4, 9},
    TruthComparison: {5},
    TwoPerspectives: {2, 3},
    PerceivedEffects: {2},
    Funnel: {2, 9},
    SystemAccess: {2, 3, 5},
    Funding: {2},
    CaseloadOverTime: {2, 4},
    CaseloadModel: {6},
}

# Kinds and numbers whose rules are tried in tests/attack/test_goal_attack.py.
TRIED_THERE: set[type[Estimate]] = {GoalScores, AttainmentModel, WorkerShare}
IN_GOAL_ATTACK = {"share_workers", "largest_worker_percent", "variance_share_step"}

FEW = effect(120)
RARE = replace(effect(), events_treated=7)

# Rule, number of the policy, what it is without the rule, and an estimate that the rule keeps small.
NUMBERS: list[tuple[int, str, int, Estimate]] = [
    (2, "largest_hidden_count", 0, table([4, 40])),
    (2, "count_rounding", 1, table([43, 41])),
    (2, "smallest_denominator", 1, table([9, 0], shares="of_column")),
    (2, "largest_hidden_percent", 100, table([30, 7, 7], shares="of_column")),
    (7, "feasible_values", 1, table([31, 7], total=38)),
    (4, "quantile_persons", 1, kinds.quantile(0.5, 9)),
    (4, "outer_quantile_persons", 1, kinds.quantile(0.8, 49)),
    (4, "tail_persons", 1, kinds.quantile(0.95, 60)),
    (4, "quantile_step_days", 1, kinds.quantile(0.5, 500)),
    (4, "quantile_persons", 1, kinds.distribution(9)),
    (4, "outer_quantile_persons", 1, kinds.distribution(49, probabilities=(0.25, 0.5, 0.8))),
    (4, "quantile_step_days", 1, kinds.distribution(500)),
    (5, "curve_persons", 1, as_curves(kinds.group(49, 25))),
    (5, "curve_events", 1, as_curves(kinds.group(60, 19))),
    (5, "curve_rounding", 1, as_curves(kinds.group(200, 100))),
    (5, "curve_step_events", 1, as_curves(kinds.group(200, 100))),
    (5, "curve_at_risk", 1, as_curves(kinds.group(102, 100))),
    (5, "curve_grid_days", 1, as_curves(draw_group(300, 1))),
    (5, "curve_lag_percent", 100, as_curves(draw_group(60, 0, start_at=30))),
    (5, "curve_decimals", 9, as_curves(kinds.group(200, 100))),
    (5, "share_decimals", 9, as_curves(kinds.group(200, 100))),
    (2, "largest_hidden_count", 0, as_curves(kinds.group(60, 5))),
    (7, "feasible_values", 1, as_curves(kinds.group(1, 0, "few"), kinds.group(100, 50, "many"))),
    (6, "model_events_per_parameter", 1, model(200, 9, (60, 20, 40))),
    (6, "model_residual_freedom", 1, model(10, 40, (60, 20, 40))),
    (6, "level_persons", 1, model(200, 60, (9, 8, 8))),
    (6, "level_events", 1, model(200, 60, (40, 7, 33))),
    (6, "level_non_events", 1, model(200, 60, (40, 33, 7))),
    (6, "coefficient_decimals", 9, model(200, 60, (40, 20, 20))),
    (2, "largest_hidden_count", 0, model(missing=kinds.lost(5))),
    (7, "feasible_values", 1, model(31, missing=kinds.lost(7))),
    (6, "level_events", 1, kinds.side_by_side(model(200, 60, (40, 7, 33)))),
    (2, "largest_hidden_count", 0, kinds.states((150, 50, 5))),
    (5, "curve_persons", 1, kinds.states((30, 10, 8))),
    (7, "feasible_values", 1, kinds.states((31, 20, 7))),
    (2, "count_rounding", 1, kinds.arrivals(203, 81)),
    (5, "curve_persons", 1, kinds.arrivals(49, 25)),
    (5, "curve_events", 1, kinds.arrivals(100, 19)),
    (6, "level_events", 1, kinds.arrivals(200, 80, level=7)),
    (2, "largest_hidden_count", 0, kinds.goals(200, 100, adapted=5)),
    (5, "curve_persons", 1, kinds.goals(49, 25)),
    (2, "largest_hidden_count", 0, RARE),
    (5, "effect_persons", 1, FEW),
    (6, "model_residual_freedom", 1, replace(effect(), parameters=595)),
    (7, "feasible_values", 1, replace(effect(), departed_treated=9, departed_controls=9)),
    (7, "feasible_values", 1, kinds.by_group([[31, 300], [7, 300]])),
    (5, "effect_persons", 1, kinds.by_group([[300, 300], [300, 300]], FEW, FEW)),
    (5, "effect_persons", 1, kinds.over_time(FEW)),
    (5, "effect_persons", 1, kinds.overview(FEW)),
    (5, "effect_persons", 1, kinds.target_trial(FEW)),
    (2, "largest_hidden_count", 0, kinds.target_trial(effect(), person_trials=5)),
    (2, "largest_hidden_count", 0, kinds.cost_line(persons=7, participations=7)),
    (4, "quantile_persons", 1, kinds.cost_line(persons=9, participations=9)),
    (4, "money_step", 1, kinds.cost_line()),
    (5, "curve_persons", 1, kinds.truth(kinds.group(49, 25))),
    (5, "overlap_bins", 20, effect()),
    (2, "largest_hidden_count", 0, kinds.perspectives(nobody=5)),
    (2, "agreement_pairs", 1, kinds.perspectives(pairs=49)),
    (2, "count_rounding", 1, kinds.perceived(effect())),
    (2, "count_rounding", 1, kinds.funnel(persons=143)),
    (9, "group_workers", 1, kinds.funnel(workers=1)),
    (2, "largest_hidden_count", 0, kinds.access(prevalent=5)),
    (5, "curve_persons", 1, kinds.access(persons=49)),
    (2, "largest_hidden_count", 0, kinds.funding(begun=5)),
    (2, "count_rounding", 1, kinds.caseload()),
    (4, "outer_quantile_persons", 1, kinds.caseload(workers=49)),
    (6, "level_events", 1, kinds.caseload_model(model(200, 60, (40, 7, 33)))),
]  # fmt: skip

# Rule 1: the persons behind each count; without it the count itself decides. Rule 3: sensitive attributes.
RECORDS = table([40], unit="records", persons=np.array([[3]]))
WITH_AND_WITHOUT: list[tuple[int, Estimate, Estimate]] = [
    (1, RECORDS, replace(RECORDS, persons=np.array([[40]]))),
    (1, kinds.cost_line(persons=5, participations=60), kinds.cost_line(persons=60, participations=60)),
    (3, table([[40, 0]], shares="of_row", sensitive=True), table([[40, 0]], shares="of_row")),
    (3, as_curves(kinds.nearly_all(), sensitive=True), as_curves(kinds.nearly_all())),
]  # fmt: skip

# Rule 3 where everything is sensitive: nearly all of a group that is defined by residence status.
NEARLY_ALL = as_curves(kinds.nearly_all())
HIGH = replace(effect().fit, value=0.05, lower=0.01, upper=0.09, mean_control=0.93)
THROUGHOUT: list[Estimate] = [
    NEARLY_ALL,
    replace(kinds.access(), curves=NEARLY_ALL, while_open=NEARLY_ALL, prevalent=(40,)),
    replace(kinds.goals(200, 100), curves=NEARLY_ALL),
    kinds.states((400, 9, 9)),
    kinds.arrivals(200, 196),
    replace(effect(), fit=HIGH),
    kinds.perspectives(nobody=8),
]

WORKERS: list[Estimate] = [
    table([40, 50], row_dimension=gate.SINGLE_WORKERS),
    replace(as_curves(draw_group(300, 1)), dimension=gate.SINGLE_WORKERS),
    replace(model(), terms=(replace(model().terms[0], factor=gate.SINGLE_WORKERS),)),
    kinds.by_group([[200, 400], [200, 400]], dimension=gate.SINGLE_WORKERS),
    kinds.funnel(dimension=gate.SINGLE_WORKERS),
    kinds.quantile(0.5, 100, row_dimension=gate.SINGLE_WORKERS),
    kinds.distribution(100, row_dimension=gate.SINGLE_WORKERS),
]


@pytest.mark.parametrize(
    ("number", "without", "estimate"),
    [case[1:] for case in NUMBERS],
    ids=[f"{rule}-{name}-{type(estimate).__name__}" for rule, name, _, estimate in NUMBERS],
)
def test_without_its_number_more_is_shown(number: str, without: int, estimate: Estimate) -> None:
    loose = STRICT.model_copy(update={number: without})
    strict, loosened = release(estimate, STRICT), release(estimate, loose)
    assert loosened != strict
    assert told(to_json(loosened)) >= told(to_json(strict))
    if getattr(strict, "withheld", ()):
        assert not loosened.withheld  # type: ignore[attr-defined]


@pytest.mark.parametrize(("guarded", "bare"), [case[1:] for case in WITH_AND_WITHOUT])
def test_without_its_rule_more_is_shown(guarded: Estimate, bare: Estimate) -> None:
    assert told(to_json(release(guarded, STRICT))) < told(to_json(release(bare, STRICT)))


@pytest.mark.parametrize("estimate", THROUGHOUT, ids=lambda estimate: type(estimate).__name__)
def test_of_nearly_all_less_is_shown_where_that_tells_a_status(estimate: Estimate) -> None:
    throughout = STRICT.model_copy(update={"sensitive_throughout": True})
    assert told(to_json(release(estimate, throughout))) < told(to_json(release(estimate, STRICT)))


@pytest.mark.parametrize("estimate", WORKERS, ids=lambda estimate: type(estimate).__name__)
def test_rule_9_single_social_workers_are_never_shown(
    estimate: Estimate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ReleaseRefused, match="social workers"):
        release(estimate, STRICT)
    monkeypatch.setattr(gate, "SINGLE_WORKERS", "nobody")
    assert told(to_json(release(estimate, STRICT))) > 0


def test_every_number_has_its_case() -> None:
    assert {name for _, name, _, _ in NUMBERS} | IN_GOAL_ATTACK == set(numbers())


def test_every_rule_is_tried_on_every_kind_that_it_speaks_of() -> None:
    # A new kind of release is entered in SPEAKS_OF, and in every_kind.py.
    assert set(SPEAKS_OF) == set(gate._RULES) - {Absent} - TRIED_THERE == set(one_of_each()) - {Absent}
    tried: dict[type[Estimate], set[int]] = {kind: set() for kind in SPEAKS_OF}
    for rule, *_, estimate in (*NUMBERS, *WITH_AND_WITHOUT):
        tried[type(estimate)].add(rule)
    for estimate in WORKERS:
        tried[type(estimate)].add(9)
    for estimate in THROUGHOUT:
        tried[type(estimate)].add(3)
    assert tried == SPEAKS_OF
