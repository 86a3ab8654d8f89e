from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import CountTable, Definition
from hamm_eval.release.counts import hide_linked, release_bins, release_count, release_table
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedTable

STRICT = Policy.strict()


def table(counts: Any, **other: Any) -> CountTable:
    array = np.array(counts)
    return CountTable(
        definition=Definition("cohort", "table"),
        rows=tuple(f"row{i}" for i in range(array.shape[0])),
        columns=tuple(f"column{j}" for j in range(array.shape[1])),
        row_dimension="household_type",
        column_dimension="",
        counts=array,
        **other,
    )


def released(counts: Any, **other: Any) -> ReleasedTable:
    return release_table(table(counts, **other), STRICT)


def values(release: ReleasedTable) -> list[list[int | None]]:
    return [[cell.value for cell in row] for row in release.cells]


@given(st.integers(0, 10_000))
def test_rule_2_small_counts_share_a_symbol_and_all_others_are_rounded(count: int) -> None:
    value = release_count(count, STRICT).value
    if 1 <= count <= 7:
        assert value is None
    else:
        assert value is not None
        assert value % 5 == 0
        assert abs(value - count) <= 2


def test_rule_3_a_zero_of_a_sensitive_attribute_is_hidden_with_the_small_counts() -> None:
    assert values(released([[0], [3], [40]], sensitive=True)) == [[None], [None], [40]]
    assert values(released([[0], [3], [40]])) == [[0], [None], [40]]


def test_rule_1_the_persons_decide_not_the_episodes() -> None:
    by_persons = released([[40], [52]], unit="records", persons=np.array([[5], [31]]))
    assert values(by_persons) == [[None], [50]]
    with pytest.raises(ReleaseRefused, match="distinct persons"):
        released([[40], [52]], unit="records")


def test_totals_are_sums_of_what_is_shown_and_the_independent_one_is_rounded_on_its_own() -> None:
    release = released([[43, 5], [21, 18], [12, 0]], total=99)
    assert values(release) == [[45, None], [20, 20], [10, 0]]
    assert release.column_totals == (75, 20)
    assert release.total == Cell(value=100)
    assert release.total.value != sum(release.column_totals)


def test_percentages_come_from_published_counts() -> None:
    release = released([[43], [57]], total=100, shares="of_total")
    assert [row[0].share for row in release.cells] == [0.45, 0.55]
    of_column = released([[43], [58], [22]], shares="of_column")
    assert [row[0].share for row in of_column.cells] == [round(n / 125, 2) for n in (45, 60, 20)]


def test_no_percentage_of_a_small_base() -> None:
    assert [cell.share for cell in released([[8, 9]], shares="of_row").cells[0]] == [0.5, 0.5]
    assert [cell.share for cell in released([[9, 3]], shares="of_row").cells[0]] == [None, None]
    assert released([[9], [8]], total=17, shares="of_total").cells[0][0].share is None
    strict = STRICT.tighten({"smallest_denominator": 30})
    assert release_table(table([[8, 9]], shares="of_row"), strict).cells[0][0].share is None


def test_no_percentage_where_hidden_cells_would_distort_its_base() -> None:
    # 20 of 20 shown, but 14 more persons may be hidden: "100 %" would be false.
    assert released([[20, 7, 7]], shares="of_row").cells[0][0].share is None
    assert released([[400, 200, 7]], shares="of_row").cells[0][0].share == 0.67


def test_rule_3_nearly_everyone_is_over_95_percent() -> None:
    everyone = released([[60, 0]], shares="of_row", sensitive=True, total=None)
    assert everyone.cells[0][0].share is None
    nearly = released([[1000, 30], [1000, 2]], shares="of_row", sensitive=True)
    for row in nearly.cells:
        assert (row[0].share, row[0].share_bound) == (None, "over_95")
    open_table = released([[1000, 2]], shares="of_row")
    assert (open_table.cells[0][0].share, open_table.cells[0][0].share_bound) == (1.0, "")


def test_records_have_no_share_in_a_total_of_persons() -> None:
    release = released(
        [[400], [90]], unit="records", persons=np.array([[60], [40]]), total=80, shares="of_total"
    )
    assert [row[0].share for row in release.cells] == [None, None]


def test_rule_7_a_total_that_would_tell_a_hidden_cell_is_left_out() -> None:
    # 40 - 30: of the values 1 to 7 only 6 and 7 would remain.
    assert released([[31], [7]], total=38).total is None
    # Steps of a flow do not add up to the total and tell nothing this way.
    assert released([[100], [96], [93], [5]], total=100).total == Cell(value=100)


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=6),
    st.booleans(),
)
def test_rule_7_every_hidden_cell_keeps_six_values(counts: list[int], sensitive: bool) -> None:
    release = released([[n] for n in counts], total=sum(counts), sensitive=sensitive)
    hidden = [n for n, row in zip(counts, release.cells, strict=True) if row[0].value is None]
    if not hidden or release.total is None or release.total.value is None:
        return
    least = 0 if sensitive else 1
    shown = [row[0].value for row in release.cells if row[0].value]
    # All sums of the shown cells that their rounding allows, and all totals.
    rest = range(
        release.total.value - 2 - sum(v + 2 for v in shown),
        release.total.value + 2 - sum(v - 2 for v in shown) + 1,
    )
    others = len(hidden) - 1
    feasible = {value for value in range(least, 8) for r in rest if others * least <= r - value <= others * 7}
    assert len(feasible) >= 6
    assert set(hidden) <= feasible


def test_bins_that_a_published_total_would_tell_are_hidden_too() -> None:
    bins = release_bins(np.array([31, 7, 0]), Cell(value=40), STRICT)
    assert bins[:2] == (None, None)
    assert release_bins(np.array([60, 3, 50, 2, 0]), Cell(value=115), STRICT) == (60, None, 50, None, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": [[1, 2]], "persons": np.array([[1]])},
        {"counts": [[-1, 2]]},
    ],
)
def test_a_table_that_does_not_fit_is_refused_without_its_values(wrong: dict[str, Any]) -> None:
    with pytest.raises(ReleaseRefused) as caught:
        released(**wrong)
    assert "-1" not in str(caught.value)


def test_a_part_that_would_tell_a_hidden_one_is_hidden_too() -> None:
    # 60 in all and 50 in one arm leave 6 or 7 for the hidden arm.
    arms = (release_count(7, STRICT), release_count(51, STRICT))
    assert [cell.value for cell in arms] == [None, 50]
    hidden = hide_linked(arms, release_count(58, STRICT), STRICT)
    assert [(cell.value, cell.linked) for cell in hidden] == [(None, False), (None, True)]
    # With three large parts the roundings leave every value of the hidden one possible.
    parts = tuple(release_count(n, STRICT) for n in (4, 50, 60, 70))
    assert hide_linked(parts, release_count(184, STRICT), STRICT) == parts
    # Nothing hidden, nothing to protect.
    open_parts = (release_count(40, STRICT), release_count(51, STRICT))
    assert hide_linked(open_parts, release_count(91, STRICT), STRICT) == open_parts
