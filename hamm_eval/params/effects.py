"""Questions on effects of measures."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.params.base import Key, Label
from hamm_eval.params.cohort import AtRisk
from hamm_eval.vocabulary import Domain
from hamm_eval.yaml_models import FrozenModel

Estimand = Literal["ATT", "ATE", "ATO"]


class Measure(FrozenModel):
    """A support measure as the report names it; the key is its id in the data."""

    label: Label
    domain: Domain


class NegativeControl(FrozenModel):
    """An endpoint that the measure cannot affect, and why."""

    endpoint: Key
    reason: Label


_CONTROL = (
    "Name an endpoint that the measure cannot affect, and the reason: a comparison that finds a difference "
    "there does not hold."
)


class EffectQuestion(FrozenModel):
    """Does this measure help to reach this endpoint? Landmark design, ESTIMANDS of the first version.

    `assignment` says whether lots were drawn: then a comparison need not be warned of as one of volunteers,
    and no `negative_control` is asked for.
    `missing` says what becomes of persons of whom a characteristic to adjust for is not recorded.
    `by_groups` are the groups within which the effect is asked for too, each with the reason for which it
    was declared beforehand; `horizons_days` are the days after the landmark at which the same comparison is
    read off.
    """

    measure: Key
    endpoint: Key
    landmark_days: Annotated[int, Field(ge=0)] = 90
    horizon_days: Annotated[int, Field(ge=1)] = 365
    estimand: Estimand = "ATT"
    adjust_for: Mapping[Key, Label]
    left_out: Mapping[Key, Label] = {}
    missing: Literal["impute", "complete_cases"] = "impute"
    negative_control: NegativeControl | None = None
    by_groups: Mapping[Key, Label] = {}
    horizons_days: tuple[Annotated[int, Field(ge=1)], ...] = ()
    assignment: Literal["observed", "randomised"] = "observed"
    primary: bool = False


class StrategyPair(FrozenModel):
    """Two courses of action that are compared: to start within a grace period, or not to.

    `first`: each person counts once, in the first month that can have them; `pooled`: in every month in which
    they are eligible. Intention to treat: who does not start in time may start later; per protocol: does not
    start within the follow-up.
    """

    trials: Literal["first", "pooled"]
    grace_days: Annotated[int, Field(ge=7)]
    adherence: Literal["intention_to_treat", "per_protocol"]


class TargetTrialQuestion(FrozenModel):
    """A trial that nobody ran, emulated: who is eligible from when, which strategies, followed how long.

    `months` are those since the origin whose first day is a time zero; `ages` for whom the measure is. The
    first strategy pair is the primary one. `missing` as in `EffectQuestion`.
    """

    measure: Key
    endpoint: Key
    months: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)] = (0, 1, 2, 3, 4, 5)
    ages: AtRisk = AtRisk()
    strategies: Annotated[tuple[StrategyPair, ...], Field(min_length=1)]
    horizons_months: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (6, 12, 24)
    estimand: Estimand = "ATT"
    adjust_for: Mapping[Key, Label]
    left_out: Mapping[Key, Label] = {}
    missing: Literal["impute", "complete_cases"] = "impute"
    negative_control: Annotated[NegativeControl, Field(description=_CONTROL)]

    @model_validator(mode="after")
    def _sound(self) -> TargetTrialQuestion:
        if any(low >= high for low, high in pairwise(self.months)):
            raise ValueError("Months increase, each is given once")
        if len(set(self.strategies)) < len(self.strategies):
            raise ValueError("A strategy pair is given twice")
        return self
