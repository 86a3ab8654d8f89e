"""What is told of two strategies before their outcomes: balance, overlap, sizes, events per parameter.

Where trials are pooled a person has several rows: everything here counts distinct persons, for rows of one
person are neither more people to learn from nor other people to protect.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hamm_eval.effects.balancing import compare_covariates
from hamm_eval.effects.covariates import Covariates
from hamm_eval.effects.positivity import Overlap, PerArm, assess_overlap, kish
from hamm_eval.effects.regression import Family
from hamm_eval.effects.results import ModelSupport
from hamm_eval.effects.starting_means import Strategies
from hamm_eval.inference import FloatArray, IntArray, sum_by


def describe_strategies(
    strategies: Strategies, given: Covariates, started: Any, persons: IntArray | None
) -> dict[str, Any]:
    """Fields of an `Effect` that look at no outcome."""
    sampling, seen = strategies.sampling, strategies.observed.weights
    own = [sampling * arm.value for arm in strategies.arms]
    arm = np.repeat([1.0, 0.0], started.size)
    twice = np.vstack([given.given, given.given])
    names = given.given_names
    return {
        "balance": compare_covariates(names, twice, arm, np.concatenate(own)),
        "balance_before": compare_covariates(names, given.given, started.astype(float), sampling),
        "overlap": _overlap_of_persons(
            strategies.weights.propensity,
            started,
            np.where(started, own[0], own[1]),
            sampling * strategies.weights.target.value,
            persons,
        ),
        "effective_n": PerArm(*(kish(_by_person(weight * seen, persons)) for weight in own)),
        "n": distinct_persons(np.ones(started.size), started, persons),
        "truncated": PerArm(0, 0),
        "unmatched": PerArm(0, 0),
        "dropped": given.dropped,
    }


def _overlap_of_persons(
    propensity: FloatArray, started: Any, own: FloatArray, target: FloatArray, persons: IntArray | None
) -> Overlap:
    """Overlap of persons in arms: the propensity of the first row there, the weights of all rows there."""
    if persons is None:
        return assess_overlap(propensity, started.astype(float), own, target)
    _, first, place = np.unique(2 * persons + started, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    arm = started[first].astype(float)
    weights = (sum_by(place, values, first.size) for values in (own, target))
    return assess_overlap(propensity[first], arm, *weights)


def _by_person(values: FloatArray, persons: IntArray | None) -> FloatArray:
    """Sums over a person's rows."""
    return values if persons is None else sum_by(persons, values, int(persons.max()) + 1)


def distinct_persons(flags: FloatArray, started: Any, persons: IntArray | None) -> PerArm[int]:
    """Distinct persons with a flagged row where `started` holds, and where it does not."""

    def count(chosen: Any) -> int:
        return int(chosen.sum()) if persons is None else int(np.unique(persons[chosen]).size)

    return PerArm(count((flags > 0) & started), count((flags > 0) & ~started))


def model_support(
    started: Any,
    happened: FloatArray,
    seen: Any,
    persons: IntArray | None,
    covariates: int,
    parameters: int,
    family: Family,
) -> tuple[ModelSupport, ...]:
    """Persons with an event per parameter of the start and the outcome model; the rarer side counts."""
    arms = distinct_persons(np.ones(started.size), started, persons)
    found = [ModelSupport("propensity", min(arms.treated, arms.control), covariates)]
    if parameters:
        sides = distinct_persons(seen.astype(float), happened > 0, persons)
        events = min(sides.treated, sides.control)
        whole = distinct_persons(seen.astype(float), seen, persons).treated
        found.append(ModelSupport("outcome", events if family == "binomial" else whole, parameters))
    return tuple(found)
