from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from effect_samples import make

from hamm_eval.effects import DesignFailure, assess_design
from hamm_eval.estimate import Effect
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy
from hamm_eval.report import render
from hamm_eval.report.wording import Wording

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
    # Of the interval shown: two roundings of one number would be narrower together than either.
    width = release.difference.upper - release.difference.lower
    assert release.std_error == pytest.approx(width / 2 / 1.959964, abs=0.0005)
    assert release.std_error == pytest.approx(effect.fit.std_error, abs=0.003)
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


@pytest.mark.parametrize(
    "change",
    [
        {"departed_treated": 7},
        {"departed_treated": 0},
        {"departed_controls": 1},
        {"departed_treated": 10**6},
    ],
)
def test_few_departures_or_few_who_stayed_are_told_in_a_word(effect: Effect, change: dict[str, int]) -> None:
    if change.get("departed_treated") == 10**6:
        change = {"departed_treated": effect.treated - 7}
    release = release_effect(replace(effect, **change), STRICT)
    assert release.difference is not None
    assert (release.departure, release.departure_withheld) == (None, "too_few_departures")


def test_a_negative_control_is_judged_by_the_rules_of_an_effect(effect: Effect) -> None:
    control = effect.negative_control
    assert control is not None
    for change, reason in (
        ({"failures": (DesignFailure("balance", 0.3, 0.1, covariate="age"),)}, "balance"),
        ({"events_treated": 7}, "too_few_events"),
        ({"events_controls": control.controls - 7}, "too_few_events"),
        ({"treated": 49}, "too_few_persons"),
        ({"fit": None}, "not_estimable"),
    ):
        release = release_effect(replace(effect, negative_control=replace(control, **change)), STRICT)
        assert release.difference is not None
        assert (release.negative_control, release.negative_control_withheld) == (None, reason)
        assert not release.control_differs
    shown = release_effect(effect, STRICT)
    assert shown.negative_control is not None
    assert (shown.negative_control_withheld, shown.control_differs) == ("", False)


def test_a_variance_by_worker_that_is_missing_says_why(effect: Effect) -> None:
    release = release_effect(replace(effect, by_worker=None, by_worker_missing="few_workers"), STRICT)
    assert (release.difference_by_worker, release.by_worker_withheld) == (None, "few_workers")
    failing = replace(effect, failures=(DesignFailure("balance", 0.3, 0.1, covariate="age"),))
    assert release_effect(failing, STRICT).by_worker_withheld == ""


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_not_told_has_words_and_a_failing_control_a_warning(effect: Effect, language: str) -> None:
    wording = Wording(language)
    few = replace(effect, departed_treated=3, by_worker=None, by_worker_missing="few_workers")
    html = render(release_effect(few, STRICT), wording).html
    assert wording.text("effect.not_told.too_few_departures") in html
    assert wording.text("effect.not_told.by_worker_few_workers") in html
    said = wording.text("effect.control_differs", endpoint=wording.endpoint("social_participation"))
    assert said not in html
    control = effect.negative_control
    assert control is not None
    apart = replace(control, fit=replace(control.fit, value=0.1, lower=0.03, upper=0.17))
    found = release_effect(replace(effect, negative_control=apart), STRICT)
    html = render(found, wording).html
    assert found.control_differs
    # Directly beneath the effect, before anything else is said of it.
    assert html.index("he-headline") < html.index(said) < html.index(wording.text("effect.caution"))


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_reason_for_which_a_figure_beside_an_effect_is_missing_has_words(language: str) -> None:
    keys = [f"by_worker_{reason}" for reason in ("workers_unknown", "few_workers", "not_estimable")]
    keys += ["too_few_departures", "not_estimable"]
    failures = (
        "balance", "overlap", "effective_n", "effective_share", "weight_share", "events_per_parameter",
        "level_too_small", "not_estimable", "too_few_persons", "too_few_events", "residual_freedom",
    )  # fmt: skip
    keys += [f"control_{reason}" for reason in failures]
    for key in keys:
        assert Wording(language).has(f"effect.not_told.{key}"), key
