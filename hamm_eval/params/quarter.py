"""One quarter's params, complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from hamm_eval.errors import UsageError
from hamm_eval.params.base import Key, Language
from hamm_eval.params.cohort import Cohort, Endpoint
from hamm_eval.params.costs import Costs
from hamm_eval.params.effects import EffectQuestion, Measure, TargetTrialQuestion
from hamm_eval.params.goals import GoalsAtReviews
from hamm_eval.params.groups import Group
from hamm_eval.params.models import ArrivalCohorts, Association
from hamm_eval.params.perspectives import TwoPerspectives
from hamm_eval.params.providers import CaseloadQuestion, ProviderQuestion
from hamm_eval.params.states import StatePath
from hamm_eval.source import RelativePath, Source
from hamm_eval.vocabulary import Quarter
from hamm_eval.yaml_models import FrozenModel

LATEST_CUT = 366  # days after the quarter's end


def _quarter(value: Any) -> Any:
    """Read ``2017-Q2``; the error of `Quarter.parse` as pydantic wants it."""
    if not isinstance(value, str):
        raise ValueError("A quarter is written as text, as 2017-Q2")
    try:
        return Quarter.parse(value)
    except UsageError as error:
        raise ValueError(error.problems[0].what) from None


QuarterText = Annotated[
    Quarter, PlainValidator(_quarter), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-Q[1-4]$"})
]


class Release(FrozenModel):
    """The release policy; `tighten` may only make it stricter."""

    policy: Literal["strict"] = "strict"
    tighten: Mapping[Key, int] = {}


class Params(FrozenModel):
    """One quarter's evaluation, complete.

    `reporting_delay_days` is, per table, the delay within which 95 % of its records arrive, estimated
    on older quarters and frozen here: follow-up ends that long before the data cut.

    `confirmatory_quarter` is the one quarter of the year whose effects are confirmatory, corrected for their
    number; the others are interim, without a decision.
    """

    quarter: QuarterText
    data_cut: dt.date
    language: Language = "de"
    city: str
    source: Source
    notebooks: RelativePath
    run: tuple[str, ...]
    cohort: Cohort
    reporting_delay_days: Mapping[Key, Annotated[int, Field(ge=0)]]
    endpoints: Mapping[Key, Endpoint]
    groups: Mapping[Key, Group] = {}
    measures: Mapping[Key, Measure] = {}
    time_to_integration: Mapping[Key, tuple[Key, ...]] = {}
    associations: Mapping[Key, Association] = {}
    states_over_time: Mapping[Key, StatePath] = {}
    arrival_cohorts: Mapping[Key, ArrivalCohorts] = {}
    goals_at_reviews: Mapping[Key, GoalsAtReviews] = {}
    measure_effectiveness: Mapping[Key, EffectQuestion] = {}
    target_trials: Mapping[Key, TargetTrialQuestion] = {}
    confirmatory_quarter: Annotated[int, Field(ge=1, le=4)] = 4
    providers: Mapping[Key, ProviderQuestion] = {}
    caseload: CaseloadQuestion = CaseloadQuestion()
    two_perspectives: TwoPerspectives | None = None
    costs: Costs | None = None
    release: Release = Release()

    @property
    def confirmatory(self) -> bool:
        """Whether this quarter's effects are the confirmatory analysis of its year."""
        return self.quarter.number == self.confirmatory_quarter
