"""Ordinal ratings by several raters or workers: how much of their variance is between these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, critical_value, two_sided_p
from hamm_eval.ratings.cumulative import build_design, fit_cumulative, refuse_scale
from hamm_eval.ratings.groups import few_groups_notes, read_groups
from hamm_eval.ratings.hill import climb, finish, information_at
from hamm_eval.ratings.links import LinkName, read_link
from hamm_eval.ratings.profile import first_reaching
from hamm_eval.ratings.quadrature import RandomInterceptLikelihood
from hamm_eval.ratings.scale import read_scale
from hamm_eval.survival.cox_design import read_covariates
from hamm_eval.survival.results import write_protect

MOST_NODES = 100
# Of twice the log-likelihood: an improvement this small is none.
_NO_GAIN = 1e-6
# Of a standard deviation, and of the slope that is left when others are maximised at it.
_LIMIT_TOLERANCE = 1e-6
_SLOPE_LEFT = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalMixed:
    """A fitted cumulative model with a random intercept, ``P(Y <= k | u) = F(theta_k - x'b - u)``.

    Attributes
    ----------
    names : tuple of str, length p
    coefficients, std_error, lower, upper, p_value : ndarray, shape (p,)
        Within a group: for ratings by the same worker.
    thresholds, threshold_std_error : ndarray, shape (K - 1,)
    variance : float
        Of the random intercepts on the latent scale.
    variance_share, variance_share_lower, variance_share_upper : float
        Share of the latent variance between groups, with a profile likelihood interval; 0 is possible.
    variance_p_value : float
        Likelihood ratio test of no variance between groups, half the weight on 0.
    random_effects : ndarray, shape (G,)
        Modes of the intercepts, in the order of `groups`. Of single workers: never to be shown.
    groups : tuple
    log_likelihood, null_log_likelihood : float
        The latter without a random intercept.
    categories : tuple of length K
    link : str
    nodes, n : int
    confidence : float
    notes : tuple of str
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    thresholds: FloatArray
    threshold_std_error: FloatArray
    variance: float
    variance_share: float
    variance_share_lower: float
    variance_share_upper: float
    variance_p_value: float
    random_effects: FloatArray
    groups: tuple[Any, ...]
    log_likelihood: float
    null_log_likelihood: float
    categories: tuple[Any, ...]
    link: str
    nodes: int
    n: int
    confidence: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


def ordinal_mixed(
    rating: ArrayLike,
    covariates: Any,
    group: ArrayLike,
    *,
    link: LinkName = "logit",
    categories: Sequence[Any] | None = None,
    nodes: int = 10,
    confidence: float = 0.95,
) -> OrdinalMixed:
    r"""Cumulative model with one random intercept; with two categories mixed logistic regression.

    The share of the latent variance between groups is :math:`\sigma^2 / (\sigma^2 + v)`, with
    :math:`v = \pi^2 / 3` (logit), 1 (probit) or :math:`\pi^2 / 6` (cloglog).

    Parameters
    ----------
    rating : array_like, shape (n,)
        Numbers, or labels with `categories`.
    covariates : array_like, shape (n, p), or DataFrame
    group : array_like of labels, shape (n,)
        Social workers, judges, persons.
    link : {"logit", "probit", "cloglog"}
    categories : sequence, optional
        All points of the scale, lowest first.
    nodes : int
        Of the adaptive Gauss-Hermite quadrature; 1 is Laplace's approximation.
    confidence : float

    Returns
    -------
    OrdinalMixed

    Raises
    ------
    InputError
        As `ordinal_regression`; a number of nodes that is not from 1 to 100.
    NotEstimable
        As `ordinal_regression`; one group only, or none with two rows; no maximum found.

    Notes
    -----
    Standard errors are from the observed information of all parameters, the variance's included. Intervals
    of the share suppose many groups: of six providers they say little.

    References
    ----------
    Hedeker, D. and Gibbons, R. D. (1994). A random-effects ordinal regression model for multilevel analysis.
    Biometrics 50, 933-944.
    Pinheiro, J. C. and Bates, D. M. (1995). Approximations to the log-likelihood function in the nonlinear
    mixed-effects model. Journal of Computational and Graphical Statistics 4, 12-35.

    Examples
    --------
    >>> from hamm_eval.ratings import ordinal_mixed
    >>> rating = [1, 2, 1, 2, 2, 3, 3, 3, 1, 2, 2, 2, 3, 2, 3, 3]
    >>> later = [0, 1] * 8
    >>> worker = ["a"] * 4 + ["b"] * 4 + ["c"] * 4 + ["d"] * 4
    >>> found = ordinal_mixed(rating, later, worker)
    >>> round(found.variance_share, 2), found.coefficients.round(2)
    (0.6, array([1.72]))
    """
    family = read_link(link)
    if not isinstance(nodes, int | np.integer) or not 1 <= nodes <= MOST_NODES:
        raise InputError(f"Must be a whole number from 1 to {MOST_NODES}.", where="nodes")
    z = critical_value(confidence)
    (codes,), scale = read_scale({"rating": rating}, categories)
    x, names = read_covariates(covariates, codes.size)
    member, labels = read_groups(group, codes.size)
    refuse_scale(codes, scale)
    points = len(scale.categories)
    design = build_design(codes, points, x, names)
    plain = fit_cumulative(codes, points, design, family)
    likelihood = RandomInterceptLikelihood(design, member, family, int(nodes))
    at, value = _maximise(likelihood, plain.best.parameters, plain.best.value)
    spread = float(at[-1])
    if spread > 0:
        covariance = np.linalg.inv(information_at(likelihood, at))[:-1, :-1]
    else:
        covariance = np.linalg.inv(plain.best.information)
    if not np.all(np.diag(covariance) > 0):
        raise _no_maximum()
    covariance = design.back @ covariance @ design.back.T
    parameters = design.back @ at[:-1]
    errors = np.sqrt(np.diag(covariance))
    low, high = _profile(likelihood, at, value, plain.best.value, z)
    coefficients, std_error = parameters[points - 1 :], errors[points - 1 :]
    gain = max(2 * (value - plain.best.value), 0.0)

    def share(deviation: float) -> float:
        return 1.0 if np.isinf(deviation) else deviation**2 / (deviation**2 + family.variance)

    return OrdinalMixed(
        names=names,
        coefficients=coefficients,
        std_error=std_error,
        lower=coefficients - z * std_error,
        upper=coefficients + z * std_error,
        p_value=two_sided_p(coefficients / std_error),
        thresholds=parameters[: points - 1],
        threshold_std_error=errors[: points - 1],
        variance=spread**2,
        variance_share=share(spread),
        variance_share_lower=share(low),
        variance_share_upper=share(high),
        variance_p_value=float(special.chdtrc(1, gain)) / 2 if gain > 0 else 1.0,
        random_effects=likelihood.intercepts(at),
        groups=tuple(labels.tolist()),
        log_likelihood=value,
        null_log_likelihood=plain.best.value,
        categories=scale.categories,
        link=link,
        nodes=int(nodes),
        n=int(codes.size),
        confidence=confidence,
        notes=few_groups_notes(int(labels.size)),
    )


def _no_maximum() -> NotEstimable:
    """The error for a likelihood whose maximum was not found."""
    return NotEstimable(
        "The likelihood has no maximum that could be found.",
        where="group",
        todo="Merge points of the scale or small groups, or leave covariates out.",
    )


def _maximise(
    likelihood: RandomInterceptLikelihood, fixed: FloatArray, null: float
) -> tuple[FloatArray, float]:
    """Parameters with the standard deviation last, and the log-likelihood; 0 where it gains nothing."""
    at, value = climb(likelihood, np.r_[fixed, 1.0])
    at[-1] = abs(at[-1])
    if not np.isfinite(value) or 2 * (value - null) < _NO_GAIN:
        return np.r_[fixed, 0.0], null
    best = finish(likelihood, at)
    if best is None:
        raise _no_maximum()
    return best, likelihood(best)


def _profile(
    likelihood: RandomInterceptLikelihood, at: FloatArray, value: float, null: float, z: float
) -> tuple[float, float]:
    """Standard deviations at which twice the log-likelihood has fallen by ``z ** 2``, others maximised."""
    spread = float(at[-1])
    known = spread if spread > 0 else 0.5
    information = information_at(lambda fixed: likelihood(np.r_[fixed, known]), at[:-1])
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    last = at[:-1]

    def fall(moved: float) -> float:
        nonlocal last
        found, reached = climb(
            lambda fixed: likelihood(np.r_[fixed, spread + moved]), last, inverse, slope=_SLOPE_LEFT
        )
        last = found
        return 2 * (value - reached)

    high = spread + first_reaching(fall, z**2, max(spread, 0.5), tolerance=_LIMIT_TOLERANCE)
    if 2 * (value - null) <= z**2:
        return 0.0, high
    last = at[:-1]
    return spread + first_reaching(fall, z**2, -spread, tolerance=_LIMIT_TOLERANCE), high
