"""From checked rows and their risk sets to a fitted model: what cause-specific and Fine-Gray fits share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
    two_sided_p,
)
from hamm_eval.survival.cox_model import Cox, CoxFit
from hamm_eval.survival.cox_residuals import score_blocks
from hamm_eval.survival.newton import maximise
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation, cox_data, evaluate
from hamm_eval.survival.risk_sets import RiskSets, blocks

# Beside the model's variance a robust one of so little is rounding.
_NO_VARIANCE = 1e-20


@dataclass(frozen=True, slots=True)
class CoxRows:
    """Checked rows, and who of them is at risk when.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    names : tuple of str
    weight : ndarray, shape (n,)
    event : ndarray, shape (n,)
        0 or 1.
    sets : RiskSets
        Grid of the distinct (stratum, event time).
    start : ndarray, shape (n,), or None
    stop : ndarray, shape (n,)
    strata : ndarray
        Labels of the strata.
    """

    x: FloatArray
    names: tuple[str, ...]
    weight: FloatArray
    event: FloatArray
    sets: RiskSets
    start: FloatArray | None
    stop: FloatArray
    strata: NDArray[Any]


def fit_cox(
    rows: CoxRows,
    *,
    clusters: IntArray | None,
    groups: int | None,
    robust: bool,
    ties: str,
    confidence: float,
    cluster_t: bool | None,
) -> Cox:
    """Maximise the partial likelihood, and lay out what a fitted model tells.

    Raises
    ------
    NotEstimable
        A covariate without variation of its own; a coefficient that grows without bound; a robust variance
        of 0.
    """
    few = clusters_for_t(groups, cluster_t)
    z_value = critical_value(confidence, few)
    x, weight = rows.x, rows.weight
    z, centre, scale = _standardised(x, weight)
    data = cox_data(z, weight, rows.event, rows.sets, ties)
    null, fit, iterations = maximise(partial(evaluate, data), rows.names)
    inverse = np.linalg.inv(fit.information)
    naive = inverse / np.outer(scale, scale)
    covariance = _lin_wei(data, fit, clusters) / np.outer(scale, scale) if robust else naive
    if clusters is not None and np.any(np.diag(covariance) <= _NO_VARIANCE * np.diag(naive)):
        raise NotEstimable(
            "All that tells of a covariate is of one cluster: the influences of its rows cancel to 0.",
            where="cluster",
            todo="Give smaller clusters, or merge groups.",
        )
    coefficients, std_error = fit.coefficients / scale, np.sqrt(np.diag(covariance))
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(coefficients + side * z_value * std_error) for side in (0, -1, 1))
    return Cox(
        names=rows.names,
        coefficients=coefficients,
        std_error=std_error,
        naive_std_error=np.sqrt(np.diag(naive)),
        covariance=covariance,
        hazard_ratio=ratio,
        lower=low,
        upper=high,
        p_value=two_sided_p(coefficients / std_error, few),
        log_likelihood=fit.log_likelihood,
        log_likelihood_null=null.log_likelihood,
        score_statistic=float(null.score @ np.linalg.solve(null.information, null.score)),
        n=int(x.shape[0]),
        events=int(data.event.sum()),
        iterations=iterations,
        ties=ties,
        confidence=confidence,
        robust=robust,
        clusters=groups,
        notes=few_clusters_notes(groups, few),
        _fitted=CoxFit(data, fit, centre, scale, rows.start, rows.stop, rows.strata),
    )


def _standardised(x: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Covariates less their weighted mean, by their standard deviation, column by column; and these two."""
    p, total = x.shape[1], 0.0
    centre, square = np.zeros(p), np.zeros(p)
    for rows in blocks(x.shape[0]):
        # Means and squares of a block, then of all blocks so far (Chan, Golub and LeVeque 1983): one pass.
        own, some = weight[rows], np.array(x[rows], order="F")
        mass = own.sum()
        if not mass:
            continue
        mean = own @ some / mass
        some -= mean
        some *= some
        apart, share = mean - centre, mass / (total + mass)
        square += own @ some + total * share * apart**2
        centre += share * apart
        total += mass
    scale = np.sqrt(square / total)
    # By column, as sums over rows are taken: they lie together in memory.
    z = np.empty(x.shape, order="F")
    for rows in blocks(x.shape[0]):
        for j in range(p):
            column = np.subtract(x[rows, j], centre[j], out=z[rows, j])
            column /= scale[j]
    return z, centre, scale


def _lin_wei(data: CoxData, fit: CoxEvaluation, cluster: IntArray | None) -> FloatArray:
    """Cross-product of the dfbetas, summed within clusters."""
    p = data.z.shape[1]
    inverse, meat = np.linalg.inv(fit.information), np.zeros((p, p))
    sums = np.zeros((0 if cluster is None else int(cluster.max()) + 1, p), order="F")
    for rows, part in score_blocks(data, fit):
        part *= data.weight[rows, None]
        if cluster is None:
            meat += part.T @ part
            continue
        for j in range(p):
            np.add.at(sums[:, j], cluster[rows], part[:, j])
    if cluster is not None:
        meat = sums.T @ sums
    return np.asarray(inverse @ meat @ inverse, dtype=np.float64)
