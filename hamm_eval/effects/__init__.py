"""Does a measure work? Balance, overlap, effects with stacked variances, and when not to say."""

from __future__ import annotations

from hamm_eval.effects.balancing import Balance, balance
from hamm_eval.effects.complete_outcome import estimate_effect
from hamm_eval.effects.design_check import (
    DesignFailure,
    DesignLimits,
    DesignVerdict,
    assess_design,
    balance_limit,
    minimum_detectable_effect,
    planned_std_error,
)
from hamm_eval.effects.horizon import effect_at_horizon
from hamm_eval.effects.multiplicity import adjust_p
from hamm_eval.effects.positivity import Overlap, PerArm
from hamm_eval.effects.results import Effect, HorizonEffect, ModelSupport
from hamm_eval.effects.rubin import Pooled, pool_estimates
from hamm_eval.effects.sensitivity import EValue, e_value

__all__ = [
    "Balance",
    "DesignFailure",
    "DesignLimits",
    "DesignVerdict",
    "EValue",
    "Effect",
    "HorizonEffect",
    "ModelSupport",
    "Overlap",
    "PerArm",
    "Pooled",
    "adjust_p",
    "assess_design",
    "balance",
    "balance_limit",
    "e_value",
    "effect_at_horizon",
    "estimate_effect",
    "minimum_detectable_effect",
    "planned_std_error",
    "pool_estimates",
]
