"""Questions on goals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hamm_eval.params.cohort import AtRisk, EventSource
from hamm_eval.vocabulary import Domain
from hamm_eval.yaml_models import FrozenModel


class GoalsAtReviews(FrozenModel):
    """When the first agreed goal of a domain is documented as attained; goals are seen only at reviews."""

    domain: Domain
    leaving: EventSource
    at_risk: AtRisk = AtRisk()
    horizons_months: tuple[Annotated[int, Field(ge=1)], ...] = (6, 12)
    reporting_delay_days: Annotated[int, Field(ge=0)]
