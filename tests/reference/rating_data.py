"""The public data sets as the R scripts prepared them for ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from survival_data import Load

WINE = ["tempwarm", "contactyes"]


def wine(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bitterness of wine, and its covariates by R's names."""
    d = load("wine")
    x = {"tempwarm": d["temp"] == "warm", "contactyes": d["contact"] == "yes"}
    return d, pd.DataFrame(x).astype(float)


def pupils(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Achievement awards: girls of 2001."""
    d = load("achievement_awards")
    d = d[(d["sex"] == "Girl") & (d["year"] == 2001)].reset_index(drop=True)
    types = {f"school_type{name}": d["school_type"] == name for name in ("Religious", "Secular")}
    columns = {"treated": d["treated"], **types}
    columns |= {name: d[name] for name in ("father_ed", "mother_ed", "immigrant", "siblings", "qrtl")}
    return d, pd.DataFrame(columns).astype(float)


def children(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ohio: wheezing of children at four ages."""
    d = load("ohio")
    return d, d[["age", "smoke"]].astype(float).assign(**{"age:smoke": d["age"] * d["smoke"]})


def pigs(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Dietox: growth of pigs, rows in order of time."""
    d = load("dietox").sort_values(["Pig", "Time"], kind="stable").reset_index(drop=True)
    x = {"Time": d["Time"], **{f"Cu{name}": d["Cu"] == name for name in ("Cu035", "Cu175")}}
    return d, pd.DataFrame(x).astype(float)


def numbers(named: Any) -> np.ndarray:
    """Values of a stored vector, named or not."""
    return np.array(list(named.values()) if isinstance(named, dict) else named, dtype=float)
