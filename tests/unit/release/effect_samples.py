"""Effects of made data, with everything that the gate looks at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hamm_eval.effects import (
    DepartureTipping,
    LeaveOneOut,
    PerArm,
    assess_design,
    e_value,
    estimate_effect,
    summarise_design,
)
from hamm_eval.estimate import CountTable, Definition, Effect


def tipping(**other: Any) -> DepartureTipping:
    """Half of the controls who departed would make up for the difference."""
    none = np.zeros(1)
    made = DepartureTipping(
        none, none, none, none, none, PerArm(30, 60), PerArm(None, 0.5), PerArm(None, 0.3)
    )
    return replace(made, **other)


def make(persons: int = 600, seed: int = 5, **other: Any) -> Effect:
    rng = np.random.default_rng(seed)
    age = rng.normal(size=persons)
    treated = (rng.random(persons) < 1 / (1 + np.exp(1.0 - 0.5 * age))).astype(int)
    outcome = (rng.random(persons) < 0.3 + 0.12 * treated + 0.05 * age).astype(int)
    fit = estimate_effect(
        outcome, treated, age[:, None], outcome_family="binomial", cluster=np.arange(persons) // 2
    )
    worker = estimate_effect(
        outcome, treated, age[:, None], outcome_family="binomial", cluster=np.arange(persons) % 25
    )
    arms = {
        "treated": int(treated.sum()),
        "controls": int((1 - treated).sum()),
        "events_treated": int(outcome[treated == 1].sum()),
        "events_controls": int(outcome[treated == 0].sum()),
    }
    flow = CountTable(
        definition=Definition("measure_effectiveness", "flow"),
        rows=("eligible", "goal_before", "analysed"),
        columns=("persons",),
        row_dimension="step",
        column_dimension="",
        counts=np.array([[persons + 4], [4], [persons]]),
    )
    arms |= {"departed_treated": arms["treated"] // 5, "departed_controls": arms["controls"] // 5}
    found = Effect(
        definition=Definition("measure_effectiveness", "intensive_course_on_b1", {"estimand": "ATT"}),
        measure="language_course_intensive",
        endpoint="language_b1",
        landmark_days=90,
        horizon_days=365,
        flow=flow,
        fit=fit,
        by_worker=worker,
        departure=fit,
        negative_control=None,
        negative_control_endpoint="",
        parameters=4,
        detectable=0.123,
        balance_limit=assess_design(fit).balance_limit,
        checks=summarise_design(fit),
        e_value=e_value(1.4, 1.1, 1.8),
        tipping=tipping(),
        leave_one_out=LeaveOneOut(("age", "sex"), np.array([fit.value + 0.052, fit.value]), fit.value),
        **arms,
    )
    control = replace(
        found, endpoint="social_participation", fit=replace(worker, value=0.0, lower=-0.1, upper=0.1)
    )
    beside = {"negative_control": control, "negative_control_endpoint": "social_participation"}
    return replace(found, **(beside | other))
