"""What is done and what comes of it: endpoints, measures, effects, case work, ratings."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hamm_eval.synthetic.scenario.laws import Count, Days, Hazard, Monthly, Positive, Share, Terms
from hamm_eval.vocabulary import Domain
from hamm_eval.yaml_models import FrozenModel

DEPARTURE = "departure"


class EndpointModel(FrozenModel):
    """Hazard of an endpoint; without `monthly` it follows from a measure of the same name.

    `recognised` is added to the log hazard from the day of recognition on.
    """

    min_age: Count
    max_age: Count
    monthly: Monthly = Field(default_factory=dict)
    before: float = 0.0
    frailty: float = 0.0
    worker: float = 0.0
    recognised: float = 0.0
    terms: Terms = Field(default_factory=dict)

    @property
    def hazard(self) -> Hazard:
        """The hazard after eligibility."""
        return Hazard(monthly=self.monthly, terms=self.terms, frailty=self.frailty, worker=self.worker)


class Employment(FrozenModel):
    """Spells of work or training: how many are short, and how long they last."""

    short_share: Share
    short_days: Days
    long_days: Days
    training_share: Share
    spells: Annotated[int, Field(ge=1)]


class MeasureModel(FrozenModel):
    """A support measure: what it is, who may start, when, and how it ends.

    `places` are those that become free per month, from each day named until the next one; without any,
    they are unlimited.
    """

    domain: Domain
    provider: str
    cost: float
    min_age: Count
    max_age: Count
    until: str | None
    duration_days: Days
    completed: Share
    funding: Mapping[dt.date, str]
    places: Mapping[dt.date, Positive] = Field(default_factory=dict)
    start: Hazard


class Effect(FrozenModel):
    """The hazard of `acts_on` is multiplied, by days since `cause`: each ratio holds until the next one.

    `acts_on` is an endpoint or the departure.
    """

    cause: str
    acts_on: str
    hazard_ratio: Annotated[Mapping[Count, Positive], Field(min_length=1)]

    @property
    def first_day(self) -> float:
        """Days from the cause until something changes; inf where nothing does."""
        return min((day for day, ratio in self.hazard_ratio.items() if ratio != 1), default=math.inf)


class MissingRating(FrozenModel):
    """Logit of a missing refugee's rating: level + slope * satisfaction."""

    level: float
    slope: float


class Perspective(FrozenModel):
    """How satisfaction becomes a rating 1 to 5: rounded level + slope * satisfaction + spread * N(0, 1)."""

    level: float
    slope: float
    spread: float


class Ratings(FrozenModel):
    """Ratings of a measure after its end, from two perspectives.

    Satisfaction is N(0, 1) + completed + goal_reached, each where it applies. `own_provider` is added to a
    social worker's rating of a measure of the own provider.
    """

    completed: float
    goal_reached: float
    social_worker: Perspective
    own_provider: float
    refugee: Perspective
    worker_missing: Share
    refugee_missing: MissingRating


class Casework(FrozenModel):
    """Case files, phases, reviews, volunteers."""

    backlog_mean_days: float
    backlog_last_day: dt.date
    opening_days: Days
    contact_lost: Hazard
    no_longer_eligible_days: Days
    goals_attained_days: Days
    phase_days: Mapping[int, Days]
    review_days: Days
    adapted: Share
    dropped: Share
    met_after_adaptation: Share
    volunteer_monthly: float
    volunteer_days: Days
    waiting_share: Share
    corrected: Share
