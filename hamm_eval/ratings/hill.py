"""Maximise functions whose derivatives are taken as differences: the likelihoods of mixed models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hamm_eval.inference import FloatArray

_DIFFERENCE = 1e-5
_SECOND_DIFFERENCE = 1e-3
_STEPS = 8
# Of the function: what a Newton step may still promise at the maximum.
_GAIN_LEFT = 1e-11

Function = Callable[[FloatArray], float]


def gradient_at(function: Function, at: FloatArray) -> FloatArray:
    """First derivatives by central differences."""
    steps = _DIFFERENCE * np.eye(at.size)
    return np.array([(function(at + step) - function(at - step)) / (2 * _DIFFERENCE) for step in steps])


def information_at(function: Function, at: FloatArray, *, step: float = _SECOND_DIFFERENCE) -> FloatArray:
    """Negative second derivatives by central differences."""
    h, size = step, at.size
    steps = h * np.eye(size)
    found = np.empty((size, size))
    middle = function(at)
    for i in range(size):
        found[i, i] = (2 * middle - function(at + steps[i]) - function(at - steps[i])) / h**2
        for j in range(i):
            plus, minus = steps[i] + steps[j], steps[i] - steps[j]
            mixed = function(at + plus) - function(at + minus) - function(at - minus) + function(at - plus)
            found[i, j] = found[j, i] = -mixed / (4 * h**2)
    return found


def sharp_information_at(function: Function, at: FloatArray) -> FloatArray:
    """Negative second derivatives, extrapolated from two widths of differences (Richardson)."""
    near = information_at(function, at)
    return np.asarray((4 * near - information_at(function, at, step=2 * _SECOND_DIFFERENCE)) / 3)


def climb(
    function: Function, start: FloatArray, inverse: FloatArray | None = None, *, slope: float = 1e-4
) -> tuple[FloatArray, float]:
    """Near a local maximum by BFGS, begun with the inverse information where it is known."""
    options: dict[str, Any] = {"gtol": slope, "maxiter": 200}
    if inverse is not None:
        options["hess_inv0"] = (inverse + inverse.T) / 2

    def fall(at: FloatArray) -> float:
        value = function(at)
        return -value if np.isfinite(value) else 1e10

    # Of all that this room imports only the mixed models need it.
    from scipy.optimize import minimize

    with np.errstate(invalid="ignore"):
        found = minimize(
            fall, start, jac=lambda at: -gradient_at(function, at), method="BFGS", options=options
        )
    return np.asarray(found.x), -float(found.fun)


def finish(function: Function, at: FloatArray) -> FloatArray | None:
    """From near a maximum to it by Newton's method; None where there is none.

    Quasi-Newton steps stop where differences of values are rounding.
    """
    for _ in range(_STEPS):
        information = information_at(function, at)
        if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 0:
            return None
        gradient = gradient_at(function, at)
        step = np.linalg.solve(information, gradient)
        if gradient @ step < _GAIN_LEFT:
            return at
        at = at + step
    return None
