"""One quarter's params, complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator, PrivateAttr, WithJsonSchema

from hamm_eval.errors import UsageError
from hamm_eval.params.base import Key, Language
from hamm_eval.params.cohort import Cohort, Endpoint, TargetGroup
from hamm_eval.params.costs import Costs
from hamm_eval.params.effects import EffectQuestion, Measure, TargetTrialQuestion
from hamm_eval.params.goals import GoalAttainmentQuestion, GoalsAtReviews
from hamm_eval.params.groups import Group
from hamm_eval.params.models import ArrivalCohorts, Association
from hamm_eval.params.perspectives import TwoPerspectives
from hamm_eval.params.providers import CaseloadQuestion, ProviderQuestion
from hamm_eval.params.release import Release
from hamm_eval.params.states import StatePath
from hamm_eval.params.systems import AccessToSystems, TransitionsBetweenSystems
from hamm_eval.params.volunteers import VolunteerQuestion
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


class Params(FrozenModel):
    """One quarter's evaluation, complete.

    `reporting_delay_days` is, per table, the delay within which 95 % of its records arrive, estimated
    on older quarters and frozen here: follow-up ends that long before the data cut.

    `run` names the notebooks of the report; `target_groups` are evaluated apart from the `cohort`, each by
    `for_group`, and `run_for_groups` names the notebooks that are asked of a group once more, each in a
    section of its own.

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
    target_groups: Mapping[Key, TargetGroup] = {}
    run_for_groups: Mapping[Key, tuple[str, ...]] = {}
    reporting_delay_days: Mapping[Key, Annotated[int, Field(ge=0)]]
    endpoints: Mapping[Key, Endpoint]
    groups: Mapping[Key, Group] = {}
    measures: Mapping[Key, Measure] = {}
    time_to_integration: Mapping[Key, tuple[Key, ...]] = {}
    associations: Mapping[Key, Association] = {}
    states_over_time: Mapping[Key, StatePath] = {}
    access_to_systems: Mapping[Key, AccessToSystems] = {}
    transitions_between_systems: Mapping[Key, TransitionsBetweenSystems] = {}
    volunteers: Mapping[Key, VolunteerQuestion] = {}
    arrival_cohorts: Mapping[Key, ArrivalCohorts] = {}
    goals_at_reviews: Mapping[Key, GoalsAtReviews] = {}
    goal_attainment: GoalAttainmentQuestion | None = None
    measure_effectiveness: Mapping[Key, EffectQuestion] = {}
    target_trials: Mapping[Key, TargetTrialQuestion] = {}
    confirmatory_quarter: Annotated[int, Field(ge=1, le=4)] = 4
    providers: Mapping[Key, ProviderQuestion] = {}
    caseload: CaseloadQuestion = CaseloadQuestion()
    two_perspectives: TwoPerspectives | None = None
    costs: Costs | None = None
    release: Release = Release()
    _target_group: str = PrivateAttr(default="")

    @property
    def target_group(self) -> str:
        """The target group that is evaluated; "" for the cohort that the file names first of all."""
        return self._target_group

    def for_group(self, key: str) -> Params:
        """The same questions, asked of one target group by its own clock.

        Raises
        ------
        UsageError
            No such group; several at once.
        """
        if not isinstance(key, str) or key not in self.target_groups:
            several = not isinstance(key, str) or any(mark in key for mark in "+,&|")
            raise UsageError(
                "Target groups are never evaluated together: each has its own clock, and a common figure "
                "would compare days that mean different things."
                if several
                else "There is no such target group in params.",
                where="target_group",
                todo=f"Ask for one: {', '.join(self.target_groups) or 'none is named in target_groups'}.",
            )
        group = self.target_groups[key]
        clocked = {
            name: endpoint.model_copy(update={"origin": group.clock}) if group.clock else endpoint
            for name, endpoint in self.endpoints.items()
        }
        params = self.model_copy(update={"cohort": group, "endpoints": clocked})
        params._target_group = key
        return params

    @property
    def confirmatory(self) -> bool:
        """Whether this quarter's effects are the confirmatory analysis of its year."""
        return self.quarter.number == self.confirmatory_quarter
