"""Provider alone, or provider within a social space: what the adjustment set of the committed city can carry.

The figures that docs/adr/0004-effects-first-version.md weighs against each other; `pytest -s` prints them.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import hamm_eval.analysis.measure_effectiveness as question
from hamm_eval.casefile import CaseFile, read_case_file
from hamm_eval.cohort import LandmarkTrial
from hamm_eval.estimate import Effect
from hamm_eval.params import Group, Params, load_params

ROOT = Path(__file__).parents[2]
KEY = "intensive_course_on_b1"
PAGE = ROOT / "docs" / "adr" / "0004-effects-first-version.md"


@pytest.fixture(scope="module")
def params() -> Params:
    return load_params(ROOT / "params" / "2017-Q2.yaml")


@pytest.fixture(scope="module")
def case_file(params: Params) -> CaseFile:
    return read_case_file(ROOT / params.source.folder, as_of=params.data_cut)


def _within_space(case_file: CaseFile, params: Params, monkeypatch: pytest.MonkeyPatch) -> Effect:
    """The same comparison with every combination of provider and social space as a level."""
    plain = question.landmark_trial

    def combined(*args: object, **options: object) -> LandmarkTrial:
        trial = plain(*args, **options)  # type: ignore[arg-type]
        rows = trial.rows.assign(
            provider=trial.rows["provider"].astype(str) + "_" + trial.rows["social_space"].astype(str)
        )
        return dataclasses.replace(trial, rows=rows)

    monkeypatch.setattr(question, "landmark_trial", combined)
    groups = {**params.groups, "provider": _combinations(case_file, params)}
    return question.measure_effectiveness(case_file, params.model_copy(update={"groups": groups}), KEY)


def _combinations(case_file: CaseFile, params: Params) -> Group:
    """The group of providers with a level for each combination in the case files."""
    cases = case_file.tables["cases"]
    names = sorted(set(cases["provider"].astype(str) + "_" + cases["social_space"].astype(str)))
    group = params.groups["provider"]
    label = next(iter(group.levels.values()))
    return group.model_copy(update={"levels": dict.fromkeys(names, label)})


def test_both_sets_give_the_same_answer_and_the_page_says_so(
    case_file: CaseFile, params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = question.measure_effectiveness(case_file, params, KEY)
    within = _within_space(case_file, params, monkeypatch)
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    for effect in (within, alone):
        assert effect.fit is not None
        figures = (
            f"{effect.fit.value:.3f} (standard error {effect.fit.std_error:.3f}) on {effect.treated} treated "
            f"and {effect.controls} controls, {effect.events_treated + effect.events_controls} events for "
            f"{effect.parameters} parameters"
        )
        print(figures)
        assert figures in page
    assert within.fit is not None
    assert alone.fit is not None
    assert abs(within.fit.value - alone.fit.value) < alone.fit.std_error
    assert within.parameters > alone.parameters
    assert within.fit.std_error > alone.fit.std_error
