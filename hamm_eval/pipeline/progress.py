"""What a run tells whoever started it while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a run is done.

    Parameters
    ----------
    step : {"data", "warning", "notebook", "page"}
        The export was read and checked; something is to be known before notebooks start; a notebook was
        executed; the page was published.
    name : str
        Name of the notebook, else "".
    done, total : int
        Notebooks executed so far and in all.
    seconds : float
        How long the step took.
    text : str
        What is to be known; of a warning only.
    """

    step: Literal["data", "warning", "notebook", "page"]
    name: str
    done: int
    total: int
    seconds: float
    text: str = ""


Listener = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Tell nobody."""
