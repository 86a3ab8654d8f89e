"""A target trial leaves effect by effect: each with its own verdict, months as coarse as points."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from effect_samples import make

from hamm_eval.effects import DesignFailure
from hamm_eval.estimate import Definition, TargetTrial, TrialEffect
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedTargetTrial

STRICT = Policy.strict()


def trial(*effects) -> TargetTrial:
    """Strategies that differ in nothing but the horizon."""
    return TargetTrial(
        definition=Definition("target_trial", "x", {"trial": {"estimand": "ATT"}}),
        measure="course",
        endpoint="goal",
        months=(0, 1),
        ages=(16, 64),
        covariates=("age",),
        effects=tuple(
            TrialEffect(
                trials="first",
                grace_days=91,
                adherence="per_protocol",
                horizon_months=6 * (number + 1),
                effect=effect,
                months=replace(effect.fit, value=31.3, lower=-4.44, upper=66.6),
                person_trials=343,
            )
            for number, effect in enumerate(effects)
        ),
    )


@pytest.fixture(scope="module")
def sound():
    return make()


def test_days_become_tenths_of_months(sound) -> None:
    released = release(trial(sound), STRICT)
    assert isinstance(released, ReleasedTargetTrial)
    (found,) = released.effects
    assert found.effect.withheld == ()
    told = found.months_difference
    assert (told.value, told.lower, told.upper) == (1.0, -0.1, 2.2)
    assert found.person_trials.value == 345


def test_each_effect_has_its_own_verdict_and_a_withheld_one_tells_nothing(sound) -> None:
    failing = replace(sound, failures=(DesignFailure("balance", 0.4, 0.1, covariate="age"),))
    released = release(trial(sound, failing), STRICT)
    shown, withheld = released.effects
    assert shown.effect.difference is not None
    assert withheld.effect.difference is None
    assert withheld.months_difference is None
    # Whatever the estimate, what leaves is the same.
    other = replace(failing, fit=replace(failing.fit, value=0.77, lower=0.66, upper=0.88, mean_control=0.11))
    again = release(trial(sound, other), STRICT)
    assert json.dumps(to_json(again)) == json.dumps(to_json(released))
