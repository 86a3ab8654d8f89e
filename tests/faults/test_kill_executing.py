"""SIGKILL at random moments before publishing: the former report stays, the next run succeeds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running import NOTEBOOKS, assert_recovers, change, finish, start, wait_for
from small_project import published_bytes


@pytest.mark.parametrize(
    ("seed", "kills"), [(20170630, 1), pytest.param(20170930, 5, marks=pytest.mark.slow)]
)
def test_kills_at_random_moments(project: Callable[..., Path], seed: int, kills: int) -> None:
    params = project(NOTEBOOKS)
    root = params.parents[1]
    link = root / "reports" / "2017-Q2"
    assert_recovers(params, "Stadt-0")
    rng = np.random.default_rng(seed)
    for number in range(1, kills + 1):
        former, target = published_bytes(link), link.readlink()
        change(params, f"Abgebrochen-{number}")
        process = start(params)
        # Importing takes most of a short run: moments count from the private folder's birth.
        wait_for(root / ".hamm_eval" / "work", "*/run-*", process)
        time.sleep(rng.uniform(0.0, 1.5))

        process.send_signal(signal.SIGKILL)
        code, _ = finish(process)

        assert code == -signal.SIGKILL
        assert link.readlink() == target
        assert published_bytes(link) == former
        assert_recovers(params, f"Stadt-{number}")


def test_kernels_of_a_killed_run_end_by_themselves(project: Callable[..., Path], tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    waits = (
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(300)"
    )
    params = project({"01_who": NOTEBOOKS["01_who"].replace('show(\\"who\\", 120)', waits)})
    process = start(params)
    wait_for(tmp_path, "pid", process)

    process.send_signal(signal.SIGKILL)
    finish(process)

    end = time.monotonic() + 30
    while _alive(int(pid.read_text())) and time.monotonic() < end:
        time.sleep(0.1)
    assert not _alive(int(pid.read_text()))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended but was not waited for still has its number.
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")
