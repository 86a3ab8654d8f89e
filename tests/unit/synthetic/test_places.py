"""Limited places: first come, first served, and never more starts than places."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR
from hamm_eval.synthetic.places import KEPT_DAYS, free_places, start_days
from hamm_eval.synthetic.world import World

CHANGING = {dt.date(2014, 1, 1): 2.0, dt.date(2016, 7, 1): 7.0}


def _one_after_the_other(referred: np.ndarray, per_month: dict[dt.date, float], scale: float) -> np.ndarray:
    """The queue as it is told: each takes the next place, a place not taken within 30 days lapses."""
    days, places = free_places(per_month, scale)
    started = np.empty_like(referred)
    taken = -np.inf
    for i in np.argsort(referred, kind="stable"):
        stored = np.interp(referred[i] - KEPT_DAYS, days, places)
        taken = max(stored, taken) + 1
        reached = np.interp(referred[i], days, places)
        started[i] = max(referred[i], np.ceil(np.interp(max(taken, reached), places, days) - 1e-6))
    return started


@given(st.lists(st.integers(16700, 17400), min_size=1, max_size=60), st.sampled_from([0.5, 1.0, 3.0]))
def test_the_queue_is_first_come_first_served(days: list[int], scale: float) -> None:
    referred = np.array(days, dtype=np.int64)
    started = start_days(referred, CHANGING, scale)
    np.testing.assert_array_equal(started, _one_after_the_other(referred, CHANGING, scale))
    assert (started >= referred).all()
    order = np.argsort(referred, kind="stable")
    assert (np.diff(started[order]) >= 0).all()


def test_no_more_starts_than_places() -> None:
    referred = np.sort(np.random.default_rng(1).integers(16800, 17100, size=500))
    started = start_days(referred, {dt.date(2014, 1, 1): 6.0}, 1.0)
    per_day = 6.0 / DAYS_PER_MONTH
    for length in (30, 90, 365):
        windows = [((started >= day) & (started < day + length)).sum() for day in range(16800, 19000, 17)]
        assert max(windows) <= per_day * (length + KEPT_DAYS) + 1
    assert started.max() - referred.max() > 365  # the wave waits


def test_enough_places_cost_nobody_a_day() -> None:
    referred = np.random.default_rng(2).integers(16800, 17800, size=200)
    np.testing.assert_array_equal(start_days(referred, {dt.date(2014, 1, 1): 300.0}, 1.0), referred)


def test_the_city_has_waiting_lists_where_places_are_few(world: World) -> None:
    for name, law in world.scenario.measures.items():
        both = (world.starts[name] < FAR) & (world.referred[name] < FAR)
        wait = (world.starts[name] - world.referred[name])[both]
        assert (wait >= 0).all()
        if not law.places:
            assert (wait == 0).all()
    waits = {
        name: (world.starts[name] - world.referred[name])[
            (world.starts[name] < FAR) & (world.referred[name] < FAR)
        ]
        for name in ("job_coaching", "mentoring_club")
    }
    for name, wait in waits.items():
        assert 0.02 < (wait > 14).mean() < 0.6, name


@pytest.mark.parametrize("name", ["job_coaching", "mentoring_club"])
def test_some_wait_in_vain(world: World, name: str) -> None:
    listed = (world.referred[name] < FAR) & world.eligible
    assert 0 < (listed & (world.starts[name] >= FAR)).sum() < 0.1 * listed.sum()
