"""The scenario: every parameter of the synthetic city, read from YAML and validated."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from hamm_eval.vocabulary import Domain, HouseholdType
from hamm_eval.yaml_models import FrozenModel, load_yaml_model

DEFAULT = Path(__file__).with_name("scenario.yaml")

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Shares = Mapping[str, Share]
Terms = Mapping[str, Mapping[str, float]]
Monthly = Mapping[int, Annotated[float, Field(ge=0)]]
Days = tuple[int, int]


class LogNormal(FrozenModel):
    """A delay in months: median, and standard deviation of its logarithm."""

    median: Annotated[float, Field(gt=0)]
    sigma: Annotated[float, Field(gt=0)]


class Delay(FrozenModel):
    """A recording delay in days: median and 95 % quantile of a log-normal distribution."""

    median: Annotated[float, Field(gt=0)]
    p95: Annotated[float, Field(gt=0)]


class Hazard(FrozenModel):
    """Piecewise constant monthly rates times exp(terms + frailty * Z + worker * effect)."""

    monthly: Monthly
    terms: Terms = Field(default_factory=dict)
    frailty: float = 0.0
    worker: float = 0.0


class HouseholdQuota(FrozenModel):
    """Households of one type and size present on the reference day."""

    type: HouseholdType
    size: Annotated[int, Field(ge=1)]
    households: Count
    of_them_prospect: Count


class HouseholdShare(FrozenModel):
    """Share of a type and size among households."""

    type: HouseholdType
    size: Annotated[int, Field(ge=1)]
    share: Share


class PriorityIntegration(FrozenModel):
    """Refugees recognised or with a prospect of staying."""

    households: tuple[HouseholdQuota, ...]
    origins: Shares
    late_share: Share
    late_delay_months: LogNormal
    rejected_share: Share
    rejected_delay_months: LogNormal
    recognition_delay_months: LogNormal
    departure: Hazard
    departure_kinds: Shares


class NoProspect(FrozenModel):
    """Refugees without a prospect of staying."""

    persons: Count
    household_sizes: tuple[HouseholdShare, ...]
    origins: Shares
    rejection_delay_months: LogNormal
    departure: Hazard
    departure_kinds: Shares


class Stay(FrozenModel):
    """Persons by years since arrival."""

    from_years: float
    to_years: float
    persons: Count


class RequiredToLeave(FrozenModel):
    """Persons enforceably required to leave, by origin and length of stay."""

    persons: Count
    household_sizes: tuple[HouseholdShare, ...]
    origins: Mapping[str, Count]
    stays: tuple[Stay, ...]
    will_remain_share: Share
    will_remain_from: dt.date
    departure: Hazard
    departure_kinds: Shares

    @model_validator(mode="after")
    def _margins_agree(self) -> RequiredToLeave:
        if {self.persons} != {sum(self.origins.values()), sum(s.persons for s in self.stays)}:
            raise ValueError("origins and stays must each add up to persons")
        return self


class Nation(FrozenModel):
    """Registered persons of one nation on the two days of counting, and who came and went."""

    first: Count
    reference: Count
    left_between: Count
    left_before: Count
    arriving_later: Count


class EuCitizens(FrozenModel):
    """EU citizens: no asylum clock, few case files."""

    counted_first: dt.date
    nations: Mapping[str, Nation]
    household_sizes: tuple[HouseholdShare, ...]
    arrived_since: dt.date
    case_file_share: Share
    departure: Hazard


class People(FrozenModel):
    """Who lives in a household; age classes by their lower bound, the last bound closes them."""

    adult_age: Mapping[int, Share]
    parent_age: Mapping[int, Share]
    single_male: Share
    single_parent_female: Share
    couple_head_male: Share
    schooling: Mapping[str, Shares]
    schooling_missing: Share
    german: Shares


class Worker(FrozenModel):
    """A social worker: where, employed by whom, and effects on referral and on outcomes."""

    provider: str
    social_space: str
    referral: float
    outcome: float


class Need(FrozenModel):
    """How a need's priority comes about."""

    share: Share
    min_age: Count
    level: float
    spread: float
    terms: Terms


class EndpointModel(FrozenModel):
    """Hazard of an endpoint; without `monthly` it follows from a measure of the same name."""

    min_age: Count
    max_age: Count
    monthly: Monthly = Field(default_factory=dict)
    before: float = 0.0
    frailty: float = 0.0
    worker: float = 0.0
    terms: Terms = Field(default_factory=dict)

    @property
    def hazard(self) -> Hazard:
        """The hazard after eligibility."""
        return Hazard(monthly=self.monthly, terms=self.terms, frailty=self.frailty, worker=self.worker)


class Employment(FrozenModel):
    """Spells of work or training: how many are short, and how long they last."""

    short_share: Share
    short_days: Days
    long_days: Days
    training_share: Share
    spells: Annotated[int, Field(ge=1)]


class MeasureModel(FrozenModel):
    """A support measure: what it is, who may start, when, and how it ends."""

    domain: Domain
    provider: str
    cost: float
    min_age: Count
    max_age: Count
    until: str | None
    duration_days: Days
    completed: Share
    funding: Mapping[dt.date, str]
    start: Hazard


class Effect(FrozenModel):
    """The hazard of `acts_on` is multiplied from `delay_days` after `cause`."""

    cause: str
    acts_on: str
    hazard_ratio: Annotated[float, Field(gt=0)]
    delay_days: Count


class TruthPair(FrozenModel):
    """A measure and an endpoint whose true effect is simulated."""

    measure: str
    endpoint: str
    negative_control: bool = False


class TruthRun(FrozenModel):
    """How the truth is simulated: seed, size, and the window of first eligibility."""

    seed: int
    scale: Annotated[float, Field(gt=0)]
    eligible_from: dt.date
    eligible_until: dt.date


class MissingRating(FrozenModel):
    """Logit of a missing refugee's rating: level + slope * satisfaction."""

    level: float
    slope: float


class Casework(FrozenModel):
    """Case files, phases, reviews, volunteers, ratings."""

    backlog_mean_days: float
    backlog_last_day: dt.date
    opening_days: Days
    contact_lost: Hazard
    no_longer_eligible_days: Days
    goals_attained_days: Days
    phase_days: Mapping[int, Days]
    review_days: Days
    adapted: Share
    dropped: Share
    met_after_adaptation: Share
    volunteer_monthly: float
    volunteer_days: Days
    waiting_share: Share
    worker_rating_missing: Share
    refugee_rating_missing: MissingRating
    corrected: Share


class Scenario(FrozenModel):
    """A synthetic city, complete."""

    name: str
    reference_day: dt.date
    records_end: dt.date
    files_begin: dt.date
    volunteers_since: dt.date
    truth: TruthRun
    arrivals: Mapping[int, tuple[float, ...]]
    frailty_sd: Annotated[float, Field(ge=0)]
    priority_integration: PriorityIntegration
    no_prospect: NoProspect
    required_to_leave: RequiredToLeave
    eu_citizens: EuCitizens
    people: People
    social_spaces: Shares
    workers: tuple[Worker, ...]
    needs: Mapping[str, Need]
    endpoints: Mapping[str, EndpointModel]
    employment: Employment
    measures: Mapping[str, MeasureModel]
    effects: tuple[Effect, ...]
    truth_pairs: tuple[TruthPair, ...]
    casework: Casework
    recording_delay: Mapping[str, Delay]

    @model_validator(mode="after")
    def _names_resolve(self) -> Scenario:
        causes = {*self.measures, *self.endpoints}
        wrong = [f"effects: unknown cause {e.cause}" for e in self.effects if e.cause not in causes]
        wrong += [
            f"effects: unknown endpoint {e.acts_on}" for e in self.effects if e.acts_on not in self.endpoints
        ]
        wrong += [
            f"truth_pairs: unknown name in {p.measure}/{p.endpoint}"
            for p in self.truth_pairs
            if p.measure not in self.measures or p.endpoint not in self.endpoints
        ]
        wrong += [
            f"arrivals: {year} needs twelve months" for year, m in self.arrivals.items() if len(m) != 12
        ]
        lone = {*self.social_spaces} - {w.social_space for w in self.workers}
        wrong += [f"social_spaces: {space} has no worker" for space in sorted(lone)]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of all parameters, whatever their layout in the file."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def load_scenario(path: Path = DEFAULT) -> Scenario:
    """Read and validate a scenario file; without a path, the default city's."""
    return load_yaml_model(path, Scenario)
