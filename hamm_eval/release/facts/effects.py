"""Facts of effects: flows, arms, histograms, levels of a group."""

from __future__ import annotations

import numpy as np

from hamm_eval.estimate import Effect, EffectByGroup, EffectOverTime, IntArray, TargetTrial
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.facts.tables import table_facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    ReleasedEffect,
    ReleasedEffectByGroup,
    ReleasedEffectOverTime,
    ReleasedTargetTrial,
)


def effect_facts(effect: Effect, released: ReleasedEffect, policy: Policy, *, at: Place = ()) -> FactList:
    """Facts of an effect that stands at a place of a release.

    Both arms stand in the flow too, whose last step they make up.
    """
    facts = FactList(effect.definition, policy)
    name = whom.arms(effect.definition)
    flow = table_facts(effect.flow, released.flow, policy, at=(*at, "flow"), of=name)
    facts.add(flow)
    if effect.flow.rows and effect.flow.rows[0] == "cohort":
        # A flow begins with everyone at risk, as curves do.
        everyone = whom.at_risk(effect.definition)
        facts.untold(everyone, int(effect.flow.counts[0, 0]))
        facts.sum(everyone, [f"{name}|cohort"])
    bins = (
        ("treated", effect.treated, released.overlap_treated, "treated"),
        ("controls", effect.controls, released.overlap_controls, "control"),
    )
    for arm, persons, shown, field in bins:
        cell = released.treated if arm == "treated" else released.controls
        facts.cell(f"{name}|{arm}", persons, cell, (*at, arm))
        if effect.fit is None or not shown:
            continue
        counts = np.asarray(getattr(effect.fit.overlap, field)).reshape(len(shown), -1).sum(axis=1)
        _bins(facts, f"{name}|{arm}", counts, shown, (*at, f"overlap_{arm}"))
    return facts


def _bins(facts: FactList, arm: str, counts: IntArray, shown: tuple[int | None, ...], at: Place) -> None:
    """The bins of a histogram make up the arm."""
    keys = [
        facts.cell(f"{arm}|bin {number}", int(count), value, (*at, number))
        for number, (count, value) in enumerate(zip(counts, shown, strict=True))
    ]
    facts.sum(arm, keys)


def target_trial_facts(estimate: TargetTrial, released: ReleasedTargetTrial, policy: Policy) -> FactList:
    """Facts of each strategy pair; persons count once for each trial that they are in."""
    facts = FactList(estimate.definition, policy)
    for number, (found, shown) in enumerate(zip(estimate.effects, released.effects, strict=True)):
        at: Place = ("effects", number)
        facts.add(effect_facts(found.effect, shown.effect, policy, at=(*at, "effect")))
        key = f"{whom.arms(found.effect.definition)}|person-trials"
        facts.cell(key, found.person_trials, shown.person_trials, (*at, "person_trials"))
    return facts


def by_group_facts(estimate: EffectByGroup, released: ReleasedEffectByGroup, policy: Policy) -> FactList:
    """The levels of a group are parts of each arm before rare characteristics are left out."""
    facts = FactList(estimate.definition, policy)
    arms = whom.arms(estimate.definition)
    for number, (groups, shown) in enumerate(zip(estimate.groups, released.groups, strict=True)):
        for column, arm in enumerate(("treated", "controls")):
            keys = [
                facts.cell(
                    f"{arms}|{arm} before|{groups.dimension}={level}",
                    int(groups.persons[k, column]),
                    getattr(shown.levels[k], arm),
                    ("groups", number, "levels", k, arm),
                    sensitive=groups.sensitive,
                )
                for k, level in enumerate(groups.levels)
            ]
            # All groups divide the same arm, less those who lack the characteristic.
            whole = facts.untold(
                f"{arms}|{arm} before|{groups.dimension}", int(groups.persons[:, column].sum())
            )
            facts.sum(whole, keys)
    return facts


def over_time_facts(estimate: EffectOverTime, released: ReleasedEffectOverTime, policy: Policy) -> FactList:
    """Both arms, which are the same at every horizon."""
    facts = FactList(estimate.definition, policy)
    arms = f"{whom.arms(estimate.definition)}|over time"
    for number, (effect, shown) in enumerate(zip(estimate.effects, released.horizons, strict=True)):
        facts.cell(f"{arms}|treated", effect.treated, shown.treated, ("horizons", number, "treated"))
        facts.cell(f"{arms}|controls", effect.controls, shown.controls, ("horizons", number, "controls"))
    return facts
