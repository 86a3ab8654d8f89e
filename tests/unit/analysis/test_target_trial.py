"""A target trial from the committed city: protocol, flow, every strategy pair with its own verdict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hamm_eval
from hamm_eval.analysis.target_trial import _merged_months, target_trial
from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.estimate import TargetTrial
from hamm_eval.params import AtRisk, load_params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.study import Study

ROOT = Path(__file__).parents[3]
KEY = "intensive_course_on_b1"


@pytest.fixture(scope="module")
def study() -> Study:
    return hamm_eval.open_study(ROOT / "params" / "2017-Q2.yaml", quarter="2017-Q2")


@pytest.fixture(scope="module")
def found(study: Study) -> TargetTrial:
    answer = study.target_trial(KEY)
    assert isinstance(answer, TargetTrial)
    return answer


def test_every_strategy_pair_at_every_horizon_in_order(study: Study, found: TargetTrial) -> None:
    asked = study.params.target_trials[KEY]
    expected = [
        (pair.trials, pair.grace_days, pair.adherence, months)
        for pair in asked.strategies
        for months in asked.horizons_months
    ]
    told = [(e.trials, e.grace_days, e.adherence, e.horizon_months) for e in found.effects]
    assert told == expected
    assert len({e.effect.definition.digest for e in found.effects}) == len(expected)
    assert list(found.to_frame()["horizon_months"]) == [months for *_, months in expected]


def test_the_flow_falls_to_those_compared(found: TargetTrial) -> None:
    for told in found.effects:
        flow = told.effect.flow
        counts = dict(zip(flow.rows, flow.counts[:, 0].tolist(), strict=True))
        beside = ("unknown:", "treated", "controls")
        steps = [count for name, count in counts.items() if not name.startswith(beside)]
        assert steps == sorted(steps, reverse=True)
        assert counts["treated"] == told.effect.treated
        if told.trials == "first":
            assert counts["treated"] + counts["controls"] == steps[-1] == told.person_trials
        else:
            assert told.person_trials > steps[-1]


def test_both_adherences_compare_the_same_people_and_differ_in_the_controls_alone(found: TargetTrial) -> None:
    by = {(e.trials, e.adherence, e.horizon_months): e.effect for e in found.effects}
    strict, lenient = by["first", "per_protocol", 12], by["first", "intention_to_treat", 12]
    assert (strict.treated, strict.controls) == (lenient.treated, lenient.controls)
    assert strict.fit.mean_treated == pytest.approx(lenient.fit.mean_treated, abs=0.01)
    # Whoever starts later has an effect, too: never starting is the larger contrast.
    assert strict.fit.mean_control < lenient.fit.mean_control


def test_the_negative_control_and_the_workers_stand_beside_the_primary_pair(found: TargetTrial) -> None:
    primary, *_, last = found.effects
    control = primary.effect.negative_control
    assert control is not None
    assert abs(control.fit.value) < 3.3 * control.fit.std_error
    assert control.treated > 0 and control.events_treated > 0
    assert primary.effect.departed_treated == primary.effect.fit.competing_events.treated
    assert last.effect.negative_control is None
    assert primary.effect.by_worker.clusters <= 19
    assert primary.effect.by_worker.value == primary.effect.fit.value


def test_arms_too_small_are_no_arms(study: Study) -> None:
    ages = AtRisk(min_age=62, max_age=64)
    question = study.params.target_trials[KEY].model_copy(update={"ages": ages})
    params = study.params.model_copy(update={"target_trials": {KEY: question}})
    answer = target_trial(study.case_file, params, KEY)
    # What is withheld still says for whom it would hold: its title is made of that.
    assert {told.effect.estimand for told in release(answer, Policy.strict()).effects} == {"ATT"}
    for told in answer.effects:
        assert told.effect.fit is None
        assert told.months is None
        sizes = {"treated": told.effect.treated, "control": told.effect.controls}
        small = [("effective_n", arm) for arm, size in sizes.items() if size < 30]
        assert [(failure.key, failure.arm) for failure in told.effect.failures] == small != []


def test_an_unknown_key_is_told_with_those_known(study: Study) -> None:
    with pytest.raises(UsageError, match=KEY):
        target_trial(study.case_file, study.params, "nothing")


def test_months_with_few_starts_are_joined_to_the_one_before() -> None:
    month = pd.Series(np.repeat([0, 1, 2, 3], [20, 12, 20, 6]))
    started = pd.Series([k < n for size, n in ((20, 8), (12, 2), (20, 9), (6, 1)) for k in range(size)])
    merged = _merged_months(month, started)
    assert dict(zip(month, merged, strict=True)) == {0: 0, 1: 1, 2: 1, 3: 1}
    few = _merged_months(pd.Series([0, 0, 1, 1]), pd.Series([True, False, True, False]))
    assert set(few) == {0}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("grace_days: 91, adherence: per", "grace_days: 300, adherence: per", "strategies[1].grace_days"),
        ("months: [0, 1, 2, 3, 4, 5]", "months: [0, 2, 2]", "target_trials.intensive_course_on_b1"),
        ("{trials: first, grace_days: 91, adherence: intention_to_treat}",
         "{trials: first, grace_days: 91, adherence: per_protocol}", "target_trials.intensive_course_on_b1"),
    ],
)  # fmt: skip
def test_contradictions_are_told_with_their_path(tmp_path: Path, old: str, new: str, place: str) -> None:
    text = (ROOT / "params" / "2017-Q2.yaml").read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "2017-Q2.yaml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ParamsError) as told:
        load_params(broken)
    assert any(place in problem.where for problem in told.value.problems)
