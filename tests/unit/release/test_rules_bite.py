"""Each number of the policy does something: with its rule taken out, more is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.estimate import (
    CostLine,
    Costs,
    CountTable,
    CurveGroup,
    Definition,
    Model,
    QuantileTable,
    Term,
)
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy

STRICT = Policy.strict()


def counts(values: list[int], **other: Any) -> Callable[[Policy], Any]:
    table = CountTable(
        definition=Definition("cohort", "t"),
        rows=tuple(map(str, range(len(values)))),
        columns=("persons",),
        row_dimension="r",
        column_dimension="",
        counts=np.array(values)[:, None],
        **other,
    )
    return lambda policy: release(table, policy)


def group(persons: int, events: int) -> CurveGroup:
    time = np.array([20 + 3 * k for k in range(events)] + [600] * (persons - events))
    return CurveGroup(
        level="all",
        entry=np.zeros(persons, dtype=int),
        time=time,
        cause=(np.arange(persons) < events).astype(int),
        cluster=np.arange(persons),
        start_at=0.0,
    )


def curves(one: CurveGroup) -> Callable[[Policy], Any]:
    return lambda policy: release(as_curves(one), policy)


def quantile(probability: float, persons: int) -> Callable[[Policy], Any]:
    table = QuantileTable(
        definition=Definition("cohort", "q"),
        rows=("cases",),
        row_dimension="table",
        probability=probability,
        values=np.array([43.0]),
        persons=np.array([persons]),
        unit="days",
        beside=np.array([np.nan]),
    )
    return lambda policy: release(table, policy)


class Fit:
    names = ("sex=male",)
    hazard_ratio = np.array([1.2345])
    lower = np.array([1.0123])
    upper = np.array([1.5123])
    notes = ()


def model(persons: int, events: int, level: tuple[int, int, int]) -> Callable[[Policy], Any]:
    term = Term(factor="sex", level="male", persons=level[0], events=level[1], non_events=level[2])
    other = Term(factor="sex", level="female", persons=90, events=40, non_events=50)
    estimate = Model(
        definition=Definition("associations", "m"),
        endpoint="language_b1",
        terms=(term,),
        references=(other,),
        fit=Fit(),
        persons=persons,
        events=events,
    )
    return lambda policy: release(estimate, policy)


def cost(euros: float) -> Callable[[Policy], Any]:
    line = CostLine(
        measure="course", funding_class="1", persons=200, participations=200, without_cost=0, cost=euros
    )
    estimate = Costs(definition=Definition("costs", "all"), lines=(line,), effects=())
    return lambda policy: release(estimate, policy)


@pytest.mark.parametrize(
    ("number", "without", "show"),
    [
        ("largest_hidden_count", 0, counts([4, 40])),
        ("count_rounding", 1, counts([43, 41])),
        ("smallest_denominator", 1, counts([9, 0], shares="of_column")),
        ("largest_hidden_percent", 100, counts([30, 7, 7], shares="of_column")),
        ("feasible_values", 1, counts([31, 7], total=38)),
        ("quantile_persons", 1, quantile(0.5, 9)),
        ("outer_quantile_persons", 1, quantile(0.8, 49)),
        ("tail_persons", 1, quantile(0.95, 60)),
        ("quantile_step_days", 1, quantile(0.5, 500)),
        ("curve_persons", 1, curves(group(49, 25))),
        ("curve_events", 1, curves(group(60, 19))),
        ("curve_rounding", 1, curves(group(200, 100))),
        ("curve_step_events", 1, curves(group(200, 100))),
        ("curve_at_risk", 1, curves(group(102, 100))),
        ("curve_grid_days", 1, curves(draw_group(300, 1))),
        ("curve_lag_percent", 100, curves(draw_group(60, 0, start_at=30))),
        ("curve_decimals", 9, curves(group(200, 100))),
        ("share_decimals", 9, curves(group(200, 100))),
        ("model_events_per_parameter", 1, model(200, 9, (60, 20, 40))),
        ("model_residual_freedom", 1, model(10, 40, (60, 20, 40))),
        ("level_persons", 1, model(200, 60, (9, 8, 8))),
        ("level_events", 1, model(200, 60, (40, 7, 33))),
        ("level_non_events", 1, model(200, 60, (40, 33, 7))),
        ("coefficient_decimals", 9, model(200, 60, (40, 20, 20))),
        ("money_step", 1, cost(2499.0)),
    ],
)
def test_without_its_rule_more_is_shown(number: str, without: int, show: Callable[[Policy], Any]) -> None:
    loose = STRICT.model_copy(update={number: without})
    strict, loosened = show(STRICT), show(loose)
    assert loosened != strict
    if hasattr(strict, "withheld") and strict.withheld:
        assert not loosened.withheld


def test_every_number_has_its_case() -> None:
    (mark,) = test_without_its_rule_more_is_shown.pytestmark  # type: ignore[attr-defined]
    tested = {case[0] for case in mark.args[1]}
    # Those of an effect, a funnel and sensitive groups are tried in test_effects.py and in tests/attack, that
    # of agreement in test_perspectives_release.py.
    elsewhere = {
        "name",
        "share_ceiling",
        "effect_persons",
        "overlap_bins",
        "group_workers",
        "sensitive_throughout",
        "agreement_pairs",
    }
    assert tested | elsewhere == set(Policy.model_fields)
