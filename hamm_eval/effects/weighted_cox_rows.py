"""Rows of persons who may start a measure while they are followed: in order, and who decides where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, IntArray, refuse_where
from hamm_eval.survival import check_rows

# Harrell (2015), Regression Modeling Strategies, section 2.4.6: places of four knots.
_KNOTS = (0.05, 0.35, 0.65, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class PersonRows:
    """Rows in time order within persons.

    Parameters
    ----------
    person : ndarray of int, shape (n,)
        Codes 0..N-1, in the caller's order of rows.
    order : ndarray of int, shape (n,)
        The caller's rows by person, then start.
    first, last : ndarray of int, shape (n,)
        Of each row in that order: place of its person's first and last row.
    """

    person: IntArray
    order: IntArray
    first: IntArray
    last: IntArray

    def so_far(self, values: FloatArray) -> FloatArray:
        """Sums of `values` (n,) over a person's rows up to and with each, in the caller's order."""
        sorted_values = values[self.order]
        total = np.cumsum(sorted_values)
        return self._back(total - (total - sorted_values)[self.first])

    def from_here(self, values: FloatArray) -> FloatArray:
        """Sums of `values` (n, p) over each row and a person's later ones, in the caller's order."""
        sorted_values = values[self.order]
        total = np.cumsum(sorted_values, axis=0)
        return self._back(total[self.last] - total + sorted_values)

    def earlier(self, values: FloatArray) -> FloatArray:
        """The value of a person's row before each, 0 before the first."""
        sorted_values = values[self.order]
        before = np.concatenate([[0.0], sorted_values[:-1]])
        before[self.first == np.arange(self.order.size)] = 0.0
        return self._back(before)

    def at_first(self, values: FloatArray) -> FloatArray:
        """The value (n, p) of a person's first row, on all of that person's rows."""
        return self._back(values[self.order][self.first])

    @property
    def is_first(self) -> NDArray[np.bool_]:
        """Whether a row is its person's first."""
        return self._back(self.first == np.arange(self.order.size))

    def _back(self, values: NDArray[Any]) -> NDArray[Any]:
        """From the sorted order to the caller's."""
        found = np.empty_like(values)
        found[self.order] = values
        return found


def rows_of_persons(person: IntArray, start: FloatArray | None) -> PersonRows:
    """Put rows in order."""
    order = np.lexsort((np.zeros(person.size) if start is None else start, person)).astype(np.int64)
    codes = person[order]
    return PersonRows(
        person, order, np.searchsorted(codes, codes), np.searchsorted(codes, codes, side="right") - 1
    )


def refuse_broken_histories(
    rows: PersonRows, start: FloatArray | None, stop: FloatArray, treated: FloatArray
) -> None:
    """Refuse rows that overlap or leave a gap, and measures that end.

    Raises
    ------
    InputError
        Names the rows.
    """
    if rows.is_first.all():
        return
    if start is None:
        raise InputError(
            "Persons have several rows, but it is not said when these begin.",
            where="start",
            todo="Give the start of each row; of several trials of a person, make the person the `cluster`.",
        )
    check_rows(rows.person, start, stop)
    refuse_where(
        (treated == 0) & (rows.earlier(treated) == 1),
        "treated",
        "Rows without the measure after the same person had started it",
        "Who has started stays treated (as started, not as present): the effect is that of starting.",
    )
    decides = rows.earlier(treated) == 0
    if not (decides & ~rows.is_first & (treated == 0)).any():
        raise InputError(
            "Rows are split only where someone starts, so that rows do not show when others did not.",
            where="start",
            todo="Split everyone's rows at common times, such as every day or month.",
        )


def time_terms(start: FloatArray, begins: NDArray[np.bool_]) -> tuple[FloatArray, tuple[str, ...]]:
    """How the chance of starting may change with time: a restricted cubic spline, knots where people start.

    Parameters
    ----------
    start : ndarray, shape (n,)
    begins : ndarray of bool, shape (n,)
        Rows in which someone starts.

    Returns
    -------
    tuple
        Columns (n, q), standardised, and their names. No column where all rows begin at one time; a straight
        line where the starts have fewer than three knots.
    """
    if np.unique(start).size < 2:
        return np.empty((start.size, 0)), ()
    knots = np.unique(np.quantile(start[begins], _KNOTS))
    columns = [start]
    if knots.size > 2:
        before, last = knots[-2], knots[-1]

        def cubed(knot: float) -> FloatArray:
            return np.maximum(start - knot, 0.0) ** 3

        columns += [
            cubed(knot)
            - cubed(before) * (last - knot) / (last - before)
            + cubed(last) * (before - knot) / (last - before)
            for knot in knots[:-2]
        ]
    values = np.column_stack(columns)
    spread = values.std(axis=0)
    # A nonlinear term without a row beyond its knot says nothing.
    values, spread = values[:, spread > 0], spread[spread > 0]
    names = tuple("time" + "'" * k for k in range(values.shape[1]))
    return (values - values.mean(axis=0)) / spread, names
