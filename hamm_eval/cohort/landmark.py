"""A landmark comparison: who had begun a measure by a fixed day, among those still able to benefit.

Counting a measure from the beginning although it starts later gives those who take part time in which they
cannot fail (immortal time). At a landmark everybody compared is under observation and free of the event, and
who has begun by then is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hamm_eval.cohort.episodes import Cohort
from hamm_eval.survival import landmark

_STEPS = (
    "followed_to_horizon",
    "observed_by_landmark",
    "goal_open_at_landmark",
    "present_at_landmark",
    "case_open_at_landmark",
    "measure_not_begun_before",
)


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
    first = starts.groupby("person_id")["started_on"].min()
    began = (rows["person_id"].map(first) - rows["origin_on"]).dt.days.astype("float64")
    followed = (rows["followed_until"] >= landmark_days + horizon_days).to_numpy()
    long_enough = rows[followed]
    lost = dict.fromkeys(_STEPS, 0) | {"followed_to_horizon": len(rows) - len(long_enough)}
    new = exposed = np.zeros(0, dtype=np.int64)
    if len(long_enough):
        found = landmark(
            long_enough["time"],
            long_enough["cause"],
            began[followed],
            at=landmark_days,
            entry=long_enough["entry"],
        )
        is_new = ~(began[followed].to_numpy() < 0)[found.rows]
        new, exposed = found.rows[is_new], found.exposed[is_new]
        ended = found.excluded_ended
        reasons = [found.excluded_late, ended[1:2].sum(), ended[2:].sum(), ended[0], np.sum(~is_new)]
        lost |= dict(zip(_STEPS[1:], map(int, reasons), strict=True))
    left = len(rows) - np.cumsum(list(lost.values()))
    return LandmarkTrial(
        long_enough.iloc[new].assign(treated=exposed).reset_index(drop=True),
        (("cohort", len(rows)), *zip(lost, map(int, left), strict=True)),
        landmark_days,
        horizon_days,
    )
