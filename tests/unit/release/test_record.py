from __future__ import annotations

import gc
import os
import stat
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.release.json import from_json
from hamm_eval.release.record import RunRecord
from hamm_eval.release.released import QuarterlySummary, Release


def made(key: str = "cohort:attrition", digest: str = "d") -> Release:
    return QuarterlySummary(id=key, definition_digest=digest, policy="strict", sources=("a", "b"))


def test_what_was_entered_comes_back_in_order(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "01_cohort")
    releases = [made(f"cohort:{k}") for k in range(12)]
    marks = [record.enter(release, f"<p>{release.id}</p>", number="table") for release in releases]
    assert marks[3] == {"hamm_eval": {"release": "cohort:3"}}
    RunRecord(tmp_path, "02_time").enter(made("time:x"), "<p>x</p>")
    entries = RunRecord(tmp_path).entries("01_cohort")
    assert [from_json(entry.release) for entry in entries] == releases
    assert [entry.order for entry in entries] == list(range(1, 13))
    assert {entry.number for entry in entries} == {"table"}
    assert [entry.notebook for entry in RunRecord(tmp_path).entries()] == ["01_cohort"] * 12 + ["02_time"]


def test_a_rerun_cell_replaces_and_a_second_meaning_is_refused_within_a_run(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "01_cohort")
    record.enter(made(), "<p>same</p>")
    record.enter(made(), "<p>same</p>")
    assert len(record.entries()) == 1
    for other, html in ((made(), "<p>other</p>"), (made(digest="e"), "<p>same</p>")):
        with pytest.raises(ReleaseRefused, match="same name"):
            record.enter(other, html)
        with pytest.raises(ReleaseRefused, match="same name"):
            RunRecord(tmp_path, "02_time").enter(other, html)
    RunRecord(tmp_path, "02_time").enter(made(), "<p>same</p>")
    assert {entry.html for entry in record.entries()} == {"<p>same</p>"}


def test_in_an_open_session_a_changed_cell_replaces(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "interactive", replaces=True)
    record.enter(made("a"), "<p>1</p>")
    record.enter(made("b"), "<p>2</p>")
    record.enter(replace(made("a"), definition_digest="new"), "<p>3</p>")
    assert [(entry.order, entry.html) for entry in record.entries()] == [(1, "<p>3</p>"), (2, "<p>2</p>")]


def test_everything_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        record = RunRecord(tmp_path / "work", "01_cohort")
        record.enter(made(), "<p></p>")
        record.finish(["cohort:attrition"])
    finally:
        os.umask(before)
    paths = [record.folder, *record.folder.rglob("*")]
    assert len(paths) == 4
    for path in paths:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600)


def test_finished_means_the_end_was_written_and_its_releases_are_there(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "01_cohort")
    assert not record.finished("01_cohort")
    record.enter(made(), "<p></p>")
    assert not record.finished("01_cohort")
    record.finish(["cohort:attrition"])
    assert record.finished("01_cohort")
    assert not record.finished("02_time")
    record.finish(["cohort:attrition", "cohort:lost"])
    assert not record.finished("01_cohort")


def test_a_half_written_file_is_not_an_entry(tmp_path: Path) -> None:
    record = RunRecord(tmp_path, "01_cohort")
    record.enter(made(), "<p></p>")
    (record.folder / "01_cohort" / ".002-abc.json.1.part").write_text('{"id": ')
    assert len(record.entries()) == 1


def test_not_a_number_is_no_json(tmp_path: Path) -> None:
    from hamm_eval.release.released import ReleasedTruth, ReleasedTruthRow

    row = ReleasedTruthRow(
        estimate_id="a",
        level="",
        days=1,
        truth=float("nan"),
        estimate=None,
        lower=None,
        upper=None,
        within=None,
    )
    with pytest.raises(ValueError, match="JSON"):
        RunRecord(tmp_path, "01").enter(
            ReleasedTruth(id="t", definition_digest="d", policy="strict", rows=(row,)), "<p></p>"
        )
    assert RunRecord(tmp_path).entries() == ()


def test_the_environment_tells_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMM_EVAL_RUN", str(tmp_path))
    monkeypatch.setenv("HAMM_EVAL_NOTEBOOK", "02_time_to_integration")
    RunRecord.of_environment().enter(made(), "<p></p>")
    assert [entry.notebook for entry in RunRecord(tmp_path).entries()] == ["02_time_to_integration"]
    monkeypatch.delenv("HAMM_EVAL_NOTEBOOK")
    with pytest.raises(UsageError, match="HAMM_EVAL_NOTEBOOK"):
        RunRecord.of_environment()
    monkeypatch.setenv("HAMM_EVAL_NOTEBOOK", "../elsewhere")
    with pytest.raises(UsageError, match="name"):
        RunRecord.of_environment()


def test_without_a_run_the_record_is_temporary_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAMM_EVAL_RUN", raising=False)
    monkeypatch.delenv("HAMM_EVAL_NOTEBOOK", raising=False)
    record = RunRecord.of_environment()
    record.enter(made(), "<p></p>")
    folder = record.folder.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(record.entries()) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        del record
        gc.collect()
    assert not folder.exists()
