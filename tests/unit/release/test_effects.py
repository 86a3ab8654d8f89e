from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from effect_samples import make

from hamm_eval.effects import DesignFailure, assess_design
from hamm_eval.estimate import Effect
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy

STRICT = Policy.strict()


@pytest.fixture(scope="module")
def effect() -> Effect:
    return make()


def whole_points(value: float | None) -> bool:
    return value is not None and abs(value * 100 - round(value * 100)) < 1e-9


def test_differences_are_whole_percentage_points(effect: Effect) -> None:
    release = release_effect(effect, STRICT)
    assert release.withheld == ()
    for interval in (
        release.difference,
        release.difference_by_worker,
        release.departure,
        release.negative_control,
    ):
        assert interval is not None
        assert all(map(whole_points, (interval.value, interval.lower, interval.upper)))
    assert release.difference.value == pytest.approx(effect.fit.value, abs=0.005)
    assert release.difference.upper == pytest.approx(effect.fit.upper, abs=0.005)
    assert release.std_error == pytest.approx(effect.fit.std_error, abs=0.0025)
    assert (release.detectable, release.estimand) == (0.12, "ATT")


def test_risks_and_difference_agree_on_the_page(effect: Effect) -> None:
    release = release_effect(effect, STRICT)
    assert release.risk_treated - release.risk_control == pytest.approx(release.difference.value)
    assert release.risk_control == pytest.approx(effect.fit.mean_control, abs=0.05)


@pytest.mark.parametrize("persons", [150, 220, 600, 1500])
def test_rule_2_the_risk_of_an_arm_does_not_tell_its_number_of_events(persons: int) -> None:
    effect = make(persons)
    release = release_effect(effect, STRICT)
    if release.withheld:
        return
    # Each count that some unrounded risk of the controls and the rounded size of the arm allow.
    assert release.treated.value is not None
    step = next(s for s in (0.01, 0.02, 0.05, 0.1) if min(effect.treated, effect.controls) * s >= 4)
    low, high = release.risk_treated - step / 2 - 0.005, release.risk_treated + step / 2 + 0.005
    sizes = range(release.treated.value - 2, release.treated.value + 3)
    feasible = {events for size in sizes for events in range(size + 1) if low <= events / size <= high}
    assert effect.events_treated in feasible
    assert len(feasible) >= 5


def test_a_failing_design_shows_the_design_and_no_estimate(effect: Effect) -> None:
    failures = (
        DesignFailure("balance", 0.3127, 0.1, covariate="schooling=university"),
        DesignFailure("effective_n", 4.2, 30.0, arm="treated"),
        DesignFailure("events_per_parameter", 2.4, 5.0, model="outcome"),
    )
    release = release_effect(replace(effect, failures=failures), STRICT)
    assert release.withheld == (
        ("balance", {"value": 0.31, "limit": 0.1, "covariate": "schooling=university"}),
        ("effective_n", {"value": 7, "limit": 30.0, "arm": "treated"}),
        # Without its value: the number of parameters is known, and with it that of the events.
        ("events_per_parameter", {"limit": 5.0, "model": "outcome"}),
    )
    estimates = (
        release.risk_treated,
        release.risk_control,
        release.difference,
        release.difference_by_worker,
        release.departure,
        release.negative_control,
        release.std_error,
    )
    assert estimates == (None,) * 7
    assert release.balance
    assert release.overlap_treated
    assert release.detectable == 0.12
    assert release.flow.cells[1][0].value is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"treated": 49}, ("too_few_persons", {"arm": "treated"})),
        ({"events_controls": 7}, ("too_few_events", {"arm": "control"})),
        ({"parameters": 595}, ("residual_freedom", {})),
        ({"fit": None}, ("not_estimable", {})),
    ],
)
def test_the_gate_withholds_what_a_small_arm_would_tell(
    effect: Effect, change: dict[str, Any], reason: Any
) -> None:
    release = release_effect(replace(effect, **change), STRICT)
    assert reason in release.withheld
    assert release.difference is None


def test_nearly_everyone_reaching_the_goal_is_withheld_too(effect: Effect) -> None:
    release = release_effect(replace(effect, events_treated=effect.treated - 3), STRICT)
    assert release.withheld == (("too_few_events", {"arm": "treated"}),)


def test_diagnostics_are_binned_and_counted_by_rule_2(effect: Effect) -> None:
    release = release_effect(effect, STRICT)
    assert len(release.overlap_edges) == 11
    assert len(release.overlap_treated) == len(release.overlap_controls) == 10
    assert all(n is None or n == 0 or (n % 5 == 0 and n > 7) for n in release.overlap_treated)
    exact = effect.fit.overlap.treated.reshape(10, 2).sum(axis=1)
    for shown, count in zip(release.overlap_treated, exact, strict=True):
        assert shown is None or abs(shown - count) <= 2
    assert release.effective_treated % 5 == 0
    assert [row.covariate for row in release.balance] == list(effect.fit.balance.names)
    assert release.balance_limit == pytest.approx(assess_design(effect.fit).balance_limit, abs=0.005)
