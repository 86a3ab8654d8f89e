"""Estimates kept for the other notebooks of a run."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest

from hamm_eval.errors import NotEstimable
from hamm_eval.pipeline.kept import KeptEstimates


def ask(folder: str) -> int:
    """Another process of the run; making writes a line, so that makers can be counted."""

    def make() -> int:
        with (Path(folder) / "made").open("a") as file:
            file.write("made\n")
        return 7

    return KeptEstimates(Path(folder)).once("measure_effectiveness:course", make)


def test_one_process_makes_it_and_all_read_it(tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        assert pool.map(ask, [str(tmp_path)] * 4) == [7] * 4
    assert (tmp_path / "made").read_text() == "made\n"


def test_another_name_is_another_estimate(tmp_path: Path) -> None:
    kept = KeptEstimates(tmp_path)
    assert (kept.once("a", lambda: 1), kept.once("b", lambda: 2), kept.once("a", lambda: 3)) == (1, 2, 1)


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    kept = KeptEstimates(tmp_path)

    def fail() -> int:
        raise NotEstimable("There is no event.", where="event")

    for _ in range(2):
        with pytest.raises(NotEstimable):
            kept.once("a", fail)
    assert kept.once("a", lambda: 1) == 1


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    KeptEstimates(tmp_path).once("a", lambda: 1)
    folder = tmp_path / "estimates"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_without_a_run_nothing_is_kept() -> None:
    kept = KeptEstimates(None)
    assert (kept.once("a", lambda: 1), kept.once("a", lambda: 2)) == (1, 2)
