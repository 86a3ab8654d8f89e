"""``hamm-eval report``: the notebooks of a quarter, executed, checked and published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hamm_eval.cli.console import Language, errors_for_people, say

if TYPE_CHECKING:
    from hamm_eval.pipeline import Progress

UNTOUCHED = " The former report is untouched."


def report(
    params: Annotated[Path, typer.Argument(help="Params of the quarter, as params/2017-Q2.yaml.")],
    out: Annotated[
        Path | None, typer.Option(help="Publish to this folder instead of reports/, to rehearse.")
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="Language of the report; by default that of the params."),
    ] = None,
) -> None:
    """Execute the notebooks of a quarter, check every output, and publish one page."""
    with errors_for_people(UNTOUCHED):
        from hamm_eval.pipeline import run_report

        published = run_report(params, out=out, language=language, progress=_print_progress)
        say(f"Run {published.run_id}. Open the report in a browser:")
        say(str(published.page))
        for note in published.notes:
            say(note)


def _print_progress(progress: Progress) -> None:
    """One line per step."""
    match progress.step:
        case "data":
            say(f"Data read and checked ({progress.seconds:.1f} s)")
        case "warning":
            say(progress.text)
        case "notebook":
            say(f"[{progress.done}/{progress.total}] {progress.name} ({progress.seconds:.1f} s)")
        case "page":
            say(f"Page assembled, checked and published ({progress.seconds:.1f} s)")
