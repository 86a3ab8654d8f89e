"""Profile likelihood: which values of one parameter the likelihood does not reject."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import optimize

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray
from hamm_eval.ratings.cumulative import CumulativeFit, evaluator
from hamm_eval.ratings.links import Link
from hamm_eval.ratings.maximum import Point, maximise

# A limit is looked for up to so many standard errors from the estimate.
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
    evaluate = evaluator(fit.design, link)
    inverse = np.linalg.inv(fit.best.information)
    limits = []
    for position in positions:
        others = np.array([k for k in range(len(fit.design.names)) if k != position])
        step = z * float(np.sqrt(inverse[position, position]))
        best = float(fit.best.parameters[position])
        # The others move with it as the information at the maximum has it.
        slope = inverse[others, position] / inverse[position, position]

        def fall(
            moved: float,
            others: np.ndarray = others,
            position: int = position,
            best: float = best,
            slope: FloatArray = slope,
        ) -> float:
            """Twice the fall of the log-likelihood less the critical value."""

            def at(values: FloatArray) -> Point | None:
                whole = np.insert(values, position, best + moved)
                found = evaluate(whole)
                if found is None:
                    return None
                return Point(
                    values, found.value, found.score[others], found.information[np.ix_(others, others)]
                )

            start = fit.best.parameters[others] + slope * moved
            if at(start) is None:
                start = fit.best.parameters[others]
            names = [fit.design.names[k] for k in others]
            return 2 * (fit.best.value - maximise(at, start, names)[1].value) - z**2

        limits.append(tuple(best + _root(fall, side * step) for side in (-1, 1)))
    lower, upper = np.array(limits).T
    return lower, upper


def _root(fall, step: float) -> float:  # type: ignore[no-untyped-def]
    """Where `fall` is 0, looked for from 0 outwards in the direction of `step`."""
    inner, outer = 0.0, step
    try:
        while fall(outer) < 0:
            inner, outer = outer, outer * 1.5
            if abs(outer) > _FARTHEST * abs(step):
                return float(np.copysign(np.inf, step))
    except NotEstimable:
        return float(np.copysign(np.inf, step))
    return float(optimize.brentq(fall, inner, outer, xtol=1e-10, rtol=1e-12))
