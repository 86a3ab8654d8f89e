"""``hamm-eval synth``: a synthetic city."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from hamm_eval.cli.console import errors_for_people, say
from hamm_eval.errors import Problem, UsageError

if TYPE_CHECKING:
    from hamm_eval.synthetic.scenario import Scenario

MOST_WORKERS = 4


def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the synthetic city.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")],
    scenario: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="hamm; null: no measure has an effect; strong: strong effects; tiny: 150 persons; "
            "national: 1,000,000 persons, as Parquet; or a YAML file of your own.",
        ),
    ] = "hamm",
    persons: Annotated[
        int | None,
        typer.Option(help="Refugees present on the reference day, 30 or more; by default the scenario's."),
    ] = None,
    file_format: Annotated[
        Literal["csv", "parquet"] | None,
        typer.Option("--format", help="Format of the files; by default the scenario's."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes for a large city; by default one per processor, four at most."),
    ] = None,
    without_trap: Annotated[
        list[str] | None,
        typer.Option(metavar="TRAP", help="Switch off a trap of the field, as confounding; may be repeated."),
    ] = None,
    no_truth: Annotated[
        bool,
        typer.Option("--no-truth", help="Without truth.json; that of a scenario of your own takes minutes."),
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Write into a folder that holds files, in place of a city in it."),
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

        chosen = _scenario(scenario, without_trap or [], file_format, dirty)
        refuse_dirty(folder)
        with _blocks_told() as tell:
            city = write_city(
                folder,
                seed=seed,
                scenario=chosen,
                persons=persons,
                format=file_format,
                workers=workers or min(MOST_WORKERS, os.cpu_count() or 1),
                truth=not no_truth,
                overwrite=force,
                progress=tell,
            )
        say(f"Written to {write_dirty(city, seed=seed) if dirty else city}")


def _scenario(source: str, without: Sequence[str], file_format: str | None, dirty: bool) -> Scenario:
    """The scenario asked for, without some traps; all that is wrong with the request at once."""
    from hamm_eval.synthetic.scenario import TRAPS, load_scenario

    wrong: list[Problem] = []
    chosen = None
    try:
        chosen = load_scenario(source)
    except UsageError as error:
        wrong += error.problems
    known = [trap for trap in TRAPS if trap in without]
    if len(known) < len({*without}):
        wrong.append(Problem("There is no trap of this name.", "--without-trap", f"Name {_any_of(TRAPS)}."))
    if dirty and (file_format or (chosen.size.format if chosen else "csv")) != "csv":
        wrong.append(Problem("Only a city of CSV files can be dirty.", "--dirty", "Say --format csv."))
    if chosen is None or wrong:
        raise UsageError.of(wrong, "Several things are wrong:" if len(wrong) > 1 else "")
    return chosen.without(known)


def _any_of(names: Sequence[str]) -> str:
    """Names to choose from."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


@contextmanager
def _blocks_told() -> Iterator[Callable[[int, int], None]]:
    """What to call after each block of a large city: a bar on a terminal, lines elsewhere."""
    console = Console()
    if not console.is_terminal:
        yield lambda done, total: say(f"[{done}/{total}] blocks written") if total > 1 else None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("Blocks", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("blocks", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
