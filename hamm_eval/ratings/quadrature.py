"""Likelihood of a cumulative model with a random intercept, by adaptive Gauss-Hermite quadrature."""

from __future__ import annotations

import numpy as np
from scipy import special

from hamm_eval.inference import FloatArray, IntArray
from hamm_eval.ratings.cumulative import CumulativeDesign, log_probability
from hamm_eval.ratings.links import Link

_MODE_STEPS = 100
_MODE_TOLERANCE = 1e-10
# A step this long leaves where the quadratic approximation holds.
_LONGEST_STEP = 2.0


class RandomInterceptLikelihood:
    """Log-likelihood of thresholds, coefficients and the random intercept's standard deviation.

    Parameters
    ----------
    design : CumulativeDesign
    group : ndarray of int, shape (n,)
        Codes 0..G-1.
    link : Link
    nodes : int
        Of the quadrature, about each group's mode; 1 is Laplace's approximation.
    """

    def __init__(self, design: CumulativeDesign, group: IntArray, link: Link, nodes: int) -> None:
        order = np.argsort(group, kind="stable")
        self._group = group[order]
        self._first = np.flatnonzero(np.r_[True, np.diff(self._group) > 0])
        self._design = CumulativeDesign(
            design.upper[order], design.lower[order], design.top[order], design.bottom[order], design.back, ()
        )
        self._link = link
        self._points, weights = np.polynomial.hermite.hermgauss(nodes)
        self._log_weights = np.log(weights) + self._points**2
        # Where the modes were last: the next search begins there.
        self._modes = np.zeros(self._first.size)

    def __call__(self, parameters: FloatArray) -> float:
        """The log-likelihood; minus infinity where thresholds cross."""
        spread = float(parameters[-1])
        below, above = self._design.predictors(parameters[:-1])
        found = self._search(below, above, spread)
        if found is None:
            return -np.inf
        modes, curvature = found
        self._modes = modes
        width = np.sqrt(2 / curvature)
        z = modes[:, None] + width[:, None] * self._points
        shift = spread * z[self._group]
        with np.errstate(divide="ignore"):
            rows = np.log(self._link.between(below[:, None] - shift, above[:, None] - shift))
        inside = np.add.reduceat(rows, self._first) - z**2 / 2 + self._log_weights
        value = special.logsumexp(inside, axis=1) + np.log(width) - 0.5 * np.log(2 * np.pi)
        return float(value.sum())

    def intercepts(self, parameters: FloatArray) -> FloatArray:
        """Modes of the random intercepts, shape (G,), on the latent scale."""
        found = self._search(*self._design.predictors(parameters[:-1]), float(parameters[-1]))
        assert found is not None
        return np.asarray(found[0] * parameters[-1])

    def _search(
        self, below: FloatArray, above: FloatArray, spread: float
    ) -> tuple[FloatArray, FloatArray] | None:
        """Mode and curvature of each group's standardised intercept, by Newton's method."""
        modes = self._modes
        for _ in range(_MODE_STEPS):
            shift = spread * modes[self._group]
            found = log_probability(below - shift, above - shift, self._link)
            if found is None:
                if not modes.any():
                    return None
                modes = np.zeros_like(modes)
                continue
            first = found.below - found.above
            second = found.above_slope - found.below_slope - first**2
            gradient = spread * np.add.reduceat(first, self._first) - modes
            curvature = 1 - spread**2 * np.add.reduceat(second, self._first)
            step = np.clip(gradient / curvature, -_LONGEST_STEP, _LONGEST_STEP)
            if np.abs(step).max() < _MODE_TOLERANCE:
                return modes, curvature
            modes = modes + step
        return None
