"""The truth of the synthetic city, by simulating potential outcomes in a world many times its size.

`python -m hamm_eval.synthetic.truth` writes ``synthetic_data/hamm/truth.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hamm_eval.errors import UsageError
from hamm_eval.synthetic.days import day_number
from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR, Baseline, FloatArray
from hamm_eval.synthetic.households import FREE, REQUIRED
from hamm_eval.synthetic.life import SUSTAINED, in_age, log_hazard, outcomes
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.scenario import Scenario, TruthPair, load_scenario
from hamm_eval.synthetic.world import World, build_world

MONTHS = (3, 6, 12, 18)
FIRST_DAYS = 60
LANDMARK = 90
HORIZON = 365
STRATEGIES = {
    "treated": f"started within {LANDMARK} days of eligibility, on the day of the natural referral process",
    "control": f"not started within {LANDMARK} days of eligibility; may start later as referral goes",
}
POPULATION = (
    "refugees whose first eligibility lies in the window, with a prospect of staying or recognised then, "
    "of the endpoint's age in completed years, without the goal before eligibility; weights: one a person"
)


def clustered_mean(values: FloatArray, household: np.ndarray) -> tuple[float, float]:
    """Mean, and its standard error with households as clusters."""
    n = len(values)
    mean = float(values.mean())
    sums = np.bincount(household, weights=values - mean)
    return mean, float(np.sqrt((sums**2).sum()) / n)


def clustered_ratio(values: FloatArray, weights: FloatArray, household: np.ndarray) -> tuple[float, float]:
    """Weighted mean, and its standard error with households as clusters."""
    total = float(weights.sum())
    mean = float((weights * values).sum() / total)
    sums = np.bincount(household, weights=weights * (values - mean))
    return mean, float(np.sqrt((sums**2).sum()) / total)


def _population(world: World, endpoint: str) -> BoolArray:
    """Who belongs to the population of an endpoint's truth."""
    s, eligible = world.scenario, world.eligible_from
    status = np.where(
        world.households.status_change <= world.households.eligible_from,
        world.households.later_status,
        world.households.status,
    )[world.people.household]
    return (
        (eligible >= day_number(s.truth.eligible_from))
        & (eligible <= day_number(s.truth.eligible_until))
        & ~np.isin(status, [FREE, REQUIRED])
        & in_age(s.endpoints[endpoint], world.people)
        & (world.outcomes.endpoint[endpoint] >= 0)
    )


def _groups(world: World) -> Iterator[tuple[str, str, str, BoolArray]]:
    """Endpoint, group, level and its members: everybody, then by household type."""
    kinds = world.people.covariates["household_type"]
    for name in world.scenario.endpoints:
        population = _population(world, name)
        yield name, "all", "all", population
        for kind in np.unique(kinds):
            members = population & (kinds == kind)
            if members.any():  # no school children among couples without children
                yield name, "household_type", str(kind), members


def _indicators(world: World, name: str, members: BoolArray, day: int) -> tuple[FloatArray, FloatArray]:
    """Whether each member had reached the goal, or departed before it, by a day."""
    goal, stay = world.outcomes.endpoint[name][members], world.stay[members]
    return ((goal <= day) & (goal <= stay)).astype(float), ((stay <= day) & (stay < goal)).astype(float)


def incidence_truth(world: World) -> Iterator[dict[str, Any]]:
    """True cumulative incidences: goal, and departure before the goal, with perfect observation."""
    for name, group, level, members in _groups(world):
        household = world.people.household[members]
        for months in MONTHS:
            day = round(months * DAYS_PER_MONTH)
            reached, left = _indicators(world, name, members, day)
            mean, error = clustered_mean(reached, household)
            yield {
                "endpoint": name,
                "group": group,
                "level": level,
                "months": months,
                "day": day,
                "goal": round(mean, 5),
                "departure": round(float(left.mean()), 5),
                "std_error": round(error, 5),
                "persons": int(members.sum()),
            }


def first_days_truth(world: World) -> Iterator[dict[str, Any]]:
    """The same on each of the first days: estimates from late entries are conditional on a day among them."""
    for name, group, level, members in _groups(world):
        shares = [_indicators(world, name, members, day) for day in range(FIRST_DAYS + 1)]
        yield {
            "endpoint": name,
            "group": group,
            "level": level,
            "goal": [round(float(reached.mean()), 5) for reached, _ in shares],
            "departure": [round(float(left.mean()), 5) for _, left in shares],
        }


def _refuse_early_effect(scenario: Scenario, pair: TruthPair) -> None:
    """Refuse a pair whose measure can bring the goal about before the landmark.

    The population is free of the goal at the landmark in the natural course. Where a start could have acted
    by then, those persons survived a hazard that the control world does not have, and with the same draws
    they would be immune there for a while: a contrast that no analysis from the landmark on estimates.
    """
    spell = SUSTAINED - 1 if pair.endpoint == "employment_13_weeks" else 0
    for effect in scenario.effects:
        reaches = (effect.cause, effect.acts_on) == (pair.measure, pair.endpoint)
        if reaches and effect.hazard_ratio != 1 and effect.delay_days + spell < LANDMARK:
            raise UsageError(
                f"The measure {pair.measure} can act on {pair.endpoint} before day {LANDMARK}.",
                where="scenario: truth_pairs",
                todo="Leave the pair out, or give the effect a longer delay.",
            )


def effect_truth(world: World, pair: TruthPair, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """True effect of starting a measure by the landmark on reaching an endpoint by the horizon.

    Both worlds use the same draws. Control: a start by the landmark is erased, and the natural referral
    process goes on from the landmark. Treated: whoever had not started starts on a day drawn from the
    person's own referral process given a start by the landmark.
    """
    s, n = world.scenario, len(world.people)
    _refuse_early_effect(s, pair)
    law = s.measures[pair.measure]
    start, goal = world.natural[pair.measure], world.outcomes.endpoint[pair.endpoint]
    early = start <= LANDMARK

    base = Baseline.monthly(law.start.monthly)
    ratio = np.exp(log_hazard(s, law.start, world.people, world.frailty, "referral"))
    by_landmark = base.cumulative(np.full(n, float(LANDMARK)))
    later = np.ceil(base.inverse(by_landmark + rng.standard_exponential(n) / ratio))
    chance = 1 - np.exp(-by_landmark * ratio)  # of a start by the landmark: the true propensity
    sooner = np.ceil(base.inverse(-np.log1p(-rng.random(n) * chance) / ratio))
    able = in_age(law, world.people)
    without = np.where(early, np.where(able, np.maximum(later, LANDMARK + 1), FAR), start)
    with_ = np.where(early | ~able, start, np.minimum(sooner, LANDMARK))

    def risks(starts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Goal, and departure before it, by the horizon after the landmark."""
        there = outcomes(
            s, world.people, world.frailty, world.draws, {**world.natural, pair.measure: starts}, world.waited
        ).endpoint[pair.endpoint]
        end = LANDMARK + HORIZON
        reached = (there <= end) & (there <= world.stay)
        return reached.astype(float), ((world.stay <= end) & (world.stay < there)).astype(float)

    goal_1, left_1 = risks(with_)
    goal_0, left_0 = risks(without)
    at_risk = _population(world, pair.endpoint) & able & (goal > LANDMARK) & (world.stay > LANDMARK)
    weights = {
        "ATT": (at_risk & early).astype(float),
        "ATE": at_risk.astype(float),
        "ATO": at_risk * chance * (1 - chance),
    }
    for estimand, weight in weights.items():
        household = world.people.household
        risk_1, _ = clustered_ratio(goal_1, weight, household)
        risk_0, _ = clustered_ratio(goal_0, weight, household)
        difference, error = clustered_ratio(goal_1 - goal_0, weight, household)
        departed_1, _ = clustered_ratio(left_1, weight, household)
        departed_0, _ = clustered_ratio(left_0, weight, household)
        yield {
            "measure": pair.measure,
            "endpoint": pair.endpoint,
            "negative_control": pair.negative_control,
            "landmark_days": LANDMARK,
            "horizon_days": HORIZON,
            "strategies": STRATEGIES,
            "estimand": estimand,
            "effect": "total",
            "risk_treated": round(risk_1, 5),
            "risk_control": round(risk_0, 5),
            "risk_difference": round(difference, 5),
            "departure_treated": round(departed_1, 5),
            "departure_control": round(departed_0, 5),
            "departure_difference": round(departed_1 - departed_0, 5),
            "std_error": round(error, 5),
            "persons": int((weight > 0).sum()),
            "treated_share": round(float((at_risk & early).sum() / at_risk.sum()), 5),
        }


def simulate_truth(
    scenario: Scenario, *, scale: float | None = None, seed: int | None = None
) -> dict[str, Any]:
    """The truth of a scenario as it is written to truth.json.

    Parameters
    ----------
    scenario : Scenario
    scale, seed : optional
        Size of the world and seed instead of those that the scenario names.

    Returns
    -------
    dict
        ``scenario_digest``, the definitions, and the lists ``incidence``, ``first_days``
        (by day from 0) and ``effects``.
    """
    run = scenario.truth
    rng = np.random.default_rng(run.seed if seed is None else seed)
    of_world, *of_pairs = rng.spawn(1 + len(scenario.truth_pairs))
    scale = run.scale if scale is None else scale
    world = build_world(scenario, of_world, scale=scale, priority_only=True)
    effects = [
        row
        for pair, stream in zip(scenario.truth_pairs, of_pairs, strict=True)
        for row in effect_truth(world, pair, stream)
    ]
    return {
        "scenario": scenario.name,
        "scenario_digest": scenario.digest,
        "seed": run.seed if seed is None else seed,
        "scale": scale,
        "population": POPULATION,
        "effect_population": "of the population those present and without the goal at the landmark, of the "
        "measure's age",
        "window": {"eligible_from": str(run.eligible_from), "eligible_until": str(run.eligible_until)},
        "time_origin": "first day of eligibility",
        "observation": "perfect: no delay of records, no late start of files, a closed case goes on",
        "competing_event": "departure",
        "places": "unlimited",
        "social_worker_effects": "kept",
        "incidence": list(incidence_truth(world)),
        "first_days": list(first_days_truth(world)),
        "effects": effects,
    }


def write_truth(path: Path, scenario: Scenario) -> None:
    """Simulate the truth and write it."""
    text = json.dumps(simulate_truth(scenario), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    target = Path("synthetic_data/hamm/truth.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_truth(target, load_scenario())
    print(f"Written: {target}")
