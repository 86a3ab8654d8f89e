"""Questions on providers, social spaces and caseload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, PlainValidator

from hamm_eval.errors import UsageError
from hamm_eval.params.base import Key
from hamm_eval.vocabulary import Quarter
from hamm_eval.yaml_models import FrozenModel

COMPARED = ("provider", "social_space")  # columns of cases by which work is compared


def _quarter_name(value: object) -> str:
    """Text as ``2017-Q2``, and a quarter."""
    if not isinstance(value, str):
        raise ValueError("A quarter is written as text, as 2017-Q2")
    try:
        return str(Quarter.parse(value))
    except UsageError as error:
        raise ValueError(error.problems[0].what) from None


QuarterName = Annotated[str, PlainValidator(_quarter_name, json_schema_input_type=str)]


class ProviderQuestion(FrozenModel):
    """Whether providers, or social spaces, reach more or fewer than their composition lets expect.

    From a landmark on, so that everybody compared is under observation from its beginning; `case_mix` are the
    groups that tell composition, `by` the groups compared, each in a figure of its own.
    """

    endpoint: Key
    by: Annotated[tuple[Key, ...], Field(min_length=1)] = ("provider", "social_space")
    landmark_days: Annotated[int, Field(ge=0)] = 90
    horizon_days: Annotated[int, Field(ge=1)] = 365
    case_mix: Annotated[tuple[Key, ...], Field(min_length=1)]


class CaseloadPace(FrozenModel):
    """How the pace to an endpoint goes with the open case files of a person's social worker.

    A difference of `per_cases` files is one step of the ratio; `covariates` are known at the origin.
    """

    endpoint: Key
    covariates: Annotated[tuple[Key, ...], Field(min_length=1)]
    per_cases: Annotated[int, Field(ge=1)] = 10


class CaseloadQuestion(FrozenModel):
    """Caseload: full-time equivalents by quarter, which exports do not tell, and what goes with the pace."""

    full_time_equivalents: Mapping[QuarterName, Annotated[float, Field(gt=0)]] = {}
    pace: Mapping[Key, CaseloadPace] = {}
