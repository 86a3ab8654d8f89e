"""A city is there as a whole or not at all, whatever comes between."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hamm_eval.errors import HammEvalError, UsageError
from hamm_eval.synthetic import export
from hamm_eval.synthetic.export import MINIMUM_PERSONS, write_city
from hamm_eval.synthetic.staging import PARTIAL, staged

ROOT = Path(__file__).parents[3]


def held(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, hidden or not."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A folder with a former city and a file of somebody else's."""
    folder = write_city(tmp_path / "city", seed=1, persons=MINIMUM_PERSONS, truth=False)
    (folder / "truth.json").write_text("the former one", encoding="utf-8")
    (folder / "notes.txt").write_text("keep", encoding="utf-8")
    return folder


def rewrite(folder: Path, **changes: object) -> None:
    asked: dict[str, object] = {"persons": 60, "truth": False, "overwrite": True}
    write_city(folder, seed=2, **{**asked, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("part", ["csv_rows", "as_exported", "write_truth"])
def test_a_failure_leaves_nothing_or_the_former_city(
    tmp_path: Path, former: Path, monkeypatch: pytest.MonkeyPatch, part: str, failure: type[BaseException]
) -> None:
    before = held(former)
    calls = 0

    def fail(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if part == "write_truth" or calls == 5:
            raise failure
        return real(*args, **kwargs)

    real = getattr(export, part)
    monkeypatch.setattr(export, part, fail)
    for folder in (former, tmp_path / "new" / "city"):
        calls = 0
        with pytest.raises(failure):
            rewrite(folder, truth=True)
    assert held(former) == before
    assert not (tmp_path / "new").exists()
    assert not (former / PARTIAL).exists()


@pytest.mark.parametrize("moves", range(0, 40, 3))
def test_a_failure_while_the_files_are_exchanged_is_undone(
    former: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    before, real, done = held(former), Path.replace, 0

    def replace(self: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == moves + 1:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    if moves < 18 + 17:  # the former files out, among them the truth, and 17 new ones in
        with pytest.raises(KeyboardInterrupt):
            rewrite(former)
        assert held(former) == before
    else:
        rewrite(former)
        assert held(former) != before


def test_a_full_disk_is_told(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = held(former)

    def full(*args: object) -> bytes:
        raise OSError(errno.ENOSPC, "secret value")

    monkeypatch.setattr(export, "csv_rows", full)
    with pytest.raises(HammEvalError, match="No space left") as caught:
        rewrite(former)
    assert "secret" not in str(caught.value)
    assert held(former) == before


def test_a_new_city_replaces_the_former_one_and_nothing_else(former: Path) -> None:
    rewrite(former, format="parquet")
    names = {path.name for path in former.iterdir()}
    assert "notes.txt" in names
    assert "personen.parquet" in names
    # Neither the files of the other format nor a truth that is not this city's stay behind.
    assert not [name for name in names if name.endswith((".csv", ".json"))]


def test_a_folder_in_a_files_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "personen.csv").mkdir()
    with pytest.raises(UsageError, match=r"personen\.csv"):
        rewrite(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["personen.csv"]


def test_files_that_appear_meanwhile_are_not_removed(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    with (
        pytest.raises(ZeroDivisionError),
        staged(folder, overwrite=False, replaces=()) as place,
    ):
        (place / "a").write_text("half", encoding="utf-8")
        (folder / "b").write_text("another's", encoding="utf-8")
        raise ZeroDivisionError
    assert held(folder) == {"b": b"another's"}


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_killed_command_leaves_no_table_and_no_process(
    tmp_path: Path, workers: str, how: signal.Signals
) -> None:
    folder = tmp_path / "city"
    arguments = ["synth", str(folder), "--seed", "1", "--persons", "210000", "--no-truth"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hamm_eval.cli", *arguments, "--workers", workers],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while not (folder / PARTIAL / "new" / "personen.csv").exists():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # as the terminal does: the workers get it too
    else:
        process.send_signal(how)
    told = process.communicate(timeout=60)[1]

    assert not list(folder.glob("[!.]*"))
    if how is signal.SIGKILL:
        # Where nothing could be tidied up the next run does so.
        write_city(folder, seed=1, persons=MINIMUM_PERSONS, truth=False)
        assert not (folder / PARTIAL).exists()
    else:
        assert process.returncode == 130
        assert told == "hamm-eval: Interrupted.\n"
        assert not folder.exists()
    while time.monotonic() < end:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("a worker has outlived the command")
