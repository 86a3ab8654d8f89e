"""The Cox partial likelihood on counting-process rows: one Gram matrix instead of a loop over risk sets.

With ``a(u)`` the increments of the baseline hazard, the sum over risk sets of ``x x'`` is
``X' diag(w exp(eta) (A(stop) - A(start))) X``; only the outer products of the risk-set means remain, one per
event. Efron's ties subtract a share of the tied events from each denominator; Breslow's are shares of 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray, IntArray
from hamm_eval.survival.risk_sets import RiskSets, blocks


@dataclass(frozen=True, slots=True)
class CoxData:
    """What does not change between iterations.

    Parameters
    ----------
    z : ndarray, shape (n, p)
        Covariates, standardised.
    weight : ndarray, shape (n,)
    event : ndarray, shape (n,)
        0 or 1.
    sets : RiskSets
        Grid of the distinct (stratum, event time).
    happened : ndarray of int, shape (e,)
        Rows with an event.
    step : ndarray of int, shape (e,)
        Grid point of each of the e terms of the likelihood: a tie of d events has d terms.
    share : ndarray, shape (e,)
        Share of the tied events taken out of that term's denominator: 0, 1/d, ... (Efron) or 0 (Breslow).
    mean_weight : ndarray, shape (e,)
        Mean weight of the tied events.
    """

    z: FloatArray
    weight: FloatArray
    event: FloatArray
    sets: RiskSets
    happened: IntArray
    step: IntArray
    share: FloatArray
    mean_weight: FloatArray


def cox_data(z: FloatArray, weight: FloatArray, event: FloatArray, sets: RiskSets, ties: str) -> CoxData:
    """Lay out the terms of the likelihood, one per event."""
    happened = np.flatnonzero(event == 1)
    tied = np.bincount(sets.ends(happened), minlength=sets.size)
    step = np.repeat(np.arange(sets.size), tied)
    place = np.arange(step.size) - np.repeat(np.cumsum(tied) - tied, tied)
    share = place / tied[step] if ties == "efron" else np.zeros(step.size)
    mean_weight = (sets.ending(weight, happened) / tied)[step]
    # Sums run along columns: they lie together in memory.
    return CoxData(np.asfortranarray(z), weight, event, sets, happened, step, share, mean_weight)


@dataclass(frozen=True, slots=True)
class CoxEvaluation:
    """The likelihood at one coefficient vector, and the pieces that residuals and baselines reuse.

    Parameters
    ----------
    coefficients : ndarray, shape (p,)
    log_likelihood : float
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
    risk : ndarray, shape (n,)
        ``exp(eta)``.
    hazard : ndarray, shape (e,)
        Hazard increment of each term.
    mean : ndarray, shape (e, p)
        Weighted mean of the covariates in each term's risk set.
    expected : ndarray, shape (n,)
        Expected number of events of each row.
    """

    coefficients: FloatArray
    log_likelihood: float
    score: FloatArray
    information: FloatArray
    risk: FloatArray
    hazard: FloatArray
    mean: FloatArray
    expected: FloatArray


def evaluate(data: CoxData, coefficients: FloatArray) -> CoxEvaluation | None:
    """Log-likelihood, score and information; None where the risks overflow."""
    eta = data.z @ coefficients
    if not np.all(np.abs(eta) < 300):
        return None
    risk = np.exp(eta)
    sets, step, share = data.sets, data.step, data.share
    mass = data.weight * risk
    denominator = sets.at_risk(mass)[step] - share * sets.ending(mass, data.happened)[step]
    if not np.all(denominator > 0):
        return None
    hazard = data.mean_weight / denominator
    mean = np.empty((denominator.size, data.z.shape[1]), order="F")
    moved = np.empty_like(mass)
    for j, column in enumerate(data.z.T):
        # One column at a time, into the same memory: all of them at once would be as large as the data.
        np.multiply(mass, column, out=moved)
        tied = share * sets.ending(moved, data.happened)[step]
        mean[:, j] = (sets.at_risk(moved)[step] - tied) / denominator
    expected = risk * row_sums(data, hazard)
    spread = data.weight * expected
    own_weight = data.weight[data.happened]
    return CoxEvaluation(
        coefficients=coefficients,
        log_likelihood=float(own_weight @ eta[data.happened] - data.mean_weight @ np.log(denominator)),
        score=own_weight @ data.z[data.happened] - spread @ data.z,
        information=_squares(data.z, spread) - _squares(mean, data.mean_weight),
        risk=risk,
        hazard=hazard,
        mean=mean,
        expected=expected,
    )


def _squares(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted sums of squares and products of the columns (n, p), block by block of rows."""
    total = np.zeros((values.shape[1], values.shape[1]))
    for rows in blocks(values.shape[0]):
        part = values[rows]
        total += part.T @ (weight[rows, None] * part)
    return total


def on_grid(data: CoxData, terms: FloatArray) -> FloatArray:
    """Sums of the terms (e,) or (e, q) at each grid point."""
    # Every grid point has an event, so no segment is empty.
    starts = np.searchsorted(data.step, np.arange(data.sets.size))
    return np.add.reduceat(terms, starts, axis=0)


def row_sums(data: CoxData, terms: FloatArray) -> FloatArray:
    """Sum of the terms (e,) or (e, q) over each row's time at risk; its own tied events count in part."""
    total = data.sets.over_rows(on_grid(data, terms))
    share = data.share if terms.ndim == 1 else data.share[:, None]
    total[data.happened] -= on_grid(data, share * terms)[data.sets.ends(data.happened)]
    return total
