"""All effects of a report beside each other: nothing that the effects do not show one by one, and a word."""

from __future__ import annotations

from typing import Literal

from hamm_eval.estimate import Effect, EffectOverview
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    ReleasedEffect,
    ReleasedEffectOverview,
    ReleasedEffectRow,
    excludes_zero,
)

ALPHA = 0.05


def release_effect_overview(overview: EffectOverview, policy: Policy) -> ReleasedEffectOverview:
    """An overview as it may be shown: each effect passes its own rules, by which it may be withheld."""
    return ReleasedEffectOverview(
        id=overview.definition.id,
        definition_digest=overview.definition.digest,
        policy=policy.name,
        confirmatory=overview.confirmatory,
        rows=tuple(
            _row(effect, primary, adjusted if overview.confirmatory else None, policy)
            for effect, primary, adjusted in zip(
                overview.effects, overview.primary, overview.adjusted, strict=True
            )
        ),
        absent=overview.absent,
    )


def _row(effect: Effect, primary: bool, adjusted: float | None, policy: Policy) -> ReleasedEffectRow:
    """One effect, by the figures of its own release."""
    shown = release_effect(effect, policy)
    against = _against(shown)
    return ReleasedEffectRow(
        key=effect.definition.key,
        measure=shown.measure,
        endpoint=shown.endpoint,
        horizon_days=shown.horizon_days,
        estimand=shown.estimand,
        primary=primary,
        withheld=shown.withheld,
        difference=shown.difference,
        detectable=None if shown.withheld else shown.detectable,
        decision=_decision(shown, against, adjusted),
        against=against,
    )


def _against(shown: ReleasedEffect) -> tuple[str, ...]:
    """What, as it is shown, speaks against an effect whatever its p-value."""
    if shown.difference is None:
        return ()
    found = ["negative_control"] if shown.control_differs else []
    if excludes_zero(shown.difference) and not excludes_zero(shown.difference_by_worker):
        found.append("by_worker_unknown" if shown.difference_by_worker is None else "by_worker")
    return tuple(found)


def _decision(
    shown: ReleasedEffect, against: tuple[str, ...], adjusted: float | None
) -> Literal["", "confirmed", "not_confirmed"]:
    """Confirmed only where all that is shown says so too; the adjusted p-value never leaves."""
    if shown.difference is None or adjusted is None:
        return ""
    sure = excludes_zero(shown.difference) and not against
    return "confirmed" if sure and adjusted <= ALPHA else "not_confirmed"
