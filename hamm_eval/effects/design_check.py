"""May this comparison answer the question? Limits on balance, overlap and size, decided before the estimate.

The check never looks at the size or sign of an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from hamm_eval.effects.positivity import PerArm
from hamm_eval.effects.results import Effect
from hamm_eval.errors import InputError

_ARMS = ("treated", "control")


@dataclass(frozen=True, slots=True)
class DesignLimits:
    """Where a design fails.

    Parameters
    ----------
    effective_share : float
        Least effective sample size as a share of an arm's rows, asked of an ATE only.
    effective_n : float
        Least effective sample size per arm, for the sandwich to hold.
    outside_target : float
        Largest share of the target population beyond common support.
    weight_share : float
        Largest share of an arm's weight carried by one row.
    events_per_parameter : float
        Least number of events per parameter of the propensity and outcome models (Vittinghoff and McCulloch
        2007, American Journal of Epidemiology 165, 710-718).
    """

    effective_share: float = 0.6
    effective_n: float = 30.0
    outside_target: float = 0.10
    weight_share: float = 0.10
    events_per_parameter: float = 5.0


@dataclass(frozen=True, slots=True)
class DesignFailure:
    """One limit that a design does not keep, free of language.

    Parameters
    ----------
    key : str
        "balance", "effective_share", "effective_n", "overlap", "weight_share", "events_per_parameter"; as
        warnings also "variance_ratio" and "fewer_effective_controls".
    value, limit : float
    covariate, arm, model : str
        Which one, where the key concerns one of several; else "".
    """

    key: str
    value: float
    limit: float
    covariate: str = ""
    arm: str = ""
    model: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """Value, limit and whichever of covariate, arm, model apply."""
        named = {"covariate": self.covariate, "arm": self.arm, "model": self.model}
        return {"value": self.value, "limit": self.limit} | {key: name for key, name in named.items() if name}


@dataclass(frozen=True, slots=True)
class DesignVerdict:
    """Whether an estimate may be shown.

    Parameters
    ----------
    reasons : tuple of DesignFailure
        Not empty: withhold the estimate.
    warnings : tuple of DesignFailure
        To be shown beside it.
    balance_limit : float
        The largest absolute standardised difference allowed in this sample.
    """

    reasons: tuple[DesignFailure, ...]
    warnings: tuple[DesignFailure, ...]
    balance_limit: float

    @property
    def passed(self) -> bool:
        """No limit broken."""
        return not self.reasons


def balance_limit(rows: PerArm[int], effective_n: PerArm[float]) -> float:
    """Largest absolute standardised mean difference that counts as balanced.

    0.1 from 400 rows per arm; below, if larger, what chance alone exceeds in one of twenty covariates of a
    sample of this effective size, ``1.96 sqrt(1/ESS1 + 1/ESS0)``; never above 0.25.

    Examples
    --------
    >>> from hamm_eval.effects import PerArm, balance_limit
    >>> balance_limit(PerArm(500, 900), PerArm(480.0, 300.0))
    0.1
    >>> round(balance_limit(PerArm(200, 900), PerArm(200.0, 400.0)), 3)
    0.17
    """
    if min(rows.treated, rows.control) >= 400:
        return 0.1
    if min(effective_n.treated, effective_n.control) <= 0:
        return 0.1
    chance = 1.96 * float(np.sqrt(1 / effective_n.treated + 1 / effective_n.control))
    return min(max(0.1, chance), 0.25)


def assess_design(effect: Effect, *, limits: DesignLimits | None = None) -> DesignVerdict:
    """Judge the design behind an effect by its balance, overlap and size.

    Parameters
    ----------
    effect : Effect
        Of `estimate_effect` or `effect_at_horizon`; its estimate is not looked at.
    limits : DesignLimits, optional

    Returns
    -------
    DesignVerdict

    Notes
    -----
    With a correct propensity model and few treated, a fixed limit of 0.1 withholds most estimates by chance
    alone: hence `balance_limit`. An effect in all (ATE) asks for people like everyone in both arms: hence the
    share of effective rows asked of it.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import assess_design, estimate_effect
    >>> age = np.tile(np.arange(50.0), 4)
    >>> treated = np.repeat([1, 1, 0, 0], 50)
    >>> goals_met = age % 7 + treated
    >>> verdict = assess_design(estimate_effect(goals_met, treated, age[:, None]))
    >>> verdict.passed, round(verdict.balance_limit, 3)
    (True, 0.25)
    """
    limits = limits or DesignLimits()
    overlap = effect.overlap
    rows = PerArm(int(overlap.treated.sum()), int(overlap.control.sum()))
    limit = balance_limit(rows, overlap.effective_n)
    found = _unbalanced(effect, limit)
    found += _too_small(effect, rows, limits)
    if overlap.outside_target > limits.outside_target:
        found.append(DesignFailure("overlap", overlap.outside_target, limits.outside_target))
    for arm in _ARMS:
        share = getattr(overlap.largest_weight_share, arm)
        # An arm of n equal weights has a share of 1/n: smallness is judged by effective_n, not here.
        if share > max(limits.weight_share, 1.5 / getattr(rows, arm)):
            found.append(DesignFailure("weight_share", share, limits.weight_share, arm=arm))
    for model in effect.support:
        if model.per_parameter < limits.events_per_parameter:
            found.append(
                DesignFailure(
                    "events_per_parameter",
                    model.per_parameter,
                    limits.events_per_parameter,
                    model=model.model,
                )
            )
    return DesignVerdict(tuple(found), tuple(_warnings(effect)), limit)


def minimum_detectable_effect(std_error: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest effect that a two-sided test would find with the power asked for.

    Parameters
    ----------
    std_error : float
        Planned standard error, as of `planned_std_error`.
    power, alpha : float

    Examples
    --------
    >>> from hamm_eval.effects import minimum_detectable_effect
    >>> round(minimum_detectable_effect(0.03), 4)
    0.084
    """
    for name, value in (("power", power), ("alpha", alpha)):
        if not 0 < value < 1:
            raise InputError("Must lie between 0 and 1.", where=name)
    if not std_error > 0:
        raise InputError("Must be positive.", where="std_error")
    return float(ndtri(1 - alpha / 2) + ndtri(power)) * std_error


def planned_std_error(effective_n: PerArm[float], *, share: float) -> float:
    """Standard error of a risk difference that the design promises before outcomes are compared.

    Parameters
    ----------
    effective_n : PerArm
        Effective sample sizes, as in ``Effect.effective_n``.
    share : float
        Risk expected in both arms, such as the share with the event in both together.

    Returns
    -------
    float
        ``sqrt(share (1 - share) (1/ESS1 + 1/ESS0))``.

    Examples
    --------
    >>> from hamm_eval.effects import PerArm, planned_std_error
    >>> round(planned_std_error(PerArm(200.0, 300.0), share=0.4), 4)
    0.0447
    """
    if not 0 < share < 1:
        raise InputError("Must lie between 0 and 1.", where="share")
    if min(effective_n.treated, effective_n.control) <= 0:
        raise InputError("Must be positive in both arms.", where="effective_n")
    return float(np.sqrt(share * (1 - share) * (1 / effective_n.treated + 1 / effective_n.control)))


def _unbalanced(effect: Effect, limit: float) -> list[DesignFailure]:
    """Covariates beyond the limit, worst first."""
    smd = effect.balance.smd
    order = sorted(np.flatnonzero(np.abs(smd) > limit), key=lambda k: -abs(smd[k]))
    return [DesignFailure("balance", float(smd[k]), limit, covariate=effect.balance.names[k]) for k in order]


def _too_small(effect: Effect, rows: PerArm[int], limits: DesignLimits) -> list[DesignFailure]:
    """Effective sizes, absolute and (ATE) relative."""
    found = []
    for arm in _ARMS:
        size = getattr(effect.effective_n, arm)
        if size < limits.effective_n:
            found.append(DesignFailure("effective_n", size, limits.effective_n, arm=arm))
        share = getattr(effect.overlap.effective_n, arm) / getattr(rows, arm)
        if effect.estimand == "ATE" and share < limits.effective_share:
            found.append(DesignFailure("effective_share", share, limits.effective_share, arm=arm))
    return found


def _warnings(effect: Effect) -> list[DesignFailure]:
    """What a reader should know of a design that passes."""
    found = []
    for name, ratio in zip(effect.balance.names, effect.balance.variance_ratio, strict=True):
        if np.isfinite(ratio) and not 0.5 <= ratio <= 2:
            found.append(
                DesignFailure("variance_ratio", float(ratio), 2.0 if ratio > 1 else 0.5, covariate=name)
            )
    size = effect.overlap.effective_n
    if effect.estimand == "ATT" and size.control < size.treated:
        found.append(DesignFailure("fewer_effective_controls", size.control, size.treated, arm="control"))
    return found
