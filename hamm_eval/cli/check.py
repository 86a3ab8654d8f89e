"""``hamm-eval check``: an export read, and what its checks find."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hamm_eval.cli.console import Language, errors_for_people, say
from hamm_eval.errors import IntakeRefused

if TYPE_CHECKING:
    from hamm_eval.casefile import CheckedExport

# What `check` says around the findings, whose own texts come from their rules.
_WORDS = {
    "de": {
        "refuse": "Ablehnung",
        "quarantine": "Zurückgestellt",
        "warn": "Warnung",
        "notice": "Hinweis",
        "source": "Gelesen: {file}: {evidence}; {rows} Zeilen.",
        "read": "{tables} Tabellen, {rows} Zeilen gelesen; Stichtag {cut}.",
        "none": "Keine Befunde.",
        "one": "1 Befund.",
        "many": "{count} Befunde.",
        "usable": "Der Export ist verwendbar.",
        "refused": "Der Export ist nicht verwendbar.",
    },
    "en": {
        "refuse": "refuse",
        "quarantine": "quarantine",
        "warn": "warn",
        "notice": "notice",
        "source": "Read: {file}: {evidence}; {rows} rows.",
        "read": "{tables} tables, {rows} rows read; data cut {cut}.",
        "none": "No findings.",
        "one": "1 finding.",
        "many": "{count} findings.",
        "usable": "The export can be used.",
        "refused": "The export cannot be used.",
    },
}


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
    private_findings: Annotated[
        Path | None,
        typer.Option(help="Write the values behind the findings to this file, readable by you alone."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the findings.")] = "de",
) -> None:
    """Read an export and list what the checks find; exit code 3 if it cannot be used."""
    with errors_for_people():
        from hamm_eval.casefile import check_export

        checked = check_export(
            folder,
            mapping=mapping,
            as_of=as_of,
            private_findings=private_findings,
        )
        _tell_checked(checked, language)
        if not checked.usable:
            raise typer.Exit(IntakeRefused.exit_code)


def _tell_checked(checked: CheckedExport, language: Language) -> None:
    """The findings, what was read, and whether the export can be used."""
    from hamm_eval.report.wording import Wording

    words, wording = _WORDS[language], Wording(language)
    for source in checked.sources:
        rows = wording.number(source.rows)
        say(words["source"].format(file=source.file, evidence=source.evidence(language), rows=rows))
    for finding in checked.findings:
        say(f"{words[finding.severity.value]}: {finding.problem(language)}")
    read = checked.case_file
    if read is not None:
        rows = wording.number(sum(count.read for count in read.counts.values()))
        say(words["read"].format(tables=len(read.counts), rows=rows, cut=wording.date(read.data_cut)))
    found = len(checked.findings)
    counted = words["none" if found == 0 else "one" if found == 1 else "many"].format(count=found)
    say(f"{counted} {words['refused' if read is None else 'usable']}")
