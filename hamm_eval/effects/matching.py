"""Who is matched with whom. No outcome is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.linalg import solve_triangular
from scipy.sparse import csr_array, diags_array

from hamm_eval.effects.covariates import Covariates
from hamm_eval.effects.matching_options import Matching
from hamm_eval.effects.neighbours import Points, nearest
from hamm_eval.inference import FloatArray, IntArray

_BOTH = (0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Matched sets.

    Parameters
    ----------
    points : Points
    shares : tuple of csr_array, each (P, P)
        ``shares[arm][p, q]``: weight of each row of the arm at point q in the match of a row at point p.
    target : ndarray of bool, shape (n,)
        Rows of the target population that have a match.
    missed : ndarray of bool, shape (n,)
        Rows of the target population that have none.
    reachable : ndarray of bool, shape (n,)
        Rows of both arms that have a match, whether of the target population or not.
    used, used_squared : ndarray, shape (n,)
        Sum over the target population of a row's weight in matches (Abadie and Imbens' K over M), and of its
        square.
    """

    points: Points
    shares: tuple[csr_array, csr_array]
    target: Any
    missed: Any
    reachable: Any
    used: FloatArray
    used_squared: FloatArray

    @property
    def weights(self) -> FloatArray:
        """Weight of each row in the mean of its arm, shape (n,)."""
        return self.target + self.used

    def impute(self, values: FloatArray, rows: Any, arm: int) -> FloatArray:
        """Mean of `values` (n,) over each row's matches among the flagged rows, those of the arm."""
        return (self.shares[arm] @ self.points.total(values, rows))[self.points.of_row]


def find_matches(
    treated: FloatArray, covariates: Covariates, predictor: FloatArray, options: Matching, *, in_all: bool
) -> Matches:
    """Match the treated with controls; `in_all`: the controls with treated too.

    Parameters
    ----------
    treated : ndarray of 0 and 1, shape (n,)
    covariates : Covariates
    predictor : ndarray, shape (n,)
        Coefficients' part of the propensity model: its logit.
    options : Matching
    in_all : bool
        The target population is all rows, not the treated.
    """
    a = treated.astype(np.int64)
    points = lay_out(a, covariates, predictor, options)
    if options.replace:
        # The treated as matches of controls: for the effect in all, and to see which controls are in reach.
        both = in_all or options.distance == "propensity"
        shares = [_with_replacement(points, arm, options, seek=arm == 0 or both) for arm in _BOTH]
    else:
        points, control = _without_replacement(a, points, options)
        shares = [control, csr_array(control.shape)]
    wanted = np.ones(a.size, dtype=bool) if in_all else a == 1
    # Rows of one arm are matched with rows of the other.
    matched = np.empty(a.size, dtype=bool)
    for arm in _BOTH:
        rows = a == 1 - arm
        matched[rows] = (np.diff(shares[arm].indptr) > 0)[points.of_row[rows]]
    target = wanted & matched
    used, squared = np.zeros(a.size), np.zeros(a.size)
    for arm in _BOTH:
        served = np.bincount(points.of_row[target & (a == 1 - arm)], minlength=points.score.size)
        rows = a == arm
        used[rows] = (shares[arm].T @ served)[points.of_row[rows]]
        squared[rows] = (shares[arm].power(2).T @ served)[points.of_row[rows]]
    return Matches(points, (shares[0], shares[1]), target, wanted & ~matched, matched, used, squared)


def lay_out(a: IntArray, covariates: Covariates, predictor: FloatArray, options: Matching) -> Points:
    """Distinct covariates as points, with coordinates in which the distance asked for is Euclidean."""
    _, first, of_row = np.unique(covariates.given, axis=0, return_index=True, return_inverse=True)
    of_row = of_row.reshape(-1).astype(np.int64)
    spread = float(predictor.std(ddof=1))
    score = predictor / spread if spread > 0 else predictor
    stratum = np.zeros(first.size, dtype=np.int64)
    if options.exact:
        columns = [covariates.given_names.index(name) for name in options.exact]
        _, stratum = np.unique(covariates.given[first][:, columns], axis=0, return_inverse=True)
        stratum = stratum.reshape(-1).astype(np.int64)
    # Where no covariate varies all are alike by any distance.
    on_score = options.distance == "propensity" or not covariates.names
    if on_score:
        place = score[:, None]
    elif options.distance == "mahalanobis":
        place = _mahalanobis(covariates.scaled, a)
    else:
        # All columns, those that repeat others too: each has a variance, and their order must not matter.
        deviation = covariates.given.std(axis=0, ddof=1)
        place = covariates.given[:, deviation > 0] / deviation[deviation > 0]
    counts = np.stack([np.bincount(of_row[a == arm], minlength=first.size) for arm in _BOTH])
    return Points(of_row, place[first], score[first], stratum, counts, on_score)


def _mahalanobis(scaled: FloatArray, a: IntArray) -> FloatArray:
    """Coordinates whose Euclidean distance is Mahalanobis' with the covariance within the arms."""
    centred = scaled.copy()
    for arm in _BOTH:
        centred[a == arm] -= centred[a == arm].mean(axis=0)
    covariance = centred.T @ centred / (a.size - 2)
    return np.asarray(solve_triangular(np.linalg.cholesky(covariance), scaled.T, lower=True).T)


def _with_replacement(points: Points, arm: int, options: Matching, *, seek: bool) -> csr_array:
    """Nearest rows of the arm for every point that holds rows of the other; none unless `seek`."""
    found = nearest(
        points,
        arm,
        options.matches,
        (points.counts[1 - arm] > 0) & seek,
        tolerance=options.tie_tolerance,
        caliper=options.caliper,
    )
    held = found @ points.counts[arm].astype(float)
    return csr_array(diags_array(np.divide(1.0, held, out=np.zeros_like(held), where=held > 0)) @ found)


def _without_replacement(a: IntArray, points: Points, options: Matching) -> tuple[Points, csr_array]:
    """Greedy: each treated in turn takes the nearest control left; every row is a point of its own."""
    at, rows = points.of_row, np.arange(a.size, dtype=np.int64)
    alone = replace(
        points,
        of_row=rows,
        place=points.place[at],
        score=points.score[at],
        stratum=points.stratum[at],
        counts=np.stack([1 - a, a]),
    )
    takers, givers = rows[a == 1], rows[a == 0]
    if options.distance == "propensity":
        takers = takers[np.argsort(-alone.score[takers], kind="stable")]
    pools = {
        label: _Pool(alone, givers[alone.stratum[givers] == label], options)
        for label in np.unique(alone.stratum[takers])
    }
    taken: list[tuple[int, int]] = []
    for _ in range(options.matches):
        for row in takers:
            chosen = pools[alone.stratum[row]].take(alone.place[row], alone.score[row])
            if chosen is not None:
                taken.append((int(row), chosen))
    pairs = np.array(taken, dtype=np.int64).reshape(-1, 2)
    sizes = np.bincount(pairs[:, 0], minlength=a.size)
    shares = csr_array((1.0 / sizes[pairs[:, 0]], (pairs[:, 0], pairs[:, 1])), shape=(a.size, a.size))
    return alone, shares


class _Pool:
    """Controls of a stratum, each of which can be taken once."""

    def __init__(self, points: Points, rows: IntArray, options: Matching) -> None:
        self.rows, self.place, self.score = rows, points.place[rows], points.score[rows]
        self.taken = np.zeros(rows.size, dtype=bool)
        self.tolerance = options.tie_tolerance
        self.caliper = np.inf if options.caliper is None else options.caliper * (1 + 1e-12)

    def take(self, place: FloatArray, score: float) -> int | None:
        """The nearest that is left, within the caliper; of several the first row."""
        difference = self.place - place
        gap = np.einsum("ij,ij->i", difference, difference)
        gap[self.taken | (np.abs(self.score - score) > self.caliper)] = np.inf
        nearest_gap = float(gap.min(initial=np.inf))
        if nearest_gap == np.inf:
            return None
        found = int(np.flatnonzero(gap <= nearest_gap + self.tolerance)[0])
        self.taken[found] = True
        return int(self.rows[found])
