"""Generalised estimating equations: means of outcomes of which some belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_codes,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
    refuse_where,
    two_sided_p,
)
from hamm_eval.ratings.mean_model import Family, MeanFit, fit_mean, mean_at, read_mean_model
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.results import write_protect

Correlation = Literal["independence", "exchangeable", "ar1", "unstructured"]
CORRELATIONS = ("independence", "exchangeable", "ar1", "unstructured")
MAX_ITERATIONS = 100
STEP_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class MarginalModel:
    """A marginal model fitted by generalised estimating equations.

    Attributes
    ----------
    names : tuple of str
        ``(Intercept)`` and the covariates.
    coefficients, std_error, lower, upper, p_value : ndarray, shape (p + 1,)
        Robust: they hold whatever the correlation within clusters.
    naive_std_error : ndarray, shape (p + 1,)
        As if the working correlation were right.
    covariance : ndarray, shape (p + 1, p + 1)
        Robust.
    correlation : str
    association : ndarray
        Of the working correlation: none, one, or one for each pair of positions.
    scale : float
        Mean of the squared standardised residuals.
    family : str
    n, clusters, largest_cluster : int
    iterations : int
    confidence : float
    notes : tuple of str
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    naive_std_error: FloatArray
    covariance: FloatArray
    correlation: str
    association: FloatArray
    scale: float
    family: str
    n: int
    clusters: int
    largest_cluster: int
    iterations: int
    confidence: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Rows of clusters, padded to the largest: where a cluster has no row, `there` is False.

    Attributes
    ----------
    rows, there : ndarray, shape (G, m)
    """

    rows: IntArray
    there: np.ndarray


def marginal_model(
    outcome: ArrayLike,
    covariates: Any,
    cluster: ArrayLike,
    *,
    family: Family = "gaussian",
    correlation: Correlation = "exchangeable",
    position: ArrayLike | None = None,
    confidence: float = 0.95,
) -> MarginalModel:
    """Linear or logistic model of means, fitted by generalised estimating equations.

    A coefficient compares groups of people, not a person with herself; the working correlation only makes it
    more precise. With few clusters, such as providers, use `clustered_regression`.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        0 and 1 with "binomial".
    covariates : array_like, shape (n, p), or DataFrame
        Numbers; no column of ones: an intercept is added.
    cluster : array_like of labels, shape (n,)
        Persons or households.
    family : {"gaussian", "binomial"}
        Identity or logit link.
    correlation : {"independence", "exchangeable", "ar1", "unstructured"}
        Of the outcomes of one cluster.
    position : array_like of int, shape (n,), optional
        Place 0, 1, ... of a row in its cluster, for "ar1" and "unstructured"; None: the order of the rows.
    confidence : float

    Returns
    -------
    MarginalModel

    Raises
    ------
    InputError
        Missing entries, lengths that differ, two rows of one cluster at one position.
    NotEstimable
        One cluster, or not more clusters than covariates; a covariate that does not vary or that others
        contain; separation; no pair of rows to learn a correlation from; a working correlation that
        is no correlation matrix; no convergence.

    Notes
    -----
    Moment estimators as in R's geepack: the scale is the mean of the squared Pearson residuals, correlations
    are means of their products over it; "ar1" solves the estimating equation over all pairs. The robust
    variance is Liang and Zeger's, without a small-sample factor; with fewer than 40 clusters t with
    clusters - 1 degrees of freedom.

    References
    ----------
    Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
    Biometrika 73, 13-22.
    Hojsgaard, S., Halekoh, U. and Yan, J. (2006). The R package geepack for generalized estimating equations.
    Journal of Statistical Software 15(2).

    Examples
    --------
    >>> from hamm_eval.ratings import marginal_model
    >>> score, later = [3.0, 4.0, 2.0, 3.5, 5.0, 5.0, 1.0, 2.5], [0, 1, 0, 1, 0, 1, 0, 1]
    >>> found = marginal_model(score, later, ["a", "a", "b", "b", "c", "c", "d", "d"])
    >>> found.coefficients.round(2), found.std_error.round(2), found.association.round(2)
    (array([2.75, 1.  ]), array([0.74, 0.31]), array([0.88]))
    """
    if correlation not in CORRELATIONS:
        raise InputError(f"Must be one of {', '.join(CORRELATIONS)}.", where="correlation")
    y, design, names = read_mean_model(outcome, covariates, family)
    codes = read_clusters(cluster, y.size)
    assert codes is not None
    clusters = count_clusters(codes)
    assert clusters is not None
    refuse_fewer_clusters(clusters, design.shape[1] - 1)
    taken = clusters_for_t(clusters, None)
    z = critical_value(confidence, taken)
    layout = _lay_out(codes, clusters, position)
    fit = fit_mean(y, design, names, family)
    iterations = 0
    while True:
        iterations += 1
        scale, association, working = _working(fit, layout, correlation)
        bread, scores = _equations(fit, layout, working)
        step = np.linalg.solve(bread, scores.sum(axis=0))
        fit = mean_at(y, design, fit.coefficients + step, family)
        if np.all(np.abs(step) <= STEP_TOLERANCE * np.sqrt(np.diag(np.linalg.inv(bread)))):
            break
        if iterations == MAX_ITERATIONS:
            raise NotEstimable(
                "The estimating equations did not converge.",
                where="correlation",
                todo='Use correlation="independence", or leave covariates out.',
            )
    scale, association, working = _working(fit, layout, correlation)
    bread, scores = _equations(fit, layout, working)
    inverse = np.linalg.inv(bread)
    covariance = inverse @ (scores.T @ scores) @ inverse
    std_error = np.sqrt(np.diag(covariance))
    coefficients = fit.coefficients
    return MarginalModel(
        names=names,
        coefficients=coefficients,
        std_error=std_error,
        lower=coefficients - z * std_error,
        upper=coefficients + z * std_error,
        p_value=two_sided_p(coefficients / std_error, taken),
        naive_std_error=np.sqrt(scale * np.diag(inverse)),
        covariance=covariance,
        correlation=correlation,
        association=association,
        scale=scale,
        family=family,
        n=int(y.size),
        clusters=clusters,
        largest_cluster=int(layout.there.sum(axis=1).max()),
        iterations=iterations,
        confidence=confidence,
        notes=few_clusters_notes(clusters, taken),
    )


def _lay_out(codes: IntArray, clusters: int, position: ArrayLike | None) -> _Layout:
    """Rows by cluster and position."""
    order = np.argsort(codes, kind="stable")
    size = np.bincount(codes, minlength=clusters)
    if position is None:
        place = np.empty(codes.size, dtype=np.int64)
        place[order] = np.arange(codes.size) - np.repeat(np.cumsum(size) - size, size)
    else:
        place = checked_codes(position, "position", length=codes.size)
    width = int(place.max()) + 1
    cell = codes * width + place
    first = np.zeros(codes.size, dtype=bool)
    first[np.unique(cell, return_index=True)[1]] = True
    refuse_where(
        ~first, "position", "A second row of a cluster at one position", "Number the rows of a cluster."
    )
    rows = np.zeros(clusters * width, dtype=np.int64)
    there = np.zeros(clusters * width, dtype=bool)
    rows[cell], there[cell] = np.arange(codes.size), True
    return _Layout(rows.reshape(clusters, width), there.reshape(clusters, width))


def _working(fit: MeanFit, layout: _Layout, correlation: str) -> tuple[float, FloatArray, FloatArray]:
    """Scale, association, and the working correlation matrix of all positions."""
    pearson = np.where(layout.there, (fit.residuals / np.sqrt(fit.variance))[layout.rows], 0.0)
    scale = float((pearson**2).sum() / layout.there.sum())
    if scale <= 0:
        raise NotEstimable("The model fits all outcomes without error.", where="outcome")
    width = pearson.shape[1]
    if correlation == "independence":
        return scale, np.empty(0), np.eye(width)
    above = np.triu_indices(width, 1)
    pairs = (layout.there.T.astype(np.float64) @ layout.there)[above]
    products = (pearson.T @ pearson)[above] / scale
    if not pairs.any():
        raise NotEstimable(
            "No cluster has two rows.", where="cluster", todo='Use correlation="independence".'
        )
    if correlation == "unstructured":
        if not pairs.all():
            raise NotEstimable(
                "Two positions never occur together in a cluster.",
                where="position",
                todo='Use correlation="exchangeable".',
            )
        association = products / pairs
        values = association
    elif correlation == "exchangeable":
        association = np.array([products.sum() / pairs.sum()])
        values = np.full(pairs.size, association[0])
    else:
        lag = above[1] - above[0]
        association = np.array([_decay(lag, pairs, products)])
        values = association[0] ** lag
    matrix = np.eye(width)
    matrix[above] = values
    matrix.T[above] = values
    if np.linalg.eigvalsh(matrix)[0] <= 0:
        raise NotEstimable(
            "The working correlation is no correlation matrix.",
            where="correlation",
            todo='Use "exchangeable" or "independence".',
        )
    return scale, association, matrix


def _decay(lag: IntArray, pairs: FloatArray, products: FloatArray) -> float:
    """Solves ``sum lag * a ** (lag - 1) * (product - a ** lag) = 0`` by Newton's method from lag 1."""
    apart = np.unique(lag)
    count, total = (np.bincount(lag, weights=w)[apart] for w in (pairs, products))

    def slope(a: float) -> FloatArray:
        return np.asarray(apart * a ** (apart - 1.0))

    a = float(np.clip(total[0] / max(count[0], 1.0), -0.95, 0.95))
    for _ in range(MAX_ITERATIONS):
        derivative = slope(a)
        step = float(derivative @ (total - count * a**apart) / (derivative @ (count * derivative)))
        a = float(np.clip(a + step, -0.999, 0.999))
        if abs(step) < 1e-12:
            break
    return a


def _equations(fit: MeanFit, layout: _Layout, working: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Derivative of the estimating equations, shape (P, P), and each cluster's part of them, (G, P)."""
    root = np.sqrt(fit.variance)
    slopes, residuals = fit.slopes / root[:, None], fit.residuals / root
    size = slopes.shape[1]
    bread, scores = np.zeros((size, size)), np.empty((layout.rows.shape[0], size))
    # Clusters with rows at the same positions have the same inverse.
    patterns, member = np.unique(layout.there, axis=0, return_inverse=True)
    member = member.reshape(-1)
    for k, pattern in enumerate(patterns):
        chosen = np.flatnonzero(member == k)
        rows = layout.rows[chosen][:, pattern]
        inverse = np.linalg.inv(working[np.ix_(pattern, pattern)])
        x = slopes[rows]
        weighted = np.einsum("ij,gjp->gip", inverse, x)
        bread += np.einsum("gip,giq->pq", x, weighted)
        scores[chosen] = np.einsum("gip,gi->gp", weighted, residuals[rows])
    return bread, scores
