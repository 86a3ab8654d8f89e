"""Facts by kind of estimate: a kind that declares none is refused by the gate, so that none is forgotten."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
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
from hamm_eval.release.facts.base import UNDEFINED, FactList, Facts
from hamm_eval.release.facts.curves import curves_facts
from hamm_eval.release.facts.effects import (
    by_group_facts,
    effect_facts,
    over_time_facts,
    overview_facts,
    target_trial_facts,
)
from hamm_eval.release.facts.goals import attainment_facts, goals_facts, scores_facts
from hamm_eval.release.facts.models import arrivals_facts, model_facts, side_by_side_facts
from hamm_eval.release.facts.others import costs_facts, states_facts
from hamm_eval.release.facts.perspectives import perspectives_facts
from hamm_eval.release.facts.places import (
    access_facts,
    caseload_facts,
    caseload_model_facts,
    funding_facts,
    funnel_facts,
)
from hamm_eval.release.facts.spreads import distribution_facts, quantiles_facts
from hamm_eval.release.facts.tables import table_facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Release


def facts_of(estimate: Estimate, release: Release, policy: Policy) -> Facts:
    """What a release tells of counts.

    Parameters
    ----------
    estimate : Estimate
        Whose counts check every interval and every sum; they do not leave.
    release : Release
        What the gate lets out of it.
    policy : Policy

    Raises
    ------
    ReleaseRefused
        A kind of estimate that does not declare its facts; an interval that does not hold its count.
    """
    facts = _facts(estimate, release, policy).facts()
    # A section left out is no answer: its definition says nothing of what is asked.
    return replace(facts, definition_digest=UNDEFINED) if isinstance(estimate, Absent) else facts


def declares_facts(kind: type[Estimate]) -> bool:
    """Whether a kind of estimate says what its release tells of counts."""
    return _facts.dispatch(kind) is not _facts.dispatch(object)


@singledispatch
def _facts(estimate: Any, release: Any, policy: Policy) -> FactList:
    raise ReleaseRefused(
        f"A {type(estimate).__name__} does not declare what its release tells of counts.",
        where=str(getattr(release, "id", "")),
        todo="Register it in release/facts/kinds.py.",
    )


def _no_counts(estimate: Estimate, release: Release, policy: Policy) -> FactList:
    """Kinds that show no counts, or none but those that other releases show."""
    return FactList(estimate.definition, policy)


_facts.register(CountTable, table_facts)
_facts.register(Curves, curves_facts)
_facts.register(Model, model_facts)
_facts.register(SideBySide, side_by_side_facts)
_facts.register(ArrivalComparison, arrivals_facts)
_facts.register(GoalAttainment, goals_facts)
_facts.register(GoalScores, scores_facts)
_facts.register(AttainmentModel, attainment_facts)
_facts.register(WorkerShare, _no_counts)
_facts.register(StateShares, states_facts)
_facts.register(Costs, costs_facts)
_facts.register(Effect, effect_facts)
_facts.register(TargetTrial, target_trial_facts)
_facts.register(EffectByGroup, by_group_facts)
_facts.register(EffectOverTime, over_time_facts)
_facts.register(SystemAccess, access_facts)
_facts.register(Funnel, funnel_facts)
_facts.register(CaseloadOverTime, caseload_facts)
_facts.register(CaseloadModel, caseload_model_facts)
_facts.register(Funding, funding_facts)
_facts.register(TwoPerspectives, perspectives_facts)
_facts.register(PerceivedEffects, _no_counts)
_facts.register(EffectOverview, overview_facts)
_facts.register(TruthComparison, _no_counts)
_facts.register(QuantileTable, quantiles_facts)
_facts.register(DistributionTable, distribution_facts)
_facts.register(Absent, _no_counts)
