"""What case files learn of endpoints: language tests and transitions into mainstream systems."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hamm_eval.synthetic.casework import Cases, reached_on
from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.growing_up import Entry, GrowingOlder, after, grow_older, only
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR, Baseline, FloatArray, event_time
from hamm_eval.synthetic.households import RECOGNISED
from hamm_eval.synthetic.life import hazard_changes, in_age, log_hazard
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.recording import Records, Stage, delays, record, record_spell
from hamm_eval.synthetic.world import World


def _gather(parts: list[Records], *order: str) -> Records:
    """Facts of several kinds as one, sorted by the columns named."""
    facts = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    rank = np.lexsort(tuple(facts[name] for name in reversed(order)))
    return {name: column[rank] for name, column in facts.items()}


def _from_eligibility(world: World, time: np.ndarray) -> IntArray:
    """Calendar days of times since eligibility that come before the departure; NEVER otherwise."""
    fine = world.eligible & (time <= world.stay)
    return np.where(fine, world.eligible_from + np.where(fine, np.ceil(time), 0).astype(np.int64), NEVER)


def _on_the_way(world: World, *shares: FloatArray) -> list[FloatArray]:
    """Days by which shares of the way to B1 are done: where its hazard has cumulated to that share of what it
    takes. What has been done by a day depends on what was before that day alone; FAR outside B1's ages.
    """
    s, law = world.scenario, world.scenario.endpoints["language_b1"]
    lp = log_hazard(s, law.hazard, world.people, world.frailty, "outcome")
    base, needed = Baseline.monthly(law.monthly), world.draws.endpoint["language_b1"]
    changes = hazard_changes(
        s, "language_b1", world.draws, world.starts, world.outcomes.endpoint, world.residents.recognised
    )
    able = in_age(law, world.people)
    return [
        np.where(able, np.ceil(event_time(base, share * needed, lp, changes=changes)), FAR)
        for share in shares
    ]


def language_test_records(world: World, cases: Cases, rng: np.random.Generator) -> Records:
    """The table of language tests: B1 on the endpoint's day, lower and failed tests before, B2 after."""
    s, n = world.scenario, len(world.people)
    german, b1 = world.people.german, world.outcomes.endpoint["language_b1"]
    later = b1 > 0
    u = rng.random((6, n))
    first, second, failed = _on_the_way(world, 0.08 + 0.22 * u[0], 0.4 + 0.3 * u[1], 0.75 + 0.15 * u[3])
    taken = [
        ("A1", True, (german == "none") & later & (u[4] < 0.7), first),
        ("A2", True, np.isin(german, ["none", "A1"]) & later & (u[5] < 0.8), second),
        ("B1", False, later & (u[2] < 0.25), failed),
        ("B1", True, np.ones(n, dtype=bool), b1),
        ("B2", True, later & (u[0] < 0.3), b1 + 200 + np.floor(300 * u[1])),
    ]
    parts = []
    for level, passed, does, time in taken:
        day = _from_eligibility(world, np.where(does & (time < FAR), time, FAR))
        who = np.flatnonzero(day < NEVER)
        who = who[cases.sees(who, day[who])]
        parts.append(
            {
                "person_id": who,
                "cefr_level": np.full(len(who), level),
                "passed": np.full(len(who), passed),
                "tested_on": day[who],
            }
        )
    facts = _gather(parts, "tested_on", "person_id")
    size = len(facts["person_id"])
    law = s.delay("language_tests")
    recorded = cases.learns(facts["person_id"], facts["tested_on"]) + delays(law, size, rng)
    # A few are first entered with a day that is wrong by up to a week, and corrected later.
    wrong = rng.random(size) < s.corrected
    first = np.where(wrong, facts["tested_on"] - rng.integers(1, 8, size=size), facts["tested_on"])
    stage = Stage(
        np.where(wrong, recorded + rng.integers(10, 90, size=size), NEVER), {"tested_on": facts["tested_on"]}
    )
    return record({**facts, "tested_on": first}, "test_id", [stage], recorded=recorded)


def _entries(world: World, rng: np.random.Generator) -> list[tuple[np.ndarray, IntArray, IntArray]]:
    """Kind, day of entry and day of exit (NEVER: goes on) of every entry but work, by person.

    Of whoever is of a system's age on the first day of eligibility; who grows into it comes later.
    """
    n, people, homes = len(world.people), world.people, world.households
    u, wait = rng.random((4, n)), rng.standard_exponential((4, n))
    age, adult = people.age, (people.age >= 18) & (people.age <= 64)
    never = np.full(n, NEVER)
    found: list[tuple[np.ndarray, IntArray, IntArray]] = []

    def add(kind: str | np.ndarray, day: IntArray, end: IntArray = never) -> None:
        found.append((np.broadcast_to(np.asarray(kind, dtype="<U20"), n), day, end))

    eligible = world.eligible_from
    school = reached_on(world, "school_entry")
    social = reached_on(world, "social_participation")
    add("school", school)
    add("education_package", only(u[0] < 0.6, after(school, 30 + 120 * u[1])))
    add(np.where(u[2] < 0.6, "club", "leisure"), social, after(social, 120 + 700 * u[3]))
    add("kita", only((age >= 2) & (age < 6), after(eligible, 1 + 200 * wait[0])))
    add("early_help", only((age < 3) & (u[0] < 0.35), after(eligible, 1 + 90 * wait[1])))
    add("integration_point", only(adult & (u[1] < 0.55), after(eligible, 1 + 120 * wait[2])))
    recognised = np.where(homes.later_status == RECOGNISED, homes.status_change, NEVER)[people.household]
    add("job_centre", only(adult, after(recognised, 10 + 25 * wait[3])))
    return found


def transition_records(
    world: World, cases: Cases, rng: np.random.Generator, growing: np.random.Generator
) -> Records:
    """The table of transitions; a stay ends at the latest with the departure.

    What growing older brings is drawn and recorded by `growing` and stands behind all the rest, so that the
    other records are those of a city in which nobody grows older.
    """
    s = world.scenario
    entries = _entries(world, rng)
    spells = world.outcomes.spells
    adult = (world.people.age >= 16) & (world.people.age <= 64)
    for j in range(spells.begin.shape[1]):
        begin = _from_eligibility(world, np.where(adult, spells.begin[:, j], FAR))
        length = np.where(begin < NEVER, spells.end[:, j] - spells.begin[:, j], 0).astype(np.int64)
        end = np.where(begin < NEVER, begin + length, NEVER)
        entries.append((np.where(spells.training[:, j], "vocational_training", "employment"), begin, end))
    facts = _seen(cases, entries)
    person = facts["person_id"]
    # Who had entered school before becoming eligible did so at the age of six at the earliest.
    six = (world.people.birth + np.int64(6 * 12 * DAYS_PER_MONTH))[person]
    early = (facts["kind"] == "school") & (facts["entered_on"] < six)
    facts["entered_on"] = np.where(early, np.minimum(six, facts["left_on"]), facts["entered_on"])
    opened, ended = (delays(s.delay("transitions"), len(person), rng) for _ in range(2))
    older = grow_older(world, growing)
    facts["left_on"], kept = _outgrown(cases, facts, older)
    rows = _recorded(cases, facts, opened, ended)
    rows = {name: column[kept[rows["transition_id"]]] for name, column in rows.items()}
    new = _seen(cases, older.entries)
    opened, ended = (delays(s.delay("transitions"), len(new["person_id"]), growing) for _ in range(2))
    more = _recorded(cases, new, opened, ended)
    more["transition_id"] = more["transition_id"] + len(person)
    return {name: np.concatenate([column, more[name]]) for name, column in rows.items()}


def _seen(cases: Cases, entries: Iterable[Entry]) -> Records:
    """What files learn of entries and exits, one fact each."""
    parts = []
    for kind, begin, end in entries:
        who = np.flatnonzero(cases.exists & (begin < cases.departure))
        who = who[cases.sees(who, begin[who])]
        last = np.minimum(end, cases.departure)[who]
        parts.append(
            {
                "person_id": who,
                "kind": kind[who],
                "entered_on": begin[who],
                "left_on": np.where(cases.sees(who, last), last, NEVER),
            }
        )
    return _gather(parts, "entered_on", "person_id", "kind")


def _outgrown(cases: Cases, facts: Records, older: GrowingOlder) -> tuple[IntArray, BoolArray]:
    """The ends of stays that are left with age, and which entries do not come too late for that."""
    person, left = facts["person_id"], facts["left_on"]
    kept = np.ones(len(person), dtype=bool)
    for kind, last in older.left.items():
        until = np.where(facts["kind"] == kind, last[person], NEVER)
        left = np.where(cases.sees(person, until), np.minimum(left, until), left)
    for kind, day in older.too_late.items():
        kept &= (facts["kind"] != kind) | (facts["entered_on"] < day[person])
    return left, kept


def _recorded(cases: Cases, facts: Records, opened: IntArray, ended: IntArray) -> Records:
    """Rows of the facts, so many days after a file can learn of entry and exit."""
    person = facts["person_id"]
    return record_spell(
        facts,
        "transition_id",
        "left_on",
        opened=cases.learns(person, facts["entered_on"]) + opened,
        ended=cases.learns(person, facts["left_on"]) + ended,
    )
