"""Events per person-time in bands of time, and how covariates multiply them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_binary,
    checked_points,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
    sandwich,
    two_sided_p,
)
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.newton import maximise
from hamm_eval.survival.poisson_likelihood import PoissonData, PoissonEvaluation, evaluate
from hamm_eval.survival.results import write_protect

if TYPE_CHECKING:
    import pandas as pd


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
    clusters : int or None
        Number of clusters, where they were given.
    notes : tuple of str
        What a reader of the intervals has to know, as that clusters are few.
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
    clusters: int | None
    notes: tuple[str, ...]

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
    cluster_t: bool | None = False,
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
    cluster_t : bool, optional
        Whether intervals and p-values of clustered fits are those of Student's t with clusters - 1 degrees of
        freedom; None: with fewer than 40 clusters. The standard errors have no small-sample factor in any
        case.

    Returns
    -------
    PiecewiseExponential

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, events other than 0 and 1, cuts that do not ascend.
    NotEstimable
        No event; a covariate that does not vary or is contained in the others; a group without events
        (coefficient without bound); one cluster, or no more clusters than covariates.

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
    stop, start = checked_times(time, entry)
    happened = checked_binary(event, "event", length=stop.size)
    edges = _edges(cuts)
    clusters = read_clusters(cluster, stop.size)
    groups = count_clusters(clusters)
    few = clusters_for_t(groups, cluster_t)
    z_value = critical_value(confidence, few)
    if not happened.any():
        raise NotEstimable("There is no event.", where="event")
    x, names = (
        (np.zeros((stop.size, 0)), ()) if covariates is None else read_covariates(covariates, stop.size)
    )
    refuse_fewer_clusters(groups, len(names))
    if names:
        refuse_inestimable(x, names, None)
        refuse_separated(x, names, happened)
    spent, band = _person_time(start, stop, edges)
    events = np.bincount(band, weights=happened, minlength=edges.size - 1).astype(np.float64)
    if np.any(spent.sum(axis=0)[events > 0] <= 0):
        raise NotEstimable("A band has events and no person-time.", where="time")
    used = events > 0
    centre, scale = x.mean(axis=0), x.std(axis=0)
    data = PoissonData((x - centre) / scale, spent[:, used], happened, events[used])
    fit = maximise(partial(evaluate, data), names)[1] if names else evaluate(data, np.zeros(0))
    assert fit is not None  # the rates of a model without covariates are events per person-time
    covariance = _covariance(data, fit, clusters, (np.cumsum(used) - 1)[band])
    p = len(names)
    error = np.sqrt(np.diag(covariance)) / np.concatenate([scale, np.ones(fit.rate.size)])
    rates = np.full((3, events.size), np.nan)
    rates[0] = 0.0
    rates[:, used] = fit.rate * np.exp(np.outer([0, -1, 1], z_value * error[p:]))
    beta = fit.coefficients / scale
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(beta + side * z_value * error[:p]) for side in (0, -1, 1))
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
        rate_ratio=ratio,
        lower=low,
        upper=high,
        p_value=two_sided_p(beta / error[:p], few),
        log_likelihood=fit.log_likelihood,
        clusters=groups,
        notes=few_clusters_notes(groups, few),
    )


def _edges(cuts: ArrayLike) -> FloatArray:
    """Ends of the bands from 0 to infinity."""
    inner = checked_points(cuts, "cuts")
    if np.any(inner <= 0) or np.any(np.diff(inner) <= 0):
        raise InputError("Must ascend, above 0.", where="cuts")
    return np.concatenate([[0.0], inner, [np.inf]])


def _person_time(
    start: FloatArray | None, stop: FloatArray, edges: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Time of each row in each band, shape (n, b), and the band in which it ends."""
    begin = np.zeros(stop.size) if start is None else start
    spent = np.clip(stop[:, None], edges[:-1], edges[1:]) - np.clip(begin[:, None], edges[:-1], edges[1:])
    return spent, np.searchsorted(edges[1:-1], stop, side="left").astype(np.int64)


def _covariance(
    data: PoissonData, fit: PoissonEvaluation, clusters: IntArray | None, place: IntArray
) -> FloatArray:
    """Of coefficients and log rates, by the Fisher information or, with clusters, the sandwich.

    `place` is the row's last band among those with events.
    """
    expected = data.spent * fit.rate * fit.risk[:, None]
    by_row = expected.sum(axis=1)
    cross = data.z.T @ expected
    corner = data.z.T @ (by_row[:, None] * data.z)
    information = np.block([[corner, cross], [cross.T, np.diag(expected.sum(axis=0))]])
    if clusters is None:
        return np.linalg.inv(information)
    of_rates = -expected
    rows = np.flatnonzero(data.happened == 1)
    of_rates[rows, place[rows]] += 1
    scores = np.column_stack([(data.happened - by_row)[:, None] * data.z, of_rates])
    return sandwich(information, scores, clusters)
