"""Intraclass correlation: which share of the variance of ratings is between those rated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, critical_value
from hamm_eval.ratings.rating_table import complete_table

Kind = Literal["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
KINDS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """Reliability of ratings of n subjects by k raters.

    Attributes
    ----------
    value, lower, upper : float
        May be negative: raters who differ more about one subject than subjects differ.
    statistic : float
        F of no differences between subjects.
    dof : tuple of two float
        Of `statistic`.
    p_value : float
    kind : str
    subjects, raters : int
    confidence : float
    """

    value: float
    lower: float
    upper: float
    statistic: float
    dof: tuple[float, float]
    p_value: float
    kind: str
    subjects: int
    raters: int
    confidence: float


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Of the two-way layout: between subjects, within them, between raters, of the rest."""

    n: int
    k: int
    subjects: float
    within: float
    raters: float
    rest: float


def intraclass_correlation(
    ratings: ArrayLike, kind: Kind = "ICC2", *, confidence: float = 0.95
) -> IntraclassCorrelation:
    """Intraclass correlation of ratings, as Shrout and Fleiss name its six kinds.

    Only for raters who rated the same subjects. Where every refugee rates with a worker of their own, raters
    are not crossed with subjects: use `linear_mixed` or `ordinal_mixed`.

    Parameters
    ----------
    ratings : array_like, shape (n, k)
        n subjects (or things rated) by k raters, complete.
    kind : {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"}
        "ICC1": each subject has raters of its own. "ICC2": the same raters, a sample of all; whether they
        agree. "ICC3": the same raters and no others; whether they rank alike, however lenient. With "k": of
        the mean of the k ratings instead of one.
    confidence : float

    Returns
    -------
    IntraclassCorrelation

    Raises
    ------
    InputError
        Another shape, missing entries, a kind of another name.
    NotEstimable
        Fewer than two subjects or raters; no variation.

    References
    ----------
    Shrout, P. E. and Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater reliability.
    Psychological Bulletin 86, 420-428.

    Examples
    --------
    >>> from hamm_eval.ratings import intraclass_correlation
    >>> judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [round(intraclass_correlation(judges, kind).value, 2) for kind in ("ICC1", "ICC2", "ICC3")]
    [0.17, 0.29, 0.71]
    """
    if kind not in KINDS:
        raise InputError(f"Must be one of {', '.join(KINDS)}.", where="kind")
    critical_value(confidence)
    table = complete_table(ratings)
    squares = _mean_squares(table)
    n, k = squares.n, squares.k
    error = squares.within if kind.startswith("ICC1") else squares.rest
    scale = squares.subjects + squares.within
    if scale <= 0 or (error <= 1e-12 * scale and squares.subjects <= 1e-12 * scale):
        raise NotEstimable("The ratings do not vary between subjects.", where="ratings")
    dof = (n - 1, n * (k - 1)) if kind.startswith("ICC1") else (n - 1, (n - 1) * (k - 1))
    with np.errstate(divide="ignore"):
        statistic = float(np.float64(squares.subjects) / error)
    single, low, high = (
        _absolute(squares, confidence)
        if kind.startswith("ICC2")
        else _from_ratio(statistic, dof, k, 0.5 + confidence / 2)
    )
    if kind.endswith("k"):
        single, low, high = (k * r / (1 + r * (k - 1)) for r in (single, low, high))
    return IntraclassCorrelation(
        value=float(single),
        lower=float(low),
        upper=float(high),
        statistic=statistic,
        dof=dof,
        p_value=float(special.fdtrc(*dof, statistic)),
        kind=kind,
        subjects=n,
        raters=k,
        confidence=confidence,
    )


def _mean_squares(table: FloatArray) -> _MeanSquares:
    """Of subjects by raters."""
    n, k = table.shape
    centred = table - table.mean()
    between = k * (centred.mean(axis=1) ** 2).sum()
    raters = n * (centred.mean(axis=0) ** 2).sum()
    within = ((centred - centred.mean(axis=1, keepdims=True)) ** 2).sum()
    rest = ((centred - centred.mean(axis=1, keepdims=True) - centred.mean(axis=0)) ** 2).sum()
    return _MeanSquares(
        n=n,
        k=k,
        subjects=float(between / (n - 1)),
        within=float(within / (n * (k - 1))),
        raters=float(raters / (k - 1)),
        rest=float(rest / ((n - 1) * (k - 1))),
    )


def _quantile(tail: float, dof: float, of: float) -> float:
    """Of Fisher's F."""
    return float(special.fdtri(dof, of, tail))


def _from_ratio(statistic: float, dof: tuple[int, int], k: int, tail: float) -> tuple[float, float, float]:
    """ICC1 and ICC3 with limits: functions of the ratio of mean squares."""
    ratios = (
        statistic,
        statistic / _quantile(tail, *dof),
        statistic * _quantile(tail, dof[1], dof[0]),
    )
    one, low, high = ((1.0 if np.isinf(f) else (f - 1) / (f + k - 1)) for f in ratios)
    return one, low, high


def _absolute(squares: _MeanSquares, confidence: float) -> tuple[float, float, float]:
    """ICC2 with limits: the raters' variance counts, with Satterthwaite's degrees of freedom."""
    n, k = squares.n, squares.k
    b, j, e = squares.subjects, squares.raters, squares.rest
    value = (b - e) / (b + (k - 1) * e + k * (j - e) / n)
    if e + j <= 1e-12 * b:
        return 1.0, 1.0, 1.0
    # Satterthwaite's degrees of freedom, times e ** 2 on both sides: raters may differ by constants only.
    of_raters, of_rest = k * value * j, (n * (1 + (k - 1) * value) - k * value) * e
    dof = (k - 1) * (n - 1) * (of_raters + of_rest) ** 2 / ((n - 1) * of_raters**2 + of_rest**2)
    tail = 0.5 + confidence / 2
    below, above = _quantile(tail, n - 1, dof), _quantile(tail, dof, n - 1)
    rest = k * j + (k * n - k - n) * e
    return value, n * (b - below * e) / (below * rest + n * b), n * (above * b - e) / (rest + n * above * b)
