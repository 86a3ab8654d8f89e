"""The Cox partial likelihood on counting-process rows: one Gram matrix instead of a loop over risk sets.

With ``a(u)`` the increments of the baseline hazard, the sum over risk sets of ``x x'`` is
``X' diag(w exp(eta) (A(stop) - A(start))) X``; only the outer products of the risk-set means remain. Efron's
ties subtract a share of the tied events from each denominator; Breslow's are shares of 0. The terms of a tie
differ in their denominators D alone: their mean at risk is ``(S - share T) / D``, S the sum over the risk set
and T that over the tied events. So all sums over terms are those of ``share^q / D^r`` times S and T, and
nothing is as large as the terms times the covariates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray, IntArray
from hamm_eval.survival.risk_sets import RiskSets, blocks

# Of squares of risks sums are still finite and positive.
SMALLEST_RISK = np.exp(-300.0)
# Above what is refused of rows that count, and finite: times a weight of 0 it is 0.
_STEEPEST = 301.0


@dataclass(frozen=True, slots=True)
class CoxData:
    """What does not change between iterations.

    Parameters
    ----------
    z : ndarray, shape (n, p), Fortran order
        Covariates, standardised. Sums run along columns: they lie together in memory.
    weight : ndarray, shape (n,)
    event : ndarray, shape (n,)
        0 or 1.
    sets : RiskSets
        Grid of the k distinct (stratum, event time).
    happened : ndarray of int, shape (e,)
        Rows with an event.
    tied : ndarray of int, shape (k,)
        Events at each grid point: as many terms of the likelihood.
    share : ndarray, shape (e,), or None
        Share of the tied events taken out of each term's denominator: 0, 1/d, ... (Efron), the terms by grid
        point; None: of none (Breslow).
    mean_weight : ndarray, shape (k,)
        Mean weight of the tied events.
    event_sum : ndarray, shape (p,)
        Weighted sum of the covariates of the events.
    """

    z: FloatArray
    weight: FloatArray
    event: FloatArray
    sets: RiskSets
    happened: IntArray
    tied: IntArray
    share: FloatArray | None
    mean_weight: FloatArray
    event_sum: FloatArray

    def risk(self, rows: slice, coefficients: FloatArray) -> FloatArray:
        """``exp(eta)`` of the rows of a slice, where it is not beyond all bounds."""
        eta = self.z[rows] @ coefficients
        np.minimum(eta, _STEEPEST, out=eta)
        return np.exp(eta, out=eta)

    def events_in(self, rows: slice) -> IntArray:
        """The rows with an event among those of a slice."""
        first, beyond = np.searchsorted(self.happened, [rows.start, rows.stop])
        return self.happened[first:beyond]


def cox_data(z: FloatArray, weight: FloatArray, event: FloatArray, sets: RiskSets, ties: str) -> CoxData:
    """Lay out the terms of the likelihood, one per event."""
    happened = np.flatnonzero(event == 1)
    tied = np.bincount(sets.ends(happened), minlength=sets.size)
    share = None
    if ties == "efron" and sets.size < happened.size:
        place = np.arange(happened.size) - np.repeat(np.cumsum(tied) - tied, tied)
        share = place / np.repeat(tied, tied)
    event_sum = np.zeros(z.shape[1])
    for rows in blocks(event.size):
        event_sum += (weight[rows] * event[rows]) @ z[rows]
    mean_weight = sets.ending(weight, happened) / tied
    return CoxData(z, weight, event, sets, happened, tied, share, mean_weight, event_sum)


@dataclass(frozen=True, slots=True)
class RiskSums:
    """Sums at each grid point, of which the likelihood and all that follows from it are made.

    Parameters
    ----------
    at_risk, tied : ndarray, shape (1 + p, k)
        Of the risks and of each covariate by risk, over the risk set and over the tied events: S and T.
    inverse : ndarray, shape (2, k)
        Sums over the terms of ``w / D`` and ``w share / D``, w the mean weight of the tied events.
    square : ndarray, shape (3, k)
        Sums over the terms of ``w / D^2``, ``w share / D^2`` and ``w share^2 / D^2``.
    """

    at_risk: FloatArray
    tied: FloatArray
    inverse: FloatArray
    square: FloatArray

    def mean(self) -> FloatArray:
        """Sums over the terms of w times the mean covariates at risk, (k, p)."""
        return self._combined(self.inverse[0], self.inverse[1])

    def mean_hazard(self) -> tuple[FloatArray, FloatArray]:
        """Sums over the terms of hazard times mean, and of share times hazard times mean, (k, p) each."""
        return self._combined(*self.square[:2]), self._combined(*self.square[1:])

    def mean_products(self, g: FloatArray | None = None) -> FloatArray:
        """Sum over all terms of w times the outer product of the mean, and times `g` (k,), (p, p)."""
        s, t = self.at_risk[1:], self.tied[1:]
        plain, once, twice = self.square if g is None else self.square * g
        mixed = (s * once) @ t.T
        return np.asarray((s * plain) @ s.T - mixed - mixed.T + (t * twice) @ t.T, dtype=np.float64)

    def _combined(self, of_risk: FloatArray, of_tied: FloatArray) -> FloatArray:
        """S times one factor less T times the other, (k, p)."""
        found = self.at_risk[1:] * of_risk
        found -= self.tied[1:] * of_tied
        return found.T


@dataclass(frozen=True, slots=True)
class CoxEvaluation:
    """The likelihood at one coefficient vector, and the pieces that residuals and baselines reuse.

    Nothing in it is as large as the rows: what is needed of them is computed anew, block by block, which is
    cheaper than memory.

    Parameters
    ----------
    coefficients : ndarray, shape (p,)
    log_likelihood : float
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
    sums : RiskSums
    """

    coefficients: FloatArray
    log_likelihood: float
    score: FloatArray
    information: FloatArray
    sums: RiskSums

    @property
    def hazard(self) -> FloatArray:
        """Increment of the baseline hazard at each grid point, (k,)."""
        return self.sums.inverse[0]


def evaluate(data: CoxData, coefficients: FloatArray) -> CoxEvaluation | None:
    """Log-likelihood, score and information; None where the risks overflow.

    Rows are taken block by block: what is computed of them on the way is not as large as the data.
    """
    swept = _risks(data, coefficients)
    if swept is None:
        return None
    at_risk, tied = swept
    terms = _terms(data, at_risk[0], tied[0])
    if terms is None:
        return None
    logs, inverse, square = terms
    sums = RiskSums(at_risk, tied, inverse, square)
    log_likelihood = float(data.event_sum @ coefficients) - logs
    information = -sums.mean_products()
    score = data.event_sum.copy()
    for rows, part in row_sums(data, *inverse):
        z = data.z[rows]
        part *= data.risk(rows, coefficients)
        part *= data.weight[rows]
        score -= part @ z
        information += z.T @ (part[:, None] * z)
    return CoxEvaluation(coefficients, log_likelihood, score, information, sums)


def _risks(data: CoxData, coefficients: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Sums of 1 and of each covariate, by risk, over risk sets and tied events at each grid point."""
    sets = data.sets
    columns = range(coefficients.size + 1)
    steps: list[FloatArray | float] = [0.0] * len(columns)
    tied = np.zeros((len(columns), sets.size))
    for rows in blocks(data.weight.size, sets.size):
        z = data.z[rows]
        mass = data.risk(rows, coefficients)
        if not _are_bounded(mass) and not _are_bounded(mass[data.weight[rows] > 0]):
            return None
        mass *= data.weight[rows]
        happened = data.events_in(rows)
        ends, own = sets.ends(happened), happened - rows.start
        for j in columns:
            moved = mass if j == 0 else mass * z[:, j - 1]
            steps[j] = steps[j] + sets.steps(moved, rows)
            tied[j] += np.bincount(ends, weights=moved[own], minlength=sets.size)
    return np.stack([sets.summed(np.asarray(some)) for some in steps]), tied


def _are_bounded(risk: FloatArray) -> bool:
    """Whether no risk is so small or so large that digits are lost."""
    return bool(risk.min(initial=1.0) > SMALLEST_RISK and risk.max(initial=1.0) < 1 / SMALLEST_RISK)


def _terms(
    data: CoxData, at_risk: FloatArray, tied: FloatArray
) -> tuple[float, FloatArray, FloatArray] | None:
    """Weighted logarithms of all denominators, and the sums over terms of `RiskSums`; None where one is 0."""
    weight, share = data.mean_weight, data.share
    inverse, square = np.zeros((2, at_risk.size)), np.zeros((3, at_risk.size))
    if share is None:
        if not np.all(at_risk > 0):
            return None
        total = weight * data.tied
        np.divide(total, at_risk, out=inverse[0])
        np.divide(inverse[0], at_risk, out=square[0])
        return float(total @ np.log(at_risk)), inverse, square
    denominator = np.repeat(at_risk, data.tied)
    denominator -= share * np.repeat(tied, data.tied)
    if not np.all(denominator > 0):
        return None
    # Every grid point has an event, so no segment is empty.
    starts = np.cumsum(data.tied) - data.tied
    logs = np.log(denominator)
    logarithms = float(weight @ np.add.reduceat(logs, starts))
    part = np.reciprocal(denominator, out=denominator)
    moved = np.empty_like(part)
    for found, power in ((inverse, 1), (square, 2)):
        if power == 2:
            np.square(part, out=part)
        np.copyto(moved, part)
        for q in range(power + 1):
            if q:
                moved *= share
            found[q] = weight * np.add.reduceat(moved, starts)
    return logarithms, inverse, square


def row_sums(data: CoxData, terms: FloatArray, shared: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Sums over each row's time at risk, block by block of rows; its own tied events count in part.

    Parameters
    ----------
    data : CoxData
    terms : ndarray, shape (k,) or (k, q)
        Sums over the terms at each grid point.
    shared : ndarray, same shape
        The same of each term times its share: what a tied event does not take part in.
    """
    totals = data.sets.totals(terms)
    for rows in blocks(data.weight.size):
        part = data.sets.between(totals, rows)
        happened = data.events_in(rows)
        part[happened - rows.start] -= shared[data.sets.ends(happened)]
        yield rows, part
