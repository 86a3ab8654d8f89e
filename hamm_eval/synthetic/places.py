"""Limited places: whoever is referred waits for a free one, in the order of the referrals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from hamm_eval.synthetic.days import IntArray, day_number
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FloatArray

KEPT_DAYS = 30.0  # how long a place stays free that nobody takes
_LAST = 60_000  # days since 1970: the rate of the last date named goes on until then


def free_places(per_month: Mapping[dt.date, float], scale: float) -> tuple[FloatArray, FloatArray]:
    """Days, and how many places have become free by each of them; linear in between.

    Before the first day named, places become free as from it on.
    """
    named = [day_number(day) for day in sorted(per_month)]
    days = np.array([0, *named[1:], _LAST], dtype=float)
    rates = np.array([per_month[day] for day in sorted(per_month)]) * scale / DAYS_PER_MONTH
    return days, np.concatenate([[0.0], np.cumsum(rates * np.diff(days))])


def start_days(referred: IntArray, per_month: Mapping[dt.date, float], scale: float) -> IntArray:
    """Days on which a place is free for each referral, first come first served.

    The n-th in the queue gets the next place after that of the one before: counted in places instead of
    days, y_n = max(x_n - b, y_{n-1}) + 1, which is a running maximum (Lindley 1952, Proceedings of the
    Cambridge Philosophical Society 48:277); b is what has become free in the 30 days before, for a place
    that nobody takes stays free so long. A place kept for somebody who has left by then lapses.

    Parameters
    ----------
    referred : array, shape (n,)
        Day numbers of the referrals, in any order.
    per_month : mapping of date to number
        Places that become free per month from each day on, at size 1.
    scale : float
        Size of the city.

    Examples
    --------
    >>> import datetime as dt
    >>> import numpy as np
    >>> monthly = {dt.date(2016, 1, 1): 2.0}  # two places a month
    >>> (start_days(np.array([16800, 16800, 16800, 16803, 16890]), monthly, 1.0) - 16800).tolist()
    [0, 1, 16, 31, 90]
    """
    days, places = free_places(per_month, scale)
    order = np.argsort(referred, kind="stable")
    reached = np.interp(referred[order].astype(float), days, places)
    stored = np.interp(referred[order] - KEPT_DAYS, days, places)
    rank = np.arange(len(order))
    served = rank + 1 + np.maximum.accumulate(stored - rank)
    when = np.ceil(np.interp(np.maximum(served, reached), places, days) - 1e-6).astype(np.int64)
    started = np.empty_like(referred)
    started[order] = np.maximum(when, referred[order])
    return started
