"""Fit the Cox proportional-hazards model on counting-process rows."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_binary,
    critical_value,
    labels_to_codes,
    sum_by,
    two_sided_p,
)
from hamm_eval.survival.concordance import concordance_index
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.cox_model import Cox, CoxFit
from hamm_eval.survival.cox_newton import maximise
from hamm_eval.survival.cox_residuals import dfbeta_residuals
from hamm_eval.survival.episodes import checked_times, checked_weights
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation, cox_data
from hamm_eval.survival.risk_sets import build_risk_sets


def cox(
    stop: ArrayLike,
    event: ArrayLike,
    covariates: Any,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    confidence: float = 0.95,
) -> Cox:
    r"""Fit :math:`\lambda(t | x) = \lambda_s(t) \exp(x(t)' \beta)` by partial likelihood.

    Rows are ``(start, stop]``: persons may have several, with covariates that change between them (a change
    at t takes effect after t), and may enter late. Competing events count as censored: the hazard is then
    cause-specific, and a hazard ratio says nothing on incidence by itself.

    Parameters
    ----------
    stop : array_like, shape (n,)
    event : array_like, shape (n,)
        1 = event at `stop`, 0 = none.
    covariates : array_like, shape (n, p), or DataFrame
        Numbers; the column names of a DataFrame are kept.
    start : array_like, shape (n,), optional
        Before `stop`. None: at risk from the beginning, so that an event at time 0 counts.
    weights : array_like, shape (n,), optional
        Sampling or probability weights; the standard errors are then robust.
    strata : array_like, shape (n,), optional
        Each stratum has a baseline hazard of its own.
    cluster : array_like, shape (n,), optional
        Units that are independent of each other, such as households (or persons with several rows where
        weights are given); the standard errors are then the Lin-Wei sandwich, without a small-sample factor.
    ties : "efron" or "breslow"
    confidence : float

    Returns
    -------
    Cox

    Raises
    ------
    InputError
        Missing values, negative times, ``start >= stop``, events other than 0 and 1.
    NotEstimable
        No event; a covariate that does not vary or is contained in the others; a group without events
        (coefficient without bound); fewer than two clusters.

    References
    ----------
    Andersen, P. K. and Gill, R. D. (1982). Cox's regression model for counting processes. Annals of
    Statistics 10, 1100-1120. Efron, B. (1977). The efficiency of Cox's likelihood function for censored data.
    J. American Statistical Association 72, 557-565. Lin, D. Y. and Wei, L. J. (1989). The robust inference
    for the Cox proportional hazards model. J. American Statistical Association 84, 1074-1078.

    Examples
    --------
    >>> fit = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> fit.hazard_ratio.round(3)
    array([1.585])
    """
    if ties not in ("efron", "breslow"):
        raise InputError('Must be "efron" or "breslow".', where="ties")
    z_value = critical_value(confidence)
    end, begin = checked_times(stop, start, time_name="stop", entry_name="start")
    n = end.size
    happened = checked_binary(event, "event", length=n)
    x, names = read_covariates(covariates, n)
    weight = checked_weights(weights, n)
    codes, labels = (None, np.zeros(1)) if strata is None else labels_to_codes(strata, "strata", length=n)
    clusters = None if cluster is None else labels_to_codes(cluster, "cluster", length=n)[0]
    if clusters is not None and clusters.max() < 1:
        raise NotEstimable("All rows are of one cluster.", where="cluster")
    if not np.any(happened * weight):
        raise NotEstimable("There is no event.", where="event")
    counted = weight > 0
    refuse_inestimable(x[counted], names, None if codes is None else codes[counted])
    refuse_separated(x[counted], names, happened[counted])
    centre = np.average(x, axis=0, weights=weight)
    scale = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=weight))
    sets = build_risk_sets(begin, end, (happened == 1) & counted, codes)
    # A row of weight 0 is nobody's event; its residuals are still defined.
    data = cox_data((x - centre) / scale, weight, happened * counted, sets, ties)
    null, fit, iterations = maximise(data, names)
    inverse = np.linalg.inv(fit.information)
    naive = inverse / np.outer(scale, scale)
    robust = weights is not None or clusters is not None
    covariance = _lin_wei(dfbeta_residuals(data, fit) / scale, clusters) if robust else naive
    coefficients, std_error = fit.coefficients / scale, np.sqrt(np.diag(covariance))
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(coefficients + side * z_value * std_error) for side in (0, -1, 1))
    return Cox(
        names=names,
        coefficients=coefficients,
        std_error=std_error,
        naive_std_error=np.sqrt(np.diag(naive)),
        covariance=covariance,
        hazard_ratio=ratio,
        lower=low,
        upper=high,
        p_value=two_sided_p(coefficients / std_error),
        log_likelihood=fit.log_likelihood,
        log_likelihood_null=null.log_likelihood,
        score_statistic=float(null.score @ np.linalg.solve(null.information, null.score)),
        n=n,
        events=int(data.event.sum()),
        iterations=iterations,
        concordance=concordance_index(_linear_predictor(data, fit), weight, data.event, sets),
        ties=ties,
        confidence=confidence,
        robust=robust,
        _fitted=CoxFit(data, fit, centre, scale, begin, end, labels),
    )


def _lin_wei(dfbeta: FloatArray, cluster: IntArray | None) -> FloatArray:
    """Cross-product of the dfbetas, summed within clusters."""
    sums = dfbeta if cluster is None else sum_by(cluster, dfbeta, int(cluster.max()) + 1)
    return sums.T @ sums


def _linear_predictor(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Row by row, so that equal covariates give exactly equal scores."""
    return np.sum(data.z * fit.coefficients, axis=1)
