"""Releases: what passed the gate. They carry the displayed values and nothing else.

Every number here is one that may be published as it stands. A release is free of
language; `report` renders it, the run record stores it as JSON, and the quarterly
summary reads it back.
"""

from __future__ import annotations

from hamm_eval.release.released.base import (
    Cell,
    Interval,
    Release,
    ReleasedAbsent,
    excludes_zero,
    group_of,
)
from hamm_eval.release.released.costs import (
    ReleasedCostLine,
    ReleasedCosts,
    ReleasedEffectCost,
    ReleasedFunding,
    ReleasedFundingAmount,
    ReleasedFundingSpell,
)
from hamm_eval.release.released.curves import ReleasedCurve, ReleasedCurves
from hamm_eval.release.released.effects import (
    ReleasedBalance,
    ReleasedCheck,
    ReleasedEffect,
    ReleasedEffectByGroup,
    ReleasedEffectInGroups,
    ReleasedEffectOverTime,
    ReleasedEffectOverview,
    ReleasedEffectPart,
    ReleasedEffectRow,
    ReleasedSensitivity,
    ReleasedTargetTrial,
    ReleasedTipping,
    ReleasedTrialEffect,
)
from hamm_eval.release.released.goals import (
    ReleasedAttainmentModel,
    ReleasedGoals,
    ReleasedGoalScores,
    ReleasedStandings,
    ReleasedWorkerShare,
)
from hamm_eval.release.released.models import (
    ReleasedArrivalQuarter,
    ReleasedArrivals,
    ReleasedLoss,
    ReleasedModel,
    ReleasedSideBySide,
    ReleasedTerm,
)
from hamm_eval.release.released.perspectives import (
    ReleasedAgreement,
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedRatings,
    ReleasedResponses,
    ReleasedTwoPerspectives,
)
from hamm_eval.release.released.providers import (
    ReleasedCaseload,
    ReleasedCaseloadModel,
    ReleasedFunnel,
    ReleasedFunnelGroup,
    ReleasedFunnelLimits,
    ReleasedFunnelLoss,
)
from hamm_eval.release.released.states import ReleasedShare, ReleasedStates
from hamm_eval.release.released.summary import QuarterlySummary, Restatement
from hamm_eval.release.released.systems import ReleasedAccess
from hamm_eval.release.released.tables import ReleasedDistribution, ReleasedQuantiles, ReleasedTable
from hamm_eval.release.released.truth import ReleasedTruth, ReleasedTruthRow

__all__ = [
    "Cell",
    "Interval",
    "QuarterlySummary",
    "Release",
    "ReleasedAbsent",
    "ReleasedAccess",
    "ReleasedAgreement",
    "ReleasedArrivalQuarter",
    "ReleasedArrivals",
    "ReleasedAttainmentModel",
    "ReleasedBalance",
    "ReleasedCaseload",
    "ReleasedCaseloadModel",
    "ReleasedCheck",
    "ReleasedCostLine",
    "ReleasedCosts",
    "ReleasedCurve",
    "ReleasedCurves",
    "ReleasedDistribution",
    "ReleasedEffect",
    "ReleasedEffectByGroup",
    "ReleasedEffectCost",
    "ReleasedEffectInGroups",
    "ReleasedEffectOverTime",
    "ReleasedEffectOverview",
    "ReleasedEffectPart",
    "ReleasedEffectRow",
    "ReleasedFunding",
    "ReleasedFundingAmount",
    "ReleasedFundingSpell",
    "ReleasedFunnel",
    "ReleasedFunnelGroup",
    "ReleasedFunnelLimits",
    "ReleasedFunnelLoss",
    "ReleasedGoalScores",
    "ReleasedGoals",
    "ReleasedLoss",
    "ReleasedModel",
    "ReleasedPerceived",
    "ReleasedPerceivedEffects",
    "ReleasedQuantiles",
    "ReleasedRatings",
    "ReleasedResponses",
    "ReleasedSensitivity",
    "ReleasedShare",
    "ReleasedSideBySide",
    "ReleasedStandings",
    "ReleasedStates",
    "ReleasedTable",
    "ReleasedTargetTrial",
    "ReleasedTerm",
    "ReleasedTipping",
    "ReleasedTrialEffect",
    "ReleasedTruth",
    "ReleasedTruthRow",
    "ReleasedTwoPerspectives",
    "ReleasedWorkerShare",
    "Restatement",
    "excludes_zero",
    "group_of",
]
