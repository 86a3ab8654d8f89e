"""Does a measure work? Balance, overlap, effects with stacked variances, and when not to say."""

from __future__ import annotations

from hamm_eval.effects.balancing import Balance, balance
from hamm_eval.effects.bootstrap import BootstrapInterval, bootstrap_effect, fresh_labels
from hamm_eval.effects.complete_outcome import estimate_effect
from hamm_eval.effects.costs import CostPerAdditional, break_even_effect, cost_per_additional
from hamm_eval.effects.departure_tipping import DepartureTipping, departure_tipping_point
from hamm_eval.effects.design_check import (
    DesignFailure,
    DesignLimits,
    DesignVerdict,
    assess_design,
    balance_limit,
    minimum_detectable_effect,
    planned_std_error,
)
from hamm_eval.effects.design_summary import DesignCheck, summarise_design
from hamm_eval.effects.effect_by_level import (
    InteractionTest,
    LevelEffects,
    effect_by_level,
    interaction_test,
    joint_covariance,
)
from hamm_eval.effects.horizon import effect_at_horizon
from hamm_eval.effects.imputation import impute_covariates
from hamm_eval.effects.imputation_results import Imputation
from hamm_eval.effects.imputed_effect import ImputedEffect, estimate_each, impute_and_estimate
from hamm_eval.effects.leave_one_out import LeaveOneOut, leave_one_covariate_out
from hamm_eval.effects.matching_options import Matching
from hamm_eval.effects.multiplicity import adjust_by_role, adjust_p
from hamm_eval.effects.pooled_effect import pool_effects
from hamm_eval.effects.positivity import Overlap, PerArm, StrataPositivity, positivity_by_stratum
from hamm_eval.effects.results import Effect, HorizonEffect, ModelSupport
from hamm_eval.effects.rubin import Pooled, pool_estimates
from hamm_eval.effects.sensitivity import EValue, e_value
from hamm_eval.effects.starting import effect_of_starting
from hamm_eval.effects.starting_hazard import hazard_ratio_of_starting
from hamm_eval.effects.weighted_cox import WeightedCox, weighted_cox

__all__ = [
    "Balance",
    "BootstrapInterval",
    "CostPerAdditional",
    "DepartureTipping",
    "DesignCheck",
    "DesignFailure",
    "DesignLimits",
    "DesignVerdict",
    "EValue",
    "Effect",
    "HorizonEffect",
    "Imputation",
    "ImputedEffect",
    "InteractionTest",
    "LeaveOneOut",
    "LevelEffects",
    "Matching",
    "ModelSupport",
    "Overlap",
    "PerArm",
    "Pooled",
    "StrataPositivity",
    "WeightedCox",
    "adjust_by_role",
    "adjust_p",
    "assess_design",
    "balance",
    "balance_limit",
    "bootstrap_effect",
    "break_even_effect",
    "cost_per_additional",
    "departure_tipping_point",
    "e_value",
    "effect_at_horizon",
    "effect_by_level",
    "effect_of_starting",
    "estimate_each",
    "estimate_effect",
    "fresh_labels",
    "hazard_ratio_of_starting",
    "impute_and_estimate",
    "impute_covariates",
    "interaction_test",
    "joint_covariance",
    "leave_one_covariate_out",
    "minimum_detectable_effect",
    "planned_std_error",
    "pool_effects",
    "pool_estimates",
    "positivity_by_stratum",
    "summarise_design",
    "weighted_cox",
]


def __dir__() -> list[str]:
    """Public names for tab completion; the files they live in are no part of the room's face."""
    return sorted(__all__)
