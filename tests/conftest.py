"""For all tests: in continuous integration nothing may be skipped, elsewhere each reason is told once."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

NO_SKIP = "HAMM_EVAL_NO_SKIP"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where the environment promises everything that tests need."""
    report = yield
    if os.environ.get(NO_SKIP) and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although {NO_SKIP} is set: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if os.environ.get(NO_SKIP) and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped although {NO_SKIP} is set: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a reason for skipping, however many tests share it."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")


@pytest.fixture(scope="session")
def tiny_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a city of 150 persons."""
    import small_project

    folder = tmp_path_factory.mktemp("city") / "data"
    small_project.tiny_city(folder)
    return folder


@pytest.fixture(scope="session")
def quarter_report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The published report of the committed quarter, made once for all test processes; not to be edited."""
    from filelock import FileLock
    from small_project import ROOT

    from hamm_eval.pipeline import Published, run_report

    base = tmp_path_factory.getbasetemp()
    # Of several processes each has a folder of its own below a common one.
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "quarter-report"
    with FileLock(f"{shared}.lock"):
        link = shared / "2017-Q2"
        if not link.exists():
            return run_report(ROOT / "params" / "2017-Q2.yaml", out=shared)
    run_id = json.loads((link / "results.json").read_text(encoding="utf-8"))["run_id"]
    return Published(link, run_id)


@pytest.fixture
def project(tmp_path: Path, tiny_city: Path) -> Callable[..., Path]:
    """Makes a small project with the given notebooks; returns its params file."""
    import small_project

    def make(notebooks: Mapping[str, str], **changes: Any) -> Path:
        if not (tmp_path / "data").exists():
            shutil.copytree(tiny_city, tmp_path / "data")
        return small_project.make_project(tmp_path, notebooks, **changes)

    return make
