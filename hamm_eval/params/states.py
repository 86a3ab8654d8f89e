"""Paths of states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hamm_eval.params.base import Key, Label, Level
from hamm_eval.params.cohort import AtRisk, EventSource
from hamm_eval.yaml_models import FrozenModel


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
