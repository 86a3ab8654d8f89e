"""What happens along the grid of all ends of rows: who comes and goes, and the hazards of each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hamm_eval.inference import FloatArray, IntArray, narrow, stable_order
from hamm_eval.survival.risk_sets import RiskSets, blocks, build_risk_sets
from hamm_eval.survival.state_rows import RowTimes, StateRows


@dataclass(frozen=True, slots=True)
class Changes:
    """Where rows begin (mass > 0) or end (mass < 0), sorted by unit, then place.

    Parameters
    ----------
    place : ndarray of int, shape (e,)
        After how many times of the grid.
    unit, state : ndarray of int, shape (e,)
    to : ndarray of int, shape (e,)
        State entered; that of the row where none is.
    mass : ndarray, shape (e,)
    """

    place: IntArray
    unit: IntArray
    state: IntArray
    to: IntArray
    mass: FloatArray


@dataclass(frozen=True, slots=True)
class StateGrid:
    """Rows in states against the k distinct times at which rows end.

    Parameters
    ----------
    rows : StateRows
    sets : RiskSets
    at_risk : ndarray, shape (k, s)
        Weight in each state just before each time.
    order : ndarray of int
        Beginnings (0..n - 1) and ends (n..2 n - 1) of rows by place.
    offset : ndarray of int, shape (k + 2,)
        How many of them lie before each place.
    """

    rows: StateRows
    sets: RiskSets
    at_risk: FloatArray
    order: IntArray
    offset: IntArray

    def changes(self, begin: int, end: int, unit: IntArray) -> Changes:
        """Changes at the places ``begin + 1..end``, with the `unit` (m,) of each person."""
        n, rows = self.rows.person.size, self.rows
        which = self.order[self.offset[begin + 1] : self.offset[end + 1]]
        place = np.repeat(np.arange(begin + 1, end + 1), np.diff(self.offset[begin + 1 : end + 2]))
        ends = which >= n
        row = np.where(ends, which - n, which)
        person = rows.person[row]
        of_person = unit[person]
        # They are in order of place.
        order = stable_order(of_person)
        ends, row, person = ends[order], row[order], person[order]
        state, weight = rows.state[row], rows.weight[person]
        return Changes(
            place=place[order],
            unit=of_person[order],
            state=state,
            to=np.where(ends, rows.to[row], state),
            mass=np.where(ends, -weight, weight),
        )

    def present(self, unit: IntArray) -> Iterator[Changes]:
        """Rows that begin before the first time, block by block of them, with the `unit` of each person."""
        rows = self.rows
        for some in blocks(int(self.offset[1])):
            row = self.order[some]
            person, state = rows.person[row], rows.state[row]
            yield Changes(self.sets.first[row], unit[person], state, state, rows.weight[person])

    def hazard(self, begin: int, end: int, changes: Changes) -> FloatArray:
        """Increments of the hazards (l, s, s) at the times begin..end - 1, of whose `changes` they are made.

        Their rows sum to 0.
        """
        s = self.at_risk.shape[1]
        moved = np.flatnonzero(changes.state != changes.to)
        cell = (changes.place[moved] - 1 - begin) * s + changes.state[moved]
        cell = cell * s + changes.to[moved]
        mass = np.bincount(cell, weights=-changes.mass[moved], minlength=(end - begin) * s * s)
        found = mass.reshape(-1, s, s) / _not_zero(self.at_risk[begin:end])[:, :, None]
        found[:, np.arange(s), np.arange(s)] -= found.sum(axis=2)
        return found

    def reach(self, begin: int, before: FloatArray) -> FloatArray:
        """Probabilities `before` (l, s) each time from `begin` on by weight at risk, 0 where nobody is."""
        at_risk = self.at_risk[begin : begin + before.shape[0]]
        return np.where(at_risk > 0, before / _not_zero(at_risk), 0.0)

    def losses(self) -> NDArray[np.float32]:
        """Minus the logarithm of the share that stays in each state, from the origin on, (s, k + 1)."""
        mass, moved = self.rows.weight[self.rows.person], self.rows.moved
        # Half the digits say well enough how far a base reaches.
        found = np.zeros((self.at_risk.shape[1], self.sets.size + 1), dtype=np.float32)
        for state, at_risk in enumerate(self.at_risk.T):
            leaving = np.flatnonzero(moved & (self.rows.state == state))
            lost = self.sets.ending(mass, leaving) / _not_zero(at_risk)
            # A loss of everybody would be infinite for ever after.
            found[state, 1:] = np.cumsum(-np.log1p(-np.minimum(lost, 1 - 1e-9)))
        return found


def state_grid(rows: StateRows, times: RowTimes, size: int) -> StateGrid:
    """Grid of rows in `size` states. Where a row only goes on in the same state, nothing begins or ends."""
    sets = build_risk_sets(times.start, times.stop, np.ones(times.stop.size, dtype=bool))
    sets = replace(sets, first=narrow(sets.first), last=narrow(sets.last))
    mass = rows.weight[rows.person]
    at_risk = np.empty((sets.size, size))
    for state in range(size):
        at_risk[:, state] = sets.at_risk(np.where(rows.state == state, mass, 0.0))
    del mass
    joined = rows.goes_on & ~rows.moved
    begins = np.flatnonzero(~np.append(False, joined[:-1]))
    ends = np.flatnonzero(~joined)
    place = np.concatenate([sets.first[begins], sets.last[ends]])
    return StateGrid(
        rows=rows,
        sets=sets,
        at_risk=at_risk,
        order=narrow(np.concatenate([begins, ends + rows.person.size]))[stable_order(place)],
        offset=narrow(np.cumsum(np.append(0, np.bincount(place, minlength=sets.size + 1)))),
    )


def _not_zero(at_risk: FloatArray) -> FloatArray:
    """Weights at risk to divide by: 1 where nobody is."""
    return np.where(at_risk > 0, at_risk, 1.0)
