"""How a kernel was lost: what its user is told, and what the private log keeps; never what it computed."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from hamm_eval.errors import NotebookFailed
from hamm_eval.pipeline.private_log import log_kernel

_AGAIN = "The former report is untouched; run it again."
_MEMORY = "Often the memory was not enough."
_ITSELF = (
    "Something that the cell calls ended the process: run the notebook in JupyterLab (make lab) to see what."
)
_SLOW = "Often the machine is too busy."


@dataclass(frozen=True, slots=True)
class KernelEnd:
    """What is known of a kernel that no longer answers.

    Parameters
    ----------
    notebook : str
    cell : int or None
        Number of the code cell that was running, in the notebook as written; None before the first.
    code : int or None
        How its process ended by itself, negative the signal; None where it was alive until the run ended it.
    """

    notebook: str
    cell: int | None
    code: int | None

    @property
    def how(self) -> str:
        """How it ended, in words.

        Examples
        --------
        >>> KernelEnd("02_time", 3, -9).how
        'ended by SIGKILL'
        """
        if self.code is None:
            return "alive"
        if self.code >= 0:
            return f"ended with exit code {self.code}"
        try:
            return f"ended by {signal.Signals(-self.code).name}"
        except ValueError:
            return f"ended by signal {-self.code}"

    @property
    def at(self) -> str:
        """Where it was."""
        return "before the first cell" if self.cell is None else f"in cell {self.cell}"

    @property
    def advice(self) -> str:
        """What to do: memory is suspected only where something took the process down."""
        if self.code is None:
            return f"{_SLOW} {_AGAIN}"
        return f"{_MEMORY if self.code < 0 else _ITSELF} {_AGAIN}"


def lost_kernel(end: KernelEnd, error: BaseException, root: Path) -> NotebookFailed:
    """The error that tells of a lost kernel, after the log of the project was written.

    Parameters
    ----------
    end : KernelEnd
    error : BaseException
        By which it was noticed; of it types and frames are kept, its text may carry a value.
    root : Path
        The project's folder.

    Returns
    -------
    NotebookFailed
    """
    log = log_kernel(f"{end.notebook}, {end.at}: kernel {end.how}", error, root)
    lost = "died" if end.code is not None else "did not start or no longer answered"
    why = end.how if end.code is not None else type(error).__name__
    return NotebookFailed(
        f"The kernel {lost} {end.at} ({why}).",
        where=end.notebook,
        todo=f"{end.advice} What is known stands in {log}.",
    )
