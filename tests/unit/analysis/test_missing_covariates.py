"""What becomes of persons of whom a characteristic to adjust for is not recorded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_params import LABEL
from test_measure_effectiveness import city, question

from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.analysis.missing_covariates import covariates_of
from hamm_eval.cohort import LandmarkTrial
from hamm_eval.estimate import Definition
from hamm_eval.params import EffectQuestion, Group, Label, Params
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedEffect
from hamm_eval.report.tables.counts import count_table
from hamm_eval.report.wording import Wording

DEFINITION = Definition("measure_effectiveness", "q")


def asked(**more: Any) -> Params:
    """The question of the landmark comparison, adjusted for age and schooling."""
    one = question(adjust_for={"age": LABEL, "schooling": LABEL}, **more)
    schooling = Group(label=Label(de="Schulbildung", en="schooling"), column="schooling")
    return one.model_copy(update={"groups": {**one.groups, "schooling": schooling}})


def schooled(share: float, seed: int = 4) -> SimpleNamespace:
    """The city with a level of schooling, which a share of its persons lacks."""
    case_file = city()
    rng = np.random.default_rng(seed)
    persons = case_file.tables["persons"]
    levels = pd.Series(rng.choice(["none", "primary", "more"], len(persons)), dtype="string[pyarrow]")
    case_file.tables["persons"] = persons.assign(schooling=levels.mask(rng.random(len(persons)) < share))
    return case_file


def test_nobody_is_left_out_for_what_is_not_recorded_and_the_flow_says_of_how_many() -> None:
    case_file = schooled(0.15)
    effect = measure_effectiveness(case_file, asked(), "q")
    steps = dict(zip(effect.flow.rows, effect.flow.counts[:, 0], strict=True))
    assert effect.treated + effect.controls == steps["covariates_imputed"] == 400
    assert steps["unknown:schooling"] == case_file.tables["persons"]["schooling"].isna().sum() > 40
    assert "unknown:age" not in steps
    assert effect.fit.n.treated == effect.treated
    assert effect.failures == ()
    # Imputed or not, age and arms are the same: the estimates are near to each other.
    without = measure_effectiveness(case_file, question(), "q")
    assert effect.fit.value == pytest.approx(without.fit.value, abs=without.fit.std_error / 2)
    assert 0 < effect.by_worker.degrees_of_freedom < 9  # ten workers leave nine, and not all is known


def test_complete_cases_are_compared_where_params_ask_for_them() -> None:
    case_file = schooled(0.15)
    effect = measure_effectiveness(case_file, asked(missing="complete_cases"), "q")
    steps = dict(zip(effect.flow.rows, effect.flow.counts[:, 0], strict=True))
    assert list(steps)[-4:] == ["unknown:schooling", "covariates_known", "treated", "controls"]
    assert steps["covariates_known"] == 400 - steps["unknown:schooling"] == effect.treated + effect.controls
    assert "covariates_imputed" not in steps
    assert effect.definition.digest != measure_effectiveness(case_file, asked(), "q").definition.digest


def test_without_gaps_both_ways_are_the_same_and_nothing_is_imputed() -> None:
    case_file = schooled(0.0)
    one, other = (
        measure_effectiveness(case_file, asked(missing=way), "q") for way in ("impute", "complete_cases")
    )
    assert (one.fit.value, one.fit.std_error) == (other.fit.value, other.fit.std_error)
    assert one.flow.rows == other.flow.rows
    assert one.flow.rows[-3:] == ("covariates_known", "treated", "controls")


def test_asked_again_the_numbers_are_the_same_to_the_last_digit() -> None:
    one, other = (measure_effectiveness(schooled(0.15), asked(), "q") for _ in range(2))
    for name in ("value", "std_error", "lower", "degrees_of_freedom"):
        assert getattr(one.fit, name) == getattr(other.fit, name)
    assert one.fit.balance.smd.tolist() == other.fit.balance.smd.tolist()
    assert one.departure.value == other.departure.value


def test_the_flow_is_shown_through_the_gate_in_words() -> None:
    params = asked()
    shown = release(measure_effectiveness(schooled(0.01), params, "q"), Policy.strict())
    assert isinstance(shown, ReleasedEffect)
    page = count_table(shown.flow, Wording("en", params), "")
    assert "not recorded: Schooling" in page
    at = shown.flow.rows.index("unknown:schooling")
    assert shown.flow.cells[at][0].value is None  # 1 to 7 persons
    assert "davon ohne Angabe: Schulbildung" in count_table(shown.flow, Wording("de", params), "").replace(
        "Davon", "davon"
    )


def trial_of(kind: list[str | None]) -> LandmarkTrial:
    n = len(kind)
    rows = pd.DataFrame(
        {
            "kind": pd.Series(kind, dtype=object),
            "time": np.arange(n) * 37 % 300 + 50,
            "cause": np.arange(n) % 2,
            "treated": np.arange(n) // 2 % 2,
            "household_id": [f"h{i // 3}" for i in range(n)],
        }
    )
    return LandmarkTrial(rows, (), 30, 200)


def settled(kind: list[str | None], least: int, definition: Definition = DEFINITION, **more: Any) -> Any:
    params = question(adjust_for={"kind": LABEL}, **more)
    asked: EffectQuestion = params.measure_effectiveness["q"]
    return covariates_of(
        trial_of(kind), asked, params.groups, lambda levels: levels.value_counts() < least, definition
    )


def test_levels_and_references_are_those_of_the_persons_known_in_every_imputation() -> None:
    # c and d are nearly as frequent: imputed values could make either the most frequent.
    found = settled(["a"] * 3 + ["b"] * 4 + ["c"] * 41 + ["d"] * 40 + [None] * 30 + ["e"] * 2, 6)
    assert found.matrices[0].merged == {"kind=ab": ("a", "b")}
    assert found.matrices[0].left_out == ("kind=e",)
    assert found.kept.tolist() == [True] * 118 + [False] * 2
    assert len(found.matrices) == 26  # 30 of 118 rows are incomplete
    assert {tuple(matrix.columns.columns) for matrix in found.matrices} == {("kind=ab", "kind=d")}
    assert {matrix.references for matrix in found.matrices} == {(("kind", "c"),)}
    known = [matrix.columns.iloc[:88].to_numpy().tolist() for matrix in found.matrices]
    assert all(one == known[0] for one in known)
    drawn = {tuple(matrix.columns["kind=d"].iloc[88:]) for matrix in found.matrices}
    assert len(drawn) > 20
    assert found.flow == (("unknown:kind", 30), ("covariates_imputed", 118))


def test_the_seed_is_the_definition() -> None:
    kind = ["c"] * 30 + ["d"] * 30 + [None] * 20

    def drawn(definition: Definition) -> list[list[float]]:
        return [m.columns["kind=d"].tolist() for m in settled(kind, 1, definition).matrices]

    assert drawn(DEFINITION) == drawn(Definition("measure_effectiveness", "q"))
    assert drawn(DEFINITION) != drawn(Definition("measure_effectiveness", "p"))


def test_what_nobody_has_cannot_be_imputed() -> None:
    found = settled([None] * 20, 1)
    assert not found.kept.any()
    assert found.flow == (("unknown:kind", 20), ("covariates_known", 0))


def test_the_outcome_after_the_horizon_is_not_looked_at() -> None:
    """Who has the goal after the horizon is imputed as one without it."""
    kind = ["c"] * 30 + ["d"] * 30 + [None] * 20
    params = question(adjust_for={"kind": LABEL})
    trial = trial_of(kind)

    def drawn(rows: pd.DataFrame) -> list[list[float]]:
        later = LandmarkTrial(rows, (), 30, 200)
        asked = params.measure_effectiveness["q"]
        found = covariates_of(later, asked, params.groups, lambda v: v.value_counts() < 1, DEFINITION)
        return [matrix.columns["kind=d"].tolist() for matrix in found.matrices]

    late = trial.rows["time"] > 110
    rows = trial.rows.assign(time=trial.rows["time"].mask(late, 231))
    assert drawn(rows.assign(cause=rows["cause"].mask(late, 1))) == drawn(
        rows.assign(cause=rows["cause"].mask(late, 0), time=rows["time"].mask(late, 999))
    )
