"""Units that are independent of each other: read, counted, and refused where they are too few."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import (
    FEW_CLUSTERS,
    FloatArray,
    IntArray,
    clusters_for_t,
    critical_value,
    labels_to_codes,
)


def read_clusters(cluster: ArrayLike | None, length: int) -> IntArray | None:
    """Codes of the clusters of the rows; None without clusters."""
    return None if cluster is None else labels_to_codes(cluster, "cluster", length=length)[0]


def count_clusters(codes: IntArray | None) -> int | None:
    """Number of distinct clusters among the rows that count; None without clusters.

    Raises
    ------
    NotEstimable
        One cluster: nothing tells how clusters differ, and the influences of its rows cancel to 0.

    Examples
    --------
    >>> count_clusters(np.array([0, 7, 7]))
    2
    """
    if codes is None:
        return None
    clusters = int(np.count_nonzero(np.bincount(codes)))
    if clusters < 2:
        raise NotEstimable(
            "All rows are of one cluster, so that nothing tells how clusters differ.",
            where="cluster",
            todo="Give smaller clusters, or merge groups.",
        )
    return clusters


def refuse_fewer_clusters(clusters: int | None, coefficients: int) -> None:
    """Refuse a robust covariance that is singular whatever the data: its rank is below the clusters' number.

    The scores of all clusters sum to 0 at the estimates, so that G of them span G - 1 directions at most.
    """
    if clusters is not None and clusters <= coefficients:
        raise NotEstimable(
            f"The robust covariance of {coefficients} coefficients needs more than {coefficients} clusters; "
            f"there are {clusters}.",
            where="cluster",
            todo="Leave covariates out, or give smaller clusters.",
        )


def difference_dof(
    of_a: int | None, of_b: int | None, error_a: ArrayLike, error_b: ArrayLike, cluster_t: bool | None
) -> FloatArray:
    """Degrees of freedom (Satterthwaite) from the clusters of both groups; infinite: the normal distribution.

    A group without clusters adds its variance and no uncertainty of it.
    """
    small = [clusters_for_t(clusters, cluster_t) for clusters in (of_a, of_b)]
    if small == [None, None]:
        return np.full(np.shape(error_a), np.inf)
    squares = (np.square(error_a), np.square(error_b))
    # With t every group of clusters counts, whatever their number.
    parts = [
        square**2 / (clusters - 1)
        for square, clusters in zip(squares, (of_a, of_b), strict=True)
        if clusters is not None
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        dof = sum(squares) ** 2 / sum(parts)
    # Without any error there is nothing to widen.
    return np.asarray(np.where(np.isfinite(dof), dof, np.inf))


def t_values(confidence: float, dof: FloatArray) -> FloatArray:
    """Critical values of t; of the normal distribution where the degrees of freedom are infinite."""
    normal = critical_value(confidence)
    return np.asarray(np.where(np.isinf(dof), normal, special.stdtrit(dof, 0.5 + confidence / 2)))


def difference_notes(of_a: int | None, of_b: int | None, cluster_t: bool | None) -> tuple[str, ...]:
    """What a reader of the interval has to know, where a group has few clusters."""
    few = [str(clusters) for clusters in (of_a, of_b) if clusters is not None and clusters < FEW_CLUSTERS]
    if not few:
        return ()
    taken = cluster_t is None or cluster_t
    by = "by t with Satterthwaite's degrees of freedom" if taken else "normal; cluster_t=True takes t"
    return (
        f"Only {' and '.join(few)} clusters: robust standard errors tend to be too small; "
        f"intervals are {by}.",
    )
