"""Rule 7 by integer programming: no hidden count may follow from all linked counts together.

Every published count stands for the interval that rounds to it. Each hidden one is made as small and as large
as these intervals allow; between the two must lie as many values as the policy asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.estimate import FloatArray, IntArray
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """A published count and which of the unknown parts, each a number of persons, it is the sum of.

    Parameters
    ----------
    parts : ndarray of int, shape (m,)
        1 for each part that is in it, else 0.
    cell : Cell
    """

    parts: IntArray
    cell: Cell


def hidden_counts_hold(counts: Sequence[Linked], policy: Policy) -> bool:
    """Whether every hidden count keeps enough feasible values.

    Examples
    --------
    >>> def of(parts, value): return Linked(np.array(parts), Cell(value=value))
    >>> total, first, second = of([1, 1], 45), of([1, 0], 40), of([0, 1], None)
    >>> hidden_counts_hold([total, first, second], Policy.strict())
    True
    >>> hidden_counts_hold([of([1, 1], 40), first, second], Policy.strict())
    False
    """
    hidden = [count for count in counts if count.cell.value is None and not count.cell.linked]
    if not hidden:
        return True
    parts = np.array([count.parts for count in counts], dtype=np.float64)
    ends = np.array([interval_of(count.cell, policy) for count in counts])
    return all(
        _values(count.parts.astype(np.float64), parts, ends) >= policy.feasible_values for count in hidden
    )


def interval_of(cell: Cell, policy: Policy) -> tuple[float, float]:
    """Counts that are shown as a cell is."""
    if cell.linked:
        return policy.largest_hidden_count + 1.0, np.inf
    if cell.value is None:
        return 1.0, float(policy.largest_hidden_count)
    if cell.value == 0:
        return 0.0, 0.0
    down, up = (policy.count_rounding - 1) // 2, policy.count_rounding // 2
    return max(cell.value - down, policy.largest_hidden_count + 1.0), float(cell.value + up)


def _values(of: FloatArray, parts: FloatArray, ends: FloatArray) -> int:
    """How many whole numbers lie between the least and the greatest feasible sum of some parts."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    found = []
    for sign in (1.0, -1.0):
        solved = milp(
            sign * of,
            constraints=LinearConstraint(parts, ends[:, 0], ends[:, 1]),
            integrality=np.ones(of.size),
            bounds=Bounds(0, np.inf),
        )
        if solved.x is None:
            # The true counts are feasible; a solver that finds none proves nothing.
            return 0
        found.append(round(float(of @ solved.x)))
    return found[1] - found[0] + 1


def hide_until_held(
    counts: Mapping[str, Linked], sacrifice: Sequence[str], policy: Policy
) -> dict[str, Cell]:
    """Cells of the same names, of which as few are hidden besides as the proof needs.

    Parameters
    ----------
    counts : mapping of name to Linked
    sacrifice : sequence of str
        Names of counts that may be hidden, the least needed first.
    policy : Policy
    """
    cells = {name: count.cell for name, count in counts.items()}

    def hold() -> bool:
        return hidden_counts_hold([Linked(counts[key].parts, cell) for key, cell in cells.items()], policy)

    if hold():
        return cells
    given_up = []
    for name in sacrifice:
        if not cells[name].value:
            continue
        cells[name] = Cell(value=None, linked=True)
        given_up.append(name)
        if hold():
            break
    # What was given up in vain, because only a later one helped, comes back: the most needed first.
    for name in reversed(given_up[:-1]):
        cells[name] = counts[name].cell
        if not hold():
            cells[name] = Cell(value=None, linked=True)
    return cells
