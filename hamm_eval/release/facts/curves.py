"""Facts of curves: persons and events of each group, of those in none, and of all."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamm_eval.estimate import CurveGroup, Curves, Definition
from hamm_eval.release.curves import behind_curve_count
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place, key_of
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCurve, ReleasedCurves

# Levels of these are one and the same persons looked at twice.
_TWICE = ("seen_at", "counted_as")


def curves_facts(curves: Curves, released: ReleasedCurves, policy: Policy, *, at: Place = ()) -> FactList:
    """Facts of curves that stand at a place of a release.

    The table of persons at risk is told from its first entry alone: later ones stand for twenty counts and
    more each, for entries, censorings and events are rounded apart.
    """
    facts = FactList(curves.definition, policy)
    everyone = whom.at_risk(curves.definition)
    twice = curves.dimension in _TWICE
    grouped = bool(curves.dimension) and not twice
    groups = [
        _group(group, shown, curves, policy, facts, (*at, "curves", k), everyone, grouped)
        for k, (group, shown) in enumerate(zip(curves.groups, released.curves, strict=True))
    ]
    if grouped and groups and curves.parts:
        _whole(curves, released, policy, facts, at, everyone, groups)
    return facts


def _group(
    group: CurveGroup,
    shown: ReleasedCurve,
    curves: Curves,
    policy: Policy,
    facts: FactList,
    at: Place,
    everyone: str,
    grouped: bool,
) -> tuple[str, str]:
    """One curve's persons and events: their keys."""
    persons, events = group.persons_from_start, group.events_from_start
    name = whom.after(everyone, group.start_at)
    if grouped:
        name = f"{name}|{_grouping(curves.definition, curves.dimension)}={group.level}"

    elif curves.dimension in _TWICE and persons != curves.groups[0].persons_from_start:
        name = f"{name}|{group.level}"
    event = f"{name}|event"
    if curves.dimension in _TWICE and events != curves.groups[0].events_from_start:
        event = f"{event}|{group.level}"

    def enter(key: str, true: int, cell: Any, *places: Place) -> str:
        ends = behind_curve_count(cell.value, policy) if cell.value else None
        return facts.cell(key, true, cell, *places, sensitive=curves.sensitive, ends=ends, grows=True)

    enter(name, persons, shown.persons, (*at, "persons"))
    enter(event, events, shown.events, (*at, "events"))
    if shown.at_risk and shown.at_risk[0] and shown.at_risk_time[0] == group.start_at:
        # Nobody is gone yet. Where nobody enters later, the first number at risk is that of all persons.
        entry = np.maximum(group.entry, group.start_at)
        at_once = int(((entry <= shown.at_risk_time[0]) & (group.time > entry)).sum())
        known = name if at_once == persons else f"{name}|at once"
        facts.cell(
            known,
            at_once,
            shown.at_risk[0],
            (*at, "at_risk", 0),
            sensitive=curves.sensitive,
            ends=behind_curve_count(shown.at_risk[0], policy),
        )
        if known != name:
            facts.sum(name, [known], rest=True)
    facts.left(name, [event], f"{event}|none")
    if group.start_at > 0 and not grouped:
        # Persons at risk from the beginning stand in other tables.
        facts.untold(everyone, group.persons)
        facts.sum(everyone, [name], rest=True)
    return name, event


def _whole(
    curves: Curves,
    released: ReleasedCurves,
    policy: Policy,
    facts: FactList,
    at: Place,
    everyone: str,
    groups: list[tuple[str, str]],
) -> None:
    """The groups and those in none make up those whom the curve of all is of."""
    parts, events = [list(part) for part in zip(*groups, strict=True)]
    if curves.ungrouped:
        begin = curves.groups[0].start_at
        name = f"{whom.after(everyone, begin)}|without {_grouping(curves.definition, curves.dimension)}"
        cell = released.ungrouped
        if cell is None:
            facts.untold(name, curves.ungrouped)
        else:
            ends = behind_curve_count(cell.value, policy) if cell.value else None
            facts.cell(name, curves.ungrouped, cell, (*at, "ungrouped"), ends=ends)
        parts.append(name)
        events.append(facts.untold(f"{name}|event", curves.ungrouped_events))
        facts.sum(name, events[-1:], rest=True)
    whole = whom.after(everyone, curves.groups[0].start_at)
    facts.untold(whole, sum(group.persons_from_start for group in curves.groups) + curves.ungrouped)
    reached = sum(group.events_from_start for group in curves.groups) + curves.ungrouped_events
    facts.untold(f"{whole}|event", reached)
    facts.sum(whole, parts)
    facts.sum(f"{whole}|event", events)


def _grouping(definition: Definition, dimension: str) -> str:
    """Name of a grouping by what it is, so that another one of the same name is another."""
    return f"{dimension}:{key_of(definition.details.get('by'))}"
