"""One run per quarter and output folder: the second refuses and names who holds the lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hamm_eval.errors import QuarterLocked

REGISTER_WAIT = 600.0


@contextmanager
def lock_quarter(folder: Path, key: str, quarter: str) -> Iterator[None]:
    """Hold the lock of a quarter while the body runs.

    The operating system releases the lock of a process that died, so a lock left behind by a killed run
    is stale by itself: only who holds it is noted beside it, in a file that may be outdated.

    Raises
    ------
    QuarterLocked
        Another run is writing the same quarter to the same folder.
    """
    lock = FileLock(folder / f"{key}.lock", timeout=0, mode=0o600)
    holder = folder / f"{key}.holder"
    try:
        lock.acquire()
    except Timeout:
        raise QuarterLocked(
            f"{_named(holder)} is writing {quarter} to the same folder.",
            todo="Wait until it is done, or rehearse elsewhere with --out DIR.",
        ) from None
    try:
        holder.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def lock_register(path: Path, *, timeout: float = REGISTER_WAIT) -> Iterator[None]:
    """Hold the lock of a release register: runs of several quarters prove and publish one after the other.

    Raises
    ------
    QuarterLocked
        Another run holds it for longer than a run proves and publishes.
    """
    lock = FileLock(path.with_suffix(".lock"), timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise QuarterLocked(
            "Another run is publishing to the same folder.",
            todo="Wait until it is done, or rehearse elsewhere with --out DIR.",
        ) from None
    try:
        yield
    finally:
        lock.release()


def _named(holder: Path) -> str:
    """The process that holds the lock, as far as it is known and alive."""
    with suppress(OSError, ValueError):
        pid = int(holder.read_text(encoding="ascii"))
        with suppress(PermissionError):  # alive, and another user's
            os.kill(pid, 0)
        return f"Another run (process {pid})"
    return "Another run"
