from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from small_project import assert_whole, published_bytes

from hamm_eval.errors import HammEvalError, UsageError
from hamm_eval.pipeline.digest import digest_bytes
from hamm_eval.pipeline.publish import check_target, publish

QUARTER = "2017-Q2"
EVENTS = {"open", "os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}


def report(text: str, quarter: str = QUARTER) -> dict[str, bytes]:
    files = {"index.html": text.encode(), "results.json": b"{}"}
    digests = {name: digest_bytes(content) for name, content in files.items()}
    return files | {"manifest.json": json.dumps({"quarter": quarter, "files": digests}).encode()}


def stored(out: Path) -> int:
    return len([*(out / ".published").iterdir()])


def test_the_link_is_relative_so_that_the_folder_may_move(tmp_path: Path) -> None:
    publish(report("one"), out=tmp_path / "a", quarter=QUARTER)
    (tmp_path / "a").rename(tmp_path / "b")

    assert_whole(tmp_path / "b" / QUARTER)


def test_the_former_report_is_kept_and_older_ones_go(tmp_path: Path) -> None:
    links = []
    for text in ("one", "two", "three", "three"):
        link = publish(report(text), out=tmp_path, quarter=QUARTER)
        links.append(link.readlink().name)
    other = publish(report("one", "2017-Q3"), out=tmp_path, quarter="2017-Q3")

    kept = {folder.name for folder in (tmp_path / ".published").iterdir()}
    assert kept == {links[1], links[2], other.readlink().name}
    assert published_bytes(link)["index.html"] == b"three"


def test_going_back_to_the_former_report_reuses_it(tmp_path: Path) -> None:
    for text in ("one", "two", "one"):
        link = publish(report(text), out=tmp_path, quarter=QUARTER)

    assert published_bytes(link)["index.html"] == b"one"
    assert stored(tmp_path) == 2


def test_a_report_that_was_altered_afterwards_is_published_anew(tmp_path: Path) -> None:
    link = publish(report("one"), out=tmp_path, quarter=QUARTER)
    (link / "index.html").write_bytes(b"altered")

    publish(report("one"), out=tmp_path, quarter=QUARTER)

    assert_whole(link)
    assert published_bytes(link)["index.html"] == b"one"


def test_a_folder_in_place_of_the_link_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / QUARTER).mkdir()
    with pytest.raises(UsageError, match="in place of the report"):
        check_target(tmp_path, QUARTER)

    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="no folder"):
        check_target(tmp_path / "file", QUARTER)


@pytest.mark.parametrize("number", range(1, 8))
def test_a_full_disk_leaves_the_former_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    former = published_bytes(publish(report("one"), out=tmp_path, quarter=QUARTER))
    calls = 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fsync)
    files = report("two")
    if number <= 5:  # three files, the staged folder, its new name; then the link's folder
        with pytest.raises(HammEvalError, match="No space left") as failed:
            publish(files, out=tmp_path, quarter=QUARTER)
        assert failed.value.exit_code == 1
        assert published_bytes(tmp_path / QUARTER) == former
    monkeypatch.undo()

    publish(files, out=tmp_path, quarter=QUARTER)
    assert published_bytes(tmp_path / QUARTER) == files
    assert not [*(tmp_path / ".published").glob(".*"), *tmp_path.glob(".*.link")]


def killed_at(number: int, files: dict[str, bytes], out: Path) -> bool:
    """Publish in a process that kills itself at the n-th thing it does; False if it came to its end."""
    child = os.fork()
    if child == 0:
        seen = 0

        def die(event: str, args: object) -> None:
            nonlocal seen
            seen += event in EVENTS
            if event in EVENTS and seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        try:
            publish(files, out=out, quarter=QUARTER)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_kill_at_any_moment_leaves_a_whole_report_and_the_next_run_succeeds(tmp_path: Path) -> None:
    """A reader sees the old or the new report at every moment, the old one is never altered."""
    old, new = report("old"), report("new")
    moments = 0
    while True:
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        publish(report("older"), out=out, quarter=QUARTER)
        link = publish(old, out=out, quarter=QUARTER)
        former = link.resolve()

        killed = killed_at(moments + 1, new, out)

        assert published_bytes(link) in (old, new)
        assert published_bytes(former) == old
        publish(new, out=out, quarter=QUARTER)
        assert published_bytes(link) == new
        assert stored(out) == 2
        assert sorted(path.name for path in out.iterdir()) == [".published", QUARTER]
        if not killed:
            break
        moments += 1
    assert moments >= 15
