"""Where the project lies: the nearest ancestor folder that holds params/."""

from __future__ import annotations

from pathlib import Path

from hamm_eval.errors import UsageError


def find_root(start: Path) -> Path:
    """Nearest folder from `start` upwards that holds ``params/``, so that a notebook, pytest and the
    command line resolve the same relative paths.

    Raises
    ------
    UsageError
        No such folder.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "params").is_dir():
            return folder
    raise UsageError(
        "No folder params/ here or above.",
        where=start.name,
        todo="Run this inside a checkout of the project.",
    )
