"""Rule 7 for several sums of the same persons: would they leave a hidden cell too few feasible values?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell

Ends = Callable[[int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LinkedSum:
    """Two sets of cells, by name, that count the same persons: their sums are equal."""

    one: tuple[str, ...]
    other: tuple[str, ...]


def hide_in_sums(
    cells: Mapping[str, Cell],
    sums: Sequence[LinkedSum],
    policy: Policy,
    *,
    behind: Ends,
    largest: int,
    fixed: Collection[str] = (),
) -> dict[str, Cell]:
    """Cells with as many more hidden as it takes for every hidden one to keep enough feasible values.

    Each sum is judged by itself, every published number standing for the interval that rounds to it. What is
    hidden besides is the smallest number shown in the sum that tells, and says that it is linked.

    Parameters
    ----------
    cells : Mapping of name to Cell
        Each by rules 1 to 3.
    sums : sequence of LinkedSum
    policy : Policy
    behind : callable
        The least and the greatest count that is shown as a value.
    largest : int
        More than any cell can be, as the published number of all.
    fixed : collection of str
        Cells published elsewhere, which hiding here would not hide.

    Examples
    --------
    >>> strict = Policy.strict()
    >>> cells = {"met": Cell(value=35), "unmet": Cell(value=None), "open": Cell(value=45)}
    >>> cells |= {"all": Cell(value=85)}
    >>> sums = [LinkedSum(("met", "unmet", "open"), ("all",))]
    >>> found = hide_in_sums(cells, sums, strict, behind=lambda n: (n - 2, n + 2), largest=87, fixed={"all"})
    >>> found == cells
    True
    >>> cells = {"met": Cell(value=40), "unmet": Cell(value=None), "all": Cell(value=50)}
    >>> sums = [LinkedSum(("met", "unmet"), ("all",))]
    >>> found = hide_in_sums(cells, sums, strict, behind=lambda n: (n - 2, n + 2), largest=52, fixed={"all"})
    >>> found["met"]
    Cell(value=None, share=None, share_bound='', linked=True, recorded=True)
    """
    found = dict(cells)

    def ends(name: str) -> tuple[int, int]:
        cell = found[name]
        if cell.value is None:
            few = policy.largest_hidden_count
            return (few + 1, largest) if cell.linked else (1, few)
        return behind(cell.value) if cell.value else (0, 0)

    def tells(linked: LinkedSum) -> bool:
        return any(
            _values_left(name, mine, others, ends) < policy.feasible_values
            for mine, others in ((linked.one, linked.other), (linked.other, linked.one))
            for name in mine
            if found[name].value is None and not found[name].linked
        )

    for _ in cells:
        telling = next((linked for linked in sums if tells(linked)), None)
        if telling is None:
            break
        shown = [
            (found[name].value or 0, name)
            for name in (*telling.one, *telling.other)
            if found[name].value and name not in fixed
        ]
        if not shown:
            break
        found[min(shown)[1]] = Cell(value=None, linked=True)
    return found


def _values_left(
    name: str, mine: Sequence[str], others: Sequence[str], ends: Callable[[str], tuple[int, int]]
) -> int:
    """Values that a hidden cell keeps when the rest of its side and the other side are known by intervals."""
    rest = [ends(part) for part in mine if part != name]
    whole = [ends(part) for part in others]
    least, most = ends(name)
    low = max(least, sum(low for low, _ in whole) - sum(high for _, high in rest))
    high = min(most, sum(high for _, high in whole) - sum(low for low, _ in rest))
    return high - low + 1
