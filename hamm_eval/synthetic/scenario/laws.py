"""The building stones of a scenario: shares, delays and hazards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from hamm_eval.yaml_models import FrozenModel

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Shares = Mapping[str, Share]
Terms = Mapping[str, Mapping[str, float]]
Monthly = Mapping[int, Annotated[float, Field(ge=0)]]
Days = tuple[int, int]


class LogNormal(FrozenModel):
    """A delay in months: median, and standard deviation of its logarithm."""

    median: Positive
    sigma: Positive


class Delay(FrozenModel):
    """A recording delay in days: median and 95 % quantile of a log-normal distribution; 0 and 0 for none."""

    median: Annotated[float, Field(ge=0)]
    p95: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> Delay:
        if (self.median == 0) != (self.p95 == 0) or self.p95 < self.median:
            raise ValueError("p95 must lie above the median, or both be 0")
        return self


AT_ONCE = Delay(median=0, p95=0)


class Hazard(FrozenModel):
    """Piecewise constant monthly rates times exp(terms + frailty * Z + worker * effect)."""

    monthly: Monthly
    terms: Terms = Field(default_factory=dict)
    frailty: float = 0.0
    worker: float = 0.0
