"""The city's published figures, and the same figures of a synthetic city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import day_number
from hamm_eval.synthetic.households import FREE, NO_PROSPECT, PROSPECT, RECOGNISED, REQUIRED
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.world import World

MOST_DISTANT = 3.0  # standard deviations that another seed may lie from a published figure

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
# Figures of the same source that nothing may be calibrated to, and why.
UNUSABLE_COUNTS = {
    "unlabelled values of a chart, which add up to no stated total": (
        158, 170, 115, 86, 124, 102, 621, 421, 444, 114,
    ),
    "persons with a migration background: said to be 34 % of the inhabitants, it is 29.7 %": (53369,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the city's, and the synthetic one in the same unit (persons, or per cent).

    `count` of `of` persons or households is what the world holds; `of` is None for a plain count.
    """

    what: str
    published: float
    synthetic: float
    unit: str
    count: int
    of: int | None = None


def _share(what: str, published: float, count: int, of: int) -> Figure:
    """A figure in per cent."""
    return Figure(what, published, 100 * count / of, "%", count, of)


def figures(world: World) -> Iterator[Figure]:
    """Every published figure that the synthetic city is calibrated to."""
    s, homes = world.scenario, world.households
    day = day_number(s.reference_day)
    here, status = homes.present(day), homes.status_on(day)
    refugees = here & (homes.status != FREE)

    def persons(which: BoolArray) -> int:
        """Persons in these households."""
        return int(homes.size[which].sum())

    def counted(what: str, published: int, which: BoolArray) -> Figure:
        """A figure in persons."""
        return Figure(what, published, persons(which), "persons", persons(which))

    yield counted("refugees", 2141, refugees)
    for name, count in STATUS_PERSONS.items():
        yield counted(name.replace("_", " "), count, refugees & (status == name))
    priority = refugees & np.isin(status, [RECOGNISED, PROSPECT])
    required = refugees & (status == REQUIRED)
    yield counted("priority integration", 1416, priority)
    yield counted("priority return", 725, refugees & ~priority)
    for name, share in HOUSEHOLD_SHARES.items():
        those = int((priority & (homes.household_type == name)).sum())
        what = f"priority integration, of the households: {name.replace('_', ' ')}"
        yield _share(what, share, those, int(priority.sum()))
    for name, share in TOLERATED_ORIGINS.items():
        what = f"required to leave, from: {name.replace('_', ' ')}"
        yield _share(what, share, persons(required & (homes.origin == name)), persons(required))
    years = (day - homes.arrival) / 365.25
    for (low, high), share in TOLERATED_STAYS.items():
        those = persons(required & (years >= low) & (years < high))
        yield _share(f"required to leave, here {low} to under {high} years", share, those, persons(required))
    days = (s.eu_citizens.counted_first, s.reference_day)
    for (nation, which), count in EU_PERSONS.items():
        there = homes.present(day_number(days[which])) & (homes.origin == nation)
        yield counted(f"EU citizens, {nation.title()}, {days[which]:%d.%m.%Y}", count, there)


def distance(published: float, found: Sequence[float], unit: str) -> float:
    """Largest distance of other seeds from the published figure, in their standard deviations.

    0 where every seed is exactly on it: the same count, or the same whole per cent.

    Examples
    --------
    >>> distance(60, [59.9, 59.9], "%"), distance(10, [11, 11], "persons")
    (0.0, inf)
    >>> round(distance(10, [9, 10, 11], "persons"), 1)
    1.0
    """
    values = np.asarray(found, dtype=float)
    if (np.round(values) == published).all() if unit == "%" else (values == published).all():
        return 0.0
    spread = float(values.std(ddof=1))
    return float(np.abs(values - published).max()) / spread if spread > 1e-9 else float("inf")
