"""A laboratory for traps: cities with chosen traps on, as an analyst sees them, without files between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from hamm_eval.casefile.frames import polars_type, to_pandas
from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.casefile.versions import latest_by
from hamm_eval.params import Params, load_params
from hamm_eval.synthetic.days import NEVER
from hamm_eval.synthetic.export import refugees_present, simulate_city
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.scenario import TRAPS, Scenario, Trap, load_scenario
from hamm_eval.synthetic.world import World

PERSONS = 20_000  # refugees present on the reference day
PARAMS = Path(__file__).parents[2] / "params" / "2017-Q2.yaml"


@dataclass(frozen=True)
class Known:
    """A true value, and its Monte-Carlo error."""

    value: float
    std_error: float = 0.0


@dataclass(frozen=True)
class Answer:
    """An estimate."""

    value: float
    std_error: float

    def distance(self, truth: Known) -> float:
        """Standard errors of the estimate that it lies above the truth."""
        assert truth.std_error < self.std_error / 5, "the truth is not known well enough to judge by"
        return (self.value - truth.value) / self.std_error


@dataclass(frozen=True)
class City:
    """A simulated city: its world, and all versions of all records."""

    world: World
    tables: Mapping[str, Records]

    @property
    def scenario(self) -> Scenario:
        """What it was made from."""
        return self.world.scenario

    @cached_property
    def records(self) -> dict[str, pl.DataFrame]:
        """The tables as intake holds them."""
        return {name: _frame(name, rows) for name, rows in self.tables.items()}

    @cached_property
    def whole(self) -> Any:
        """Everything that is ever recorded."""
        return self.known_by(self.scenario.records_end)

    def known_by(self, cut: dt.date) -> Any:
        """What was recorded by a data cut, as far as analyses read a CaseFile."""
        latest = {name: latest_by(frame, BY_NAME[name].key, cut) for name, frame in self.records.items()}
        return seen({name: to_pandas(frame) for name, frame in latest.items()})

    def params(self, cut: dt.date | None = None, *, delays: Mapping[str, int] | None = None) -> Params:
        """Params of an analyst who knows when files began, and ends follow-up `delays` before the cut."""
        given = load_params(PARAMS)
        begin = self.scenario.files_begin if self.scenario.traps.late_entry else None
        return given.model_copy(
            update={
                "data_cut": cut or self.scenario.records_end,
                "cohort": given.cohort.model_copy(update={"files_begin": begin}),
                "reporting_delay_days": delays or dict.fromkeys(given.reporting_delay_days, 0),
            }
        )


def scenario_with(*on: Trap, name: str = "hamm") -> Scenario:
    """A scenario in which these traps are on and all others off."""
    return load_scenario(name).without([trap for trap in TRAPS if trap not in on])


def simulate(seed: int, *on: Trap, name: str = "hamm", persons: int = PERSONS) -> City:
    """A city in which these traps are on and all others off."""
    scenario = scenario_with(*on, name=name)
    return City(*simulate_city(scenario, seed=seed, scale=persons / refugees_present(scenario)))


def seen(tables: Mapping[str, pd.DataFrame]) -> Any:
    """What analyses read of a CaseFile."""
    return SimpleNamespace(tables=tables, has=tables.__contains__)


def starts_of(case_file: Any, measure: str) -> pd.DataFrame:
    """Participations in a measure that have begun."""
    rows = case_file.tables["participations"]
    return rows[(rows["measure_id"] == measure) & rows["started_on"].notna()]


def households(rows: pd.DataFrame) -> np.ndarray:
    """Clusters of the variance."""
    return rows["household_id"].to_numpy(dtype=str)


def _frame(name: str, rows: Records) -> pl.DataFrame:
    """A table with dates as dates, empty where there is no value."""
    columns = {}
    for column in BY_NAME[name].columns:
        values = np.asarray(rows[column.name])
        series = pl.Series(values)
        if column.kind in (Kind.DATE, Kind.INTEGER):
            series = series.set(pl.Series(values >= NEVER), None)
        elif values.dtype.kind == "U":
            series = series.set(pl.Series(values == ""), None)
        if column.kind is Kind.DATE:
            series = series.cast(pl.Int32)
        columns[column.name] = series.cast(polars_type(column))
    return pl.DataFrame(columns)
