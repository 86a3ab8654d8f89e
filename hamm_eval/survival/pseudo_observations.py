"""Pseudo-observations: what each person adds to an incidence, for ordinary regression on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    are_small_whole,
    checked_points,
    distinct_and_ranks,
    narrow,
    sorting,
)
from hamm_eval.survival.causes import checked_causes
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.risk_sets import blocks


class _Counts(NamedTuple):
    """At each distinct time, shape (k,): persons at risk, events of any cause and of that asked for."""

    at_risk: IntArray
    events: IntArray
    own: IntArray


class _LeftOut(NamedTuple):
    """What an estimate loses without one row, as a curve along the grid.

    Parameters
    ----------
    curve : ndarray, shape (k + 1,)
        The estimate from all rows after 0..k times of the grid.
    through : ndarray, shape (k + 1,)
        Loss up to there, while the row left out is at risk.
    fixed : tuple of ndarray, shape (k,)
    share : ndarray, shape (2, k)
    base : ndarray, shape (k,)
        Loss at all points after the one at which the row ended, ``fixed + share * (curve - base)``. There is
        one `fixed` of ends not by the cause asked for and one by it, one `share` without and one with event.
    """

    curve: FloatArray
    through: FloatArray
    fixed: tuple[FloatArray, FloatArray]
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
    if np.any(asked < 0) or np.any(asked > _second_largest(end)):
        raise NotEstimable("Follow-up ends before a time asked for.", where="at")
    # 0 censored, 1 with another event, 2 with the event asked for: arrays of n are let go once used.
    how = np.where(codes == of, 2, np.minimum(codes, 1)).astype(np.int8)
    del codes
    # Without ties what is looked up by time lies far apart; row after row in order of time, side by side.
    tied = are_small_whole(end)
    order = None if tied else sorting(end)
    if order is not None:
        end, how, order = end[order], how[order], narrow(order)
    grid, place = distinct_and_ranks(end)
    del end
    # Beyond the last time asked for nothing matters; up to it two persons or more are at risk.
    k = int(np.searchsorted(grid, asked.max(initial=0.0), side="right"))
    place = narrow(np.minimum(place, k, out=place))
    # What each point of the curve counts: the last one up to a time, or its width.
    mean = kind.startswith("mean")
    edges = np.append(0.0, grid[:k]) if mean else None
    points = np.searchsorted(grid, asked, side="right")
    del grid
    lost = _left_out(_count(place, how, k), of_cause=kind in ("incidence", "mean_lost"))
    found = np.empty((n, asked.size))
    for column, (limit, point) in enumerate(zip(asked, points, strict=True)):
        weight = _one(k + 1, point) if edges is None else np.diff(np.minimum(edges, limit), append=limit)
        estimate = weight @ lost.curve
        for places, losses in _losses(lost, weight, at_once=k + 1 if tied else 0):
            first, beyond = 0, n
            if not tied:
                # Of the same type, lest all places be converted for two of them.
                ends = np.array([places.start, places.stop], dtype=place.dtype)
                first, beyond = map(int, np.searchsorted(place, ends))
            for some in blocks(beyond - first):
                rows = slice(first + some.start, first + some.stop)
                loss = losses.ravel()[
                    how[rows].astype(np.int64) * losses.shape[1] + (place[rows] - places.start)
                ]
                loss *= n - 1
                loss += estimate
                found[rows if order is None else order[rows], column] = loss
    return found


def _second_largest(values: FloatArray) -> float:
    """The largest value without one of the rows that have it."""
    largest = int(values.argmax())
    return float(max(values[:largest].max(initial=-np.inf), values[largest + 1 :].max(initial=-np.inf)))


def _count(place: IntArray, how: NDArray[np.int8], k: int) -> _Counts:
    """Counts at the first k times from the place (n,) of each row, all later ones being k."""
    at_risk = np.bincount(place, minlength=k + 1)
    np.cumsum(at_risk[::-1], out=at_risk[::-1])
    at_risk = narrow(at_risk[:k])
    events, own = (narrow(np.bincount(place[how >= least], minlength=k + 1)[:k]) for least in (1, 2))
    return _Counts(at_risk, events, own)


def _left_out(counts: _Counts, *, of_cause: bool) -> _LeftOut:
    r"""Loss of the probability of no event, or of the incidence, without one row.

    A row that ends at u is missed in the risk sets up to u alone. Up to there :math:`\hat S` is multiplied by
    :math:`\prod \{1 - d / ((n - 1)(n - d))\}`, at u by a factor that depends on how the row ends, and
    afterwards by nothing new. The logarithms of these factors are small and added. Their exponential less one
    is taken, and no difference of two estimates: so all digits are kept when the loss is multiplied by n - 1.
    """
    k = counts.at_risk.size
    free, factor = np.ones(k + 1), np.zeros(k + 1)
    for at in blocks(k):
        n, d, _ = (count[at].astype(np.float64) for count in counts)
        free[1:][at] = 1 - d / n
        going_on = d < n
        with np.errstate(divide="ignore"):
            # Minus infinity where only the row left out stays behind.
            share = -d / ((n - 1) * np.where(going_on, n - d, 1.0))
            factor[1:][at] = np.log1p(np.where(going_on, share, 0.0))
    np.cumprod(free, out=free)
    np.cumsum(factor, out=factor)
    share = np.empty((2, k))
    for at in blocks(k):
        share[0, at] = -np.expm1(factor[1:][at])
        share[1, at] = -np.expm1(factor[:-1][at] - np.log1p(-1 / counts.at_risk[at]))
    if not of_cause:
        through = -free * np.expm1(factor)
        return _LeftOut(free, through, (np.zeros(k), np.zeros(k)), share, np.zeros(k))
    incidence, through, itself = np.zeros(k + 1), np.zeros(k + 1), np.empty(k)
    for at in blocks(k):
        n, _, own = (count[at].astype(np.float64) for count in counts)
        before = free[:-1][at]
        incidence[1:][at] = before * own / n
        through[1:][at] = incidence[1:][at] * share[1, at]
        itself[at] = before * ((n - own) / (n * (n - 1)) - np.expm1(factor[:-1][at]) * (own - 1) / (n - 1))
    np.cumsum(incidence, out=incidence)
    np.cumsum(through, out=through)
    itself += through[:-1]
    return _LeftOut(incidence, through, (through[1:], itself), share, incidence[1:])


def _one(size: int, point: int) -> FloatArray:
    """Zeros with a 1 at one point."""
    found = np.zeros(size)
    found[point] = 1.0
    return found


def _losses(lost: _LeftOut, weight: FloatArray, at_once: int) -> Iterator[tuple[slice, FloatArray]]:
    """Loss of the weighted sum of the curve by kind of end and place (3, l), of some places after the other.

    There are k + 1 places, of which so many or a block are looked at `at_once`.
    """
    # Sums over the points after each one, from the end: exactly 0 where no weight follows.
    later = np.cumsum(weight[::-1])[::-1][1:]
    curve_later = weight * lost.curve
    np.cumsum(curve_later[::-1], out=curve_later[::-1])
    curve_later = curve_later[1:]
    k, carried = later.size, 0.0
    for at in blocks(k + 1, at_least=at_once):
        while_at_risk = weight[at] * lost.through[at]
        while_at_risk[0] += carried
        np.cumsum(while_at_risk, out=while_at_risk)
        carried = float(while_at_risk[-1])
        # Who is followed beyond all points is missed at each of them, and no more than that.
        found = np.tile(while_at_risk, (3, 1))
        ends = slice(at.start, min(at.stop, k))
        here = found[:, : ends.stop - ends.start]
        apart = curve_later[ends] - lost.base[ends] * later[ends]
        for loss, fixed, share in zip(here, (0, 0, 1), (0, 1, 1), strict=True):
            loss += lost.share[share, ends] * apart
            loss += lost.fixed[fixed][ends] * later[ends]
        yield at, found
