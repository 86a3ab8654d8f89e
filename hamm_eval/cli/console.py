"""What every command shares: how it speaks, and how it ends when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import typer
from rich.console import Console

from hamm_eval.errors import HammEvalError

INTERNAL = 1
INTERRUPTED = 130
_UNWRAPPED = 10_000

Language = Literal["de", "en"]


@contextmanager
def errors_for_people(untouched: str = "") -> Iterator[None]:
    """End a command with one readable message and the error's exit code, never with a traceback."""
    try:
        yield
    except HammEvalError as error:
        complain(str(error))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        complain(f"Interrupted.{untouched}")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        # Its text may carry a value: only type and frames are kept, in a private file.
        from hamm_eval.pipeline.private_log import log_exception

        log = log_exception(error, Path.cwd())
        complain(
            f"Internal error ({type(error).__name__}). Where it happened stands in {log}; "
            f"please report it.{untouched}"
        )
        raise typer.Exit(INTERNAL) from None


def wide_console() -> Console:
    """Stdout for what has a layout: as wide as a terminal, plain and nothing wrapped elsewhere."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_UNWRAPPED)


def say(text: str) -> None:
    """A line on stdout: unwrapped, and no part of it read as markup."""
    Console(soft_wrap=True, highlight=False).print(text, markup=False)


def complain(text: str) -> None:
    """A message on stderr."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print("hamm-eval: ", style="bold red", end="")
    console.print(text, markup=False)
