r"""Variance of state probabilities by the infinitesimal jackknife, nearly linear in the rows.

The influence U(t) of a unit (person or cluster) on the probabilities p(t) of s states is carried along the
grid of times by the transition matrices and moved by the unit's own martingale increments,

.. math::
    U_j = U_{j-1} (I + H_j) - N_j \operatorname{diag}(r_j) H_j + \sum_{h \to g} w r_{jh} (e_g - e_h),

with H the hazards of a time, N the unit's weight at risk in each state, and ``r = p(t-) / n``. With
``P = \prod (I + H)`` from a base time on, and ``D = -\sum \operatorname{diag}(r) H P^{-1}``, this is
``U = (u + N D) P``, where u and N change only where rows of the unit begin or end. The sum of squares over
units is then a quadratic in (D, P) whose coefficients are cumulated along the grid.

P must be inverted. So a new base is taken, and every unit carried there whose rows have not all ended, before
any state has lost `_LOSS` of those at risk. The others are replaced by 2 s rows with the same sums of squares
and products (the triangular factor of their influences), which are carried like units and lose no digits.
The cost is that of the rows plus that of the units going on at each base. Bases are about as many as the
cumulative hazard of leaving the state that is left fastest, divided by ``-log(1 - _LOSS)``: a dozen or two
where people stay or leave for good, many only where a state is nearly empty all the time while many pass
through it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, narrow, stable_order
from hamm_eval.survival.influence import ROUNDING, cumulate_within
from hamm_eval.survival.risk_sets import blocks
from hamm_eval.survival.running_products import running_products
from hamm_eval.survival.state_changes import Changes, StateGrid

# With a loss of 0.3 the rows of P keep at least 0.7 on the diagonal: its inverse has entries below 2.5.
_LOSS = 0.3
# About so many numbers are held at once of a piece of the grid.
_AT_ONCE = 500_000


class StateCurves(NamedTuple):
    """Probabilities and variances (k, s) along the grid, and variances (s,) of the times in states."""

    probability: FloatArray
    variance: FloatArray
    time_variance: FloatArray


def carry_states(
    grid: StateGrid,
    probability: FloatArray,
    influence: FloatArray,
    lengths: FloatArray | None = None,
) -> StateCurves:
    """Carry the distribution at the origin, and influences on it, along the grid of all ends of rows.

    Parameters
    ----------
    grid : StateGrid
    probability : ndarray, shape (s,)
        Distribution at the origin.
    influence : ndarray, shape (m, s)
        Weighted influence of each unit on it.
    lengths : ndarray, shape (k + 1,), optional
        Lengths of the intervals after 0..k times of the grid over which time in states is counted; none
        without them.
    """
    walk = _Walk(grid, probability, influence, lengths)
    # As large as the rows, and read.
    del influence
    return walk.curves()


class _Walk:
    """One walk along the grid, base by base and piece by piece; `curves` takes it."""

    def __init__(
        self,
        grid: StateGrid,
        probability: FloatArray,
        influence: FloatArray,
        lengths: FloatArray | None,
    ) -> None:
        self._grid, self._lengths = grid, lengths
        self._probability, self._size = probability, probability.size
        # Units in the order in which they end: those that go on are always the last ones.
        ends = grid.rows.ends_of_units(grid.sets.last)
        by_end = narrow(stable_order(ends))
        self._ends, self._ended = ends[by_end], 0
        del ends
        # u, N and the influence on the time in states, a column a unit; here u is the influence itself.
        self._units = np.zeros((2 * self._size, by_end.size))
        for some in blocks(by_end.size):
            self._units[: self._size, some] = influence[by_end[some]].T
        self._time = np.zeros((0 if lengths is None else self._size, by_end.size))
        rank = np.empty_like(by_end)
        rank[by_end] = np.arange(by_end.size, dtype=by_end.dtype)
        del by_end
        self._unit = rank[grid.rows.unit]
        # Those that have ended, as few rows of their influences on time and on states.
        self._gone = np.zeros((1, 2 * self._size))
        for changes in grid.present(self._unit):
            self._add_present(changes)

    def curves(self) -> StateCurves:
        """Walk from the origin to the end of the grid."""
        begin, last, self._lost = 0, self._grid.sets.size, self._grid.losses()
        found = np.empty((2, *self._grid.at_risk.shape))
        while begin < last:
            self._new_base(begin)
            base_end = self._reach_of_base(begin)
            if base_end == begin:
                found[:, begin] = self._single(begin)
                begin += 1
                continue
            self._sums = self._sums_over_units()
            while begin < base_end:
                end = self._reach_of_piece(begin, base_end)
                found[:, begin:end] = self._piece(begin, end)
                begin = end
            self._carry_units()
        s = self._size
        of_time = (self._gone[:, :s] ** 2).sum(axis=0) + np.diag(_gram(self._time[:, self._ended :], s))
        return StateCurves(found[0], found[1], of_time)

    def _reach_of_base(self, begin: int) -> int:
        """How far P can be inverted without loss of digits; `begin` itself where not over one time."""
        # Of the same type, lest all losses be converted at each base.
        limit = np.float32(-np.log1p(-_LOSS))
        return int(min(np.searchsorted(lost, lost[begin] + limit, side="right") - 1 for lost in self._lost))

    def _reach_of_piece(self, begin: int, base_end: int) -> int:
        """At least one time, else as many as can be held at once with the changes there."""
        times = _AT_ONCE // (16 * self._size**2)
        changes = self._grid.offset[begin + 1] + _AT_ONCE // (16 * self._size)
        by_changes = int(np.searchsorted(self._grid.offset, changes, side="right")) - 2
        return max(begin + 1, min(base_end, begin + times, by_changes))

    def _new_base(self, begin: int) -> None:
        """P = I and D = 0; those whose rows have ended are no longer carried one by one."""
        s, ended = self._size, int(np.searchsorted(self._ends, begin, side="right"))
        time, units = self._time[:, self._ended : ended], self._units[:s, self._ended : ended]
        for some in blocks(units.shape[1]):
            rows = np.zeros((units[:, some].shape[1], 2 * s))
            rows[:, : time.shape[0]], rows[:, s:] = time[:, some].T, units[:, some].T
            self._gone = np.asarray(np.linalg.qr(np.concatenate([self._gone, rows]), mode="r"))
        self._ended = ended
        self._product, self._drift, self._base = np.eye(s), np.zeros((s, s)), self._probability
        self._load, self._time_load = np.concatenate([self._product, self._drift]), np.zeros((2 * s, s))

    def _sums_over_units(self) -> FloatArray:
        """Sums of squares and products of (u, N), shape (2 s, 2 s)."""
        s = self._size
        sums = _gram(self._units[:, self._ended :], 2 * s)
        sums[:s, :s] += self._gone[:, s:].T @ self._gone[:, s:]
        return sums

    def _carry_units(self) -> None:
        """Take the influences of all units to the end of the last piece."""
        s, time, units = self._size, self._time[:, self._ended :], self._units[:, self._ended :]
        for some in blocks(units.shape[1]):
            if self._lengths is not None:
                time[:, some] += _times(self._time_load, units[:, some])
            units[:s, some] = _times(self._load, units[:, some])
        # Of those that have ended, N is 0.
        self._gone[:, :s] += self._gone[:, s:] @ self._time_load[:s]
        self._gone[:, s:] = self._gone[:, s:] @ self._product

    def _piece(self, begin: int, end: int) -> tuple[FloatArray, FloatArray]:
        """Probabilities and variances (l, s) at the times begin..end - 1, over which P can be inverted."""
        s, changes = self._size, self._grid.changes(begin, end, self._unit)
        hazard = self._grid.hazard(begin, end, changes)
        product = self._product @ running_products(np.eye(s) + hazard)
        inverse = np.linalg.inv(product)
        probability = self._base @ product
        reach = self._grid.reach(begin, np.concatenate([self._probability[None], probability[:-1]]))
        drift = self._drift + np.cumsum(-(reach[:, :, None] * hazard) @ inverse, axis=0)
        load = np.concatenate([product, drift @ product], axis=1)
        # Who goes to another state moves u by an increment of its own; the rest keeps U while N changes.
        at, count = changes.place - begin - 1, changes.place.size
        change = np.zeros((2 * s, count))
        change[s + changes.state, np.arange(count)] = changes.mass
        jump = -changes.mass * reach[at, changes.state]
        change[:s] = jump * (inverse[at, changes.to] - inverse[at, changes.state]).T
        change[:s] -= changes.mass * drift[at, changes.state].T
        if self._lengths is not None:
            self._count_time(self._lengths[begin:end], load, changes.unit, at, change)
        sums = self._cumulate(changes.unit, at, change, end - begin)
        self._product, self._drift, self._probability = product[-1], drift[-1], probability[-1]
        self._load, self._sums = load[-1], sums[-1]
        variance = ((sums @ load) * load).sum(axis=1)
        # Where all influences are exactly 0, rounding leaves a tiny number of either sign.
        terms = ((np.abs(sums) @ np.abs(load)) * np.abs(load)).sum(axis=1)
        return probability, np.where(variance > ROUNDING * terms, variance, 0.0)

    def _cumulate(self, unit: IntArray, at: IntArray, change: FloatArray, length: int) -> FloatArray:
        """Sums of squares and products of (u, N) after each time, (l, 2 s, 2 s); changes the units."""
        after = self._units[:, unit] + cumulate_within(change, unit)
        before = after - change
        last = np.flatnonzero(np.append(unit[1:] != unit[:-1], True)[: unit.size])
        self._units[:, unit[last]] = after[:, last]
        sums = np.empty((length, *self._sums.shape))
        for i in range(after.shape[0]):
            for j in range(i + 1):
                terms = after[i] * after[j] - before[i] * before[j]
                steps = np.cumsum(np.bincount(at, weights=terms, minlength=length))
                sums[:, i, j] = sums[:, j, i] = self._sums[i, j] + steps
        return sums

    def _count_time(
        self, lengths: FloatArray, load: FloatArray, unit: IntArray, at: IntArray, change: FloatArray
    ) -> None:
        """Lengths times loads up to each time: all that a unit's change at that time has no part in."""
        before = np.concatenate([self._load[None], load[:-1]])
        passed = self._time_load + np.cumsum(lengths[:, None, None] * before, axis=0)
        for g in range(self._size):
            missed = np.einsum("ae,ea->e", change, passed[at, :, g])
            np.subtract.at(self._time[g], unit, missed)
        self._time_load = passed[-1]

    def _single(self, begin: int) -> tuple[FloatArray, FloatArray]:
        """A time at which a state loses too many: each unit is carried over it, nothing is inverted."""
        s, changes = self._size, self._grid.changes(begin, begin + 1, self._unit)
        hazard = self._grid.hazard(begin, begin + 1, changes)[0]
        reach = self._grid.reach(begin, self._probability[None])[0]
        if self._lengths is not None:
            self._time_load[:s] = self._lengths[begin] * np.eye(s)
        self._product = np.eye(s) + hazard
        self._load = np.concatenate([self._product, -reach[:, None] * hazard])
        self._carry_units()
        jump = -changes.mass * reach[changes.state]
        np.add.at(self._units, (changes.to, changes.unit), jump)
        np.add.at(self._units, (changes.state, changes.unit), -jump)
        self._add_present(changes)
        self._probability = self._probability @ self._product
        going = self._units[:s, self._ended :]
        return self._probability, (self._gone[:, s:] ** 2).sum(axis=0) + np.einsum("am,am->a", going, going)

    def _add_present(self, changes: Changes) -> None:
        """Change the weights at risk where rows begin or end."""
        np.add.at(self._units, (self._size + changes.state, changes.unit), changes.mass)


def _times(load: FloatArray, columns: FloatArray) -> FloatArray:
    """Product of the transposed load with a few long rows; a library's threads cost more than they save."""
    return np.asarray(np.einsum("ag,am->gm", load, columns))


def _gram(columns: FloatArray, size: int) -> FloatArray:
    """Sums of squares and products (size, size) of as many long rows; zeros where there are none."""
    found = np.zeros((size, size))
    for some in blocks(columns.shape[1]):
        if columns.shape[0]:
            found += np.einsum("am,bm->ab", columns[:, some], columns[:, some])
    return found
