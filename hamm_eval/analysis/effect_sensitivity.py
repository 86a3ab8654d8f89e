"""What would explain an effect away: the three analyses of robustness that stand under each effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hamm_eval.effects import DepartureTipping, EValue, LeaveOneOut, e_value, leave_one_covariate_out
from hamm_eval.effects.leave_one_out import PointEstimate
from hamm_eval.errors import NotEstimable


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """E-value, tipping point for departures, range without each covariate; None where it cannot be told."""

    e_value: EValue | None
    tipping: DepartureTipping | None
    leave_one_out: LeaveOneOut | None


def analyse_sensitivity(
    fit: Any,
    columns: pd.DataFrame,
    terms: Sequence[tuple[str, str]],
    *,
    value_with: Callable[[pd.DataFrame], float],
    ratio: Callable[[], Any],
    tip: Callable[[], DepartureTipping],
) -> Sensitivity:
    """The robustness of an effect.

    Parameters
    ----------
    fit : HorizonEffect
        The risk difference.
    columns : DataFrame
        Covariates of the comparison.
    terms : sequence of (factor, level)
        What each of the columns stands for: the columns of a factor are left out together.
    value_with : callable
        Columns to the value of the same risk difference with these covariates.
    ratio : callable
        The risk ratio of the same comparison.
    tip : callable
        The tipping point for departures of the same comparison.
    """
    factors: dict[str, list[str]] = {}
    for column, (factor, _) in zip(columns.columns, terms, strict=True):
        factors.setdefault(factor, []).append(str(column))
    without = None
    if factors:
        without = leave_one_covariate_out(
            lambda rest: PointEstimate(value_with(rest)), columns, factors, full=fit.value
        )
    return Sensitivity(_e_value(ratio), _or_none(tip), without)


def _e_value(ask: Callable[[], Any]) -> EValue | None:
    """E-values of a risk ratio; None without a ratio, as where an arm has no event."""
    ratio = _or_none(ask)
    if ratio is None or not np.isfinite([ratio.lower, ratio.value, ratio.upper]).all():
        return None
    return e_value(ratio.value, ratio.lower, ratio.upper)


def _or_none(ask: Callable[[], Any]) -> Any:
    """The answer, None where the data cannot carry one."""
    try:
        return ask()
    except NotEstimable:
        return None
