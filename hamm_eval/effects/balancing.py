"""Are those compared alike? Standardised differences, variance ratios and distances of distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, checked_binary, checked_vector, refuse_where

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Balance of covariates between the treated and the controls.

    Parameters
    ----------
    names : tuple of str
        The p covariates.
    smd : ndarray, shape (p,)
        Standardised mean difference, treated minus controls, in unweighted pooled standard deviations.
    variance_ratio : ndarray, shape (p,)
        Weighted variance of the treated over that of the controls; NaN where neither varies.
    ks : ndarray, shape (p,)
        Largest distance between the two weighted distribution functions, 0 to 1.
    mean_treated, mean_control : ndarray, shape (p,)
        Weighted means; of a column of 0 and 1 shares of the arms.
    """

    names: tuple[str, ...]
    smd: FloatArray
    variance_ratio: FloatArray
    ks: FloatArray
    mean_treated: FloatArray
    mean_control: FloatArray

    @property
    def worst(self) -> float:
        """The largest absolute standardised mean difference; 0 without covariates."""
        return float(np.abs(self.smd).max(initial=0.0))

    def to_frame(self) -> pd.DataFrame:
        """One row per covariate: smd, variance_ratio, ks."""
        import pandas as pd

        columns = {"smd": self.smd, "variance_ratio": self.variance_ratio, "ks": self.ks}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="covariate"))


def balance(covariates: Any, treated: ArrayLike, weights: ArrayLike | None = None) -> Balance:
    """Compare covariates between the treated and the controls, weighted or not.

    Parameters
    ----------
    covariates : (n, p) array or DataFrame of numeric columns
    treated : array_like of 0 and 1, shape (n,)
    weights : array_like, shape (n,), optional
        Weights of the rows, such as inverse-probability weights. None: all 1.

    Returns
    -------
    Balance
        Constant and collinear columns are compared too; their order is kept.

    Raises
    ------
    InputError
        Text, gaps, negative weights, an arm without rows or weight.

    Notes
    -----
    The difference of weighted means is divided by ``sqrt((s1**2 + s0**2) / 2)`` with the *unweighted*
    variances, so that weighting cannot improve the figure by inflating its denominator (Austin and Stuart
    2015, Statistics in Medicine 34, 3661-3679). Variances have the reliability-weights factor
    ``sum(w) / (sum(w)**2 - sum(w**2))``, which is 1/(n - 1) without weights.

    Examples
    --------
    >>> from hamm_eval.effects import balance
    >>> table = balance([[1.0], [2.0], [3.0], [2.0]], [0, 0, 1, 1])
    >>> table.smd.round(3).tolist()
    [1.414]
    """
    a = checked_binary(treated, "treated")
    w = np.ones(a.size) if weights is None else checked_vector(weights, "weights", length=a.size)
    refuse_where(w < 0, "weights", "Negative entries")
    for value, who in ((1, "treated rows"), (0, "control rows")):
        if not (w[a == value] > 0).any():
            raise InputError(f"There are no {who} of positive weight.", where="treated")
    given = checked_covariates(covariates, a.size)
    return compare_covariates(given.given_names, given.given, a, w)


def compare_covariates(names: tuple[str, ...], values: FloatArray, a: FloatArray, w: FloatArray) -> Balance:
    """`balance` without checks."""
    p = values.shape[1]
    smd, ratio, ks = np.zeros(p), np.full(p, np.nan), np.zeros(p)
    means = np.zeros((2, p))
    one, zero = a == 1, a == 0
    for k in range(p):
        x1, x0, w1, w0 = values[one, k], values[zero, k], w[one], w[zero]
        means[:, k] = np.average(x1, weights=w1), np.average(x0, weights=w0)
        gap = float(means[0, k] - means[1, k])
        spread = np.sqrt((_variance(x1, np.ones(x1.size)) + _variance(x0, np.ones(x0.size))) / 2)
        if spread > 0:
            smd[k] = gap / spread
        elif gap:
            smd[k] = np.copysign(np.inf, gap)
        below = _variance(x0, w0)
        if below > 0:
            ratio[k] = _variance(x1, w1) / below
        ks[k] = _distance(x1, w1, x0, w0)
    return Balance(tuple(names), smd, ratio, ks, *means)


def _variance(x: FloatArray, w: FloatArray) -> float:
    """Weighted variance with the reliability-weights factor; 0 where one row carries all weight."""
    total = float(w.sum())
    free = total**2 - float(w @ w)
    if free <= 1e-12 * total**2:
        return 0.0
    centred = x - (w @ x) / total
    return float(w @ centred**2) * total / free


def _distance(x1: FloatArray, w1: FloatArray, x0: FloatArray, w0: FloatArray) -> float:
    """Kolmogorov-Smirnov distance of two weighted distributions."""
    points, position = np.unique(np.concatenate([x1, x0]), return_inverse=True)
    steps = np.concatenate([w1 / w1.sum(), -w0 / w0.sum()])
    return float(np.abs(np.cumsum(np.bincount(position.reshape(-1), steps, points.size))).max())
