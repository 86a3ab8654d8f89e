"""The two models that effects rest on, linear and logistic, with what a stacked sandwich needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit

from hamm_eval.effects.leave_out import information_by, steps_without
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, IntArray, sum_by

Family = Literal["gaussian", "binomial"]

_ITERATIONS = 60
_TOLERANCE = 1e-10
_DIVERGED = 30.0  # fitted odds of 1e13 are no estimate


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model.

    Parameters
    ----------
    coefficients : ndarray, shape (q,)
    fitted : ndarray, shape (n,)
        Means of all rows, those of weight 0 too.
    scores : ndarray, shape (n, q)
        Estimating function of each row, weight included.
    information : ndarray, shape (q, q)
        Minus the derivative of the summed scores.
    design : ndarray, shape (n, q)
    curvature : ndarray, shape (n,)
        Each row's weight in the information.
    """

    coefficients: FloatArray
    fitted: FloatArray
    scores: FloatArray
    information: FloatArray
    design: FloatArray
    curvature: FloatArray

    def steps(self, without: IntArray) -> FloatArray:
        """How far each cluster 0..G-1 left out moves the coefficients, (G, q), whatever these bear on."""
        groups = int(without.max()) + 1
        # Rows without weight, such as copies of rows that follow one strategy only, add nothing.
        used = np.flatnonzero(self.curvature)
        parts = information_by(self.design[used], self.curvature[used], without[used], groups)
        return steps_without(self.information, parts, sum_by(without, self.scores, groups))

    def carry(
        self, gradients: FloatArray, without: IntArray | None = None, steps: FloatArray | None = None
    ) -> FloatArray:
        """What estimating the coefficients adds to the influence of a sum.

        Parameters
        ----------
        gradients : ndarray, shape (n, q)
            Each row's derivative by the coefficients.
        without : ndarray of int, shape (n,), optional
            Clusters 0..G-1, each left out of information and gradient: one Newton step of the jackknife.
        steps : ndarray, shape (G, q), optional
            Of `steps` with the same `without`, where they are at hand.

        Returns
        -------
        ndarray, shape (n,), or (G,) with `without`
        """
        total = gradients.sum(axis=0)
        if without is None:
            return self.scores @ np.linalg.solve(self.information, total)
        if steps is None:
            steps = self.steps(without)
        return np.einsum("gi,gi->g", total - sum_by(without, gradients, len(steps)), steps)


def fit_model(
    design: FloatArray,
    outcome: FloatArray,
    weights: FloatArray,
    family: Family,
    names: Sequence[str],
    model: str,
) -> Fit:
    """Weighted least squares or weighted logistic maximum likelihood (Newton-Raphson).

    Parameters
    ----------
    design : ndarray, shape (n, q)
    outcome, weights : ndarray, shape (n,)
    family : {"gaussian", "binomial"}
    names : sequence of str, length q
        Columns of the design, for messages.
    model : str
        "propensity model", "outcome model": for messages.

    Raises
    ------
    NotEstimable
        Too few rows, columns that say the same among the rows used, or separation.
    """
    used = weights > 0
    _refuse_rank_deficiency(design[used], names, model)
    if family == "gaussian":
        curvature = weights
        information = design.T @ (weights[:, None] * design)
        coefficients = np.asarray(
            np.linalg.solve(information, design.T @ (weights * outcome)), dtype=np.float64
        )
        fitted = design @ coefficients
    else:
        coefficients = _logistic(design[used], outcome[used], weights[used], names, model)
        fitted = expit(design @ coefficients)
        curvature = weights * fitted * (1 - fitted)
        information = design.T @ (curvature[:, None] * design)
    scores = (weights * (outcome - fitted))[:, None] * design
    return Fit(coefficients, fitted, scores, information, design, curvature)


def mean_slope(fitted: FloatArray, family: Family) -> FloatArray:
    """Derivative of the mean by the linear predictor."""
    return fitted * (1 - fitted) if family == "binomial" else np.ones_like(fitted)


def _logistic(
    design: FloatArray, outcome: FloatArray, weights: FloatArray, names: Sequence[str], model: str
) -> FloatArray:
    """Newton steps, halved while the likelihood falls; stops at separation, where no maximum exists."""

    def log_likelihood(predictor: FloatArray) -> float:
        return float(weights @ (outcome * predictor - np.logaddexp(0, predictor)))

    beta = np.zeros(design.shape[1])
    reached = log_likelihood(design @ beta)
    for _ in range(_ITERATIONS):
        predictor = design @ beta
        mean = expit(predictor)
        information = design.T @ ((weights * mean * (1 - mean))[:, None] * design)
        try:
            step = np.linalg.solve(information, design.T @ (weights * (outcome - mean)))
        except np.linalg.LinAlgError:
            break
        size = float(np.abs(step).max(initial=0.0))
        if size < _TOLERANCE:
            return beta + step
        if not np.isfinite(size) or (np.abs(predictor).max() > _DIVERGED and size > 1e-2):
            break
        factor = 1.0
        while (found := log_likelihood(design @ (beta + factor * step))) < reached - 1e-9 * abs(reached):
            factor /= 2
            if factor < 1e-6:
                break
        beta, reached = beta + factor * step, found
    raise NotEstimable(
        f"The {model} has no finite estimate: its columns predict who is 0 and who is 1 without error "
        f"(separation; strongest: {_strongest(beta, names)}).",
        where=model,
        todo="Merge rare categories, leave the column out, or exclude who could not be in both groups.",
    )


def _strongest(beta: FloatArray, names: Sequence[str]) -> str:
    """The three columns with the largest coefficients: those that diverge."""
    order = np.argsort(-np.abs(beta))[:3]
    return ", ".join(names[k] for k in order)


def _refuse_rank_deficiency(design: FloatArray, names: Sequence[str], model: str) -> None:
    """Name the columns that repeat others among the rows used."""
    from scipy.linalg import qr

    rows, columns = design.shape
    if rows < columns:
        raise NotEstimable(
            f"{rows} rows cannot carry {columns} parameters.", where=model, todo="Use fewer covariates."
        )
    length = np.linalg.norm(design, axis=0)
    triangle, order = qr(design / np.where(length > 0, length, 1.0), mode="r", pivoting=True)[:2]
    size = np.abs(np.diag(triangle[:columns]))
    redundant = order[size <= 1e-9 * size.max(initial=0.0)]
    if redundant.size:
        named = ", ".join(names[k] for k in sorted(redundant))
        raise NotEstimable(
            f"Among the rows that this model may use, these columns are constant or repeat others: {named}.",
            where=model,
            todo='Merge rare categories, leave the columns out, or set interactions="none".',
        )
