"""Potential outcomes: what happens to a person if one measure starts on another day, all draws the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.arrays import take
from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.departures import acting_on_departure, priority_departures
from hamm_eval.synthetic.hazards import FAR, FloatArray
from hamm_eval.synthetic.life import Draws, in_age, outcomes
from hamm_eval.synthetic.people import People
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.scenario.dependencies import ends_referral
from hamm_eval.synthetic.truth.population import population_of
from hamm_eval.synthetic.world import World


@dataclass(frozen=True, slots=True)
class Subjects:
    """Persons of the truth as arrays of shape (n,), places unlimited.

    `others` are the first referrals of the other members of the household to each measure that acts on the
    departure, in days since arrival: they stay as they are when one person starts on another day.
    """

    people: People
    draws: Draws
    frailty: FloatArray
    waited: IntArray
    recognised: FloatArray
    kind: np.ndarray
    arrival: IntArray
    free_from: IntArray
    departure_draw: FloatArray
    natural: Mapping[str, FloatArray]
    others: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.waited)


def subjects_of(world: World, endpoint: str, measure: str, referred: Mapping[str, FloatArray]) -> Subjects:
    """The population of an endpoint that is of the measure's age; `referred` as `referrals` has it."""
    s, homes, household = world.scenario, world.households, world.people.household
    who = np.flatnonzero(population_of(world, endpoint) & in_age(s.measures[measure], world.people))
    home = household[who]
    others = {cause: _first_of_others(day, household)[who] for cause, day in referred.items()}
    return Subjects(
        people=take(world.people, who),
        draws=take(world.draws, who),
        frailty=world.frailty[who],
        waited=world.residents.waited[who],
        recognised=world.residents.recognised[who],
        kind=homes.household_type[home],
        arrival=homes.arrival[home],
        free_from=homes.free_from[home],
        departure_draw=homes.departure_draw[home],
        natural={name: start[who] for name, start in world.natural.items()},
        others=others,
    )


def _first_of_others(day: FloatArray, household: IntArray) -> FloatArray:
    """The first day of each person's housemates; `household` is sorted."""
    order = np.lexsort((day, household))
    starts = np.flatnonzero(np.diff(household, prepend=-1))
    first = day[order][starts]
    several = np.diff(np.append(starts, len(household))) > 1
    second = np.where(several, day[order][np.minimum(starts + 1, len(household) - 1)], FAR)
    holder = order[starts]
    number = np.cumsum(np.diff(household, prepend=-1) != 0) - 1
    found = first[number]
    found[holder] = second
    return found


def goals(s: Scenario, who: Subjects, starts: Mapping[str, FloatArray], endpoint: str) -> FloatArray:
    """Day of the endpoint since eligibility, given the starts of all measures."""
    found = outcomes(s, who.people, who.frailty, who.draws, starts, who.waited, who.recognised, only=endpoint)
    return found.endpoint[endpoint]


def stays(s: Scenario, who: Subjects, starts: Mapping[str, FloatArray]) -> FloatArray:
    """Days from eligibility to departure, given each person's own starts; those of others are natural."""
    referred = {}
    for cause in {effect.cause: None for effect in acting_on_departure(s)}:
        start, until = starts[cause], ends_referral(s.measures, cause)
        if until is not None:
            start = np.where(start < goals(s, who, starts, until), start, FAR)
        own = np.where((start < FAR) & who.draws.completes[cause], who.waited + start, FAR)
        referred[cause] = np.minimum(own, who.others[cause])
    departure = priority_departures(
        s, who.kind, who.frailty, who.arrival, who.free_from, who.departure_draw, referred
    )
    gone = departure < NEVER
    return np.where(gone, departure - who.arrival - who.waited, FAR).astype(float)
