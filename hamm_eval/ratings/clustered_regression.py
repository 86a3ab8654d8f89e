"""Regression with few clusters: variances and degrees of freedom that six providers can carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable, Problem
from hamm_eval.inference import FloatArray, IntArray, critical_value
from hamm_eval.ratings.mean_model import Family, MeanFit, fit_mean, read_mean_model
from hamm_eval.survival.clusters import count_clusters, read_clusters
from hamm_eval.survival.results import write_protect

Kind = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]
KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")
# A cluster that alone carries a direction has no residuals in it to adjust.
ROOM_LEFT = 1e-10


@dataclass(frozen=True, slots=True)
class JointTest:
    """Test that several coefficients are 0, approximately Hotelling's T-squared.

    Attributes
    ----------
    statistic : float
        To be compared with F.
    dof : tuple of two float
    p_value : float
    """

    statistic: float
    dof: tuple[float, float]
    p_value: float


@dataclass(frozen=True, slots=True)
class _Clusters:
    """What tests of any contrast need of each cluster.

    Attributes
    ----------
    within : ndarray, shape (G, P, P)
        ``a_g' Phi_g a_g`` with ``a_g = A_g' W_g X_g M``.
    across : ndarray, shape (G, P, P)
        ``X_g' a_g``.
    model : ndarray, shape (P, P)
        M, the inverse information.
    """

    within: FloatArray
    across: FloatArray
    model: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredRegression:
    """Linear or logistic regression with cluster-robust errors that hold with few clusters.

    Attributes
    ----------
    names : tuple of str
        ``(Intercept)`` and the covariates.
    coefficients, std_error, lower, upper, p_value : ndarray, shape (p + 1,)
    dof : ndarray, shape (p + 1,)
        Satterthwaite's degrees of freedom of each coefficient: often far below the number of clusters.
    covariance : ndarray, shape (p + 1, p + 1)
    kind, family : str
    n, clusters : int
    confidence : float
    notes : tuple of str
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    dof: FloatArray
    covariance: FloatArray
    kind: str
    family: str
    n: int
    clusters: int
    confidence: float
    notes: tuple[str, ...] = ()
    _clusters: _Clusters | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def joint_test(self, names: Sequence[str]) -> JointTest:
        """Test that the coefficients of these covariates are all 0 (HTZ of Pustejovsky and Tipton 2018).

        Parameters
        ----------
        names : sequence of str

        Raises
        ------
        InputError
            A name that is none of the model's.
        NotEstimable
            More coefficients than the clusters can carry.
        """
        if isinstance(names, str) or not names or not all(name in self.names for name in names):
            raise InputError("Not a list of names of the model's covariates.", where="names")
        assert self._clusters is not None
        chosen = [self.names.index(name) for name in names]
        q = len(chosen)
        beta, covariance = self.coefficients[chosen], self.covariance[np.ix_(chosen, chosen)]
        eta = _wishart_dof(self._clusters, chosen)
        if eta <= q - 1 or self.clusters <= q:
            raise NotEstimable(
                f"{self.clusters} clusters cannot carry a joint test of {q} coefficients.",
                where="names",
                todo="Test fewer at once.",
            )
        quadratic = float(beta @ np.linalg.solve(covariance, beta))
        dof = (float(q), eta - q + 1)
        statistic = quadratic * dof[1] / (eta * q)
        return JointTest(statistic, dof, float(special.fdtrc(*dof, statistic)))


def clustered_regression(
    outcome: ArrayLike,
    covariates: Any,
    cluster: ArrayLike,
    *,
    family: Family = "gaussian",
    kind: Kind = "CR2",
    confidence: float = 0.95,
) -> ClusteredRegression:
    """Regression whose errors and degrees of freedom stay honest with few clusters, such as providers.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        0 and 1 with "binomial".
    covariates : array_like, shape (n, p), or DataFrame
        Numbers; no column of ones: an intercept is added.
    cluster : array_like of labels, shape (n,)
        Units that are independent of each other.
    family : {"gaussian", "binomial"}
        Least squares, or logistic regression.
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        "CR0" no correction; "CR1" times G / (G - 1); "CR1S" as Stata; "CR2" unbiased if rows were
        independent and the variance as the family says; "CR3" like a jackknife, on the safe side.
    confidence : float

    Returns
    -------
    ClusteredRegression

    Raises
    ------
    InputError
        Missing entries, lengths that differ, outcomes other than 0 and 1 with "binomial".
    NotEstimable
        One cluster; a covariate that does not vary or that others contain; separation; a coefficient that
        one cluster alone carries.

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with
    multi-stage samples. Survey Methodology 28, 169-181.
    Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and
    hypothesis testing in fixed effects models. Journal of Business and Economic Statistics 36, 672-683.

    Examples
    --------
    >>> from hamm_eval.ratings import clustered_regression
    >>> met, trained = [3, 4, 5, 6, 2, 3, 6, 7], [0, 0, 1, 1, 0, 0, 1, 1]
    >>> found = clustered_regression(met, trained, ["a", "a", "b", "b", "c", "c", "d", "d"])
    >>> found.coefficients.round(2), found.std_error.round(2), found.dof.round(1)
    (array([3., 3.]), array([0.5 , 0.71]), array([1., 2.]))
    """
    if kind not in KINDS:
        raise InputError(f"Must be one of {', '.join(KINDS)}.", where="kind")
    critical_value(confidence)
    y, design, names = read_mean_model(outcome, covariates, family)
    codes = read_clusters(cluster, y.size)
    assert codes is not None
    groups = count_clusters(codes)
    assert groups is not None
    fit = fit_mean(y, design, names, family)
    size = design.shape[1]
    factor = 1.0
    if kind in ("CR1", "CR1S"):
        factor = groups / (groups - 1)
        if kind == "CR1S":
            factor *= (y.size - 1) / (y.size - size)
    sums, parts = _by_cluster(fit, codes, groups, kind, names)
    covariance = factor * sums.T @ sums
    std_error = np.sqrt(np.diag(covariance))
    dof = np.array([_satterthwaite(parts, j) for j in range(size)])
    reach = special.stdtrit(dof, 0.5 + confidence / 2) * std_error
    return ClusteredRegression(
        names=names,
        coefficients=fit.coefficients,
        std_error=std_error,
        lower=fit.coefficients - reach,
        upper=fit.coefficients + reach,
        p_value=2 * special.stdtr(dof, -np.abs(fit.coefficients / std_error)),
        dof=dof,
        covariance=covariance,
        kind=kind,
        family=family,
        n=int(y.size),
        clusters=groups,
        confidence=confidence,
        notes=_notes(dof, names),
        _clusters=parts,
    )


def _notes(dof: FloatArray, names: Sequence[str]) -> tuple[str, ...]:
    """Below four degrees of freedom Satterthwaite's approximation itself is poor (Tipton 2015)."""
    poor = [name for name, value in zip(names, dof, strict=True) if value < 4]
    if not poor:
        return ()
    return (f"Fewer than 4 degrees of freedom, so that p-values are a rough guide: {', '.join(poor)}.",)


def _by_cluster(
    fit: MeanFit, codes: IntArray, groups: int, kind: str, names: Sequence[str]
) -> tuple[FloatArray, _Clusters]:
    """Each cluster's part of the estimates' errors, shape (G, P), and what tests need of it."""
    slopes, variance = fit.slopes, fit.variance
    model = np.asarray(np.linalg.inv(slopes.T @ (slopes / variance[:, None])), dtype=np.float64)
    size = slopes.shape[1]
    sums = np.empty((groups, size))
    within, across = np.empty((groups, size, size)), np.empty((groups, size, size))
    order = np.argsort(codes, kind="stable")
    for g, rows in enumerate(np.split(order, np.cumsum(np.bincount(codes, minlength=groups))[:-1])):
        _refuse_alone(slopes[rows], variance[rows], model, names)
        adjusted = _adjust(slopes[rows], variance[rows], model, kind)
        sums[g] = adjusted.T @ fit.residuals[rows]
        within[g] = adjusted.T @ (variance[rows, None] * adjusted)
        across[g] = slopes[rows].T @ adjusted
    return sums, _Clusters(within, across, model)


def _refuse_alone(x: FloatArray, variance: FloatArray, model: FloatArray, names: Sequence[str]) -> None:
    """Refuse coefficients that would have no estimate without this cluster: nothing tells how it varies."""
    root = np.linalg.cholesky(model)
    left, directions = np.linalg.eigh(np.eye(len(names)) - root.T @ (x.T / variance) @ x @ root)
    if left[0] > ROOM_LEFT:
        return
    # A direction of coefficients, each in its own standard errors.
    alone = np.abs(root @ directions[:, 0]) / np.sqrt(np.diag(model))
    raise NotEstimable.of(
        Problem(
            "One cluster alone tells this coefficient, so that its error cannot be seen.",
            f"covariates[{names[j]}]" if j else "cluster",
            "Leave it out or merge groups.",
        )
        for j in map(int, np.flatnonzero(alone > 1e-6))
    )


def _adjust(x: FloatArray, variance: FloatArray, model: FloatArray, kind: str) -> FloatArray:
    """``A_g' W_g X_g M`` of one cluster: A_g adjusts its residuals, W_g are inverse variances."""
    leading = (x / variance[:, None]) @ model
    if kind not in ("CR2", "CR3"):
        return leading
    if kind == "CR2" and np.ptp(variance) > 0:
        target = variance[:, None] * np.eye(variance.size) - x @ model @ x.T
        scale = np.sqrt(variance)
        values, vectors = np.linalg.eigh(scale[:, None] * target * scale)
        turned = vectors.T @ (scale[:, None] * leading) / np.sqrt(values)[:, None]
        return np.asarray(scale[:, None] * (vectors @ turned))
    # The adjustment differs from 1 in few directions only: those of the covariates.
    scale = np.sqrt(variance)
    basis, length, _ = np.linalg.svd(x / scale[:, None] @ np.linalg.cholesky(model), full_matrices=False)
    power = (1 - length**2) ** (-0.5 if kind == "CR2" else -1.0)
    whole = scale[:, None] * leading
    return np.asarray((whole + basis @ ((power - 1)[:, None] * (basis.T @ whole))) / scale[:, None])


def _satterthwaite(parts: _Clusters, j: int) -> float:
    """Degrees of freedom of one coefficient's variance, were rows independent."""
    own = parts.within[:, j, j]
    shared = parts.across[:, :, j] @ np.linalg.cholesky(parts.model)
    overlap = (shared**2).sum(axis=1)
    squares = (own**2).sum() - 2 * (own * overlap).sum() + ((shared.T @ shared) ** 2).sum()
    return float((own - overlap).sum() ** 2 / squares)


def _wishart_dof(parts: _Clusters, chosen: Sequence[int]) -> float:
    """Degrees of freedom of the Wishart distribution nearest to that of a block of the covariance."""
    q = len(chosen)
    within = parts.within[:, chosen][:, :, chosen]
    root = np.linalg.cholesky(parts.model)
    shared = np.einsum("gpq,pr->gqr", parts.across[:, :, chosen], root)
    # Covariance of what clusters g and h add, shape (G, G, q, q).
    between = -np.einsum("giq,hjq->ghij", shared, shared)
    at = np.arange(within.shape[0])
    between[at, at] += within
    values, vectors = np.linalg.eigh(between[at, at].sum(axis=0))
    whiten = vectors / np.sqrt(values) @ vectors.T
    between = np.einsum("ai,ghij,bj->ghab", whiten, between, whiten)
    diagonal = np.einsum("ghaa->gha", between)
    variance = np.einsum("gha,ghb->", diagonal, diagonal) + np.einsum("ghab,ghba->", between, between)
    return float(q * (q + 1) / variance)
