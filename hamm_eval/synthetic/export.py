"""The synthetic city as the city would export it, or as Parquet for the large ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np

from hamm_eval.casefile.tables import BY_NAME, TABLES
from hamm_eval.errors import Problem, UsageError
from hamm_eval.synthetic.blocks import BLOCK_SCALE, Block, blocks_of, map_blocks
from hamm_eval.synthetic.columns import as_exported
from hamm_eval.synthetic.csv_files import CsvFiles, csv_rows
from hamm_eval.synthetic.parquet import ParquetFiles
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.scenario import Format, Scenario, load_scenario
from hamm_eval.synthetic.staging import staged
from hamm_eval.synthetic.tables import CITY_WIDE, build_tables
from hamm_eval.synthetic.truth import write_truth
from hamm_eval.synthetic.world import World, build_world

HAMM_SEED = 20170630
# A smaller city may have a table without any row, or no household at all.
MINIMUM_PERSONS = 30
TRUTH = "truth.json"
FORMATS: tuple[Format, ...] = get_args(Format)

Progress = Callable[[int, int], None]


def simulate_city(scenario: Scenario, *, seed: int, scale: float = 1.0) -> tuple[World, dict[str, Records]]:
    """The world and its tables from one seed, as one block whatever the size."""
    return _simulate(scenario, Block(None, scale, np.random.SeedSequence(seed)))


def _simulate(scenario: Scenario, block: Block) -> tuple[World, dict[str, Records]]:
    """The world of a block and its tables."""
    of_world, of_tables = block.generator().spawn(2)
    world = build_world(scenario, of_world, scale=block.scale)
    return world, build_tables(world, of_tables, block=block.number)


def write_tables(folder: Path, tables: Mapping[str, Records]) -> None:
    """Write every table as one CSV file; the same tables give the same bytes."""
    with CsvFiles(folder) as files:
        for name, rows in tables.items():
            files.add(name, csv_rows(as_exported(BY_NAME[name], rows)))


def _rows(scenario: Scenario, file_format: Format, block: Block) -> dict[str, Any]:
    """What a block adds to every file; of city-wide tables the first block brings the rows."""
    _, tables = _simulate(scenario, block)
    found = {
        name: as_exported(BY_NAME[name], rows)
        for name, rows in tables.items()
        if not block.number or name not in CITY_WIDE
    }
    if file_format == "parquet":
        return found
    return {name: csv_rows(content) for name, content in found.items()}


def write_city(
    folder: Path | str,
    *,
    seed: int,
    scale: float | None = None,
    persons: int | None = None,
    truth: bool = True,
    scenario: Scenario | str | Path = "hamm",
    format: Format | None = None,
    overwrite: bool = False,
    workers: int = 1,
    block_scale: float = BLOCK_SCALE,
    progress: Progress | None = None,
) -> Path:
    """Write a synthetic city: as CSV in the city's export dialect, or as Parquet.

    Nothing is half-written: the files take their places together at the end, whatever comes between.

    Parameters
    ----------
    folder : path
        Created where it does not exist.
    seed : int
        The same seed gives the same bytes, on any number of workers.
    scale : float, optional
        Size against Hamm; that of the scenario without it.
    persons : int, optional
        Instead of `scale`: number of refugees present on the reference day, 2,141 in Hamm; 30 or more.
    truth : bool
        Whether to write ``truth.json`` too. It comes with the package for the scenarios that do; that of
        another one takes some minutes to simulate.
    scenario : Scenario, str or path
        A scenario, the name of one that comes with the package (`scenario_names`), or a YAML file.
    format : {"csv", "parquet"}, optional
        That of the scenario without it. Parquet holds the same rows, headers and words, but typed: dates,
        whole numbers, yes or no as booleans, categories as dictionaries, amounts as floats, null where CSV
        has an empty field.
    overwrite : bool
        Whether to write into a folder that holds anything. A city in it is replaced, other files stay.
    workers : int
        Processes among which the blocks of a large city are shared out.
    block_scale : float
        Size of these blocks against Hamm; another one gives another city. At most 10.
    progress : callable, optional
        Is told, after each block, how many are written and how many there are.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    UsageError
        `scale` and `persons` are both given, or too small; there is no such scenario, format or number of
        workers; the folder cannot be created, or holds something already.
    ParamsError
        The scenario's file is wrong.
    HammEvalError
        The files cannot be written, or a worker was ended from outside.

    Notes
    -----
    More than one worker import the script that is running: it must call this under
    ``if __name__ == "__main__":``.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    size = _scale(chosen, scale, persons)
    file_format = format or chosen.size.format
    _refuse_wrong(file_format, workers, block_scale)
    target = Path(folder)
    blocks = blocks_of(size, seed, block_scale=block_scale)
    with staged(target, overwrite=overwrite, replaces=_city_files()) as place:
        files: CsvFiles | ParquetFiles = (ParquetFiles if file_format == "parquet" else CsvFiles)(place)
        with files:
            rows_of = partial(_rows, chosen, file_format)
            for done, rows in enumerate(map_blocks(rows_of, blocks, workers=workers), start=1):
                for name, added in rows.items():
                    files.add(name, added)
                if progress is not None:
                    progress(done, len(blocks))
        if truth:
            write_truth(place / TRUTH, chosen, workers=workers)
    return target


def _refuse_wrong(file_format: str, workers: int, block_scale: float) -> None:
    """Refuse what cannot be done, all of it at once."""
    wrong = []
    if file_format not in FORMATS:
        wrong.append(Problem("There is no such format.", "format", f"Name one of {', '.join(FORMATS)}."))
    if workers < 1:
        wrong.append(Problem("There must be at least one worker.", "workers"))
    if not 0 < block_scale <= BLOCK_SCALE:
        wrong.append(
            Problem(f"Blocks are larger than 0 and at most {BLOCK_SCALE:g} times Hamm.", "block_scale")
        )
    if wrong:
        raise UsageError.of(wrong)


def _city_files() -> list[str]:
    """Names that the files of a city may have."""
    return [TRUTH, *(f"{table.german}.{ending}" for table in TABLES for ending in FORMATS)]


def _scale(scenario: Scenario, scale: float | None, persons: int | None) -> float:
    """Size of the city against Hamm; refuses what is too small for a table to be sure of a row."""
    if scale is not None and persons is not None:
        raise UsageError("Both a scale and a number of persons are given.", todo="Give one of them.")
    in_hamm = refugees_present(scenario)
    if scale is None and persons is None:
        persons = scenario.size.persons
    asked = persons if persons is not None else in_hamm * (1.0 if scale is None else scale)
    if not asked >= MINIMUM_PERSONS:
        raise UsageError(
            f"A city needs {MINIMUM_PERSONS} persons or more.",
            where="scale" if persons is None else "persons",
            todo="A smaller one may lack records of some kind.",
        )
    return asked / in_hamm if scale is None else scale


def refugees_present(scenario: Scenario) -> int:
    """Refugees present on the reference day at scale 1."""
    priority = sum(q.size * q.households for q in scenario.priority_integration.households)
    return priority + scenario.no_prospect.persons + scenario.required_to_leave.persons
