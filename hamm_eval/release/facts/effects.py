"""Facts of effects: flows, arms, histograms, levels of a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from hamm_eval.estimate import (
    LEAST_IN_ARM,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    IntArray,
    TargetTrial,
)
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.facts.levels import column_of, level_of
from hamm_eval.release.facts.tables import table_facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    ReleasedEffect,
    ReleasedEffectByGroup,
    ReleasedEffectOverTime,
    ReleasedEffectOverview,
    ReleasedTargetTrial,
)

BEFORE_CHARACTERISTICS = "measure_not_begun_before"
"""The last step of a flow before persons are left out for what is not known of them."""


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
    _by_rule(effect, released.withheld, facts, name, policy)
    trial = whom.trial(effect.definition)
    if trial:
        # Characteristics take persons out of the arms, of whom groups tell more.
        arms = [f"{trial}|treated", f"{trial}|controls"]
        facts.elsewhere(f"{name}|{BEFORE_CHARACTERISTICS}", arms, rest=False)
        _adjusted_for(effect, facts, name)
    return facts


def _adjusted_for(effect: Effect, facts: FactList, name: str) -> None:
    """A level that is adjusted for, as its row in the table of balance tells, has some persons of each arm.

    Their number is as good as told where the same level of a group is a small one.
    """
    if effect.fit is None:
        return
    before = effect.fit.balance_before
    groupings = effect.definition.details.get("adjust_for", {})
    for number, column in enumerate(before.names):
        factor, _, level = column.partition("=")
        merged = effect.merged.get(column, ())
        for arm, persons, share in (
            ("treated", effect.treated, before.mean_treated[number]),
            ("controls", effect.controls, before.mean_control[number]),
        ):
            count = round(float(share) * persons)
            # Where entries were imputed these are no persons of whom the level is known.
            if level and count >= LEAST_IN_ARM and f"unknown:{factor}" not in effect.flow.rows:
                key = level_of(f"{name}|{arm}", factor, level, groupings.get(factor), merged)
                facts.by_rule(key, count, least=LEAST_IN_ARM)


def _by_rule(
    effect: Effect,
    withheld: Iterable[tuple[str, Mapping[str, Any]]],
    facts: FactList,
    name: str,
    policy: Policy,
) -> None:
    """Rule 5 for both arms: every clause that an effect does not keep is told, arm by arm."""
    told = {(key, str(detail.get("arm", ""))) for key, detail in withheld}
    least = policy.largest_hidden_count + 1
    for arm, word in (("treated", "treated"), ("controls", "control")):
        persons, events = getattr(effect, arm), getattr(effect, f"events_{arm}")
        key = f"{name}|{arm}"
        if ("too_few_persons", word) in told:
            facts.by_rule(key, persons, below=policy.effect_persons)
        else:
            facts.by_rule(key, persons, least=policy.effect_persons)
        if ("too_few_events", word) not in told:
            facts.by_rule(f"{key}|event", events, least=least)
            facts.by_rule(f"{key}|none", persons - events, least=least)
            facts.sum(key, [f"{key}|event", f"{key}|none"])


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
    arms = whom.trial(estimate.definition) or f"{whom.arms(estimate.definition)}|before"
    groupings = estimate.definition.details.get("by_groups", {})
    for column, arm in enumerate(("treated", "controls")):
        if estimate.arms is not None:
            facts.untold(f"{arms}|{arm}", estimate.arms[column])
        # Whoever is not compared has a characteristic that few of an arm have.
        facts.elsewhere(
            f"{arms}|{arm}", [f"{whom.arms(estimate.definition)}|{arm}"], left=f"{arms}|{arm}|not compared"
        )
    for number, (groups, shown) in enumerate(zip(estimate.groups, released.groups, strict=True)):
        for column, arm in enumerate(("treated", "controls")):
            grouping = groupings.get(groups.dimension)
            keys = [
                facts.cell(
                    level_of(f"{arms}|{arm}", groups.dimension, level, grouping, groups.merged[k]),
                    int(groups.persons[k, column]),
                    getattr(shown.levels[k], arm),
                    ("groups", number, "levels", k, arm),
                    sensitive=groups.sensitive,
                )
                for k, level in enumerate(groups.levels)
            ]
            # All groups divide the same arm, less those who lack the characteristic.
            lacking = f"{arms}|{arm}|without {column_of(groups.dimension, grouping)}"
            if estimate.arms is not None:
                facts.divided(f"{arms}|{arm}", keys, lacking)
            for k, key in enumerate(keys):
                # The arms of a level whose effect is shown are large enough, and some of the level.
                if not shown.levels[k].withheld:
                    facts.by_rule(key, int(groups.persons[k, column]), least=policy.effect_persons)
    return facts


def over_time_facts(estimate: EffectOverTime, released: ReleasedEffectOverTime, policy: Policy) -> FactList:
    """Both arms, which are the same at every horizon."""
    facts = FactList(estimate.definition, policy)
    arms = f"{whom.arms(estimate.definition)}|over time"
    for number, (effect, shown) in enumerate(zip(estimate.effects, released.horizons, strict=True)):
        facts.cell(f"{arms}|treated", effect.treated, shown.treated, ("horizons", number, "treated"))
        facts.cell(f"{arms}|controls", effect.controls, shown.controls, ("horizons", number, "controls"))
        if not shown.withheld:
            facts.by_rule(f"{arms}|treated", effect.treated, least=policy.effect_persons)
            facts.by_rule(f"{arms}|controls", effect.controls, least=policy.effect_persons)
    trial = whom.trial(estimate.definition)
    for arm in ("treated", "controls") if trial else ():
        facts.elsewhere(f"{trial}|{arm}", [f"{arms}|{arm}"])
    return facts


def overview_facts(estimate: EffectOverview, released: ReleasedEffectOverview, policy: Policy) -> FactList:
    """Sizes stand with each effect; which of them are shown is told here too."""
    facts = FactList(estimate.definition, policy)
    for effect, row in zip(estimate.effects, released.rows, strict=True):
        _by_rule(effect, row.withheld, facts, whom.arms(effect.definition), policy)
    return facts
