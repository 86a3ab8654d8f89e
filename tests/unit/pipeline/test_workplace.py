from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hamm_eval.errors import QuarterLocked
from hamm_eval.pipeline.workplace import open_workplace


def test_the_folder_is_private_and_goes_at_the_end(tmp_path: Path) -> None:
    with open_workplace(tmp_path, tmp_path / "reports", "2017-Q2") as place:
        (place.folder / "confidential").write_text("x")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (place.folder, place.sockets)]
        assert modes == [0o700, 0o700]
        assert stat.S_IMODE((place.folder / "confidential").stat().st_mode) == 0o600
        assert len(str(place.sockets)) < 60

    assert not place.folder.exists()
    assert not place.sockets.exists()


def test_it_goes_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_workplace(tmp_path, tmp_path, "2017-Q2") as place:
        raise KeyboardInterrupt
    assert not place.folder.exists()


def test_what_a_killed_run_left_goes_at_the_next_start(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with open_workplace(tmp_path, tmp_path, "2017-Q2") as place:
            (place.folder / "confidential").write_text("x")
            (tmp_path / "left").write_text(f"{place.folder}\n{place.sockets}")
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    left = [Path(line) for line in (tmp_path / "left").read_text().splitlines()]
    assert all(folder.exists() for folder in left)

    with open_workplace(tmp_path, tmp_path, "2017-Q2"):
        assert not any(folder.exists() for folder in left)


def test_a_second_run_of_the_quarter_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with open_workplace(tmp_path, tmp_path, "2017-Q2"):
        with (
            pytest.raises(QuarterLocked, match=f"process {os.getpid()}") as locked,
            open_workplace(tmp_path, tmp_path, "2017-Q2"),
        ):
            pass
        with open_workplace(tmp_path, tmp_path, "2017-Q3"):
            pass
        with open_workplace(tmp_path, tmp_path / "rehearsal", "2017-Q2"):
            pass
    assert locked.value.exit_code == 6


def test_a_lock_of_a_dead_process_is_stale(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with open_workplace(tmp_path, tmp_path, "2017-Q2"):
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert [*(tmp_path / ".hamm_eval" / "locks").glob("*.holder")]

    with open_workplace(tmp_path, tmp_path, "2017-Q2"):
        pass
