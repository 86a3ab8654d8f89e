"""Ratings of measures from two perspectives, and who keeps silent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.casework import Cases, reached_on
from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.hazards import FloatArray
from hamm_eval.synthetic.recording import Records, delays, record
from hamm_eval.synthetic.scenario import Perspective
from hamm_eval.synthetic.world import World


@dataclass(frozen=True, slots=True)
class Rated:
    """What both perspectives think of each participation that has ended, whoever says it aloud.

    Arrays of shape (n,): the participation's position, the person, the day, satisfaction, the ratings 1 to 5.
    """

    participation: IntArray
    person: IntArray
    day: IntArray
    satisfaction: FloatArray
    social_worker: IntArray
    refugee: IntArray


def _rating(law: Perspective, satisfaction: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A perspective's view on a scale without ends."""
    return law.level + law.slope * satisfaction + law.spread * rng.standard_normal(len(satisfaction))


def _on_scale(view: FloatArray) -> IntArray:
    """The nearest of 1 to 5."""
    return np.clip(np.round(view), 1, 5).astype(np.int64)


def rate(world: World, facts: Records, rng: np.random.Generator) -> Rated:
    """Ratings of every participation that has ended, as they would be if nobody kept silent."""
    s, law = world.scenario, world.scenario.ratings
    ended = np.flatnonzero(facts["ended_on"] < NEVER)
    person, measure = facts["person_id"][ended], facts["measure_id"][ended]
    day = facts["ended_on"][ended] + rng.integers(0, 30, size=len(ended))
    reached = np.zeros(len(ended), dtype=bool)
    own = np.zeros(len(ended), dtype=bool)
    provider = np.array([w.provider for w in s.workers])[world.people.worker[person]]
    for name, model in s.measures.items():
        of_it = measure == name
        own |= of_it & (provider == model.provider)
        if model.until is not None:
            reached |= of_it & (reached_on(world, model.until)[person] <= day)
    satisfaction = rng.standard_normal(len(ended)) + law.goal_reached * reached
    satisfaction += law.completed * (facts["ending"][ended] == "completed")
    lenience = np.array([w.lenience for w in s.workers])[world.people.worker[person]]
    worker = _rating(law.social_worker, satisfaction, rng) + lenience + law.own_provider * own
    refugee = _rating(law.refugee, satisfaction, rng)
    return Rated(ended, person, day, satisfaction, _on_scale(worker), _on_scale(refugee))


def rating_records(world: World, cases: Cases, facts: Records, rng: np.random.Generator) -> Records:
    """The table of ratings: two perspectives; the refugee's lacks more often the less satisfied."""
    law = world.scenario.ratings
    rated = rate(world, facts, rng)
    n = len(rated.person)
    satisfaction = rated.satisfaction
    if not world.scenario.traps.informative_ratings:
        satisfaction = np.full(n, satisfaction.mean() if n else 0.0)
    logit = law.refugee_missing.level + law.refugee_missing.slope * satisfaction
    there = [rng.random(n) >= law.worker_missing, rng.random(n) >= 1 / (1 + np.exp(-logit))]
    found = []
    for name, rating, given in zip(
        ("social_worker", "refugee"), (rated.social_worker, rated.refugee), there, strict=True
    ):
        where = np.flatnonzero(given & cases.sees(rated.person, rated.day))
        found.append(
            {
                "participation_id": rated.participation[where],
                "perspective": np.full(len(where), name, dtype="<U15"),
                "rating": rating[where],
                "rated_on": cases.learns(rated.person, rated.day)[where],
            }
        )
    rows = {name: np.concatenate([f[name] for f in found]) for name in found[0]}
    order = np.lexsort((rows["perspective"], rows["participation_id"]))
    rows = {name: column[order] for name, column in rows.items()}
    late = delays(world.scenario.delay("casework"), len(order), rng)
    return record(rows, "rating_id", recorded=rows["rated_on"] + late)
