"""Resample whole households: the slow cross-check of every sandwich variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, IntArray, critical_value, labels_to_codes

# Where more replicates than this fail, those that do not are a selected rest.
_MOST_FAILED = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapInterval:
    """What resampling clusters says of an estimate; floats for a number, arrays for several.

    Parameters
    ----------
    value : float or ndarray
        The estimate from the data as they are.
    std_error : float or ndarray
        Standard deviation over the replicates.
    lower, upper : float or ndarray
        Percentile interval.
    normal_lower, normal_upper : float or ndarray
        `value` plus and minus the normal quantile times `std_error`.
    replicates : int
        Those drawn, failed ones included.
    failed : int
        Replicates in which nothing could be estimated.
    clusters : int
    confidence : float
    """

    value: float | FloatArray
    std_error: float | FloatArray
    lower: float | FloatArray
    upper: float | FloatArray
    normal_lower: float | FloatArray
    normal_upper: float | FloatArray
    replicates: int
    failed: int
    clusters: int
    confidence: float


def bootstrap_effect(
    estimate: Callable[[IntArray], float | FloatArray],
    cluster: ArrayLike,
    *,
    replicates: int = 999,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> BootstrapInterval:
    """Resample whole clusters with replacement and estimate anew, all models included.

    Parameters
    ----------
    estimate : callable
        Takes the positions of a sample's rows, shape (m,), and returns the estimate from these rows: a
        number, or an array of always the same shape. A cluster drawn twice has its rows in the sample twice;
        where the estimate looks at clusters or persons, `fresh_labels` tells the copies apart.
    cluster : array_like of labels, shape (n,)
        Units that are independent of each other, such as households.
    replicates : int
    rng : numpy.random.Generator
    confidence : float

    Returns
    -------
    BootstrapInterval

    Raises
    ------
    InputError
        What `estimate` says of the data as they are; fewer than two replicates.
    NotEstimable
        Fewer than two clusters; more than 5 % of the replicates in which nothing could be estimated.

    References
    ----------
    Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application, sections 3.8 and 5.3.
    Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2008). Bootstrap-based improvements for inference with
    clustered errors. Review of Economics and Statistics 90, 414-427 (pairs cluster bootstrap).

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import bootstrap_effect
    >>> y, household = np.array([1.0, 3.0, 2.0, 5.0, 4.0]), [1, 1, 2, 3, 3]
    >>> found = bootstrap_effect(lambda rows: y[rows].mean(), household, rng=np.random.default_rng(1))
    >>> found.value, found.replicates, found.failed
    (3.0, 999, 0)
    """
    codes, _ = labels_to_codes(cluster, "cluster")
    groups = int(codes.max(initial=-1)) + 1
    if groups < 2:
        raise NotEstimable("There are fewer than two clusters to draw from.", where="cluster")
    if replicates < 2:
        raise InputError("At least two are needed for a standard error.", where="replicates")
    reach = critical_value(confidence)
    value = np.asarray(estimate(np.arange(codes.size, dtype=np.int64)), dtype=np.float64)
    # Stable: rows of a cluster stay in increasing order, which `fresh_labels` relies on.
    order = np.argsort(codes, kind="stable").astype(np.int64)
    size = np.bincount(codes)
    first = np.cumsum(size) - size
    estimates: list[FloatArray] = []
    for _ in range(replicates):
        drawn = rng.integers(groups, size=groups)
        found = _estimated(estimate, order[_runs(first[drawn], size[drawn])])
        if found is not None and np.isfinite(found).all():
            if found.shape != value.shape:
                raise InputError("Returns arrays of different shapes.", where="estimate")
            estimates.append(found)
    failed = replicates - len(estimates)
    if failed > _MOST_FAILED * replicates:
        raise NotEstimable(
            f"In {failed} of {replicates} resamples of the clusters nothing could be estimated; the others "
            "are a selection of which no interval can be made.",
            where="estimate",
            todo="Use fewer covariates, merge rare categories, or rely on the sandwich variance.",
        )
    sample = np.stack(estimates)
    spread = sample.std(axis=0, ddof=1)
    low, high = np.quantile(sample, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return BootstrapInterval(
        _plain(value),
        _plain(spread),
        _plain(low),
        _plain(high),
        _plain(value - reach * spread),
        _plain(value + reach * spread),
        replicates=replicates,
        failed=failed,
        clusters=groups,
        confidence=confidence,
    )


def fresh_labels(rows: IntArray, cluster: ArrayLike, of: ArrayLike | None = None) -> IntArray:
    """Labels of a sample of `bootstrap_effect`, under which a cluster drawn twice is two clusters.

    Parameters
    ----------
    rows : ndarray of int, shape (m,)
        As `bootstrap_effect` hands them to `estimate`: one drawn cluster after the other, the rows of each in
        increasing order.
    cluster : array_like of labels, shape (n,)
        As given to `bootstrap_effect`.
    of : array_like of labels, shape (n,), optional
        Units within the clusters, such as persons; None: the clusters themselves.

    Returns
    -------
    ndarray of int, shape (m,)

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import fresh_labels
    >>> household, person = np.array(["a", "a", "b"]), np.array([11, 10, 12])
    >>> rows = np.array([2, 0, 1, 0, 1])
    >>> fresh_labels(rows, household).tolist(), fresh_labels(rows, household, of=person).tolist()
    ([0, 1, 1, 2, 2], [0, 2, 1, 4, 3])
    """
    codes, _ = labels_to_codes(cluster, "cluster")
    inner = np.zeros(codes.size, dtype=np.int64)
    if of is not None:
        inner = labels_to_codes(of, "of", length=codes.size)[0]
    own = codes[rows]
    # A draw begins where the cluster changes, or where its rows begin anew.
    begins = (own[1:] != own[:-1]) | (rows[1:] <= rows[:-1])
    draw = np.concatenate([[0], np.cumsum(begins)])[: rows.size].astype(np.int64)
    if of is None:
        return draw
    return labels_to_codes(draw * (int(inner.max(initial=0)) + 1) + inner[rows], "of")[0]


def _estimated(estimate: Callable[[IntArray], float | FloatArray], rows: IntArray) -> FloatArray | None:
    """The estimate from a sample, or None.

    Any refusal counts: the data as they are have passed, so that what is refused now (an arm or a category
    that was not drawn) comes from the draw.
    """
    try:
        return np.asarray(estimate(rows), dtype=np.float64)
    except InputError:
        return None


def _runs(first: IntArray, size: IntArray) -> IntArray:
    """Positions first, first + 1, ... of each run, one run after the other."""
    before = np.cumsum(size) - size
    return np.repeat(first - before, size) + np.arange(int(size.sum()))


def _plain(values: FloatArray) -> float | FloatArray:
    """A float where there is one number."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        return float(array)
    array.setflags(write=False)
    return array
