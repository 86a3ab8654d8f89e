"""Which questions count, in which order, and when an overview decides."""

from __future__ import annotations

from typing import Any

import pytest
from test_measure_effectiveness import city, question

from hamm_eval.analysis.effect_overview import effect_overview
from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.effects import adjust_p
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Absent, Definition, Effect, EffectOverview
from hamm_eval.params import Params
from hamm_eval.release.policy import Policy, policy_of


def four_questions(**more: Any) -> Params:
    """Four horizons of one measure; the last alone is primary."""
    one = question()
    asked = one.measure_effectiveness["q"]
    horizons = {"a": 120, "b": 150, "c": 180, "main": 200}
    return one.model_copy(
        update={
            "measure_effectiveness": {
                key: asked.model_copy(update={"horizon_days": days, "primary": key == "main"})
                for key, days in horizons.items()
            },
            **more,
        }
    )


@pytest.fixture(scope="module")
def effects() -> dict[str, Effect | Absent]:
    asked = four_questions()
    return {key: measure_effectiveness(city(), asked, key) for key in asked.measure_effectiveness}


def p_value(effect: Effect) -> float:
    return max(effect.fit.p_value, effect.by_worker.p_value)


def test_primary_questions_come_first_and_are_corrected_apart(effects: dict[str, Any]) -> None:
    overview = effect_overview(four_questions(), effects)
    assert [effect.definition.key for effect in overview.effects] == ["main", "a", "b", "c"]
    assert overview.primary == (True, False, False, False)
    # By household and by social worker: the larger p-value counts.
    assert overview.adjusted[0] == p_value(effects["main"]) >= effects["main"].fit.p_value
    others = adjust_p([p_value(effects[key]) for key in "abc"], "bh")
    assert overview.adjusted[1:] == tuple(others)
    assert overview.to_frame().index.tolist() == ["main", "a", "b", "c"]
    assert overview.to_frame()["adjusted"].tolist() == list(overview.adjusted)


def test_withheld_questions_do_not_count(effects: dict[str, Any]) -> None:
    failing = measure_effectiveness(city(120, treated_share=0.1), four_questions(), "b")
    assert failing.fit is None
    overview = effect_overview(four_questions(), {**effects, "b": failing})
    adjusted = dict(zip(("main", "a", "b", "c"), overview.adjusted, strict=True))
    assert adjusted["b"] is None
    assert [adjusted["a"], adjusted["c"]] == list(
        adjust_p([p_value(effects["a"]), p_value(effects["c"])], "bh")
    )


def test_what_the_release_policy_withholds_does_not_count_either(effects: dict[str, Any]) -> None:
    tight = four_questions()
    tight = tight.model_copy(
        update={"release": tight.release.model_copy(update={"tighten": {"effect_persons": 5000}})}
    )
    assert policy_of(tight) != Policy.strict()
    assert effect_overview(tight, effects).adjusted == (None,) * 4


def test_a_question_that_the_export_cannot_answer_is_named(effects: dict[str, Any]) -> None:
    lacking = Absent(definition=Definition("measure_effectiveness", "a"), lacking=("participations",))
    overview = effect_overview(four_questions(), {**effects, "a": lacking})
    assert overview.absent == ("a",)
    assert len(overview.effects) == 3
    with pytest.raises(NotEstimable):
        effect_overview(four_questions(), dict.fromkeys(effects, lacking))


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_one_quarter_a_year_is_confirmatory(quarter: int, effects: dict[str, Any]) -> None:
    asked = four_questions(confirmatory_quarter=quarter)
    overview = effect_overview(asked, effects)
    assert isinstance(overview, EffectOverview)
    assert overview.confirmatory == (asked.quarter.number == quarter)


def test_the_definition_tells_questions_and_roles_apart(effects: dict[str, Any]) -> None:
    asked = four_questions()
    changed = asked.measure_effectiveness["a"].model_copy(update={"primary": True})
    other = asked.model_copy(update={"measure_effectiveness": {**asked.measure_effectiveness, "a": changed}})
    digests = {effect_overview(p, effects).definition.digest for p in (asked, other)}
    assert len(digests) == 2
