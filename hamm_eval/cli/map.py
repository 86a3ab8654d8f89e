"""``hamm-eval map``: how a source names things, proposed for editing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hamm_eval.cli.console import Language, errors_for_people, say

WRITTEN = {
    "de": "Geschrieben: {path}. Weiter mit: hamm-eval check {folder} --mapping {path}",
    "en": "Written: {path}. Go on with: hamm-eval check {folder} --mapping {path}",
}


def propose_map(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder that holds an export with names of its own.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write; by default params/mapping/, named as the folder."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a mapping that is there.")] = False,
    language: Annotated[Language, typer.Option(help="Language of the comments.")] = "de",
) -> None:
    """Propose which file, column and word of an export is which of ours, for editing.

    What is not clear is left out and marked DECIDE. No data are written but words of categories.
    """
    with errors_for_people():
        from hamm_eval.casefile.proposal import propose_mapping
        from hamm_eval.casefile.proposal.write import summary, write_mapping

        path = out or Path("params", "mapping", f"{folder.resolve().name}.yaml")
        proposal = propose_mapping(folder)
        write_mapping(path, proposal, language=language, overwrite=force)
        for line in summary(proposal, language):
            say(line)
        say(WRITTEN[language].format(path=path, folder=folder))
