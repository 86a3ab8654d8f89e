"""A table of pairs that fits what is published of it, and how far its kappa may lie from the exact one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hamm_eval.estimate import FloatArray, IntArray
from hamm_eval.release.linked_counts import interval_of
from hamm_eval.release.policy import Policy
from hamm_eval.release.rating_counts import OFFSETS, SIDES
from hamm_eval.release.released import Cell
from hamm_eval.vocabulary import RATINGS

_STEPS = 200
# How fast pairs become rarer with the square of their distance: from not at all to hardly any apart.
_FALLS = np.linspace(0.0, 3.0, 61)
# The error of kappa is linear in the counts to first order only. Found on tables of other seeds than those on
# which `docs/released-kappa.md` judges it.
_ALLOWANCE = 1.3
_K = len(RATINGS)
_SQUARED = OFFSETS.astype(np.float64) ** 2


class Rebuilt(NamedTuple):
    """A table of pairs, shape (5, 5), and standard errors that rounding adds to its figures.

    That of kappa is infinite where margins leave it no room.
    """

    pairs: IntArray
    kappa_error: float
    difference_error: float


def rebuild_pairs(cells: Mapping[str, Cell], classes: Mapping[str, Sequence[int]], policy: Policy) -> Rebuilt:
    r"""Fit a table of pairs to the published counts as well as one can.

    Parameters
    ----------
    cells : mapping of name to Cell
        As `pair_counts` names them; a hidden count stands for the middle of what it may be.
    classes : mapping of name to offsets
        Of `apart_classes`.
    policy : Policy

    Notes
    -----
    The counts say how many pairs lie two points apart or more, not how many of these three or four. That is
    taken from the model :math:`\log m_{ij} = a_i + b_j + \lambda [i = j] - \varphi (i - j)^2`: with these
    margins and so many alike, the fall :math:`\varphi` is the one that leaves as many two points apart and
    more as are published. Where raters agree by chance beyond those alike it is 0, and margins tell the rest.

    The error has three parts: counts lie anywhere in the intervals that round to them; who is how far apart
    within a class is drawn; and the fall itself lies anywhere between none and the steepest.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444. Goodman, L. A.
    (1979). Simple models for the analysis of association in cross-classifications having ordered categories.
    Journal of the American Statistical Association 74, 537-552.
    """
    counts = _Counts(cells, classes, policy)
    flat, fitted, steep = _fitted(counts, classes)
    n = counts.pairs
    squares = [float((_SQUARED * table).sum()) for table in (flat, steep)]
    expected = float(fitted.sum(axis=1) @ _SQUARED @ fitted.sum(axis=0)) / n**2
    kappa_slope, difference_slope = counts.slopes(fitted, expected or 1.0)
    model = (squares[0] - squares[1]) ** 2 / 12
    of_kappa = math.inf
    if expected > 0:
        of_kappa = counts.variance(kappa_slope) + (_drawn_within(fitted, classes, 2) + model) / expected**2
    of_difference = counts.variance(difference_slope) + _drawn_within(fitted, classes, 1)
    return Rebuilt(_whole(fitted), _ALLOWANCE * math.sqrt(of_kappa) / n, math.sqrt(of_difference) / n)


def _fitted(counts: _Counts, classes: Mapping[str, Sequence[int]]) -> FloatArray:
    """Tables that fit the counts: with no fall, with the one that these counts tell, with the steepest."""
    alike, distant = OFFSETS == 0, np.abs(OFFSETS) >= 2
    begun = np.exp(-_FALLS[:, None, None] * _SQUARED)
    same = counts.apart["same"]
    modelled = _raked(begun, counts.margins, [(alike, same), (~alike, counts.pairs - same)])
    wanted = sum(persons for name, persons in counts.apart.items() if abs(classes[name][0]) >= 2)
    best = int(np.argmin(np.abs(modelled[:, distant].sum(axis=1) - wanted)))
    masks = [(np.isin(OFFSETS, classes[name]), persons) for name, persons in counts.apart.items()]
    return _raked(begun[[0, best, -1]], counts.margins, masks)


Mask = tuple[np.ndarray, float]


def _raked(tables: FloatArray, margins: Sequence[FloatArray], masks: Sequence[Mask]) -> FloatArray:
    """Tables (m, 5, 5) brought to the totals of rows, of columns and of masks, again and again."""
    for _ in range(_STEPS):
        for axis, target in ((2, margins[0][:, None]), (1, margins[1][None, :])):
            sums = tables.sum(axis=axis, keepdims=True)
            tables = tables * np.divide(
                np.broadcast_to(target, sums.shape), sums, out=np.zeros_like(sums), where=sums > 0
            )
        for mask, persons in masks:
            inside = tables[:, mask].sum(axis=1)
            factor = np.divide(persons, inside, out=np.zeros_like(inside), where=inside > 0)
            tables = np.where(mask, tables * factor[:, None, None], tables)
    return np.asarray(tables)


def _drawn_within(table: FloatArray, classes: Mapping[str, Sequence[int]], power: int) -> float:
    """Variance of a sum of distances, or of their squares, by who is how far apart within the classes."""
    found = 0.0
    for offsets in classes.values():
        inside = np.isin(OFFSETS, offsets)
        share, at = table[inside], OFFSETS[inside].astype(np.float64) ** power
        if share.sum() > 0:
            mean = float(share @ at) / float(share.sum())
            found += float(share @ (at - mean) ** 2)
    return found


def _whole(table: FloatArray) -> IntArray:
    """Whole numbers of the same total, by the largest remainders."""
    flat = table.ravel()
    whole = np.floor(flat).astype(np.int64)
    lack = round(float(flat.sum())) - int(whole.sum())
    order = np.argsort(-np.round(flat - whole, 9), kind="stable")
    whole[order[:lack]] += 1
    return whole.reshape(table.shape)


class _Counts:
    """The counts behind what is published: near the middle of what each may be, and consistent.

    Pairs by either rating, and by how far apart, have one sum, and the mean difference follows from both. So
    the middles, taken to be normal with the variance of what rounds to them, are conditioned on three sums.
    """

    def __init__(
        self, cells: Mapping[str, Cell], classes: Mapping[str, Sequence[int]], policy: Policy
    ) -> None:
        self._offsets = [np.isin(OFFSETS, offsets) for offsets in classes.values()]
        keys = [f"pair:{side}:{rating}" for side in SIDES for rating in RATINGS]
        shown = [cells[key] for key in (*keys, *(f"apart:{name}" for name in classes))]
        middle = np.array([middle_of(cell, policy) for cell in shown], dtype=np.float64)
        spread = np.diag([_variance(cell, policy) for cell in shown])
        ratings, many = np.array(RATINGS, dtype=np.float64), len(classes)
        zero, one = np.zeros(_K), np.ones(_K)
        sums = np.array(
            [
                [*one, *zero, *-np.ones(many)],
                [*zero, *one, *-np.ones(many)],
                [*-ratings, *ratings, *(-float(of[0]) for of in classes.values())],
            ]
        )
        # That some are farther apart than the nearest of their class leaves the third sum open.
        loose = sum(
            max(float(count), 1.0)
            for count, of in zip(middle[2 * _K :], classes.values(), strict=True)
            if len(of) > 1
        )
        slack = np.diag([0.0, 0.0, loose])
        gain = spread @ sums.T @ np.linalg.pinv(sums @ spread @ sums.T + slack)
        self._covariance = spread - gain @ sums @ spread
        ends = np.array([interval_of(cell, policy) for cell in shown])
        likely = np.clip(middle - gain @ (sums @ middle), ends[:, 0], ends[:, 1])
        self.pairs = float(likely[2 * _K :].sum())
        self.apart = dict(zip(classes, likely[2 * _K :].tolist(), strict=True))
        self.margins = [part * self.pairs / part.sum() for part in (likely[:_K], likely[_K : 2 * _K])]

    def slopes(self, pairs: FloatArray, expected: float) -> tuple[FloatArray, FloatArray]:
        """By how much n kappa and n times the mean difference change with each count.

        `expected` is the mean squared distance of pairs by chance.
        """
        n = self.pairs
        rows, columns = pairs.sum(axis=1) / n, pairs.sum(axis=0) / n
        observed, mean = (float((values * pairs).sum()) / n for values in (_SQUARED, OFFSETS))
        at, squared = (
            np.array([_mean_within(values, pairs, inside) for inside in self._offsets])
            for values in (OFFSETS.astype(np.float64), _SQUARED)
        )
        of_sides = [
            observed * (weights - expected) / expected**2 for weights in (_SQUARED @ columns, rows @ _SQUARED)
        ]
        nothing = np.zeros(2 * _K)
        return (
            np.concatenate([*of_sides, -(squared - observed) / expected]),
            np.concatenate([nothing, at - mean]),
        )

    def variance(self, slope: FloatArray) -> float:
        """Of a sum of the counts with these slopes."""
        return max(float(slope @ self._covariance @ slope), 0.0)


def _mean_within(values: FloatArray, pairs: FloatArray, inside: np.ndarray) -> float:
    """Mean over the pairs of a class; of its nearest where there are none."""
    persons = float(pairs[inside].sum())
    if persons > 0:
        return float((values[inside] * pairs[inside]).sum()) / persons
    return float(values[inside][np.argmin(np.abs(values[inside]))])


def middle_of(cell: Cell, policy: Policy) -> int:
    """The number that stands for a published count."""
    return (1 + policy.largest_hidden_count) // 2 if cell.value is None else cell.value


def _variance(cell: Cell, policy: Policy) -> float:
    """Of a count that lies anywhere in the interval which rounds to it."""
    if cell.value == 0:
        return 0.0
    values = policy.largest_hidden_count if cell.value is None else policy.count_rounding
    return (values**2 - 1) / 12
