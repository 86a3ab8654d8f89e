"""A disk that takes no more: one readable message, the former report whole, the next run succeeds."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from running import NOTEBOOKS, assert_recovers, change
from small_project import ROOT, left_over, published_bytes

from hamm_eval.casefile import CaseFile
from hamm_eval.errors import HammEvalError
from hamm_eval.pipeline import run_report


def test_no_file_may_grow_beyond_what_the_page_needs(project: Callable[..., Path]) -> None:
    """The operating system refuses the page half written, as a full disk or a quota does."""
    params = project(NOTEBOOKS)
    root = params.parents[1]
    link = root / "reports" / "2017-Q2"
    assert_recovers(params, "Stadt-0")
    former = published_bytes(link)
    half = len(former["index.html"]) // 2
    assert max(len(content) for name, content in former.items() if name != "index.html") < half
    change(params, "Abgebrochen")

    done = subprocess.run(
        [sys.executable, "-m", "hamm_eval.cli", "report", str(params)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (half, half)),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert published_bytes(link) == former
    assert not left_over(root, root / "reports")
    assert_recovers(params, "Stadt-1")


def test_no_room_for_the_private_work(project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(case_file: CaseFile, folder: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    params = project(NOTEBOOKS)
    monkeypatch.setattr(CaseFile, "save", full)

    with pytest.raises(HammEvalError, match="no room left"):
        run_report(params)
    assert not left_over(params.parents[1], params.parents[1] / "reports")
