"""Pseudo-observations against leaving out each row by itself: the plain formula, slow and without a trick."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from strategies import follow_ups, steady

from hamm_eval.survival import pseudo_observations

KINDS = ["incidence", "event_free", "mean_event_free", "mean_lost"]


def estimate(time, cause, at, of, kind):
    """The estimate from the rows given, by counting at each distinct time."""
    grid = np.unique(time)
    n = (time >= grid[:, None]).sum(axis=1)
    free = np.cumprod(1 - ((time == grid[:, None]) & (cause > 0)).sum(axis=1) / n)
    own = ((time == grid[:, None]) & (cause == of)).sum(axis=1)
    curve = np.r_[1.0, free]
    if kind in ("incidence", "mean_lost"):
        curve = np.r_[0.0, np.cumsum(np.r_[1.0, free[:-1]] * own / n)]
    if not kind.startswith("mean"):
        return curve[np.searchsorted(grid, at, side="right")]
    edges = np.r_[0.0, grid, np.inf]
    return np.array([np.diff(np.minimum(edges, t)) @ curve for t in at])


def jackknife(time, cause, at, of, kind):
    """n times the estimate less n - 1 times that without each row."""
    n = time.size
    others = [np.arange(n) != i for i in range(n)]
    without = [estimate(time[rows], cause[rows], at, of, kind) for rows in others]
    return n * estimate(time, cause, at, of, kind) - (n - 1) * np.array(without)


@steady
@given(follow_ups(causes=3, late=False, least=2), st.sampled_from(KINDS), st.integers(1, 3))
def test_they_are_the_jackknife_of_tied_times(rows, kind, of):
    time, cause, _ = rows
    last = np.sort(time)[-2]
    at = np.array([0.0, last / 2, last])
    found = pseudo_observations(time, cause, at=at, of=of, kind=kind, causes=3)
    assert_allclose(found, jackknife(time, cause, at, of, kind), rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("censored", [True, False])
def test_they_are_the_jackknife_of_untied_times(kind, censored):
    rng = np.random.default_rng(11)
    time, cause = rng.exponential(5, 250), rng.integers(0 if censored else 1, 3, 250)
    at = np.array([0.5, 4.0, np.sort(time)[-2]])
    found = pseudo_observations(time, cause, at=at, kind=kind)
    assert_allclose(found, jackknife(time, cause, at, 1, kind), rtol=0, atol=1e-10)


def test_one_row_stays_behind():
    """Without the only row that outlives a time, nobody is event-free after it."""
    time, cause = np.array([1.0, 1.0, 1.0, 2.0]), np.array([1, 1, 2, 0])
    found = pseudo_observations(time, cause, at=[1.0], kind="event_free")
    assert_allclose(found.ravel(), [0, 0, 0, 1], atol=1e-15)


def test_large_numbers_of_rows_keep_their_digits():
    """Their mean is the estimate but for a remainder of order 1/n; differences would be lost in rounding."""
    rng = np.random.default_rng(12)
    time, cause = rng.exponential(5, 300_000), rng.integers(0, 3, 300_000)
    found = pseudo_observations(time, cause, at=[4.0])
    assert_allclose(found.mean(), estimate_by_sorting(time, cause, 4.0), rtol=0, atol=1e-5)
    # Uncensored and without ties they are the outcomes themselves.
    certain = pseudo_observations(time, np.where(cause == 0, 2, cause), at=[4.0]).ravel()
    assert_allclose(certain, (time <= 4) & (cause == 1), rtol=0, atol=1e-8)


def estimate_by_sorting(time, cause, at):
    """Incidence of cause 1 without ties."""
    order = np.argsort(time)
    n = np.arange(time.size, 0, -1)
    free = np.cumprod(1 - (cause[order] > 0) / n)
    jumps = np.r_[1.0, free[:-1]] * (cause[order] == 1) / n
    return jumps[time[order] <= at].sum()
