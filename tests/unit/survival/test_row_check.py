"""Rows of one person that overlap or leave a gap."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.errors import InputError
from hamm_eval.survival import check_rows


def test_rows_that_follow_each_other_pass_in_any_order():
    person, start, stop = ["b", "a", "a", "b"], [3, 0, 2, 0], [4, 2, 5, 3]
    check_rows(person, start, stop)
    order = [2, 0, 3, 1]
    check_rows(*(np.array(column)[order] for column in (person, start, stop)))


def test_all_overlaps_and_gaps_are_told_at_once_by_position():
    with pytest.raises(InputError) as found:
        check_rows(["a", "b", "a", "b", "c"], [0, 0, 1, 6, 0], [2, 5, 4, 9, 1])
    said = str(found.value)
    assert "overlap at positions 2" in said
    assert "gap at positions 3" in said


def test_long_lists_are_cut():
    with pytest.raises(InputError, match=r"1, 2, 3, 4, 5 \.\.\."):
        check_rows(["a"] * 9, [0] * 9, [9] * 9)
