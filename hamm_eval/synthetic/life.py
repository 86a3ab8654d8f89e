"""What happens to persons after eligibility: starts of measures and endpoints, in days since eligibility.

All unit draws are made once (`Draws`). Another world, in which some start is erased or set, is simulated
from the same draws: common random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray
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

SUSTAINED = 91  # days: employment_13_weeks happens on the 91st day of a spell


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


def natural_starts(s: Scenario, people: People, frailty: FloatArray, draws: Draws) -> dict[str, FloatArray]:
    """Day of the first start of each measure if nothing ends the waiting; FAR for never."""
    starts = {}
    for name, law in s.measures.items():
        lp = log_hazard(s, law.start, people, frailty, "referral")
        day = np.ceil(event_time(Baseline.monthly(law.start.monthly), draws.start[name], lp))
        starts[name] = np.where(in_age(law, people), day, FAR)
    return starts


def outcomes(
    s: Scenario,
    people: People,
    frailty: FloatArray,
    draws: Draws,
    starts: Mapping[str, FloatArray],
    waited: IntArray,
) -> Outcomes:
    """Endpoints given the starts of measures; `waited` are the days between arrival and eligibility."""
    reached: dict[str, FloatArray] = {}
    spells: Spells | None = None
    for name, law in s.endpoints.items():
        if not law.monthly:
            length = duration(s.measures[name], draws.duration[name])
            completed = draws.completes[name] & (starts[name] < FAR)
            reached[name] = np.where(completed, starts[name] + length, FAR)
            continue
        changes = []
        for effect in (e for e in s.effects if e.acts_on == name):
            if effect.cause in s.measures:
                cause = np.where(draws.completes[effect.cause], starts[effect.cause], FAR)
            else:
                cause = np.maximum(reached[effect.cause], 0.0)
            step = np.full(len(people), np.log(effect.hazard_ratio))
            changes.append((cause + effect.delay_days, step))
        lp = log_hazard(s, law.hazard, people, frailty, "outcome")
        base = Baseline.monthly(law.monthly)
        if name == "employment_13_weeks":
            spells = _spells(s, base, lp, changes, draws)
            long = (spells.begin < FAR) & (spells.end - spells.begin >= SUSTAINED)
            day = np.where(long, spells.begin + SUSTAINED - 1, FAR).min(axis=1)
        else:
            day = np.ceil(event_time(base, draws.endpoint[name], lp, changes=changes))
            earlier = _before(law, lp, draws.before[name], waited)
            day = np.where(earlier < 0, earlier, day)
        reached[name] = np.where(in_age(law, people), day, FAR)
    assert spells is not None, "the scenario needs employment_13_weeks"
    return Outcomes(reached, spells)


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
) -> Spells:
    """Spells of work or training one after the other."""
    law = s.employment
    n = len(lp)
    begins, ends = [], []
    here = np.zeros(n)
    for j in range(law.spells):
        begin = np.ceil(event_time(base, draws.spell_gap[:, j], lp, changes=changes, start=here))
        short = draws.spell_length[:, j, 0] < law.short_share
        u = draws.spell_length[:, j, 1]
        length = np.where(
            short,
            law.short_days[0] + (law.short_days[1] - law.short_days[0]) * u,
            law.long_days[0] + (law.long_days[1] - law.long_days[0]) * u,
        )
        end = np.minimum(begin + np.floor(length), FAR)
        begins.append(np.minimum(begin, FAR))
        ends.append(end)
        here = np.minimum(end + 1, FAR)
    return Spells(np.stack(begins, 1), np.stack(ends, 1), draws.spell_kind < law.training_share)


def valid_starts(
    s: Scenario, starts: Mapping[str, FloatArray], found: Outcomes, stay: IntArray
) -> dict[str, FloatArray]:
    """Starts that happen: before the departure, and before the goal that ends the referral."""
    valid = {}
    for name, law in s.measures.items():
        until = stay.astype(float)
        if law.until is not None and law.until != name:
            until = np.minimum(until, found.endpoint[law.until])
        valid[name] = np.where(starts[name] < until, starts[name], FAR)
    return valid


def days_stayed(eligible_from: IntArray, departure: IntArray) -> IntArray:
    """Days from eligibility to departure."""
    return np.where(eligible_from < NEVER, np.minimum(departure, NEVER) - eligible_from, 0)
