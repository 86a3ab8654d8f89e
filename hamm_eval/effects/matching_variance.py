"""Variance of matched means after Abadie and Imbens: for given covariates, and for an estimated propensity.

Rows are independent; a control that is matched often carries its outcome's variance as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from hamm_eval.effects.matching import Matches
from hamm_eval.effects.neighbours import nearest
from hamm_eval.effects.regression import Fit
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Imputed:
    """Outcomes with and without the measure of the target population's rows.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    potential : ndarray, shape (n, 2)
        Seen or imputed outcome of each row had it been treated (column 0) and had it not; rows outside of the
        target population are not looked at.
    residual : ndarray, shape (n, 2)
        The outcome less what the bias adjustment's model of the treated (column 0) and of the controls
        predicts; the outcome itself without adjustment.
    means : ndarray, shape (2,)
    """

    outcome: FloatArray
    potential: FloatArray
    residual: FloatArray
    means: FloatArray


def covariance_of_means(
    treated: FloatArray, matches: Matches, imputed: Imputed, neighbours: int, tolerance: float
) -> FloatArray:
    """Covariance of the means of the treated and of the controls, covariates or propensity as given.

    Parameters
    ----------
    treated : ndarray of 0 and 1, shape (n,)
    matches : Matches
    imputed : Imputed
    neighbours : int
        Rows of the own arm beside a row itself that its outcome's variance is taken from; 0: one for all.
    tolerance : float
        Of squared distances.

    Returns
    -------
    ndarray, shape (2, 2)

    Notes
    -----
    Spread of the target population's imputed outcomes plus, for each row, the variance of its outcome times
    ``K**2 + 2 K t - K'``, K the sum of its weights in matches, K' that of their squares, t whether the row is
    of the target population: Abadie and Imbens (2006), Econometrica 74, 235-267, theorems 6 and 7, with the
    shares of ties of Abadie, Drukker, Herr and Imbens (2004), Stata Journal 4, 290-311. Without replacement K
    equals K', nothing is added, and the variance is that of the differences within matched sets, for which
    Abadie and Spiess (2022), Journal of the American Statistical Association 117, 983-995.
    """
    target = matches.target
    size = float(target.sum())
    centred = imputed.potential[target] - imputed.means
    covariance = centred.T @ centred / size**2
    often = np.square(matches.used) + 2 * matches.used * target - matches.used_squared
    if not often.any():
        return covariance
    if neighbours:
        variance = _own_variance(treated, matches, imputed.outcome, often, neighbours, tolerance)
    else:
        variance = np.full(treated.size, _common_variance(treated, matches, imputed))
    added = often * variance / size**2
    return covariance + np.diag([added[treated == 1].sum(), added[treated == 0].sum()])


def propensity_correction(
    treated: FloatArray,
    matches: Matches,
    imputed: Imputed,
    propensity: Fit,
    neighbours: int,
    tolerance: float,
    *,
    in_all: bool,
) -> FloatArray:
    """What estimating the propensity score adds to (ATT) or takes from (ATE) the covariance of the means.

    Parameters
    ----------
    propensity : Fit
        The logistic model whose linear predictor the rows were matched on.
    in_all : bool
        The target population is all rows, not the treated.
    treated, matches, imputed, neighbours, tolerance
        As in `covariance_of_means`.

    Returns
    -------
    ndarray, shape (2, 2)

    Notes
    -----
    Abadie and Imbens (2016), Econometrica 84, 781-807, theorems 2 and 3: ``-c' I**-1 c + d' I**-1 d``, where
    I is the information of the propensity model, c the covariance of the means with its score, d the
    derivative of the estimand by its coefficients (0 for the ATE). Covariances of covariates and outcome
    given the propensity are those among the nearest rows of each arm. The paper matches on all covariates for
    d; here the same quantity is taken from these covariances, since E[X m(X)] given the propensity is
    E[X] E[m(X)] + cov(X, Y).
    """
    e, x = propensity.fitted, propensity.design
    size = float(matches.target.sum())
    # Who is out of everyone's reach is not of the population that the estimate is of.
    slope = e * (1 - e) * matches.reachable
    through, shift = np.empty((2, x.shape[1])), np.zeros((2, x.shape[1]))
    for k, arm in enumerate((1, 0)):
        mean, together = _given_propensity(treated, matches, imputed.outcome, x, arm, neighbours, tolerance)
        own = together * slope[:, None] / size
        if in_all:
            through[k] = (own / e[:, None]).sum(axis=0) if arm else -(own / (1 - e)[:, None]).sum(axis=0)
            continue
        moved = ((mean - imputed.means[k]) * slope) @ x / size
        shift[k] = moved + own.sum(axis=0)
        through[k] = shift[k] if arm else moved - (own * (e / (1 - e))[:, None]).sum(axis=0)
    inverse = np.linalg.inv(propensity.information)
    return np.asarray(shift @ inverse @ shift.T - through @ inverse @ through.T)


def _own_variance(
    treated: FloatArray,
    matches: Matches,
    outcome: FloatArray,
    often: FloatArray,
    neighbours: int,
    tolerance: float,
) -> FloatArray:
    """Variance of the outcome among each row and its nearest of the same arm; 0 where it does not count."""
    points = matches.points
    found = np.zeros(treated.size)
    for arm in (0, 1):
        rows = treated == arm
        if not often[rows].any():
            continue
        near = _neighbourhood(matches, arm, points.counts[arm] > 0, neighbours + 1, tolerance)
        count = near @ points.counts[arm].astype(float)
        y = outcome - outcome[rows].mean()
        total = near @ points.total(y, rows)
        square = near @ points.total(y * y, rows)
        enough = count > 1
        at_point = np.full(count.size, np.nan)
        at_point[enough] = (square[enough] - total[enough] ** 2 / count[enough]) / (count[enough] - 1)
        own = np.maximum(at_point[points.of_row[rows]], 0.0)
        if np.isnan(own).all():
            who = "treated" if arm else "controls"
            raise NotEstimable(
                f"Every stratum of exact matching has one of the {who} only: the variance of their outcomes "
                "cannot be estimated.",
                where="matching.exact",
                todo="Match exactly on fewer columns.",
            )
        # Who is alone in a stratum of exact matching varies like the others of the arm.
        found[rows] = np.where(np.isnan(own), np.nanmean(own), own)
    return found


def _common_variance(treated: FloatArray, matches: Matches, imputed: Imputed) -> float:
    """Half the mean squared deviation of the differences within pairs from the effect."""
    effect = imputed.means[0] - imputed.means[1]
    total = 0.0
    for k, arm in enumerate((1, 0)):
        rows = matches.target & (treated == 1 - arm)
        if not rows.any():
            continue
        donors, residual = treated == arm, imputed.residual[:, k]
        centre = residual + effect if arm else residual - effect
        first = matches.impute(residual, donors, arm)
        second = matches.impute(np.square(residual), donors, arm)
        total += float((centre * centre - 2 * centre * first + second)[rows].sum())
    return total / 2 / float(matches.target.sum())


def _given_propensity(
    treated: FloatArray,
    matches: Matches,
    outcome: FloatArray,
    x: FloatArray,
    arm: int,
    neighbours: int,
    tolerance: float,
) -> tuple[FloatArray, FloatArray]:
    """Mean outcome, shape (n,), and its covariance with the covariates, (n, q), near each row in an arm."""
    points, rows = matches.points, treated == arm
    everywhere = np.ones(points.score.size, dtype=bool)
    near = _neighbourhood(matches, arm, everywhere, max(neighbours + 1, 2), tolerance)
    count = near @ points.counts[arm].astype(float)
    centre = float(outcome[rows].mean())
    y = outcome - centre
    total = near @ points.total(y, rows)
    few = count < 1
    mean = np.where(few, 0.0, total / np.where(few, 1.0, count))
    together = np.empty((count.size, x.shape[1]))
    for j, column in enumerate(x.T):
        both = near @ points.total(column * y, rows) - mean * (near @ points.total(column, rows))
        together[:, j] = np.where(count > 1, both / np.maximum(count - 1, 1.0), 0.0)
    return mean[points.of_row] + centre, together[points.of_row]


def _neighbourhood(matches: Matches, arm: int, seek: Any, wanted: int, tolerance: float) -> csr_array:
    """Points of the nearest rows of an arm, those at a point itself included, however far."""
    return nearest(matches.points, arm, wanted, seek, tolerance=tolerance)
