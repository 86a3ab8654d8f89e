"""Rules 1 to 3, and 7 within one table: which counts and shares may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import CountTable, IntArray
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedTable
from hamm_eval.release.rounding import decimals, to_multiple


def release_count(count: int, policy: Policy, *, persons: int | None = None, sensitive: bool = False) -> Cell:
    """One count as it may be shown.

    Parameters
    ----------
    count : int
        What is shown.
    policy : Policy
    persons : int, optional
        Distinct persons behind the count, where it counts something else.
    sensitive : bool
        Whether the count tells of residence status or health.

    Examples
    --------
    >>> strict = Policy.strict()
    >>> [release_count(n, strict).value for n in (0, 1, 7, 8, 43)]
    [0, None, None, 10, 45]
    >>> release_count(0, strict, sensitive=True).value is None
    True
    """
    # Rule 1: the persons decide, however many episodes they have.
    sensitive = sensitive or policy.sensitive_throughout
    behind = int(count) if persons is None else min(int(count), int(persons))
    # Rule 2: 1 to 7 share one symbol. Rule 3: a zero tells of everyone in the group, so it joins them.
    if behind <= policy.largest_hidden_count and (count or sensitive):
        return Cell(value=None)
    return Cell(value=to_multiple(count, policy.count_rounding))


def release_table(table: CountTable, policy: Policy) -> ReleasedTable:
    """A table of counts as it may be shown.

    Raises
    ------
    ReleaseRefused
        Other units than persons without the distinct persons behind each cell, or shapes that do not fit.
    """
    counts = np.asarray(table.counts, dtype=np.int64)
    _check_shapes(table, counts)
    persons = counts if table.persons is None else np.asarray(table.persons, dtype=np.int64)
    cells = [
        [
            # What nobody recorded is no count at all: a 0 would say that there was nothing.
            Cell(value=None, recorded=False)
            if row in table.unrecorded
            else release_count(counts[i, j], policy, persons=int(persons[i, j]), sensitive=table.sensitive)
            for j in range(counts.shape[1])
        ]
        for i, row in enumerate(table.rows)
    ]
    # Rule 2: an independent total (the cohort size) is rounded on its own ...
    total = None if table.total is None else release_count(table.total, policy, sensitive=table.sensitive)
    if (
        total is not None
        and table.additive
        and table.unit == "persons"
        and total_tells(cells, total, policy, table.sensitive)
    ):
        total = None  # Rule 7
    shown = [
        tuple(_with_share(cells, i, j, table, total, policy) for j in range(counts.shape[1]))
        for i in range(counts.shape[0])
    ]
    return ReleasedTable(
        id=table.definition.id,
        definition_digest=table.definition.digest,
        policy=policy.name,
        rows=table.rows,
        columns=table.columns,
        row_dimension=table.row_dimension,
        column_dimension=table.column_dimension,
        unit=table.unit,
        cells=tuple(shown),
        total=total,
        # ... every other total is the sum of what is shown, "without hidden cells".
        column_totals=tuple(_sum(row[j] for row in cells) for j in range(counts.shape[1]))
        if table.additive
        else (),
        sensitive=table.sensitive or policy.sensitive_throughout,
        shares=table.shares,
    )


Behind = Callable[[int], tuple[int, int]]


def ends_of(value: int, policy: Policy) -> tuple[int, int]:
    """The least and the greatest count that rounds to a shown value.

    Examples
    --------
    >>> ends_of(10, Policy.strict()), ends_of(0, Policy.strict())
    ((8, 12), (0, 0))
    """
    if not value:
        return 0, 0  # all others that round to it are hidden
    # Halves are rounded up.
    return value - policy.count_rounding // 2, value + (policy.count_rounding - 1) // 2


def total_tells(
    cells: Sequence[Sequence[Cell]],
    total: Cell,
    policy: Policy,
    sensitive: bool,
    behind: Behind | None = None,
) -> bool:
    """Rule 7 for cells that add up to a total: would it leave a hidden cell too few feasible values?

    Every published number stands for the interval that rounds to it; `behind` gives its ends where counts
    are rounded in another way than to the nearest multiple. Cells that cannot add up to the total
    (the steps of a flow, nested groups) tell nothing this way.
    """
    sensitive = sensitive or policy.sensitive_throughout
    flat = [cell for row in cells for cell in row]
    hidden = sum(cell.value is None and cell.recorded for cell in flat)
    if not hidden or total.value is None:
        return False
    ends = behind or (lambda value: ends_of(value, policy))
    shown = [ends(cell.value) for cell in flat if cell.value]
    least, most = int(not sensitive), policy.largest_hidden_count
    low, high = ends(total.value)
    rest_low = low - sum(largest for _, largest in shown)
    rest_high = high - sum(smallest for smallest, _ in shown)
    if rest_high < hidden * least or rest_low > hidden * most:
        return False
    low = max(least, rest_low - (hidden - 1) * most)
    high = min(most, rest_high - (hidden - 1) * least)
    return high - low + 1 < policy.feasible_values


def hide_linked(
    cells: Sequence[Cell],
    total: Cell,
    policy: Policy,
    *,
    sensitive: bool = False,
    behind: Behind | None = None,
) -> tuple[Cell, ...]:
    """Parts of a whole that is published elsewhere: the smallest shown one is hidden too, where its being
    shown would leave a hidden part too few feasible values (rule 7 for one sum).
    """
    shown = [(cell.value, at) for at, cell in enumerate(cells) if cell.value]
    if not shown or not total_tells([cells], total, policy, sensitive, behind):
        return tuple(cells)
    _, smallest = min(shown)
    return tuple(Cell(value=None, linked=True) if at == smallest else cell for at, cell in enumerate(cells))


def _check_shapes(table: CountTable, counts: NDArray[np.int64]) -> None:
    """A table whose parts do not fit, or whose persons are unknown, is a mistake of the analysis."""
    shape = (len(table.rows), len(table.columns))
    persons_shape = shape if table.persons is None else np.shape(table.persons)
    if counts.shape != shape or persons_shape != shape:
        raise ReleaseRefused(
            "Counts, rows, columns and persons of this table do not fit together.",
            where=table.definition.id,
            todo="Give counts and persons one row per level and one column per column level.",
        )
    if table.unit != "persons" and table.persons is None:
        raise ReleaseRefused(
            f"This table counts {table.unit}, and the distinct persons behind each cell are not given.",
            where=table.definition.id,
            todo="Give `persons`: rule 1 counts distinct persons, never episodes.",
        )
    if (counts < 0).any() or (table.total or 0) < 0:
        raise ReleaseRefused("A count is negative.", where=table.definition.id)


def _sum(cells: Iterable[Cell]) -> int:
    """Sum of the numeric published cells."""
    return sum(cell.value or 0 for cell in cells)


def _with_share(
    cells: Sequence[Sequence[Cell]], i: int, j: int, table: CountTable, total: Cell | None, policy: Policy
) -> Cell:
    """The cell with its percentage, computed from nothing but published counts."""
    cell = cells[i][j]
    denominator = _denominator(cells, i, j, table, total, policy)
    # Rule 2: a percentage of a small base tells the persons.
    if cell.value is None or denominator is None or denominator < policy.smallest_denominator:
        return cell
    share = cell.value / denominator
    if share > 1:
        return cell
    # Rule 3: "everyone" is a statement about each of them. What lies near it takes the same symbol.
    if (table.sensitive or policy.sensitive_throughout) and 100 * share > policy.share_ceiling:
        return Cell(value=cell.value, share_bound="over_95")
    return Cell(value=cell.value, share=decimals(share, policy.share_decimals))


def _denominator(
    cells: Sequence[Sequence[Cell]], i: int, j: int, table: CountTable, total: Cell | None, policy: Policy
) -> int | None:
    """What a cell's percentage is of; None where there is none, or where hidden cells would distort it."""
    if table.shares == "none":
        return None
    if table.shares == "of_total":
        if table.total is not None:
            # A total counts persons: records or households have no share in it.
            return total.value if total is not None and table.unit == "persons" else None
        part = [cell for row in cells for cell in row]
    else:
        part = list(cells[i]) if table.shares == "of_row" else [row[j] for row in cells]
    known = _sum(part)
    unknown = policy.largest_hidden_count * sum(cell.value is None for cell in part)
    return None if 100 * unknown > policy.largest_hidden_percent * (known + unknown) else known


def release_bins(counts: IntArray, total: Cell, policy: Policy) -> tuple[int | None, ...]:
    """A histogram's bins: rule 2, and rule 7 against the published number of persons in all bins."""
    cells = [release_count(int(count), policy) for count in counts]
    while total_tells([cells], total, policy, sensitive=False):
        shown = [k for k, cell in enumerate(cells) if cell.value]
        if not shown:
            break
        cells[min(shown, key=lambda k: int(counts[k]))] = Cell(value=None)
    return tuple(cell.value for cell in cells)
