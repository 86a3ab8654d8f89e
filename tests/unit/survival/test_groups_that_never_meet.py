"""Tests of groups that are never at risk together: one answer, whatever the rounding."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hamm_eval.errors import NotEstimable
from hamm_eval.survival import gray_test, logrank

SETS = range(200)


def two_cities(seed):
    """Two groups in each of two strata, times tied or not."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(24, 120))
    group = np.arange(n) % 4
    time = rng.exponential(5 + group) + 0.1 if seed % 2 else rng.integers(1, 12, n).astype(float)
    return time, (rng.random(n) < 0.8).astype(int), group, group // 2


def test_of_disjoint_strata_the_log_rank_test_is_the_sum_of_theirs():
    for seed in SETS:
        time, event, group, city = two_cities(seed)
        test = logrank(time, event, group, strata=city)
        parts = [logrank(time[city == c], event[city == c], group[city == c]) for c in (0, 1)]
        assert test.dof == 2
        assert_allclose(test.statistic, sum(part.statistic for part in parts), rtol=1e-9, atol=1e-12)


def test_of_disjoint_entry_windows_the_log_rank_test_is_the_sum_of_theirs():
    for seed in SETS:
        time, event, group, city = two_cities(seed)
        end, start = np.minimum(time, 20) + 20 * city, 20.0 * city
        test = logrank(end, event, group, entry=start)
        assert test.dof == 2
        assert_allclose(
            test.statistic, logrank(time.clip(max=20), event, group, strata=city).statistic, atol=1e-9
        )


def test_a_group_that_meets_none_is_not_compared():
    for seed in SETS:
        time, event, group, _ = two_cities(seed)
        three = np.minimum(group, 2)
        stratum = (three == 2).astype(int)
        pair = three < 2
        test = logrank(time, event, three, strata=stratum)
        assert test.dof == 1
        assert_allclose(test.statistic, logrank(time[pair], event[pair], three[pair]).statistic, atol=1e-9)


@pytest.mark.parametrize("seed", SETS)
def test_each_in_a_stratum_of_its_own_is_refused(seed):
    time, event, group, _ = two_cities(seed)
    with pytest.raises(NotEstimable, match="never at risk together"):
        logrank(time, event, group, strata=group)


@pytest.mark.parametrize("seed", SETS)
def test_gray_of_disjoint_entry_windows_is_refused(seed):
    time, event, group, city = two_cities(seed)
    cause = event * (1 + np.arange(time.size) % 2)
    for code in (city, np.minimum(group, 2)):
        late = code == code.max()
        end, start = np.minimum(time, 20) + 20 * late, 20.0 * late
        with pytest.raises(NotEstimable, match="never at risk together"):
            gray_test(end, cause, code, entry=start, causes=2)


def test_order_and_names_do_not_decide_rank():
    for seed in range(40):
        time, event, group, city = two_cities(seed)
        order = np.random.default_rng(seed).permutation(time.size)
        one = logrank(time, event, group, strata=city)
        other = logrank(time[order], event[order], 3 - group[order], strata=city[order])
        assert one.dof == other.dof
        assert_allclose(other.statistic, one.statistic, atol=1e-9)


def test_groups_that_meet_once_are_compared():
    # A bridge of one event time between two pairs of many.
    rng = np.random.default_rng(1)
    n = 4000
    group = np.arange(n) % 4
    late = group > 1
    time = rng.exponential(1, n).clip(0.001, 9) + 10 * late
    rows = np.r_[time, [9.5, 10.0]], np.ones(n + 2), np.r_[group, [1, 2]], np.r_[10.0 * late, [9.0, 9.0]]
    assert logrank(*rows[:3], entry=rows[3]).dof == 3
