"""Profile likelihood: which values of one coefficient the likelihood does not reject."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray
from hamm_eval.ratings.cumulative import CumulativeFit, evaluator
from hamm_eval.ratings.links import Link
from hamm_eval.ratings.maximum import Point, maximise

# A limit is looked for up to so many times its first guess.
_FARTHEST = 40.0


def profile_limits(
    fit: CumulativeFit, link: Link, positions: Iterable[int], z: float
) -> tuple[FloatArray, FloatArray]:
    """Values of parameters at which twice the log-likelihood has fallen by ``z ** 2``, others maximised.

    Parameters
    ----------
    fit : CumulativeFit
    link : Link
    positions : iterable of int
        Which parameters.
    z : float
        Critical value.

    Returns
    -------
    lower, upper : ndarray
        Infinite where the likelihood does not fall so far on that side.
    """
    covariance = np.linalg.inv(fit.best.information)
    limits = []
    for position in positions:
        fall = profile_deviance(fit, link, position)
        best, step = fit.best.parameters[position], z * np.sqrt(covariance[position, position])
        limits.append([best + first_reaching(fall, z**2, side * step) for side in (-1, 1)])
    lower, upper = np.array(limits).T
    return lower, upper


def profile_deviance(fit: CumulativeFit, link: Link, position: int) -> Callable[[float], float]:
    """How far twice the log-likelihood falls as one parameter moves off its estimate, others maximised."""
    evaluate = evaluator(fit.design, link)
    best = fit.best.parameters
    others = np.delete(np.arange(best.size), position)
    names = [fit.design.names[k] for k in others]
    # The others move along as the information at the maximum has it.
    covariance = np.linalg.inv(fit.best.information)
    slope = covariance[others, position] / covariance[position, position]

    def fall(moved: float) -> float:
        def at(values: FloatArray) -> Point | None:
            found = evaluate(np.insert(values, position, best[position] + moved))
            if found is None:
                return None
            return Point(values, found.value, found.score[others], found.information[np.ix_(others, others)])

        along = best[others] + slope * moved
        start = along if at(along) is not None else best[others]
        return 2 * (fit.best.value - maximise(at, start, names)[1].value)

    return fall


def first_reaching(
    fall: Callable[[float], float], level: float, step: float, *, tolerance: float = 1e-10
) -> float:
    """How far from 0 `fall` reaches `level`, looked for in the direction of `step`; infinite: nowhere."""
    from scipy.optimize import brentq

    inner, outer = 0.0, step
    try:
        while fall(outer) < level:
            inner, outer = outer, outer * 1.5
            if abs(outer) > _FARTHEST * abs(step):
                return float(np.copysign(np.inf, step))
    except NotEstimable:
        return float(np.copysign(np.inf, step))
    return float(brentq(lambda moved: fall(moved) - level, inner, outer, xtol=tolerance, rtol=1e-12))
