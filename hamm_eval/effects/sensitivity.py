"""How strong would what was not measured have to be?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hamm_eval.errors import InputError

Scale = Literal["risk_ratio", "hazard_ratio", "odds_ratio"]


@dataclass(frozen=True, slots=True)
class EValue:
    """E-values of a point estimate and of the limit of its interval nearer to 1 (1 where it covers 1)."""

    point: float
    interval: float


def e_value(
    estimate: float, lower: float, upper: float, scale: Scale = "risk_ratio", rare: bool = False
) -> EValue:
    """Least strength of unmeasured confounding that could explain an estimate away.

    Parameters
    ----------
    estimate, lower, upper : float
        A ratio and its interval. From a difference: take the same model's risk ratio
        (``contrast="risk_ratio"``) with its delta interval.
    scale : {"risk_ratio", "hazard_ratio", "odds_ratio"}
    rare : bool
        Outcome in under 15 % at the end of follow-up: hazard and odds ratios then stand for risk ratios.
        Otherwise these are approximated by ``sqrt(odds ratio)`` or, from the hazard ratio h,
        ``(1 - 0.5**sqrt(h)) / (1 - 0.5**sqrt(1/h))``.

    Returns
    -------
    EValue
        Risk ratios by which a confounder must at least be associated with measure and outcome both.

    Raises
    ------
    InputError
        Not positive, or not in the order lower <= estimate <= upper.

    References
    ----------
    VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational research: introducing the
    E-value. Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> from hamm_eval.effects import e_value
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.point, 2), round(found.interval, 2)
    (7.26, 3.0)
    """
    if scale not in _TO_RISK_RATIO:
        raise InputError('Expected "risk_ratio", "hazard_ratio" or "odds_ratio".', where="scale")
    if not (np.isfinite([estimate, lower, upper]).all() and 0 < lower <= estimate <= upper):
        raise InputError("Expected finite ratios with 0 < lower <= estimate <= upper.", where="estimate")
    convert = _same if rare else _TO_RISK_RATIO[scale]
    point, low, high = convert(estimate), convert(lower), convert(upper)
    nearest = 1.0 if low <= 1 <= high else (low if low > 1 else high)
    return EValue(_strength(point), _strength(nearest))


def _strength(ratio: float) -> float:
    """E-value of a risk ratio, turned to above 1."""
    ratio = max(ratio, 1 / ratio)
    return ratio + float(np.sqrt(ratio * (ratio - 1)))


def _same(ratio: float) -> float:
    return ratio


def _of_hazards(ratio: float) -> float:
    """VanderWeele (2017), Epidemiology 28, e58-e59."""
    return float((1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio)))


def _of_odds(ratio: float) -> float:
    return float(np.sqrt(ratio))


_TO_RISK_RATIO: dict[str, Callable[[float], float]] = {
    "risk_ratio": _same,
    "hazard_ratio": _of_hazards,
    "odds_ratio": _of_odds,
}
