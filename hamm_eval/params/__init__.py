"""Models of params/*.yaml: one complete file per quarter, read before anything runs.

Endpoints, groups and questions are data: a new endpoint is a paragraph of YAML.
"""

from __future__ import annotations

from hamm_eval.params.base import DAYS_PER_MONTH, Key, Label, Language, Level
from hamm_eval.params.cohort import AtRisk, Cohort, Endpoint, EventSource, Origin, TargetGroup
from hamm_eval.params.costs import Costs, Price
from hamm_eval.params.effects import (
    EffectQuestion,
    Estimand,
    Measure,
    NegativeControl,
    StrategyPair,
    TargetTrialQuestion,
)
from hamm_eval.params.goals import GoalAttainmentQuestion, GoalQuestion, GoalsAtReviews
from hamm_eval.params.groups import Group, Merge
from hamm_eval.params.load import json_schema, load_params
from hamm_eval.params.models import ArrivalCohorts, Association
from hamm_eval.params.perspectives import TwoPerspectives
from hamm_eval.params.providers import CaseloadPace, CaseloadQuestion, ProviderQuestion
from hamm_eval.params.quarter import LATEST_CUT, Params, QuarterText
from hamm_eval.params.release import PolicyFile, Release
from hamm_eval.params.states import Spells, State, StatePath
from hamm_eval.params.systems import AccessToSystems, NextSystem, System, TransitionsBetweenSystems
from hamm_eval.params.volunteers import VolunteerQuestion

__all__ = [
    "DAYS_PER_MONTH",
    "LATEST_CUT",
    "AccessToSystems",
    "ArrivalCohorts",
    "Association",
    "AtRisk",
    "CaseloadPace",
    "CaseloadQuestion",
    "Cohort",
    "Costs",
    "EffectQuestion",
    "Endpoint",
    "Estimand",
    "EventSource",
    "GoalAttainmentQuestion",
    "GoalQuestion",
    "GoalsAtReviews",
    "Group",
    "Key",
    "Label",
    "Language",
    "Level",
    "Measure",
    "Merge",
    "NegativeControl",
    "NextSystem",
    "Origin",
    "Params",
    "PolicyFile",
    "Price",
    "ProviderQuestion",
    "QuarterText",
    "Release",
    "Spells",
    "State",
    "StatePath",
    "StrategyPair",
    "System",
    "TargetGroup",
    "TargetTrialQuestion",
    "TransitionsBetweenSystems",
    "TwoPerspectives",
    "VolunteerQuestion",
    "json_schema",
    "load_params",
]
