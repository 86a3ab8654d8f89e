"""The default city, simulated once for all tests, and as pandas tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.days import NEVER
from hamm_eval.synthetic.export import HAMM_SEED, simulate_city
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.scenario import Scenario, load_scenario
from hamm_eval.synthetic.world import World


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load_scenario()


@pytest.fixture(scope="session")
def city(scenario: Scenario) -> tuple[World, dict[str, Records]]:
    return simulate_city(scenario, seed=HAMM_SEED)


@pytest.fixture(scope="session")
def world(city: tuple[World, dict[str, Records]]) -> World:
    return city[0]


@pytest.fixture(scope="session")
def tables(city: tuple[World, dict[str, Records]]) -> dict[str, pd.DataFrame]:
    """Every version of every record, dates as dates."""
    frames = {}
    for table in TABLES:
        rows = dict(city[1][table.name])
        for column in table.columns:
            if column.kind is Kind.DATE:
                days = np.where(rows[column.name] >= NEVER, np.iinfo(np.int64).min, rows[column.name])
                rows[column.name] = pd.Series(days.astype("datetime64[D]"))
        frames[table.name] = pd.DataFrame(rows, columns=list(table.names))
    return frames


@pytest.fixture(scope="session")
def latest(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The last version of every record."""
    keys = {table.name: table.key for table in TABLES}
    return {
        name: frame.sort_values("recorded_on", kind="stable").groupby(keys[name]).tail(1)
        for name, frame in tables.items()
    }
