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
from hamm_eval.effects.imputation import impute_covariates
from hamm_eval.effects.imputation_results import Imputation
from hamm_eval.effects.imputed_effect import ImputedEffect, estimate_each, impute_and_estimate
from hamm_eval.effects.multiplicity import adjust_p
from hamm_eval.effects.pooled_effect import pool_effects
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
    "Imputation",
    "ImputedEffect",
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
    "estimate_each",
    "estimate_effect",
    "impute_and_estimate",
    "impute_covariates",
    "minimum_detectable_effect",
    "planned_std_error",
    "pool_effects",
    "pool_estimates",
]
