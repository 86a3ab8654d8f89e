"""Case files: who gets one and when, its closing, its phases, needs, goals and volunteers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray, day_number
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR, Baseline, StrArray, event_time
from hamm_eval.synthetic.life import log_hazard
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.recording import Records, Stage, delays, record, record_spell, record_successive
from hamm_eval.synthetic.world import World


@dataclass(frozen=True, slots=True)
class Cases:
    """Case files as arrays of shape (n,) over all persons; NEVER where there is no file.

    `closed` is NEVER while the file is open on the last day of records.
    """

    opened: IntArray
    closed: IntArray
    reason: StrArray
    departure: IntArray
    last_day: int

    @property
    def exists(self) -> BoolArray:
        """Who has a file."""
        return self.opened < NEVER

    def sees(self, person: IntArray, day: IntArray) -> BoolArray:
        """Whether the file learns of what happens on that day: facts from before its opening included."""
        return self.exists[person] & (day <= np.minimum(self.closed[person], self.last_day))

    def learns(self, person: IntArray, day: IntArray) -> IntArray:
        """First day on which the file can learn of it."""
        return np.maximum(day, self.opened[person])


def between(days: tuple[int, int], n: int, rng: np.random.Generator) -> IntArray:
    """Whole days drawn evenly from a closed range."""
    return rng.integers(days[0], days[1] + 1, size=n)


def reached_on(world: World, endpoint: str) -> IntArray:
    """Calendar day of an endpoint, NEVER where the departure comes before it."""
    time = world.outcomes.endpoint[endpoint]
    happens = world.eligible & (time < FAR) & (time <= world.stay)
    return np.where(happens, world.eligible_from + np.where(happens, time, 0).astype(np.int64), NEVER)


def open_cases(world: World, rng: np.random.Generator) -> Cases:
    """Open and close the files; the members of a household get theirs on the same day."""
    s, law, homes = world.scenario, world.scenario.casework, world.households
    n, h = len(world.people), len(homes)
    begin, end = day_number(s.files_begin), day_number(s.records_end)
    prompt = homes.eligible_from + between(law.opening_days, h, rng)
    backlog = begin + np.floor(rng.exponential(law.backlog_mean_days, h)).astype(np.int64)
    backlog = np.minimum(backlog, day_number(law.backlog_last_day) - rng.integers(0, 28, size=h))
    opened = np.where(prompt >= begin, prompt, backlog)
    if not s.traps.late_entry:
        opened = homes.eligible_from
    possible = (opened < homes.departure) & (opened < homes.eligible_until) & (opened <= end)
    opened = np.where((homes.eligible_from < NEVER) & possible, opened, NEVER)[world.people.household]

    departure = homes.departure[world.people.household]
    until = homes.eligible_until[world.people.household]
    lost = np.ceil(
        event_time(
            Baseline.monthly(law.contact_lost.monthly),
            rng.standard_exponential(n),
            log_hazard(s, law.contact_lost, world.people, world.frailty, "outcome"),
        )
    )
    attained = np.full(n, NEVER)
    age = world.people.age
    for who, pair in (
        ((age >= 16) & (age <= 64), ("language_b1", "employment_13_weeks")),
        ((age >= 6) & (age <= 15), ("school_entry", "social_participation")),
    ):
        attained = np.where(who, np.maximum(*(reached_on(world, e) for e in pair)), attained)
    wait = between(law.goals_attained_days, n, rng)
    attained = np.where(attained < NEVER, np.maximum(attained, np.minimum(opened, NEVER)) + wait, NEVER)
    no_longer = np.where(until < NEVER, until + between(law.no_longer_eligible_days, n, rng), NEVER)
    days = np.stack([departure, attained, opened + lost.astype(np.int64), no_longer])
    first = days.argmin(axis=0)
    closed = days.min(axis=0)
    closed = np.where((opened < NEVER) & (closed <= end), closed, NEVER)
    reasons = np.array(["departed", "goals_attained", "contact_lost", "no_longer_eligible"])
    return Cases(opened, closed, np.where(closed < NEVER, reasons[first], ""), departure, end)


def case_records(world: World, cases: Cases, rng: np.random.Generator) -> tuple[Records, IntArray]:
    """The table of cases, and the persons in the order of their case numbers."""
    s = world.scenario
    law = s.delay("casework")
    person = np.flatnonzero(cases.exists)
    person = person[np.argsort(cases.opened[person], kind="stable")]
    worker = world.people.worker[person]
    n, closed = len(person), cases.closed[person]
    facts = {
        "person_id": person,
        "social_worker": world.people.team[person] * len(s.workers) + worker,
        "provider": np.array([w.provider for w in s.workers])[worker],
        "social_space": np.array([w.social_space for w in s.workers])[worker],
        "opened_on": cases.opened[person],
        "closed_on": np.full(n, NEVER),
        "closing_reason": np.full(n, "", dtype="<U20"),
    }
    stage = Stage(
        np.where(closed < NEVER, closed + delays(law, n, rng), NEVER),
        {"closed_on": closed, "closing_reason": cases.reason[person]},
    )
    return record(facts, "case_id", [stage], recorded=facts["opened_on"] + delays(law, n, rng)), person


def phase_starts(world: World, cases: Cases, rng: np.random.Generator) -> IntArray:
    """First days of the four phases, shape (4, n); NEVER where a file closes before."""
    n = len(world.people)
    starts = [cases.opened]
    for phase in (1, 2, 3):
        starts.append(starts[-1] + between(world.scenario.casework.phase_days[phase], n, rng))
    last = np.minimum(cases.closed, cases.last_day + 1)
    return np.stack([np.where(day < last, day, NEVER) for day in starts])


def phase_records(
    world: World, cases: Cases, starts: IntArray, persons: IntArray, rng: np.random.Generator
) -> Records:
    """The table of phases; `persons` are in the order of their case numbers."""
    law = world.scenario.delay("casework")
    begin = starts[:, persons]
    following = np.concatenate([begin[1:] - 1, np.full((1, len(persons)), NEVER - 1)])
    end = np.minimum(following, np.where(cases.closed[persons] < NEVER, cases.closed[persons], NEVER - 1))
    end = np.where(end == NEVER - 1, NEVER, end)
    case, phase = (a.ravel() for a in np.meshgrid(np.arange(len(persons)), np.arange(4), indexing="ij"))
    happens = begin[phase, case] < NEVER
    case, phase = case[happens], phase[happens]
    facts = {
        "case_id": case,
        "phase": (phase + 1).astype(np.str_),
        "started_on": begin[phase, case],
        "ended_on": end[phase, case],
    }
    opened = facts["started_on"] + delays(law, len(case), rng)
    ended = facts["ended_on"] + delays(law, len(case), rng)
    return record_successive(facts, "phase_id", "ended_on", owner=case, opened=opened, ended=ended)


def need_records(world: World, cases: Cases, rng: np.random.Generator) -> tuple[Records, Records]:
    """The table of needs, and one row for each need (person, domain, priority) for the goals."""
    s, people = world.scenario, world.people
    law = s.delay("casework")
    found: list[Records] = []
    for name, need in s.needs.items():
        drawn = rng.random(len(people)) < need.share
        day = cases.opened + rng.integers(3, 40, size=len(people))
        who = np.flatnonzero(cases.exists & drawn & (people.age >= need.min_age))
        who = who[cases.sees(who, day[who])]
        found.append(
            {
                "person_id": who,
                "domain": np.full(len(who), name, dtype="<U20"),
                "priority": people.priority[name][who],
                "identified_on": day[who],
            }
        )
    facts = {name: np.concatenate([f[name] for f in found]) for name in found[0]}
    order = np.lexsort((facts["domain"], facts["person_id"]))
    facts = {name: column[order] for name, column in facts.items()}
    n = len(order)
    recorded = facts["identified_on"] + delays(law, n, rng)
    # A few priorities are first entered wrongly, and corrected later.
    wrong = rng.random(n) < s.corrected
    later = np.where(wrong, recorded + rng.integers(20, 200, size=n), NEVER)
    mistaken = np.where(facts["priority"] == 3, 2, facts["priority"] + 1)
    first = {**facts, "priority": np.where(wrong, mistaken, facts["priority"])}
    stage = Stage(later, {"priority": facts["priority"]})
    return record(first, "need_id", [stage], recorded=recorded), facts


def goal_records(
    world: World, cases: Cases, starts: IntArray, needs: Records, rng: np.random.Generator
) -> tuple[Records, Records]:
    """The table of goals, agreed in phase 2 on needs of priority 2 and 3; and the goals themselves."""
    law = world.scenario.delay("casework")
    person = needs["person_id"]
    agreed = starts[1, person] + rng.integers(0, 28, size=len(person))
    chosen = (needs["priority"] >= 2) & (starts[1, person] < NEVER) & cases.sees(person, agreed)
    where = np.flatnonzero(chosen)
    n = len(where)
    goals = {
        "person_id": person[where],
        "domain": needs["domain"][where],
        "agreed_on": agreed[where],
        "target_on": agreed[where] + rng.integers(9, 16, size=n) * 30,
    }
    return record(goals, "goal_id", recorded=goals["agreed_on"] + delays(law, n, rng)), goals


def volunteer_records(world: World, cases: Cases, rng: np.random.Generator) -> Records:
    """The table of volunteer support, coordinated and recorded since 1 November 2015 only."""
    s, n = world.scenario, len(world.people)
    law = s.delay("casework")
    since = np.maximum(world.eligible_from, day_number(s.volunteers_since))
    wait = rng.exponential(DAYS_PER_MONTH / s.casework.volunteer_monthly, n)
    begin = np.where(world.eligible, since + np.floor(wait).astype(np.int64), NEVER)
    end = begin + between(s.casework.volunteer_days, n, rng)
    end = np.minimum(end, np.where(begin < cases.departure, cases.departure, NEVER))
    kinds = np.array(["mentorship", "errands", "housing_search", "job_search", "language_practice"])
    kind = rng.choice(kinds, size=n, p=[0.3, 0.25, 0.15, 0.1, 0.2])
    kind = np.where((world.people.age < 16) & (kind != "mentorship"), "language_practice", kind)
    who = np.flatnonzero(cases.exists & (begin < cases.departure))
    who = who[cases.sees(who, begin[who])]
    facts = {
        "person_id": who,
        "kind": kind[who],
        "started_on": begin[who],
        "ended_on": np.where(cases.sees(who, end[who]), end[who], NEVER),
    }
    opened = cases.learns(who, begin[who]) + delays(law, len(who), rng)
    ended = cases.learns(who, end[who]) + delays(law, len(who), rng)
    return record_spell(facts, "support_id", "ended_on", opened=opened, ended=ended)
