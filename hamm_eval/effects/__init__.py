"""Does a measure work? Balance, overlap, effects with stacked variances, and when not to say."""

from __future__ import annotations

from hamm_eval.effects.balancing import Balance, balance
from hamm_eval.effects.complete_outcome import estimate_effect
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
from hamm_eval.effects.horizon import effect_at_horizon
from hamm_eval.effects.leave_one_out import LeaveOneOut, leave_one_covariate_out
from hamm_eval.effects.multiplicity import adjust_by_role, adjust_p
from hamm_eval.effects.positivity import Overlap, PerArm
from hamm_eval.effects.results import Effect, HorizonEffect, ModelSupport
from hamm_eval.effects.sensitivity import EValue, e_value

__all__ = [
    "Balance",
    "DepartureTipping",
    "DesignCheck",
    "DesignFailure",
    "DesignLimits",
    "DesignVerdict",
    "EValue",
    "Effect",
    "HorizonEffect",
    "LeaveOneOut",
    "ModelSupport",
    "Overlap",
    "PerArm",
    "adjust_by_role",
    "adjust_p",
    "assess_design",
    "balance",
    "balance_limit",
    "departure_tipping_point",
    "e_value",
    "effect_at_horizon",
    "estimate_effect",
    "leave_one_covariate_out",
    "minimum_detectable_effect",
    "planned_std_error",
    "summarise_design",
]
