"""The world: every household and person of the synthetic city, and what happens to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray, day_number
from hamm_eval.synthetic.hazards import FloatArray
from hamm_eval.synthetic.households import (
    NO_PROSPECT,
    Households,
    concatenate,
    without_impossible,
)
from hamm_eval.synthetic.life import (
    Draws,
    Outcomes,
    days_stayed,
    draw,
    natural_starts,
    outcomes,
    valid_starts,
)
from hamm_eval.synthetic.people import BoolArray, People, populate
from hamm_eval.synthetic.priority import priority_households
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.tracks import eu_households, no_prospect_households, required_households


@dataclass(frozen=True, slots=True)
class World:
    """Households and persons, their draws, and the natural course of things.

    `starts` are days since eligibility of the measures that really start; `natural` those of the referral
    process alone; `stay` the days from eligibility to departure.
    """

    scenario: Scenario
    households: Households
    people: People
    draws: Draws
    frailty: FloatArray
    waited: IntArray
    stay: IntArray
    natural: dict[str, FloatArray]
    starts: dict[str, FloatArray]
    outcomes: Outcomes

    @property
    def eligible_from(self) -> IntArray:
        """First day of eligibility of each person; NEVER for none."""
        return self.households.eligible_from[self.people.household]

    @property
    def eligible(self) -> BoolArray:
        """Who ever becomes eligible."""
        return self.eligible_from < NEVER


def build_world(
    scenario: Scenario, rng: np.random.Generator, *, scale: float = 1.0, priority_only: bool = False
) -> World:
    """Simulate the city.

    Parameters
    ----------
    scenario : Scenario
    rng : numpy.random.Generator
        The only source of randomness: the same state gives the same world.
    scale : float
        Every quota times this; 1 is the city itself.
    priority_only : bool
        Only refugees with a prospect of staying or recognised: the population of the truth.

    Returns
    -------
    World
    """
    of_households, of_people, of_draws = rng.spawn(3)
    tracks = of_households.spawn(4)
    parts = [priority_households(scenario, scale, tracks[0])]
    if not priority_only:
        day = day_number(scenario.reference_day)
        here = parts[0].present(day) & (parts[0].status_on(day) == NO_PROSPECT)
        without = round(scenario.no_prospect.persons * scale) - int(parts[0].size[here].sum())
        parts.append(no_prospect_households(scenario, max(0, without), tracks[1]))
        parts.append(required_households(scenario, scale, tracks[2]))
        parts.append(eu_households(scenario, scale, tracks[3]))
    households = without_impossible(concatenate(parts))
    households = households.take(np.argsort(households.arrival, kind="stable"))
    people = populate(scenario, households, of_people)
    frailty = households.frailty[people.household]
    draws = draw(scenario, len(people), of_draws)
    eligible_from = households.eligible_from[people.household]
    waited = np.where(eligible_from < NEVER, eligible_from - households.arrival[people.household], 0)
    stay = days_stayed(eligible_from, households.departure[people.household])
    natural = natural_starts(scenario, people, frailty, draws)
    found = outcomes(scenario, people, frailty, draws, natural, waited)
    return World(
        scenario=scenario,
        households=households,
        people=people,
        draws=draws,
        frailty=frailty,
        waited=waited,
        stay=stay,
        natural=natural,
        starts=valid_starts(scenario, natural, found, stay),
        outcomes=found,
    )
