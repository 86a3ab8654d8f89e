"""Facts of tables: cells, totals, flows, and the sums that a table declares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from hamm_eval.estimate import CountTable
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place, key_of
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedTable

_FLOW = "step"
_UNKNOWN = "unknown:"  # not a step: some of those of the step before, who may stay
_WINDOW = "quarter"


def table_facts(
    table: CountTable, released: ReleasedTable, policy: Policy, *, at: Place = (), of: str = ""
) -> FactList:
    """Facts of a table that stands at a place of a release; `of` names whom a flow begins with."""
    facts = FactList(table.definition, policy)
    keys = _cells(table, released, facts, at, of)
    if table.row_dimension == _FLOW:
        _flow(table, [row[0] for row in keys], facts)
        return facts
    everyone = table.whom or f"whom:{table.definition.digest}"
    if table.total is not None:
        if released.total is None:
            facts.untold(everyone, table.total)
        else:
            facts.cell(
                everyone,
                table.total,
                released.total,
                (*at, "total"),
                sensitive=table.sensitive,
                grows=bool(table.whom),
            )
        if table.whom and whom.of_cohort(table.definition):
            facts.elsewhere(whom.eligible(table.definition), [everyone])
        if table.additive:
            facts.sum(everyone, [key for row in keys for key in row])
    for link in table.links:
        cells = [keys[i][j] for i, j in link.cells]
        known = sum(int(table.counts[i, j]) for i, j in link.cells)
        if table.total is None or link.whole != everyone:
            facts.untold(link.whole, known if link.size is None else link.size)
        facts.sum(link.whole, cells, rest=link.rest)
    return facts


def _cells(
    table: CountTable, released: ReleasedTable, facts: FactList, at: Place, of: str
) -> list[list[str]]:
    """Enter every cell; a row about a quarter is about a closed period."""
    counts = np.asarray(table.counts, dtype=np.int64)
    base = table.whom or table.definition.digest
    keys: list[list[str]] = []
    for i, row in enumerate(table.rows):
        keys.append([])
        for j, column in enumerate(table.columns):
            if table.row_dimension == _FLOW:
                key = f"{of}|{row}" if of else whom.step(row, table.definition)
            else:
                key = f"cell:{key_of(base, table.unit)}|{table.row_dimension}={row}|{column}"
            keys[-1].append(key)
            if row in table.unrecorded:
                facts.untold(key, int(counts[i, j]))  # nothing is said of it, not even that it is small
                continue
            persons = None if table.unit == "persons" or table.persons is None else int(table.persons[i, j])
            facts.cell(
                key,
                int(counts[i, j]),
                released.cells[i][j],
                (*at, "cells", i, j),
                sensitive=table.sensitive,
                persons=persons,
                window=row if table.row_dimension == _WINDOW else "",
                grows=table.row_dimension == _FLOW,
            )
    return keys


def _flow(table: CountTable, keys: list[str], facts: FactList) -> None:
    """Each step is part of the one before, less what it leaves out; arms make up the last."""
    by_row = list(zip(keys, table.rows, strict=True))
    arms = [key for key, row in by_row if row in ("treated", "controls")]
    beside = [key for key, row in by_row if row.startswith(_UNKNOWN)]
    steps = [key for key in keys if key not in arms and key not in beside]
    for unknown in beside:
        before = next((key for key in reversed(keys[: keys.index(unknown)]) if key not in beside), None)
        if before is not None:
            facts.left(before, [unknown], f"{unknown}|known")
    for larger, smaller in pairwise(steps):
        if larger != smaller:
            facts.left(larger, [smaller], f"{smaller}|excluded from {larger}")
    if steps and arms:
        facts.sum(steps[-1], arms)
