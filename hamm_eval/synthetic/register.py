"""The register: persons, households, residence status, eligibility, departures."""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray, day_number
from hamm_eval.synthetic.households import FREE
from hamm_eval.synthetic.recording import Records, Stage, delays, record, record_successive
from hamm_eval.synthetic.world import World


def household_records(world: World, rng: np.random.Generator) -> Records:
    """The table of households."""
    homes = world.households
    late = delays(world.scenario.delay("register"), len(homes), rng)
    facts = {"household_type": homes.household_type}
    return record(facts, "household_id", recorded=homes.arrival + late)


def person_records(world: World, rng: np.random.Generator) -> Records:
    """The table of persons: schooling lacks for a few, for half of them it is entered later."""
    s, people, homes, n = world.scenario, world.people, world.households, len(world.people)
    home = people.household
    missing = rng.random(n) < s.people.schooling_missing
    facts = {
        "household_id": home,
        "population": np.where(homes.status[home] == FREE, "eu_citizen", "refugee"),
        "birth_month": people.birth,
        "sex": people.sex,
        "origin": homes.origin[home],
        "schooling": np.where(missing, "", people.schooling),
        "german_on_arrival": people.german,
        "household_head": people.head,
        "arrived_on": homes.arrival[home],
    }
    recorded = facts["arrived_on"] + delays(s.delay("register"), n, rng)
    found = missing & (rng.random(n) < 0.5)
    later = np.where(found, recorded + rng.integers(30, 300, size=n), NEVER)
    return record(facts, "person_id", [Stage(later, {"schooling": people.schooling})], recorded=recorded)


def _spell_records(
    world: World, facts: Records, key: str, last_day: int, rng: np.random.Generator
) -> Records:
    """Spells of the register, those that begin by the last day of records."""
    law = world.scenario.delay("register")
    begun = np.flatnonzero((facts["valid_from"] <= last_day) & (facts["valid_from"] < facts["valid_until"]))
    order = begun[np.lexsort((facts["valid_from"][begun], facts["person_id"][begun]))]
    facts = {name: column[order] for name, column in facts.items()}
    facts["valid_until"] = np.where(facts["valid_until"] <= last_day, facts["valid_until"], NEVER)
    opened = facts["valid_from"] + delays(law, len(order), rng)
    ended = facts["valid_until"] + delays(law, len(order), rng)
    owner = facts["person_id"]
    return record_successive(facts, key, "valid_until", owner=owner, opened=opened, ended=ended)


def status_records(world: World, rng: np.random.Generator) -> Records:
    """The table of residence status: dated spells, ending with the departure."""
    homes, home = world.households, world.people.household
    person = np.arange(len(home))
    change, gone = homes.status_change[home], homes.departure[home]
    facts = {
        "person_id": np.concatenate([person, person]),
        "status": np.concatenate([homes.status[home], homes.later_status[home]]),
        "valid_from": np.concatenate([homes.arrival[home], change]),
        "valid_until": np.concatenate([np.minimum(change - 1, gone), gone]),
    }
    facts["valid_until"] = np.where(facts["valid_until"] >= NEVER - 1, NEVER, facts["valid_until"])
    return _spell_records(world, facts, "status_id", day_number(world.scenario.records_end), rng)


def eligibility_records(world: World, rng: np.random.Generator) -> Records:
    """The table of eligibility: another fact than residence status, dated apart."""
    homes, home = world.households, world.people.household
    who = np.flatnonzero(world.eligible)
    facts = {
        "person_id": who,
        "valid_from": homes.eligible_from[home[who]],
        "valid_until": np.minimum(homes.eligible_until, homes.departure)[home[who]],
    }
    return _spell_records(world, facts, "eligibility_id", day_number(world.scenario.records_end), rng)


def departure_records(world: World, rng: np.random.Generator) -> Records:
    """The table of departures: a household leaves together."""
    homes, home = world.households, world.people.household
    day: IntArray = homes.departure[home]
    who = np.flatnonzero(day <= day_number(world.scenario.records_end))
    who = who[np.argsort(day[who], kind="stable")]
    facts: Records = {
        "person_id": who,
        "kind": homes.departure_kind[home[who]],
        "departed_on": day[who],
    }
    late = delays(world.scenario.delay("departures"), len(who), rng)
    return record(facts, "departure_id", recorded=facts["departed_on"] + late)
