"""Hidden cells recovered by integer programming within one table, and by the difference of linked tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from recovery import ANY, Range, feasible

from hamm_eval.estimate import CountTable, Definition, IntArray
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedTable

STRICT = Policy.strict()
LARGEST = STRICT.largest_hidden_count


def tables(many: int) -> Iterator[IntArray]:
    """Tables of three by three with a few small cells."""
    rng = np.random.default_rng(7)
    for _ in range(many):
        counts = rng.integers(8, 90, (3, 3))
        small = rng.choice(9, 3, replace=False)
        counts.ravel()[small] = rng.integers(1, LARGEST + 1, 3)
        yield counts


def shown(counts: IntArray, **other: object) -> ReleasedTable:
    table = CountTable(
        definition=Definition("cohort", "two"),
        rows=tuple("abc"[: counts.shape[0]]),
        columns=tuple("xyz"[: counts.shape[1]]),
        row_dimension="household_type",
        column_dimension="provider",
        counts=counts,
        **other,  # type: ignore[arg-type]
    )
    return release(table, STRICT)


def behind(value: int | None) -> Range:
    """The counts that are shown as this: a hidden one, a zero, a multiple of 5."""
    if value is None:
        return 1, LARGEST
    return (0, 0) if value == 0 else (max(value - 2, LARGEST + 1), value + 2)


def test_hidden_cells_are_recovered_from_exact_margins_and_not_from_a_release() -> None:
    recovered = hidden = 0
    for counts in tables(20):
        small = [(int(i), int(j)) for i, j in np.argwhere(counts <= LARGEST)]
        # Without the gate: small cells are suppressed, all others and the margins are exact.
        exact = feasible(
            [[(1, LARGEST) if n <= LARGEST else (n, n) for n in row] for row in counts.tolist()],
            [(n, n) for n in counts.sum(axis=1).tolist()],
            [(n, n) for n in counts.sum(axis=0).tolist()],
            (int(counts.sum()),) * 2,
            small,
        )
        hidden += len(small)
        recovered += int((exact < STRICT.feasible_values).sum())

        # With it: multiples of 5, sums of what is shown, and a total only where that tells nothing.
        released = shown(counts, total=int(counts.sum()))
        cells = [[cell.value for cell in row] for row in released.cells]
        assert [(i, j) for i in range(3) for j in range(3) if cells[i][j] is None] == small
        left = feasible(
            [[behind(cell) for cell in row] for row in cells],
            [ANY] * 3,
            [ANY] * 3,
            ANY if released.total is None else behind(released.total.value),
            small,
        )
        assert left.min() >= STRICT.feasible_values
        assert list(released.column_totals) == [sum(row[j] or 0 for row in cells) for j in range(3)]
    assert recovered > 0.9 * hidden


def test_the_difference_of_two_linked_tables_tells_a_small_group_only_if_exact() -> None:
    """All persons by household, and the same without those of a small provider."""
    rng = np.random.default_rng(3)
    exact = unique = tries = 0
    for _ in range(200):
        everyone = rng.integers(30, 200, (3, 1))
        few = rng.integers(1, LARGEST + 1, (3, 1))
        tries += 3
        # Without the gate both tables hold large counts only, and nothing is suppressed.
        assert (everyone - few > LARGEST).all()
        exact += int(((everyone - (everyone - few)) == few).sum())
        with_all, without = shown(everyone), shown(everyone - few)
        for one, other in zip(with_all.cells, without.cells, strict=True):
            (low, high), (less, more) = behind(one[0].value), behind(other[0].value)
            possible = set(range(low - more, high - less + 1)) & set(range(1, LARGEST + 1))
            unique += len(possible) == 1
    assert exact == tries
    assert unique == 0
