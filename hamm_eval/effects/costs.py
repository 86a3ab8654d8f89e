"""What an effect costs: the smallest effect that pays for itself, and the cost per additional person."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hamm_eval.errors import InputError, NotEstimable, Problem
from hamm_eval.inference import critical_value


@dataclass(frozen=True, slots=True)
class CostPerAdditional:
    """Cost per additional person who reaches the endpoint.

    Parameters
    ----------
    value : float
        Cost over effect, in the unit of the cost.
    lower, upper : float
        Fieller's interval of `confidence`.
    confidence : float
    """

    value: float
    lower: float
    upper: float
    confidence: float


def break_even_effect(cost: float, price: float) -> float:
    """Smallest risk difference at which a measure pays for itself.

    Parameters
    ----------
    cost : float
        Cost per participant.
    price : float
        What one additional person who reaches the endpoint is worth, in the same unit.

    Returns
    -------
    float
        ``cost / price``. Above 1 the measure cannot pay for itself at this price.

    Raises
    ------
    InputError
        A cost that is missing or negative, a price that is not positive; both at once.

    References
    ----------
    Tambour, M., Zethraeus, N. and Johannesson, M. (1998). A note on confidence intervals in
    cost-effectiveness analysis. Int. J. of Technology Assessment in Health Care 14, 467-471: where
    ``price * effect - cost`` is 0.

    Examples
    --------
    >>> from hamm_eval.effects import break_even_effect
    >>> break_even_effect(1500.0, 10_000.0)
    0.15
    """
    problems = []
    if not (math.isfinite(cost) and cost >= 0):
        problems.append(Problem("Must be a number from 0 on: a missing cost is not 0.", "cost"))
    if not (math.isfinite(price) and price > 0):
        problems.append(Problem("Must be a positive number.", "price"))
    if problems:
        raise InputError.of(problems)
    return cost / price


def cost_per_additional(
    cost: float,
    effect: float,
    effect_std_error: float,
    *,
    cost_std_error: float = 0.0,
    covariance: float = 0.0,
    confidence: float = 0.95,
    clusters: int | None = None,
) -> CostPerAdditional:
    """Cost per additional person, with the interval of the ratio of two estimates.

    The interval holds every ratio r for which ``cost - r * effect`` does not differ from 0 at the level
    asked for. It is bounded exactly where the effect's own interval excludes 0; where it does not, no ratio
    is refused by the data however large, and none is given.

    Parameters
    ----------
    cost : float
        Additional cost per participant.
    effect : float
        Risk difference.
    effect_std_error : float
    cost_std_error, covariance : float
        Of the cost, and of cost and effect, where costs vary by person; 0 where the cost is known. With a
        known cost the limits are the cost over the limits of the effect.
    confidence : float
    clusters : int, optional
        Of the variance, where Student's t with ``clusters - 1`` degrees of freedom is used.

    Returns
    -------
    CostPerAdditional

    Raises
    ------
    InputError
        Numbers that are missing, a standard error below 0 (of the effect: not above), a covariance larger
        than these allow.
    NotEstimable
        The effect's interval covers 0, or lies below it: then no additional person is there to pay for.

    References
    ----------
    Fieller, E. C. (1954). Some problems in interval estimation. J. Royal Statistical Society B 16, 175-185.
    Willan, A. R. and O'Brien, B. J. (1996). Confidence intervals for cost-effectiveness ratios: an
    application of Fieller's theorem. Health Economics 5, 297-305.

    Examples
    --------
    >>> from hamm_eval.effects import cost_per_additional
    >>> found = cost_per_additional(1500.0, 0.12, 0.03)
    >>> round(found.value), round(found.lower), round(found.upper)
    (12500, 8389, 24509)
    """
    numbers = {
        "cost": cost,
        "effect": effect,
        "effect_std_error": effect_std_error,
        "cost_std_error": cost_std_error,
        "covariance": covariance,
    }
    wrong = [Problem("Must be a number.", name) for name, v in numbers.items() if not math.isfinite(v)]
    if not effect_std_error > 0:
        wrong.append(Problem("Must be positive.", "effect_std_error"))
    if cost_std_error < 0:
        wrong.append(Problem("Must not be negative.", "cost_std_error"))
    if abs(covariance) > effect_std_error * cost_std_error * (1 + 1e-9):
        wrong.append(Problem("Is larger than the two standard errors allow.", "covariance"))
    if wrong:
        raise InputError.of(wrong)
    critical = critical_value(confidence, clusters)
    if effect + critical * effect_std_error < 0:
        raise NotEstimable(
            "Fewer reach the endpoint with the measure: there is no additional person to pay for.",
            where="effect",
        )
    if effect - critical * effect_std_error <= 0:
        raise NotEstimable(
            "The effect's interval covers 0: its ratio to a cost has no bound.",
            where="effect",
            todo="Tell the break-even effect instead.",
        )
    # (cost - r effect)^2 = critical^2 (v_cost - 2 r covariance + r^2 v_effect), a quadratic in r.
    squared = critical**2
    a = effect**2 - squared * effect_std_error**2
    b = cost * effect - squared * covariance
    c = cost**2 - squared * cost_std_error**2
    root = math.sqrt(max(b * b - a * c, 0.0))
    return CostPerAdditional(cost / effect, (b - root) / a, (b + root) / a, confidence)
