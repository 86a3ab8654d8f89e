"""A chi-squared statistic from differences whose variance has lower rank: the rank, never by rounding."""

from __future__ import annotations

import numpy as np

from hamm_eval.inference import FloatArray

# Scaled eigenvalues are 0 up to 1e-15 or so, or at least of the order of one event among all.
_LEAST_EIGENVALUE = 1e-10


def scaled_quadratic_form(
    difference: FloatArray, variance: FloatArray, scale: FloatArray
) -> tuple[float, int]:
    """Statistic ``d' V^- d`` and the rank of V, each difference being measured in the unit of its `scale`.

    Parameters
    ----------
    difference : ndarray, shape (g,)
    variance : ndarray, shape (g, g)
        Singular: the differences of groups that meet sum to 0.
    scale : ndarray, shape (g,)
        What `variance` would have on its diagonal if nothing were taken off it, above 0 where it is not 0.

    Returns
    -------
    statistic : float
    rank : int

    Examples
    --------
    >>> variance = np.array([[4.0, -4.0], [-4.0, 4.0]])
    >>> statistic, rank = scaled_quadratic_form(np.array([2.0, -2.0]), variance, np.array([8.0, 8.0]))
    >>> round(statistic, 12), rank
    (1.0, 1)
    """
    used = scale > 0
    unit = np.sqrt(scale[used])
    values, vectors = np.linalg.eigh(variance[np.ix_(used, used)] / np.outer(unit, unit))
    kept = values > _LEAST_EIGENVALUE
    along = vectors[:, kept].T @ (difference[used] / unit)
    return float(np.sum(along**2 / values[kept])), int(kept.sum())
