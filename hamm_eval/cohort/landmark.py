"""A landmark comparison: who had begun a measure by a fixed day, among those still able to benefit.

Counting a measure from the beginning although it starts later gives those who take part time in which they
cannot fail (immortal time). At a landmark everybody compared is under observation and free of the event, and
who has begun by then is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hamm_eval.cohort.episodes import Cohort


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkTrial:
    """Persons compared from a landmark on.

    Parameters
    ----------
    rows : DataFrame
        Episodes of the persons compared, with `treated` (0/1) besides.
    flow : tuple of (str, int)
        Persons left after each step.
    landmark_days, horizon_days : int
        Days from the origin to the landmark, and from there to the horizon.
    """

    rows: pd.DataFrame
    flow: tuple[tuple[str, int], ...]
    landmark_days: int
    horizon_days: int

    def __repr__(self) -> str:
        return f"<LandmarkTrial day {self.landmark_days}: internal, not released>"


def landmark_trial(
    cohort: Cohort, starts: pd.DataFrame, *, landmark_days: int, horizon_days: int
) -> LandmarkTrial:
    """Compare those who began a measure by the landmark with those who had not.

    Parameters
    ----------
    cohort : Cohort
    starts : DataFrame
        `person_id`, `started_on`: participations in the measure that have begun.
    landmark_days, horizon_days : int

    Returns
    -------
    LandmarkTrial
        The flow counts, in this order, the persons of the cohort; those whose administrative end of
        follow-up lies at or after the horizon, whatever happened to them; those whose file was open by the
        landmark; those without the goal at the landmark; those still in Hamm; those whose file was still
        open; and those who had not begun the measure before day 0.

    References
    ----------
    Anderson, J. R., Cain, K. C. and Gelber, R. D. (1983). Analysis of survival by tumor response. Journal of
    Clinical Oncology 1, 710-719.
    """
    rows = cohort.episodes
    past = rows["time"] <= landmark_days
    first = starts.groupby("person_id")["started_on"].min()
    began = (rows["person_id"].map(first) - rows["origin_on"]).dt.days
    steps = {
        "followed_to_horizon": rows["followed_until"] >= landmark_days + horizon_days,
        "observed_by_landmark": rows["entry"] <= landmark_days,
        "goal_open_at_landmark": ~(past & (rows["ending"] == "event")),
        "present_at_landmark": ~(past & (rows["ending"] == "competing")),
        "case_open_at_landmark": ~(past & (rows["ending"] == "closed")),
        "measure_not_begun_before": ~(began < 0),
    }
    kept = pd.Series(True, index=rows.index)
    flow = [("cohort", len(rows))]
    for step, condition in steps.items():
        kept &= condition
        flow.append((step, int(kept.sum())))
    compared = rows.assign(treated=(began <= landmark_days).astype("int64"))[kept]
    return LandmarkTrial(compared.reset_index(drop=True), tuple(flow), landmark_days, horizon_days)
