"""Ordinal regression: what goes with higher or lower ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import (
    FloatArray,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
    sandwich,
    two_sided_p,
)
from hamm_eval.ratings.cumulative import build_design, fit_cumulative, refuse_scale
from hamm_eval.ratings.links import LINKS, LinkName, read_link
from hamm_eval.ratings.profile import profile_limits
from hamm_eval.ratings.scale import read_scale
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.cox_design import read_covariates
from hamm_eval.survival.results import write_protect


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalRegression:
    """A fitted cumulative model, ``P(Y <= k) = F(theta_k - x'b)``: positive b go with higher ratings.

    Attributes
    ----------
    names : tuple of str, length p
    coefficients : ndarray, shape (p,)
        With the logit link ``exp(b)`` is the ratio of the odds of a rating above k, for any k.
    std_error, lower, upper, p_value : ndarray, shape (p,)
        Robust where clusters are given.
    naive_std_error : ndarray, shape (p,)
        From the information, as if all rows were independent.
    thresholds, threshold_std_error : ndarray, shape (K - 1,)
    covariance : ndarray, shape (K - 1 + p, K - 1 + p)
        Of the thresholds, then the coefficients.
    log_likelihood, null_log_likelihood : float
        The latter with thresholds alone.
    categories : tuple of length K
    link, interval : str
    n : int
    clusters : int or None
    iterations : int
    confidence : float
    notes : tuple of str
        What a reader of the intervals has to know.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    naive_std_error: FloatArray
    thresholds: FloatArray
    threshold_std_error: FloatArray
    covariance: FloatArray
    log_likelihood: float
    null_log_likelihood: float
    categories: tuple[Any, ...]
    link: str
    interval: str
    n: int
    clusters: int | None
    iterations: int
    confidence: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * (self.thresholds.size + self.coefficients.size) - 2 * self.log_likelihood

    def predict(self, covariates: Any) -> FloatArray:
        """Probability of each rating.

        Parameters
        ----------
        covariates : array_like, shape (m, p), or DataFrame

        Returns
        -------
        ndarray, shape (m, K)

        Raises
        ------
        InputError
            Missing entries; another number of covariates than the model has.
        """
        x, _ = read_covariates(covariates, len(covariates))
        if x.shape[1] != self.coefficients.size:
            raise InputError(
                f"Expected {self.coefficients.size} covariates, got {x.shape[1]}.", where="covariates"
            )
        predictor = (x @ self.coefficients)[:, None]
        edges = np.concatenate([[-np.inf], self.thresholds, [np.inf]])
        return LINKS[self.link].between(edges[:-1] - predictor, edges[1:] - predictor)


def ordinal_regression(
    rating: ArrayLike,
    covariates: Any,
    *,
    cluster: ArrayLike | None = None,
    link: LinkName = "logit",
    categories: Sequence[Any] | None = None,
    interval: Literal["wald", "profile"] = "wald",
    confidence: float = 0.95,
) -> OrdinalRegression:
    """Cumulative model of an ordinal rating (proportional odds with the logit link).

    Parameters
    ----------
    rating : array_like, shape (n,)
        Numbers, or labels with `categories`.
    covariates : array_like, shape (n, p), or DataFrame
        Numbers; categories as columns of 0 and 1, one left out. No column of ones: thresholds are
        the intercepts.
    cluster : array_like of labels, shape (n,), optional
        Households, persons or social workers: robust variance without a small-sample factor; with fewer than
        40 clusters t with clusters - 1 degrees of freedom.
    link : {"logit", "probit", "cloglog"}
    categories : sequence, optional
        All points of the scale, lowest first; each must have been given at least once. None: the numbers
        that occur.
    interval : {"wald", "profile"}
        "profile": those coefficients that the likelihood does not reject; independent rows only.
    confidence : float

    Returns
    -------
    OrdinalRegression

    Raises
    ------
    InputError
        Missing entries, lengths that differ, labels without an order, profile intervals with clusters.
    NotEstimable
        One rating only; a point of the scale that was never given; a covariate that does not vary or that
        others contain; separation; too few clusters.

    Notes
    -----
    The sign is that of R's ``ordinal::clm`` and ``MASS::polr``. Maximum likelihood by Newton's method with
    analytic derivatives. Whether one coefficient for all thresholds is enough: `proportional_odds_test`.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical Society B 42,
    109-142.

    Examples
    --------
    >>> from hamm_eval.ratings import ordinal_regression
    >>> rating = [1, 2, 2, 3, 1, 3, 2, 3, 3, 3, 1, 2]
    >>> longer = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    >>> found = ordinal_regression(rating, longer)
    >>> found.coefficients.round(2), found.thresholds.round(2)
    (array([0.77]), array([-0.74,  0.74]))
    """
    family = read_link(link)
    if interval not in ("wald", "profile"):
        raise InputError('Must be "wald" or "profile".', where="interval")
    if interval == "profile" and cluster is not None:
        raise InputError(
            "With clusters there is no likelihood of the rows to profile.",
            where="interval",
            todo='Use "wald".',
        )
    (codes,), scale = read_scale({"rating": rating}, categories)
    x, names = read_covariates(covariates, codes.size)
    refuse_scale(codes, scale)
    points = len(scale.categories)
    design = build_design(codes, points, x, names)
    of_cluster = read_clusters(cluster, codes.size)
    clusters = count_clusters(of_cluster)
    refuse_fewer_clusters(clusters, len(names))
    taken = clusters_for_t(clusters, None)
    z = critical_value(confidence, taken)
    fit = fit_cumulative(codes, points, design, family)
    naive = design.back @ np.linalg.inv(fit.best.information) @ design.back.T
    covariance = naive
    if of_cluster is not None:
        covariance = design.back @ sandwich(fit.best.information, fit.scores, of_cluster) @ design.back.T
    parameters = design.back @ fit.best.parameters
    errors = np.sqrt(np.diag(covariance))
    thresholds, coefficients = parameters[: points - 1], parameters[points - 1 :]
    std_error = errors[points - 1 :]
    if interval == "profile":
        spread = np.diag(design.back)[points - 1 :]
        lower, upper = profile_limits(fit, family, range(points - 1, parameters.size), z)
        lower, upper = lower * spread, upper * spread
    else:
        lower, upper = coefficients - z * std_error, coefficients + z * std_error
    return OrdinalRegression(
        names=names,
        coefficients=coefficients,
        std_error=std_error,
        lower=lower,
        upper=upper,
        p_value=two_sided_p(coefficients / std_error, taken),
        naive_std_error=np.sqrt(np.diag(naive))[points - 1 :],
        thresholds=thresholds,
        threshold_std_error=errors[: points - 1],
        covariance=covariance,
        log_likelihood=fit.best.value,
        null_log_likelihood=fit.null.value,
        categories=scale.categories,
        link=link,
        interval=interval,
        n=int(codes.size),
        clusters=clusters,
        iterations=fit.iterations,
        confidence=confidence,
        notes=few_clusters_notes(clusters, taken),
    )
