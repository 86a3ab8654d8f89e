"""Survival from times that are known only to lie within intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, IntArray, as_numbers, refuse_where
from hamm_eval.survival.episodes import checked_weights
from hamm_eval.survival.results import write_protect

# The log-likelihood is at most this share of the weights below its maximum.
GAP = 1e-10
MAX_ROUNDS = 20_000
LEAST_MASS = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Turnbull:
    """The non-parametric maximum-likelihood estimate from interval-censored times.

    Attributes
    ----------
    begin, time : ndarray, shape (k,)
        The estimate has mass only within the intervals ``(begin, time]``; where within them it lies the data
        do not say. The last `time` may be infinite: mass after all that was seen.
    survival : ndarray, shape (k,)
        From each `time` on, up to the next `begin`.
    mass : ndarray, shape (k,)
    log_likelihood : float
    """

    begin: FloatArray
    time: FloatArray
    survival: FloatArray
    mass: FloatArray
    log_likelihood: float

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


def turnbull(lower: ArrayLike, upper: ArrayLike, *, weights: ArrayLike | None = None) -> Turnbull:
    r"""Estimate survival from ``lower < T <= upper``, without a standard error: it is not estimable.

    Masses :math:`p_j` of the innermost intervals maximise
    :math:`\sum_i w_i \log \sum_j p_j 1\{(q_j, r_j] \subseteq (l_i, u_i]\}`; survival at t is what lies beyond
    it, :math:`\hat S(t) = 1 - \sum_{r_j \le t} p_j`. It knows no
    competing event: departures cannot be told from goals not yet seen.

    Parameters
    ----------
    lower : array_like, shape (n,)
        Last time at which the event had not happened, from 0 on, in any one unit.
    upper : array_like, shape (n,)
        First time at which it had; infinite where it was not seen to happen.
    weights : array_like, shape (n,), optional

    Returns
    -------
    Turnbull

    Raises
    ------
    InputError
        Missing or negative times, ``lower >= upper``.
    NotEstimable
        All weights are zero, or the likelihood's maximum is not reached.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and
    truncated data. J. Royal Statistical Society B 38, 290-295. Varadhan, R. and Roland, C. (2008). Simple
    and globally convergent methods for accelerating the convergence of any EM algorithm. Scandinavian J. of
    Statistics 35, 335-353.

    Examples
    --------
    >>> curve = turnbull([0, 1, 1, 3], [1, 3, 2, float("inf")])
    >>> curve.time, curve.survival.round(3)
    (array([ 1.,  2., inf]), array([0.75, 0.25, 0.  ]))
    """
    low, high = _checked(lower, upper)
    weight = checked_weights(weights, low.size)
    low, high, weight = low[weight > 0], high[weight > 0], weight[weight > 0]
    begin, end = innermost_intervals(low, high)
    first = np.searchsorted(begin, low, side="left")
    last = np.searchsorted(end, high, side="right")
    mass = _maximise(first, last, weight, begin.size)
    kept = mass > 0
    begin, end, mass = begin[kept], end[kept], mass[kept]
    cover = np.r_[0.0, np.cumsum(mass)]
    lying = cover[np.searchsorted(end, high, side="right")] - cover[np.searchsorted(begin, low, side="left")]
    survival = np.maximum(1 - np.cumsum(mass), 0.0)
    survival[-1] = 0.0
    return Turnbull(begin, end, survival, mass, float(weight @ np.log(lying)))


def innermost_intervals(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Intervals from a lower end to the next upper end with no further end between them.

    Examples
    --------
    >>> innermost_intervals(np.array([0.0, 1.0]), np.array([2.0, 3.0]))
    (array([1.]), array([2.]))
    """
    ends = np.concatenate([low, high])
    # At one time an interval that ends there comes before one that begins there: (l, u].
    opens = np.concatenate([np.ones(low.size, dtype=bool), np.zeros(high.size, dtype=bool)])
    order = np.lexsort((opens, ends))
    ends, opens = ends[order], opens[order]
    meets = opens[:-1] & ~opens[1:]
    return ends[:-1][meets], ends[1:][meets]


def _checked(lower: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Finite lower ends from 0 on, upper ends beyond them."""
    low, high = as_numbers(lower, "lower"), as_numbers(upper, "upper")
    if low.ndim != 1 or low.shape != high.shape or not low.size:
        raise InputError("Expected two arrays of one length, with one row a person.", where="lower, upper")
    refuse_where(~np.isfinite(low), "lower", "Missing or infinite entries")
    refuse_where(np.isnan(high), "upper", "Missing entries", "Give infinity where the event was not seen.")
    refuse_where(low < 0, "lower", "Negative times", "Times are counted from the origin on.")
    refuse_where(low >= high, "upper", "Intervals without a time in them (lower >= upper)")
    return low, high


def _maximise(first: IntArray, last: IntArray, weight: FloatArray, size: int) -> FloatArray:
    """Masses of the innermost intervals ``first <= j < last`` of each row, by accelerated EM."""
    total = weight.sum()

    def gradient(mass: FloatArray) -> FloatArray:
        """Sum over the rows that cover an interval of weight / probability, per unit of weight: 1 at most."""
        cover = np.r_[0.0, np.cumsum(mass)]
        each = weight / (cover[last] - cover[first])
        begin = np.bincount(first, weights=each, minlength=size + 1)
        end = np.bincount(last, weights=each, minlength=size + 1)
        return np.asarray(np.cumsum(begin - end)[:size] / total)

    def log_likelihood(mass: FloatArray) -> float:
        """At given masses."""
        cover = np.r_[0.0, np.cumsum(mass)]
        inside = cover[last] - cover[first]
        return float(weight @ np.log(inside)) if np.all(inside > 0) else -np.inf

    mass = np.full(size, 1 / size)
    for _ in range(MAX_ROUNDS):
        slope = gradient(mass)
        # At the maximum no slope exceeds 1; by concavity the gap is at most log(max slope) per weight.
        if slope.max() - 1 <= GAP:
            # EM lets these die out only in the limit; no row lies in them alone, or its slope were large.
            kept = np.where(mass > LEAST_MASS, mass, 0.0)
            return np.asarray(kept / kept.sum())
        once = mass * slope
        twice = once * gradient(once)
        change, bend = once - mass, twice - 2 * once + mass
        bent = float(np.linalg.norm(bend))
        length = max(float(np.linalg.norm(change)) / bent, 1.0) if bent > 0 else 1.0
        jump = np.maximum(mass + 2 * length * change + length**2 * bend, 0.0)
        jump = jump / jump.sum()
        mass = jump if log_likelihood(jump) >= log_likelihood(twice) else twice
    raise NotEstimable("The likelihood's maximum is not reached.", where="lower, upper")
