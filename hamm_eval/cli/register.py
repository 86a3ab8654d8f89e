"""``hamm-eval register``: what was published in a folder, quarter by quarter, and whether it is safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hamm_eval.cli.console import errors_for_people, say
from hamm_eval.errors import ReleaseRefused, UsageError

if TYPE_CHECKING:
    from hamm_eval.pipeline.registering import Told

register = typer.Typer(
    name="register",
    help="The private register of all that was published: list it, prove it anew.",
    no_args_is_help=True,
)

Out = Annotated[Path | None, typer.Option(help="The folder that was published to, where it is not reports/.")]


@register.command("list")
def list_publications(out: Out = None) -> None:
    """List every publication: quarter, run, policy, results, figures shown, hidden and withheld."""
    with errors_for_people():
        from hamm_eval.pipeline.registering import list_register

        lines = list_register(Path.cwd(), out)
        if not lines:
            say(f"{out or 'reports'}: nothing has been published there yet.")
        for line in lines:
            say(
                f"{line.quarter}  {line.noted_at}  run {line.run_id}  policy {line.policy}  "
                f"{line.outcome}: {line.releases} results, {_told(line.told)}"
            )


def _told(told: Told | None) -> str:
    """How many figures a publication told, in the words of the release report."""
    if told is None:
        return "figures not counted: entered by an older version"
    return f"{told.shown} figures shown, {told.hidden} hidden, {told.withheld} parts withheld"


@register.command("check")
def check_register(out: Out = None) -> None:
    """Prove for the whole series that no hidden count can be recovered; compare with what is published."""
    with errors_for_people():
        from hamm_eval.pipeline.registering import check_published

        found = check_published(Path.cwd(), out)
        for note in found.notes:
            say(note)
        if found.problems:
            raise ReleaseRefused.of(found.problems, "The series of published reports is not safe:")
        if not found.quarters:
            raise UsageError("Nothing is published there yet.", where=str(out or "reports"))
        say(f"{', '.join(found.quarters)}: no hidden count can be recovered, no definition has changed.")
