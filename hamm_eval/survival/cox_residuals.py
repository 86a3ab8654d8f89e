"""Residuals of a Cox model, with ties treated as in the fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, stable_order
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation, row_sums


def martingale_residuals(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Observed minus expected events of each row, (n,)."""
    found = data.event.copy()
    for rows, part in row_sums(data, *fit.sums.inverse):
        part *= data.risk(rows, fit.coefficients)
        found[rows] -= part
    return found


def score_residuals(data: CoxData, fit: CoxEvaluation, scale: FloatArray) -> FloatArray:
    """Each row's part of the score, ``sum (x - mean(u)) dM(u)``, (n, p), unweighted; x by its `scale`."""
    found = np.empty_like(data.z)
    for rows, part in score_blocks(data, fit):
        np.multiply(part, scale, out=found[rows])
    return found


def score_blocks(data: CoxData, fit: CoxEvaluation) -> Iterator[tuple[slice, FloatArray]]:
    """The score residuals of one block of rows after the other: together they are as large as the data."""
    average = _average(data, fit)
    # Of each row's hazard, and of hazard times mean.
    terms, shared = (
        np.column_stack([alone, means])
        for alone, means in zip(fit.sums.inverse, fit.sums.mean_hazard(), strict=True)
    )
    for rows, sums in row_sums(data, terms, shared):
        z = data.z[rows]
        sums *= data.risk(rows, fit.coefficients)[:, None]
        part = sums[:, 1:] - sums[:, :1] * z
        happened = data.events_in(rows)
        own = happened - rows.start
        part[own] += z[own] - average[data.sets.ends(happened)]
        yield rows, part


def schoenfeld_residuals(data: CoxData, fit: CoxEvaluation) -> tuple[FloatArray, IntArray]:
    """Covariates of each event minus their mean at risk, (e, p), by stratum, time, row; and these rows."""
    ends = data.sets.ends(data.happened)
    order = stable_order(ends)
    deviation = data.z[data.happened] - _average(data, fit)[ends]
    return deviation[order], data.happened[order]


def dfbeta_residuals(data: CoxData, fit: CoxEvaluation, scale: FloatArray) -> FloatArray:
    """Weighted score residuals times the inverse information, (n, p); covariates by their `scale`."""
    found, inverse = np.empty_like(data.z), np.linalg.inv(fit.information) / scale
    for rows, part in score_blocks(data, fit):
        part *= data.weight[rows, None]
        np.matmul(part, inverse, out=found[rows])
    return found


def _average(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Mean covariates at risk at each grid point, (k, p); tied events share the average of their terms'."""
    return fit.sums.mean() / (data.mean_weight * data.tied)[:, None]
