"""Questions on volunteer support."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.params.base import Key, Label
from hamm_eval.yaml_models import FrozenModel

SupportKind = Literal["mentorship", "errands", "housing_search", "job_search", "language_practice"]


class VolunteerQuestion(FrozenModel):
    """Who is supported by volunteers over time and, with an `endpoint`, what goes with being supported."""

    label: Label
    kinds: Annotated[tuple[SupportKind, ...], Field(min_length=1)]
    endpoint: Key | None = None
    covariates: tuple[Key, ...] = ()
    reporting_delay_days: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _covariates_of_an_endpoint(self) -> VolunteerQuestion:
        if self.covariates and self.endpoint is None:
            raise ValueError("Covariates need an endpoint")
        return self
