"""Who is at risk when: the one place where rows meet event times, for every estimator of this room.

A row is at risk at t if ``entry < t <= time`` within its stratum. Both ends are found once as positions on
a grid of (stratum, time); every sum over risk sets is then a difference of two cumulated counts. No loop
over rows or times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, count_up_to, distinct_and_ranks, distinct_below

_BLOCK = 8_192
_BLOCKS_A_GRID = 4
_ALL = slice(None)


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Rows against a grid of k (stratum, time) points, sorted by stratum, then time.

    Parameters
    ----------
    time : ndarray, shape (k,)
        Times of the grid.
    stratum : ndarray of int, shape (k,)
        Their strata.
    first, last : ndarray of int, shape (n,)
        A row is at risk at the grid points ``first <= j < last``.
    late : bool
        Whether any row may begin after the first grid point; else nothing need be counted of beginnings.
    """

    time: FloatArray
    stratum: IntArray
    first: IntArray
    last: IntArray
    late: bool

    def ends(self, which: IntArray) -> IntArray:
        """Grid points at which the rows `which` end, whose ends lie on the grid."""
        return self.last[which] - 1

    @property
    def size(self) -> int:
        """Number of grid points."""
        return int(self.time.size)

    def at_risk(self, values: FloatArray) -> FloatArray:
        """Sums of `values` (n,) or (n, p) over the risk set of each grid point."""
        if values.ndim == 2:
            return np.column_stack([self.at_risk(column) for column in values.T])
        return self.summed(self.steps(values, _ALL))

    def steps(self, values: FloatArray, rows: slice) -> FloatArray:
        """What the `values` of some `rows` change along the grid; of all blocks of rows they are added up."""
        leaving = np.bincount(self.last[rows], weights=values, minlength=self.size + 1)
        if not self.late:
            return leaving.astype(np.float64, copy=False)
        coming = np.bincount(self.first[rows], weights=values, minlength=self.size + 1)
        return np.asarray(leaving - coming, dtype=np.float64)

    def summed(self, steps: FloatArray) -> FloatArray:
        """Sums over the risk set of each grid point from the `steps` of all rows."""
        # From the end: the last, small risk sets are not differences of large numbers.
        return np.cumsum(steps[::-1])[::-1][1:]

    def ending(self, values: FloatArray, which: IntArray) -> FloatArray:
        """Sums of `values` over the rows `which` at the grid points where they end."""
        if values.ndim == 2:
            return np.column_stack([self.ending(column, which) for column in values.T])
        found = np.bincount(self.ends(which), weights=values[which], minlength=self.size)
        return found.astype(np.float64, copy=False)

    def over_rows(self, increments: FloatArray) -> FloatArray:
        """Sum of `increments` (k,) or (k, p) over the grid points at which each row is at risk."""
        totals = self.totals(increments)
        found = np.empty((self.last.size, *increments.shape[1:]))
        for rows in blocks(self.last.size):
            found[rows] = self.between(totals, rows)
        return found

    def totals(self, increments: FloatArray) -> tuple[FloatArray, ...]:
        """What `between` reads of the increments."""
        return (cumulate(increments),)

    def between(self, totals: tuple[FloatArray, ...], rows: slice) -> FloatArray:
        """Sum of the increments over the grid points at which each of some `rows` is at risk."""
        found = totals[0][self.last[rows]]
        if self.late:
            found -= totals[0][self.first[rows]]
        return found


def blocks(rows: int, grid: int = 0, at_least: int = 0) -> Iterator[slice]:
    """Slices of so few rows that what is computed of them on the way stays in the processor's cache.

    Where each block adds sums along a grid of so many points, blocks are larger than a part of the grid: the
    sums stay linear in rows and points. None but the last is smaller than `at_least`.
    """
    size = max(_BLOCK, grid // _BLOCKS_A_GRID, at_least)
    for begin in range(0, rows, size):
        yield slice(begin, min(begin + size, rows))


def cumulate(increments: FloatArray) -> FloatArray:
    """Cumulative sums along the grid with a leading 0."""
    total = np.zeros((increments.shape[0] + 1, *increments.shape[1:]))
    np.cumsum(increments, axis=0, out=total[1:])
    return total


def build_risk_sets(
    entry: FloatArray | None,
    time: FloatArray,
    on_grid: np.ndarray,
    stratum: IntArray | None = None,
) -> RiskSets:
    """Grid of the distinct (stratum, time) at which the rows `on_grid` end, and every row's place on it.

    Parameters
    ----------
    entry : ndarray, shape (n,), or None
        None: at risk from the beginning.
    time : ndarray, shape (n,)
    on_grid : ndarray of bool, shape (n,)
    stratum : ndarray of int, shape (n,), optional
        Codes from 0.

    Examples
    --------
    >>> import numpy as np
    >>> sets = build_risk_sets(None, np.array([2.0, 3.0, 3.0]), np.array([True, True, False]))
    >>> sets.at_risk(np.ones(3))
    array([3., 2.])
    """
    distinct, place = distinct_and_ranks(time)
    if stratum is not None:
        return _of_strata(entry, distinct, place, on_grid, stratum)
    ending = np.zeros(distinct.size, dtype=bool)
    ending[place[on_grid]] = True
    # How many grid points lie before each of the distinct times, and before what comes after all of them.
    before = np.concatenate([[0], np.cumsum(ending)])
    return RiskSets(
        time=distinct[ending],
        stratum=np.zeros(int(before[-1]), dtype=np.int64),
        # Without entries every row begins before the first time.
        first=np.zeros(time.size, dtype=np.int64) if entry is None else _looked_up(distinct, entry, before),
        last=before[1:][place],
        late=entry is not None,
    )


def _of_strata(
    entry: FloatArray | None, distinct: FloatArray, place: IntArray, on_grid: np.ndarray, stratum: IntArray
) -> RiskSets:
    """The same by stratum: what is ranked is the stratum first, the time second."""
    width = distinct.size + 1
    base = stratum.astype(np.int64) * width
    # Rank 0 lies before every time; ranks are whole numbers, so that tied times compare exactly.
    end = base + place + 1
    start = base if entry is None else base + _looked_up(distinct, entry, np.arange(width))
    size = width * (int(stratum.max()) + 1)
    grid = distinct_below(end[on_grid], size)
    return RiskSets(
        time=distinct[grid % width - 1],
        stratum=grid // width,
        first=count_up_to(grid, start, size),
        last=count_up_to(grid, end, size),
        late=True,
    )


def _looked_up(distinct: FloatArray, entry: FloatArray, values: IntArray) -> IntArray:
    """Of each entry the entry of `values`, counted by how many of the distinct times are at most it."""
    always = np.isneginf(entry)
    some = bool(always.any())
    entries, place = distinct_and_ranks(np.where(always, 0.0, entry) if some else entry)
    found: IntArray = values[np.searchsorted(distinct, entries, side="right")][place]
    if some:
        # Who is at risk from the beginning enters before every time, one at 0 included.
        found[always] = values[0]
    return found
