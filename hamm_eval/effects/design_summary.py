"""Every limit of the design with what was found, kept or not: what a reader sees before the effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.design_check import DesignLimits, DesignVerdict, assess_design
from hamm_eval.effects.positivity import positivity_by_stratum
from hamm_eval.effects.results import Effect

_ARMS = ("treated", "control")


@dataclass(frozen=True, slots=True)
class DesignCheck:
    """One property of a design beside its limit.

    Parameters
    ----------
    key : str
        As `DesignFailure.key`, its warnings included; also "weight_tail", the share of an arm's weight on its
        heaviest hundredth of rows, and "positivity", the smallest share of an arm among the levels of all
        factors. These and warnings have no limit that would withhold an effect.
    value : float
    limit : float or None
    passed : bool
    covariate, arm, model : str
        Which one, where the key concerns one of several; else "".
    of : int
        Rows that the value is a share of, where these are those of a level; else 0.
    """

    key: str
    value: float
    limit: float | None
    passed: bool
    covariate: str = ""
    arm: str = ""
    model: str = ""
    of: int = 0


def summarise_design(
    effect: Effect,
    *,
    limits: DesignLimits | None = None,
    treated: ArrayLike | None = None,
    strata: Mapping[str, ArrayLike] | None = None,
) -> tuple[DesignCheck, ...]:
    """All properties of the design that `assess_design` judges, one by one.

    Parameters
    ----------
    effect : Effect
        Its estimate is not looked at.
    limits : DesignLimits, optional
    treated : array_like of 0/1, shape (n,), optional
    strata : mapping of factor to array_like of labels, shape (n,), optional
        Level of each row per factor of the model: with `treated`, for the share of each arm in each level.

    Returns
    -------
    tuple of DesignCheck
        Balance (its worst covariate), effective sample sizes, overlap, weights, events per parameter,
        positivity by level, and what `assess_design` warns of (of variance ratios the one furthest from 1).
        All have passed just where `assess_design` finds no reason to withhold.

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

    def add(
        key: str, value: float, limit: float | None, arm: str = "", model: str = "", covariate: str = ""
    ) -> None:
        found.append(
            DesignCheck(
                key,
                float(value),
                limit,
                (key, arm, model) not in failed,
                arm=arm,
                model=model,
                covariate=covariate,
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
    if treated is not None and strata:
        found += _rarest(treated, strata)
    return (*found, *_warned(verdict))


def _rarest(treated: ArrayLike, strata: Mapping[str, ArrayLike]) -> list[DesignCheck]:
    """For each arm the level, of any factor, that has the smallest share in it."""
    levels = [
        (f"{factor}={level}", float(share), int(rows))
        for factor, labels in strata.items()
        for of in (positivity_by_stratum(treated, labels),)
        for level, share, rows in zip(of.levels, of.share_treated, of.rows, strict=True)
    ]
    found = []
    for arm in _ARMS if levels else ():
        in_arm = [(share if arm == "treated" else 1 - share, name, rows) for name, share, rows in levels]
        share, name, rows = min(in_arm)
        found.append(DesignCheck("positivity", share, None, True, covariate=name, arm=arm, of=rows))
    return found


def _warned(verdict: DesignVerdict) -> list[DesignCheck]:
    """What a reader should know besides; no reason to withhold."""
    spreads = [warning for warning in verdict.warnings if warning.key == "variance_ratio"]
    furthest = sorted(spreads, key=lambda warning: -abs(np.log(max(warning.value, 1e-12))))[:1]
    others = [warning for warning in verdict.warnings if warning.key != "variance_ratio"]
    return [
        DesignCheck(warning.key, warning.value, None, True, covariate=warning.covariate, arm=warning.arm)
        for warning in (*furthest, *others)
    ]
