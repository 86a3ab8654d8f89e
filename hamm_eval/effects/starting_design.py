"""What is told of two strategies before their outcomes: balance, overlap, sizes, events per parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamm_eval.effects.balancing import compare_covariates
from hamm_eval.effects.covariates import Covariates
from hamm_eval.effects.positivity import PerArm, assess_overlap, kish
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
        "overlap": assess_overlap(
            strategies.weights.propensity,
            started.astype(float),
            np.where(started, own[0], own[1]),
            sampling * strategies.weights.target.value,
        ),
        "effective_n": PerArm(*(kish(_by_person(weight * seen, persons)) for weight in own)),
        "n": distinct_persons(np.ones(started.size), started, persons),
        "truncated": PerArm(0, 0),
        "unmatched": PerArm(0, 0),
        "dropped": given.dropped,
    }


def _by_person(values: FloatArray, persons: IntArray | None) -> FloatArray:
    """Sums over a person's rows."""
    return values if persons is None else sum_by(persons, values, int(persons.max()) + 1)


def distinct_persons(flags: FloatArray, started: Any, persons: IntArray | None) -> PerArm[int]:
    """Distinct persons with a flagged row among those who started and those who did not."""

    def count(chosen: Any) -> int:
        return int(chosen.sum()) if persons is None else int(np.unique(persons[chosen]).size)

    return PerArm(count((flags > 0) & started), count((flags > 0) & ~started))


def model_support(
    started: Any, happened: FloatArray, covariates: int, parameters: int, family: Family
) -> tuple[ModelSupport, ...]:
    """Events per parameter of the start model and the outcome model; the rarer side counts."""
    ones = int(started.sum())
    found = [ModelSupport("propensity", min(ones, started.size - ones), covariates)]
    if parameters:
        events = int(min(happened.sum(), happened.size - happened.sum()))
        found.append(ModelSupport("outcome", events if family == "binomial" else happened.size, parameters))
    return tuple(found)
