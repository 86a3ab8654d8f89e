"""The synthetic city as the city would export it: CSV, German headers and words, cp1252."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import UsageError
from hamm_eval.synthetic.days import NEVER
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.scenario import Scenario, load_scenario
from hamm_eval.synthetic.tables import build_tables
from hamm_eval.synthetic.truth import write_truth
from hamm_eval.synthetic.world import World, build_world

HAMM_SEED = 20170630
TINY_PERSONS = 150
# A smaller city may have a table without any row, or no household at all.
MINIMUM_PERSONS = 30


def simulate_city(scenario: Scenario, *, seed: int, scale: float = 1.0) -> tuple[World, dict[str, Records]]:
    """The world and its tables from one seed."""
    of_world, of_tables = np.random.default_rng(seed).spawn(2)
    world = build_world(scenario, of_world, scale=scale)
    return world, build_tables(world, of_tables)


def _words(column: Column, values: Any) -> list[str]:
    """A column's values as the export writes them; empty where there is none."""
    if column.kind is Kind.DATE:
        days, place = np.unique(values, return_inverse=True)
        texts = ["" if d >= NEVER else _german_day(d) for d in days]
        return [texts[i] for i in place]
    if column.kind is Kind.CATEGORY:
        words = {"": "", **column.categories}
        return [words[v] for v in values.tolist()]
    if column.kind is Kind.YES_NO:
        return ["ja" if v else "nein" for v in values.tolist()]
    if column.kind is Kind.DECIMAL:
        return [f"{v:.2f}".replace(".", ",") for v in values.tolist()]
    if column.kind is Kind.INTEGER:
        return ["" if v >= NEVER else str(v) for v in values.tolist()]
    return values.tolist()


def _german_day(day: np.int64) -> str:
    """dd.mm.yyyy."""
    year, month, of_month = str(np.datetime64(int(day), "D")).split("-")
    return f"{of_month}.{month}.{year}"


def write_tables(folder: Path, tables: dict[str, Records]) -> None:
    """Write every table as one CSV file; the same tables give the same bytes."""
    for name, rows in tables.items():
        table = BY_NAME[name]
        columns = [_words(column, rows[column.name]) for column in table.columns]
        lines = [";".join(c.german for c in table.columns), *map(";".join, zip(*columns, strict=True))]
        text = "\r\n".join(lines) + "\r\n"
        (folder / f"{table.german}.csv").write_bytes(text.encode("cp1252"))


def write_city(
    folder: Path | str,
    *,
    seed: int,
    scale: float | None = None,
    persons: int | None = None,
    truth: bool = True,
    scenario: Scenario | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a synthetic city in the city's export dialect.

    Parameters
    ----------
    folder : path
        Created where it does not exist.
    seed : int
        The same seed gives the same bytes.
    scale : float, optional
        Size against Hamm; 1 without it.
    persons : int, optional
        Instead of `scale`: number of refugees present on the reference day, 2,141 in Hamm; 30 or more.
    truth : bool
        Whether to simulate and write ``truth.json`` too, which takes some seconds.
    scenario : Scenario, optional
        Another scenario than the default one.
    overwrite : bool
        Whether to write into a folder that holds anything, over the files of the same names.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    UsageError
        `scale` and `persons` are both given, or too small; the folder cannot be created, or holds
        something already.
    """
    if scale is not None and persons is not None:
        raise UsageError("Both a scale and a number of persons are given.", todo="Give one of them.")
    scenario = scenario or load_scenario()
    size = _scale(scenario, scale, persons)
    target = Path(folder)
    _make_room(target, overwrite)
    _, tables = simulate_city(scenario, seed=seed, scale=size)
    write_tables(target, tables)
    if truth:
        write_truth(target / "truth.json", scenario)
    return target


def _scale(scenario: Scenario, scale: float | None, persons: int | None) -> float:
    """Size of the city against Hamm; refuses what is too small for a table to be sure of a row."""
    in_hamm = refugees_present(scenario)
    asked = persons if persons is not None else in_hamm * (1.0 if scale is None else scale)
    if not asked >= MINIMUM_PERSONS:
        raise UsageError(
            f"A city needs {MINIMUM_PERSONS} persons or more.",
            where="scale" if persons is None else "persons",
            todo="A smaller one may lack records of some kind.",
        )
    return asked / in_hamm if scale is None else scale


def _make_room(folder: Path, overwrite: bool) -> None:
    """Create the folder; refuse one that may hold somebody's export."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        holds_something = any(folder.iterdir())
    except OSError:
        raise UsageError(
            "This folder cannot be created.", where=str(folder), todo="Name another one, or free its name."
        ) from None
    if holds_something and not overwrite:
        raise UsageError(
            "This folder is not empty; files of the same names would be overwritten.",
            where=str(folder),
            todo="Name another folder, or say --force (overwrite=True) if it holds a synthetic city.",
        )


def refugees_present(scenario: Scenario) -> int:
    """Refugees present on the reference day at scale 1."""
    priority = sum(q.size * q.households for q in scenario.priority_integration.households)
    return priority + scenario.no_prospect.persons + scenario.required_to_leave.persons
