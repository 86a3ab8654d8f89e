"""How much is entered a month: a month without entries, and one with many times what is usual."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector

# Entries come in clusters, for families arrive and are entered together: thirty rows may be as few as ten
# families, and ten that come independently leave one month in 20,000 empty.
USUAL = 30
MULTIPLE = 5
_AROUND = 3  # months before and after
_LISTED = 6


def check_rates(typed: TypedTable, cut: dt.date, collector: Collector) -> None:
    """Warn of months in which nothing, or far more than around them, was recorded or happened.

    The first month may hold what was entered when the files were begun, and the last may not be over: a month
    is looked at between others only.

    Parameters
    ----------
    typed : TypedTable
    cut : datetime.date
        What was recorded later is left out.
    collector : Collector
    """
    notes = collector.in_file(typed.file, typed.plan.table.name)
    rows = typed.frame.filter(pl.col("recorded_on") <= cut)
    for name in dict.fromkeys(["recorded_on", typed.plan.table.event]):
        if name:
            first, counts = _by_month(rows[name])
            empty, many = unusual_months(counts)
            if not empty.any() and not many.any():
                continue
            header = typed.header(name)
            if empty.any():
                notes.add("month_empty", column=header, **_months(first, empty))
            if name == "recorded_on" and many.any():
                notes.add("month_multiple", column=header, times=MULTIPLE, **_months(first, many))


def unusual_months(counts: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which months are empty where entries are usual, and which hold a multiple of those around them.

    Parameters
    ----------
    counts : array of int, shape (n,)
        Entries a month.

    Returns
    -------
    empty, many : arrays of bool, shape (n,)

    Examples
    --------
    >>> empty, many = unusual_months(np.array([40, 38, 0, 42, 39, 41, 250, 40, 37, 40]))
    >>> np.flatnonzero(empty), np.flatnonzero(many)
    (array([2]), array([6]))
    """
    empty, many = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool)
    for i in range(1, len(counts) - 1):
        before, after = counts[max(0, i - _AROUND) : i], counts[i + 1 : i + 1 + _AROUND]
        empty[i] = counts[i] == 0 and min(np.median(before), np.median(after)) >= USUAL
        most = max(before.max(), after.max())
        many[i] = most >= USUAL and counts[i] > MULTIPLE * most
    return empty, many


def _by_month(days: pl.Series) -> tuple[int, NDArray[np.int64]]:
    """The first month, as a running number, and the count of each month from it to the last."""
    days = days.drop_nulls()
    if not len(days):
        return 0, np.zeros(0, dtype=np.int64)
    months = (days.dt.year().cast(pl.Int64) * 12 + days.dt.month() - 1).to_numpy()
    first = int(months.min())
    return first, np.bincount(months - first)


def _months(first: int, where: NDArray[np.bool_]) -> dict[str, object]:
    """Months by name, as many as a sentence bears."""
    numbers = [first + int(i) for i in np.flatnonzero(where)]
    listed = ", ".join(f"{number // 12}-{number % 12 + 1:02d}" for number in numbers[:_LISTED])
    return {"count": len(numbers), "months": listed + (" …" if len(numbers) > _LISTED else "")}
