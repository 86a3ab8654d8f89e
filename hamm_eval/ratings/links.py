"""Distribution functions behind ordinal ratings: the latent scale's error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray

LinkName = Literal["logit", "probit", "cloglog"]


@dataclass(frozen=True, slots=True)
class Link:
    """A distribution function F on the latent scale, as far as a cumulative model needs it.

    Attributes
    ----------
    between : callable
        ``F(upper) - F(lower)``, without cancellation far out.
    density, slope : callable
        First and second derivative of F; 0 at infinity.
    quantile : callable
        Inverse of F.
    variance : float
        Of the error with this distribution function.
    """

    between: Callable[[FloatArray, FloatArray], FloatArray]
    density: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    quantile: Callable[[FloatArray], FloatArray]
    variance: float


def _between_symmetric(distribution: Callable[[FloatArray], FloatArray]) -> Callable[..., FloatArray]:
    """Between two points of a symmetric distribution: in the tail where F is near 0, not near 1."""

    def between(lower: FloatArray, upper: FloatArray) -> FloatArray:
        mirrored = lower + upper > 0
        return np.asarray(
            distribution(np.where(mirrored, -lower, upper)) - distribution(np.where(mirrored, -upper, lower))
        )

    return between


def _finite(x: FloatArray, highest: float = 1e3) -> FloatArray:
    """Beyond these points all densities are 0."""
    return np.clip(x, -700.0, highest)


def _logistic_density(x: FloatArray) -> FloatArray:
    return np.asarray(special.expit(x) * special.expit(-x))


def _logistic_slope(x: FloatArray) -> FloatArray:
    return np.asarray(-_logistic_density(x) * np.tanh(_finite(x) / 2))


def _normal_density(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * _finite(x) ** 2) / np.sqrt(2 * np.pi))


def _normal_slope(x: FloatArray) -> FloatArray:
    return np.asarray(-_finite(x) * _normal_density(x))


def _extreme_between(lower: FloatArray, upper: FloatArray) -> FloatArray:
    low, high = np.exp(_finite(lower, 30.0)), np.exp(_finite(upper, 30.0))
    return np.asarray(-np.exp(-low) * np.expm1(low - high))


def _extreme_density(x: FloatArray) -> FloatArray:
    x = _finite(x, 30.0)
    return np.asarray(np.exp(x - np.exp(x)))


def _extreme_slope(x: FloatArray) -> FloatArray:
    return np.asarray(_extreme_density(x) * (1 - np.exp(_finite(x, 30.0))))


def _extreme_quantile(p: FloatArray) -> FloatArray:
    return np.asarray(np.log(-np.log1p(-p)))


LINKS: dict[str, Link] = {
    "logit": Link(
        _between_symmetric(special.expit), _logistic_density, _logistic_slope, special.logit, np.pi**2 / 3
    ),
    "probit": Link(_between_symmetric(special.ndtr), _normal_density, _normal_slope, special.ndtri, 1.0),
    "cloglog": Link(_extreme_between, _extreme_density, _extreme_slope, _extreme_quantile, np.pi**2 / 6),
}


def read_link(link: str) -> Link:
    """The link of this name."""
    if link not in LINKS:
        raise InputError(f"Must be one of {', '.join(LINKS)}.", where="link")
    return LINKS[link]
