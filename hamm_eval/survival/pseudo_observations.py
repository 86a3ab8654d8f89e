"""Pseudo-observations: what each person adds to an incidence, for ordinary regression on it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, checked_points, distinct_and_ranks
from hamm_eval.survival.causes import checked_causes
from hamm_eval.survival.episodes import checked_times

# So many numbers are held at once while rows are left out.
_AT_ONCE = 4_000_000


class _Counts(NamedTuple):
    """At each distinct time, shape (k,): persons at risk, events of any cause and of that asked for."""

    at_risk: FloatArray
    events: FloatArray
    own: FloatArray


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
    # Rows alike have one pseudo-observation.
    alike, member = np.unique(place * (codes.max() + 1) + codes, return_inverse=True)
    positions, kinds = alike // (codes.max() + 1), alike % (codes.max() + 1)
    ended = np.bincount(place, minlength=grid.size)
    counts = _Counts(
        at_risk=np.cumsum(ended[::-1])[::-1].astype(np.float64),
        events=np.bincount(place[codes > 0], minlength=grid.size).astype(np.float64),
        own=np.bincount(place[codes == of], minlength=grid.size).astype(np.float64),
    )
    whole = _estimate(grid, counts, asked, kind)
    without = np.empty((alike.size, asked.size))
    chunk = max(_AT_ONCE // grid.size, 1)
    for begin in range(0, alike.size, chunk):
        of_these = slice(begin, begin + chunk)
        left_out = _leave_out(counts, positions[of_these], kinds[of_these], of)
        without[of_these] = _estimate(grid, left_out, asked, kind)
    return np.asarray(n * whole - (n - 1) * without[member.reshape(-1)], dtype=np.float64)


def _leave_out(counts: _Counts, position: np.ndarray, kind: np.ndarray, of: int) -> _Counts:
    """Counts (u, k) without one row that ends at each position with each kind of end."""
    at = np.arange(counts.at_risk.size)
    here = at == position[:, None]
    return _Counts(
        counts.at_risk - (at <= position[:, None]),
        counts.events - (here & (kind > 0)[:, None]),
        counts.own - (here & (kind == of)[:, None]),
    )


def _estimate(grid: FloatArray, counts: _Counts, at: FloatArray, kind: str) -> FloatArray:
    """The estimate at the times asked for, along the last axis."""
    among = np.maximum(counts.at_risk, 1.0)
    free = np.cumprod(1 - counts.events / among, axis=-1)
    one = np.ones((*free.shape[:-1], 1))
    before = np.concatenate([one, free[..., :-1]], axis=-1)
    incidence = np.cumsum(before * counts.own / among, axis=-1)
    curve = np.concatenate([one, free], axis=-1)
    if kind in ("incidence", "mean_lost"):
        curve = np.concatenate([0 * one, incidence], axis=-1)
    if not kind.startswith("mean"):
        return np.asarray(curve[..., np.searchsorted(grid, at, side="right")])
    edges = np.concatenate([[0.0], grid])
    widths = np.clip(np.append(edges[1:], np.inf)[None, :], None, at[:, None]) - np.clip(
        edges[None, :], None, at[:, None]
    )
    return np.asarray(curve @ widths.T)
