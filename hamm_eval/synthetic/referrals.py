"""Referrals that act on a household's departure: the first one of any member."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hamm_eval.synthetic.days import NEVER
from hamm_eval.synthetic.departures import acting_on_departure
from hamm_eval.synthetic.hazards import FAR, FloatArray
from hamm_eval.synthetic.life import outcomes
from hamm_eval.synthetic.residents import Residents
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.starts import before_goal, natural_starts


def referrals(s: Scenario, residents: Residents) -> dict[str, FloatArray]:
    """Days since arrival of each person's referral to the measures that act on the departure.

    FAR for no referral, one that comes after the goal, or a measure that is going to be broken off. Places
    do not matter here: being on the list is what keeps somebody in the city.
    """
    causes = {effect.cause for effect in acting_on_departure(s)}
    if not causes:
        return {}
    people, frailty, draws = residents.people, residents.frailty, residents.draws
    waited = residents.waited
    natural = natural_starts(s, people, frailty, draws)
    found = outcomes(s, people, frailty, draws, natural, waited, residents.recognised)
    starts = before_goal(s, natural, found)
    return {cause: acting(residents, cause, starts[cause]) for cause in s.measures if cause in causes}


def acting(residents: Residents, measure: str, start: FloatArray) -> FloatArray:
    """Days since arrival from which a start acts on the departure; FAR for never."""
    eligible = residents.households.eligible_from[residents.people.household] < NEVER
    acts = (start < FAR) & residents.draws.completes[measure] & eligible
    return np.where(acts, residents.waited + start, FAR)


def first_of_household(residents: Residents, days: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The first of the members' days, by household; FAR for none."""
    first = {}
    for measure, day in days.items():
        least = np.full(len(residents.households), FAR)
        np.minimum.at(least, residents.people.household, day)
        first[measure] = least
    return first
