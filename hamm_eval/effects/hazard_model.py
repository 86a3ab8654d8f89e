"""When does something begin or end: a piecewise-constant hazard with covariates, as one block of a stack.

Weights of target trials need the probability that somebody has not started a measure by a day, and that
somebody is still under observation, each with what estimating it adds to the influence of what it weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.effects.leave_out import information_by, steps_without
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, IntArray, sum_by

_ITERATIONS = 50
_TOLERANCE = 1e-9
_DIVERGED = 15.0  # a log hazard ratio per standard deviation beyond which nothing is estimated
_LEAST_PER_PIECE = 10
_MOST_PIECES = 8


@dataclass(frozen=True, slots=True, eq=False)
class HazardModel:
    """A fitted hazard ``rate(t) exp(x'b)``.

    Parameters
    ----------
    rate : ndarray, shape (m,)
        By piece of time.
    slopes : ndarray, shape (p,)
    relative : ndarray, shape (n,)
        ``exp(x'b)`` of each row.
    scores : ndarray, shape (n, m + p)
        Estimating function of each row, by log rates, then slopes.
    information : ndarray, shape (m + p, m + p)
    expected : ndarray, shape (n, m)
        Expected number by piece, sampling weight included: what each row adds to the information.
    covariates : ndarray, shape (n, p)

    References
    ----------
    Friedman, M. (1982). Piecewise exponential models for survival data with covariates. Annals of Statistics
    10, 101-113.
    """

    rate: FloatArray
    slopes: FloatArray
    relative: FloatArray
    scores: FloatArray
    information: FloatArray
    expected: FloatArray
    covariates: FloatArray

    def cumulative(self, exposure: FloatArray) -> FloatArray:
        """Cumulative hazard (n,) over the time (n, m) that each row spends in each piece."""
        return (exposure @ self.rate) * self.relative

    def gradients(self, exposure: FloatArray, by: FloatArray) -> FloatArray:
        """`by` (n,), a derivative by each row's cumulative hazard, turned into one by the parameters."""
        amount = exposure * self.rate * (self.relative * by)[:, None]
        return np.hstack([amount, amount.sum(axis=1)[:, None] * self.covariates])

    def steps(self, without: IntArray | None) -> FloatArray:
        """How far each row, or each cluster 0..G-1 left out, moves the parameters, (n or G, m + p)."""
        if without is None:
            return np.asarray(np.linalg.solve(self.information, self.scores.T).T, dtype=np.float64)
        groups = int(without.max()) + 1
        parts = self._information_by(without, groups)
        return steps_without(self.information, parts, sum_by(without, self.scores, groups))

    def carry(self, gradients: FloatArray, steps: FloatArray, without: IntArray | None) -> FloatArray:
        """What estimating the parameters adds to the influence of a sum.

        Parameters
        ----------
        gradients : ndarray, shape (n, m + p)
        steps : ndarray
            Of `steps` with the same `without`.
        without : ndarray of int, shape (n,), or None

        Returns
        -------
        ndarray, shape (n,), or (G,) with `without`
        """
        total = gradients.sum(axis=0)
        if without is None:
            return steps @ total
        return np.einsum("gi,gi->g", total - sum_by(without, gradients, len(steps)), steps)

    def _information_by(self, without: IntArray, groups: int) -> FloatArray:
        """What each cluster adds to the information, (G, m + p, m + p)."""
        m, p = self.rate.size, self.slopes.size
        part = np.zeros((groups, m + p, m + p))
        part[:, np.arange(m), np.arange(m)] = sum_by(without, self.expected, groups)
        for w in range(m):
            mixed = sum_by(without, self.expected[:, [w]] * self.covariates, groups)
            part[:, w, m:] = part[:, m:, w] = mixed
        part[:, m:, m:] = information_by(self.covariates, self.expected.sum(axis=1), without, groups)
        return part


def pieces(days: FloatArray, end: float) -> FloatArray:
    """Cuts of (0, end] that leave some ten of the `days` in each piece, at most eight pieces.

    Examples
    --------
    >>> pieces(np.array([5.0, 9.0]), 30.0)
    array([ 0., 30.])
    """
    inside = days[(days > 0) & (days <= end)]
    count = int(np.clip(inside.size // _LEAST_PER_PIECE, 1, _MOST_PIECES))
    inner = np.quantile(inside, np.arange(1, count) / count) if count > 1 else np.empty(0)
    return np.unique(np.r_[0.0, inner[(inner > 0) & (inner < end)], end])


def exposure_in(cuts: FloatArray, since: FloatArray | float, until: FloatArray) -> FloatArray:
    """Time that each row spends in each piece between two days, shape (n, m).

    Examples
    --------
    >>> exposure_in(np.array([0.0, 10.0, 30.0]), 0.0, np.array([4.0, 25.0]))
    array([[ 4.,  0.],
           [10., 15.]])
    """
    begin = np.maximum(cuts[:-1], np.reshape(since, (-1, 1)))
    return np.maximum(np.minimum(cuts[1:], until[:, None]) - begin, 0.0)


def happened_in(cuts: FloatArray, day: FloatArray, happened: FloatArray) -> FloatArray:
    """1 in the piece in which a row's day lies, where it happened, shape (n, m)."""
    inside = (day[:, None] > cuts[:-1]) & (day[:, None] <= cuts[1:])
    return inside * happened[:, None]


def fit_hazard(
    exposure: FloatArray,
    happened: FloatArray,
    covariates: FloatArray,
    names: Sequence[str],
    sampling: FloatArray,
    *,
    model: str,
    prior_sd: float | None = None,
) -> HazardModel:
    """Maximise the likelihood of events (n, m) given exposure (n, m); log-hazards linear in covariates.

    Parameters
    ----------
    exposure, happened : ndarray, shape (n, m)
        Time at risk, and 0 or 1, by piece. A piece without an event has rate 0.
    covariates : ndarray, shape (n, p)
        Centred and scaled.
    names : sequence of str, length p
    sampling : ndarray, shape (n,)
    model : str
        For messages.
    prior_sd : float, optional
        Standard deviation of a normal prior of the slopes, per standard deviation of a covariate.

    Raises
    ------
    NotEstimable
        No event, columns that repeat others among those at risk, or a slope without bound.
    """
    events = sampling @ happened
    if not events.any():
        raise NotEstimable(f"Nobody has what the {model} describes.", where=model)
    p = covariates.shape[1]
    whole = sampling[:, None] * happened
    score_of_x = whole.sum(axis=1) @ covariates
    precision = np.eye(p) / prior_sd**2 if prior_sd else np.zeros((p, p))
    slopes = np.zeros(p)

    def parts(slopes: FloatArray) -> tuple[float, FloatArray, FloatArray, FloatArray, FloatArray]:
        """Profile log-likelihood, rates, expected (n, m), score and information of the slopes."""
        predictor = covariates @ slopes
        relative = np.exp(predictor)
        at_risk = sampling * relative @ exposure
        rate = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
        expected = (sampling * relative)[:, None] * exposure * rate
        weighted = expected.sum(axis=1)
        means = np.divide(
            expected.T @ covariates,
            events[:, None],
            out=np.zeros((events.size, p)),
            where=events[:, None] > 0,
        )
        with np.errstate(divide="ignore"):
            log_rate = np.where(events > 0, np.log(np.where(rate > 0, rate, 1.0)), 0.0)
        value = float(events @ log_rate + whole.sum(axis=1) @ predictor - slopes @ precision @ slopes / 2)
        score = score_of_x - weighted @ covariates - precision @ slopes
        information = covariates.T @ (weighted[:, None] * covariates) - means.T @ (events[:, None] * means)
        return value, rate, expected, score, information + precision

    reached, rate, expected, score, information = parts(slopes)
    if p:
        _refuse_singular(information - precision if prior_sd is None else information, names, model)
    for _ in range(_ITERATIONS):
        try:
            step = np.linalg.solve(information, score) if p else np.zeros(0)
        except np.linalg.LinAlgError:
            break
        factor = 1.0
        while True:
            found = parts(slopes + factor * step)
            if found[0] >= reached - 1e-10 * abs(reached) or factor < 1e-4:
                break
            factor /= 2
        slopes = slopes + factor * step
        reached, rate, expected, score, information = found
        size = float(np.abs(slopes).max(initial=0.0))
        if size > _DIVERGED or not np.isfinite(reached):
            break
        if float(np.abs(factor * step).max(initial=0.0)) < _TOLERANCE:
            return _fitted(rate, slopes, expected, happened, covariates, sampling, precision, events > 0)
    strongest = ", ".join(names[k] for k in np.argsort(-np.abs(slopes))[:3])
    raise NotEstimable(
        f"The {model} has no finite estimate: some group never or always has what it describes (strongest: "
        f"{strongest}).",
        where=model,
        todo="Merge rare categories or leave the column out.",
    )


def _fitted(
    rate: FloatArray,
    slopes: FloatArray,
    expected: FloatArray,
    happened: FloatArray,
    covariates: FloatArray,
    sampling: FloatArray,
    precision: FloatArray,
    used: np.ndarray,
) -> HazardModel:
    """The model with its scores and information; a piece without events is known to have rate 0."""
    m, p = rate.size, slopes.size
    residual = sampling[:, None] * happened - expected
    scores = np.hstack([residual, residual.sum(axis=1)[:, None] * covariates])
    information = np.zeros((m + p, m + p))
    information[np.arange(m), np.arange(m)] = np.where(used, expected.sum(axis=0), 1.0)
    information[:m, m:] = expected.T @ covariates
    information[m:, :m] = information[:m, m:].T
    information[m:, m:] = covariates.T @ (expected.sum(axis=1)[:, None] * covariates) + precision
    return HazardModel(rate, slopes, np.exp(covariates @ slopes), scores, information, expected, covariates)


def _refuse_singular(information: FloatArray, names: Sequence[str], model: str) -> None:
    """Refuse columns that do not vary, singly or together, among those at risk when something happens."""
    diagonal = np.diag(information)
    bad = diagonal <= 1e-10
    if not bad.any():
        values, vectors = np.linalg.eigh(information / np.sqrt(np.outer(diagonal, diagonal)))
        if values[0] > 1e-10 * len(names):
            return
        bad = np.abs(vectors[:, 0]) > 0.1
    named = ", ".join(names[k] for k in map(int, np.flatnonzero(bad)))
    raise NotEstimable(
        f"In the {model}, these columns are constant or repeat others: {named}.",
        where=model,
        todo="Merge rare categories or leave the columns out.",
    )
