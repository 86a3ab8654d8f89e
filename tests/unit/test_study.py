"""What a researcher touches: opening, asking, and what lacks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import hamm_eval
from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.estimate import Absent, CountTable
from hamm_eval.release.record import RunRecord
from hamm_eval.study import Study
from hamm_eval.synthetic.export import simulate_city, write_tables
from hamm_eval.synthetic.scenario import load_scenario

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town of its own, without departures' kinds of trouble: a tenth of Hamm."""
    root = tmp_path_factory.mktemp("town")
    shutil.copytree(ROOT / "params", root / "params")
    data = root / "synthetic_data" / "hamm"
    data.mkdir(parents=True)
    write_tables(data, simulate_city(load_scenario(), seed=5, scale=0.1)[1])
    for name in ("aufenthaltsstatus.csv", "sprachtests.csv"):
        (data / name).rename(root / name)
    (root / "notebooks").mkdir()
    return root


@pytest.fixture(scope="module")
def study(project: Path) -> Study:
    """A source that lacks residence status and language tests, and does not ask for a status."""
    path = project / "params" / "2017-Q2.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("  status_at_origin: [recognised, prospect_of_staying]\n", "")
    # Without statuses nobody can say who is tolerated: that group would share its people with the cohort.
    before, tolerated, after = re.split(r"(  tolerated:\n.*?)(?=  eu_citizens:\n)", text, flags=re.DOTALL)
    assert "required_to_leave" in tolerated
    path.write_text(before + after, encoding="utf-8")
    return hamm_eval.open_study(path, quarter="2017-Q2")


def test_params_are_found_from_a_folder_below(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "notebooks")
    found = hamm_eval.open_study("params/2017-Q2.yaml", quarter="2017-Q2", language="en")
    assert str(found.params.quarter) == "2017-Q2"


def test_another_quarter_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="another quarter"):
        hamm_eval.open_study(project / "params" / "2017-Q2.yaml", quarter="2017-Q3")


def test_a_missing_params_file_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    with pytest.raises(UsageError, match="no such file"):
        hamm_eval.open_study("params/1999-Q1.yaml")


def test_what_the_export_lacks_is_an_answer(study: Study) -> None:
    status = study.composition("residence_status")
    curves = study.time_to_integration("language_b1", by="sex")
    effect = study.measure_effectiveness("intensive_course_on_b1")
    assert isinstance(status, Absent)
    assert status.lacking == ("residence_status",)
    assert isinstance(curves, Absent)
    assert curves.lacking == ("language_tests",)
    assert curves.definition.id == "time_to_integration:language_b1/sex"
    assert isinstance(effect, Absent)


def test_an_export_without_departures_leaves_out_what_rests_on_them(study: Study) -> None:
    records = {name: frame for name, frame in study.case_file.records.items() if name != "departures"}
    counts = {name: count for name, count in study.case_file.counts.items() if name != "departures"}
    case_file = replace(study.case_file, records=records, counts=counts)
    lacking = Study(study.params, case_file, study.show, study._record, study._folder)
    answers = [
        lacking.attrition("social_participation"),
        lacking.time_to_integration("social_participation"),
        lacking.composition("household_type"),
    ]
    for answer in answers:
        assert isinstance(answer, Absent)
        assert answer.lacking == ("departures",)
    assert isinstance(lacking.intake(), CountTable)


def test_a_misspelt_column_is_no_lack_of_data(study: Study) -> None:
    params = study.params
    wrong = params.groups["sex"].model_copy(update={"column": "sexx"})
    params = params.model_copy(update={"groups": {**params.groups, "sex": wrong}})
    other = Study(params, study.case_file, study.show, study._record, study._folder)
    with pytest.raises(UsageError, match=r"groups\.sex\.column"):
        other.time_to_integration("social_participation", by="sex")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("where: {kind: school}", "where: {kind: schol}"), "Did you mean school?"),
        (("job_coaching", "job_coachng"), "Did you mean job_coaching?"),
    ],
)
def test_words_that_the_export_does_not_know_are_refused_at_once(
    project: Path, change: tuple[str, str], told: str
) -> None:
    path = project / "params" / "wrong.yaml"
    text = (project / "params" / "2017-Q2.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(ParamsError, match=re.escape(told)):
        hamm_eval.open_study(path)


def test_real_data_have_no_truth(study: Study) -> None:
    truth = study.truth_check()
    assert isinstance(truth, Absent)
    assert truth.lacking == ("truth",)


def test_questions_that_can_be_answered_are(study: Study) -> None:
    steps = study.attrition("social_participation")
    assert isinstance(steps, CountTable)
    assert steps.rows[0] == "recorded"
    assert (steps.counts[:-1] >= steps.counts[1:]).all()
    assert study.cohort("social_participation") is study.cohort("social_participation")


def test_too_few_data_are_an_answer_and_a_warning(study: Study) -> None:
    params = study.params.model_copy(update={"data_cut": study.params.cohort.files_begin})
    early = Study(params, study.case_file, study.show, study._record, study._folder)
    with pytest.warns(UserWarning, match="Nobody is at risk"):
        found = early.time_to_integration("social_participation")
    assert isinstance(found, Absent)
    assert found.lacking == ("data",)


def test_unknown_names_are_said(study: Study) -> None:
    with pytest.raises(UsageError, match="Known: language_b1, employment_13_weeks"):
        study.time_to_integration("language_c2")
    with pytest.raises(UsageError, match="Known: language_b1"):
        study.associations("language_c2")


def test_representations_tell_no_values(study: Study) -> None:
    steps = study.attrition("social_participation")
    assert (
        repr(steps)
        == "<CountTable cohort_and_data_quality:attrition/social_participation: internal, not released>"
    )
    assert "intern, nicht freigegeben" in steps._repr_html_()
    assert repr(study).startswith("<Study Hamm 2017-Q2")


def test_showing_enters_the_record_and_returns_nothing(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Study
) -> None:
    study.case_file.save(tmp_path / "casefile")
    monkeypatch.setenv("HAMM_EVAL_RUN", str(tmp_path))
    monkeypatch.setenv("HAMM_EVAL_NOTEBOOK", "01_cohort")
    shutil.rmtree(project / "synthetic_data")  # a run opens what was read before
    running = hamm_eval.open_study(project / "params" / "2017-Q2.yaml")
    assert running.show.table(running.attrition("social_participation")) is None
    running.show.table(running.composition("residence_status"))
    record = RunRecord(tmp_path)
    assert not record.finished("01_cohort")
    running.finish()
    assert record.finished("01_cohort")
    assert [entry.kind for entry in record.entries("01_cohort")] == ["table", "absent"]


def test_importing_the_library_imports_no_science() -> None:
    code = "import hamm_eval, sys; print({'numpy', 'pandas', 'scipy', 'pydantic'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "set()"


def test_a_kernel_need_not_import_what_executes_it() -> None:
    code = "import hamm_eval.study, sys; print({'nbformat', 'nbconvert', 'papermill'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "set()"


def test_every_public_name_can_be_had() -> None:
    for name in hamm_eval.__all__:
        assert getattr(hamm_eval, name) is not None
    assert set(hamm_eval.__all__) <= set(dir(hamm_eval))
    with pytest.raises(AttributeError):
        hamm_eval.no_such_name  # noqa: B018


def test_a_list_of_groups_is_answered_in_words(study: Study) -> None:
    with pytest.raises(UsageError, match="drawn by one group"):
        study.time_to_integration("school_entry", by=["sex", "household_type"])  # type: ignore[arg-type]
