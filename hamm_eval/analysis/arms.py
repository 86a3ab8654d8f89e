"""Two arms by distinct persons, and the same estimate clustered by social worker, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from hamm_eval.effects import DesignFailure, DesignLimits
from hamm_eval.errors import NotEstimable

# A variance of fewer clusters rests on a t of up to 3 degrees of freedom: an interval in name only.
LEAST_WORKERS = 5


def persons_by_arm(rows: pd.DataFrame, treated: pd.Series, end: float) -> dict[str, Any]:
    """Distinct persons of each arm, with the event, and with a competing one, by the end.

    Parameters
    ----------
    rows : DataFrame
        `person_id`, `time`, `cause` (1 the event, above it what competes).
    treated : Series of bool
    end : float
        The horizon on the clock of `time`.

    Returns
    -------
    dict
        The fields of `estimate.Effect` of these names.

    Examples
    --------
    >>> rows = pd.DataFrame({"person_id": ["a", "a", "b", "c"], "time": [9, 9, 4, 5], "cause": [1, 1, 2, 0]})
    >>> persons_by_arm(rows, rows["person_id"] == "a", 10)  # doctest: +NORMALIZE_WHITESPACE
    {'treated': 1, 'controls': 2, 'events_treated': 1, 'events_controls': 0,
     'departed_treated': 0, 'departed_controls': 1}
    """
    by_then = rows["time"] <= end
    found = {
        "": rows["time"].notna(),
        "events_": by_then & (rows["cause"] == 1),
        "departed_": by_then & (rows["cause"] > 1),
    }
    arms = (("treated", treated), ("controls", ~treated))
    return {
        f"{what}{arm}": int(rows.loc[chosen & flag, "person_id"].nunique())
        for what, flag in found.items()
        for arm, chosen in arms
    }


def small_arms(sizes: dict[str, Any]) -> tuple[DesignFailure, ...]:
    """Arms smaller than a sandwich can stand on."""
    least = DesignLimits().effective_n
    return tuple(
        DesignFailure("effective_n", sizes[name], least, arm=arm)
        for arm, name in (("treated", "treated"), ("control", "controls"))
        if sizes[name] < least
    )


def estimate_by_worker(workers: pd.Series, estimate: Callable[[], Any]) -> tuple[Any, str]:
    """The estimate clustered by social worker; else None and why.

    Parameters
    ----------
    workers : Series
        Social worker of each row.
    estimate : callable

    Returns
    -------
    (estimate or None, str)
        "" with an estimate; else "workers_unknown" (somebody has none on record), "few_workers" or
        "not_estimable".
    """
    if workers.isna().any():
        return None, "workers_unknown"
    if workers.nunique() < LEAST_WORKERS:
        return None, "few_workers"
    try:
        return estimate(), ""
    except NotEstimable:
        return None, "not_estimable"
