"""Variance by the infinitesimal jackknife, linear in the rows.

The influence of a unit (row, person, cluster) on a cumulative incidence at t is ``P(t) - F(t) B(t)`` with
``P`` and ``B`` sums of martingale increments. Between the entries and exits of its members a unit's ``P(t)``
is ``a - m p(t)`` with constants a, m, so the sum of squares over units is a quadratic in p(t) whose
coefficients change only at entries and exits: it is cumulated along the grid instead of being computed for
each pair of unit and time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, sum_by
from hamm_eval.survival.episodes import Episodes
from hamm_eval.survival.risk_sets import RiskSets, cumulate

# Share of the terms of a sum below which their difference is rounding.
ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Integral:
    """A sum of martingale increments ``h(u) dM(u)``, for all rows at once.

    Parameters
    ----------
    total : ndarray, shape (k + 1,)
        Cumulated ``h(u) dA(u)``.
    jump : ndarray, shape (n,)
        ``h`` at the row's own event, 0 without one that counts.
    """

    total: FloatArray
    jump: FloatArray

    def final(self, sets: RiskSets) -> FloatArray:
        """The integral over a row's whole time at risk."""
        return self.jump - (self.total[sets.last] - self.total[sets.first])


def integral(hazard: FloatArray, factor: FloatArray, own: FloatArray) -> Integral:
    """Integral of `factor` (k,) against increments whose compensator has the jumps `hazard` (k,)."""
    return Integral(cumulate(factor * hazard), own)


def influence_variance(
    rows: Episodes, sets: RiskSets, of: Integral, by: Integral, scale: FloatArray
) -> FloatArray:
    """Sum over units of ``(P(t) - scale(t) B(t))^2`` at each grid point, shape (k,).

    Parameters
    ----------
    rows : Episodes
    sets : RiskSets
    of, by : Integral
        P and B.
    scale : ndarray, shape (k,)
    """
    some = sets.first < sets.last
    # Mostly all rows are at risk somewhere; they are not copied then.
    used = slice(None) if some.all() else np.flatnonzero(some)
    own = sets.own[used]
    place = np.concatenate([sets.first[used], own])
    amount = (rows.mass if rows.grouped else rows.weight)[used]
    begin_p, begin_b = amount * of.total[sets.first[used]], amount * by.total[sets.first[used]]
    end_p, end_b = amount * of.final(sets)[used], amount * by.final(sets)[used]
    if rows.unit is None:
        before, after = np.zeros((2, 3, place.size))
        before[:, own.size :] = after[:, : own.size] = begin_p, begin_b, amount
        after[:2, own.size :] = end_p, end_b
        times = np.tile(rows.frequency[used], 2)
    else:
        unit = np.tile(rows.unit[used], 2)
        order = np.lexsort((place, unit))
        unit, place = unit[order], place[order]
        change = np.array(
            [np.r_[begin_p, end_p - begin_p], np.r_[begin_b, end_b - begin_b], np.r_[amount, -amount]]
        )[:, order]
        after = cumulate_within(change, unit)
        before = after - change
        times = np.ones(unit.size) if rows.grouped else np.tile(rows.frequency[used], 2)[order]

    def along(i: int, j: int) -> FloatArray:
        """Sum over units of the product of two of (a_P, a_B, m), at each grid point."""
        change = times * (after[i] * after[j] - before[i] * before[j])
        return np.cumsum(np.bincount(place, weights=change, minlength=sets.size))

    p, b = of.total[1:], by.total[1:]
    pm, bm, mm = along(0, 2), along(1, 2), along(2, 2)
    pp = along(0, 0) - 2 * p * pm + p**2 * mm
    pb = along(0, 1) - b * pm - p * bm + p * b * mm
    bb = along(1, 1) - 2 * b * bm + b**2 * mm
    total = pp - 2 * scale * pb + scale**2 * bb
    # Where the influence is exactly 0, rounding leaves a tiny number of either sign.
    return np.where(total > ROUNDING * (pp + scale**2 * bb), total, 0.0)


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
    """Cumulative sums (3, n) that begin anew with each unit; `unit` is sorted."""
    total = np.cumsum(change, axis=1)
    starts = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
    before = np.concatenate([np.zeros((change.shape[0], 1)), total[:, starts[1:] - 1]], axis=1)
    return total - np.repeat(before, np.diff(np.r_[starts, unit.size]), axis=1)
