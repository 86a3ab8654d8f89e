"""The landmark comparison, step by step, and what happens where the design fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL, cohort_of, params

from hamm_eval.analysis.arms import estimate_by_worker
from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.cohort import landmark_trial
from hamm_eval.effects import (
    DesignFailure,
    DesignVerdict,
    departure_tipping_point,
    e_value,
    effect_at_horizon,
    summarise_design,
)
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.params import EventSource, Label, NegativeControl, Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedEffect

DAY_0 = pd.Timestamp("2016-01-01")


def starts(**day: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"person_id": list(day), "started_on": [DAY_0 + pd.Timedelta(days=d) for d in day.values()]}
    )


def test_each_step_of_the_flow_and_who_counts_as_treated() -> None:
    rows = pd.DataFrame(
        [
            # person, entry, time, cause, ending, followed_until
            ("goal_on_landmark", 0, 90, 1, "event", 500),
            ("left_before", 0, 50, 2, "competing", 500),
            ("closed_before", 0, 90, 0, "closed", 500),
            ("late_file", 91, 500, 0, "administrative", 500),
            ("too_short", 0, 200, 1, "event", 454),
            ("just_long_enough", 90, 455, 0, "administrative", 455),
            ("begun_before", 0, 500, 0, "administrative", 500),
            ("on_day_0", 0, 500, 0, "administrative", 500),
            ("on_landmark", 0, 91, 1, "event", 500),
            ("after_landmark", 0, 500, 0, "administrative", 500),
        ],
        columns=["person_id", "entry", "time", "cause", "ending", "followed_until"],
    )
    begun = starts(begun_before=-1, on_day_0=0, on_landmark=90, after_landmark=91)
    trial = landmark_trial(cohort_of(rows), begun, landmark_days=90, horizon_days=365)
    assert dict(trial.flow) == {
        "cohort": 10,
        "followed_to_horizon": 9,
        "observed_by_landmark": 8,
        "goal_open_at_landmark": 7,
        "present_at_landmark": 6,
        "case_open_at_landmark": 5,
        "measure_not_begun_before": 4,
    }
    assert dict(zip(trial.rows["person_id"], trial.rows["treated"], strict=True)) == {
        "just_long_enough": 0,
        "on_day_0": 1,
        "on_landmark": 1,
        "after_landmark": 0,
    }


def test_the_first_start_decides() -> None:
    rows = pd.DataFrame(
        {"person_id": ["a"], "entry": [0], "time": [500], "cause": [0], "followed_until": [500]}
    )
    begun = pd.concat([starts(a=200), starts(a=10)])
    trial = landmark_trial(cohort_of(rows), begun, landmark_days=90, horizon_days=365)
    assert trial.rows["treated"].tolist() == [1]


def test_nobody_followed_long_enough_is_an_empty_comparison() -> None:
    rows = pd.DataFrame(
        {"person_id": ["a"], "entry": [0], "time": [50], "cause": [0], "followed_until": [50]}
    )
    trial = landmark_trial(cohort_of(rows), starts(a=10), landmark_days=90, horizon_days=365)
    assert trial.rows.empty and "treated" in trial.rows
    assert {step: left for step, left in trial.flow if step != "cohort"} == dict.fromkeys(
        [step for step, _ in trial.flow[1:]], 0
    )


def question(**more: Any) -> Params:
    asked = {
        "measure": "course",
        "endpoint": "goal",
        "adjust_for": {"age": LABEL},
        "landmark_days": 30,
        "horizon_days": 200,
        "negative_control": {"endpoint": "control", "reason": LABEL},
    }
    goal = {
        "label": LABEL,
        "event": {"table": "language_tests", "date": "tested_on"},
        "at_risk": {"max_age": 130},
        "competing": {"departure": {"table": "departures", "date": "departed_on"}},
    }
    return params(
        # A control that is no control: an endpoint of its own name, by the same event.
        endpoints={"goal": goal, "control": goal},
        measures={"course": {"label": LABEL, "domain": "language"}},
        reporting_delay_days={"language_tests": 0, "departures": 0, "participations": 0},
        measure_effectiveness={"q": asked | more},
    )


def city(n: int = 400, *, treated_share: float = 0.4, seed: int = 3, worker: Any = "w0") -> SimpleNamespace:
    """Persons eligible on one day; the older take part less, the treated reach the goal more often.

    Ten social workers; `worker` stands for the first of them.
    """
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 60, n)
    who = np.array([f"p{i:04d}" for i in range(n)])
    takes_part = rng.random(n) < treated_share * np.where(age < 40, 1.3, 0.7)
    reached = rng.random(n) < np.where(takes_part, 0.55, 0.35) - (age - 40) * 0.005
    left = ~reached & (rng.random(n) < 0.15)
    day = rng.integers(40, 220, n)

    def on(mask: np.ndarray) -> pd.Series:
        return pd.Series(DAY_0 + pd.to_timedelta(day[mask], unit="D"))

    frames = {
        "persons": pd.DataFrame(
            {
                "person_id": who,
                "household_id": who,
                "population": "refugee",
                "birth_month": [pd.Timestamp(2016 - int(a), 1, 1) for a in age],
                "arrived_on": DAY_0,
            }
        ),
        "cases": pd.DataFrame(
            {
                "case_id": who,
                "person_id": who,
                "social_worker": [f"w{i % 10}" if i % 10 else worker for i in range(n)],
                "provider": "awo",
                "social_space": "north",
                "opened_on": DAY_0,
                "closed_on": pd.NaT,
                "closing_reason": None,
            }
        ),
        "participations": pd.DataFrame(
            {"person_id": who[takes_part], "measure_id": "course", "started_on": DAY_0 + pd.Timedelta(days=9)}
        ),
        "language_tests": pd.DataFrame({"person_id": who[reached], "tested_on": on(reached)}),
        "departures": pd.DataFrame({"person_id": who[left], "departed_on": on(left)}),
    }
    return SimpleNamespace(tables=frames, has=frames.__contains__)


def as_arrays(case_file: SimpleNamespace) -> tuple[Any, ...]:
    """Time, cause, treated and covariates of the city's persons, made without the library."""
    tables = case_file.tables
    persons = tables["persons"]
    tested = persons["person_id"].map(tables["language_tests"].set_index("person_id")["tested_on"])
    gone = persons["person_id"].map(tables["departures"].set_index("person_id")["departed_on"])
    first = pd.concat([tested, gone], axis=1).min(axis=1)
    return (
        (first.fillna(pd.Timestamp("2017-06-30")) - DAY_0).dt.days,
        np.where(tested.notna(), 1, np.where(gone.notna(), 2, 0)),
        persons["person_id"].isin(tables["participations"]["person_id"]).astype(int),
        pd.DataFrame({"age": 2016 - persons["birth_month"].dt.year}),
    )


def comparison(case_file: SimpleNamespace) -> dict[str, Any]:
    """The rest of what the question asks the estimator."""
    households = case_file.tables["persons"]["household_id"].to_numpy()
    entry = np.full(len(households), 30)
    return {
        "horizon": 230, "entry": entry, "cluster": households, "interactions": "none", "small_sample": True,
    }  # fmt: skip


def test_the_estimate_is_the_estimator_applied_to_the_trial() -> None:
    case_file = city()
    effect = measure_effectiveness(case_file, question(), "q")
    direct = effect_at_horizon(*as_arrays(case_file), **comparison(case_file))
    assert effect.fit.value == pytest.approx(direct.value, rel=1e-12)
    assert effect.fit.std_error == pytest.approx(direct.std_error, rel=1e-12)
    assert effect.departure.value == pytest.approx(direct.competing.value, rel=1e-12)
    assert effect.failures == ()
    assert effect.treated + effect.controls == 400
    assert effect.flow.counts[-2:].sum() == 400
    assert effect.detectable > 0


def test_robustness_is_that_of_the_same_comparison() -> None:
    case_file = city()
    effect = measure_effectiveness(case_file, question(), "q")
    *arrays, age = as_arrays(case_file)
    asked = comparison(case_file)
    ratio = effect_at_horizon(*arrays, age, **asked, contrast="risk_ratio")
    assert effect.e_value == e_value(ratio.value, ratio.lower, ratio.upper)
    tipping = departure_tipping_point(*arrays, age, **asked)
    np.testing.assert_allclose(effect.tipping.value, tipping.value, rtol=1e-10)
    assert effect.tipping.vanishes == tipping.vanishes
    without_age = effect_at_horizon(*arrays, None, **asked).value
    assert effect.leave_one_out.names == ("age",)
    assert effect.leave_one_out.values[0] == pytest.approx(without_age, rel=1e-10)
    assert effect.leave_one_out.full == effect.fit.value
    plain = summarise_design(effect.fit)
    assert effect.checks[: len(plain)] == plain


def test_no_robustness_of_an_effect_whose_design_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = DesignVerdict((DesignFailure("overlap", 0.2, 0.1),), (), 0.1)
    monkeypatch.setattr("hamm_eval.analysis.measure_effectiveness.assess_design", lambda _: failed)
    effect = measure_effectiveness(city(), question(), "q")
    assert effect.failures == failed.reasons
    assert effect.checks
    assert (effect.e_value, effect.tipping, effect.leave_one_out) == (None, None, None)


def test_variance_by_worker_goes_by_t_with_workers_less_one() -> None:
    effect = measure_effectiveness(city(), question(), "q")
    assert effect.by_worker.value == pytest.approx(effect.fit.value, rel=1e-12)
    assert effect.by_worker.degrees_of_freedom == 9
    assert effect.by_worker_missing == ""


def test_outcomes_shared_by_a_workers_persons_widen_the_interval_by_worker() -> None:
    case_file = city()
    cases = case_file.tables["cases"]
    reached = cases["person_id"].isin(case_file.tables["language_tests"]["person_id"])
    treated = cases["person_id"].isin(case_file.tables["participations"]["person_id"])
    # Ten workers whose persons all speak for the course and ten whose persons all speak against it, against
    # twenty whose persons are any.
    number = np.arange(len(cases)) % 10
    case_file.tables["cases"] = cases.assign(social_worker=[f"w{i}" for i in np.arange(len(cases)) % 20])
    any_worker = measure_effectiveness(case_file, question(), "q")
    shared = [f"{'yes' if yes else 'no'}{i}" for yes, i in zip(reached == treated, number, strict=True)]
    case_file.tables["cases"] = cases.assign(social_worker=shared)
    own_worker = measure_effectiveness(case_file, question(), "q")

    def width(fit: Any) -> float:
        return float(fit.upper - fit.lower)

    assert any_worker.by_worker.degrees_of_freedom == own_worker.by_worker.degrees_of_freedom == 19
    assert width(any_worker.fit) == width(own_worker.fit)
    assert width(own_worker.by_worker) > 1.5 * width(own_worker.fit)
    assert width(own_worker.by_worker) > 1.5 * width(any_worker.by_worker)


def test_without_workers_there_is_no_variance_by_worker() -> None:
    effect = measure_effectiveness(city(worker=None), question(), "q")
    assert (effect.by_worker, effect.by_worker_missing) == (None, "workers_unknown")
    assert effect.fit is not None
    assert release(effect, Policy.strict()).by_worker_withheld == "workers_unknown"


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_of_few_workers_there_is_an_estimate_and_a_word_in_place_of_their_interval(workers: int) -> None:
    case_file = city()
    cases = case_file.tables["cases"]
    case_file.tables["cases"] = cases.assign(social_worker=[f"w{i % workers}" for i in range(len(cases))])
    effect = measure_effectiveness(case_file, question(), "q")
    assert (effect.by_worker, effect.by_worker_missing) == (None, "few_workers")
    assert release(effect, Policy.strict()).difference is not None


def test_a_variance_by_worker_that_cannot_be_had_is_no_exception() -> None:
    workers = pd.Series([f"w{i}" for i in range(9)])

    def refuse() -> Any:
        raise NotEstimable("No variance.", where="cluster")

    assert estimate_by_worker(workers, refuse) == (None, "not_estimable")
    assert estimate_by_worker(workers, lambda: 3) == (3, "")


def test_too_few_treated_are_a_failure_of_the_design_and_no_estimate() -> None:
    case_file = city(120, treated_share=0.1)
    effect = measure_effectiveness(case_file, question(), "q")
    assert effect.fit is None
    # The arms are told as they are.
    treated = case_file.tables["participations"]["person_id"].nunique()
    assert (effect.treated, effect.controls) == (treated, 120 - treated)
    assert effect.flow.counts[-2:, 0].tolist() == [treated, 120 - treated]
    assert effect.events_treated + effect.events_controls > 20
    assert [(failure.key, failure.arm) for failure in effect.failures] == [("effective_n", "treated")]
    assert effect.detectable == float("inf")
    shown = release(effect, Policy.strict())
    assert isinstance(shown, ReleasedEffect)
    assert (shown.estimand, shown.difference) == ("ATT", None)


def test_a_small_arm_is_not_mistaken_for_small_levels() -> None:
    """Of few treated every level has under five: judged after the covariates nobody would be left."""
    case_file = city(500, treated_share=0.035)
    persons = case_file.tables["persons"]
    case_file.tables["persons"] = persons.assign(kind=[f"k{i % 8}" for i in range(len(persons))])
    asked = question(adjust_for={"age": LABEL, "kind": LABEL})
    effect = measure_effectiveness(case_file, asked, "q")
    treated = case_file.tables["participations"]["person_id"].nunique()
    assert 0 < treated < 30
    assert (effect.treated, effect.controls) == (treated, 500 - treated)
    assert "covariates_known" not in effect.flow.rows
    shown = release(effect, Policy.strict())
    assert {(key, detail.get("arm")) for key, detail in shown.withheld} <= {
        ("effective_n", "treated"), ("too_few_persons", "treated"), ("too_few_events", "treated"),
    }  # fmt: skip
    assert "effective_n" in dict(shown.withheld)


def test_levels_that_take_everybody_out_are_the_reason_and_not_the_arms() -> None:
    case_file = city()
    persons = case_file.tables["persons"]
    case_file.tables["persons"] = persons.assign(kind=[f"k{i % 50}" for i in range(len(persons))])
    effect = measure_effectiveness(case_file, question(adjust_for={"kind": LABEL}), "q")
    treated = case_file.tables["participations"]["person_id"].nunique()
    assert [failure.key for failure in effect.failures] == ["level_too_small"]
    assert (effect.treated, effect.controls) == (treated, 400 - treated)
    shown = release(effect, Policy.strict())
    assert [key for key, _ in shown.withheld] == ["level_too_small"]


def test_departures_are_counted_by_arm() -> None:
    case_file = city()
    effect = measure_effectiveness(case_file, question(), "q")
    time, cause, treated, _ = as_arrays(case_file)
    gone = (cause == 2) & (time.to_numpy() <= 230)
    assert effect.departed_treated == (gone & (treated.to_numpy() == 1)).sum() > 0
    assert effect.departed_controls == (gone & (treated.to_numpy() == 0)).sum()


def test_a_negative_control_is_asked_the_same_way() -> None:
    control = NegativeControl(endpoint="club", reason=Label(**LABEL))
    one = question()
    event = EventSource(table="transitions", date="entered_on")
    asked = one.measure_effectiveness["q"]
    both = one.model_copy(
        update={
            "endpoints": {**one.endpoints, "club": one.endpoints["goal"].model_copy(update={"event": event})},
            "reporting_delay_days": {**one.reporting_delay_days, "transitions": 0},
            "measure_effectiveness": {
                "q": asked.model_copy(update={"negative_control": control}),
                "c": asked.model_copy(update={"endpoint": "club"}),
            },
        }
    )
    case_file = city()
    members = case_file.tables["persons"]["person_id"][::3]
    case_file.tables["transitions"] = pd.DataFrame(
        {"person_id": members, "entered_on": DAY_0 + pd.Timedelta(days=100)}
    )
    effect = measure_effectiveness(case_file, both, "q")
    assert effect.negative_control_endpoint == "club"
    other = measure_effectiveness(case_file, both, "c")
    assert effect.negative_control.fit.value == other.fit.value != effect.fit.value
    # With a design and counts of its own, by which it is judged.
    for name in ("treated", "controls", "events_treated", "events_controls", "failures", "parameters"):
        assert getattr(effect.negative_control, name) == getattr(other, name)
    assert effect.negative_control.definition.id != effect.definition.id


def test_a_negative_control_without_enough_treated_is_told_with_its_reason() -> None:
    one = question()
    event = EventSource(table="transitions", date="entered_on")
    club = one.endpoints["control"].model_copy(update={"event": event})
    asked = one.model_copy(
        update={
            "endpoints": {**one.endpoints, "control": club},
            "reporting_delay_days": {**one.reporting_delay_days, "transitions": 0},
        }
    )
    case_file = city()
    members = case_file.tables["persons"]["person_id"][:30:3]
    case_file.tables["transitions"] = pd.DataFrame(
        {"person_id": members, "entered_on": DAY_0 + pd.Timedelta(days=100)}
    )
    effect = measure_effectiveness(case_file, asked, "q")
    shown = release(effect, Policy.strict())
    assert effect.negative_control.events_treated < 8
    assert shown.difference is not None
    assert shown.negative_control is None
    assert shown.negative_control_withheld in ("too_few_events", "events_per_parameter")


def test_unknown_question_is_said() -> None:
    with pytest.raises(UsageError, match="Known: q"):
        measure_effectiveness(city(), question(), "p")
