"""Groups compared from a landmark on: who is compared, and each person's part in the group's incidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hamm_eval.inference import FloatArray
from hamm_eval.survival import pseudo_observations


def at_landmark(rows: pd.DataFrame, landmark: int, horizon: int) -> pd.DataFrame:
    """Those under observation and without the goal at the landmark who could be followed to the horizon.

    Parameters
    ----------
    rows : DataFrame
        Episodes of a cohort.
    landmark, horizon : int
        Days since the origin.

    Returns
    -------
    DataFrame
        With `event` besides: 1 for the goal by the horizon.
    """
    kept = (rows["entry"] <= landmark) & (rows["time"] > landmark) & (rows["followed_until"] >= horizon)
    found = rows[kept]
    return found.assign(event=((found["cause"] == 1) & (found["time"] <= horizon)).astype("int64"))


def incidence_within(
    rows: pd.DataFrame, group: pd.Series, landmark: int, horizon: int, causes: int
) -> FloatArray:
    """Pseudo-observations of the incidence at the horizon, made within each group, shape (rows,).

    So how many files are closed early may differ between groups.
    """
    found = np.empty(len(rows))
    time, cause = rows["time"].to_numpy(dtype=np.float64), rows["cause"].to_numpy(dtype=np.int64)
    for at in group.groupby(group.to_numpy()).indices.values():
        # Beyond the horizon nothing counts: whoever is still followed there is known to have had no event.
        own = np.minimum(time[at], horizon + 1) - landmark
        by_then = np.where(time[at] <= horizon, cause[at], 0)
        found[at] = pseudo_observations(own, by_then, at=[horizon - landmark], causes=causes)[:, 0]
    return found
