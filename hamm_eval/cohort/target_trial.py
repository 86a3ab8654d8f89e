"""A sequence of target trials: each month since the origin is a time zero for everyone then eligible.

A person is in the trial of a month who is then under observation, present, without the goal, and has not
begun the measure. Later trials see who was not yet there, or had not yet begun, at the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hamm_eval.cohort.episodes import Cohort
from hamm_eval.params import DAYS_PER_MONTH

# What each candidate, a person in a month, must be; in the order in which the flow counts it.
STEPS = (
    "followed_to_horizon",
    "of_the_measures_age",
    "observed_at_time_zero",
    "goal_open_at_time_zero",
    "present_at_time_zero",
    "case_open_at_time_zero",
    "measure_not_begun_at_time_zero",
)


@dataclass(frozen=True, slots=True, eq=False)
class TargetTrials:
    """Persons in trials, counted from each trial's time zero.

    Parameters
    ----------
    rows : DataFrame
        A row a person and trial: baseline columns of the episodes, `month` (the trial), `zero` (its day since
        the origin), `time` and `start` in days since time zero (`start` infinite where the measure never
        began), `cause`.
    flow : Mapping of str to (int, int)
        Candidates (persons times months) and distinct persons left after each step.
    grace_days, horizon_days : int
    """

    rows: pd.DataFrame
    flow: Mapping[str, tuple[int, int]]
    grace_days: int
    horizon_days: int

    def __repr__(self) -> str:
        return f"<TargetTrials within {self.grace_days} days: internal, not released>"


def target_trials(
    cohort: Cohort,
    starts: pd.DataFrame,
    *,
    months: Sequence[int],
    grace_days: int,
    horizon_days: int,
    pooled: bool = True,
    ages: tuple[int, int] = (0, 130),
) -> TargetTrials:
    """Everyone eligible in each of the months, or each person's first of them.

    Parameters
    ----------
    cohort : Cohort
    starts : DataFrame
        `person_id`, `started_on`: participations in the measure that have begun.
    months : sequence of int
        Months since the origin whose first day is a time zero.
    grace_days, horizon_days : int
        Days from time zero to the end of the grace period, and to the horizon.
    pooled : bool
        False: each person is in the first trial that can have them, and in no other.
    ages : (int, int)
        Completed years at the origin, least and most, for whom the measure is.

    Returns
    -------
    TargetTrials
        Only candidates whose administrative end of follow-up lies at or after the horizon are compared,
        whatever happened to them.

    References
    ----------
    Hernán, M. A. et al. (2008). Observational studies analyzed like randomized experiments. Epidemiology 19,
    766-779.
    """
    episodes = cohort.episodes
    first = starts.groupby("person_id")["started_on"].min()
    began = (
        (episodes["person_id"].map(first) - episodes["origin_on"]).dt.days.astype("float64").fillna(np.inf)
    )
    zeros = np.array([round(DAYS_PER_MONTH * month) for month in months], dtype=np.int64)
    count = len(episodes)
    rows = episodes.loc[np.repeat(episodes.index.to_numpy(), zeros.size)].reset_index(drop=True)
    zero = np.tile(zeros, count)
    start = np.repeat(began.to_numpy(), zeros.size)
    past = rows["time"] <= zero
    conditions = {
        "followed_to_horizon": rows["followed_until"] >= zero + horizon_days,
        "of_the_measures_age": rows["age"].between(*ages),
        "observed_at_time_zero": rows["entry"] <= zero,
        "goal_open_at_time_zero": ~(past & (rows["ending"] == "event")),
        "present_at_time_zero": ~(past & (rows["ending"] == "competing")),
        "case_open_at_time_zero": ~(past & (rows["ending"] == "closed")),
        "measure_not_begun_at_time_zero": pd.Series(start > zero, index=rows.index),
    }
    kept = pd.Series(True, index=rows.index)
    flow = {"candidates": (len(rows), count)}
    for step in STEPS:
        kept &= conditions[step]
        flow[step] = (int(kept.sum()), int(rows.loc[kept, "person_id"].nunique()))
    if not pooled:
        kept &= ~rows["person_id"].where(kept).duplicated()
        flow["first_trial"] = (int(kept.sum()), int(kept.sum()))
    rows = rows.assign(
        month=np.tile(np.asarray(months, dtype=np.int64), count),
        zero=zero,
        time=rows["time"] - zero,
        start=start - zero,
    )
    return TargetTrials(rows[kept].reset_index(drop=True), flow, grace_days, horizon_days)
