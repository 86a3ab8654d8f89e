"""The world: every household and person of the synthetic city, and what happens to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray, day_number
from hamm_eval.synthetic.hazards import FAR, FloatArray
from hamm_eval.synthetic.households import NO_PROSPECT, Households, without_impossible
from hamm_eval.synthetic.life import Draws, Outcomes, days_stayed, outcomes
from hamm_eval.synthetic.people import BoolArray, People
from hamm_eval.synthetic.places import start_days
from hamm_eval.synthetic.priority import priority_residents
from hamm_eval.synthetic.residents import Residents, join_residents, settle
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.starts import before_departure, before_goal, natural_starts
from hamm_eval.synthetic.tracks import eu_households, no_prospect_households, required_households


@dataclass(frozen=True, slots=True)
class World:
    """Households and persons, their draws, and the natural course of things.

    All days of starts and outcomes are days since eligibility. `referred` are the starts of measures as the
    referral process alone has them, before the goal and the departure, `starts` those that really happen:
    when a place is free. `stay` are the days from eligibility to departure.
    """

    scenario: Scenario
    residents: Residents
    stay: IntArray
    natural: dict[str, FloatArray]
    referred: dict[str, FloatArray]
    starts: dict[str, FloatArray]
    outcomes: Outcomes

    @property
    def households(self) -> Households:
        """All households, sorted by arrival."""
        return self.residents.households

    @property
    def people(self) -> People:
        """All persons, sorted by household."""
        return self.residents.people

    @property
    def draws(self) -> Draws:
        """What the persons' lives are made of."""
        return self.residents.draws

    @property
    def frailty(self) -> FloatArray:
        """The shared frailty of each person's household."""
        return self.residents.frailty

    @property
    def eligible_from(self) -> IntArray:
        """First day of eligibility of each person; NEVER for none."""
        return self.households.eligible_from[self.people.household]

    @property
    def eligible(self) -> BoolArray:
        """Who ever becomes eligible."""
        return self.eligible_from < NEVER


def build_world(
    scenario: Scenario,
    rng: np.random.Generator,
    *,
    scale: float = 1.0,
) -> World:
    """Simulate the city.

    Parameters
    ----------
    scenario : Scenario
    rng : numpy.random.Generator
        The only source of randomness: the same state gives the same world.
    scale : float
        Every quota times this; 1 is the city itself.

    Returns
    -------
    World
    """
    residents = _residents(scenario, rng, scale)
    people, frailty, draws = residents.people, residents.frailty, residents.draws
    homes = residents.households
    stay = days_stayed(homes.eligible_from[people.household], homes.departure[people.household])
    natural = natural_starts(scenario, people, frailty, draws)

    def lives(starts: dict[str, FloatArray]) -> Outcomes:
        """Outcomes given the starts of measures."""
        return outcomes(scenario, people, frailty, draws, starts, residents.waited, residents.recognised)

    referred = before_departure(before_goal(scenario, natural, lives(natural)), stay)
    placed = _with_places(scenario, residents, referred, scale)
    found = lives(placed)
    starts = before_departure(before_goal(scenario, placed, found), stay)
    return World(scenario, residents, stay, natural, referred, starts, found)


def _residents(scenario: Scenario, rng: np.random.Generator, scale: float) -> Residents:
    """The residents of every track, households sorted by arrival."""
    of_priority, of_others, of_people = rng.spawn(3)
    tracks = of_others.spawn(3)
    teams = max(1, round(scale))
    parts = [priority_residents(scenario, scale, teams, of_priority)]
    day, homes = day_number(scenario.reference_day), parts[0].households
    here = homes.present(day) & (homes.status_on(day) == NO_PROSPECT)
    without = round(scenario.no_prospect.persons * scale) - int(homes.size[here].sum())
    others = [
        no_prospect_households(scenario, max(0, without), tracks[0]),
        required_households(scenario, scale, tracks[1]),
        eu_households(scenario, scale, tracks[2]),
    ]
    parts += [
        settle(scenario, part, teams, stream) for part, stream in zip(others, of_people.spawn(3), strict=True)
    ]
    together = join_residents(parts)
    together = replace(together, households=without_impossible(together.households))
    return together.take(np.argsort(together.households.arrival, kind="stable"))


def _with_places(
    scenario: Scenario,
    residents: Residents,
    referred: dict[str, FloatArray],
    scale: float,
) -> dict[str, FloatArray]:
    """Starts when a place is free: who is referred before goal and departure stands in the queue."""
    eligible_from = residents.households.eligible_from[residents.people.household]
    placed = dict(referred)
    if not scenario.traps.immortal_time:
        return placed  # whoever starts does so on the first day: a queue would make them wait
    for name, law in scenario.measures.items():
        queue = np.flatnonzero((referred[name] < FAR) & (eligible_from < NEVER))
        if law.places and len(queue):
            began = eligible_from[queue]
            day = start_days(began + referred[name][queue].astype(np.int64), law.places, scale)
            placed[name] = referred[name].copy()
            placed[name][queue] = (day - began).astype(float)
    return placed
