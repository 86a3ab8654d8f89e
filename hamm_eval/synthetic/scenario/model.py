"""The scenario: every parameter of the synthetic city."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from graphlib import CycleError
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.synthetic.scenario.dependencies import evaluation_order
from hamm_eval.synthetic.scenario.growing_up import GrowingUp
from hamm_eval.synthetic.scenario.laws import AT_ONCE, Delay, Positive, Shares, Terms
from hamm_eval.synthetic.scenario.population import (
    AGE_GROUPS,
    EuCitizens,
    Need,
    NoProspect,
    People,
    PriorityIntegration,
    RequiredToLeave,
    Worker,
)
from hamm_eval.synthetic.scenario.support import (
    DEPARTURE,
    Casework,
    Effect,
    Employment,
    EndpointModel,
    MeasureModel,
    Ratings,
)
from hamm_eval.synthetic.scenario.traps import Trap, Traps
from hamm_eval.vocabulary import HouseholdType
from hamm_eval.yaml_models import FrozenModel

Format = Literal["csv", "parquet"]


class TruthPair(FrozenModel):
    """A measure and an endpoint whose true effect is simulated."""

    measure: str
    endpoint: str
    negative_control: bool = False


class TruthRun(FrozenModel):
    """How the truth is simulated: seed, size against Hamm, and the window of first eligibility."""

    seed: int
    scale: Positive
    eligible_from: dt.date
    eligible_until: dt.date


class Size(FrozenModel):
    """How a city is written: refugees present on the reference day (none: as in Hamm), and the format."""

    persons: Annotated[int, Field(ge=1)] | None = None
    format: Format = "csv"


class Scenario(FrozenModel):
    """A synthetic city, complete."""

    name: str
    size: Size = Size()
    traps: Traps = Traps()
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
    growing_up: GrowingUp
    casework: Casework
    ratings: Ratings
    recording_delay: Mapping[str, Delay]

    @model_validator(mode="after")
    def _names_resolve(self) -> Scenario:
        causes, ends = {*self.measures, *self.endpoints}, {*self.endpoints, DEPARTURE}
        wrong = [f"effects: unknown cause {e.cause}" for e in self.effects if e.cause not in causes]
        wrong += [f"effects: unknown endpoint {e.acts_on}" for e in self.effects if e.acts_on not in ends]
        wrong += [
            f"effects: only a measure can act on the departure, not {e.cause}"
            for e in self.effects
            if e.acts_on == DEPARTURE and e.cause in self.endpoints and e.cause not in self.measures
        ]
        wrong += [
            f"truth_pairs: unknown name in {p.measure}/{p.endpoint}"
            for p in self.truth_pairs
            if p.measure not in self.measures or p.endpoint not in self.endpoints
        ]
        wrong += [
            f"arrivals: {year} needs twelve months" for year, m in self.arrivals.items() if len(m) != 12
        ]
        wrong += [
            f"measures: {name} ends with an unknown endpoint {law.until}"
            for name, law in self.measures.items()
            if law.until is not None and law.until not in self.endpoints
        ]
        wrong += self._unknown_levels()
        lone = {*self.social_spaces} - {w.social_space for w in self.workers}
        wrong += [f"social_spaces: {space} has no worker" for space in sorted(lone)]
        if not wrong:
            try:
                evaluation_order(tuple(self.endpoints), self.effects, self.measures)
            except CycleError:
                wrong.append("effects: endpoints act on each other in a circle")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _unknown_levels(self) -> list[str]:
        """Characteristics and levels that nobody has: a coefficient of theirs would never act."""
        known: dict[str, set[str]] = {
            "sex": {"male", "female"},
            "german": set(self.people.german),
            "schooling": {level for shares in self.people.schooling.values() for level in shares},
            "household_type": {kind.value for kind in HouseholdType},
            "age_group": set(AGE_GROUPS),
            **{f"need_{name}": {"1", "2", "3"} for name in self.needs},
        }
        laws: dict[str, Terms] = {
            **{f"endpoints: {name}": law.terms for name, law in self.endpoints.items()},
            **{f"measures: {name}": law.start.terms for name, law in self.measures.items()},
            **{f"needs: {name}": need.terms for name, need in self.needs.items()},
            "casework: contact_lost": self.casework.contact_lost.terms,
            "priority_integration: departure": self.priority_integration.departure.terms,
        }
        return [
            f"{where} has terms of an unknown level {name}/{level}"
            for where, terms in laws.items()
            for name, levels in terms.items()
            for level in levels
            if level not in known.get(name, set())
        ]

    @property
    def digest(self) -> str:
        """SHA-256 of all parameters that shape the world, whatever their layout in the file.

        Name, size and format are not among them: cities of one model share one truth. Nor is how children
        grow into systems: it is told by case files alone, and no truth is of it. The order in which
        measures, endpoints and needs are named is: draws are made in that order.
        """
        model = self.model_dump(mode="json", exclude={"name", "size", "growing_up"})
        return hashlib.sha256(json.dumps(model, ensure_ascii=False).encode()).hexdigest()

    def delay(self, kind: str) -> Delay:
        """How late facts of a kind are recorded; at once where that trap is switched off."""
        return self.recording_delay[kind] if self.traps.recording_delay else AT_ONCE

    @property
    def corrected(self) -> float:
        """Share of records that are first entered wrongly."""
        return self.casework.corrected if self.traps.recording_delay else 0.0

    def without(self, traps: Iterable[Trap]) -> Scenario:
        """The same city with these traps switched off.

        Examples
        --------
        >>> from hamm_eval.synthetic.scenario import load_scenario
        >>> load_scenario().without(["confounding"]).traps.confounding
        False
        """
        off = self.traps.model_copy(update=dict.fromkeys(traps, False))
        return self.model_copy(update={"traps": off})
