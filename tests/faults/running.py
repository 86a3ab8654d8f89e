"""Running a report in a process of its own, to kill it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from small_project import ROOT, assert_whole, left_over, published_bytes, shows

SCRIPT = Path(__file__).with_name("killed_run.py")
NOTEBOOKS = {"01_who": shows("who", 120), "02_time": shows("time", 90)}


def start(params: Path, moment: int = 0) -> subprocess.Popen[bytes]:
    """Start a run; with a moment it kills itself while it publishes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(params), str(moment)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """Return code and stderr."""
    _, stderr = process.communicate(timeout=180)
    return process.returncode, stderr


def wait_for(path: Path, pattern: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until something of that name is there."""
    while not any(path.glob(pattern)):
        assert process.poll() is None, "the run ended too early"
        time.sleep(0.02)


def change(params: Path, city: str) -> None:
    """Another input, so that another report is published."""
    lines = params.read_text(encoding="utf-8").splitlines()
    changed = [f"city: {city}" if line.startswith("city:") else line for line in lines]
    params.write_text("\n".join(changed) + "\n", encoding="utf-8")


def assert_recovers(params: Path, city: str) -> None:
    """The next run succeeds, publishes its own report and clears what the killed one left."""
    change(params, city)
    code, stderr = finish(start(params))
    assert code == 0, stderr.decode()
    out = params.parents[1] / "reports"
    assert_whole(out / "2017-Q2")
    assert city.encode() in published_bytes(out / "2017-Q2")["index.html"]
    assert not left_over(params.parents[1], out)
