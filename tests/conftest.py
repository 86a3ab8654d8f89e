"""What holds for all tests: in continuous integration nothing may be skipped."""

from __future__ import annotations

import os
from collections.abc import Generator

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
