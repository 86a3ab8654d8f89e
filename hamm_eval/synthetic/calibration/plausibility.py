"""Figures that come out of the model: nothing is calibrated to them, they show whether it is plausible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hamm_eval.synthetic.days import NEVER, IntArray, completed_years, day_number
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR
from hamm_eval.synthetic.households import FREE, RECOGNISED
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.world import World

WAVE = (np.datetime64("2015-08"), np.datetime64("2016-02"))
SHOWN_MONTHS = (np.datetime64("2015-06"), np.datetime64("2016-06"))


@dataclass(frozen=True, slots=True)
class Output:
    """A figure of the model: what, how much, its unit (``%`` or nothing), decimals worth showing."""

    what: str
    value: float
    unit: str = "%"
    digits: int = 1


def _months(days: IntArray) -> np.ndarray:
    """The months that days lie in."""
    return days.astype("datetime64[D]").astype("datetime64[M]")


def outputs(world: World, tables: Mapping[str, Records]) -> Iterator[Output]:
    """Figures of people, waits, files and measures."""
    yield from _of_people(world)
    yield from _of_files(world, tables)
    yield from _of_measures(world)


def _of_people(world: World) -> Iterator[Output]:
    """Who is there, since when, and how long recognition took."""
    s, homes, people = world.scenario, world.households, world.people
    day = day_number(s.reference_day)
    refugees = homes.present(day) & (homes.status != FREE)
    here = refugees[people.household]
    age = completed_years(people.birth, np.full(len(people), day))[here]
    yield Output("women and girls", 100 * np.mean(people.sex[here] == "female"))
    yield Output("under 18 years", 100 * np.mean(age < 18))
    yield Output("18 to 34 years", 100 * np.mean((age >= 18) & (age < 35)))
    yield Output("persons a household, mean", homes.size[refugees].mean(), "", 2)
    yield Output("from the Near East", 100 * np.mean(homes.origin[people.household][here] == "near_east"))
    arrived = _months(homes.arrival)[people.household][here]
    yield Output(
        "arrived August 2015 to February 2016", 100 * np.mean((arrived >= WAVE[0]) & (arrived <= WAVE[1]))
    )
    recognised = refugees & (homes.status_on(day) == RECOGNISED)
    waited = (homes.status_change - homes.arrival)[recognised] / DAYS_PER_MONTH
    middle = float(np.median(waited))
    yield Output("recognised households: months from arrival to recognition, median", middle, "")
    tied = recognised & (homes.free_from > day)
    yield Output(
        "recognised households still tied by the residence rule", 100 * tied.sum() / recognised.sum()
    )
    year = day - 365
    stayed = homes.present(year) & (homes.status != FREE) & (homes.eligible_from < NEVER)
    left = stayed & (homes.departure <= day)
    yield Output(
        "persons in households that become eligible, here a year before: since departed",
        100 * homes.size[left].sum() / homes.size[stayed].sum(),
    )


def _of_files(world: World, tables: Mapping[str, Records]) -> Iterator[Output]:
    """Case files open on the reference day, as far as the records tell."""
    s = world.scenario
    day = day_number(s.reference_day)
    cases = pd.DataFrame(tables["cases"]).groupby("case_id").last()
    persons = pd.DataFrame(tables["persons"]).groupby("person_id").last()
    running = cases[(cases["opened_on"] <= day) & (cases["closed_on"] > day)]
    refugee = running["person_id"].map(persons["population"]) == "refugee"
    homes = world.households
    here = homes.size[homes.present(day) & (homes.status != FREE)].sum()
    yield Output("with an open case file", 100 * refugee.sum() / here)
    yield Output("open case files of EU citizens", float((~refugee).sum()), "", 0)
    yield Output("open case files a social worker", len(running) / len(s.workers), "", 1)


def _of_measures(world: World) -> Iterator[Output]:
    """Waiting for a place, where these are limited: refugees and EU citizens, all years."""
    for name, law in world.scenario.measures.items():
        if not law.places:
            continue
        queue = world.referred[name] < FAR
        begun = queue & (world.starts[name] < FAR)
        waits = (world.starts[name] - world.referred[name])[begun]
        what = name.replace("_", " ")
        waiting = float(np.mean(waits > 0))
        yield Output(f"{what}: of those who start, have waited for a place", 100 * waiting)
        yield Output(f"{what}: longest wait in days", float(waits.max(initial=0.0)), "", 0)
        never = (queue & ~begun).sum()
        yield Output(f"{what}: goal or departure before a place was free", 100 * never / queue.sum())


def arrivals(world: World) -> Iterator[tuple[str, int, int]]:
    """Months of the wave, years before and after: persons who arrived, and who of them is still there."""
    homes = world.households
    refugee = homes.status != FREE
    here = refugee & homes.present(day_number(world.scenario.reference_day))
    month = _months(homes.arrival)
    first, last = SHOWN_MONTHS

    def row(name: str, when: np.ndarray) -> tuple[str, int, int]:
        """Persons in these households."""
        return name, int(homes.size[refugee & when].sum()), int(homes.size[here & when].sum())

    yield row(f"before {first}", month < first)
    for shown in np.arange(first, last + 1):
        yield row(str(shown), month == shown)
    reference = np.datetime64(world.scenario.reference_day, "D").astype("datetime64[M]")
    yield row(f"{last + 1} to {reference}", (month > last) & (month <= reference))
