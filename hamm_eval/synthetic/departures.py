"""When households depart: they leave together, by a hazard since arrival that shares their frailty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.hazards import FAR, Baseline, FloatArray, StrArray, event_time, linear_predictor
from hamm_eval.synthetic.scenario import DEPARTURE, Effect, Hazard, Scenario

Changes = Sequence[tuple[FloatArray, FloatArray]]


def departure_days(
    law: Hazard,
    kind: StrArray,
    frailty: FloatArray,
    start: IntArray,
    draws: FloatArray,
    *,
    changes: Changes = (),
) -> IntArray:
    """Days of departure, for draws and changes in days since `start`."""
    lp = linear_predictor(law.terms, {"household_type": kind}) + law.frailty * frailty
    time = event_time(Baseline.monthly(law.monthly), draws, lp, changes=changes)
    return start + np.ceil(time).astype(np.int64)


def effect_changes(effect: Effect, since: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """What an effect adds to a log hazard, and when, for causes on the days `since`; FAR for none."""
    changes, before = [], 0.0
    for day, ratio in sorted(effect.hazard_ratio.items()):
        step = float(np.log(ratio)) - before
        changes.append((since + day, np.full(len(since), step)))
        before += step
    return changes


def acting_on_departure(s: Scenario) -> list[Effect]:
    """The measures' effects on the departure."""
    return [effect for effect in s.effects if effect.acts_on == DEPARTURE]


def priority_departures(
    s: Scenario,
    kind: StrArray,
    frailty: FloatArray,
    arrival: IntArray,
    free_from: IntArray,
    draws: FloatArray,
    referred: Mapping[str, FloatArray],
) -> IntArray:
    """Days of departure of priority integration, one for each household or each member's own world.

    Parameters
    ----------
    s : Scenario
    kind, frailty, arrival, free_from, draws : arrays, shape (n,)
        As in `Households`.
    referred : mapping of measure to array, shape (n,)
        Days since arrival of the household's first referral to each measure that acts on the departure.

    Returns
    -------
    array, shape (n,)
        Day numbers; `NEVER` where the trap of competing departures is switched off.
    """
    law = s.priority_integration
    if not s.traps.competing_departures:
        return np.full(len(kind), NEVER)
    rule = law.residence_rule
    free = np.where(free_from < NEVER, free_from - arrival, FAR).astype(float)
    changes = [(free, rule.departure + rule.frailty * frailty)]
    for effect in acting_on_departure(s):
        changes += effect_changes(effect, referred[effect.cause])
    return departure_days(law.departure, kind, frailty, arrival, draws, changes=changes)
