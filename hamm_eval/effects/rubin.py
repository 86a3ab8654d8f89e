"""Rubin's rules: one estimate with its uncertainty from estimates on several completed tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.effects.checks import Collector
from hamm_eval.errors import InputError, Problem
from hamm_eval.inference import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Estimates of several imputations as one; numbers for a scalar, arrays of shape (p,) for a vector.

    Parameters
    ----------
    value : float or ndarray
        Mean of the estimates.
    std_error : float or ndarray
        Root of the total variance.
    lower, upper : float or ndarray
        Interval of `confidence` by Student's t with `dof`.
    p_value : float or ndarray
        Two-sided, of the value 0.
    dof : float or ndarray
        Degrees of freedom, Barnard and Rubin's with `complete_dof`; infinite where nothing varies between
        imputations and the complete data have a normal reference.
    fraction_missing : float or ndarray
        Fraction of information missing, with the correction for finitely many imputations.
    relative_increase : float or ndarray
        Relative increase of variance by non-response: between over within.
    within, between : float or ndarray
        Mean of the variances, and variance of the estimates.
    covariance : ndarray of shape (p, p), or None
        Total covariance where covariances were given.
    imputations : int
    confidence : float
    """

    value: Any
    std_error: Any
    lower: Any
    upper: Any
    p_value: Any
    dof: Any
    fraction_missing: Any
    relative_increase: Any
    within: Any
    between: Any
    covariance: FloatArray | None
    imputations: int
    confidence: float


def pool_estimates(
    values: ArrayLike,
    variances: ArrayLike,
    *,
    complete_dof: float | None = None,
    confidence: float = 0.95,
) -> Pooled:
    """Pool estimates of the same quantity on m completed tables.

    Parameters
    ----------
    values : array_like, shape (m,) or (m, p)
    variances : array_like, shape (m,), (m, p), or (m, p, p)
        Squared standard errors, or covariance matrices of a vector.
    complete_dof : float, optional
        Degrees of freedom that the estimate would have without missing values: rows less parameters,
        clusters less one. None: a normal reference.
    confidence : float

    Returns
    -------
    Pooled

    Raises
    ------
    InputError
        Fewer than two imputations, shapes that do not fit, missing or negative entries, all at once.

    Notes
    -----
    The total variance is ``T = U + (1 + 1/m) B``, U the mean of the variances and B the variance of the
    estimates. A ratio is pooled on the logarithmic scale.

    References
    ----------
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley, chapter 3.
    Barnard, J. and Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation.
    Biometrika 86, 948-955.

    Examples
    --------
    >>> from hamm_eval.effects import pool_estimates
    >>> pooled = pool_estimates([0.10, 0.14, 0.12], [0.0016, 0.0016, 0.0016], complete_dof=200)
    >>> round(pooled.value, 3), round(pooled.std_error, 4), round(pooled.dof, 1)
    (0.12, 0.0462, 26.3)
    """
    check = Collector()
    q = check.take(lambda: _numbers(values, "values"), np.empty(0))
    u = check.take(lambda: _numbers(variances, "variances"), np.empty(0))
    if not check.problems:
        check.problems.extend(_misfits(q, u))
    if complete_dof is not None and not complete_dof > 0:
        check.problems.append(Problem("Must be positive.", "complete_dof", "Leave it out for a normal one."))
    if not 0 < confidence < 1:
        check.problems.append(Problem("Must lie between 0 and 1.", "confidence"))
    check.finish()

    m = q.shape[0]
    covariance = None
    if u.ndim == 3:
        spread = np.atleast_2d(np.cov(q, rowvar=False))
        covariance = u.mean(axis=0) + (1 + 1 / m) * spread
        u = np.diagonal(u, axis1=1, axis2=2)
    value, within, between = q.mean(axis=0), u.mean(axis=0), q.var(axis=0, ddof=1)
    # Equal estimates leave a trace of rounding.
    between = np.where(between <= (1e-14 * np.abs(value)) ** 2, 0.0, between)
    added = (1 + 1 / m) * between
    total = within + added
    with np.errstate(divide="ignore", invalid="ignore"):
        increase = np.where(added > 0, added / within, 0.0)
        share = np.where(total > 0, added / total, 0.0)
        dof = _degrees_of_freedom(share, m, complete_dof)
        # (r + 2 / (dof + 3)) / (r + 1) with r = share / (1 - share), finite where nothing is known (r = inf).
        fraction = share + (1 - share) * 2 / (dof + 3)
        ratio = np.where(value == 0, 0.0, value / np.sqrt(total))
    std_error = np.sqrt(total)
    reach = _quantile(dof, 0.5 + confidence / 2) * std_error
    shown = {
        "value": value,
        "std_error": std_error,
        "lower": value - reach,
        "upper": value + reach,
        "p_value": 2 * _below(dof, -np.abs(ratio)),
        "dof": dof,
        "fraction_missing": fraction,
        "relative_increase": increase,
        "within": within,
        "between": between,
    }
    if q.ndim == 1:
        shown = {name: float(number) for name, number in shown.items()}
    return Pooled(**shown, covariance=covariance, imputations=m, confidence=confidence)


def _degrees_of_freedom(share: FloatArray, m: int, complete: float | None) -> FloatArray:
    """Barnard and Rubin (1999), Rubin (1987) where the complete data have a normal reference."""
    rubin = np.where(share > 0, (m - 1) / share**2, np.inf)
    if complete is None or np.isinf(complete):
        return rubin
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    return np.asarray(1 / (1 / rubin + 1 / observed))


def _quantile(dof: FloatArray, probability: float) -> FloatArray:
    """Of Student's t, normal where the degrees of freedom are infinite."""
    finite = np.where(np.isinf(dof), 1.0, dof)
    return np.where(np.isinf(dof), special.ndtri(probability), special.stdtrit(finite, probability))


def _below(dof: FloatArray, points: FloatArray) -> FloatArray:
    """Distribution function of Student's t, normal where the degrees of freedom are infinite."""
    finite = np.where(np.isinf(dof), 1.0, dof)
    return np.where(np.isinf(dof), special.ndtr(points), special.stdtr(finite, points))


def _numbers(given: ArrayLike, argument: str) -> FloatArray:
    """Finite numbers of any shape."""
    try:
        found = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("Not an array of numbers.", where=argument) from None
    if not np.isfinite(found).all():
        raise InputError(
            "Missing or infinite entries.",
            where=argument,
            todo="An imputation without estimate cannot be pooled.",
        )
    return found


def _misfits(q: FloatArray, u: FloatArray) -> list[Problem]:
    """What is wrong with the shapes, or with the variances."""
    if q.ndim not in (1, 2):
        return [Problem(f"Expected one or two dimensions, got {q.ndim}.", "values")]
    found = []
    if q.shape[0] < 2:
        found.append(
            Problem("At least two imputations are needed.", "values", "One alone has no variance between.")
        )
    matrices = u.ndim == 3 and q.ndim == 2
    if u.shape != ((*q.shape, q.shape[1]) if matrices else q.shape):
        found.append(
            Problem(
                "Shapes of values and variances do not fit.",
                "variances",
                "Give one variance, or one covariance matrix, an estimate.",
            )
        )
    elif ((np.diagonal(u, axis1=1, axis2=2) if matrices else u) < 0).any():
        found.append(Problem("Negative variances.", "variances"))
    return found
