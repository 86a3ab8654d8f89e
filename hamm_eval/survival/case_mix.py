"""How far do groups differ because different people are in them? Direct standardisation by regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import (
    FloatArray,
    checked_number,
    checked_vector,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
    labels_to_codes,
    sandwich,
)
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable
from hamm_eval.survival.results import write_protect


@dataclass(frozen=True, slots=True, eq=False)
class CaseMix:
    """Means of g groups, observed and for one common composition.

    Attributes
    ----------
    groups : tuple
        In the order in which they were named, or sorted.
    persons : ndarray of int, shape (g,)
    crude : ndarray, shape (g,)
        Mean as observed.
    standardised, standardised_error : ndarray, shape (g,)
        Mean if each group were composed as all groups together, with its standard error.
    mix, mix_error : ndarray, shape (g,)
        The part of ``crude`` that goes back to composition: ``crude = standardised + mix``.
    apart, apart_lower, apart_upper : ndarray, shape (g,)
        Standardised mean less that of all, with simultaneous intervals (Bonferroni over the groups).
    parameters : int
        Coefficients of the regression.
    confidence : float
    clusters : int or None
        Number of clusters, where they were given.
    notes : tuple of str
        What a reader of the intervals has to know, as that clusters are few.
    """

    groups: tuple[Any, ...]
    persons: np.ndarray
    crude: FloatArray
    standardised: FloatArray
    standardised_error: FloatArray
    mix: FloatArray
    mix_error: FloatArray
    apart: FloatArray
    apart_lower: FloatArray
    apart_upper: FloatArray
    parameters: int
    confidence: float
    clusters: int | None
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


def case_mix(
    values: ArrayLike,
    group: ArrayLike,
    covariates: Any,
    *,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
    cluster_t: bool | None = False,
) -> CaseMix:
    r"""Split differences of group means into composition and the rest: :math:`y = \beta_g + x' \gamma + e`.

    Composition's part in the mean of group g is :math:`(\bar x_g - \bar x)' \gamma`, the standardised mean is
    what remains. With pseudo-observations as values (`pseudo_observations`, made within each group) the
    means are cumulative incidences at a time. Composition is what the covariates tell of it, and each counts
    alike in all groups.

    Parameters
    ----------
    values : array_like, shape (n,)
        One a person.
    group : array_like, shape (n,)
    covariates : array_like, shape (n, p), or DataFrame
    cluster : array_like, shape (n,), optional
        Units that are independent of each other, such as households; else each person is one.
    confidence : float
    cluster_t : bool, optional
        Whether intervals are those of Student's t with clusters - 1 degrees of freedom, where clusters are
        given; None: with fewer than 40 clusters.

    Returns
    -------
    CaseMix
        Standard errors are the sandwich, the composition taken as given.

    Raises
    ------
    InputError
        Lengths that differ, missing values.
    NotEstimable
        Fewer than two groups; a covariate that does not vary, or is told by the others or the groups; a
        group that is one cluster, or no more clusters than coefficients.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. J. American Statistical Association
    50, 1168-1194. Oaxaca, R. (1973). Male-female wage differentials in urban labor markets. International
    Economic Review 14, 693-709.

    Examples
    --------
    >>> found = case_mix([0, 1, 0, 1, 1, 1], ["a", "a", "a", "b", "b", "b"], [[0], [1], [0], [1], [0], [1]])
    >>> bool(abs(found.crude - found.standardised - found.mix).max() < 1e-12)
    True
    >>> found.standardised.round(3).tolist()
    [0.417, 0.917]
    """
    outcome = checked_vector(values, "values")
    n = outcome.size
    codes, names = labels_to_codes(group, "group", length=n)
    if len(names) < 2:
        raise NotEstimable("Needs two groups or more.", where="group")
    x, labels = read_covariates(covariates, n)
    within = np.asarray(codes[:, None] == np.arange(len(names)), dtype=np.float64)
    refuse_inestimable(x, labels, codes)
    given = read_clusters(cluster, n)
    clusters = np.arange(n) if given is None else given
    number = count_clusters(clusters)
    design = np.column_stack([within, x])
    refuse_fewer_clusters(number, design.shape[1])
    for g in range(len(names)):
        # Its residuals sum to 0: of the error of its mean nothing would be left.
        count_clusters(clusters[codes == g])
    few = None if given is None else clusters_for_t(number, cluster_t)
    bread = design.T @ design
    coefficients = np.linalg.solve(bread, design.T @ outcome)
    residuals = outcome - design @ coefficients
    covariance = sandwich(bread, design * residuals[:, None], clusters)
    persons = np.bincount(codes, minlength=len(names))
    means = np.stack([x[codes == g].mean(axis=0) for g in range(len(names))])
    alone, none = np.eye(len(names)), np.zeros((len(names), len(names)))
    standard = np.column_stack([alone, np.tile(x.mean(axis=0), (len(names), 1))])
    mix = np.column_stack([none, means - x.mean(axis=0)])
    apart = standard - (persons / n) @ standard
    reach = critical_value(1 - (1 - checked_number(confidence, "confidence")) / len(names), few) * _errors(
        apart, covariance
    )
    return CaseMix(
        groups=tuple(names),
        persons=persons,
        crude=np.array([outcome[codes == g].mean() for g in range(len(names))]),
        standardised=standard @ coefficients,
        standardised_error=_errors(standard, covariance),
        mix=mix @ coefficients,
        mix_error=_errors(mix, covariance),
        apart=apart @ coefficients,
        apart_lower=apart @ coefficients - reach,
        apart_upper=apart @ coefficients + reach,
        parameters=design.shape[1],
        confidence=confidence,
        clusters=None if given is None else number,
        notes=() if given is None else few_clusters_notes(number, few),
    )


def _errors(contrasts: FloatArray, covariance: FloatArray) -> FloatArray:
    """Standard errors of linear functions of the coefficients."""
    return np.sqrt(np.einsum("ij,jk,ik->i", contrasts, covariance, contrasts))
