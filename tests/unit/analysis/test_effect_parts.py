"""The effect within declared groups and at several horizons."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from analysis_params import LABEL
from test_measure_effectiveness import city, question

from hamm_eval.analysis.effect_parts import effect_by_group, effect_over_time
from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.effects import interaction_test
from hamm_eval.errors import UsageError
from hamm_eval.estimate_frames import to_frame
from hamm_eval.params import Group, Params


def asked(**more: Any) -> Params:
    """The question, with a group by sex and one that is merged where it is small."""
    params = question(**({"by_groups": {"sex": LABEL}} | more))
    groups = {
        "sex": Group.model_validate(
            {"label": LABEL, "column": "sex", "levels": {"male": LABEL, "female": LABEL}}
        ),
        "origin": Group.model_validate(
            {"label": LABEL, "column": "origin", "merge": ({"into": "elsewhere", "of": ("x", "y")},)}
        ),
    }
    return params.model_copy(update={"groups": {**params.groups, **groups}})


def town(n: int = 900) -> SimpleNamespace:
    """Two persons a household; every third household is of one sex."""
    case_file = city(n)
    persons = case_file.tables["persons"]
    number = np.arange(n)
    case_file.tables["persons"] = persons.assign(
        household_id=[f"h{i // 2:04d}" for i in number],
        sex=np.where((number % 2 == 0) | (number // 2 % 3 == 0), "female", "male"),
        origin=np.where(number % 10 == 0, "x", np.where(number % 10 == 1, "y", "z")),
    )
    return case_file


def test_each_level_is_the_effect_among_its_persons_in_the_order_of_params() -> None:
    case_file = town()
    found = effect_by_group(case_file, asked(), "q")
    (groups,) = found.groups
    assert groups.levels == ("male", "female")
    persons = case_file.tables["persons"]
    for level, effect, counts in zip(groups.levels, groups.effects, groups.persons, strict=True):
        alone = town()
        alone.tables["persons"] = persons[persons["sex"] == level]
        alone.tables["cases"] = alone.tables["cases"].assign(social_worker=None)
        direct = measure_effectiveness(alone, question(), "q")
        assert effect.fit.value == pytest.approx(direct.fit.value, rel=1e-12)
        assert effect.fit.std_error == pytest.approx(direct.fit.std_error, rel=1e-12)
        assert counts.tolist() == [direct.treated, direct.controls]
    assert groups.tested == 2
    homes = [persons.loc[persons["sex"] == level, "household_id"].to_numpy() for level in groups.levels]
    assert groups.test == interaction_test([effect.fit for effect in groups.effects], homes)
    assert groups.p_adjusted == groups.test.p_value
    assert to_frame(found).index.tolist() == [("sex", "male"), ("sex", "female")]


def test_small_levels_are_merged_in_the_declared_order() -> None:
    found = effect_by_group(town(), asked(by_groups={"origin": LABEL}), "q")
    (groups,) = found.groups
    assert groups.levels == ("elsewhere", "z")
    assert groups.merged[0] == ("x", "y")


def test_a_level_that_stays_too_small_is_withheld_and_nothing_is_tested() -> None:
    case_file = town()
    persons = case_file.tables["persons"]
    case_file.tables["persons"] = persons.assign(sex=np.where(np.arange(len(persons)) < 40, "male", "female"))
    (groups,) = effect_by_group(case_file, asked(), "q").groups
    assert groups.effects[0].failures
    assert (groups.tested, groups.test) == (1, None)
    assert np.isnan(groups.p_adjusted)


def test_several_groups_adjust_each_others_p_values() -> None:
    params = asked(by_groups={"sex": LABEL, "origin": LABEL})
    found = effect_by_group(town(), params, "q")
    raw = sorted(groups.test.p_value for groups in found.groups)
    shown = sorted(groups.p_adjusted for groups in found.groups)
    assert shown == pytest.approx([min(2 * raw[0], raw[1]), raw[1]])


def test_only_the_annual_evaluation_decides() -> None:
    number = asked().quarter.number
    for confirmatory_quarter in (number, number % 4 + 1):
        params = asked().model_copy(update={"confirmatory_quarter": confirmatory_quarter})
        assert effect_by_group(town(), params, "q").confirmatory == (confirmatory_quarter == number)


def test_the_last_horizon_is_the_effect_itself_and_all_compare_the_same_persons() -> None:
    case_file = town()
    found = effect_over_time(case_file, asked(horizons_days=(60, 120, 200)), "q")
    whole = measure_effectiveness(case_file, question(), "q")
    assert [effect.horizon_days for effect in found.effects] == [60, 120, 200]
    assert found.effects[-1].fit.value == whole.fit.value
    assert found.effects[-1].fit.std_error == whole.fit.std_error
    assert {(effect.treated, effect.controls) for effect in found.effects} == {
        (whole.treated, whole.controls)
    }
    events = [effect.events_treated for effect in found.effects]
    assert events == sorted(events)
    assert events[0] < events[-1]
    assert to_frame(found).index.tolist() == [60, 120, 200]


@pytest.mark.parametrize(
    ("ask", "place"), [(effect_by_group, "by_groups"), (effect_over_time, "horizons_days")]
)
def test_what_params_do_not_declare_is_not_estimated(ask: Any, place: str) -> None:
    with pytest.raises(UsageError, match=place):
        ask(town(), question(), "q")
    with pytest.raises(UsageError, match="Known: q"):
        ask(town(), question(), "p")


def test_groups_and_horizons_are_no_part_of_the_effects_own_definition() -> None:
    case_file = town()
    plain = measure_effectiveness(case_file, question(), "q").definition.digest
    params = asked(horizons_days=(60, 200))
    assert measure_effectiveness(case_file, params, "q").definition.digest == plain
    assert effect_over_time(case_file, params, "q").definition.digest != plain
