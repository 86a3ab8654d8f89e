"""Attainment of goals as it may be shown: both curves by rule 5, adaptations as counts."""

from __future__ import annotations

from hamm_eval.estimate import GoalAttainment
from hamm_eval.release.counts import release_count
from hamm_eval.release.curves import release_curves
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedGoals


def release_goals(estimate: GoalAttainment, policy: Policy) -> ReleasedGoals:
    """Each of the two curves as if it stood alone: they are of the same persons, and neither is a part."""
    return ReleasedGoals(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        domain=estimate.domain,
        curves=release_curves(estimate.curves, policy),
        adapted=release_count(estimate.adapted, policy),
        attained_adapted=release_count(estimate.attained_adapted, policy),
    )
