"""Days as whole numbers since 1970-01-01, as NumPy counts them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

NEVER = np.int64(2_000_000)  # a day far beyond every horizon: it has not happened


def day_number(day: dt.date) -> int:
    """Whole number of a calendar day."""
    return int(np.datetime64(day, "D").astype(np.int64))


def month_number(days: IntArray) -> IntArray:
    """Whole number of the months that the days lie in."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_of_month(days: IntArray) -> IntArray:
    """First day of the month of each day."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def completed_years(birth: IntArray, day: IntArray) -> IntArray:
    """Age in completed years; births are firsts of a month."""
    return (month_number(day) - month_number(birth)) // 12


def birthday(birth: IntArray, years: int) -> IntArray:
    """Day on which so many years are completed; births are firsts of a month, and so are birthdays.

    Examples
    --------
    >>> import datetime as dt
    >>> leap = np.array([day_number(dt.date(2012, 2, 1))])
    >>> birthday(leap, 6).astype("datetime64[D]").item()
    datetime.date(2018, 2, 1)
    """
    return (month_number(birth) + 12 * years).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def yearly(month: int, day: int, since: IntArray) -> IntArray:
    """First day on or after `since` that is this day of its year.

    Examples
    --------
    >>> import datetime as dt
    >>> days = np.array([day_number(dt.date(2016, 8, d)) for d in (1, 2)])
    >>> [str(found) for found in yearly(8, 1, days).astype("datetime64[D]")]
    ['2016-08-01', '2017-08-01']
    """
    months = since.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) * 12 + month - 1

    def on(months: IntArray) -> IntArray:
        return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1

    this_year = on(months)
    return np.where(this_year >= since, this_year, on(months + 12))


def draw_arrivals(weights: Mapping[int, Sequence[float]], n: int, rng: np.random.Generator) -> IntArray:
    """Days of arrival: a month by its weight, a day within it evenly."""
    years = sorted(weights)
    months = np.concatenate([(year - 1970) * 12 + np.arange(12) for year in years])
    chances = np.concatenate([np.asarray(weights[year], dtype=float) for year in years])
    drawn = rng.choice(months, size=n, p=chances / chances.sum())
    first = drawn.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    length = (drawn + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - first
    return first + np.floor(rng.random(n) * length).astype(np.int64)
