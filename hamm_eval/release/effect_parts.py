"""Effects within groups and at several horizons: each part by the rules of a whole effect."""

from __future__ import annotations

import math
from typing import Literal

from hamm_eval.estimate import Effect, EffectByGroup, EffectInGroups, EffectOverTime
from hamm_eval.release.counts import hide_linked, release_count
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    Cell,
    ReleasedEffectByGroup,
    ReleasedEffectInGroups,
    ReleasedEffectOverTime,
    ReleasedEffectPart,
)

ALPHA = 0.05


def release_effect_by_group(estimate: EffectByGroup, policy: Policy) -> ReleasedEffectByGroup:
    """Differences by level in whole points.

    Whether the levels differ is decided in the confirmatory quarter alone, and only where every tested level
    is shown. No p-value leaves: twelve looks at a measure that acts alike on all would find one below 5 %.
    """
    return ReleasedEffectByGroup(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        measure=estimate.measure,
        endpoint=estimate.endpoint,
        landmark_days=estimate.landmark_days,
        horizon_days=estimate.horizon_days,
        estimand=str(estimate.definition.details.get("estimand", "")),
        groups=tuple(_in_groups(groups, estimate.confirmatory, policy) for groups in estimate.groups),
        confirmatory=estimate.confirmatory,
    )


def release_effect_over_time(estimate: EffectOverTime, policy: Policy) -> ReleasedEffectOverTime:
    """Differences at each horizon in whole points. Neither arm's share is told: their course is a curve."""
    first = estimate.effects[0]
    return ReleasedEffectOverTime(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        measure=first.measure,
        endpoint=first.endpoint,
        landmark_days=first.landmark_days,
        estimand=str(estimate.definition.details.get("estimand", "")),
        horizons=tuple(_part(effect, "", (), None, policy) for effect in estimate.effects),
    )


def _in_groups(groups: EffectInGroups, confirmatory: bool, policy: Policy) -> ReleasedEffectInGroups:
    """One group: its levels are parts of each arm, so that no arm may tell a small one (rule 7)."""
    arms = []
    for arm in (0, 1):
        counts = [int(count) for count in groups.persons[:, arm]]
        cells = [release_count(count, policy, sensitive=groups.sensitive) for count in counts]
        arms.append(
            hide_linked(cells, release_count(sum(counts), policy), policy, sensitive=groups.sensitive)
        )
    levels = tuple(
        _part(effect, level, merged, (arms[0][k], arms[1][k]), policy)
        for k, (level, merged, effect) in enumerate(
            zip(groups.levels, groups.merged, groups.effects, strict=True)
        )
    )
    shown = sum(part.difference is not None for part in levels)
    told = groups.test is not None and shown == groups.tested and math.isfinite(groups.p_adjusted)
    decision: Literal["", "confirmed", "not_confirmed"] = ""
    if confirmatory and told:
        decision = "confirmed" if groups.p_adjusted <= ALPHA else "not_confirmed"
    return ReleasedEffectInGroups(dimension=groups.dimension, levels=levels, decision=decision)


def _part(
    effect: Effect, level: str, merged: tuple[str, ...], arms: tuple[Cell, Cell] | None, policy: Policy
) -> ReleasedEffectPart:
    """What the gate lets out of a whole effect, less its design, which is shown with that effect."""
    whole = release_effect(effect, policy)
    treated, controls = arms or (whole.treated, whole.controls)
    return ReleasedEffectPart(
        level=level,
        days=effect.horizon_days,
        treated=treated,
        controls=controls,
        withheld=tuple(dict.fromkeys(key for key, _ in whole.withheld)),
        difference=whole.difference,
        merged=merged,
    )
