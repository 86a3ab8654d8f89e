"""Variance by the infinitesimal jackknife, linear in the rows.

The influence of a unit (row, person, cluster) on a cumulative incidence at t is ``P(t) - F(t) B(t)`` with
``P`` and ``B`` sums of martingale increments. Between the entries and exits of its members a unit's ``P(t)``
is ``a - m p(t)`` with constants a, m, so the sum of squares over units is a quadratic in p(t) whose
coefficients change only at entries and exits: it is cumulated along the grid instead of being computed for
each pair of unit and time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, stable_order, sum_by
from hamm_eval.survival.episodes import Episodes
from hamm_eval.survival.risk_sets import RiskSets, blocks

# Share of the terms of a sum below which their difference is rounding.
ROUNDING = 1e-13
_ALL = slice(None)


@dataclass(frozen=True, slots=True)
class Integral:
    """A sum of martingale increments ``h(u) dM(u)``, for each row.

    Parameters
    ----------
    total : ndarray, shape (k + 1,)
        Cumulated ``h(u) dA(u)``.
    of_any : ndarray, shape (k,)
        ``h`` at a row's own event, of whatever cause.
    cause : int
    of_cause : ndarray, shape (k,), or None
        What is added to it where the event is of this `cause`.
    """

    total: FloatArray
    of_any: FloatArray
    cause: int = 0
    of_cause: FloatArray | None = None

    def final(self, rows: Episodes, sets: RiskSets, which: slice | IntArray = _ALL) -> FloatArray:
        """The integral over the whole time at risk of the rows `which`."""
        last, cause = sets.last[which], rows.cause[which]
        found = self.total[sets.first[which]]
        found -= self.total[last]
        # Rows without an event may end before the grid begins: what is read for them is not used.
        found += np.where(cause > 0, self.of_any[last - 1], 0.0)
        if self.of_cause is not None:
            found += np.where(cause == self.cause, self.of_cause[last - 1], 0.0)
        return found


def influence_variance(
    rows: Episodes, sets: RiskSets, of: Sequence[Integral], by: Integral, scale: FloatArray
) -> FloatArray:
    """Sum over units of ``(P(t) - scale(t) B(t))^2`` at each grid point, for each of q integrals P, (k, q).

    Units are taken block by block, so that nothing as large as the rows is made of them. Few units with very
    many rows make blocks as large as the largest of them.

    Parameters
    ----------
    rows : Episodes
    sets : RiskSets
    of : sequence of Integral
        Each P.
    by : Integral
        B, of all of them.
    scale : ndarray, shape (k, q)
    """
    integrals = (by, *of)
    m = len(integrals)
    # Of m itself, of B with m and B, and of each P with m, B and P.
    pairs = [(0, 0), *((i, j) for i in range(1, m + 1) for j in sorted({0, 1, i}))]
    sums = np.zeros((len(pairs), sets.size))
    for which in _blocks_of_units(rows, sets.size):
        place, before, after, times = _steps(rows, sets, integrals, which)
        for found, (i, j) in zip(sums, pairs, strict=True):
            change = after[i] * after[j]
            change -= before[i] * before[j]
            if times is not None:
                change *= times
            found += np.bincount(place, weights=change, minlength=sets.size)
    along = dict(zip(pairs, np.cumsum(sums, axis=1, out=sums), strict=True))
    b, bm, mm = by.total[1:], along[1, 0], along[0, 0]
    bb = along[1, 1] - 2 * b * bm + b**2 * mm
    result = np.empty_like(scale)
    for c, integral in enumerate(of):
        p, pm, factor = integral.total[1:], along[c + 2, 0], scale[:, c]
        pp = along[c + 2, c + 2] - 2 * p * pm + p**2 * mm
        pb = along[c + 2, 1] - b * pm - p * bm + p * b * mm
        total = pp - 2 * factor * pb + factor**2 * bb
        # Where the influence is exactly 0, rounding leaves a tiny number of either sign.
        result[:, c] = np.where(total > ROUNDING * (pp + factor**2 * bb), total, 0.0)
    return result


def _blocks_of_units(rows: Episodes, grid: int) -> Iterator[slice | IntArray]:
    """Rows of whole units, block by block."""
    if rows.unit is None:
        yield from blocks(rows.time.size, grid)
        return
    ends = np.cumsum(np.bincount(rows.unit))
    ordered = bool(np.all(rows.unit[1:] >= rows.unit[:-1]))
    order = None if ordered else stable_order(rows.unit)
    begin = 0
    for block in blocks(rows.time.size, grid):
        end = int(ends[np.searchsorted(ends, block.stop)])
        if begin < end:
            yield slice(begin, end) if order is None else order[begin:end]
        begin = end


def _steps(
    rows: Episodes, sets: RiskSets, integrals: Sequence[Integral], which: slice | IntArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray | None]:
    """Where rows begin and end, with m and each ``a`` of their unit before and after it; and how often."""
    first, last = sets.first[which], sets.last[which]
    some = first < last
    # Mostly all rows are at risk somewhere; they are not copied then.
    if not some.all():
        which = np.arange(rows.time.size)[which][some]
        first, last = first[some], last[some]
    count = first.size
    place = np.concatenate([first, last - 1])
    weight, frequency = rows.weight[which], rows.frequency[which]
    amount = weight * frequency if rows.grouped else weight
    after = np.empty((len(integrals) + 1, 2 * count))
    begins, ends = after[:, :count], after[:, count:]
    begins[0], ends[0] = amount, 0.0
    for i, integral in enumerate(integrals, 1):
        np.multiply(amount, integral.total[first], out=begins[i])
        np.multiply(amount, integral.final(rows, sets, which), out=ends[i])
    if rows.unit is None:
        before = np.zeros_like(after)
        before[:, count:] = begins
        return place, before, after, np.tile(frequency, 2)
    ends -= begins
    unit = np.tile(rows.unit[which], 2)
    order = stable_order(place, unit)
    change = after[:, order]
    after = cumulate_within(change, unit[order])
    return place[order], after - change, after, None if rows.grouped else np.tile(frequency, 2)[order]


def final_variance(rows: Episodes, values: FloatArray) -> float:
    """Sum over units of the squared sums of the rows' influences `values` (n,), not yet weighted."""
    if rows.unit is None:
        return float(np.sum(rows.frequency * (rows.weight * values) ** 2))
    amount = rows.mass if rows.grouped else rows.weight
    units = int(rows.unit.max()) + 1
    sums = sum_by(rows.unit, amount * values, units)
    if rows.grouped:
        return float(np.sum(sums**2))
    # All rows of a person have one frequency.
    times = np.zeros(units)
    times[rows.unit] = rows.frequency
    return float(np.sum(times * sums**2))


def cumulate_within(change: FloatArray, unit: IntArray) -> FloatArray:
    """Cumulative sums (q, n) that begin anew with each unit; `unit` is sorted."""
    total = np.cumsum(change, axis=1)
    starts = np.flatnonzero(unit[1:] != unit[:-1]) + 1
    if starts.size:
        lengths = np.diff(np.append(starts, unit.size))
        for row in total:
            row[starts[0] :] -= np.repeat(row[starts - 1], lengths)
    return total
