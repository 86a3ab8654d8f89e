"""The command line: report, check, synth, params.

Nothing of science is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from hamm_eval.errors import HammEvalError, IntakeRefused, UsageError

if TYPE_CHECKING:
    from hamm_eval.casefile import CheckedExport
    from hamm_eval.pipeline import Progress

INTERNAL = 1
INTERRUPTED = 130
UNTOUCHED = " The former report is untouched."

Language = Literal["de", "en"]
# What `check` says around the findings, whose own texts come from their rules.
_WORDS = {
    "de": {
        "refuse": "Ablehnung",
        "quarantine": "Zurückgestellt",
        "warn": "Warnung",
        "notice": "Hinweis",
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
        "read": "{tables} tables, {rows} rows read; data cut {cut}.",
        "none": "No findings.",
        "one": "1 finding.",
        "many": "{count} findings.",
        "usable": "The export can be used.",
        "refused": "The export cannot be used.",
    },
}

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


def main() -> None:
    """Entry point of the command ``hamm-eval``."""
    # A scheduler's SIGTERM ends a run as Ctrl-C does: kernels stopped, work folder gone.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()


def _tell_version(asked: bool) -> None:
    """Print the installed version and end."""
    if asked:
        from importlib.metadata import version

        _say(f"hamm_eval {version('hamm-eval')}")
        raise typer.Exit


@app.callback()
def _everything(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What stands before any command."""


def _day(text: str) -> date:
    """A day as the command line takes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write the day as 2017-06-30.") from None


@app.command()
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
    with _errors_for_people(UNTOUCHED):
        from hamm_eval.pipeline import run_report

        published = run_report(params, out=out, language=language, progress=_print_progress)
        _say(f"Run {published.run_id}. Open the report in a browser:")
        _say(str(published.page))


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds an export.")],
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
    with _errors_for_people():
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


@app.command()
def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the synthetic city.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")],
    persons: Annotated[
        int | None,
        typer.Option(help="Refugees present on the reference day, 30 or more; by default as in Hamm."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Write into a folder that holds files, over those of the same names."),
    ] = False,
    dirty: Annotated[
        bool,
        typer.Option("--dirty", help="With the defects of real exports, each listed in defects.json."),
    ] = False,
) -> None:
    """Write a synthetic city, with the truth that it was made from."""
    with _errors_for_people():
        from hamm_eval.synthetic.dirty.store import refuse_dirty, write_dirty
        from hamm_eval.synthetic.export import write_city

        refuse_dirty(folder)
        city = write_city(folder, seed=seed, persons=persons, overwrite=force)
        _say(f"Written to {write_dirty(city, seed=seed) if dirty else city}")


@app.command("params")
def check_params(
    file: Annotated[Path | None, typer.Argument(help="A params file to check.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Write the JSON Schema that editors use.")] = False,
) -> None:
    """Check a params file, or write the schema of such files."""
    with _errors_for_people():
        from hamm_eval.cohort.check_params import load_checked_params
        from hamm_eval.params import json_schema

        if (file is None) != schema:
            raise UsageError("Name a params file, or ask for the schema with --schema.")
        if file is None:
            _say(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        else:
            _say(f"{file}: {load_checked_params(file).quarter}, no problem found.")


def _tell_checked(checked: CheckedExport, language: Language) -> None:
    """The findings, what was read, and whether the export can be used."""
    from hamm_eval.report.wording import Wording

    words, wording = _WORDS[language], Wording(language)
    for finding in checked.findings:
        text = finding.text_de if language == "de" else finding.text_en
        _say(f"{words[finding.severity.value]}: {finding.where}: {text} [{finding.rule}]")
    read = checked.case_file
    if read is not None:
        rows = wording.number(sum(count.read for count in read.counts.values()))
        _say(words["read"].format(tables=len(read.counts), rows=rows, cut=wording.date(read.data_cut)))
    found = len(checked.findings)
    counted = words["none" if found == 0 else "one" if found == 1 else "many"].format(count=found)
    _say(f"{counted} {words['refused' if read is None else 'usable']}")


@contextmanager
def _errors_for_people(untouched: str = "") -> Iterator[None]:
    """End a command with one readable message and the error's exit code, never with a traceback."""
    try:
        yield
    except HammEvalError as error:
        _complain(str(error))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        _complain(f"Interrupted.{untouched}")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        # Its text may carry a value: only type and frames are kept, in a private file.
        from hamm_eval.pipeline.private_log import log_exception

        log = log_exception(error, Path.cwd())
        _complain(
            f"Internal error ({type(error).__name__}). Where it happened stands in {log}; "
            f"please report it.{untouched}"
        )
        raise typer.Exit(INTERNAL) from None


def _print_progress(progress: Progress) -> None:
    """One line per step."""
    match progress.step:
        case "data":
            _say(f"Data read and checked ({progress.seconds:.1f} s)")
        case "notebook":
            _say(f"[{progress.done}/{progress.total}] {progress.name} ({progress.seconds:.1f} s)")
        case "page":
            _say(f"Page assembled, checked and published ({progress.seconds:.1f} s)")


def _say(text: str) -> None:
    """A line on stdout: unwrapped, and no part of it read as markup."""
    Console(soft_wrap=True, highlight=False).print(text, markup=False)


def _complain(text: str) -> None:
    """A message on stderr."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print("hamm-eval: ", style="bold red", end="")
    console.print(text, markup=False)


if __name__ == "__main__":
    main()
