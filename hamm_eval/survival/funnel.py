"""How far may a group's share lie from what is expected, by chance alone? Limits and a test for funnels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, checked_number, checked_points, checked_vector, refuse_where


class Heterogeneity(NamedTuple):
    """Whether groups differ at all: chi-square with one degree of freedom less than there are groups."""

    statistic: float
    dof: int
    p_value: float


def binomial_limits(
    persons: ArrayLike, share: float, *, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    r"""Exact limits of a share among so many persons, each of whom has it with the same probability.

    The distribution function is joined straight between whole counts, so that the limits do not jump: with
    r the least count with :math:`P(X \le r) \ge p`, the limit is :math:`r - (P(X \le r) - p) / P(X = r)`.

    Parameters
    ----------
    persons : array_like of int, shape (n,)
    share : float
        Strictly between 0 and 1.
    confidence : float
        0.95 and 0.998 are the two that funnels have.

    Returns
    -------
    lower, upper : ndarray, shape (n,)
        Shares; not below 0.

    Raises
    ------
    InputError
        Numbers of persons that are not whole or below 1; a share or confidence outside of (0, 1).

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine
    24, 1185-1202 (appendix A.1.1).

    Examples
    --------
    >>> lower, upper = binomial_limits([100], 0.2)
    >>> (lower * 100).round(2), (upper * 100).round(2)
    (array([11.97]), array([27.65]))
    """
    many = checked_vector(np.atleast_1d(np.asarray(persons)), "persons")
    refuse_where((many < 1) | (many != np.floor(many)), "persons", "Not a whole number from 1")
    at, level = checked_number(share, "share"), checked_number(confidence, "confidence")
    for value, argument in ((at, "share"), (level, "confidence")):
        if not 0 < value < 1:
            raise InputError("Must lie between 0 and 1.", where=argument)
    tail = (1 - level) / 2
    return tuple(np.maximum(_quantile(p, many, at) / many, 0.0) for p in (tail, 1 - tail))  # type: ignore[return-value]


def _quantile(p: float, many: FloatArray, share: float) -> FloatArray:
    """The count below which a binomial variable lies with probability p, joined between whole counts."""
    least = np.ceil(special.bdtrik(p, many, share) - 1e-9)
    least = np.where(np.isnan(least), 0.0, np.maximum(least, 0.0))
    # The inverse is found by iteration: put right by one where it missed.
    least = np.where(_below(least, many, share) < p, least + 1, least)
    least = np.where((least > 0) & (_below(least - 1, many, share) >= p), least - 1, least)
    up_to, before = _below(least, many, share), _below(least - 1, many, share)
    return np.asarray(least - (up_to - p) / (up_to - before))


def _below(count: FloatArray, many: FloatArray, share: float) -> FloatArray:
    """P(X <= count); 0 below 0."""
    return np.where(count < 0, 0.0, special.bdtr(np.maximum(count, 0.0), many.astype(np.int64), share))


def funnel_limits(
    persons: ArrayLike,
    share: float,
    *,
    confidence: float = 0.95,
    everyone: float = np.inf,
    dispersion: float = 1.0,
    rounding: ArrayLike = 0.0,
) -> tuple[FloatArray, FloatArray]:
    r"""How far a group's share may lie below and above what is expected, by chance alone.

    The exact binomial limits, their distance from `share` stretched or shortened by

    .. math:: \sqrt{d (1 - n / N) + \rho / (n \pi (1 - \pi))}

    for households of common fate (d), for the part that a group has in what it is compared with (n of N
    persons), and for rounding (the variance :math:`\rho` that it adds to a count).

    Parameters
    ----------
    persons : array_like of int, shape (n,)
        Sizes of groups.
    share : float
        Expected; the one nearest to a half among several, so that limits are too narrow for none.
    confidence : float
    everyone : float
        Persons of all groups together; infinite where what is expected does not come from them.
    dispersion : float
        How many times the variance of independent persons; estimated from all persons
        (`indirect_standardisation`), never from a handful of groups.
    rounding : float or array_like, shape (n,)
        Variance that rounding adds to the difference of observed and expected counts.

    Returns
    -------
    below, above : ndarray, shape (n,)
        Differences of shares: negative and positive.

    Raises
    ------
    InputError
        As `binomial_limits`; groups larger than everyone; a negative dispersion or rounding.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine
    24, 1185-1202.

    Examples
    --------
    >>> below, above = funnel_limits([100, 400], 0.2)
    >>> below.round(3), above.round(3)
    (array([-0.08, -0.04]), array([0.076, 0.039]))
    """
    lower, upper = binomial_limits(persons, share, confidence=confidence)
    many = np.atleast_1d(np.asarray(persons, dtype=np.float64))
    refuse_where(many > everyone, "persons", "More than everyone")
    added = _added(dispersion, rounding)
    independent = many * share * (1 - share)
    scale = np.sqrt(dispersion * (1 - many / everyone) + added / independent)
    return (lower - share) * scale, (upper - share) * scale


def _added(dispersion: float, rounding: ArrayLike) -> FloatArray:
    """Variance by rounding; neither it nor the dispersion may be negative."""
    added = checked_points(rounding, "rounding")
    for wrong, argument in ((dispersion < 0, "dispersion"), ((added < 0).any(), "rounding")):
        if wrong:
            raise InputError("Must not be negative.", where=argument)
    return added


def funnel_test(
    observed: ArrayLike,
    expected: ArrayLike,
    persons: ArrayLike,
    *,
    dispersion: float = 1.0,
    rounding: ArrayLike = 0.0,
) -> Heterogeneity:
    r"""One test of whether groups differ at all from what is expected of them: Pearson's chi-square.

    Without dispersion and rounding, and with one expected share for all, it is the chi-square of the table
    of groups by outcome.

    Parameters
    ----------
    observed, expected, persons : array_like, shape (g,)
        Counts; what is expected comes from all groups together.
    dispersion, rounding
        As `funnel_limits`.

    Returns
    -------
    Heterogeneity
        With g - 1 degrees of freedom: what is expected of all together is what is observed.

    Raises
    ------
    InputError
        Lengths that differ; expected counts that are none or all of the persons.
    NotEstimable
        Fewer than two groups.

    Examples
    --------
    >>> test = funnel_test([30, 20, 10], [20, 20, 20], [100, 100, 100])
    >>> round(test.statistic, 6), test.dof, round(test.p_value, 5)
    (12.5, 2, 0.00193)
    """
    seen = checked_vector(observed, "observed")
    wanted = checked_vector(expected, "expected", length=seen.size)
    many = checked_vector(persons, "persons", length=seen.size)
    if seen.size < 2:
        raise NotEstimable("Needs two groups or more.", where="observed")
    refuse_where((wanted <= 0) | (wanted >= many), "expected", "None or all of the persons")
    added = _added(dispersion, rounding)
    own = dispersion * wanted * (1 - wanted / many)
    part = own / own.sum()
    # What all groups are off by together is no difference between them.
    centre = np.eye(seen.size) - part[:, None]
    covariance = centre @ np.diag(own + added) @ centre.T
    apart = (centre @ (seen - wanted))[:-1]
    statistic = float(apart @ np.linalg.solve(covariance[:-1, :-1], apart))
    return Heterogeneity(statistic, seen.size - 1, float(special.chdtrc(seen.size - 1, statistic)))
