"""Pseudo-observations: what each person adds to an incidence, for ordinary regression on it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, checked_points, distinct_and_ranks
from hamm_eval.survival.causes import checked_causes
from hamm_eval.survival.episodes import checked_times


class _Counts(NamedTuple):
    """At each distinct time, shape (k,): persons at risk, events of any cause and of that asked for."""

    at_risk: FloatArray
    events: FloatArray
    own: FloatArray


class _LeftOut(NamedTuple):
    """What an estimate loses without one row, as a curve along the grid.

    Parameters
    ----------
    curve : ndarray, shape (k + 1,)
        The estimate from all rows after 0..k times of the grid.
    through : ndarray, shape (k + 1,)
        Loss up to there, while the row left out is at risk.
    fixed, share : ndarray, shape (2, k)
    base : ndarray, shape (k,)
        Loss at all points after the one at which the row ended, ``fixed + share * (curve - base)``. There is
        one `fixed` of ends not by the cause asked for and one by it, one `share` without and one with event.
    """

    curve: FloatArray
    through: FloatArray
    fixed: FloatArray
    share: FloatArray
    base: FloatArray


def pseudo_observations(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    at: ArrayLike,
    of: int = 1,
    causes: int | None = None,
    kind: Literal["incidence", "event_free", "mean_event_free", "mean_lost"] = "incidence",
) -> FloatArray:
    r"""Jackknife each row: :math:`n \hat\theta - (n - 1) \hat\theta_{(-i)}`, leaving row i out.

    Regressed on covariates (with a variance clustered by household), they estimate differences of incidences,
    or of restricted means, that hold at the time asked for. They take censoring to be independent of the
    covariates.

    Parameters
    ----------
    time : array_like, shape (n,)
        One row a person, at risk from the beginning.
    cause : array_like of int, shape (n,)
        0 = censored at `time`, 1..m = event of that cause.
    at : array_like, shape (j,)
        Times asked for; for a mean its limit tau.
    of : int
        The cause whose incidence is asked for.
    causes : int, optional
        Number of causes m, as declared; None: the largest code, and each code below it must occur. Give it
        where these rows may lack a cause.
    kind : str
        "incidence" of cause `of`; "event_free", the probability of no event of any cause; "mean_event_free",
        the area under it up to tau; "mean_lost", the area under the incidence: the expected time since the
        event by tau.

    Returns
    -------
    ndarray, shape (n, j)
        Their mean is the estimate from all rows, but for a remainder of order 1/n.

    Raises
    ------
    InputError
        Missing or negative times, codes that are no whole numbers from 0, exceed `causes` or leave a gap; an
        `of` that is no cause; another `kind`.
    NotEstimable
        Follow-up ends before a time asked for, with or without one of the rows; fewer than two rows.

    References
    ----------
    Andersen, P. K., Klein, J. P. and Rosthoj, S. (2003). Generalised linear models for correlated
    pseudo-observations, with applications to multi-state models. Biometrika 90, 15-27.

    Examples
    --------
    >>> pseudo_observations([1, 2, 3, 4], [1, 2, 1, 0], at=[3]).ravel()  # uncensored by 3: had it, or not
    array([1., 0., 1., 0.])
    """
    if kind not in ("incidence", "event_free", "mean_event_free", "mean_lost"):
        raise InputError('Must be "incidence", "event_free", "mean_event_free" or "mean_lost".', where="kind")
    end, _ = checked_times(time, None)
    codes, _ = checked_causes(cause, causes, length=end.size, of=of)
    asked = checked_points(at, "at")
    n = end.size
    if n < 2:
        raise NotEstimable("Needs two rows or more.", where="time")
    # Followed beyond the time asked for, whoever is left out.
    if np.any(asked < 0) or np.any(asked > np.sort(end)[-2]):
        raise NotEstimable("Follow-up ends before a time asked for.", where="at")
    grid, place = distinct_and_ranks(end)
    ended = np.bincount(place, minlength=grid.size)
    # Beyond the last time asked for nothing matters; up to it two persons or more are at risk.
    k = int(np.searchsorted(grid, asked.max(initial=0.0), side="right"))
    counts = _Counts(
        at_risk=np.cumsum(ended[::-1])[::-1][:k].astype(np.float64),
        events=np.bincount(place[codes > 0], minlength=grid.size)[:k].astype(np.float64),
        own=np.bincount(place[codes == of], minlength=grid.size)[:k].astype(np.float64),
    )
    lost = _left_out(counts, of_cause=kind in ("incidence", "mean_lost"))
    weights = _weights(grid[:k], asked, mean=kind.startswith("mean"))
    kinds = np.where(codes == of, 2, np.minimum(codes, 1))
    found = np.empty((n, asked.size))
    for column, weight in enumerate(weights):
        found[:, column] = _losses(lost, weight)[kinds, np.minimum(place, k)]
        found[:, column] *= n - 1
        found[:, column] += weight @ lost.curve
    return found


def _left_out(counts: _Counts, *, of_cause: bool) -> _LeftOut:
    r"""Loss of the probability of no event, or of the incidence, without one row.

    A row that ends at u is missed in the risk sets up to u alone. Up to there :math:`\hat S` is multiplied by
    :math:`\prod \{1 - d / ((n - 1)(n - d))\}`, at u by a factor that depends on how the row ends, and
    afterwards by nothing new. The logarithms of these factors are small and added. Their exponential less one
    is taken, and no difference of two estimates: so all digits are kept when the loss is multiplied by n - 1.
    """
    n, d, own = counts
    free = np.cumprod(np.append(1.0, 1 - d / n))
    going_on = d < n
    with np.errstate(divide="ignore"):
        # Minus infinity where only the row left out stays behind.
        missed = np.log1p(np.where(going_on, -d / ((n - 1) * np.where(going_on, n - d, 1.0)), 0.0))
    alone = -np.log1p(-1 / n)
    factor = np.append(0.0, np.cumsum(missed))
    share = -np.expm1(factor[:-1] + np.array([missed, alone]))
    if not of_cause:
        return _LeftOut(free, -free * np.expm1(factor), np.zeros_like(share), share, np.zeros(n.size))
    before, gone = free[:-1], np.expm1(factor[:-1])
    incidence = np.append(0.0, np.cumsum(before * own / n))
    at_risk = -before * own / n * np.expm1(factor[:-1] + alone)
    itself = before * ((n - own) / (n * (n - 1)) - gone * (own - 1) / (n - 1))
    through = np.append(0.0, np.cumsum(at_risk))
    fixed = through[:-1] + np.array([at_risk, itself])
    return _LeftOut(incidence, through, fixed, share, incidence[1:])


def _weights(grid: FloatArray, at: FloatArray, *, mean: bool) -> FloatArray:
    """How much each point of the curve counts, shape (j, k + 1): the last one up to a time, or its width."""
    edges = np.append(0.0, grid)
    if mean:
        low = np.minimum(edges, at[:, None])
        return np.asarray(np.minimum(np.append(edges[1:], np.inf), at[:, None]) - low)
    return np.equal.outer(np.searchsorted(grid, at, side="right"), np.arange(edges.size)).astype(np.float64)


def _losses(lost: _LeftOut, weight: FloatArray) -> FloatArray:
    """Loss of the weighted sum of the curve by kind and place of a row's end, shape (3, k + 1)."""
    while_at_risk = np.cumsum(weight * lost.through)
    # Sums over the points after each one, from the end: exactly 0 where no weight follows.
    later = np.cumsum(weight[::-1])[::-1][1:]
    curve_later = np.cumsum((weight * lost.curve)[::-1])[::-1][1:]
    found = np.empty((3, weight.size))
    curve_later -= lost.base * later
    for row, (fixed, share) in enumerate([(0, 0), (0, 1), (1, 1)]):
        found[row, :-1] = while_at_risk[:-1] + lost.fixed[fixed] * later + lost.share[share] * curve_later
    # Who is followed beyond all points is missed at each of them.
    found[:, -1] = while_at_risk[-1]
    return found
