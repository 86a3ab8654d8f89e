"""Persons of the households: age, sex, schooling, German, needs, social worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamm_eval.synthetic.days import NEVER, IntArray, completed_years, first_of_month
from hamm_eval.synthetic.hazards import FloatArray, StrArray, linear_predictor
from hamm_eval.synthetic.households import Households, draw_from
from hamm_eval.synthetic.scenario import AGE_GROUPS, Scenario

BoolArray = NDArray[np.bool_]

AGE_CUTS = (25, 35, 45)


@dataclass(frozen=True, slots=True)
class People:
    """Persons as arrays of shape (n,), sorted by household.

    `household` and `worker` are positions, `team` says which copy of the worker it is; `age` is in completed
    years on the first day of eligibility (of arrival, for whoever has none); `priority` holds the need 1 to 3
    by domain.
    """

    household: IntArray
    head: BoolArray
    birth: IntArray
    age: IntArray
    sex: StrArray
    schooling: StrArray
    german: StrArray
    worker: IntArray
    team: IntArray
    priority: Mapping[str, IntArray]
    covariates: Mapping[str, StrArray]

    def __len__(self) -> int:
        return len(self.household)


def _ages(classes: Mapping[int, float], n: int, rng: np.random.Generator) -> FloatArray:
    """Ages in years: a class by its share, evenly within it."""
    bounds = np.array(sorted(classes), dtype=float)
    chances = np.array([classes[int(b)] for b in bounds[:-1]])
    drawn = rng.choice(len(chances), size=n, p=chances / chances.sum())
    return bounds[drawn] + rng.random(n) * (bounds[drawn + 1] - bounds[drawn])


def populate(s: Scenario, households: Households, teams: int, rng: np.random.Generator) -> People:
    """Draw the persons of every household; the workers of the scenario are there `teams` times."""
    household = np.repeat(np.arange(len(households)), households.size)
    n = len(household)
    place = np.arange(n) - np.repeat(np.cumsum(households.size) - households.size, households.size)
    kind = households.household_type[household]
    couple = np.char.startswith(kind, "couple")
    parent = np.isin(kind, ["single_parent", "couple_with_children"])
    child = parent & (place >= np.where(couple, 2, 1))
    law = s.people

    years = np.where(parent, _ages(law.parent_age, n, rng), _ages(law.adult_age, n, rng))
    years = np.where(child, 17.5 * rng.random(n), years)
    birth = first_of_month(households.arrival[household] - np.floor(years * 365.25).astype(np.int64))

    u = rng.random(n)
    male = u < 0.5
    male = np.where(kind == "single", u < law.single_male, male)
    male = np.where((kind == "single_parent") & ~child, u >= law.single_parent_female, male)
    head_male = (rng.random(len(households)) < law.couple_head_male)[household]
    male = np.where(couple & ~child, np.where(place == 0, head_male, ~head_male), male)

    origin = households.origin[household]
    schooling = draw_from(law.schooling["other"], n, rng)
    for name, shares in law.schooling.items():
        if name != "other":
            schooling = np.where(origin == name, draw_from(shares, n, rng), schooling)
    schooling = np.where(years < 16, np.where(years < 8, "none", "primary"), schooling)
    german = np.where(years < 3, "none", draw_from(law.german, n, rng))
    sex = np.where(male, "male", "female")

    spaces = draw_from(s.social_spaces, len(households), rng)
    place_of = np.array([w.social_space for w in s.workers])
    worker_of = np.zeros(len(households), dtype=np.int64)
    for space in s.social_spaces:
        here = np.flatnonzero(spaces == space)
        worker_of[here] = rng.choice(np.flatnonzero(place_of == space), size=len(here))
    team_of = rng.integers(teams, size=len(households))

    eligible = households.eligible_from[household]
    age = completed_years(birth, np.where(eligible < NEVER, eligible, households.arrival[household]))
    covariates: dict[str, StrArray] = {
        "sex": sex,
        "schooling": schooling,
        "german": german,
        "household_type": kind,
        "age_group": np.array(AGE_GROUPS)[np.searchsorted(AGE_CUTS, age, side="right")],
    }
    priority: dict[str, IntArray] = {}
    for name, need in s.needs.items():
        score = need.level + linear_predictor(need.terms, covariates) + need.spread * rng.standard_normal(n)
        priority[name] = np.clip(np.round(score), 1, 3).astype(np.int64)
        covariates[f"need_{name}"] = priority[name].astype(np.str_)
    return People(
        household=household,
        head=place == 0,
        birth=birth,
        age=age,
        sex=sex,
        schooling=schooling,
        german=german,
        worker=worker_of[household],
        team=team_of[household],
        priority=priority,
        covariates=covariates,
    )
