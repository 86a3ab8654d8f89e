"""SIGKILL inside publishing: a reader sees the former report or the new one, whole."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from running import NOTEBOOKS, assert_recovers, change, finish, start
from small_project import assert_whole, published_bytes

# Making the staged folder, its second file, its last file, renaming it, replacing the link: see the count
# in tests/unit/pipeline/test_publish.py, which tries every moment of publishing alone.
MOMENTS = [(1, 7, 12), pytest.param((3, 9), marks=pytest.mark.slow)]


@pytest.mark.parametrize("moments", MOMENTS)
def test_kills_inside_publishing(project: Callable[..., Path], moments: tuple[int, ...]) -> None:
    params = project(NOTEBOOKS)
    link = params.parents[1] / "reports" / "2017-Q2"
    assert_recovers(params, "Stadt-0")
    for number, moment in enumerate(moments, start=1):
        former, target = published_bytes(link), link.resolve()
        change(params, f"Abgebrochen-{number}")

        code, _ = finish(start(params, moment))

        assert code == -signal.SIGKILL
        assert_whole(link)
        assert published_bytes(target) == former
        assert_recovers(params, f"Stadt-{number}")
