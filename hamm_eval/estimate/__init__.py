"""Estimates: values together with what the release gate needs beside them.

An `Estimate` is internal. It knows how many distinct persons, events and persons
at risk stand behind every number, and the definition it follows; `release.gate`
turns it into something that may be shown. Estimates are free of language: they
carry keys, and `report` finds the words.
"""

from __future__ import annotations

from hamm_eval.estimate.base import Absent, Definition, Estimate, FloatArray, IntArray, Json
from hamm_eval.estimate.costs import CostLine, Costs, EffectCost, Funding, FundingSpell
from hamm_eval.estimate.curves import CurveGroup, Curves
from hamm_eval.estimate.effects import (
    LEAST_IN_ARM,
    Effect,
    EffectByGroup,
    EffectInGroups,
    EffectOverTime,
    EffectOverview,
    TargetTrial,
    TrialEffect,
)
from hamm_eval.estimate.goals import AttainmentModel, GoalAttainment, GoalScores, WorkerShare
from hamm_eval.estimate.models import ArrivalComparison, Lost, Model, SideBySide, Term
from hamm_eval.estimate.perspectives import (
    Agreement,
    PerceivedEffects,
    Responses,
    TwoPerspectives,
    WeightedShare,
)
from hamm_eval.estimate.providers import CaseloadModel, CaseloadOverTime, Funnel, FunnelGroup
from hamm_eval.estimate.states import StateShares
from hamm_eval.estimate.systems import SystemAccess
from hamm_eval.estimate.tables import CountTable, DistributionTable, Link, QuantileTable
from hamm_eval.estimate.truth import TruthComparison, TruthRow

__all__ = [
    "LEAST_IN_ARM",
    "Absent",
    "Agreement",
    "ArrivalComparison",
    "AttainmentModel",
    "CaseloadModel",
    "CaseloadOverTime",
    "CostLine",
    "Costs",
    "CountTable",
    "CurveGroup",
    "Curves",
    "Definition",
    "DistributionTable",
    "Effect",
    "EffectByGroup",
    "EffectCost",
    "EffectInGroups",
    "EffectOverTime",
    "EffectOverview",
    "Estimate",
    "FloatArray",
    "Funding",
    "FundingSpell",
    "Funnel",
    "FunnelGroup",
    "GoalAttainment",
    "GoalScores",
    "IntArray",
    "Json",
    "Link",
    "Lost",
    "Model",
    "PerceivedEffects",
    "QuantileTable",
    "Responses",
    "SideBySide",
    "StateShares",
    "SystemAccess",
    "TargetTrial",
    "Term",
    "TrialEffect",
    "TruthComparison",
    "TruthRow",
    "TwoPerspectives",
    "WeightedShare",
    "WorkerShare",
]
