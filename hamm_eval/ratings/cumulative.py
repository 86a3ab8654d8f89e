"""Likelihood of cumulative models, ``P(Y <= k) = F(theta_k - x'b)``; some b may differ by threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, IntArray
from hamm_eval.ratings.links import Link
from hamm_eval.ratings.maximum import Point, maximise
from hamm_eval.ratings.scale import Scale
from hamm_eval.survival.cox_design import refuse_inestimable


@dataclass(frozen=True, slots=True)
class CumulativeDesign:
    """Rows of a cumulative model: a rating lies between two linear predictors.

    Attributes
    ----------
    upper, lower : ndarray, shape (n, P)
        The predictors above and below a rating are ``upper @ parameters`` and ``lower @ parameters``, of the
        thresholds, the coefficients that all thresholds share, and those by covariate and threshold.
    top, bottom : ndarray of bool, shape (n,)
        Ratings above which, or below which, there is no threshold.
    back : ndarray, shape (P, P)
        From parameters of standardised covariates to those of the covariates.
    names : tuple of str, length P
        Of the parameters, as errors name them.
    """

    upper: FloatArray
    lower: FloatArray
    top: np.ndarray
    bottom: np.ndarray
    back: FloatArray
    names: tuple[str, ...]

    def predictors(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Below and above each rating."""
        return (
            np.where(self.bottom, -np.inf, self.lower @ parameters),
            np.where(self.top, np.inf, self.upper @ parameters),
        )


def refuse_scale(codes: IntArray, scale: Scale) -> None:
    """Refuse a scale of which one point only, or not every point, was given."""
    used = np.bincount(codes, minlength=len(scale.categories)) > 0
    if used.sum() < 2:
        raise NotEstimable("All ratings are the same.", where="rating")
    if not used.all():
        raise NotEstimable(
            f"Of the {used.size} points of the scale {int((~used).sum())} were never given, so that where "
            "they begin has no estimate.",
            where="categories",
            todo="Merge points of the scale, or leave categories out.",
        )


def build_design(
    codes: IntArray, points: int, x: FloatArray, names: Sequence[str], by_threshold: Sequence[int] = ()
) -> CumulativeDesign:
    """Standardise the covariates and lay out the rows.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Places 0..K-1 of the ratings on the scale.
    points : int
        K.
    x : ndarray, shape (n, p)
    names : sequence of str, length p
    by_threshold : sequence of int
        Columns of `x` whose coefficient may differ by threshold.
    """
    if names:
        refuse_inestimable(x, names, None)
    thresholds = points - 1
    centre, spread = x.mean(axis=0), x.std(axis=0)
    z = (x - centre) / spread
    shared = [j for j in range(x.shape[1]) if j not in by_threshold]
    size = thresholds + len(shared) + thresholds * len(by_threshold)
    own = [thresholds + len(shared) + thresholds * k for k in range(len(by_threshold))]

    def rows(threshold: IntArray) -> FloatArray:
        """Of the predictor at one threshold each."""
        made = np.zeros((codes.size, size))
        at = np.arange(codes.size)
        made[at, threshold] = 1
        made[:, thresholds : thresholds + len(shared)] = -z[:, shared]
        for j, first in zip(by_threshold, own, strict=True):
            made[at, first + threshold] = -z[:, j]
        return made

    top, bottom = codes == points - 1, codes == 0
    upper, lower = rows(np.minimum(codes, thresholds - 1)), rows(np.maximum(codes - 1, 0))
    upper[top], lower[bottom] = 0, 0
    back = np.eye(size)
    for place, j in enumerate(shared, start=thresholds):
        back[place, place] = 1 / spread[j]
        back[:thresholds, place] = centre[j] / spread[j]
    for j, first in zip(by_threshold, own, strict=True):
        for k in range(thresholds):
            back[first + k, first + k] = 1 / spread[j]
            back[k, first + k] = centre[j] / spread[j]
    called = [f"rating[threshold {k + 1}]" for k in range(thresholds)]
    called += [f"covariates[{names[j]}]" for j in shared]
    called += [f"covariates[{names[j]}]" for j in by_threshold for _ in range(thresholds)]
    return CumulativeDesign(upper, lower, top, bottom, back, tuple(called))


def starting_point(codes: IntArray, points: int, link: Link, size: int) -> FloatArray:
    """Thresholds of the ratings alone, and coefficients of 0."""
    share = np.cumsum(np.bincount(codes, minlength=points))[:-1] / codes.size
    return np.concatenate([link.quantile(share), np.zeros(size - points + 1)])


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Log-probability of each rating and its derivatives by the predictors below and above it.

    Attributes
    ----------
    value, above, below : ndarray
        ``above`` is ``f(u) / P`` and ``below`` ``f(l) / P``.
    above_slope, below_slope : ndarray
        ``f'(u) / P`` and ``f'(l) / P``.
    """

    value: FloatArray
    above: FloatArray
    below: FloatArray
    above_slope: FloatArray
    below_slope: FloatArray


def log_probability(lower: FloatArray, upper: FloatArray, link: Link) -> Derivatives | None:
    """Of ratings between two predictors; None where one is impossible."""
    probability = link.between(lower, upper)
    if not np.all(probability > 0):
        return None
    return Derivatives(
        np.log(probability),
        link.density(upper) / probability,
        link.density(lower) / probability,
        link.slope(upper) / probability,
        link.slope(lower) / probability,
    )


def evaluator(
    design: CumulativeDesign, link: Link, offset: FloatArray | float = 0.0
) -> Callable[[FloatArray], Point | None]:
    """The log-likelihood as a function of the parameters; `offset` is taken off both predictors."""

    def evaluate(parameters: FloatArray) -> Point | None:
        below, above = design.predictors(parameters)
        found = log_probability(below - offset, above - offset, link)
        if found is None:
            return None
        scores = row_scores(design, found)
        information = (
            scores.T @ scores
            - design.upper.T @ (found.above_slope[:, None] * design.upper)
            + design.lower.T @ (found.below_slope[:, None] * design.lower)
        )
        return Point(parameters, float(found.value.sum()), scores.sum(axis=0), information)

    return evaluate


def row_scores(design: CumulativeDesign, found: Derivatives) -> FloatArray:
    """Derivatives of each row's log-likelihood by the parameters, shape (n, P)."""
    return np.asarray(found.above[:, None] * design.upper - found.below[:, None] * design.lower)


@dataclass(frozen=True, slots=True)
class CumulativeFit:
    """A fitted cumulative model in standardised covariates.

    Attributes
    ----------
    design : CumulativeDesign
    best, null : Point
        At the maximum, and with thresholds alone.
    scores : ndarray, shape (n, P)
        Of each row at the maximum.
    iterations : int
    """

    design: CumulativeDesign
    best: Point
    null: Point
    scores: FloatArray
    iterations: int


def fit_cumulative(
    codes: IntArray, points: int, design: CumulativeDesign, link: Link, *, at_infinity: bool = False
) -> CumulativeFit:
    """Maximise the likelihood; with `at_infinity` up to its limit where coefficients have none.

    Raises
    ------
    NotEstimable
        Separation: a coefficient grows without bound.
    """
    start = starting_point(codes, points, link, design.back.shape[0])
    null, best, iterations = maximise(evaluator(design, link), start, design.names, at_infinity=at_infinity)
    found = log_probability(*design.predictors(best.parameters), link)
    assert found is not None
    return CumulativeFit(design, best, null, row_scores(design, found), iterations)
