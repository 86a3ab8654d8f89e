"""Every limit of the design with what was found, kept or not: what a reader sees before the effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.effects.design_check import DesignLimits, assess_design
from hamm_eval.effects.results import Effect

_ARMS = ("treated", "control")


@dataclass(frozen=True, slots=True)
class DesignCheck:
    """One property of a design beside its limit.

    Parameters
    ----------
    key : str
        As `DesignFailure.key`; also "weight_tail", the share of an arm's weight on its heaviest hundredth of
        rows, which has no limit.
    value : float
    limit : float or None
    passed : bool
    covariate, arm, model : str
        Which one, where the key concerns one of several; else "".
    """

    key: str
    value: float
    limit: float | None
    passed: bool
    covariate: str = ""
    arm: str = ""
    model: str = ""


def summarise_design(effect: Effect, *, limits: DesignLimits | None = None) -> tuple[DesignCheck, ...]:
    """All properties of the design that `assess_design` judges, one by one.

    Parameters
    ----------
    effect : Effect
        Its estimate is not looked at.
    limits : DesignLimits, optional

    Returns
    -------
    tuple of DesignCheck
        Balance (its worst covariate), effective sample sizes, overlap, weights, events per parameter. All
        have passed just where `assess_design` finds no reason to withhold.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import estimate_effect, summarise_design
    >>> age = np.tile(np.arange(50.0), 4)
    >>> treated = np.repeat([1, 1, 0, 0], 50)
    >>> checks = summarise_design(estimate_effect(age % 7 + treated, treated, age[:, None]))
    >>> [(check.key, check.arm) for check in checks if check.key == "effective_n"]
    [('effective_n', 'treated'), ('effective_n', 'control')]
    >>> all(check.passed for check in checks)
    True
    """
    limits = limits or DesignLimits()
    verdict = assess_design(effect, limits=limits)
    failed = {(failure.key, failure.arm, failure.model) for failure in verdict.reasons}
    overlap = effect.overlap
    found: list[DesignCheck] = []

    def add(key: str, value: float, limit: float | None, arm: str = "", model: str = "", **more: str) -> None:
        found.append(
            DesignCheck(
                key, float(value), limit, (key, arm, model) not in failed, arm=arm, model=model, **more
            )
        )

    smd = np.abs(effect.balance.smd)
    if np.isfinite(smd).any():
        worst = int(np.nanargmax(smd))
        add("balance", smd[worst], verdict.balance_limit, covariate=effect.balance.names[worst])
    add("overlap", overlap.outside_target, limits.outside_target)
    for arm in _ARMS:
        add("effective_n", getattr(effect.effective_n, arm), limits.effective_n, arm)
    if effect.estimand == "ATE":
        for arm in _ARMS:
            rows = int(getattr(overlap, arm).sum())
            add("effective_share", getattr(overlap.effective_n, arm) / rows, limits.effective_share, arm)
    for arm in _ARMS:
        add("weight_share", getattr(overlap.largest_weight_share, arm), limits.weight_share, arm)
    for arm in _ARMS:
        add("weight_tail", getattr(overlap.heaviest_weight_share, arm), None, arm)
    for model in effect.support:
        add("events_per_parameter", model.per_parameter, limits.events_per_parameter, model=model.model)
    return tuple(found)
