"""The private folder of a run: nobody else can read it, and it goes when the run ends, however it ends."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hamm_eval.pipeline.lock import lock_quarter

PRIVATE = ".hamm_eval"


@dataclass(frozen=True, slots=True)
class Workplace:
    """Folders of one run.

    Parameters
    ----------
    folder : Path
        Confidential work: the case file, the run record, executed notebooks.
    sockets : Path
        Where kernels are spoken to; its path is short, as sockets need it.
    umask : int
        The user's own umask, for what is published.
    root : Path
        The project's folder, which holds the private logs.
    """

    folder: Path
    sockets: Path
    umask: int
    root: Path


@contextmanager
def open_workplace(root: Path, out: Path, quarter: str) -> Iterator[Workplace]:
    """Lock the quarter, clear what killed runs left, and give a private folder that is removed at the end.

    Raises
    ------
    QuarterLocked
        Another run is writing the same quarter to the same folder.
    """
    umask = os.umask(0o077)
    try:
        key = f"{quarter}-{hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:8]}"
        locks = private_folder(root, "locks")
        with lock_quarter(locks, key, quarter):
            work = private_folder(root, "work", key)
            clear_leftovers(work)
            try:
                yield _new_workplace(work, umask, root)
            finally:
                clear_leftovers(work)
                work.rmdir()
    finally:
        os.umask(umask)


def private_folder(root: Path, *parts: str) -> Path:
    """A folder below ``.hamm_eval`` that only its owner may enter."""
    folder = root / PRIVATE
    for part in ("", *parts):
        folder = folder / part
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    return folder


def clear_leftovers(work: Path) -> None:
    """Remove what runs left behind, their sockets included. Only who holds the lock may call it."""
    for run in work.iterdir():
        link = run / "sockets"
        if link.is_symlink():
            shutil.rmtree(link.readlink(), ignore_errors=True)
        # A kernel that outlives its killed run for a second may still be writing there.
        shutil.rmtree(run, ignore_errors=True)


def _new_workplace(work: Path, umask: int, root: Path) -> Workplace:
    """A folder of its own for each run: a kernel left over from a killed run cannot reach into the next."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=work))
    # A socket's path may hold about 100 characters, which a project's folder can exceed.
    sockets = Path(tempfile.mkdtemp(prefix="he-", dir="/tmp" if os.name == "posix" else None))
    (folder / "sockets").symlink_to(sockets)
    return Workplace(folder, sockets, umask, root)
