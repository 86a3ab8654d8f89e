"""Nothing in the city knows the future: what is on file by a day depends on what was before it alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hamm_eval.synthetic.attainments import _on_the_way
from hamm_eval.synthetic.hazards import FAR
from hamm_eval.synthetic.life import outcomes
from hamm_eval.synthetic.world import World

COURSE = "language_course_intensive"


def _without_course(world: World) -> World:
    """The same lives, but nobody ever starts the course."""
    starts = {**world.starts, COURSE: np.full(len(world.people), FAR)}
    residents = world.residents
    found = outcomes(
        world.scenario,
        residents.people,
        residents.frailty,
        residents.draws,
        starts,
        residents.waited,
        residents.recognised,
    )
    return replace(world, starts=starts, outcomes=found)


def test_a_course_changes_no_test_before_it_can_act(world: World) -> None:
    """Tests on the way to B1 are the same in both worlds until the course acts, and sooner afterwards."""
    n = len(world.people)
    for share in (0.1, 0.5, 0.8):
        with_, without = (_on_the_way(w, np.full(n, share))[0] for w in (world, _without_course(world)))
        acts = np.where(world.draws.completes[COURSE], world.starts[COURSE] + 90, FAR)
        before = without <= acts
        assert (acts < FAR).sum() > 500
        np.testing.assert_array_equal(with_[before], without[before])
        after = (without > acts + 1) & (without < FAR)
        assert (with_[after] < without[after]).mean() > 0.9
        assert (with_[after] >= acts[after]).all()


def test_tests_stand_in_the_order_of_what_they_ask(world: World) -> None:
    n = len(world.people)
    low, middle, high = _on_the_way(world, np.full(n, 0.2), np.full(n, 0.5), np.full(n, 0.9))
    b1 = world.outcomes.endpoint["language_b1"]
    later = (b1 > 0) & (b1 < FAR)
    assert later.sum() > 500
    assert (low[later] <= middle[later]).all()
    assert (middle[later] <= high[later]).all()
    assert (high[later] <= b1[later]).all()


def test_a_corrected_need_ends_with_the_priority_that_acted(
    world: World, latest: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame]
) -> None:
    needs = latest["needs"]
    person = needs["person_id"].str[2:].astype(int).to_numpy() - 1
    for domain, drawn in world.people.priority.items():
        of_it = (needs["domain"] == domain).to_numpy()
        recorded = needs["priority"].to_numpy(dtype=np.int64)[of_it]
        # What is corrected after the last day of records is still wrong.
        assert (recorded == drawn[person[of_it]]).mean() > 0.998
    assert len(tables["needs"]) > len(needs)
