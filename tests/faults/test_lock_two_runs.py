"""Two runs of one quarter at once, and a run that is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from running import wait_for
from small_project import OPEN, ROOT, left_over, notebook

WAITS = notebook(OPEN, "import time; time.sleep(300)")


def command(params: Path) -> subprocess.Popen[str]:
    """`hamm-eval report` as a user starts it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "hamm_eval.cli", "report", str(params)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_second_run_is_refused_and_an_interrupted_first_one_leaves_nothing(
    project: Callable[..., Path], stop: signal.Signals
) -> None:
    params = project({"01_who": WAITS})
    root = params.parents[1]
    first = command(params)
    wait_for(root / ".hamm_eval" / "work", "*/run-*/ipython", first)

    second = command(params)
    stdout, stderr = second.communicate(timeout=120)

    assert second.returncode == 6
    assert f"process {first.pid}" in stderr
    assert "Traceback" not in stderr + stdout

    started = time.monotonic()
    first.send_signal(stop)
    stdout, stderr = first.communicate(timeout=120)

    assert first.returncode == 130
    assert "Interrupted" in stderr
    assert "Traceback" not in stderr + stdout
    assert time.monotonic() - started < 60
    assert not left_over(root, root / "reports")
    assert not (root / "reports").exists()
