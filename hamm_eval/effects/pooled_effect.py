"""Effects on several completed tables as one: estimates by Rubin's rules, the design as its worst."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from hamm_eval.effects.balancing import Balance
from hamm_eval.effects.positivity import Overlap, PerArm
from hamm_eval.effects.results import Effect, HorizonEffect, ModelSupport
from hamm_eval.effects.rubin import Pooled, pool_estimates
from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray

AnyEffect = TypeVar("AnyEffect", bound=Effect)
_RATIOS = ("ratio", "risk_ratio")


def pool_effects(effects: Sequence[AnyEffect]) -> AnyEffect:
    """Pool effects of the same question on several completed tables.

    Parameters
    ----------
    effects : sequence of Effect or HorizonEffect, length m
        Of `estimate_effect` or `effect_at_horizon`, with the same keywords and the same rows.

    Returns
    -------
    Effect or HorizonEffect
        Value (of a ratio its logarithm), means and risks pooled by Rubin's rules; `degrees_of_freedom` are
        those of Barnard and Rubin, None where the reference is normal. What judges the design is the worst of
        all imputations, so that a design passes only if it would have passed for each: standardised
        differences, variance ratios and distances per covariate, effective sizes, shares outside of common
        support and heaviest weights; the propensity histogram is that of the imputation with the largest
        share of the target population outside. Balance before weighting is the mean. Departures are pooled
        likewise, None unless estimable on each table; `method` says "weighting" where one table needed that.

    Raises
    ------
    InputError
        Fewer than two effects, or effects that differ in contrast, estimand, confidence or rows.
    """
    _check_alike(effects)
    first = effects[0]
    value = pool_values(effects)
    means = _pool_means(effects)
    back = np.exp if first.contrast in _RATIOS else float
    fields: dict[str, Any] = {
        "value": float(back(value.value)),
        "std_error": value.std_error,
        "lower": float(back(value.lower)),
        "upper": float(back(value.upper)),
        "p_value": value.p_value,
        "degrees_of_freedom": None if np.isinf(value.dof) else value.dof,
        "mean_treated": float(means.value[0]),
        "mean_control": float(means.value[1]),
        "std_error_treated": float(means.std_error[0]),
        "std_error_control": float(means.std_error[1]),
        "balance": _worst_balance([effect.balance for effect in effects]),
        "balance_before": _mean_balance([effect.balance_before for effect in effects]),
        "overlap": _worst_overlap([effect.overlap for effect in effects]),
        "effective_n": _per_arm([effect.effective_n for effect in effects], min),
        "support": _least_support(effects),
        "dropped": tuple(dict.fromkeys(column for effect in effects for column in effect.dropped)),
        "method": next((e.method for e in effects if e.method == "weighting"), first.method),
        "influence": _pool_influence([effect.influence for effect in effects], value.std_error),
    }
    horizon = [effect for effect in effects if isinstance(effect, HorizonEffect)]
    if horizon:
        gone = [effect.competing for effect in horizon]
        known = [effect for effect in gone if effect is not None]
        told = horizon[0].risk_treated is not None
        fields |= {
            "risk_treated": fields["mean_treated"] if told else None,
            "risk_control": fields["mean_control"] if told else None,
            "competing": pool_effects(known) if len(known) == len(gone) else None,
            "largest_censoring_weight": max(effect.largest_censoring_weight for effect in horizon),
        }
    return replace(first, **fields)


def _pool_influence(found: Sequence[FloatArray | None], std_error: float) -> FloatArray | None:
    """Mean influence, scaled to the pooled standard error: imputing adds to the variance alike everywhere."""
    known = [values for values in found if values is not None]
    if len(known) < len(found):
        return None
    mean = np.mean(known, axis=0)
    length = float(np.linalg.norm(mean))
    return mean * (std_error / length) if length > 0 else mean


def _check_alike(effects: Sequence[Effect]) -> None:
    """The same question on the same rows."""
    asked = {(type(e), e.contrast, e.estimand, e.confidence, e.n, e.balance.names) for e in effects}
    if len(effects) < 2:
        raise InputError("At least two imputations are needed.", where="effects")
    if len(asked) > 1:
        raise InputError(
            "They differ in contrast, estimand, confidence, covariates or rows.",
            where="effects",
            todo="Pool effects of one question on tables that differ in nothing but imputed values.",
        )


def pool_values(effects: Sequence[Effect]) -> Pooled:
    """The value by Rubin's rules, of a ratio on the log scale, where its standard error lives."""
    values = np.array([effect.value for effect in effects])
    return pool_estimates(
        np.log(values) if effects[0].contrast in _RATIOS else values,
        [effect.std_error**2 for effect in effects],
        complete_dof=effects[0].degrees_of_freedom,
        confidence=effects[0].confidence,
    )


def _pool_means(effects: Sequence[Effect]) -> Pooled:
    """Both means by Rubin's rules."""
    return pool_estimates(
        [[effect.mean_treated, effect.mean_control] for effect in effects],
        [[effect.std_error_treated**2, effect.std_error_control**2] for effect in effects],
        complete_dof=effects[0].degrees_of_freedom,
        confidence=effects[0].confidence,
    )


def _worst(values: Sequence[Any], badness: Callable[[Any], Any]) -> Any:
    """Of arrays (m, p), per covariate that entry which is worst; entries that are not known come last."""
    stack = np.array(values)
    bad = badness(stack)
    at = np.argmax(np.where(np.isnan(bad), -np.inf, bad), axis=0)
    return stack[at, np.arange(stack.shape[1])]


def _worst_balance(found: Sequence[Balance]) -> Balance:
    """Per covariate the largest difference, the variance ratio farthest from 1, the largest distance."""

    def from_one(ratio: Any) -> Any:
        with np.errstate(divide="ignore"):
            return np.abs(np.log(ratio))

    return Balance(
        found[0].names,
        _worst([balance.smd for balance in found], np.abs),
        _worst([balance.variance_ratio for balance in found], from_one),
        _worst([balance.ks for balance in found], np.abs),
        *_mean_shares(found),
    )


def _mean_balance(found: Sequence[Balance]) -> Balance:
    """Means over imputations."""
    return Balance(
        found[0].names,
        np.mean([balance.smd for balance in found], axis=0),
        np.mean([balance.variance_ratio for balance in found], axis=0),
        np.mean([balance.ks for balance in found], axis=0),
        *_mean_shares(found),
    )


def _mean_shares(found: Sequence[Balance]) -> tuple[Any, Any]:
    """Means of both arms, over imputations."""
    return (
        np.mean([balance.mean_treated for balance in found], axis=0),
        np.mean([balance.mean_control for balance in found], axis=0),
    )


def _worst_overlap(found: Sequence[Overlap]) -> Overlap:
    """The least overlap."""
    return replace(
        max(found, key=lambda overlap: overlap.outside_target),
        effective_n=_per_arm([overlap.effective_n for overlap in found], min),
        outside_support=_per_arm([overlap.outside_support for overlap in found], max),
        largest_weight_share=_per_arm([overlap.largest_weight_share for overlap in found], max),
    )


def _per_arm(found: Sequence[PerArm[float]], choose: Callable[[Any], float]) -> PerArm[float]:
    """The least or largest of each arm."""
    return PerArm(choose(each.treated for each in found), choose(each.control for each in found))


def _least_support(effects: Sequence[Effect]) -> tuple[ModelSupport, ...]:
    """Per model the fewest events per parameter."""
    models = dict.fromkeys(model.model for effect in effects for model in effect.support)
    return tuple(
        min(
            (model for effect in effects for model in effect.support if model.model == name),
            key=lambda model: model.per_parameter,
        )
        for name in models
    )
