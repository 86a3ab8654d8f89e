"""The one gate between an estimate and what may be shown of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    AttainmentModel,
    CaseloadModel,
    CaseloadOverTime,
    Costs,
    CountTable,
    Curves,
    DistributionTable,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Funding,
    Funnel,
    GoalAttainment,
    GoalScores,
    Model,
    PerceivedEffects,
    QuantileTable,
    SideBySide,
    StateShares,
    SystemAccess,
    TargetTrial,
    TruthComparison,
    TwoPerspectives,
    WorkerShare,
)
from hamm_eval.release.arrivals import release_arrivals
from hamm_eval.release.attainment_models import release_attainment_model, release_worker_share
from hamm_eval.release.costs import release_costs, release_funding
from hamm_eval.release.counts import release_table
from hamm_eval.release.curves import release_curves
from hamm_eval.release.effect_overview import release_effect_overview
from hamm_eval.release.effect_parts import release_effect_by_group, release_effect_over_time
from hamm_eval.release.effects import release_effect
from hamm_eval.release.facts import declares_facts
from hamm_eval.release.goals import release_goal_scores, release_goals
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.models import release_model_alone
from hamm_eval.release.perspectives import release_perceived_effects, release_two_perspectives
from hamm_eval.release.policy import Policy
from hamm_eval.release.providers import release_caseload, release_caseload_model, release_funnel
from hamm_eval.release.quantiles import release_distribution, release_quantiles
from hamm_eval.release.released import Release, ReleasedAbsent
from hamm_eval.release.side_by_side import release_side_by_side
from hamm_eval.release.states import release_states
from hamm_eval.release.systems import release_access
from hamm_eval.release.target_trials import release_target_trial
from hamm_eval.release.truth import release_truth

SINGLE_WORKERS = "social_worker"
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def _release_absent(absent: Absent, policy: Policy) -> ReleasedAbsent:
    """What lacks in an export is a fact about files, not about people; no other text may pass as one."""
    if not all(_KEY.fullmatch(name) for name in absent.lacking):
        raise ReleaseRefused(
            "What lacks is not named by the keys of tables.",
            where=absent.definition.id,
            todo="Name tables as the schema does.",
        )
    return ReleasedAbsent(
        id=absent.definition.id,
        definition_digest=absent.definition.digest,
        policy=policy.name,
        lacking=absent.lacking,
    )


def _refuse_single_workers(estimate: Any) -> None:
    """Rule 9: whatever else is asked of an estimate, it does not compare single social workers."""
    parts = (estimate, *getattr(estimate, "groups", ()), *getattr(estimate, "terms", ()))
    names = ("row_dimension", "column_dimension", "dimension", "factor")
    if any(getattr(part, name, "") == SINGLE_WORKERS for part in parts for name in names):
        raise ReleaseRefused(
            "Single social workers are never compared.",
            where="study.show",
            todo="Group by provider; effects are clustered by social worker without being told so.",
        )


_RULES: dict[type[Estimate], Callable[..., Release]] = {
    Absent: _release_absent,
    CountTable: release_table,
    Curves: release_curves,
    Model: release_model_alone,
    GoalAttainment: release_goals,
    GoalScores: release_goal_scores,
    AttainmentModel: release_attainment_model,
    WorkerShare: release_worker_share,
    ArrivalComparison: release_arrivals,
    SideBySide: release_side_by_side,
    StateShares: release_states,
    SystemAccess: release_access,
    Effect: release_effect,
    TargetTrial: release_target_trial,
    EffectOverview: release_effect_overview,
    EffectByGroup: release_effect_by_group,
    EffectOverTime: release_effect_over_time,
    Costs: release_costs,
    Funding: release_funding,
    Funnel: release_funnel,
    CaseloadOverTime: release_caseload,
    CaseloadModel: release_caseload_model,
    QuantileTable: release_quantiles,
    DistributionTable: release_distribution,
    TruthComparison: release_truth,
    TwoPerspectives: release_two_perspectives,
    PerceivedEffects: release_perceived_effects,
}

_DRAWN = frozenset({Curves, SystemAccess, GoalAttainment, TruthComparison})
"""Kinds with curves, whose steps depend on what earlier quarters have told."""


def is_drawn(estimate: Estimate) -> bool:
    """Whether curves are drawn of an estimate, so that what was drawn earlier has a say."""
    return type(estimate) in _DRAWN


def release(estimate: Estimate, policy: Policy, earlier: EarlierCurves = NOTHING_EARLIER) -> Release:
    """What may be shown of an estimate.

    Parameters
    ----------
    estimate : Estimate
    policy : Policy
    earlier : EarlierCurves
        What earlier quarters have told of curves: those of now tell of nobody who came since.

    Returns
    -------
    Release
        Of the estimate's own kind. Small groups and failing designs are marked as withheld, with a reason.

    Raises
    ------
    ReleaseRefused
        A kind of estimate that has no rule or does not declare its facts, single social workers, or a table
        that does not say who stands behind its counts.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.estimate import Definition
    >>> households = CountTable(
    ...     definition=Definition("cohort", "household_type"), rows=("single", "couple"),
    ...     columns=("persons",), row_dimension="household_type", column_dimension="",
    ...     counts=np.array([[43], [4]]))
    >>> [row[0].value for row in release(households, Policy.strict()).cells]
    [45, None]
    """
    _refuse_single_workers(estimate)
    rule = _RULES.get(type(estimate))
    if rule is None:
        raise ReleaseRefused(
            f"There is no release rule for a {type(estimate).__name__}.",
            where="study.show",
            todo=f"Show one of: {', '.join(kind.__name__ for kind in _RULES)}.",
        )
    if not declares_facts(type(estimate)):
        raise ReleaseRefused(
            f"A {type(estimate).__name__} does not declare what its release tells of counts.",
            where="study.show",
            todo="The proof that no hidden count can be recovered needs it: see release/facts.",
        )
    return rule(estimate, policy, earlier) if is_drawn(estimate) else rule(estimate, policy)
