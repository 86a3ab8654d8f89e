"""Groupings by a column, with their levels and the order of merging."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from pydantic import field_validator

from hamm_eval.params.base import Key, Label, Level
from hamm_eval.yaml_models import FrozenModel

OUTCOME_NO_GROUP = (
    "An outcome is no group: whoever is in it had to reach or to miss a goal to get there (immortal time), "
    "so that a comparison by it gives the outcome back.",
    "Group by what is known on day 0; what changes later goes into study.cox(..., time_varying=...).",
)
"""Why persons are not grouped by what becomes of them, and what to do instead."""


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
