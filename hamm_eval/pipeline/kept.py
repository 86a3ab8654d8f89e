"""Estimates that several notebooks of one run rest on: made by the first that asks, read by the others."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

Answer = TypeVar("Answer")


class KeptEstimates:
    """Keeps estimates in the private folder of a run, where its notebooks are processes of their own.

    Data, params and code are the same for all notebooks of a run, so a name is enough. Without a run nothing
    is kept: in JupyterLab params change under a researcher's hands.

    Parameters
    ----------
    folder : Path or None
        Of the run; None where there is no run.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder / "estimates"

    def once(self, name: str, make: Callable[[], Answer]) -> Answer:
        """What `make` returns, made once a run; who asks meanwhile waits. An error is raised anew each time.

        Parameters
        ----------
        name : str
            Of the estimate, as ``measure_effectiveness:intensive_course_on_b1``.
        make : callable
        """
        if self._folder is None:
            return make()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / hashlib.sha256(name.encode()).hexdigest()[:16]
        with FileLock(path.with_suffix(".lock"), mode=0o600):
            if not path.exists():
                # Whole or not at all: a full disk must not leave a part for the next reader.
                part = path.with_suffix(".part")
                part.write_bytes(pickle.dumps(make()))
                part.replace(path)
            # The maker reads it back too, so that all notebooks see the very same. Nobody but this run's own
            # processes can write here, so that unpickling is safe.
            found: Answer = pickle.loads(path.read_bytes())
        return found
