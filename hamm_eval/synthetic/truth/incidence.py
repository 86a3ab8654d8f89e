"""True cumulative incidences: goal, and departure before the goal, with perfect observation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FloatArray
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.truth.population import population_of
from hamm_eval.synthetic.truth.tally import Tally
from hamm_eval.synthetic.world import World
from hamm_eval.vocabulary import HouseholdType

MONTHS = (3, 6, 12, 18, 24)
FIRST_DAYS = 60
GROUPS = (("all", "all"), *(("household_type", kind.value) for kind in HouseholdType))


def horizon_day(months: int) -> int:
    """The day that ends so many months of 365.25 / 12 days.

    Examples
    --------
    >>> [horizon_day(months) for months in (6, 12, 24)]
    [183, 365, 730]
    """
    return round(months * DAYS_PER_MONTH)


def _days() -> tuple[int, ...]:
    """The days of whose incidence the truth tells: the first ones, and the horizons."""
    return (*range(FIRST_DAYS + 1), *(horizon_day(months) for months in MONTHS))


def tally_incidence(world: World, tally: Tally) -> None:
    """Count who has reached each endpoint, or departed before it, by each day, by group."""
    kinds = world.people.covariates["household_type"]
    for name in world.scenario.endpoints:
        everybody = population_of(world, name)
        for group, level in GROUPS:
            members = everybody if group == "all" else everybody & (kinds == level)
            if members.any():  # no school children among couples without children
                _tally_group(world, tally, name, level, members)


def _tally_group(world: World, tally: Tally, name: str, level: str, members: BoolArray) -> None:
    """Count a group."""
    goal, stay = world.outcomes.endpoint[name][members], world.stay[members]
    household = world.people.household[members]
    one = np.ones(len(household))
    for day in _days():
        reached: FloatArray = ((goal <= day) & (goal <= stay)).astype(float)
        left: FloatArray = ((stay <= day) & (stay < goal)).astype(float)
        tally.add((name, level, day, "goal"), reached, one, household)
        tally.add((name, level, day, "departure"), left, one, household)


def incidence_rows(s: Scenario, tally: Tally) -> Iterator[dict[str, Any]]:
    """A row for each endpoint, group and horizon."""
    for name, group, level in _groups(s, tally):
        for months in MONTHS:
            day = horizon_day(months)
            goal = (name, level, day, "goal")
            yield {
                "endpoint": name,
                "group": group,
                "level": level,
                "months": months,
                "day": day,
                "goal": round(tally.mean(goal), 5),
                "departure": round(tally.mean((name, level, day, "departure")), 5),
                "std_error": round(tally.std_error(goal), 5),
                "persons": tally.persons(goal),
            }


def first_days_rows(s: Scenario, tally: Tally) -> Iterator[dict[str, Any]]:
    """The same on each of the first days: estimates from late entries are conditional on a day among them."""
    for name, group, level in _groups(s, tally):
        by_day = {
            cause: [round(tally.mean((name, level, day, cause)), 5) for day in range(FIRST_DAYS + 1)]
            for cause in ("goal", "departure")
        }
        yield {"endpoint": name, "group": group, "level": level, **by_day}


def _groups(s: Scenario, tally: Tally) -> Iterator[tuple[str, str, str]]:
    """Endpoint, group and level of everything that was counted."""
    for name in s.endpoints:
        for group, level in GROUPS:
            if (name, level, 0, "goal") in tally.sums:
                yield name, group, level
