"""The robustness of an effect as it may be shown: so coarse that it tells no arm's events or departures.

A ratio beside a difference gives both risks, and a share of the departed beside it gives their number. Each
is rounded to the smallest step with which as many counts remain possible as a rounded count leaves.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from hamm_eval.estimate import Effect
from hamm_eval.release.design_checks import coarse_step
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval, ReleasedSensitivity, ReleasedTipping
from hamm_eval.release.rounding import decimals, to_step

_HALF_POINT = 0.005
_E_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0)
_SHARE_STEPS = (0.1, 0.2, 0.5)

Window = tuple[float, float]


def release_sensitivity(
    effect: Effect, difference: Interval, risks: tuple[float | None, float | None], policy: Policy
) -> ReleasedSensitivity:
    """E-value, tipping point and leave-one-out range beside an effect that is shown.

    Parameters
    ----------
    effect : Effect
    difference : Interval
        As shown.
    risks : (treated, control)
        As shown.
    policy : Policy
    """
    e_value = _e_value(effect, difference, risks, policy)
    without = effect.leave_one_out
    return ReleasedSensitivity(
        e_value=e_value[0],
        e_value_limit=e_value[1],
        e_value_step=e_value[2],
        tipping=_tipping(effect, difference, policy),
        without=None
        if without is None
        else Interval(
            value=difference.value, lower=to_step(without.lowest, 0.01), upper=to_step(without.highest, 0.01)
        ),
        without_most="" if without is None else without.most,
    )


def _e_value(
    effect: Effect, difference: Interval, risks: tuple[float | None, float | None], policy: Policy
) -> tuple[float | None, float | None, float | None]:
    """E-values of estimate and limit, and the step they are rounded to; None where none is coarse enough."""
    found = effect.e_value
    value, (treated, control) = difference.value, risks
    if found is None or value is None or treated is None or control is None:
        return None, None, None
    if not np.isfinite([found.point, found.interval]).all():
        return None, None, None
    half = coarse_step(min(effect.treated, effect.controls), policy) / 2
    shown = ((treated - half - _HALF_POINT, treated + half + _HALF_POINT), (control - half, control + half))
    persons = (effect.treated, effect.controls)
    for step in _E_STEPS:
        point, limit = (max(1.0, to_step(e, step)) for e in (found.point, found.interval))
        windows = feasible_risks(value, point, step)
        if all(
            _width(window, known) * many >= policy.count_rounding
            for window, known, many in zip(windows, shown, persons, strict=True)
        ):
            return decimals(point, 1), decimals(limit, 1), step
    return None, None, None


def feasible_risks(difference: float, e_value: float, step: float) -> tuple[Window, Window]:
    """Risks of treated and controls that a rounded difference and a rounded E-value leave possible.

    An E-value E stands for the risk ratio ``E**2 / (2 E - 1)`` or its inverse; with the difference it gives
    the smaller of both risks as ``difference / (ratio - 1)``.
    """
    gap = (max(abs(difference) - _HALF_POINT, 0.0), abs(difference) + _HALF_POINT)
    ends = [max(1.0, e_value - step / 2), e_value + step / 2]
    low, high = (e**2 / (2 * e - 1) for e in ends)
    smaller = (gap[0] / (high - 1), gap[1] / (low - 1) if low > 1 else 1.0)
    larger = (smaller[0] * high, smaller[1] * low if low > 1 else 1.0)
    return (larger, smaller) if difference > 0 else (smaller, larger)


def _tipping(effect: Effect, difference: Interval, policy: Policy) -> ReleasedTipping | None:
    """What share of the departed of the arm that matters tips an effect whose interval excludes 0."""
    found = effect.tipping
    value, lower, upper = difference.value, difference.lower, difference.upper
    if found is None or value is None or lower is None or upper is None or lower <= 0 <= upper:
        return None
    arm: Literal["treated", "control"] = "control" if value > 0 else "treated"
    persons = effect.controls if value > 0 else effect.treated
    nearest = lower if value > 0 else -upper
    few = ReleasedTipping(arm=arm, few=True)
    if getattr(found.departed, arm) <= policy.largest_hidden_count:
        return few
    exact = getattr(found.vanishes, arm), getattr(found.unclear, arm)
    for step in _SHARE_STEPS:
        vanishes, unclear = (_up(share, step) for share in exact)
        windows = (
            feasible_departures(abs(value), vanishes, step),
            feasible_departures(nearest, unclear, step),
            # That anything is told says that more departed than a hidden count.
            ((policy.largest_hidden_count + 1) / persons, 1.0),
        )
        if _width(*windows) * persons >= policy.count_rounding:
            return ReleasedTipping(arm=arm, few=False, step=step, vanishes=vanishes, unclear=unclear)
    return few


def feasible_departures(gap: float, share: float | None, step: float) -> Window:
    """Risks of departure that a rounded difference and the share that makes up for it leave possible."""
    if share is None:  # even all of them do not make up for it
        return 0.0, gap + _HALF_POINT
    before = share - step
    return max(gap - _HALF_POINT, 0.0) / share if share else 0.0, (
        min((gap + _HALF_POINT) / before, 1.0) if before > 1e-9 else 1.0
    )


def _up(share: Any, step: float) -> float | None:
    """A share rounded up to a step; never more than all."""
    return None if share is None else decimals(min(np.ceil(round(share / step, 6)) * step, 1.0), 1)


def _width(*windows: Window) -> float:
    """Length of what windows have in common."""
    return min(high for _, high in windows) - max(low for low, _ in windows)
