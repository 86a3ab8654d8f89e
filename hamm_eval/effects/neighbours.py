"""The nearest rows of an arm, ties included.

Rows with the same covariates are one point: a search over the distinct points costs no more where thousands
of rows are alike, and does not depend on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from hamm_eval.inference import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Distinct points at which rows lie.

    Parameters
    ----------
    of_row : ndarray of int, shape (n,)
        Point of each row.
    place : ndarray, shape (P, q)
        Coordinates in which the distance is Euclidean.
    score : ndarray, shape (P,)
        Logit of the propensity score in its standard deviations.
    stratum : ndarray of int, shape (P,)
        Matches lie in the same stratum.
    counts : ndarray of int, shape (2, P)
        Controls (row 0) and treated (row 1) at each point.
    on_score : bool
        `place` is the score.
    """

    of_row: IntArray
    place: FloatArray
    score: FloatArray
    stratum: IntArray
    counts: IntArray
    on_score: bool

    def total(self, values: FloatArray, rows: Any) -> FloatArray:
        """Sums of `values` (n,) over the flagged rows at each point, shape (P,)."""
        return np.asarray(np.bincount(self.of_row[rows], values[rows], self.score.size), dtype=np.float64)


def nearest(
    points: Points, arm: int, wanted: int, seek: Any, *, tolerance: float, caliper: float | None = None
) -> csr_array:
    """The points that hold the nearest rows of an arm.

    Parameters
    ----------
    points : Points
    arm : {0, 1}
        Arm of the rows looked for.
    wanted : int
        Rows looked for.
    seek : ndarray of bool, shape (P,)
        Points to search from.
    tolerance : float
        Squared distances that differ by no more are equal.
    caliper : float, optional
        Greatest difference of scores.

    Returns
    -------
    csr_array, shape (P, P)
        1 where the rows of the arm at the column's point are among the `wanted` nearest of the row's point,
        or as near as the last of them; empty rows where nobody is within reach.
    """
    size = points.score.size
    donors = points.counts[arm] > 0
    found_from: list[IntArray] = []
    found_at: list[IntArray] = []
    order = np.argsort(points.stratum, kind="stable")
    bounds = np.searchsorted(points.stratum[order], np.arange(points.stratum.max(initial=0) + 2))
    for first, last in pairwise(bounds):
        members = order[first:last]
        here, there = members[seek[members]], members[donors[members]]
        if not here.size or not there.size:
            continue
        if caliper is None or points.on_score:
            reach = np.inf if caliper is None else caliper
            start, end = _by_tree(points, arm, here, there, wanted, tolerance, reach)
        else:
            start, end = _within_caliper(points, arm, here, there, wanted, tolerance, caliper)
        found_from.append(start)
        found_at.append(end)
    rows = np.concatenate(found_from) if found_from else np.empty(0, dtype=np.int64)
    columns = np.concatenate(found_at) if found_at else np.empty(0, dtype=np.int64)
    return csr_array((np.ones(rows.size), (rows, columns)), shape=(size, size))


def _by_tree(
    points: Points, arm: int, here: IntArray, there: IntArray, wanted: int, tolerance: float, caliper: float
) -> tuple[IntArray, IntArray]:
    """A KD-tree finds how far the last row wanted lies, then all that are as near."""
    tree = cKDTree(points.place[there])
    k = min(wanted + 1, there.size)
    distance, position = tree.query(points.place[here], k=np.arange(1, k + 1))
    # Rounding must not put a row out of a caliper that it lies on.
    within = (distance <= caliper * (1 + 1e-12)).sum(axis=1)
    here, distance, position = here[within > 0], distance[within > 0], position[within > 0]
    # Several rows may lie at one point: the first place at which enough rows are held.
    held = np.cumsum(points.counts[arm][there[position]], axis=1)
    last = np.minimum((held < wanted).sum(axis=1), within[within > 0] - 1)
    radius = np.sqrt(np.square(distance[np.arange(here.size), last]) + tolerance) * (1 + 1e-14)
    beyond = np.column_stack([distance, np.full(here.size, np.inf)])[np.arange(here.size), last + 1]
    tied = beyond <= radius
    chosen = (np.arange(k) <= last[:, None]) & ~tied[:, None]
    hits = tree.query_ball_point(points.place[here[tied]], radius[tied], return_sorted=True)
    lengths = np.array([len(hit) for hit in hits], dtype=np.int64)
    start = [here[np.nonzero(chosen)[0]], np.repeat(here[tied], lengths)]
    end = [position[chosen], *(np.array(hit, dtype=np.int64) for hit in hits)]
    return np.concatenate(start), there[np.concatenate(end)]


def _within_caliper(
    points: Points, arm: int, here: IntArray, there: IntArray, wanted: int, tolerance: float, caliper: float
) -> tuple[IntArray, IntArray]:
    """Near in the covariates among those whose scores are near: only a window of scores is looked at."""
    there = there[np.argsort(points.score[there], kind="stable")]
    score, held = points.score[there], points.counts[arm][there]
    reach = caliper * (1 + 1e-12)
    low = np.searchsorted(score, points.score[here] - reach, side="left")
    high = np.searchsorted(score, points.score[here] + reach, side="right")
    place = points.place[there]
    found: list[IntArray] = []
    for k, point in enumerate(here):
        gap = np.square(place[low[k] : high[k]] - points.place[point]).sum(axis=1)
        few = np.argpartition(gap, wanted - 1)[:wanted] if gap.size > wanted else np.arange(gap.size)
        few = few[np.argsort(gap[few], kind="stable")]
        if few.size:
            last = few[min(int(np.sum(np.cumsum(held[low[k] + few]) < wanted)), few.size - 1)]
            few = np.flatnonzero(gap <= gap[last] + tolerance)
        found.append(there[low[k] + few])
    lengths = np.array([part.size for part in found], dtype=np.int64)
    return np.repeat(here, lengths), np.concatenate(found)
