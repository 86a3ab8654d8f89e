"""Goal reviews: about every quarter, seeing what has been reached, adapting and dropping goals."""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.casework import Cases, reached_on
from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.recording import Records, delays, record
from hamm_eval.synthetic.world import World

ENDPOINT_OF = {
    "language": "language_b1",
    "work": "employment_13_weeks",
    "social": "social_participation",
    "cultural_political": "orientation_course",
}


def _attained_on(world: World, goals: Records, rng: np.random.Generator) -> IntArray:
    """Day on which what each goal is about is reached.

    Goals of education are school entry for children of school age; everybody else's have a day of
    their own.
    """
    person, domain = goals["person_id"], goals["domain"]
    own = goals["agreed_on"] + np.floor(rng.exponential(500, len(person))).astype(np.int64)
    school = reached_on(world, "school_entry")[person]
    age = world.people.age[person]
    day = np.where((age >= 6) & (age <= 15), school, own)
    for name, endpoint in ENDPOINT_OF.items():
        day = np.where(domain == name, reached_on(world, endpoint)[person], day)
    return day


def review_records(world: World, cases: Cases, goals: Records, rng: np.random.Generator) -> Records:
    """The table of reviews: until a goal is met or dropped, the file closed or the records end."""
    law, n = world.scenario.casework, len(goals["person_id"])
    attained = _attained_on(world, goals, rng)
    day = goals["agreed_on"].copy()
    going = np.ones(n, dtype=bool)
    adapted = np.zeros(n, dtype=bool)
    rounds: list[Records] = []
    while going.any():
        regular = day + rng.integers(law.review_days[0], law.review_days[1] + 1, size=n)
        if not world.scenario.traps.interval_censoring:
            regular = np.where(attained > day, np.minimum(regular, attained), regular)
        day = regular
        going &= cases.sees(goals["person_id"], day)
        u, v, w = rng.random((3, n))
        met = (attained <= day) | (adapted & (u < law.met_after_adaptation))
        # The longer a goal is worked at, the more often it is found half way; the future is not known.
        near = np.clip((day - goals["agreed_on"]) / 500, 0.1, 0.8)
        status = np.where(v < near, "partly", "unmet")
        status = np.where(~adapted & (w < law.adapted), "adapted", status)
        status = np.where((w >= law.adapted) & (w < law.adapted + law.dropped), "dropped", status)
        status = np.where(met, "met", status)
        score = np.select(
            [status == "met", status == "partly", status == "adapted", status == "dropped"],
            [np.where(v < 0.55, 0, np.where(v < 0.85, 1, 2)), np.where(u < 0.3, 0, -1), -1, -2],
            default=np.where(u < 0.6, -2, -1),
        )
        where = np.flatnonzero(going)
        rounds.append(
            {
                "goal_id": where,
                "reviewed_on": day[where],
                "status": status[where],
                "attainment_score": np.where(status == "dropped", NEVER, score)[where],
            }
        )
        adapted |= going & (status == "adapted")
        going &= ~np.isin(status, ["met", "dropped"])
    facts = {name: np.concatenate([r[name] for r in rounds]) for name in rounds[0]}
    order = np.lexsort((facts["reviewed_on"], facts["goal_id"]))
    facts = {name: column[order] for name, column in facts.items()}
    late = delays(world.scenario.delay("casework"), len(order), rng)
    return record(facts, "review_id", recorded=facts["reviewed_on"] + late)
