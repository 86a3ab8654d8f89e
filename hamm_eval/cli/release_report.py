"""``hamm-eval release-report``: what was published, hidden and withheld, for the data protection officer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hamm_eval.cli.console import Language, errors_for_people, say
from hamm_eval.errors import UsageError

NAME = "release-report.html"


def release_report(
    params: Annotated[
        Path | None, typer.Argument(help="Params of any quarter: reports/ of its project is told of.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder in which reports were published.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"The page; by default {NAME} in that folder.")
    ] = None,
    language: Annotated[Language | None, typer.Option(help="Language of the page.")] = None,
) -> None:
    """Tell per quarter what was published, hidden and withheld, and why; without a single figure."""
    with errors_for_people():
        from hamm_eval.cohort.check_params import load_checked_params
        from hamm_eval.pipeline.published import published_quarters
        from hamm_eval.project import find_root
        from hamm_eval.report.release_report import page
        from hamm_eval.report.whole_files import replace_file
        from hamm_eval.report.wording import Wording

        if params is None and out is None:
            raise UsageError("Name a params file, or the folder of the reports with --out.")
        asked = None if params is None else load_checked_params(params)
        folder = out if out is not None or params is None else find_root(params.resolve().parent) / "reports"
        assert folder is not None
        wording = Wording(language or (asked.language if asked is not None else "de"))
        text = page(published_quarters(folder), wording, folder.resolve().name)
        target = html or folder / NAME
        try:
            replace_file(target, text.encode())
        except OSError:
            raise UsageError(
                "The page cannot be written to this file.",
                where=str(target),
                todo="Name a file in a folder that exists and that you may write to.",
            ) from None
        say(wording.text("release_report.written", path=target))
