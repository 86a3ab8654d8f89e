"""Households, their members, and the random draws that their lives are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hamm_eval.synthetic.arrays import join, take
from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.hazards import FAR, FloatArray
from hamm_eval.synthetic.households import RECOGNISED, Households
from hamm_eval.synthetic.life import Draws, draw
from hamm_eval.synthetic.people import People, populate
from hamm_eval.synthetic.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Residents:
    """Households with members, persons sorted by household."""

    households: Households
    people: People
    draws: Draws

    @property
    def frailty(self) -> FloatArray:
        """The shared frailty of each person's household."""
        return self.households.frailty[self.people.household]

    @property
    def waited(self) -> IntArray:
        """Days between arrival and eligibility of each person; 0 where it never begins."""
        homes = self.households
        days = np.where(homes.eligible_from < NEVER, homes.eligible_from - homes.arrival, 0)
        return days[self.people.household]

    @property
    def recognised(self) -> FloatArray:
        """Day of recognition of each person, since eligibility, 0 if it comes before; FAR for never."""
        homes = self.households
        happens = (homes.later_status == RECOGNISED) & (homes.eligible_from < NEVER)
        days = np.where(happens, np.maximum(homes.status_change - homes.eligible_from, 0), FAR)
        return days.astype(float)[self.people.household]

    def take(self, households: IntArray) -> Residents:
        """The residents of the households at these positions, in this order."""
        number = np.full(len(self.households), -1)
        number[households] = np.arange(len(households))
        new = number[self.people.household]
        kept = np.flatnonzero(new >= 0)
        kept = kept[np.argsort(new[kept], kind="stable")]
        people = replace(take(self.people, kept), household=new[kept])
        return Residents(take(self.households, households), people, take(self.draws, kept))


def settle(s: Scenario, households: Households, teams: int, rng: np.random.Generator) -> Residents:
    """Draw the members of the households, and everything their lives are made of."""
    of_people, of_draws = rng.spawn(2)
    people = populate(s, households, teams, of_people)
    return Residents(households, people, draw(s, len(people), of_draws))


def join_residents(parts: Sequence[Residents]) -> Residents:
    """The residents of several tracks."""
    before = np.cumsum([0, *(len(part.households) for part in parts[:-1])])
    people = join([part.people for part in parts])
    moved = np.concatenate([part.people.household + first for part, first in zip(parts, before, strict=True)])
    return Residents(
        join([part.households for part in parts]),
        replace(people, household=moved),
        join([part.draws for part in parts]),
    )
