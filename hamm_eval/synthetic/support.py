"""Measures, their funding, participations and ratings."""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.casework import Cases
from hamm_eval.synthetic.days import NEVER, IntArray, day_number
from hamm_eval.synthetic.hazards import FAR
from hamm_eval.synthetic.life import duration, in_age
from hamm_eval.synthetic.recording import Records, Stage, delays, record, record_spell
from hamm_eval.synthetic.world import World


def measure_records(world: World) -> Records:
    """The table of measures: every cost is recorded anew a year later."""
    s = world.scenario
    begin = day_number(s.files_begin)
    cost = np.array([m.cost for m in s.measures.values()])
    facts = {
        "name": np.array(list(s.measures)),
        "domain": np.array([m.domain.value for m in s.measures.values()]),
        "provider": np.array([m.provider for m in s.measures.values()]),
        "available_from": np.array([day_number(min(m.funding)) for m in s.measures.values()]),
        "available_until": np.full(len(cost), NEVER),
        "cost_per_participant": cost,
    }
    stage = Stage(np.full(len(cost), begin + 378), {"cost_per_participant": np.round(cost * 1.02, 2)})
    rows = record(facts, "measure_id", [stage], recorded=np.full(len(cost), begin))
    rows["measure_id"] = rows.pop("name")
    return rows


def funding_records(world: World) -> Records:
    """The table of funding classes: dated, they change."""
    spells = []
    for name, measure in world.scenario.measures.items():
        days = sorted(measure.funding)
        for day, following in zip(days, [*days[1:], None], strict=True):
            until = NEVER if following is None else day_number(following) - 1
            spells.append((name, measure.funding[day], day_number(day), until))
    names, classes, begins, ends = zip(*spells, strict=True)
    facts = {
        "measure_id": np.array(names),
        "funding_class": np.array(classes),
        "valid_from": np.array(begins),
        "valid_until": np.array(ends),
    }
    begin = day_number(world.scenario.files_begin)
    opened = np.maximum(facts["valid_from"], begin) + 7
    ended = np.maximum(facts["valid_until"], begin) + 14
    return record_spell(facts, "funding_id", "valid_until", opened=opened, ended=ended)


def _participations(world: World, cases: Cases, rng: np.random.Generator) -> Records:
    """Every participation with its days, and referrals that never came to a start."""
    n, stay = len(world.people), world.stay
    parts: list[Records] = []
    for name, law in world.scenario.measures.items():
        start, length = world.starts[name], duration(law, world.draws.duration[name])
        completes = world.draws.completes[name]
        length = np.where(completes, length, np.floor(length * rng.uniform(0.1, 0.7, n)) + 1)
        end = start + length
        completes = completes & (end <= stay)
        end = np.minimum(end, stay)
        ahead = rng.integers(5, 30, size=n)
        waits = (start >= FAR) & (rng.random(n) < world.scenario.casework.waiting_share)
        waits &= in_age(law, world.people)
        on = world.eligible_from + np.where(start < FAR, start, 0).astype(np.int64)
        referred = np.where(waits, cases.opened + rng.integers(10, 400, size=n), on - ahead)
        referred = np.maximum(referred, np.where(world.eligible, world.eligible_from, 0))
        who = np.flatnonzero(cases.exists & ((start < FAR) | waits))
        who = who[cases.sees(who, referred[who])]
        begin = np.where(start < FAR, on, NEVER)[who]
        begin = np.where(cases.sees(who, begin), begin, NEVER)
        ended = (world.eligible_from + np.minimum(end, FAR).astype(np.int64))[who]
        ended = np.where((begin < NEVER) & cases.sees(who, ended), ended, NEVER)
        parts.append(
            {
                "person_id": who,
                "measure_id": np.full(len(who), name, dtype="<U30"),
                "referred_on": np.minimum(referred[who], begin),
                "started_on": begin,
                "ended_on": ended,
                "ending": np.where(ended < NEVER, np.where(completes[who], "completed", "broken_off"), ""),
            }
        )
    facts = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.lexsort((facts["measure_id"], facts["referred_on"]))
    return {name: column[order] for name, column in facts.items()}


def participation_records(world: World, cases: Cases, rng: np.random.Generator) -> tuple[Records, Records]:
    """The table of participations: recorded at the referral, the start and the end; and the facts."""
    law = world.scenario.recording_delay["participations"]
    facts = _participations(world, cases, rng)
    person, n = facts["person_id"], len(facts["person_id"])

    def learnt(day: IntArray) -> IntArray:
        """Day of record of what happened on `day`."""
        return np.where(day < NEVER, cases.learns(person, day) + delays(law, n, rng), NEVER)

    empty = {
        "started_on": np.full(n, NEVER),
        "ended_on": np.full(n, NEVER),
        "ending": np.full(n, "", dtype="<U12"),
    }
    referred, started, ended = (learnt(facts[c]) for c in ("referred_on", "started_on", "ended_on"))
    stages = [
        Stage(started, {"started_on": facts["started_on"]}),
        Stage(ended, {"ended_on": facts["ended_on"], "ending": facts["ending"]}),
    ]
    return record({**facts, **empty}, "participation_id", stages, recorded=referred), facts


def rating_records(world: World, cases: Cases, facts: Records, rng: np.random.Generator) -> Records:
    """The table of ratings: two perspectives; the refugee's lacks more often the less satisfied."""
    law = world.scenario.casework
    ended = np.flatnonzero(facts["ended_on"] < NEVER)
    n = len(ended)
    person = facts["person_id"][ended]
    satisfaction = rng.standard_normal(n) + 0.7 * (facts["ending"][ended] == "completed")
    worker = np.clip(np.round(3.3 + 0.5 * satisfaction + 0.7 * rng.standard_normal(n)), 1, 5)
    refugee = np.clip(np.round(3.1 + 0.9 * satisfaction + 0.6 * rng.standard_normal(n)), 1, 5)
    logit = law.refugee_rating_missing.level + law.refugee_rating_missing.slope * satisfaction
    there = [
        rng.random(n) >= law.worker_rating_missing,
        rng.random(n) >= 1 / (1 + np.exp(-logit)),
    ]
    day = facts["ended_on"][ended] + rng.integers(0, 30, size=n)
    found = []
    for name, rating, given in zip(("social_worker", "refugee"), (worker, refugee), there, strict=True):
        where = np.flatnonzero(given & cases.sees(person, day))
        found.append(
            {
                "participation_id": ended[where],
                "perspective": np.full(len(where), name, dtype="<U15"),
                "rating": rating[where].astype(np.int64),
                "rated_on": cases.learns(person, day)[where],
            }
        )
    rows = {name: np.concatenate([f[name] for f in found]) for name in found[0]}
    order = np.lexsort((rows["perspective"], rows["participation_id"]))
    rows = {name: column[order] for name, column in rows.items()}
    late = delays(world.scenario.recording_delay["casework"], len(order), rng)
    return record(rows, "rating_id", recorded=rows["rated_on"] + late)
