"""Do groups reach more or fewer than their composition lets expect? Indirect standardisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, checked_vector, labels_to_codes, sum_by
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable
from hamm_eval.survival.results import write_protect

_RANK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class IndirectStandardisation:
    """Observed and expected counts of g groups.

    Attributes
    ----------
    groups : tuple
        Sorted.
    persons : ndarray of int, shape (g,)
    observed, expected : ndarray, shape (g,)
        Sums of the values, and of what the regression without the groups predicts; both have one total.
    dispersion : float
        Variance of observed less expected beside that of independent persons with one probability a group:
        above 1 where members of a cluster share their fate. From all clusters, not from the groups.
    statistic, p_value : float
        Generalised score test of no difference between groups, with the covariance by cluster.
    dof : int
        g - 1.
    parameters : int
        Coefficients of the regression.
    clusters : int
    """

    groups: tuple[Any, ...]
    persons: np.ndarray
    observed: FloatArray
    expected: FloatArray
    dispersion: float
    statistic: float
    dof: int
    p_value: float
    parameters: int
    clusters: int

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


def indirect_standardisation(
    values: ArrayLike, group: ArrayLike, covariates: Any, *, cluster: ArrayLike | None = None
) -> IndirectStandardisation:
    r"""Compare what groups show with what their composition lets expect.

    What is expected of a person comes from a linear regression of the values of all persons on the
    covariates, without the groups. With pseudo-observations as values (`pseudo_observations`, made within
    each group) a group's observed count is its persons times its cumulative incidence, so that departures
    compete and censored persons count.

    Parameters
    ----------
    values : array_like, shape (n,)
        One a person.
    group : array_like, shape (n,)
    covariates : array_like, shape (n, p), or DataFrame
        Composition.
    cluster : array_like, shape (n,), optional
        Units that are independent of each other, such as households; else each person is one.

    Returns
    -------
    IndirectStandardisation

    Raises
    ------
    InputError
        Lengths that differ, missing values.
    NotEstimable
        Fewer than two groups; a covariate that does not vary or is told by the others; a group that is one
        cluster, or that composition tells; no more clusters than coefficients.

    Notes
    -----
    With residuals r of the regression and the groups' indicators D cleared of the covariates, the differences
    are U = D'r, and their covariance is the sum over clusters of the squares of their parts in it (Boos).
    It is taken where the groups do not differ, as is usual for a score test.

    References
    ----------
    Boos, D. D. (1992). On generalized score tests. The American Statistician 46, 327-333. Andersen, P. K.,
    Klein, J. P. and Rosthoj, S. (2003). Generalised linear models for correlated pseudo-observations.
    Biometrika 90, 15-27.

    Examples
    --------
    >>> found = indirect_standardisation([1, 0, 0, 1, 1, 0], list("aaabbb"), [[1], [0], [0], [1], [1], [0]])
    >>> found.observed, found.expected
    (array([1., 2.]), array([1., 2.]))
    """
    outcome = checked_vector(values, "values")
    n = outcome.size
    codes, names = labels_to_codes(group, "group", length=n)
    if len(names) < 2:
        raise NotEstimable("Needs two groups or more.", where="group")
    x, labels = read_covariates(covariates, n)
    refuse_inestimable(x, labels, None)
    given = read_clusters(cluster, n)
    clusters = np.arange(n) if given is None else given
    design = np.column_stack([np.ones(n), x])
    number = count_clusters(clusters) or 0
    refuse_fewer_clusters(number, design.shape[1] + len(names) - 1)
    for g in range(len(names)):
        count_clusters(clusters[codes == g])
    within = np.asarray(codes[:, None] == np.arange(len(names)), dtype=np.float64)
    both = np.linalg.lstsq(design, np.column_stack([outcome, within]), rcond=None)[0]
    fitted = design @ both[:, 0]
    rest = outcome - fitted
    alone = within - design @ both[:, 1:]
    persons = np.bincount(codes, minlength=len(names))
    others = alone[:, :-1]
    if _nearly_singular(others.T @ others, np.sqrt(persons[:-1])):
        raise NotEstimable("Composition tells a group.", where="covariates", todo="Leave the covariate out.")
    observed, expected = (sum_by(codes, part, len(names)) for part in (outcome, fitted))
    statistic, p_value = _score_test(alone, rest, clusters)
    shares = expected / persons
    independent = float(np.sum(persons * shares * (1 - shares)))
    together = sum_by(clusters, rest, int(clusters.max()) + 1)
    return IndirectStandardisation(
        groups=tuple(names),
        persons=persons,
        observed=observed,
        expected=expected,
        dispersion=float(together @ together) * n / (n - design.shape[1]) / independent,
        statistic=statistic,
        dof=len(names) - 1,
        p_value=p_value,
        parameters=design.shape[1],
        clusters=number,
    )


def _score_test(alone: FloatArray, rest: FloatArray, clusters: np.ndarray) -> tuple[float, float]:
    """Statistic and p-value of all groups but one: their differences add up to 0."""
    parts = sum_by(clusters, alone * rest[:, None], int(clusters.max()) + 1)[:, :-1]
    covariance, difference = parts.T @ parts, parts.sum(axis=0)
    if _nearly_singular(covariance):
        raise NotEstimable(
            "The persons of a group do not differ in what they reach.", where="group", todo="Merge groups."
        )
    statistic = float(difference @ np.linalg.solve(covariance, difference))
    return statistic, float(special.chdtrc(len(difference), statistic))


def _nearly_singular(matrix: FloatArray, size: FloatArray | None = None) -> bool:
    """Whether a combination of rows, each scaled by its `size` (its own by default), is nothing."""
    scale = np.sqrt(np.diag(matrix)) if size is None else size
    return bool((scale <= 0).any() or np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] < _RANK)
