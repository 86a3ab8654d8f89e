from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from small_project import FINISH, OPEN, notebook, shows

from hamm_eval.errors import NotebookFailed, ReleaseRefused
from hamm_eval.pipeline.execute import Kernels, RunParameters, execute_notebook
from hamm_eval.pipeline.plan import RunUnit
from hamm_eval.pipeline.schedule import execute_units
from hamm_eval.pipeline.workplace import Workplace, open_workplace

PARAMETERS = RunParameters("2017-Q2", "params/2017-Q2.yaml", "en")


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with open_workplace(tmp_path, tmp_path / "reports", "2017-Q2") as place:
        yield place


def unit(folder: Path, text: str, name: str = "02_time", after: tuple[str, ...] = ()) -> RunUnit:
    path = folder / f"{name}.ipynb"
    path.write_text(text, encoding="utf-8")
    return RunUnit(name, path, after)


def test_the_three_scalars_arrive_and_papermills_cell_does_not_stay(
    tmp_path: Path, workplace: Workplace
) -> None:
    asked = "assert (quarter, language) == ('2017-Q2', 'en')"
    node = execute_notebook(unit(tmp_path, notebook(OPEN, asked, FINISH)), PARAMETERS, workplace, Kernels())

    assert [cell.id for cell in node.cells] == [f"cell-{i}" for i in range(4)]
    assert not any(cell.get("outputs") for cell in node.cells)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("int('Haddad')", "cell 3: The cell ended with ValueError"),
        ("raise SystemExit(0)", "cell 3: The cell ended with SystemExit"),
        ("import os; os._exit(0)", "02_time: The kernel died"),
        (
            "import os; os._exit(7)",
            "The kernel died in cell 3 (ended with exit code 7). Something that the cell",
        ),
    ],
)
def test_a_failure_is_told_without_its_message(
    tmp_path: Path, workplace: Workplace, cell: str, told: str
) -> None:
    with pytest.raises(NotebookFailed) as failed:
        execute_notebook(unit(tmp_path, notebook(OPEN, cell, FINISH)), PARAMETERS, workplace, Kernels())

    assert told in str(failed.value)
    assert "Haddad" not in str(failed.value)
    assert failed.value.__context__ is None or failed.value.__suppress_context__


def test_how_a_kernel_died_stands_in_the_private_log(tmp_path: Path, workplace: Workplace) -> None:
    cell = "import os, signal; name = 'Haddad'; os.kill(os.getpid(), signal.SIGKILL)"
    text = notebook(OPEN, cell, FINISH, prose={"lang-en": "# How long?"})
    with pytest.raises(NotebookFailed) as failed:
        execute_notebook(unit(tmp_path, text), PARAMETERS, workplace, Kernels())

    (log,) = (tmp_path / ".hamm_eval" / "logs").iterdir()
    told = str(failed.value)
    assert "02_time: The kernel died in cell 4 (ended by SIGKILL). Often the memory was not enough." in told
    assert f"What is known stands in {log}." in told
    kept = log.read_text(encoding="utf-8")
    assert kept.startswith("02_time, in cell 4: kernel ended by SIGKILL\n")
    assert "Haddad" not in kept + told
    assert log.stat().st_mode & 0o077 == 0


def test_a_kernel_that_only_fails_to_answer_is_no_matter_of_memory(
    tmp_path: Path, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_in_vain(*args: object, **options: object) -> None:
        raise RuntimeError("Amira Haddad")

    monkeypatch.setattr("jupyter_client.asynchronous.AsyncKernelClient.wait_for_ready", wait_in_vain)
    with pytest.raises(NotebookFailed) as failed:
        execute_notebook(unit(tmp_path, notebook(OPEN, FINISH)), PARAMETERS, workplace, Kernels())

    (log,) = (tmp_path / ".hamm_eval" / "logs").iterdir()
    told, kept = str(failed.value), log.read_text(encoding="utf-8")
    assert (
        "02_time: The kernel did not start or no longer answered before the first cell (RuntimeError)."
        in told
    )
    assert "memory" not in told
    assert kept.startswith("02_time, before the first cell: kernel alive\nbuiltins.RuntimeError\n")
    assert "Haddad" not in kept + told


def test_a_refusal_of_the_gate_keeps_its_exit_code(tmp_path: Path, workplace: Workplace) -> None:
    cell = "from hamm_eval.errors import ReleaseRefused\nraise ReleaseRefused('no')"
    with pytest.raises(ReleaseRefused, match="cell 3"):
        execute_notebook(unit(tmp_path, notebook(OPEN, cell, FINISH)), PARAMETERS, workplace, Kernels())


def test_a_notebook_that_does_not_write_its_end_has_failed(tmp_path: Path, workplace: Workplace) -> None:
    with pytest.raises(NotebookFailed, match=r"study\.finish"):
        execute_notebook(unit(tmp_path, notebook(OPEN)), PARAMETERS, workplace, Kernels())


def test_two_kernels_run_at_once_and_no_installed_kernel_is_needed(
    tmp_path: Path, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_installed(*args: object) -> None:
        raise AssertionError("asked for an installed kernel")

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", nothing_installed)
    meet = (
        "import pathlib, time\n"
        "here = pathlib.Path({here!r}); other = pathlib.Path({other!r})\n"
        "here.touch()\n"
        "end = time.monotonic() + 60\n"
        "while not other.exists() and time.monotonic() < end: time.sleep(0.05)\n"
        "assert other.exists()"
    )
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    units = [
        unit(tmp_path, notebook(OPEN, meet.format(here=a, other=b), FINISH), "01_a"),
        unit(tmp_path, notebook(OPEN, meet.format(here=b, other=a), FINISH), "02_b"),
    ]

    done = execute_units(units, PARAMETERS, workplace, lambda name, seconds: None)

    assert sorted(done) == ["01_a", "02_b"]


def test_a_unit_waits_for_what_it_needs(tmp_path: Path, workplace: Workplace) -> None:
    names: list[str] = []
    units = [
        unit(tmp_path, notebook(OPEN, "assert record.finished('01_a')", FINISH), "00_sum", ("01_a",)),
        unit(tmp_path, shows("a", 10), "01_a"),
    ]

    execute_units(units, PARAMETERS, workplace, lambda name, seconds: names.append(name))

    assert names == ["01_a", "00_sum"]


def test_the_first_failure_stops_the_others(tmp_path: Path, workplace: Workplace) -> None:
    units = [
        unit(tmp_path, notebook(OPEN, "import time; time.sleep(300)", FINISH), "01_a"),
        unit(tmp_path, notebook(OPEN, "1 / 0", FINISH), "02_b"),
    ]
    started = time.monotonic()

    with pytest.raises(NotebookFailed, match="02_b"):
        execute_units(units, PARAMETERS, workplace, lambda name, seconds: None)

    assert time.monotonic() - started < 120


def test_stopping_takes_a_running_kernel_down(tmp_path: Path, workplace: Workplace) -> None:
    pid = tmp_path / "pid"
    cell = (
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(300)"
    )
    kernels = Kernels()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(
            execute_notebook, unit(tmp_path, notebook(OPEN, cell, FINISH)), PARAMETERS, workplace, kernels
        )
        while not (pid.exists() and pid.read_text()):
            assert not future.done()
            time.sleep(0.05)
        kernels.stop()
        with pytest.raises(NotebookFailed, match="kernel died"):
            future.result(timeout=60)

    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert not (tmp_path / ".hamm_eval" / "logs").exists(), "what the run itself ended is no news"
