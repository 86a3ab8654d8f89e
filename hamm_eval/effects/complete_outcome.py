"""Effects on outcomes that are known for everyone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.arm_means import METHODS, Method
from hamm_eval.effects.checks import (
    Clusters,
    Collector,
    check_truncation,
    refuse_missing_arm,
    sampling_weights,
    variance_clusters,
)
from hamm_eval.effects.contrast import Contrast
from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.effects.engine import design_comparison, estimate
from hamm_eval.effects.estimands import ESTIMANDS, Estimand
from hamm_eval.effects.matched_effect import estimate_by_matching
from hamm_eval.effects.matching_options import Matching, matching_problems
from hamm_eval.effects.regression import Family
from hamm_eval.effects.results import Effect
from hamm_eval.errors import Problem
from hamm_eval.inference import checked_binary, checked_vector


def estimate_effect(
    outcome: ArrayLike,
    treated: ArrayLike,
    covariates: Any,
    *,
    method: Method | Literal["matching"] = "aipw",
    estimand: Estimand = "ATT",
    outcome_family: Family = "gaussian",
    contrast: Contrast = "difference",
    interactions: str | Sequence[str] = "all",
    weights: ArrayLike | None = None,
    truncate: float | None = None,
    matching: Matching | None = None,
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
    method : {"aipw", "weighting", "standardisation", "unadjusted", "matching"}
        Augmented inverse-probability weighting (right if either model is), normalised inverse-probability
        weighting, averaged predictions of an outcome model, the plain comparison of arms, or the nearest rows
        of the other arm. Weights are normalised within each arm; stabilised weights differ from them by a
        factor per arm and would give the same estimate: there is no option for them.
    estimand : {"ATT", "ATE", "ATO"}
        Mean effect in those treated, in all, or in the overlap population (weights e (1 - e)).
        The ATO is defined by the propensity model, so AIPW does not protect it against a wrong one, and
        matching has no weights for it.
    outcome_family : {"gaussian", "binomial"}
        Linear or logistic outcome model.
    contrast : {"difference", "ratio"}
        A ratio's standard error is that of its logarithm.
    interactions : "all", "none" or list of str
        Covariates whose association with the outcome may differ between the arms. "all" fits the outcome
        model by arm (for the ATT to the controls alone).
    weights : array_like, shape (n,), optional
        Sampling weights; not with matching.
    truncate : float, optional
        Quantile, such as 0.99, at which the weights of each arm are cut ("aipw", "weighting"); how many were
        is in ``.truncated``. It trades bias for variance: the estimand is then no longer quite that named.
        The variance takes cut weights as constants.
    matching : Matching, optional
        How rows are matched; ``Matching()`` where none is given. Only with method "matching".
    cluster : array_like of labels, shape (n,), optional
        Rows that share fate: households; a second call with the social workers gives the variance beside it.
        Refused with matching, whose variance is not household-clustered (and not bootstrapped, either).
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

    Matching has the variance of Abadie and Imbens (2006), Econometrica 74, 235-267; where the propensity is
    matched on with replacement, it is corrected for the propensity's having been estimated (Abadie and Imbens
    2016, Econometrica 84, 781-807). Without replacement it is the variance of the differences within matched
    sets, which assumes that no row is used twice and does not count that the propensity is estimated. With a
    caliper all of these are conditional on who has a match; `interactions` is not looked at, the model of the
    bias adjustment is fitted by arm.

    Examples
    --------
    >>> from hamm_eval.effects import estimate_effect
    >>> effect = estimate_effect([3, 5, 4, 1, 2, 3], [1, 1, 1, 0, 0, 0], None, method="unadjusted")
    >>> round(effect.value, 10), round(effect.std_error, 3)
    (2.0, 0.667)
    """
    check = Collector()
    nobody: Clusters = (None, None)
    check.choice(method, (*METHODS, "matching"), "method")
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
    check.take(lambda: check_truncation(truncate, method), None)
    if method == "matching":
        options = matching or Matching()
        unread = any(problem.where.startswith("covariates") for problem in check.problems)
        check.problems += matching_problems(
            options,
            None if unread else given.given_names,
            estimand=estimand,
            clustered=cluster is not None,
            weighted=weights is not None,
            small_sample=small_sample,
        )
        check.finish()
        return Effect(
            **estimate_by_matching(
                y,
                a,
                given,
                options,
                estimand=estimand,
                family=outcome_family,
                contrast=contrast,
                confidence=confidence,
            )
        )
    if matching is not None:
        check.problems.append(Problem('Has a meaning with method="matching" only.', "matching"))
    check.finish()
    design = design_comparison(
        a,
        sampling,
        given,
        method=method,
        estimand=estimand,
        interactions=interactions,
        truncate=truncate,
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
