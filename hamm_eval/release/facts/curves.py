"""Facts of curves: persons and events of each group, of those in none, and of all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hamm_eval.estimate import CurveGroup, Curves
from hamm_eval.release.curves import GROUP_TOO_SMALL, behind_curve_count
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.facts.levels import column_of, level_of
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
    if whom.of_cohort(curves.definition):
        facts.elsewhere(whom.eligible(curves.definition), [everyone])
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
    if grouped and curves.parts:
        name = level_of(
            name, curves.dimension, group.level, curves.definition.details.get("by"), group.merged
        )
    elif grouped:
        name = f"{name}|{curves.dimension}={group.level}"
    elif curves.dimension in _TWICE and persons != curves.groups[0].persons_from_start:
        name = f"{name}|{group.level}"
    event = f"{name}|event"
    if curves.dimension in _TWICE and events != curves.groups[0].events_from_start:
        event = f"{event}|{group.level}"

    def enter(key: str, true: int, cell: Any, *places: Place) -> str:
        ends = behind_curve_count(cell.value, policy) if cell.value else None
        return facts.cell(key, true, cell, *places, sensitive=curves.sensitive, ends=ends, grows=True)

    if shown.known is not None:
        facts.curve(replace(shown.known, key=event))
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
    _by_rule(shown, policy, facts, (name, persons), (event, events))
    if group.start_at > 0 and not grouped:
        # Persons at risk from the beginning stand in other tables.
        facts.untold(everyone, group.persons)
        facts.sum(everyone, [name], rest=True)
    return name, event


def _by_rule(
    shown: ReleasedCurve, policy: Policy, facts: FactList, persons: tuple[str, int], events: tuple[str, int]
) -> None:
    """Rule 5: a curve that is drawn, or withheld for the sake of others, is of enough persons and events.

    One that is too small lacks either. Whoever sees that it is not the one knows that it is the other.
    """
    if shown.withheld != GROUP_TOO_SMALL:
        facts.by_rule(*persons, least=policy.curve_persons)
        facts.by_rule(*events, least=policy.curve_events)
        return
    if facts[events[0]].low >= policy.curve_events:
        facts.by_rule(*persons, below=policy.curve_persons)
    if facts[persons[0]].low >= policy.curve_persons:
        facts.by_rule(*events, below=policy.curve_events)


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
        column = column_of(curves.dimension, curves.definition.details.get("by"))
        name = f"{whom.after(everyone, begin)}|without {column}"
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
    if whole != everyone:
        facts.elsewhere(everyone, [whole])
    facts.untold(whole, sum(group.persons_from_start for group in curves.groups) + curves.ungrouped)
    reached = sum(group.events_from_start for group in curves.groups) + curves.ungrouped_events
    facts.untold(f"{whole}|event", reached)
    facts.sum(whole, parts)
    facts.sum(f"{whole}|event", events)
