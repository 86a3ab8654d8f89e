"""A target trial as it may be shown: each effect by the rules of effects, months as coarse as points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hamm_eval.estimate import TargetTrial, TrialEffect
from hamm_eval.params import DAYS_PER_MONTH
from hamm_eval.release.counts import release_count
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval, ReleasedTargetTrial, ReleasedTrialEffect
from hamm_eval.release.rounding import decimals, to_step

# A tenth of a month of mean time is about what a percentage point is over a year.
_MONTH_STEP = 0.1


def release_target_trial(estimate: TargetTrial, policy: Policy) -> ReleasedTargetTrial:
    """The protocol, which speaks of nobody, and the effects, each with its own verdict."""
    return ReleasedTargetTrial(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        measure=estimate.measure,
        endpoint=estimate.endpoint,
        estimand=str(estimate.definition.details["trial"]["estimand"]),
        months=estimate.months,
        ages=estimate.ages,
        covariates=estimate.covariates,
        effects=_one_treated_share([_release(found, policy) for found in estimate.effects]),
    )


def _one_treated_share(effects: Sequence[ReleasedTrialEffect]) -> tuple[ReleasedTrialEffect, ...]:
    """Who starts is the same people whatever the others do: their share is rounded once.

    Rounded anew beside each pair it would be told twice, by two intervals that together are narrower.
    """
    told: dict[tuple[str, int, int], float] = {}
    found = []
    for each in effects:
        effect, arm = each.effect, (each.trials, each.grace_days, each.horizon_months)
        share, difference = effect.risk_treated, effect.difference
        if share is not None and difference is not None and difference.value is not None:
            share = told.setdefault(arm, share)
            control = decimals(min(max(share - difference.value, 0.0), 1.0), 2)
            each = replace(each, effect=replace(effect, risk_treated=share, risk_control=control))
        found.append(each)
    return tuple(found)


def _release(found: TrialEffect, policy: Policy) -> ReleasedTrialEffect:
    """One strategy pair at one horizon."""
    effect = release_effect(found.effect, policy)
    shown = not effect.withheld and found.months is not None
    return ReleasedTrialEffect(
        trials=found.trials,
        grace_days=found.grace_days,
        adherence=found.adherence,
        horizon_months=found.horizon_months,
        effect=effect,
        months_difference=_in_months(found) if shown else None,
        person_trials=release_count(found.person_trials, policy),
    )


def _in_months(found: TrialEffect) -> Interval | None:
    """Difference in mean months with the goal; days become months."""
    days = (found.months.value, found.months.lower, found.months.upper)
    if not np.isfinite(days).all():
        return None
    value, lower, upper = (to_step(day / DAYS_PER_MONTH, _MONTH_STEP) for day in days)
    return Interval(value=value, lower=lower, upper=upper)
