"""What acts on what: the endpoints that must be known before another, and how soon a measure can act."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

from hamm_eval.synthetic.scenario.support import Effect, MeasureModel

SUSTAINED = 91  # days: employment_13_weeks happens on the 91st day of a spell
SUSTAINED_ENDPOINT = "employment_13_weeks"


def ends_referral(measures: Mapping[str, MeasureModel], measure: str) -> str | None:
    """The endpoint that ends the referral to a measure, unless it is the measure's own completion."""
    until = measures[measure].until
    return None if until == measure else until


def parents(
    endpoint: str, effects: Sequence[Effect], measures: Mapping[str, MeasureModel]
) -> tuple[str, ...]:
    """The endpoints on which another one's hazard depends: causes, and goals that end a cause's referral."""
    found: dict[str, None] = {}
    for effect in effects:
        if effect.acts_on == endpoint:
            before = ends_referral(measures, effect.cause) if effect.cause in measures else effect.cause
            if before is not None and before != endpoint:
                found[before] = None
    return tuple(found)


def evaluation_order(
    endpoints: Sequence[str], effects: Sequence[Effect], measures: Mapping[str, MeasureModel]
) -> tuple[str, ...]:
    """Endpoints, each after those it depends on.

    Raises
    ------
    graphlib.CycleError
        Endpoints that depend on each other in a circle.
    """
    graph = {endpoint: parents(endpoint, effects, measures) for endpoint in endpoints}
    return tuple(TopologicalSorter(graph).static_order())


def earliest_action(
    measure: str, acts_on: str, effects: Sequence[Effect], measures: Mapping[str, MeasureModel]
) -> float:
    """Days after a measure's start from which it can change an endpoint or the departure; inf for never.

    Through other endpoints too: one that it brings about and that acts itself, or one that ends the referral
    to a measure that acts.
    """
    if measure == acts_on:
        return 0.0
    soonest = math.inf
    for effect in effects:
        if effect.acts_on != acts_on:
            continue
        if effect.cause == measure:
            soonest = min(soonest, effect.first_day)
        elif effect.cause not in measures:
            soonest = min(soonest, earliest_action(measure, effect.cause, effects, measures))
        else:
            before = ends_referral(measures, effect.cause)
            if before is not None and before != acts_on:
                soonest = min(soonest, earliest_action(measure, before, effects, measures))
    return soonest + (SUSTAINED - 1 if acts_on == SUSTAINED_ENDPOINT else 0)
