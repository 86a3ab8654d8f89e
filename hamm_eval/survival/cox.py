"""Fit the Cox proportional-hazards model on counting-process rows."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import checked_binary, labels_to_codes
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.cox_fit import CoxRows, fit_cox
from hamm_eval.survival.cox_model import Cox
from hamm_eval.survival.episodes import checked_times, checked_weights
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
    cluster_t: bool | None = False,
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
    cluster_t : bool, optional
        Whether intervals and p-values of clustered fits are those of Student's t with clusters - 1 degrees of
        freedom; None: with fewer than 40 clusters. False is R's convention. The standard errors have no
        small-sample factor in any case.

    Returns
    -------
    Cox

    Raises
    ------
    InputError
        Missing values, negative times, ``start >= stop``, events other than 0 and 1.
    NotEstimable
        No event; a covariate that does not vary or is contained in the others; a group without events
        (coefficient without bound); one cluster, or no more clusters than covariates.

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
    end, begin = checked_times(stop, start, time_name="stop", entry_name="start")
    n = end.size
    # A copy of its own, where the caller's are such numbers already.
    happened = checked_binary(event, "event", length=n).copy()
    x, names = read_covariates(covariates, n)
    weight = checked_weights(weights, n)
    codes, labels = (None, np.zeros(1)) if strata is None else labels_to_codes(strata, "strata", length=n)
    clusters = read_clusters(cluster, n)
    counted = weight > 0
    # A row of weight 0 is nobody's event; its residuals are still defined.
    happened[~counted] = 0
    if not happened.any():
        raise NotEstimable("There is no event.", where="event")
    # Mostly all rows count; they are not copied then.
    judged = slice(None) if counted.all() else counted
    groups = count_clusters(None if clusters is None else clusters[counted])
    refuse_fewer_clusters(groups, len(names))
    refuse_inestimable(x[judged], names, None if codes is None else codes[judged])
    refuse_separated(x[judged], names, happened[judged])
    sets = build_risk_sets(begin, end, happened == 1, codes)
    return fit_cox(
        CoxRows(x, names, weight, happened, sets, begin, end, labels),
        clusters=clusters,
        groups=groups,
        robust=weights is not None or clusters is not None,
        ties=ties,
        confidence=confidence,
        cluster_t=cluster_t,
    )
