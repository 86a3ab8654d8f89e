"""Small counts read back from percentages and totals."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np

from hamm_eval.estimate import CountTable, Definition
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedTable

STRICT = Policy.strict()


def released(counts: list[list[int]], **other: object) -> ReleasedTable:
    array = np.array(counts)
    table = CountTable(
        definition=Definition("cohort", "status"),
        rows=tuple(f"r{i}" for i in range(array.shape[0])),
        columns=tuple(f"c{j}" for j in range(array.shape[1])),
        row_dimension="residence_status",
        column_dimension="",
        counts=array,
        **other,  # type: ignore[arg-type]
    )
    return release(table, STRICT)


def counts_of(share: float, denominators: Iterable[int], half_unit: float) -> set[int]:
    """All counts whose share of some denominator rounds to the one published."""
    return {
        count for n in denominators for count in range(n + 1) if abs(count / n - share) <= half_unit + 1e-12
    }


def test_two_percent_of_196() -> None:
    # "2 % of 196", as the presentation had it: one decimal more and it is one count.
    assert counts_of(round(4 / 196, 3), [196], 0.0005) == {4}
    assert counts_of(0.02, [196], 0.005) == {3, 4}
    release = released([[4], [192]], total=196, shares="of_total")
    hidden, shown = release.cells[0][0], release.cells[1][0]
    assert (hidden.value, hidden.share) == (None, None)
    # What is left to the reader: 1 to 7, from the other cell's share and the rounded total as well.
    total = release.total.value if release.total is not None else None
    sizes = range(total - 2, total + 3) if total is not None else range(188 + 2, 203)
    others = (
        range(shown.value - 2, shown.value + 3)
        if shown.share is None
        else counts_of(shown.share, range(190, 203), 0.005) & set(range(shown.value - 2, shown.value + 3))
    )
    feasible = {n - other for n, other in product(sizes, others)} & set(range(1, 8))
    assert len(feasible) >= 6


def test_total_minus_parts() -> None:
    counts = [[61], [47], [5]]
    # Hiding the small cell alone: the exact total gives it back.
    assert sum(map(sum, counts)) - 61 - 47 == 5
    for small in range(1, 8):
        for first, second in product(range(40, 66), repeat=2):
            release = released([[first], [second], [small]], total=first + second + small)
            shown = [row[0].value for row in release.cells]
            assert shown[2] is None
            # The sum of what is shown holds nothing of the hidden cell.
            assert release.column_totals == (shown[0] + shown[1],)
            if release.total is None:
                continue
            middle = release.total.value - shown[0] - shown[1]
            feasible = set(range(middle - 6, middle + 7)) & set(range(1, 8))
            assert small in feasible
            assert len(feasible) >= 6


def test_a_zero_tells_something_about_everyone() -> None:
    # Nobody required to leave among the 40 couples: said openly, each couple's status is told.
    plain = released([[40, 0], [60, 12]], shares="of_row")
    assert (plain.cells[0][1].value, plain.cells[0][0].share) == (0, 1.0)
    guarded = released([[40, 0], [60, 12]], shares="of_row", sensitive=True)
    assert guarded.cells[0][1] == released([[40, 3], [60, 12]], shares="of_row", sensitive=True).cells[0][1]
    assert all(cell.share != 1.0 for row in guarded.cells for cell in row)
