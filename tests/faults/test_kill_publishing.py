"""SIGKILL inside publishing: a reader sees the former report or the new one, whole."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from running import NOTEBOOKS, assert_recovers, change, finish, start
from small_project import assert_whole, published_bytes

# Making the staged folder, its second file, its last file, renaming it, replacing the link: see the count
# in tests/unit/pipeline/test_publish.py, which tries every moment of publishing alone.
MOMENTS = (1, 3, 7, 9, 12)


def test_five_kills_inside_publishing(project: Callable[..., Path]) -> None:
    params = project(NOTEBOOKS)
    link = params.parents[1] / "reports" / "2017-Q2"
    assert_recovers(params, "Stadt-0")
    for number, moment in enumerate(MOMENTS, start=1):
        former, target = published_bytes(link), link.resolve()
        change(params, f"Abgebrochen-{number}")

        code, _ = finish(start(params, moment))

        assert code == -signal.SIGKILL
        assert_whole(link)
        assert published_bytes(target) == former
        assert_recovers(params, f"Stadt-{number}")
