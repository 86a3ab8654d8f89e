"""When facts are recorded: delays with a heavy tail, and later versions of the same record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hamm_eval.synthetic.days import NEVER, IntArray
from hamm_eval.synthetic.scenario import Delay

Records = dict[str, Any]  # column name to array, all of one length

Z95 = 1.6448536269514722


def delays(law: Delay, n: int, rng: np.random.Generator) -> IntArray:
    """Days from a fact to its record."""
    if law.median == 0:
        return np.zeros(n, dtype=np.int64)
    sigma = np.log(law.p95 / law.median) / Z95
    return np.floor(law.median * np.exp(sigma * rng.standard_normal(n))).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Stage:
    """What becomes known of a fact at some time: the columns, and the day they are recorded.

    A fact has reached the stage where `recorded` is not NEVER.
    """

    recorded: IntArray
    columns: Mapping[str, Any]


def record(facts: Records, key: str, stages: Sequence[Stage] = (), *, recorded: IntArray) -> Records:
    """Rows of a table: each fact under one number, once for every stage that was recorded apart.

    Parameters
    ----------
    facts : dict of arrays, shape (n,)
        What the first version holds; columns of later stages are empty there.
    key : str
        Name of the id column: the fact's position until `identify` names it.
    stages : sequence of Stage
        Later versions, in order; each adds to the versions before.
    recorded : array, shape (n,)
        Day of the first version.

    Returns
    -------
    dict of arrays
        All versions, sorted by fact and day of record, with `recorded_on`. A version that is not earlier
        than a later one is left out: the clerk entered both at once.
    """
    n = len(recorded)
    known = dict(facts)
    days, versions = [recorded], [dict(known)]
    for stage in stages:
        reached = stage.recorded < NEVER
        known = {
            name: np.where(reached, stage.columns[name], value) if name in stage.columns else value
            for name, value in known.items()
        }
        days.append(stage.recorded)
        versions.append(dict(known))
    after = np.full(n, NEVER)
    kept: list[tuple[IntArray, IntArray]] = []
    for day in reversed(days):
        where = np.flatnonzero((day < NEVER) & (day < after))
        kept.append((where, day[where]))
        after = np.minimum(after, day)
    kept.reverse()
    number = np.concatenate([where for where, _ in kept])
    day = np.concatenate([d for _, d in kept])
    order = np.lexsort((day, number))
    rows: Records = {key: number[order]}
    for name in facts:
        column = np.concatenate([v[name][where] for v, (where, _) in zip(versions, kept, strict=True)])
        rows[name] = column[order]
    rows["recorded_on"] = day[order]
    return rows


def record_spell(facts: Records, key: str, end: str, *, opened: IntArray, ended: IntArray) -> Records:
    """Rows of a spell: first with an empty end, again under the same id when it has ended."""
    last = facts[end]
    first = {**facts, end: np.full(len(last), NEVER)}
    stage = Stage(np.where(last < NEVER, ended, NEVER), {end: last})
    return record(first, key, [stage], recorded=opened)


def record_successive(
    facts: Records, key: str, end: str, *, owner: IntArray, opened: IntArray, ended: IntArray
) -> Records:
    """Rows of spells of which only one of an owner's holds at a time, sorted by owner and begin.

    The clerk who enters a spell enters, that day at the latest, the spells before it and their ends.
    """
    followed = np.append(owner[1:] == owner[:-1], False)
    opened = np.where(followed, opened, np.minimum(opened, ended))  # entered when its end is, at the latest
    by_next = np.where(followed, np.append(opened[1:], NEVER), NEVER)
    while (opened > by_next).any():
        opened = np.minimum(opened, by_next)
        by_next = np.where(followed, np.append(opened[1:], NEVER), NEVER)
    return record_spell(facts, key, end, opened=opened, ended=np.where(followed, by_next, ended))
