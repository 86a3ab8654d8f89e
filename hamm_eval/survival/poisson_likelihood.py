"""The likelihood of events per person-time by band, of the coefficients alone: rates follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamm_eval.inference import FloatArray


@dataclass(frozen=True, slots=True)
class PoissonData:
    """What does not change between iterations, of b bands with events.

    Parameters
    ----------
    z : ndarray, shape (n, p)
        Covariates, standardised.
    spent : ndarray, shape (n, b)
        Time of each row in each band.
    happened : ndarray, shape (n,)
        0 or 1.
    events : ndarray, shape (b,)
    """

    z: FloatArray
    spent: FloatArray
    happened: FloatArray
    events: FloatArray


@dataclass(frozen=True, slots=True)
class PoissonEvaluation:
    """The profile likelihood at one coefficient vector.

    Parameters
    ----------
    coefficients : ndarray, shape (p,)
    log_likelihood : float
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
        Of the coefficients, the rates having been estimated.
    risk : ndarray, shape (n,)
        ``exp(z b)``.
    rate : ndarray, shape (b,)
        Events per unit of time where ``z`` is 0: the rates that are most likely at these coefficients.
    """

    coefficients: FloatArray
    log_likelihood: float
    score: FloatArray
    information: FloatArray
    risk: FloatArray
    rate: FloatArray


def evaluate(data: PoissonData, coefficients: FloatArray) -> PoissonEvaluation | None:
    """Log-likelihood, score and information; None where the risks overflow."""
    eta = data.z @ coefficients
    if not np.all(np.abs(eta) < 300):
        return None
    risk = np.exp(eta)
    rate = data.events / (risk @ data.spent)
    expected = risk * (data.spent @ rate)
    mean = (data.spent * risk[:, None]).T @ data.z * (rate / data.events)[:, None]
    return PoissonEvaluation(
        coefficients=coefficients,
        # At these rates as many events are expected as there are.
        log_likelihood=float(data.happened @ eta + data.events @ (np.log(rate) - 1)),
        score=(data.happened - expected) @ data.z,
        information=data.z.T @ (expected[:, None] * data.z) - mean.T @ (data.events[:, None] * mean),
        risk=risk,
        rate=rate,
    )
