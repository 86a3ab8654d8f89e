"""The truth of a scenario: simulated block by block in a world many times the city's size."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from hamm_eval.synthetic.blocks import BLOCK_SCALE, Block, blocks_of, map_blocks
from hamm_eval.synthetic.hazards import FloatArray
from hamm_eval.synthetic.referrals import referrals
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.truth.contrasts import CONTRASTS, DEFINITIONS
from hamm_eval.synthetic.truth.effects import effect_rows, tally_effects, without_effect
from hamm_eval.synthetic.truth.incidence import first_days_rows, incidence_rows, tally_incidence
from hamm_eval.synthetic.truth.population import POPULATION
from hamm_eval.synthetic.truth.ratings import rating_rows, tally_ratings
from hamm_eval.synthetic.truth.tally import Tally
from hamm_eval.synthetic.world import build_world


@dataclass(frozen=True, slots=True)
class Truth:
    """What was counted in all blocks."""

    incidence: Tally
    effects: Tally
    ratings: Tally


Sums = tuple[Mapping[Hashable, FloatArray], ...]


def _count(scenario: Scenario, block: Block) -> Sums:
    """The sums of one block."""
    of_world, of_ratings, *of_pairs = block.generator().spawn(2 + len(scenario.truth_pairs))
    world = build_world(scenario, of_world, scale=block.scale)
    incidence, effects, ratings = Tally(), Tally(), Tally()
    tally_incidence(world, incidence)
    tally_ratings(world, ratings, of_ratings)
    referred = referrals(scenario, world.residents)
    for pair, stream in zip(scenario.truth_pairs, of_pairs, strict=True):
        tally_effects(world, pair, referred, effects, stream)
    return incidence.sums, effects.sums, ratings.sums


def count_truth(
    scenario: Scenario, *, scale: float, seed: int, workers: int = 1, block_scale: float = BLOCK_SCALE
) -> Truth:
    """Simulate and count; the same seed gives the same sums on any number of workers."""
    truth = Truth(Tally(), Tally(), Tally())
    blocks = blocks_of(scale, seed, block_scale=block_scale)
    for sums in map_blocks(partial(_count, scenario), blocks, workers=workers):
        for tally, found in zip((truth.incidence, truth.effects, truth.ratings), sums, strict=True):
            tally.merge(found)
    return truth


def simulate_truth(
    scenario: Scenario, *, scale: float | None = None, seed: int | None = None, workers: int = 1
) -> dict[str, Any]:
    """The truth of a scenario as it is written to truth.json.

    Parameters
    ----------
    scenario : Scenario
    scale, seed : optional
        Size of the world and seed instead of those that the scenario names.
    workers : int
        Processes; the result is the same with any number.

    Returns
    -------
    dict
        ``scenario_digest``, the definitions, and the lists ``incidence``, ``first_days``
        (by day from 0), ``effects``, ``without_effect`` (the pairs whose effects are all 0) and ``ratings``.
    """
    run = scenario.truth
    seed = run.seed if seed is None else seed
    scale = run.scale if scale is None else scale
    truth = count_truth(scenario, scale=scale, seed=seed, workers=workers)
    return {
        "scenario_digest": scenario.digest,
        "seed": seed,
        "scale": scale,
        "population": POPULATION,
        "window": {"eligible_from": str(run.eligible_from), "eligible_until": str(run.eligible_until)},
        "time_origin": "first day of eligibility",
        "observation": "perfect: no delay of records, no late start of files, a closed case goes on",
        "competing_event": "departure",
        "places": "of incidence and ratings: limited as in the city; of effects: unlimited",
        "social_worker_effects": "kept",
        "others": "of effects: everybody else in the household as in the natural course",
        "strategies": {c.key: {"treated": c.treated, "control": c.control} for c in CONTRASTS},
        "definitions": DEFINITIONS,
        "incidence": list(incidence_rows(scenario, truth.incidence)),
        "first_days": list(first_days_rows(scenario, truth.incidence)),
        "effects": [
            row for pair in scenario.truth_pairs for row in effect_rows(scenario, pair, truth.effects)
        ],
        "without_effect": [
            {"measure": pair.measure, "endpoint": pair.endpoint} for pair in without_effect(scenario)
        ],
        "ratings": list(rating_rows(scenario, truth.ratings)),
    }
