"""The application: its commands, its help, its exit codes."""

from __future__ import annotations

import os
import signal
from typing import Annotated

import typer

from hamm_eval.cli.check import check
from hamm_eval.cli.console import say
from hamm_eval.cli.map import propose_map
from hamm_eval.cli.params import check_params
from hamm_eval.cli.pseudonymise import pseudonymise_export
from hamm_eval.cli.register import register
from hamm_eval.cli.release_report import release_report
from hamm_eval.cli.report import report
from hamm_eval.cli.synth import synth

app = typer.Typer(
    name="hamm-eval",
    help="Evaluate a city's integration management.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog=(
        "Exit codes: 0 done, 1 internal error, 2 wrong usage or params, 3 input refused, 4 release refused, "
        "5 a notebook failed, 6 the quarter is locked by another run, 130 interrupted."
    ),
)


# How soon polars' allocator gives memory back: by default it holds for a second what nobody needs any more.
ALLOCATOR = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:100,muzzy_decay_ms:0"}


def main() -> None:
    """Entry point of the command ``hamm-eval``."""
    for name, value in ALLOCATOR.items():  # read when polars is imported, which no command has done yet
        os.environ.setdefault(name, value)
    # A scheduler's SIGTERM ends a run as Ctrl-C does: kernels stopped, work folder gone.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()


def _tell_version(asked: bool) -> None:
    """Print the installed version and end."""
    if asked:
        from importlib.metadata import version

        say(f"hamm_eval {version('hamm-eval')}")
        raise typer.Exit


@app.callback()
def _everything(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What stands before any command."""


app.command()(report)
app.command("release-report")(release_report)
app.command()(check)
app.command("map")(propose_map)
app.command("pseudonymise")(pseudonymise_export)
app.command()(synth)
app.command("params")(check_params)
app.add_typer(register)
