"""Questions on associations and on quarters of arrival."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hamm_eval.params.base import Key
from hamm_eval.yaml_models import FrozenModel


class ArrivalCohorts(FrozenModel):
    """How those who arrived in different quarters compare, and what of it their composition explains.

    From a landmark on, so that everybody compared is under observation from its beginning; `case_mix` are
    the groups that tell composition.
    """

    endpoint: Key
    landmark_days: Annotated[int, Field(ge=0)] = 90
    horizon_days: Annotated[int, Field(ge=1)] = 365
    case_mix: Annotated[tuple[Key, ...], Field(min_length=1)]


class Association(FrozenModel):
    """Which characteristics go with a faster path: covariates of a cause-specific Cox model."""

    endpoint: Key
    covariates: tuple[Key, ...]
