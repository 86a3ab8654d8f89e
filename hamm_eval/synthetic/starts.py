"""When measures start: the referral process, and the goals and departures that end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hamm_eval.synthetic.days import IntArray
from hamm_eval.synthetic.hazards import FAR, Baseline, FloatArray
from hamm_eval.synthetic.life import Draws, Outcomes, in_age, log_hazard
from hamm_eval.synthetic.people import BoolArray, People
from hamm_eval.synthetic.scenario import MeasureModel, Scenario
from hamm_eval.synthetic.scenario.dependencies import ends_referral

AT_ONCE_DAYS = 90.0  # without the trap of immortal time: who would start by then starts on the first day


@dataclass(frozen=True, slots=True)
class Referral:
    """The law of a measure's first start, by person: days since eligibility.

    `able` are those of the measure's age, `ratio` their hazard ratios; `at_once` where starts happen on the
    first day or never.
    """

    able: BoolArray
    base: Baseline
    ratio: FloatArray
    at_once: bool

    @classmethod
    def of(cls, s: Scenario, law: MeasureModel, people: People, frailty: FloatArray) -> Referral:
        """The referral to a measure; the same for all where confounding is switched off."""
        lp = (
            log_hazard(s, law.start, people, frailty, "referral")
            if s.traps.confounding
            else np.zeros(len(people))
        )
        base = Baseline.monthly(law.start.monthly)
        return cls(in_age(law, people), base, np.exp(lp), not s.traps.immortal_time)

    def first(self, exponential: FloatArray) -> FloatArray:
        """Day of the first start if nothing ends the waiting; FAR for never."""
        day = np.ceil(self.base.inverse(exponential / self.ratio))
        if self.at_once:
            day = np.where(day <= AT_ONCE_DAYS, 1.0, FAR)
        return np.where(self.able & (day < FAR), day, FAR)

    def chance_between(self, after: float, by: float) -> FloatArray:
        """Chance of a start in the days (after, by], given none before: the true propensity."""
        if self.at_once:
            after, by = 0.0, AT_ONCE_DAYS if after < 1 else 0.0
        first, last = (self.base.cumulative(np.full(len(self.ratio), t)) for t in (after, by))
        return np.where(self.able, -np.expm1(-(last - first) * self.ratio), 0.0)

    def drawn_between(self, after: float, by: float, uniform: FloatArray) -> FloatArray:
        """A start drawn given that it falls in the days (after, by]; FAR for whoever cannot start."""
        if self.at_once:
            return np.where(self.able, after + 1.0, FAR)
        chance = self.chance_between(after, by)
        passed = self.base.cumulative(np.full(len(uniform), after))
        day = np.ceil(self.base.inverse(passed - np.log1p(-uniform * chance) / self.ratio))
        return np.where(self.able, np.clip(day, after + 1, by), FAR)

    def drawn_after(self, day: float, exponential: FloatArray) -> FloatArray:
        """A start drawn given that there is none by `day`."""
        if self.at_once:
            return np.full(len(exponential), FAR)
        passed = self.base.cumulative(np.full(len(exponential), day))
        later = np.ceil(self.base.inverse(passed + exponential / self.ratio))
        return np.where(self.able & (later < FAR), np.maximum(later, day + 1), FAR)


def natural_starts(s: Scenario, people: People, frailty: FloatArray, draws: Draws) -> dict[str, FloatArray]:
    """Day of the first start of each measure if places are free and nothing ends the waiting."""
    return {
        name: Referral.of(s, law, people, frailty).first(draws.start[name])
        for name, law in s.measures.items()
    }


def before_goal(s: Scenario, starts: Mapping[str, FloatArray], found: Outcomes) -> dict[str, FloatArray]:
    """Starts that come before the goal that ends the referral; FAR for the others."""
    kept = {}
    for name in s.measures:
        start, until = starts[name], ends_referral(s.measures, name)
        kept[name] = start if until is None else np.where(start < found.endpoint[until], start, FAR)
    return kept


def before_departure(starts: Mapping[str, FloatArray], stay: IntArray) -> dict[str, FloatArray]:
    """Starts that come before the departure; FAR for the others."""
    return {name: np.where(start < stay, start, FAR) for name, start in starts.items()}
