"""The public data sets as effects are estimated on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from survival_data import Load

SQUARED = ["age", "smokeintensity", "smokeyrs", "wt71"]
FACTORS = ["education", "exercise", "active"]
KNOWN_AT_ADMISSION = ["age", "surgery", "year"]


def covariates_of(frame: pd.DataFrame) -> pd.DataFrame:
    """NHEFS: those of Program 12.2, by R's names of the columns."""
    columns = {name: frame[name].astype(float) for name in ("sex", "race", *SQUARED)}
    columns |= {f"I({name}^2)": frame[name] ** 2.0 for name in SQUARED}
    for name in FACTORS:
        for level in sorted(frame[name].astype(int).unique())[1:]:
            columns[f"factor({name}){level}"] = (frame[name] == level).astype(float)
    return pd.DataFrame(columns)


def followed(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """NHEFS: the 1,566 persons whose weight in 1982 is known, and their covariates."""
    frame = load("nhefs")
    frame = frame[frame["wt82_71"].notna()].reset_index(drop=True)
    return frame, covariates_of(frame)


def men(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """LaLonde: 185 trained men of the experiment, 429 of a survey."""
    frame = load("lalonde")
    races = {short: (frame["race"] == short).astype(int) for short in ("black", "hispan")}
    names = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    return frame, frame.assign(**races)[names]


def seekers(load: Load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """JOBS II: persons out of work, and what is known of them before the seminar."""
    frame = load("jobs2")
    known = frame[["age", "sex", "econ_hard", "depress1"]]
    return frame.assign(work=(frame["work1"] == "psyemp").astype(int)), known


def by_day(d: pd.DataFrame) -> pd.DataFrame:
    """Stanford: a row a day until the transplant, for each is a day on which it could have come."""
    parts = []
    for row in d.itertuples():
        days = np.arange(np.floor(row.start) + 1, np.ceil(row.stop)) if row.transplant == 0 else []
        ends = np.array([row.start, *days, row.stop])
        event = np.zeros(ends.size - 1)
        event[-1] = row.event
        part = pd.DataFrame({"start": ends[:-1], "stop": ends[1:], "event": event})
        same = {name: getattr(row, name) for name in ("id", "transplant", *KNOWN_AT_ADMISSION)}
        parts.append(part.assign(**same))
    return pd.concat(parts, ignore_index=True)
