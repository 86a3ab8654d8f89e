"""SIGKILL inside publishing: a reader sees the former report or the new one, whole."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from running import NOTEBOOKS, assert_recovers, change, finish, start
from small_project import assert_whole, published_bytes, shows

from hamm_eval.errors import ReleaseRefused
from hamm_eval.pipeline import run_report
from hamm_eval.pipeline.registering import list_register

# Making the staged folder, its second file, its last file, renaming it, replacing the link: see the count
# in tests/unit/pipeline/test_publish.py, which tries every moment of publishing alone.
MOMENTS = [(1, 7, 12), pytest.param((3, 9), marks=pytest.mark.slow)]
# Of a report with one notebook: the link is set, and its folder about to be made durable.
AFTER_THE_LINK = 16


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


def test_a_report_that_readers_had_is_not_forgotten_though_the_run_was_killed_and_the_folder_moved(
    project: Callable[..., Path],
) -> None:
    """It is killed when the link is set and the register does not know it yet; then reports/ is archived."""
    params = project({"01_who": shows("who", 120)})
    root = params.parents[1]
    code, _ = finish(start(params, AFTER_THE_LINK))
    assert code == -signal.SIGKILL
    assert_whole(root / "reports" / "2017-Q2")
    (root / "reports").rename(root / "archive")

    with pytest.raises(ReleaseRefused, match="counts as published"):
        run_report(project({"01_who": shows("who", 130)}))
    assert not (root / "reports" / "2017-Q2").exists()
    # The same numbers are published as before.
    assert run_report(project({"01_who": shows("who", 120)})).page.exists()
    assert [line.outcome for line in list_register(root)] == ["in doubt, counts as published", "published"]
