"""All effects of a report beside each other: nothing that the effects do not show one by one, and a word."""

from __future__ import annotations

from typing import Literal

from hamm_eval.estimate import Effect, EffectOverview
from hamm_eval.release.effects import release_effect
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval, ReleasedEffectOverview, ReleasedEffectRow

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
        decision=_decision(shown.difference, adjusted),
    )


def _decision(
    difference: Interval | None, adjusted: float | None
) -> Literal["", "confirmed", "not_confirmed"]:
    """Confirmed only where the interval that is shown says so too; the adjusted p-value never leaves."""
    if difference is None or difference.lower is None or difference.upper is None or adjusted is None:
        return ""
    apart = difference.lower > 0 or difference.upper < 0
    return "confirmed" if apart and adjusted <= ALPHA else "not_confirmed"
