"""What is true in a laboratory's city: counted in worlds of another seed, many times its size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from trap_lab import Known

from hamm_eval.synthetic.blocks import blocks_of
from hamm_eval.synthetic.casework import goal_records, need_records, open_cases, phase_starts, reached_on
from hamm_eval.synthetic.referrals import referrals
from hamm_eval.synthetic.scenario import Scenario, TruthPair
from hamm_eval.synthetic.truth.effects import tally_effects
from hamm_eval.synthetic.truth.population import population_of
from hamm_eval.synthetic.truth.ratings import tally_ratings
from hamm_eval.synthetic.truth.tally import Tally
from hamm_eval.synthetic.world import World, build_world

Count = Callable[[World, Tally, np.random.Generator], None]


def count(scenario: Scenario, counts: Sequence[Count], *, seed: int, scale: float) -> Tally:
    """Simulate worlds block by block and count in each."""
    tally = Tally()
    for block in blocks_of(scale, seed):
        of_world, *streams = np.random.default_rng(block.seed).spawn(1 + len(counts))
        world = build_world(scenario, of_world, scale=block.scale)
        for each, stream in zip(counts, streams, strict=True):
            each(world, tally, stream)
    return tally


def known(tally: Tally, *key: object) -> Known:
    """A mean that was counted."""
    return Known(tally.mean(key), tally.std_error(key))


def incidence(endpoint: str, days: Sequence[int]) -> Count:
    """Share with the goal, and with the departure before it, so many days after eligibility."""

    def add(world: World, tally: Tally, rng: np.random.Generator) -> None:
        who = population_of(world, endpoint)
        goal, stay = world.outcomes.endpoint[endpoint][who], world.stay[who]
        household, one = world.people.household[who], np.ones(np.count_nonzero(who))
        for day in days:
            reached = (goal <= day) & (goal <= stay)
            left = (stay <= day) & (stay < goal)
            tally.add((endpoint, "goal", day), reached.astype(float), one, household)
            tally.add((endpoint, "departure", day), left.astype(float), one, household)

    return add


def attainment(days: Sequence[int]) -> Count:
    """Share of adults' language goals that are reached so many days after the agreement, if not before."""

    def add(world: World, tally: Tally, rng: np.random.Generator) -> None:
        of_cases, of_starts, of_needs, of_goals = rng.spawn(4)
        cases = open_cases(world, of_cases)
        starts = phase_starts(world, cases, of_starts)
        _, needs = need_records(world, cases, of_needs)
        _, goals = goal_records(world, cases, starts, needs, of_goals)
        person, agreed = goals["person_id"], goals["agreed_on"]
        wait = reached_on(world, "language_b1")[person] - agreed
        age = world.people.age[person]
        who = (goals["domain"] == "language") & (age >= 16) & (age <= 64) & (wait > 0)
        household, one = world.people.household[person[who]], np.ones(np.count_nonzero(who))
        for day in days:
            tally.add(("language_goal", day), (wait[who] <= day).astype(float), one, household)

    return add


def effect(pair: TruthPair) -> Count:
    """Both potential outcomes of everybody, under every pair of strategies."""

    def add(world: World, tally: Tally, rng: np.random.Generator) -> None:
        tally_effects(world, pair, referrals(world.scenario, world.residents), tally, rng)

    return add


def ratings(world: World, tally: Tally, rng: np.random.Generator) -> None:
    """What everybody would say of the measures, silent or not."""
    tally_ratings(world, tally, rng)
