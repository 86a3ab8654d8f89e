"""The city's published figures beside those of the synthetic city.

`python -m hamm_eval.synthetic.calibration` prints the table of docs/synthetic-city.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import day_number
from hamm_eval.synthetic.export import HAMM_SEED, simulate_city
from hamm_eval.synthetic.households import FREE, NO_PROSPECT, PROSPECT, RECOGNISED, REQUIRED
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.scenario import load_scenario
from hamm_eval.synthetic.world import World

HOUSEHOLD_SHARES = {
    "single": 60,
    "single_parent": 11,
    "couple_with_children": 21,
    "couple_without_children": 8,
}
TOLERATED_ORIGINS = {
    "balkan": 63,
    "near_east": 17,
    "asia": 10,
    "africa": 3,
    "north_africa": 2,
    "russia": 1,
    "unclear": 4,
}
TOLERATED_STAYS = {(0, 3): 62, (3, 6): 18, (6, 10): 16, (10, 20): 4}
STATUS_PERSONS = {RECOGNISED: 1236, PROSPECT: 180, NO_PROSPECT: 529, REQUIRED: 196}
EU_PERSONS = {("bulgaria", 0): 1934, ("bulgaria", 1): 2023, ("romania", 0): 970, ("romania", 1): 1080}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the city's, and the synthetic one in the same unit (persons, or per cent)."""

    what: str
    published: float
    synthetic: float
    unit: str


def figures(world: World) -> Iterator[Figure]:
    """Every published figure that the synthetic city is calibrated to."""
    s, homes = world.scenario, world.households
    day = day_number(s.reference_day)
    here, status = homes.present(day), homes.status_on(day)
    refugees = here & (homes.status != FREE)

    def persons(which: BoolArray) -> int:
        """Persons in these households."""
        return int(homes.size[which].sum())

    yield Figure("refugees", 2141, persons(refugees), "persons")
    for name, count in STATUS_PERSONS.items():
        yield Figure(name.replace("_", " "), count, persons(refugees & (status == name)), "persons")
    priority = refugees & np.isin(status, [RECOGNISED, PROSPECT])
    yield Figure("priority integration", 1416, persons(priority), "persons")
    for name, share in HOUSEHOLD_SHARES.items():
        part = (priority & (homes.household_type == name)).sum() / priority.sum()
        yield Figure(f"of its households: {name.replace('_', ' ')}", share, 100 * float(part), "%")
    required = refugees & (status == REQUIRED)
    for name, share in TOLERATED_ORIGINS.items():
        part = persons(required & (homes.origin == name)) / persons(required)
        yield Figure(f"required to leave, from: {name.replace('_', ' ')}", share, 100 * part, "%")
    years = (day - homes.arrival) / 365.25
    for (low, high), share in TOLERATED_STAYS.items():
        part = persons(required & (years >= low) & (years < high)) / persons(required)
        yield Figure(f"required to leave, here {low} to under {high} years", share, 100 * part, "%")
    days = (s.eu_citizens.counted_first, s.reference_day)
    for (nation, which), count in EU_PERSONS.items():
        there = homes.present(day_number(days[which])) & (homes.origin == nation)
        yield Figure(
            f"EU citizens, {nation.title()}, {days[which]:%d.%m.%Y}", count, persons(there), "persons"
        )


def calibration_table(seed: int = HAMM_SEED) -> str:
    """The figures side by side, as Markdown."""
    world, _ = simulate_city(load_scenario(), seed=seed)
    lines = ["| 31 May 2017 unless said | Hamm | synthetic city |", "|---|---:|---:|"]
    for f in figures(world):
        ours = f"{f.synthetic:,.1f} %" if f.unit == "%" else f"{f.synthetic:,.0f}"
        theirs = f"{f.published:,.0f} %" if f.unit == "%" else f"{f.published:,.0f}"
        lines.append(f"| {f.what} | {theirs} | {ours} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(calibration_table())
