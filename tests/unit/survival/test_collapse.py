"""Rows alike are joined, and whole numbers are ranked by a table: neither may change a number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import follow_ups, steady

from hamm_eval.inference import count_up_to, distinct_and_ranks
from hamm_eval.survival import aalen_johansen, kaplan_meier
from hamm_eval.survival.collapse import collapse
from hamm_eval.survival.episodes import prepare_episodes


def prepared(time, cause, entry=None, **keywords):
    common = dict.fromkeys(["frequency", "weights", "person", "cluster", "start_at"])
    return prepare_episodes(time, np.asarray(cause), entry=entry, **(common | keywords))


def test_alike_rows_become_one_with_a_frequency():
    rows = collapse(prepared([2, 2, 2, 3, 3, 3, 3], [1, 1, 0, 2, 2, 2, 2]))
    found = sorted(zip(rows.time, rows.cause, rows.frequency, strict=True))
    assert found == [(2, 0, 1), (2, 1, 2), (3, 2, 4)]


def test_frequencies_are_added():
    rows = collapse(prepared([5] * 4, [1] * 4, entry=[1, 1, 1, 1], frequency=[1, 2, 3, 4]))
    assert (rows.entry.tolist(), rows.frequency.tolist()) == ([1], [10])


@pytest.mark.parametrize("keyword", ["weights", "cluster"])
def test_weighted_and_clustered_rows_stay_apart(keyword):
    rows = prepared([1, 1, 1, 1], [1, 1, 1, 1], **{keyword: [1, 2, 1, 2]})
    assert collapse(rows) is rows


@steady
@given(follow_ups(causes=2), st.integers(2, 4))
def test_joined_rows_give_the_numbers_of_separate_ones(rows, copies):
    time, cause, entry = (None if column is None else np.tile(column, copies) for column in rows)
    # Every row a person of its own: units are not joined.
    apart = aalen_johansen(time, cause, entry=entry, causes=2, cluster=np.arange(time.size))
    joined = aalen_johansen(time, cause, entry=entry, causes=2)
    for name in ("time", "incidence", "event_free", "at_risk", "events", "censored"):
        assert_allclose(getattr(joined, name), getattr(apart, name), rtol=1e-12, atol=1e-12, err_msg=name)
    assert_allclose(joined.std_error, apart.std_error, rtol=1e-9, atol=1e-8)


@steady
@given(follow_ups())
def test_a_table_ranks_like_sorting(rows):
    time, event, entry = rows
    # A quarter of a day more than a whole day cannot be looked up in a table.
    whole, between = (
        kaplan_meier(time, event, entry=entry),
        kaplan_meier(time + 0.25, event, entry=None if entry is None else entry + 0.25),
    )
    assert_array_equal(whole.time + 0.25, between.time)
    assert_array_equal(whole.at_risk, between.at_risk)
    assert_allclose(whole.survival, between.survival, rtol=1e-14)
    assert_allclose(whole.std_error, between.std_error, rtol=1e-12)


@pytest.mark.parametrize(
    "values",
    [
        [3, 1, 3, 0],
        [3.0, 1.0, 3.0, 0.0],
        [0.5, 0.25],
        [-1, 4],
        [10**12, 1],
        [np.inf, 0.0],
        ["b", "a", "b"],
        [],
    ],
)
def test_distinct_and_ranks_is_unique_with_its_inverse(values):
    array = np.array(values)
    distinct, ranks = distinct_and_ranks(array)
    expected, inverse = np.unique(array, return_inverse=True)
    assert_array_equal(distinct, expected)
    assert_array_equal(ranks, inverse)
    assert distinct.dtype == expected.dtype


@given(st.sets(st.integers(0, 50), min_size=1), st.lists(st.integers(0, 50), min_size=1))
def test_counts_up_to_a_position(grid, positions):
    grid, positions = np.array(sorted(grid)), np.array(positions)
    expected = np.searchsorted(grid, positions, side="right")
    assert_array_equal(count_up_to(grid, positions, 51), expected)
    # Too wide for a table.
    assert_array_equal(count_up_to(grid, positions, 10**9), expected)
