"""Maximise a likelihood that is concave in standardised coefficients, and say so where it has no maximum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from hamm_eval.errors import HammEvalError, NotEstimable, Problem
from hamm_eval.inference import FloatArray

MAX_ITERATIONS = 30
MAX_HALVINGS = 20
# Steps of standardised coefficients; Newton's last step is squared by the next.
STEP_TOLERANCE = 1e-7
# A direction with so little of the information at 0 left is running off to infinity.
INFORMATION_LEFT = 1e-10


class Evaluation(Protocol):
    """A log-likelihood at one coefficient vector (p,), with score (p,) and information (p, p)."""

    @property
    def coefficients(self) -> FloatArray:
        """Where it is evaluated."""
        ...

    @property
    def log_likelihood(self) -> float:
        """Its value."""
        ...

    @property
    def score(self) -> FloatArray:
        """First derivatives."""
        ...

    @property
    def information(self) -> FloatArray:
        """Second derivatives, negative."""
        ...


E = TypeVar("E", bound=Evaluation)


def maximise(evaluate: Callable[[FloatArray], E | None], names: Sequence[str]) -> tuple[E, E, int]:
    """The likelihood at 0 and at its maximum, and the number of iterations.

    Parameters
    ----------
    evaluate : callable
        The likelihood at given coefficients of standardised covariates; None where it overflows.
    names : sequence of str
        Of the p covariates.

    Raises
    ------
    NotEstimable
        The information is singular, or a coefficient grows without bound.
    """
    null = evaluate(np.zeros(len(names)))
    assert null is not None  # every denominator is a sum of positive weights
    _refuse_singular(null.information, names)
    size = np.sqrt(np.diag(null.information))
    current = null
    for iteration in range(1, MAX_ITERATIONS + 1):
        left = np.linalg.eigvalsh(current.information / np.outer(size, size))
        if left[0] < INFORMATION_LEFT:
            raise _diverging(current.coefficients, names)
        step: FloatArray = np.linalg.solve(current.information, current.score).astype(np.float64)
        proposed = _improve(evaluate, current, step)
        if proposed is None:
            raise _diverging(current.coefficients + step, names)
        moved = np.abs(proposed.coefficients - current.coefficients)
        current = proposed
        if np.all(moved <= STEP_TOLERANCE * np.maximum(1.0, np.abs(current.coefficients))):
            return null, current, iteration
    raise _diverging(current.coefficients, names)


def _improve(evaluate: Callable[[FloatArray], E | None], current: E, step: FloatArray) -> E | None:
    """Take the step, halved until the likelihood does not fall."""
    slack = 1e-12 * abs(current.log_likelihood)
    for halving in range(MAX_HALVINGS):
        proposed = evaluate(current.coefficients + step / 2**halving)
        if proposed is not None and proposed.log_likelihood >= current.log_likelihood - slack:
            return proposed
    return None


def _refuse_singular(information: FloatArray, names: Sequence[str]) -> None:
    """Refuse covariates that do not vary, singly or together, among those at risk when events happen."""
    diagonal = np.diag(information)
    bad = diagonal <= 1e-12
    if not bad.any():
        scaled = information / np.sqrt(np.outer(diagonal, diagonal))
        values, vectors = np.linalg.eigh(scaled)
        if values[0] > 1e-12 * len(names):
            return
        bad = np.abs(vectors[:, 0]) > 0.1
    raise NotEstimable.of(
        Problem(
            "No variation of its own among those at risk at the events.",
            f"covariates[{names[j]}]",
            "Leave it out or merge groups.",
        )
        for j in map(int, np.flatnonzero(bad))
    )


def _diverging(coefficients: FloatArray, names: Sequence[str]) -> HammEvalError:
    """The error for a likelihood without a maximum, naming the coefficients that grow."""
    size = np.abs(coefficients)
    growing = np.flatnonzero(size >= 0.5 * size.max())
    return NotEstimable.of(
        Problem(
            "The coefficient grows without bound: some group or combination has no events, or all of them.",
            f"covariates[{names[j]}]",
            "Merge groups or leave it out.",
        )
        for j in map(int, growing)
    )
