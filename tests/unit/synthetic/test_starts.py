"""The referral process: its chances, its draws, and how its traps are switched off."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hamm_eval.synthetic.hazards import FAR
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.starts import Referral
from hamm_eval.synthetic.world import World, build_world

COURSE = "language_course_intensive"


@pytest.fixture(scope="module")
def large(scenario: Scenario) -> World:
    return build_world(scenario, np.random.default_rng(3), scale=4)


def _law(world: World) -> Referral:
    s = world.scenario
    return Referral.of(s, s.measures[COURSE], world.people, world.frailty)


@pytest.mark.parametrize(("after", "by"), [(0, 30), (0, 91), (61, 91)])
def test_the_chance_is_that_of_the_starts(large: World, after: int, by: int) -> None:
    """Shares of starts in a window follow the stated chances, in classes of that chance."""
    law, start = _law(large), large.natural[COURSE]
    at_risk = law.able & (start > after)
    chance, started = law.chance_between(after, by)[at_risk], (start <= by)[at_risk]
    edges = np.quantile(chance, [0, 0.25, 0.5, 0.75, 1])
    for low, high in pairwise(edges):
        part = (chance >= low) & (chance <= high)
        mean = chance[part].mean()
        assert started[part].mean() == pytest.approx(mean, abs=4 * np.sqrt(mean * (1 - mean) / part.sum()))


def test_drawn_starts_follow_the_natural_ones(large: World) -> None:
    """Given a start in the window, drawn days have the distribution of the natural ones."""
    law, rng, start = _law(large), np.random.default_rng(4), large.natural[COURSE]
    drawn = law.drawn_between(0, 90, rng.random(len(start)))
    early = law.able & (start <= 90)
    assert ((drawn[law.able] >= 1) & (drawn[law.able] <= 90)).all()
    n = early.sum()
    for day in (15, 30, 60):
        share = (start[early] <= day).mean()
        # The drawn ones of the same persons: those who start early in nature are like themselves.
        assert (drawn[early] <= day).mean() == pytest.approx(share, abs=4 * np.sqrt(2 * share / n))
    later = law.drawn_after(90, rng.standard_exponential(len(start)))
    late = law.able & (start > 90)
    assert (later[law.able] > 90).all()
    for day in (180, 365):
        share = (start[late] <= day).mean()
        assert (later[late] <= day).mean() == pytest.approx(share, abs=4 * np.sqrt(2 * share / late.sum()))


def test_too_young_or_too_old_never_starts(large: World) -> None:
    law = _law(large)
    young = large.people.age < large.scenario.measures[COURSE].min_age
    assert young.any()
    assert (large.natural[COURSE][young] == FAR).all()
    assert (law.chance_between(0, 90)[young] == 0).all()
    assert (law.drawn_between(0, 90, np.full(len(young), 0.5))[young] == FAR).all()


def test_without_immortal_time_starts_are_on_the_first_day_or_never(scenario: Scenario) -> None:
    world = build_world(scenario.without(["immortal_time"]), np.random.default_rng(5))
    for start in (*world.natural.values(), *world.starts.values()):  # nobody waits for a place either
        assert set(np.unique(start)) <= {1.0, FAR}
    law = _law(world)
    able = law.able
    assert (world.natural[COURSE][able] == 1).mean() == pytest.approx(
        law.chance_between(0, 30)[able].mean(), abs=0.03
    )
    assert (law.chance_between(31, 61) == 0).all()


def test_without_confounding_everybody_is_referred_alike(scenario: Scenario, large: World) -> None:
    assert np.ptp(_law(large).ratio) > 1
    world = build_world(scenario.without(["confounding"]), np.random.default_rng(5))
    assert np.ptp(_law(world).ratio) == 0
