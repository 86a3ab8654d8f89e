"""Events per person-time in bands of time, and how covariates multiply them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_binary,
    checked_vector,
    critical_value,
    labels_to_codes,
    sandwich,
    two_sided_p,
)
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.results import write_protect

if TYPE_CHECKING:
    import pandas as pd

MAX_ITERATIONS = 50
STEP_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class PiecewiseExponential:
    """Rates in b bands of time, and p rate ratios.

    Attributes
    ----------
    begin, end : ndarray, shape (b,)
        Bands ``(begin, end]``; the last end may be infinite.
    events, person_time : ndarray, shape (b,)
    rate, rate_lower, rate_upper : ndarray, shape (b,)
        Per unit of time, at the means of the covariates; 0 with limits NaN where a band has no event.
    names : tuple of str
    coefficients, std_error, rate_ratio, lower, upper, p_value : ndarray, shape (p,)
        Logarithms of rate ratios; robust where clusters were given.
    log_likelihood : float
    """

    begin: FloatArray
    end: FloatArray
    events: FloatArray
    person_time: FloatArray
    rate: FloatArray
    rate_lower: FloatArray
    rate_upper: FloatArray
    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    rate_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    log_likelihood: float

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def to_frame(self) -> pd.DataFrame:
        """The bands as a table, one row each."""
        import pandas as pd

        columns = ("begin", "end", "events", "person_time", "rate", "rate_lower", "rate_upper")
        return pd.DataFrame({name: getattr(self, name) for name in columns})


def piecewise_exponential(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Any = None,
    *,
    cuts: ArrayLike = (),
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> PiecewiseExponential:
    r"""Fit :math:`\lambda(t | x) = \exp(\alpha_{b(t)} + x' \beta)` by Poisson regression on person-time.

    Rows are ``(entry, time]``, several of a person being allowed; an event at a cut belongs to the band that
    ends there. Without covariates each rate is events per person-time.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like, shape (n,)
        1 = event at `time`, 0 = none.
    covariates : array_like, shape (n, p), or DataFrame, optional
    cuts : array_like, shape (b - 1,)
        Ascending ends of all bands but the last.
    entry : array_like, shape (n,), optional
    cluster : array_like, shape (n,), optional
        Units that are independent of each other; the standard errors are then the sandwich, without a
        small-sample factor.
    confidence : float

    Returns
    -------
    PiecewiseExponential

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, events other than 0 and 1, cuts that do not ascend.
    NotEstimable
        No event; a covariate that does not vary or is contained in the others; a group without events.

    References
    ----------
    Holford, T. R. (1980). The analysis of rates and of survivorship using log-linear models. Biometrics 36,
    299-305.

    Examples
    --------
    >>> bands = piecewise_exponential([1, 2, 3, 4], [1, 1, 0, 1], cuts=[2])
    >>> bands.person_time, bands.rate.round(3)
    (array([7., 3.]), array([0.286, 0.333]))
    """
    z_value = critical_value(confidence)
    stop, start = checked_times(time, entry)
    happened = checked_binary(event, "event", length=stop.size)
    edges = _edges(cuts)
    clusters = None if cluster is None else labels_to_codes(cluster, "cluster", length=stop.size)[0]
    if clusters is not None and clusters.max() < 1:
        raise NotEstimable("All rows are of one cluster.", where="cluster")
    if not happened.any():
        raise NotEstimable("There is no event.", where="event")
    x, names = (
        (np.zeros((stop.size, 0)), ()) if covariates is None else read_covariates(covariates, stop.size)
    )
    if names:
        refuse_inestimable(x, names, None)
        refuse_separated(x, names, happened)
    begin = np.zeros(stop.size) if start is None else start
    spent = np.clip(stop[:, None], edges[:-1], edges[1:]) - np.clip(begin[:, None], edges[:-1], edges[1:])
    band = np.searchsorted(edges[1:-1], stop, side="left")
    events = np.bincount(band, weights=happened, minlength=edges.size - 1).astype(np.float64)
    if np.any(spent.sum(axis=0)[events > 0] <= 0):
        raise NotEstimable("A band has events and no person-time.", where="time")
    used = events > 0
    centre = x.mean(axis=0)
    z = x - centre
    beta, alpha = _maximise(z, spent[:, used], happened, events[used], names)
    expected = spent[:, used] * np.exp(alpha) * np.exp(z @ beta)[:, None]
    information = _information(z, expected)
    covariance = np.linalg.inv(information)
    if clusters is not None:
        scores = _scores(z, expected, happened, band, used)
        covariance = sandwich(information, scores, clusters)
    p = len(names)
    error = np.sqrt(np.diag(covariance))
    rates = np.full((3, events.size), np.nan)
    rates[0] = 0.0
    rates[:, used] = np.exp(alpha + np.outer([0, -1, 1], z_value * error[p:]))
    fitted = np.log(np.exp(alpha)[np.cumsum(used)[band] - 1]) + z @ beta
    return PiecewiseExponential(
        begin=edges[:-1],
        end=edges[1:],
        events=events,
        person_time=spent.sum(axis=0),
        rate=rates[0],
        rate_lower=rates[1],
        rate_upper=rates[2],
        names=names,
        coefficients=beta,
        std_error=error[:p],
        rate_ratio=np.exp(beta),
        lower=np.exp(beta - z_value * error[:p]),
        upper=np.exp(beta + z_value * error[:p]),
        p_value=two_sided_p(beta / error[:p]),
        log_likelihood=float(happened @ fitted - expected.sum()),
    )


def _edges(cuts: ArrayLike) -> FloatArray:
    """Ends of the bands from 0 to infinity."""
    inner = checked_vector(np.atleast_1d(np.asarray(cuts, dtype=np.float64)), "cuts")
    if np.any(inner <= 0) or np.any(np.diff(inner) <= 0):
        raise InputError("Must ascend, above 0.", where="cuts")
    return np.concatenate([[0.0], inner, [np.inf]])


def _maximise(
    z: FloatArray, spent: FloatArray, happened: FloatArray, events: FloatArray, names: tuple[str, ...]
) -> tuple[FloatArray, FloatArray]:
    """Coefficients and log rates; the rates follow from the coefficients, so that Newton sees p of them."""
    beta = np.zeros(z.shape[1])
    if not names:
        return beta, np.log(events / spent.sum(axis=0))
    target = happened @ z
    for _ in range(MAX_ITERATIONS):
        risk = np.exp(z @ beta)
        time = risk @ spent
        weight = risk * (spent @ (events / time))
        mean = (spent * risk[:, None]).T @ z / time[:, None]
        information = z.T @ (weight[:, None] * z) - mean.T @ (events[:, None] * mean)
        step = np.linalg.solve(information, target - weight @ z)
        beta = beta + np.clip(step, -2, 2)
        if np.all(np.abs(step) <= STEP_TOLERANCE * np.maximum(1.0, np.abs(beta))):
            return beta, np.log(events / (np.exp(z @ beta) @ spent))
    raise NotEstimable("The likelihood has no maximum.", where="covariates", todo="Merge groups.")


def _information(z: FloatArray, expected: FloatArray) -> FloatArray:
    """Fisher information in the coefficients and the log rates."""
    cross = z.T @ expected
    corner = z.T @ (expected.sum(axis=1)[:, None] * z)
    return np.block([[corner, cross], [cross.T, np.diag(expected.sum(axis=0))]])


def _scores(
    z: FloatArray, expected: FloatArray, happened: FloatArray, band: IntArray, used: np.ndarray
) -> FloatArray:
    """Estimating functions (n, p + b) of each row."""
    of_rates = -expected
    rows = np.flatnonzero(happened == 1)
    of_rates[rows, (np.cumsum(used) - 1)[band[rows]]] += 1
    return np.column_stack([(happened - expected.sum(axis=1))[:, None] * z, of_rates])
