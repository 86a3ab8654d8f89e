"""Whom the truth is about."""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.days import day_number
from hamm_eval.synthetic.households import FREE, REQUIRED
from hamm_eval.synthetic.life import in_age
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.world import World

POPULATION = (
    "refugees whose first eligibility lies in the window, with a prospect of staying or recognised then, "
    "of the endpoint's age in completed years, without the goal before eligibility; weights: one a person"
)


def population_of(world: World, endpoint: str) -> BoolArray:
    """Who belongs to the population of an endpoint's truth."""
    s, eligible = world.scenario, world.eligible_from
    status = np.where(
        world.households.status_change <= world.households.eligible_from,
        world.households.later_status,
        world.households.status,
    )[world.people.household]
    return (
        (eligible >= day_number(s.truth.eligible_from))
        & (eligible <= day_number(s.truth.eligible_until))
        & ~np.isin(status, [FREE, REQUIRED])
        & in_age(s.endpoints[endpoint], world.people)
        & (world.outcomes.endpoint[endpoint] >= 0)
    )
