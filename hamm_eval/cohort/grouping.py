"""Levels of a grouping variable: age cut into classes, small levels merged in the order of params."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import TableAbsent
from hamm_eval.errors import UsageError
from hamm_eval.params import Group, Merge
from hamm_eval.params.groups import OUTCOME_NO_GROUP


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The level of each person, and what was merged.

    Parameters
    ----------
    values : Series of str
        Missing where the column is.
    merged : dict of str to tuple of str
        A merged level to the levels found in the data that it consists of.
    """

    values: pd.Series
    merged: dict[str, tuple[str, ...]]

    def __repr__(self) -> str:
        return "<Levels: internal, not released>"


def levels_of(rows: pd.DataFrame, group: Group, key: str) -> pd.Series:
    """Level of each row as text; with cuts the classes ``under_25``, ``25_to_34``, ``45_and_over``.

    Raises
    ------
    TableAbsent
        The export lacks the table that the column comes from.
    UsageError
        The cohort has no such column, or it is an id or belongs to the follow-up.
    """
    column = column_of(rows, group, key)
    if group.cuts:
        edges = [-np.inf, *group.cuts, np.inf]
        classes = pd.cut(column.astype("float64"), edges, right=False, labels=class_names(group))
        return classes.astype(object)
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.map({True: "yes", False: "no"}).astype(object)
    levels = column.astype(object)
    for step in group.combine:
        levels = levels.mask(levels.isin(step.of), step.into)
    return levels.mask(column.isna())


def class_names(group: Group) -> list[str]:
    """Names of the classes that cuts make, in their order."""
    edges = group.cuts
    between = [f"{low}_to_{high - 1}" for low, high in pairwise(edges)]
    return [f"under_{edges[0]}", *between, f"{edges[-1]}_and_over"] if edges else []


def levels_in_order(values: pd.Series, group: Group) -> list[str]:
    """Levels found, in the order in which params name them, then of the cuts, then of the alphabet."""
    named = dict.fromkeys([*group.levels, *class_names(group)])
    order = {level: i for i, level in enumerate(named)}
    found = [str(level) for level in values.dropna().unique()]
    return sorted(found, key=lambda level: (order.get(level, len(order)), level))


# Ids, and what only the follow-up tells. Of persons with another outcome a group by it has nobody.
IDS = frozenset({"person_id", "household_id", "case_id"})
WORKER = "social_worker"
FOLLOW_UP = frozenset(
    {
        "entry",
        "time",
        "cause",
        "ending",
        "followed_until",
        "ends_without",
        "start",
        "stop",
        "event",
        "closed_on",
        "closing_reason",
    }
)


def no_baseline(column: str) -> tuple[str, str] | None:
    """Why persons are not grouped by a column, and what to write instead; None where they can be."""
    if column in IDS:
        return (
            "This column names persons or households: a group of one tells of that person.",
            "Group by what many have in common, as household_type.",
        )
    if column == WORKER:
        return (
            "This column names single social workers, who are never compared.",
            "Group by provider; effects are clustered by social worker without being told so.",
        )
    if column in FOLLOW_UP:
        return (
            "This column is known only when follow-up has ended, as the outcome itself is (immortal time): "
            "whoever is in such a group had to reach or to miss the goal to get there.",
            OUTCOME_NO_GROUP[1],
        )
    return None


def column_of(rows: pd.DataFrame, group: Group, key: str) -> pd.Series:
    """The column that a group is taken from: known at the origin, and no id."""
    refused = no_baseline(group.column)
    if refused is not None:
        raise UsageError(refused[0], where=f"groups.{key}.column", todo=refused[1])
    if group.column not in rows.columns:
        if group.column in BY_NAME["households"].names:
            raise TableAbsent("households")
        raise UsageError(
            f"The cohort has no column {group.column}.",
            where=f"groups.{key}.column",
            todo="Correct the group in params, or name the further column in the mapping.",
        )
    return rows[group.column]


def is_number(rows: pd.DataFrame, group: Group, key: str) -> bool:
    """Whether a group enters a model as a number: a numeric column without cuts and without named levels."""
    column = column_of(rows, group, key)
    plain = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    return plain and not group.cuts and not group.levels


def merge_small(
    values: pd.Series, steps: Sequence[Merge], too_small: Callable[[pd.Series], pd.Series]
) -> Levels:
    """Merge levels in the declared order until none is too small.

    Parameters
    ----------
    values : Series of str
    steps : sequence of Merge
        Applied from the first on, never one without those before it: a later step may name an earlier result.
    too_small : callable
        Levels to a Series of bool indexed by level.

    Returns
    -------
    Levels
        After the fewest steps that leave no level too small; where no number of steps does, after the fewest
        that leave the fewest persons in levels too small. What remains too small is for the caller to leave
        out or for the release gate to withhold.
    """
    candidates = [Levels(values, {})]
    for step in steps:
        before = candidates[-1]
        inside = [level for level in step.of if (before.values == level).any()]
        if not inside:
            continue
        parts = [part for level in inside for part in before.merged.get(level, (level,))]
        kept = {level: of for level, of in before.merged.items() if level not in inside}
        merged = before.values.where(~before.values.isin(inside), step.into)
        candidates.append(Levels(merged, {**kept, step.into: tuple(parts)}))
    return min(candidates, key=lambda found: _persons_too_small(found.values, too_small))


def _persons_too_small(values: pd.Series, too_small: Callable[[pd.Series], pd.Series]) -> int:
    """Persons in levels that are too small; `min` takes the first of equals, the fewest steps."""
    small = too_small(values)
    return int(values.isin(small.index[small]).sum())
