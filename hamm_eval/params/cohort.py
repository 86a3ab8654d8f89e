"""Who is evaluated, and endpoints as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.params.base import Key, Label
from hamm_eval.vocabulary import Domain, Population, ResidenceStatus
from hamm_eval.yaml_models import FrozenModel

Origin = Literal["eligibility", "arrival", "case_opened"]


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
    origin: Origin = "eligibility"
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


class TargetGroup(Cohort):
    """A further group with a clock of its own, evaluated apart from the others.

    `clock` is the origin of every endpoint for this group; without one endpoints keep theirs. Where people
    have lived in the city for years, the clock may start long before they are under observation: then age and
    residence status are those of the day on which observation begins (`described_on: entry`), not those of an
    origin years ago.
    """

    population: Population
    clock: Origin | None = None
    described_on: Literal["origin", "entry"] = "origin"

    @property
    def sensitive(self) -> bool:
        """Whether to belong to the group tells a person's residence status (rule 3)."""
        return self.status_at_origin is not None
