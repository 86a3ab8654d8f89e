"""The cohort: one episode per person, with who was left out on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hamm_eval.inference import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Persons at risk of one endpoint, from their time origin to the end of their follow-up.

    Parameters
    ----------
    endpoint : str
    causes : tuple of str
        Names of causes 1..m; the first is the endpoint, the others compete.
    episodes : DataFrame
        One row per person at risk: person_id, household_id, social_worker, provider, social_space,
        origin_on (day 0), entry and time (days since the origin; at risk on (entry, time]), cause (0
        censored, 1..m), ending ("event", "competing", "closed", "administrative"), followed_until (day of
        administrative censoring), and baseline columns: age in completed years at the origin,
        household_type, residence status (where that table is given), and every further column of persons.
    attrition : tuple of (str, int)
        Persons left after each step, in order.
    end_of_observation : date
        Data cut minus the longest reporting delay of the tables that event and competing events come from.
    """

    endpoint: str
    causes: tuple[str, ...]
    episodes: pd.DataFrame
    attrition: tuple[tuple[str, int], ...]
    end_of_observation: dt.date

    def __repr__(self) -> str:
        return f"<Cohort {self.endpoint}: internal, not released>"

    @property
    def persons(self) -> int:
        """Number of persons at risk."""
        return len(self.episodes)

    def column(self, name: str) -> IntArray:
        """A column of whole numbers (entry, time, cause, followed_until) as an array."""
        return self.episodes[name].to_numpy(dtype=np.int64)

    def rows(self) -> pd.DataFrame:
        """Start-stop rows for splitting: the episodes with `start` and `stop` besides."""
        return self.episodes.assign(start=self.episodes["entry"], stop=self.episodes["time"])
