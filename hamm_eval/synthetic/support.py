"""Measures, their funding, and participations."""

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
        # On the list, but no place before the goal or the departure; or never called.
        listed = world.referred[name] < FAR
        waits = ~listed & (rng.random(n) < world.scenario.casework.waiting_share)
        waits &= in_age(law, world.people)
        on = world.eligible_from + np.where(start < FAR, start, 0).astype(np.int64)
        asked = world.eligible_from + np.where(listed, world.referred[name], 0).astype(np.int64)
        referred = np.where(waits, cases.opened + rng.integers(10, 400, size=n), asked - ahead)
        referred = np.maximum(referred, np.where(world.eligible, world.eligible_from, 0))
        who = np.flatnonzero(cases.exists & (listed | waits))
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
    law = world.scenario.delay("participations")
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
