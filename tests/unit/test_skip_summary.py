"""The summary of a test run names each reason for a skip once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SKIPPING = """
import pytest
@pytest.mark.parametrize("i", range(5))
def test_that_needs_data(i): pytest.skip("needs the data")
def test_that_needs_a_browser(): pytest.skip("needs a browser")
def test_that_runs(): pass
"""


@pytest.mark.parametrize("processes", [[], ["-n", "2"]])
def test_equal_reasons_for_skips_are_one_line(tmp_path: Path, processes: list[str]) -> None:
    shutil.copy(TESTS / "conftest.py", tmp_path)
    shutil.copy(TESTS.parent / "pyproject.toml", tmp_path)
    (tmp_path / "test_some.py").write_text(SKIPPING, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "HAMM"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *processes, "test_some.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if "needs" in line]
    assert told == ["5 skipped: needs the data", "1 skipped: needs a browser"]
    assert done.returncode == 0
