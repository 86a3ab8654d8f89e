"""Residuals of a Cox model, with ties treated as in the fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hamm_eval.inference import FloatArray, IntArray
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation, on_grid, row_sums
from hamm_eval.survival.risk_sets import blocks


def martingale_residuals(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Observed minus expected events of each row, (n,)."""
    return data.event - fit.expected


def score_residuals(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Each row's part of the score, ``sum (x - mean(u)) dM(u)``, (n, p), unweighted, of standardised x."""
    return np.column_stack(list(score_columns(data, fit)))


def score_columns(data: CoxData, fit: CoxEvaluation) -> Iterator[FloatArray]:
    """The score residuals (n,) of one covariate after the other: together they are as large as the data."""
    deviation = _deviation(data, fit)
    for j, column in enumerate(data.z.T):
        residual = row_sums(data, fit.hazard * fit.mean[:, j])
        for rows in blocks(column.size):
            residual[rows] *= fit.risk[rows]
            residual[rows] -= fit.expected[rows] * column[rows]
        residual[data.happened] += deviation[:, j]
        yield residual


def schoenfeld_residuals(data: CoxData, fit: CoxEvaluation) -> tuple[FloatArray, IntArray]:
    """Covariates of each event minus their mean at risk, (e, p), by stratum, time, row; and these rows."""
    order = np.argsort(data.sets.ends(data.happened), kind="stable")
    return _deviation(data, fit)[order], data.happened[order]


def dfbeta_residuals(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Weighted score residuals times the inverse information, (n, p), of standardised covariates."""
    return data.weight[:, None] * score_residuals(data, fit) @ np.linalg.inv(fit.information)


def _deviation(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """``x - mean`` of the rows with an event; tied events share the average of their terms' means."""
    tied = np.bincount(data.step, minlength=data.sets.size)
    average = on_grid(data, fit.mean) / tied[:, None]
    return data.z[data.happened] - average[data.sets.ends(data.happened)]
