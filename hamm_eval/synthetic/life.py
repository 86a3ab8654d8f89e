"""What happens to persons after eligibility: their endpoints, in days since eligibility.

All unit draws are made once (`Draws`). Another world, in which some start is erased or set, is simulated
from the same draws: common random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.departures import effect_changes
from hamm_eval.synthetic.hazards import (
    DAYS_PER_MONTH,
    FAR,
    Baseline,
    FloatArray,
    event_time,
    linear_predictor,
)
from hamm_eval.synthetic.people import BoolArray, People
from hamm_eval.synthetic.scenario import EndpointModel, Hazard, MeasureModel, Scenario
from hamm_eval.synthetic.scenario.dependencies import (
    SUSTAINED,
    SUSTAINED_ENDPOINT,
    ends_referral,
    evaluation_order,
    parents,
)


@dataclass(frozen=True, slots=True)
class Draws:
    """Random draws of n persons: unit exponentials and uniforms by process."""

    start: Mapping[str, FloatArray]
    duration: Mapping[str, FloatArray]
    completes: Mapping[str, BoolArray]
    endpoint: Mapping[str, FloatArray]
    before: Mapping[str, FloatArray]
    spell_gap: FloatArray
    spell_length: FloatArray
    spell_kind: FloatArray


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells of work or training, arrays of shape (n, spells): begin and end in days, FAR for none."""

    begin: FloatArray
    end: FloatArray
    training: BoolArray


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Day of each endpoint since eligibility, whatever the departure; negative: reached before."""

    endpoint: Mapping[str, FloatArray]
    spells: Spells


def draw(s: Scenario, n: int, rng: np.random.Generator) -> Draws:
    """Every random draw that lives are made of."""
    shape = (n, s.employment.spells)
    return Draws(
        start={m: rng.standard_exponential(n) for m in s.measures},
        duration={m: rng.random(n) for m in s.measures},
        completes={m: rng.random(n) < s.measures[m].completed for m in s.measures},
        endpoint={e: rng.standard_exponential(n) for e in s.endpoints},
        before={e: rng.standard_exponential(n) for e in s.endpoints},
        spell_gap=rng.standard_exponential(shape),
        spell_length=rng.random((*shape, 2)),
        spell_kind=rng.random(shape),
    )


def log_hazard(s: Scenario, law: Hazard, people: People, frailty: FloatArray, role: str) -> FloatArray:
    """Linear predictor: measured characteristics, household frailty, the worker's effect in that role."""
    effect = np.array([getattr(w, role) for w in s.workers])[people.worker]
    return linear_predictor(law.terms, people.covariates) + law.frailty * frailty + law.worker * effect


def in_age(law: MeasureModel | EndpointModel, people: People) -> BoolArray:
    """Whether each person is of the age that the measure or endpoint is for."""
    return (people.age >= law.min_age) & (people.age <= law.max_age)


def outcomes(
    s: Scenario,
    people: People,
    frailty: FloatArray,
    draws: Draws,
    starts: Mapping[str, FloatArray],
    waited: IntArray,
    recognised: FloatArray,
    *,
    only: str | None = None,
) -> Outcomes:
    """Endpoints given the starts of measures.

    Parameters
    ----------
    s : Scenario
    people, frailty, draws
        Persons and what their lives are made of; arrays of shape (n,).
    starts : mapping of measure to array, shape (n,)
        Days since eligibility; FAR for none.
    waited : array, shape (n,)
        Days between arrival and eligibility.
    recognised : array, shape (n,)
        Day of recognition since eligibility, 0 if it comes before; FAR for never.
    only : str, optional
        An endpoint that alone is asked for: it and what it depends on are simulated, which is faster.
    """
    reached: dict[str, FloatArray] = {}
    spells: Spells | None = None
    needed = set(s.endpoints) if only is None else _ancestors(s, only)
    for name in evaluation_order(tuple(s.endpoints), s.effects, s.measures):
        law = s.endpoints[name]
        if name not in needed:
            continue
        if not law.monthly:
            length = duration(s.measures[name], draws.duration[name])
            completed = draws.completes[name] & (starts[name] < FAR)
            reached[name] = np.where(completed, starts[name] + length, FAR)
            continue
        lp = log_hazard(s, law.hazard, people, frailty, "outcome")
        base = Baseline.monthly(law.monthly)
        changes = hazard_changes(s, name, draws, starts, reached, recognised)
        if name == SUSTAINED_ENDPOINT:
            spells = _spells(s, base, lp, changes, draws, all_of_them=only is None)
            long = (spells.begin < FAR) & (spells.end - spells.begin >= SUSTAINED)
            day = np.where(long, spells.begin + SUSTAINED - 1, FAR).min(axis=1)
        else:
            day = np.ceil(event_time(base, draws.endpoint[name], lp, changes=changes))
            earlier = _before(law, lp, draws.before[name], waited)
            day = np.where(earlier < 0, earlier, day)
        reached[name] = np.where(in_age(law, people), day, FAR)
    if spells is None:
        none = np.full((len(people), 0), FAR)
        spells = Spells(none, none, none < FAR)
    return Outcomes(reached, spells)


def hazard_changes(
    s: Scenario,
    endpoint: str,
    draws: Draws,
    starts: Mapping[str, FloatArray],
    reached: Mapping[str, FloatArray],
    recognised: FloatArray,
) -> list[tuple[FloatArray, FloatArray]]:
    """What is added to an endpoint's log hazard, and from which day on, as `event_time` takes it.

    `reached` are the endpoints on which this one depends. A measure that is broken off has no effect, nor one
    whose referral ends with a goal that comes before its start.
    """
    changes: list[tuple[FloatArray, FloatArray]] = []
    for effect in (e for e in s.effects if e.acts_on == endpoint):
        if effect.cause in s.measures:
            start, before = starts[effect.cause], ends_referral(s.measures, effect.cause)
            happens = draws.completes[effect.cause]
            if before is not None and before != endpoint:
                happens = happens & (start < reached[before])
            cause = np.where(happens, start, FAR)
        else:
            cause = np.maximum(reached[effect.cause], 0.0)
        changes += effect_changes(effect, cause)
    if s.endpoints[endpoint].recognised:
        changes.append((recognised, np.full(len(recognised), s.endpoints[endpoint].recognised)))
    return changes


def _ancestors(s: Scenario, endpoint: str) -> set[str]:
    """An endpoint and those on which it depends, however indirectly."""
    found = {endpoint}
    for parent in parents(endpoint, s.effects, s.measures):
        found |= _ancestors(s, parent)
    return found


def _before(law: EndpointModel, lp: FloatArray, draws: FloatArray, waited: IntArray) -> FloatArray:
    """Days before eligibility (negative) on which the goal was reached already; 0 where it was not."""
    if law.before == 0:
        return np.zeros(len(lp))
    time = draws * np.exp(-lp) / law.before * DAYS_PER_MONTH
    return np.where(time < waited, np.minimum(-1.0, np.ceil(time) - waited), 0.0)


def duration(law: MeasureModel, uniform: FloatArray) -> FloatArray:
    """Length in days of a measure that is not broken off."""
    low, high = law.duration_days
    return np.floor(low + (high - low) * uniform)


def _spells(
    s: Scenario,
    base: Baseline,
    lp: FloatArray,
    changes: list[tuple[FloatArray, FloatArray]],
    draws: Draws,
    *,
    all_of_them: bool,
) -> Spells:
    """Spells of work or training one after the other; if not all, each person's until a sustained one."""
    law = s.employment
    shape = draws.spell_gap.shape
    begins, ends = np.full(shape, FAR), np.full(shape, FAR)
    who = np.arange(shape[0])
    here = np.zeros(shape[0])
    for j in range(law.spells):
        steps = [(time[who], size[who]) for time, size in changes]
        begin = np.ceil(event_time(base, draws.spell_gap[who, j], lp[who], changes=steps, start=here))
        short = draws.spell_length[who, j, 0] < law.short_share
        u = draws.spell_length[who, j, 1]
        length = np.where(
            short,
            law.short_days[0] + (law.short_days[1] - law.short_days[0]) * u,
            law.long_days[0] + (law.long_days[1] - law.long_days[0]) * u,
        )
        end = np.minimum(begin + np.floor(length), FAR)
        begins[who, j] = np.minimum(begin, FAR)
        ends[who, j] = end
        here = np.minimum(end + 1, FAR)
        if not all_of_them:
            go_on = (end < FAR) & (end - begin < SUSTAINED)
            who, here = who[go_on], here[go_on]
    return Spells(begins, ends, draws.spell_kind < law.training_share)


def days_stayed(eligible_from: IntArray, departure: IntArray) -> IntArray:
    """Days from eligibility to departure."""
    return np.where(eligible_from < NEVER, np.minimum(departure, NEVER) - eligible_from, 0)
