"""Questions on mainstream systems: who gets into them, and what follows when a person leaves one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from hamm_eval.params.base import Key, Label
from hamm_eval.params.cohort import AtRisk, EventSource
from hamm_eval.vocabulary import ResidenceStatus, TransitionKind
from hamm_eval.yaml_models import FrozenModel

Months = Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]
Kinds = Annotated[tuple[TransitionKind, ...], Field(min_length=1)]


class System(FrozenModel):
    """One mainstream system: the kinds of transition that lead into it, and who can enter.

    `at_risk` are the ages in completed years between which it is open: whoever is younger is at risk from the
    day on which they reach it, whoever is older no longer. `entitled_with` names the residence statuses that
    open it: time counts, and people are at risk, from the first day on which they are eligible for case
    management, of the age, and have one of them.
    """

    label: Label
    kinds: Kinds
    at_risk: AtRisk = AtRisk()
    entitled_with: tuple[ResidenceStatus, ...] = ()


class AccessToSystems(FrozenModel):
    """Access to several systems beside each other, of children or of adults."""

    label: Label
    systems: Annotated[Mapping[Key, System], Field(min_length=1)]
    leaving: EventSource
    horizons_months: Months = (3, 6, 12)
    reporting_delay_days: Annotated[int, Field(ge=0)]


class NextSystem(FrozenModel):
    """A system that may follow another."""

    label: Label
    kinds: Kinds


class TransitionsBetweenSystems(FrozenModel):
    """What follows after a person has left a system: another one (a bridge), none (a break), or departure."""

    label: Label
    origin: Label
    out_of: Kinds
    into: Annotated[Mapping[Key, NextSystem], Field(min_length=1)]
    none: Label
    at_risk: AtRisk = AtRisk()
    leaving: EventSource
    horizons_months: Months = (1, 3, 6)
    reporting_delay_days: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _sound(self) -> TransitionsBetweenSystems:
        if {"none", "left"} & set(self.into):
            raise ValueError("none and left are what else can follow, and no names of systems")
        named = [kind for following in self.into.values() for kind in following.kinds]
        if len(set(named)) < len(named):
            raise ValueError("A kind of transition leads into one system only")
        return self
