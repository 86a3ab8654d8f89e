"""Levels too small to compare are named, and the rarest of those compared is told for each arm."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from analysis_params import LABEL
from test_effect_parts import asked, town

from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.params import Params
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy


def with_origins(*, rare: str) -> SimpleNamespace:
    """A town where twelve persons are of origin x and twelve of another rare one."""
    case_file = town()
    persons = case_file.tables["persons"]
    number = np.arange(len(persons))
    origin = np.where(number % 75 == 0, "x", np.where(number % 75 == 1, rare, "z"))
    case_file.tables["persons"] = persons.assign(origin=origin)
    return case_file


def adjusted() -> Params:
    """The question, adjusted for origin and sex."""
    return asked(adjust_for={"age": LABEL, "origin": LABEL, "sex": LABEL})


def test_merged_levels_are_named_and_the_rarest_told() -> None:
    case_file = with_origins(rare="y")
    effect = measure_effectiveness(case_file, adjusted(), "q")
    assert effect.merged == {"origin=elsewhere": ("x", "y")}
    assert effect.left_out == ()
    rarest = {check.arm: check for check in effect.checks if check.key == "positivity"}
    assert set(rarest) == {"treated", "control"}
    for check in rarest.values():
        assert check.covariate.partition("=")[0] in ("origin", "sex")
        assert 0 < check.value < 1
        assert check.of > 0
    shown = release_effect(effect, Policy.strict())
    assert shown.merged == (("origin=elsewhere", ("x", "y")),)


def test_levels_left_out_are_named_and_their_persons_not_compared() -> None:
    # There is nothing that w may be merged with.
    effect = measure_effectiveness(with_origins(rare="w"), adjusted(), "q")
    assert "origin=w" in effect.left_out
    assert release_effect(effect, Policy.strict()).left_out == effect.left_out
    everyone = measure_effectiveness(town(), asked(), "q")
    assert effect.treated + effect.controls < everyone.treated + everyone.controls
    assert everyone.left_out == ()


def test_numbers_have_no_levels() -> None:
    effect = measure_effectiveness(town(), asked(), "q")
    assert not [check for check in effect.checks if check.key == "positivity"]
