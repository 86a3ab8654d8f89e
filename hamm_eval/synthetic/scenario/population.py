"""Who lives in the city: the models of households and persons by their track."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from hamm_eval.synthetic.scenario.laws import Count, Hazard, LogNormal, Share, Shares
from hamm_eval.vocabulary import HouseholdType
from hamm_eval.yaml_models import FrozenModel

AGE_GROUPS = ("under_25", "25_to_34", "35_to_44", "45_and_over")


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


class ResidenceRule(FrozenModel):
    """The residence rule: who is recognised since it is in force is tied to the city for so many months.

    Once free, the hazard of departure is multiplied by exp(departure + frailty * Z).
    """

    in_force_since: dt.date
    months: Count
    departure: float
    frailty: float


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
    residence_rule: ResidenceRule
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
    """A social worker: where, employed by whom, effects on referral and outcomes, lenience in rating."""

    provider: str
    social_space: str
    referral: float
    outcome: float
    lenience: float


class Need(FrozenModel):
    """How a need's priority comes about."""

    share: Share
    min_age: Count
    level: float
    spread: float
    terms: Mapping[str, Mapping[str, float]]
