"""Models of params/*.yaml: one complete file per quarter, read before anything runs.

Endpoints, groups and questions are data: a new endpoint is a paragraph of YAML.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, field_validator, model_validator

from hamm_eval.errors import UsageError
from hamm_eval.source import RelativePath, Source
from hamm_eval.vocabulary import Domain, Population, Quarter, ResidenceStatus
from hamm_eval.yaml_models import Contradiction, FrozenModel, load_yaml_model

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Level = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
Language = Literal["de", "en"]
Estimand = Literal["ATT", "ATE", "ATO"]
LATEST_CUT = 366  # days after the quarter's end
DAYS_PER_MONTH = 365.25 / 12


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


class Label(FrozenModel):
    """A name in both languages of the report."""

    de: str
    en: str


class EventSource(FrozenModel):
    """Which records are an event: rows of a table, filtered, and the column that dates them.

    With `sustained_days` the event happens on that day of a spell that lasts so long;
    `until` names the column that ends the spell.
    """

    table: Key
    date: Key
    where: Mapping[Key, str | bool | int | tuple[str | int, ...]] = {}
    sustained_days: Annotated[int, Field(ge=1)] | None = None
    until: Key | None = None

    @model_validator(mode="after")
    def _sustained_needs_until(self) -> EventSource:
        if (self.sustained_days is None) != (self.until is None):
            raise ValueError("sustained_days and until belong together")
        return self


class AtRisk(FrozenModel):
    """Who can reach the endpoint: age in completed years at the time origin."""

    min_age: Annotated[int, Field(ge=0)] = 0
    max_age: Annotated[int, Field(le=130)] = 130


class Endpoint(FrozenModel):
    """An endpoint as data: its event, its time origin, who is at risk, what competes."""

    label: Label
    domain: Domain | None = None
    event: EventSource
    origin: Literal["eligibility", "arrival", "case_opened"] = "eligibility"
    at_risk: AtRisk = AtRisk()
    competing: Mapping[Key, EventSource]
    horizons_months: tuple[Annotated[int, Field(ge=1)], ...] = (6, 12)
    primary: bool = False


class Cohort(FrozenModel):
    """Who is evaluated: first eligibility within a window, population and residence status at the origin.

    Without a `population` everyone, for a source that knows one kind of people.
    """

    label: Label
    population: Population | None = Population.REFUGEE
    eligible_from: dt.date
    eligible_until: dt.date
    status_at_origin: tuple[ResidenceStatus, ...] | None = None
    files_begin: dt.date | None = None


class Merge(FrozenModel):
    """One step of merging small groups."""

    into: Level
    of: tuple[Level, ...]


class Group(FrozenModel):
    """A grouping variable: a baseline column, or an age cut into classes.

    `combine` lists levels that always count as one; `merge` lists, in order, which levels are merged when
    a group is too small to be shown: ``{into: couple, of: [couple_with_children, couple_without_children]}``.
    """

    label: Label
    column: Key
    cuts: tuple[int, ...] = ()
    levels: Mapping[Level, Label] = {}
    combine: tuple[Merge, ...] = ()
    merge: tuple[Merge, ...] = ()
    sensitive: bool = False

    @field_validator("cuts")
    @classmethod
    def _cuts_increase(cls, cuts: tuple[int, ...]) -> tuple[int, ...]:
        if any(low >= high for low, high in pairwise(cuts)):
            raise ValueError("Cuts increase, each is given once")
        return cuts


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


class Price(FrozenModel):
    """What one additional person who reaches an endpoint is worth, in euros, and why this amount."""

    amount: Annotated[float, Field(gt=0)]
    reason: Label


class Costs(FrozenModel):
    """Prices by endpoint. Costs themselves are data: the export's measures and their funding classes."""

    price_per_additional: Mapping[Key, Price]


class State(FrozenModel):
    """One state of a path: it begins with an event or with that of an endpoint, or is the value of a spell.

    Without spells the state with neither is where everyone begins.
    """

    label: Label
    event: EventSource | None = None
    endpoint: Key | None = None

    @model_validator(mode="after")
    def _one_beginning(self) -> State:
        if self.event is not None and self.endpoint is not None:
            raise ValueError("A state begins with an event or with that of an endpoint, not both")
        return self


class Spells(FrozenModel):
    """A table of spells whose values are states; each holds from its beginning until the next begins."""

    table: Key
    value: Key
    begin: Key


class StatePath(FrozenModel):
    """A path through several states, in their order, from the opening of the case file on.

    Either `spells` say in which state a person is, or the states' events do: the furthest reached counts.
    Leaving the city ends a path; the closing of the case while the person stays is a state of its own
    (`closing: state`) or ends what is known (`closing: censored`).
    """

    label: Label
    states: Mapping[Level, State]
    spells: Spells | None = None
    closing: Literal["state", "censored"] = "censored"
    leaving: EventSource
    at_risk: AtRisk = AtRisk()
    horizons_months: tuple[Annotated[int, Field(ge=1)], ...] = (6, 12, 18)
    reporting_delay_days: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _sound(self) -> StatePath:
        begins = [key for key, state in self.states.items() if state.event or state.endpoint]
        if self.spells is not None and begins:
            raise ValueError("States of spells have no events of their own")
        if self.spells is None and (
            len(self.states) < 2 or set(self.states) - set(begins) != {next(iter(self.states))}
        ):
            raise ValueError(
                "The first state is where everyone begins, each other one has an event or an endpoint"
            )
        if {"closed", "left"} & set(self.states):
            raise ValueError("closed and left are states of every path, and not to be named")
        return self


class GoalsAtReviews(FrozenModel):
    """When the first agreed goal of a domain is documented as attained; goals are seen only at reviews."""

    domain: Domain
    leaving: EventSource
    at_risk: AtRisk = AtRisk()
    horizons_months: tuple[Annotated[int, Field(ge=1)], ...] = (6, 12)
    reporting_delay_days: Annotated[int, Field(ge=0)]


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
    costs: Costs | None = None
    release: Release = Release()

    @property
    def confirmatory(self) -> bool:
        """Whether this quarter's effects are the confirmatory analysis of its year."""
        return self.quarter.number == self.confirmatory_quarter


def _contradictions(params: Params) -> Iterator[Contradiction]:
    """Names that point to nothing in the file, and dates that contradict each other."""

    def known(
        place: tuple[str | int, ...], name: str, among: Mapping[str, Any], what: str
    ) -> Iterator[Contradiction]:
        if name not in among:
            near = difflib.get_close_matches(name, among, n=1)
            advice = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(among) or 'none'}."
            yield Contradiction(place, f"There is no such {what} in this file.", advice)

    for key, groups in params.time_to_integration.items():
        at: tuple[str | int, ...] = ("time_to_integration", key)
        yield from known(at, key, params.endpoints, "endpoint")
        for i, group in enumerate(groups):
            yield from known((*at, i), group, params.groups, "group")
    for key, association in params.associations.items():
        at = ("associations", key)
        yield from known((*at, "endpoint"), association.endpoint, params.endpoints, "endpoint")
        for i, covariate in enumerate(association.covariates):
            yield from known((*at, "covariates", i), covariate, params.groups, "group")
    for key, arrivals in params.arrival_cohorts.items():
        at = ("arrival_cohorts", key)
        yield from known((*at, "endpoint"), arrivals.endpoint, params.endpoints, "endpoint")
        for i, group in enumerate(arrivals.case_mix):
            yield from known((*at, "case_mix", i), group, params.groups, "group")
    for key, path in params.states_over_time.items():
        for name, state in path.states.items():
            if state.endpoint is not None:
                at = ("states_over_time", key, "states", name, "endpoint")
                yield from known(at, state.endpoint, params.endpoints, "endpoint")
    asked: list[tuple[tuple[str | int, ...], EffectQuestion | TargetTrialQuestion]] = [
        *((("measure_effectiveness", key), asks) for key, asks in params.measure_effectiveness.items()),
        *((("target_trials", key), asks) for key, asks in params.target_trials.items()),
    ]
    for at, question in asked:
        yield from known((*at, "measure"), question.measure, params.measures, "measure")
        yield from known((*at, "endpoint"), question.endpoint, params.endpoints, "endpoint")
        for covariate in question.adjust_for:
            yield from known((*at, "adjust_for", covariate), covariate, params.groups, "group")
        control, place = question.negative_control, (*at, "negative_control")
        if control is None:
            # Lots leave nothing to be found out by it.
            if getattr(question, "assignment", "observed") == "observed":
                yield Contradiction(place, "This key is missing.", _CONTROL)
            continue
        yield from known((*place, "endpoint"), control.endpoint, params.endpoints, "endpoint")
        if control.endpoint == question.endpoint:
            yield Contradiction(
                (*place, "endpoint"),
                "The negative control is the endpoint that the question asks for.",
                "Name one that the measure cannot affect.",
            )
    for key, effect in params.measure_effectiveness.items():
        at = ("measure_effectiveness", key)
        for group in effect.by_groups:
            yield from known((*at, "by_groups", group), group, params.groups, "group")
        horizons = (0, *effect.horizons_days, effect.horizon_days + 1)
        if any(earlier >= later for earlier, later in pairwise(horizons)):
            yield Contradiction(
                (*at, "horizons_days"),
                "These days do not increase up to the horizon.",
                "Name days in their order, none after horizon_days.",
            )
    for key, trial in params.target_trials.items():
        shortest = round(min(trial.horizons_months) * DAYS_PER_MONTH)
        for i, pair in enumerate(trial.strategies):
            if pair.grace_days > shortest:
                yield Contradiction(
                    ("target_trials", key, "strategies", i, "grace_days"),
                    "The grace period ends after the first horizon.",
                    "Shorten it, or leave that horizon out.",
                )
    for key in params.costs.price_per_additional if params.costs else ():
        yield from known(("costs", "price_per_additional", key), key, params.endpoints, "endpoint")
    for key, endpoint in params.endpoints.items():
        at = ("endpoints", key)
        sources: list[tuple[tuple[str, ...], EventSource]] = [(("event",), endpoint.event)]
        sources += [(("competing", name), source) for name, source in endpoint.competing.items()]
        for inside, source in sources:
            if source.table not in params.reporting_delay_days:
                yield Contradiction(
                    (*at, *inside, "table"),
                    "This table has no reporting delay.",
                    "Add it to reporting_delay_days.",
                )
        if endpoint.at_risk.min_age > endpoint.at_risk.max_age:
            yield Contradiction(
                (*at, "at_risk", "min_age"),
                "The ages at risk end before they begin.",
                "Swap them.",
            )
    if params.data_cut < params.quarter.start:
        yield Contradiction(("data_cut",), "The data cut lies before the quarter.", "Correct one of them.")
    if params.data_cut > params.quarter.end + dt.timedelta(days=LATEST_CUT):
        yield Contradiction(
            ("data_cut",), "The data cut lies more than a year after the quarter.", "Correct one of them."
        )
    if params.cohort.eligible_until > params.data_cut:
        yield Contradiction(
            ("cohort", "eligible_until"),
            "The window ends after the data cut: nobody is known who becomes eligible then.",
            "End it with the data cut or before.",
        )
    if params.cohort.eligible_from > params.cohort.eligible_until:
        yield Contradiction(
            ("cohort", "eligible_from"), "The window ends before it begins.", "Swap the two dates."
        )


def load_params(
    path: Path, *, contradictions: Callable[[Params], Iterable[Contradiction]] | None = None
) -> Params:
    """Read and check one params file; `ParamsError` names everything that is wrong at once.

    Parameters
    ----------
    path : Path
    contradictions : callable, optional
        What rooms above find wrong besides, as words that the tables do not know.

    Raises
    ------
    UsageError
        The file is not there or cannot be read.
    ParamsError
        Everything that is wrong, each problem with file, line and YAML path.
    """

    def all_found(params: Params) -> Iterator[Contradiction]:
        yield from _contradictions(params)
        if contradictions is not None:
            yield from contradictions(params)

    return load_yaml_model(path, Params, contradictions=all_found)


def json_schema() -> dict[str, Any]:
    """JSON Schema of a params file, for editors."""
    return Params.model_json_schema()
