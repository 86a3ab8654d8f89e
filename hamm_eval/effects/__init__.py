"""Does a measure work? Balance, overlap, effects with stacked variances, and when not to say."""

from __future__ import annotations

from hamm_eval.effects.balancing import Balance, balance
from hamm_eval.effects.complete_outcome import estimate_effect
from hamm_eval.effects.costs import CostPerAdditional, break_even_effect, cost_per_additional
from hamm_eval.effects.design_check import (
    DesignFailure,
    DesignLimits,
    DesignVerdict,
    assess_design,
    balance_limit,
    minimum_detectable_effect,
    planned_std_error,
)
from hamm_eval.effects.effect_by_level import (
    InteractionTest,
    LevelEffects,
    effect_by_level,
    interaction_test,
    joint_covariance,
)
from hamm_eval.effects.horizon import effect_at_horizon
from hamm_eval.effects.multiplicity import adjust_p
from hamm_eval.effects.positivity import Overlap, PerArm
from hamm_eval.effects.results import Effect, HorizonEffect, ModelSupport
from hamm_eval.effects.sensitivity import EValue, e_value

__all__ = [
    "Balance",
    "CostPerAdditional",
    "DesignFailure",
    "DesignLimits",
    "DesignVerdict",
    "EValue",
    "Effect",
    "HorizonEffect",
    "InteractionTest",
    "LevelEffects",
    "ModelSupport",
    "Overlap",
    "PerArm",
    "adjust_p",
    "assess_design",
    "balance",
    "balance_limit",
    "break_even_effect",
    "cost_per_additional",
    "e_value",
    "effect_at_horizon",
    "effect_by_level",
    "estimate_effect",
    "interaction_test",
    "joint_covariance",
    "minimum_detectable_effect",
    "planned_std_error",
]
