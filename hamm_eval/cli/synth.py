"""``hamm-eval synth``: a synthetic city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hamm_eval.cli.console import errors_for_people, say


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
    with errors_for_people():
        from hamm_eval.synthetic.dirty.store import refuse_dirty, write_dirty
        from hamm_eval.synthetic.export import write_city

        refuse_dirty(folder)
        city = write_city(folder, seed=seed, persons=persons, overwrite=force)
        say(f"Written to {write_dirty(city, seed=seed) if dirty else city}")
