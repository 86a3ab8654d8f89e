"""Questions on goals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hamm_eval.params.base import Key
from hamm_eval.params.cohort import AtRisk, EventSource
from hamm_eval.vocabulary import Domain
from hamm_eval.yaml_models import FrozenModel


class GoalQuestion(FrozenModel):
    """Who is followed from the agreement of a goal, what leaving is, and how late records of it arrive."""

    leaving: EventSource
    at_risk: AtRisk = AtRisk()
    horizons_months: tuple[Annotated[int, Field(ge=1)], ...] = (6, 12)
    reporting_delay_days: Annotated[int, Field(ge=0)]


class GoalsAtReviews(GoalQuestion):
    """When the first agreed goal of a domain is documented as attained; goals are seen only at reviews."""

    domain: Domain


class GoalAttainmentQuestion(GoalQuestion):
    """How far agreed goals were attained at their latest review, in every domain, and how they are reviewed.

    An open goal whose latest review (or agreement) is more than `review_days` old is overdue for review.
    `covariates` are the groups by which attainment is described.
    """

    review_days: Annotated[int, Field(ge=1)]
    covariates: tuple[Key, ...] = ()
