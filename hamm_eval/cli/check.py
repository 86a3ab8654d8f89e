"""``hamm-eval check``: an export read, and what its checks find."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hamm_eval.cli.console import Language, errors_for_people, say, wide_console
from hamm_eval.errors import IntakeRefused


def _day(text: str) -> date:
    """A day as the command line takes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write the day as 2017-06-30.") from None


def check(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder that holds an export, or a workbook (XLSX).")
    ],
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=_day, metavar="YYYY-MM-DD", help="Data cut; by default the latest day of recording."
        ),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="How the source names things (YAML).")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the findings as a page, without values.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the findings as a workbook, without values.")
    ] = None,
    private_findings: Annotated[
        Path | None,
        typer.Option(help="Write the values behind the findings to this file, readable by you alone."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the findings.")] = "de",
) -> None:
    """Read an export and list what the checks find; exit code 3 if it cannot be used."""
    with errors_for_people():
        from hamm_eval.casefile import check_export
        from hamm_eval.report.intake import intake_report, refuse_places, write_reports
        from hamm_eval.report.intake.console import print_report
        from hamm_eval.report.wording import Wording

        refuse_places(folder, (html, xlsx))
        checked = check_export(
            folder,
            mapping=mapping,
            as_of=as_of,
            private_findings=private_findings,
        )
        wording = Wording(language)
        found = intake_report(checked, folder.resolve().name, wording)
        write_reports(found, wording, html=html, xlsx=xlsx)
        left_out = print_report(found, wording, wide_console())
        for path in filter(None, (html, xlsx)):
            say(wording.text("check.written", path=path))
        if left_out and html is None and xlsx is None:
            say(wording.text("check.to_files", source=folder))
        if not checked.usable:
            raise typer.Exit(IntakeRefused.exit_code)
