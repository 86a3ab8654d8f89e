"""Effects on outcomes that are known for everyone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.arm_means import Method
from hamm_eval.effects.checks import (
    Clusters,
    Collector,
    refuse_missing_arm,
    sampling_weights,
    variance_clusters,
)
from hamm_eval.effects.contrast import Contrast
from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.effects.engine import design_comparison, estimate
from hamm_eval.effects.estimands import ESTIMANDS, Estimand
from hamm_eval.effects.regression import Family
from hamm_eval.effects.results import Effect
from hamm_eval.inference import checked_binary, checked_vector

METHODS = ("aipw", "weighting", "standardisation", "unadjusted")
NO_MATCHING = "Matching is not offered yet; weighting answers the same question."


def estimate_effect(
    outcome: ArrayLike,
    treated: ArrayLike,
    covariates: Any,
    *,
    method: Method = "aipw",
    estimand: Estimand = "ATT",
    outcome_family: Family = "gaussian",
    contrast: Contrast = "difference",
    interactions: str | Sequence[str] = "all",
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    cluster_t: bool | None = None,
    small_sample: bool = False,
    confidence: float = 0.95,
) -> Effect:
    """Effect of a measure on a complete outcome, adjusted for what was known before it began.

    Parameters
    ----------
    outcome : array_like, shape (n,)
    treated : array_like of 0 and 1, shape (n,)
    covariates : (n, p) array, DataFrame of numeric columns, or None
        Known at time zero. Categories as 0/1 columns. Constant columns and those that repeat earlier ones are
        left out of the models and listed in ``.dropped``.
    method : {"aipw", "weighting", "standardisation", "unadjusted"}
        Augmented inverse-probability weighting (right if either model is), normalised inverse-probability
        weighting, averaged predictions of an outcome model, or the plain comparison of arms.
    estimand : {"ATT", "ATE", "ATO"}
        Mean effect in those treated, in all, or in the overlap population (weights e (1 - e)).
        The ATO is defined by the propensity model, so AIPW does not protect it against a wrong one.
    outcome_family : {"gaussian", "binomial"}
        Linear or logistic outcome model.
    contrast : {"difference", "ratio"}
        A ratio's standard error is that of its logarithm.
    interactions : "all", "none" or list of str
        Covariates whose association with the outcome may differ between the arms. "all" fits the outcome
        model by arm (for the ATT to the controls alone).
    weights : array_like, shape (n,), optional
        Sampling weights.
    cluster : array_like of labels, shape (n,), optional
        Rows that share fate: households; a second call with the social workers gives the variance beside it.
    cluster_t : bool, optional
        Student's t with clusters - 1 degrees of freedom and the factor G / (G - 1) in the variance.
        None: with fewer than 40 clusters.
    small_sample : bool
        Jackknife by one Newton step: each cluster (row) is left out of the models that its own residuals are
        judged by. Removes the bias of the sandwich towards small variances: with 220 households, 80 treated,
        the plain 95 % interval covered 94 %, this one 95 % (simulated).
    confidence : float

    Returns
    -------
    Effect

    Raises
    ------
    InputError
        Arguments that cannot be used, all at once.
    NotEstimable
        Separation, a category that one arm lacks, redundant columns, an outcome that does not vary.

    Notes
    -----
    The variance is the stacked sandwich of the propensity model, the outcome model and the two means
    (Stefanski and Boos 2002, The American Statistician 56; Lunceford and Davidian 2004, Statistics in
    Medicine 23), clustered where asked; its small-sample form follows Fay and Graubard (2001), Biometrics 57,
    1198-1206.

    Examples
    --------
    >>> from hamm_eval.effects import estimate_effect
    >>> effect = estimate_effect([3, 5, 4, 1, 2, 3], [1, 1, 1, 0, 0, 0], None, method="unadjusted")
    >>> round(effect.value, 10), round(effect.std_error, 3)
    (2.0, 0.667)
    """
    check = Collector()
    nobody: Clusters = (None, None)
    check.choice(method, METHODS, "method", NO_MATCHING if method == "matching" else "")
    check.choice(estimand, ESTIMANDS, "estimand")
    check.choice(outcome_family, ("gaussian", "binomial"), "outcome_family")
    check.choice(contrast, ("difference", "ratio"), "contrast")
    a = check.take(lambda: checked_binary(treated, "treated"), np.empty(0))
    check.finish()
    rows = a.size
    check.take(lambda: refuse_missing_arm(a), None)
    checked = checked_binary if outcome_family == "binomial" else checked_vector
    y = check.take(lambda: checked(outcome, "outcome", length=rows), a)
    given = check.take(lambda: checked_covariates(covariates, rows), checked_covariates(None, rows))
    sampling = check.take(lambda: sampling_weights(weights, rows), a)
    clusters, _ = check.take(lambda: variance_clusters(cluster, None, rows), nobody)
    check.finish()
    design = design_comparison(
        a, sampling, given, method=method, estimand=estimand, interactions=interactions
    )
    return Effect(
        **estimate(
            design,
            y,
            np.ones(rows),
            family=outcome_family,
            contrast=contrast,
            cluster=clusters,
            cluster_t=cluster_t,
            small_sample=small_sample,
            confidence=confidence,
        )
    )
