"""True effects of starting a measure on reaching an endpoint: both worlds are made of the same draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Any

import numpy as np

from hamm_eval.synthetic.hazards import DAYS_PER_MONTH, FAR, FloatArray
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.scenario import DEPARTURE, Scenario, TruthPair
from hamm_eval.synthetic.scenario.dependencies import earliest_action, ends_referral
from hamm_eval.synthetic.starts import Referral
from hamm_eval.synthetic.truth.contrasts import (
    ADHERENCES,
    CONTRASTS,
    ESTIMANDS,
    HORIZON_MONTHS,
    Contrast,
    Trial,
)
from hamm_eval.synthetic.truth.incidence import horizon_day
from hamm_eval.synthetic.truth.potential import Subjects, goals, stays, subjects_of
from hamm_eval.synthetic.truth.tally import Tally
from hamm_eval.synthetic.world import World

EFFECTS = ("total", "departure_prevented")
QUANTITIES = (
    "risk_treated",
    "risk_control",
    "risk_difference",
    "months_difference",
    "departure_treated",
    "departure_control",
    "departure_difference",
)
WITH_ERROR = ("risk_difference", "months_difference")  # the others are there to read, not to compare with


def soonest_action(s: Scenario, pair: TruthPair) -> float:
    """Days after a start from which it can change the goal or the departure; inf for never."""
    return min(
        earliest_action(pair.measure, end, s.effects, s.measures) for end in (pair.endpoint, DEPARTURE)
    )


def contrasts_of(s: Scenario, pair: TruthPair) -> tuple[Contrast, ...]:
    """The contrasts that mean something for a pair.

    None from a landmark by which a start can have acted on the goal or the departure: those at risk then
    survived a hazard that the control world does not have, and with the same draws they would be immune there
    for a while. No analysis from the landmark on estimates that.
    """
    soonest = soonest_action(s, pair)
    return tuple(c for c in CONTRASTS if c.landmark_days is None or soonest >= c.landmark_days)


def without_effect(s: Scenario) -> Iterator[TruthPair]:
    """Every other measure and endpoint where no start can change goal or departure: all effects are 0.

    A course and its own completion are no such pair, and none whose effect would be worth knowing.
    """
    told = {(pair.measure, pair.endpoint) for pair in s.truth_pairs}
    for measure, endpoint in product(s.measures, s.endpoints):
        pair = TruthPair(measure=measure, endpoint=endpoint)
        if (measure, endpoint) not in told and measure != endpoint and soonest_action(s, pair) == inf:
            yield pair


class _Worlds:
    """Goal and departure of the subjects for any day of the measure's start."""

    def __init__(self, s: Scenario, pair: TruthPair, who: Subjects) -> None:
        self.s, self.pair, self.who = s, pair, who
        self.changes_goal = earliest_action(pair.measure, pair.endpoint, s.effects, s.measures) < inf
        self.changes_stay = earliest_action(pair.measure, DEPARTURE, s.effects, s.measures) < inf
        self.natural = goals(s, who, who.natural, pair.endpoint), stays(s, who, who.natural)
        until = ends_referral(s.measures, pair.measure)
        self.never = self.given(np.full(len(who), FAR))
        # Nobody is referred any more who has what the measure is for.
        self.referable_until = self.natural[0] if until is None else goals(s, who, who.natural, until)

    def given(self, start: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Days of goal and departure."""
        starts = {**self.who.natural, self.pair.measure: start}
        goal, stay = self.natural
        if self.changes_goal:
            goal = goals(self.s, self.who, starts, self.pair.endpoint)
        if self.changes_stay:
            stay = stays(self.s, self.who, starts)
        return goal, stay


def tally_effects(
    world: World,
    pair: TruthPair,
    referred: Mapping[str, FloatArray],
    tally: Tally,
    rng: np.random.Generator,
) -> None:
    """Count both potential outcomes of each person under every contrast; `referred` as `referrals` has it."""
    s = world.scenario
    who = subjects_of(world, pair.endpoint, pair.measure, referred)
    law = Referral.of(s, s.measures[pair.measure], who.people, who.frailty)
    worlds = _Worlds(s, pair, who)
    for contrast in contrasts_of(s, pair):
        trials = [_trial(worlds, law, trial, rng) for trial in contrast.trials]
        # A person in several trials is one cluster with all of them.
        household = np.tile(who.people.household, len(trials))
        for asked in trials[0].values:
            values = {
                name: np.concatenate([trial.values[asked][name] for trial in trials]) for name in QUANTITIES
            }
            for estimand in ESTIMANDS:
                weights = np.concatenate([trial.weights[estimand] for trial in trials])
                key = (pair, contrast.key, *asked, estimand)
                tally.add_all(
                    {(*key, name): value for name, value in values.items()},
                    weights,
                    household,
                    with_error=[(*key, name) for name in WITH_ERROR],
                )


@dataclass(frozen=True, slots=True)
class _Counted:
    """One trial of all subjects.

    `weights` by estimand, 0 for whoever is not at risk; `values` by adherence, kind of effect and horizon,
    then by quantity.
    """

    weights: dict[str, FloatArray]
    values: dict[tuple[str, str, int], dict[str, FloatArray]]


def _trial(worlds: _Worlds, law: Referral, trial: Trial, rng: np.random.Generator) -> _Counted:
    """Simulate one trial: both worlds of every subject."""
    who, pair = worlds.who, worlds.pair
    start, (goal, stay) = who.natural[pair.measure], worlds.natural
    at_risk = law.able & (start > trial.after) & (goal > trial.zero) & (stay > trial.zero)
    at_risk &= worlds.referable_until > trial.zero
    # Who would start in these days, whatever comes before: selecting on a start that happens would select on
    # not having reached the goal until then. A start that comes after goal or departure changes nothing.
    in_window = start <= trial.by
    n = len(who)
    chance = law.chance_between(trial.after, trial.by)
    sooner = law.drawn_between(trial.after, trial.by, rng.random(n))
    if trial.at_the_latest:
        sooner = np.where(law.able, float(trial.by), FAR)
    later = law.drawn_after(trial.by, rng.standard_exponential(n))
    treated = worlds.given(np.where(in_window, start, sooner))
    weights = {
        "ATT": (at_risk & in_window).astype(float),
        "ATE": at_risk.astype(float),
        "ATO": at_risk * chance * (1 - chance),
    }
    found: dict[tuple[str, str, int], dict[str, FloatArray]] = {}
    for adherence in ADHERENCES:
        # Who has started before the trial is not at risk: any day will do.
        control = (
            worlds.given(np.where(in_window, later, start))
            if adherence == "intention_to_treat"
            else worlds.never
        )
        for effect, months in product(EFFECTS, HORIZON_MONTHS):
            end = trial.zero + horizon_day(months)
            found[adherence, effect, months] = _values(
                treated, control, end, at_risk, prevented=effect != "total"
            )
    return _Counted(weights, found)


def _values(
    treated: tuple[FloatArray, FloatArray],
    control: tuple[FloatArray, FloatArray],
    end: int,
    at_risk: BoolArray,
    *,
    prevented: bool,
) -> dict[str, FloatArray]:
    """What is compared at the end of follow-up, by person."""

    def seen(world: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Goal reached, months with the goal, departed before it."""
        goal, stay = world[0], np.full(len(world[1]), FAR) if prevented else world[1]
        reached = (goal <= end) & (goal <= stay)
        months = np.where(reached & at_risk, end - goal, 0.0) / DAYS_PER_MONTH
        return reached.astype(float), months, ((stay <= end) & (stay < goal)).astype(float)

    (goal_1, months_1, left_1), (goal_0, months_0, left_0) = seen(treated), seen(control)
    parts = (goal_1, goal_0, goal_1 - goal_0, months_1 - months_0, left_1, left_0, left_1 - left_0)
    return dict(zip(QUANTITIES, parts, strict=True))


def effect_rows(s: Scenario, pair: TruthPair, tally: Tally) -> Iterator[dict[str, Any]]:
    """A row for each contrast, adherence, kind of effect, horizon and estimand."""
    for contrast in contrasts_of(s, pair):
        for adherence, effect, months, estimand in product(ADHERENCES, EFFECTS, HORIZON_MONTHS, ESTIMANDS):
            key = (pair, contrast.key, adherence, effect, months)
            asked = (*key, estimand)
            started = tally.persons((*key, "ATT", "risk_difference"))
            at_risk = tally.persons((*key, "ATE", "risk_difference"))
            yield {
                "measure": pair.measure,
                "endpoint": pair.endpoint,
                "negative_control": pair.negative_control,
                "strategies": contrast.key,
                "landmark_days": contrast.landmark_days,
                "grace_days": contrast.grace_days,
                "adherence": adherence,
                "effect": effect,
                "horizon_months": months,
                "horizon_days": horizon_day(months),
                "estimand": estimand,
                **{name: round(tally.mean((*asked, name)), 5) for name in QUANTITIES},
                "std_error": round(tally.std_error((*asked, "risk_difference")), 5),
                "months_std_error": round(tally.std_error((*asked, "months_difference")), 5),
                "persons": tally.persons((*asked, "risk_difference")),
                "treated_share": round(started / at_risk, 5),
            }
