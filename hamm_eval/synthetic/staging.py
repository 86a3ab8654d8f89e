"""A folder filled all at once: whoever looks sees the former city or the new one, never a part of either."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hamm_eval.errors import HammEvalError, UsageError

PARTIAL = ".partial"


@contextmanager
def staged(folder: Path, *, overwrite: bool, replaces: Iterable[str]) -> Iterator[Path]:
    """A place for files that take theirs in `folder` together at the end, or not at all.

    Parameters
    ----------
    folder : path
        Created where it does not exist; removed again if nothing comes of it.
    overwrite : bool
        Whether it may hold anything.
    replaces : iterable of str
        Names of files of a former city: they are gone when the new ones are there. Others stay.

    Yields
    ------
    pathlib.Path
        Where to write: within `folder`, for only there files can be moved without copying them.

    Raises
    ------
    UsageError
        The folder cannot be created, or holds something and may not; it has a folder in a file's place.
    HammEvalError
        Something cannot be written, as when the disk is full.
    """
    former = frozenset(replaces)
    created = _make_room(folder, overwrite, former)
    work = folder / PARTIAL
    try:
        # What lies there is of a run that was killed.
        shutil.rmtree(work, ignore_errors=True)
        (work / "new").mkdir(parents=True)
        (work / "former").mkdir()
        yield work / "new"
        _exchange(folder, work, former)
        created = []
    except OSError as error:
        raise HammEvalError(
            f"The city cannot be written: {os.strerror(error.errno) if error.errno else 'unknown reason'}.",
            where=str(folder),
            todo="Make room, or name another folder. What was there before is untouched.",
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
        for path in created:
            with suppress(OSError):  # somebody else has put something there
                path.rmdir()


def _make_room(folder: Path, overwrite: bool, former: frozenset[str]) -> list[Path]:
    """Create the folder, refuse one that may hold somebody's export; what was created, innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = {path.name for path in folder.iterdir()} - {PARTIAL}
    except OSError:
        raise UsageError(
            "This folder cannot be created.", where=str(folder), todo="Name another one, or free its name."
        ) from None
    if held and not overwrite:
        raise UsageError(
            "This folder is not empty; files of the same names would be overwritten.",
            where=str(folder),
            todo="Name another folder, or say --force (overwrite=True) if it holds a synthetic city.",
        )
    folders = sorted(name for name in held & former if (folder / name).is_dir())
    if folders:
        raise UsageError(
            f"In place of a file there is a folder: {', '.join(folders)}.",
            where=str(folder),
            todo="Name another folder, or free the name.",
        )
    return missing


def _exchange(folder: Path, work: Path, former: frozenset[str]) -> None:
    """Move the former files out and the new ones in; all back if anything comes between."""
    new = sorted(path.name for path in (work / "new").iterdir())
    try:
        for name in sorted(former.union(new)):
            if (folder / name).exists():
                (folder / name).replace(work / "former" / name)
        for name in new:
            (work / "new" / name).replace(folder / name)
    except BaseException:
        for name in new:
            if not (work / "new" / name).exists():
                (folder / name).unlink()
        for path in (work / "former").iterdir():
            path.replace(folder / path.name)
        raise
