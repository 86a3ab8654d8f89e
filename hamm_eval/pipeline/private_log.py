"""The private log of a run: what happened, by names, types and counts; never a value."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from hamm_eval.errors import UsageError
from hamm_eval.pipeline.workplace import private_folder
from hamm_eval.project import find_root

_WARNING = re.compile(r"\b([A-Z][A-Za-z]*Warning):")


def log_exception(error: BaseException, start: Path) -> Path:
    """Write type and frames of an unexpected exception, and of those behind it; their texts stay away.

    Parameters
    ----------
    error : BaseException
    start : Path
        Where to look for the project; without one the log goes to the temporary folder.

    Returns
    -------
    Path
        The log, readable by its owner alone.
    """
    return _write(_folder(start), _types_and_frames(error))


def log_kernel(told: str, error: BaseException, root: Path) -> Path:
    """Note how a kernel was lost: in words, and by which exception.

    Parameters
    ----------
    told : str
        Notebook, number of the cell and how the process ended.
    error : BaseException
        Type and frames are kept.
    root : Path
        The project's folder.
    """
    return _write(private_folder(root, "logs"), [told, *_types_and_frames(error)])


def _types_and_frames(error: BaseException) -> list[str]:
    """Type and frames of an exception and of those behind it."""
    lines: list[str] = []
    link: BaseException | None = error
    while link is not None:
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        frames = traceback.extract_tb(link.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno}: {frame.name}" for frame in frames]
        link = link.__cause__ or link.__context__
    return lines


def log_stderr(dropped: Iterable[tuple[str, str]], root: Path) -> Path | None:
    """Note what notebooks wrote to stderr, which a report drops: how many lines, which kinds of warnings."""
    lines = []
    for notebook, text in dropped:
        kinds = Counter(_WARNING.findall(text))
        named = ", ".join(f"{kind} {count}x" for kind, count in sorted(kinds.items())) or "no warning"
        lines.append(f"{notebook}: {len(text.splitlines())} lines on stderr dropped ({named})")
    return _write(private_folder(root, "logs"), lines) if lines else None


def _folder(start: Path) -> Path:
    """Where logs of the project lie."""
    try:
        return private_folder(find_root(start), "logs")
    except (UsageError, OSError):
        return Path(tempfile.mkdtemp(prefix="hamm_eval-log-"))


def _write(folder: Path, lines: Iterable[str]) -> Path:
    """One file a run, mode 0600 from its creation."""
    now = dt.datetime.now(tz=dt.UTC)
    path = folder / f"{now:%Y%m%dT%H%M%S}-{os.getpid()}.log"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path
