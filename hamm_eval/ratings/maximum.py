"""Newton's method for the likelihoods of this room, and words for those without a maximum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hamm_eval.errors import HammEvalError, NotEstimable, Problem
from hamm_eval.inference import FloatArray

MAX_ITERATIONS = 60
MAX_HALVINGS = 30
# Steps of parameters of standardised covariates; Newton's last step is squared by the next.
STEP_TOLERANCE = 1e-8
# A direction with so little of the information at the start left is running off to infinity.
INFORMATION_LEFT = 1e-9
SINGULAR = 1e-15
# Of twice the log-likelihood.
GAIN_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Point:
    """A log-likelihood at parameters (P,), with its first derivatives and the negative second ones."""

    parameters: FloatArray
    value: float
    score: FloatArray
    information: FloatArray


def maximise(
    evaluate: Callable[[FloatArray], Point | None],
    start: FloatArray,
    names: Sequence[str],
    *,
    at_infinity: bool = False,
) -> tuple[Point, Point, int]:
    """The likelihood at `start` and at its maximum, and the number of iterations.

    Parameters
    ----------
    evaluate : callable
        None where the parameters are impossible.
    start : ndarray, shape (P,)
        Possible parameters.
    names : sequence of str
        Of the parameters, as an error names them.
    at_infinity : bool
        Whether parameters may grow without bound: the likelihood is then its limit but for `GAIN_TOLERANCE`.

    Raises
    ------
    NotEstimable
        A parameter grows without bound.
    """
    first = evaluate(start)
    assert first is not None
    size = np.sqrt(np.maximum(np.diag(first.information), 1e-300))
    current = first
    for iteration in range(1, MAX_ITERATIONS + 1):
        left = np.linalg.eigvalsh(current.information / np.outer(size, size))
        if left[0] < (SINGULAR if at_infinity else INFORMATION_LEFT):
            break
        step = np.asarray(np.linalg.solve(current.information, current.score), dtype=np.float64)
        if at_infinity and current.score @ step < GAIN_TOLERANCE:
            return first, current, iteration
        proposed = _improve(evaluate, current, step)
        if proposed is None:
            break
        moved = np.abs(proposed.parameters - current.parameters)
        current = proposed
        if np.all(moved <= STEP_TOLERANCE * np.maximum(1.0, np.abs(current.parameters))):
            return first, current, iteration
    raise diverging(current.parameters - start, names)


def _improve(
    evaluate: Callable[[FloatArray], Point | None], current: Point, step: FloatArray
) -> Point | None:
    """Take the step, halved until the likelihood does not fall."""
    slack = 1e-12 * abs(current.value)
    for halving in range(MAX_HALVINGS):
        proposed = evaluate(current.parameters + step / 2**halving)
        if proposed is not None and proposed.value >= current.value - slack:
            return proposed
    return None


def diverging(moved: FloatArray, names: Sequence[str]) -> HammEvalError:
    """The error for a likelihood without a maximum, naming the parameters that run off."""
    size = np.abs(moved)
    growing = np.flatnonzero(size >= 0.5 * size.max())
    return NotEstimable.of(
        Problem(
            "Grows without bound: some group or combination has only the highest or the lowest ratings.",
            names[j],
            "Merge groups or points of the scale, or leave the covariate out.",
        )
        for j in map(int, growing)
    )
