"""The Cox partial likelihood on counting-process rows: one Gram matrix instead of a loop over risk sets.

With ``a(u)`` the increments of the baseline hazard, the sum over risk sets of ``x x'`` is
``X' diag(w exp(eta) (A(stop) - A(start))) X``; only the outer products of the risk-set means remain, one per
event. Efron's ties subtract a share of the tied events from each denominator; Breslow's are shares of 0.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    event_sum : ndarray, shape (p,)
        Weighted sum of the covariates of the events.
    """

    z: FloatArray
    weight: FloatArray
    event: FloatArray
    sets: RiskSets
    happened: IntArray
    step: IntArray
    share: FloatArray
    mean_weight: FloatArray
    event_sum: FloatArray

    def events_in(self, rows: slice) -> IntArray:
        """The rows with an event among those of a slice."""
        first, beyond = np.searchsorted(self.happened, [rows.start, rows.stop])
        return self.happened[first:beyond]


def cox_data(z: FloatArray, weight: FloatArray, event: FloatArray, sets: RiskSets, ties: str) -> CoxData:
    """Lay out the terms of the likelihood, one per event."""
    happened = np.flatnonzero(event == 1)
    tied = np.bincount(sets.ends(happened), minlength=sets.size)
    step = np.repeat(np.arange(sets.size), tied)
    place = np.arange(step.size) - np.repeat(np.cumsum(tied) - tied, tied)
    share = place / tied[step] if ties == "efron" else np.zeros(step.size)
    mean_weight = (sets.ending(weight, happened) / tied)[step]
    # Sums run along columns: they lie together in memory.
    z = np.asfortranarray(z)
    event_sum = (weight * event) @ z
    return CoxData(z, weight, event, sets, happened, step, share, mean_weight, event_sum)


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
    """Log-likelihood, score and information; None where the risks overflow.

    Rows, and then terms, are taken block by block: what is computed of them on the way is not as large as the
    data.
    """
    swept = _risks(data, coefficients)
    if swept is None:
        return None
    risk, at_risk, tied = swept
    terms, p = data.step.size, coefficients.size
    hazard, mean = np.empty(terms), np.empty((terms, p), order="F")
    log_likelihood = float(data.event_sum @ coefficients)
    information = np.zeros((p, p))
    for some in blocks(terms):
        step, share, weight = data.step[some], data.share[some], data.mean_weight[some]
        denominator = at_risk[0][step] - share * tied[0][step]
        if not np.all(denominator > 0):
            return None
        np.divide(weight, denominator, out=hazard[some])
        log_likelihood -= float(weight @ np.log(denominator))
        for j in range(p):
            mean[some, j] = (at_risk[j + 1][step] - share * tied[j + 1][step]) / denominator
        information -= mean[some].T @ (weight[:, None] * mean[some])
    score, expected = data.event_sum.copy(), np.empty_like(risk)
    for rows, part in _row_sums(data, hazard):
        part *= risk[rows]
        expected[rows] = part
        part *= data.weight[rows]
        z = data.z[rows]
        score -= part @ z
        information += z.T @ (part[:, None] * z)
    return CoxEvaluation(coefficients, log_likelihood, score, information, risk, hazard, mean, expected)


def _risks(data: CoxData, coefficients: FloatArray) -> tuple[FloatArray, list[FloatArray], FloatArray] | None:
    """Each row's risk; sums of 1 and of each covariate at risk, and over tied events, at each grid point."""
    sets, risk = data.sets, np.empty(data.weight.size)
    steps: list[FloatArray] = [np.zeros(1)] * (coefficients.size + 1)
    tied = np.zeros((coefficients.size + 1, sets.size))
    for rows in blocks(risk.size, sets.size):
        z = data.z[rows]
        eta = z @ coefficients
        if not np.all(np.abs(eta) < 300):
            return None
        np.exp(eta, out=risk[rows])
        mass = data.weight[rows] * risk[rows]
        happened = data.events_in(rows)
        ends, own = sets.ends(happened), happened - rows.start
        for j in range(coefficients.size + 1):
            moved = mass if j == 0 else mass * z[:, j - 1]
            steps[j] = steps[j] + sets.steps(moved, rows)
            tied[j] += np.bincount(ends, weights=moved[own], minlength=sets.size)
    return risk, [sets.summed(some) for some in steps], tied


def on_grid(data: CoxData, terms: FloatArray) -> FloatArray:
    """Sums of the terms (e,) or (e, q) at each grid point."""
    # Every grid point has an event, so no segment is empty.
    starts = np.searchsorted(data.step, np.arange(data.sets.size))
    return np.add.reduceat(terms, starts, axis=0)


def row_sums(data: CoxData, terms: FloatArray) -> FloatArray:
    """Sum of the terms (e,) or (e, q) over each row's time at risk; its own tied events count in part."""
    found = np.empty((data.weight.size, *terms.shape[1:]))
    for rows, part in _row_sums(data, terms):
        found[rows] = part
    return found


def _row_sums(data: CoxData, terms: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """`row_sums` of one block of rows after the other."""
    totals = data.sets.totals(on_grid(data, terms))
    tied = on_grid(data, (data.share if terms.ndim == 1 else data.share[:, None]) * terms)
    for rows in blocks(data.weight.size):
        part = data.sets.between(totals, rows)
        happened = data.events_in(rows)
        part[happened - rows.start] -= tied[data.sets.ends(happened)]
        yield rows, part
