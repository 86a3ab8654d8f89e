from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import FINISH, OPEN, assert_whole, left_over, notebook, published_bytes, shows

from hamm_eval.errors import IntakeRefused, NotebookFailed, ParamsError, ReleaseRefused, UsageError
from hamm_eval.pipeline import Progress, run_report

Project = Callable[..., Path]
TWO = {"01_who": shows("who", 120), "02_time": shows("time", 90)}


def reports(params: Path) -> Path:
    return params.parents[1] / "reports"


def test_a_run_publishes_one_page_with_its_notebooks_results_and_manifest(project: Project) -> None:
    params = project({"00_sum": notebook(OPEN, FINISH), **TWO})
    told: list[Progress] = []

    published = run_report(params, progress=told.append)

    assert published.path == reports(params) / "2017-Q2"
    assert sorted(published_bytes(published.path)) == [
        "00_sum.ipynb",
        "01_who.ipynb",
        "02_time.ipynb",
        "index.html",
        "manifest.json",
        "results.json",
    ]
    assert_whole(published.path)
    page = published.page.read_text(encoding="utf-8")
    assert page.index("120 of who") < page.index("90 of time")
    assert "How many" not in page
    assert "RunRecord" not in page
    results = json.loads((published.path / "results.json").read_text(encoding="utf-8"))
    assert [release["notebook"] for release in results["releases"]] == ["01_who", "02_time"]
    assert results["run_id"] == published.run_id
    assert [step.step for step in told] == ["data", "notebook", "notebook", "notebook", "page"]
    assert told[3].name == "00_sum", "the summary runs last"


def test_what_is_published_is_for_readers_and_what_is_not_is_private(project: Project) -> None:
    params = project(TWO)
    before = os.umask(0o022)
    try:
        published = run_report(params)
        assert os.umask(0o022) == 0o022, "the umask is given back"
    finally:
        os.umask(before)

    assert stat.S_IMODE(published.page.stat().st_mode) == 0o644
    assert stat.S_IMODE(published.path.resolve().stat().st_mode) == 0o755
    private = params.parents[1] / ".hamm_eval"
    for folder in (private, *(path for path in private.rglob("*") if path.is_dir())):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert left_over(params.parents[1], reports(params)) == []


def test_published_notebooks_hold_neither_parameters_of_papermill_nor_paths_nor_times(
    project: Project,
) -> None:
    published = run_report(project(TWO), language="en")

    for name in TWO:
        text = (published.path / f"{name}.ipynb").read_text(encoding="utf-8")
        node = json.loads(text)
        assert set(node["metadata"]) == {"kernelspec", "language_info"}
        assert all(set(cell["metadata"]) <= {"tags"} for cell in node["cells"])
        assert [cell["id"] for cell in node["cells"]] == [f"cell-{i}" for i in range(6)]
        assert "injected-parameters" not in text
        assert "papermill" not in text
        assert str(published.path.parent) not in text


def test_equal_inputs_give_equal_bytes(project: Project, tmp_path: Path) -> None:
    params = project(TWO)

    first = run_report(params)
    second = run_report(params, out=tmp_path / "elsewhere")
    again = run_report(params)

    assert first.run_id == second.run_id == again.run_id
    assert published_bytes(first.path) == published_bytes(second.path)
    assert len([*(reports(params) / ".published").iterdir()]) == 1


def test_the_folder_of_the_data_must_be_there(project: Project) -> None:
    params = project(TWO)
    shutil.rmtree(params.parents[1] / "data")

    with pytest.raises(UsageError, match=r"source\.folder"):
        run_report(params)


def test_an_output_without_a_mark_ends_the_run_and_leaves_the_former_report(project: Project) -> None:
    former = published_bytes(run_report(project(TWO)).path)
    params = project({**TWO, "02_time": notebook(OPEN, "print('Amira Haddad')", FINISH)})

    with pytest.raises(ReleaseRefused, match="02_time, cell 3") as refused:
        run_report(params)

    assert refused.value.exit_code == 4
    assert "Haddad" not in str(refused.value)
    assert published_bytes(reports(params) / "2017-Q2") == former
    assert left_over(params.parents[1], reports(params)) == []


def test_an_identifier_in_a_release_ends_the_run(project: Project, tiny_city: Path) -> None:
    header, first, *_ = (tiny_city / "personen.csv").read_text(encoding="cp1252").splitlines()
    person = first.split(";")[header.split(";").index("Personen-Nr")]
    params = project({"01_who": shows("who", 120), "02_time": shows(person, 90)})

    with pytest.raises(ReleaseRefused) as refused:
        run_report(params)

    assert "results.json" in str(refused.value)
    assert person not in str(refused.value)
    assert not reports(params).exists()


def test_warnings_are_dropped_and_only_their_kind_is_noted(project: Project) -> None:
    warning = "import warnings; warnings.warn('Amira Haddad', RuntimeWarning)"
    params = project({"01_who": notebook(OPEN, warning, 'show("who", 120)', FINISH)})

    published = run_report(params)

    logs = [*(params.parents[1] / ".hamm_eval" / "logs").iterdir()]
    assert [stat.S_IMODE(log.stat().st_mode) for log in logs] == [0o600]
    assert "RuntimeWarning 1x" in logs[0].read_text(encoding="utf-8")
    files = published_bytes(published.path)
    del files["01_who.ipynb"]  # holds the author's own code
    assert not any(b"Haddad" in content for content in (*files.values(), logs[0].read_bytes()))


def test_a_failing_notebook_is_named_by_cell_and_type(project: Project) -> None:
    params = project({**TWO, "02_time": notebook(OPEN, "int('Amira Haddad')", FINISH)})

    with pytest.raises(NotebookFailed, match=r"02_time, cell 3.*ValueError") as failed:
        run_report(params)

    assert failed.value.exit_code == 5
    assert "Haddad" not in str(failed.value)
    assert not reports(params).exists()


def test_unknown_keys_in_params_are_refused_before_anything_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """papermill executes the names of parameters; so no name from a file may reach it."""
    name = f"x = open({str(tmp_path / 'owned')!r}, 'w') #"
    params = project(TWO, **{name: 1})
    monkeypatch.setattr("hamm_eval.pipeline.run.open_workplace", None)

    with pytest.raises(ParamsError, match="unknown"):
        run_report(params)

    assert not (tmp_path / "owned").exists()


def test_an_export_may_lie_outside_the_project(project: Project, tiny_city: Path) -> None:
    params = project(TWO)
    root = params.parents[1]
    outside = Path(os.path.relpath(tiny_city, root))
    assert outside.parts[0] == ".."
    params.write_text(
        params.read_text(encoding="utf-8").replace("folder: data\n", f"folder: {outside.as_posix()}\n"),
        encoding="utf-8",
    )
    shutil.rmtree(root / "data")

    assert_whole(run_report(params).path)


def test_an_export_that_cannot_be_used_is_refused(project: Project) -> None:
    params = project(TWO)
    (params.parents[1] / "data" / "personen.csv").write_bytes(b"")

    with pytest.raises(IntakeRefused):
        run_report(params)

    assert not reports(params).exists()
    assert left_over(params.parents[1], reports(params)) == []


def test_a_run_that_shows_nobody_is_refused(project: Project) -> None:
    with pytest.raises(ParamsError, match="how many persons"):
        run_report(project({"01_who": notebook(OPEN, FINISH)}))


def test_a_release_by_another_policy_than_that_of_the_run_is_not_published(project: Project) -> None:
    params = project(TWO, release={"policy": "internal"})

    with pytest.raises(ReleaseRefused, match="another policy"):
        run_report(params)

    assert not reports(params).exists()
