"""Cumulative incidence with competing causes: the Aalen-Johansen estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.inference import (
    FloatArray,
    checked_points,
    clusters_for_t,
    few_clusters_notes,
)
from hamm_eval.survival.causes import checked_causes
from hamm_eval.survival.collapse import collapse
from hamm_eval.survival.episodes import Episodes, prepare_episodes
from hamm_eval.survival.influence import Integral, influence_variance
from hamm_eval.survival.intervals import Interval, interval_limits, step_index
from hamm_eval.survival.kaplan_meier import hazards
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.risk_sets import RiskSets, build_risk_sets, cumulate

if TYPE_CHECKING:
    import pandas as pd


class IncidenceAt(NamedTuple):
    """Cumulative incidences at j times, each (j, m)."""

    incidence: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class AalenJohansen:
    """Cumulative incidences of m causes on the k distinct times at which follow-up ends.

    Attributes
    ----------
    time : ndarray, shape (k,)
    incidence : ndarray, shape (k, m)
        Probability of an event of cause 1..m up to and including `time`.
    std_error, lower, upper : ndarray, shape (k, m)
    event_free : ndarray, shape (k,)
        One minus the sum of the incidences.
    at_risk, censored : ndarray, shape (k,)
        Sums of frequencies times weights.
    events : ndarray, shape (k, m)
    interval : str
    confidence : float
    origin : float
        Beginning of follow-up: 0, or `start_at`.
    clusters : int or None
        Number of clusters, where they were given.
    notes : tuple of str
        What a reader of the intervals has to know, as that clusters are few.
    """

    time: FloatArray
    incidence: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    event_free: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    interval: str
    confidence: float
    origin: float
    clusters: int | None
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def at(self, times: ArrayLike) -> IncidenceAt:
        """Incidence, standard error, lower and upper limit at `times`, each of shape (j, m).

        Values beyond the last observation are carried forward; before `start_at` they are NaN.

        Parameters
        ----------
        times : array_like, shape (j,)

        Returns
        -------
        IncidenceAt
        """
        asked = checked_points(times, "times")
        where = step_index(self.time, asked) + 1
        unknown = (asked < self.origin)[:, None]

        def read(curve: FloatArray, begin: float) -> FloatArray:
            first = np.full((1, curve.shape[1]), begin)
            return np.where(unknown, np.nan, np.concatenate([first, curve])[where])

        return IncidenceAt(
            read(self.incidence, 0.0),
            read(self.std_error, 0.0),
            read(self.lower, np.nan),
            read(self.upper, np.nan),
        )

    def to_frame(self) -> pd.DataFrame:
        """The curves as a table, one row per time and cause."""
        import pandas as pd

        k, m = self.incidence.shape
        values = {name: getattr(self, name).ravel() for name in ("incidence", "std_error", "lower", "upper")}
        keys = {"time": np.repeat(self.time, m), "cause": np.tile(np.arange(1, m + 1), k)}
        return pd.DataFrame(
            keys | values | {"at_risk": np.repeat(self.at_risk, m), "events": self.events.ravel()}
        )


def aalen_johansen(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    frequency: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    person: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    start_at: float | None = None,
    confidence: float = 0.95,
    interval: Interval = "log-log",
    cluster_t: bool | None = False,
    causes: int | None = None,
) -> AalenJohansen:
    r"""Estimate cumulative incidences, :math:`\hat F_c(t) = \sum_{u \le t} \hat S(u-) d_{cu} / n_u`.

    Rows are ``(entry, time]``: an event at t precedes a censoring at t, and who enters at t is not yet at
    risk at t. Ties are treated as they are. The standard error is the infinitesimal jackknife; for unweighted
    independent rows without late entry it equals the Greenwood-type one. ``log-log`` is
    ``log(-log F)`` of the incidence itself, so its interval is not that of one minus a survival curve.

    Parameters
    ----------
    time : array_like, shape (n,)
        End of follow-up, in any one unit.
    cause : array_like of int, shape (n,)
        0 = censored at `time`, 1..m = event of that cause.
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`. None: at risk from the beginning, so that an event at time 0
        counts.
    frequency : array_like of int, shape (n,), optional
        How many identical rows each row stands for.
    weights : array_like, shape (n,), optional
        Sampling or probability weights (treated as known).
    person : array_like, shape (n,), optional
        Whose row it is, where persons have several rows.
    cluster : array_like, shape (n,), optional
        Units, such as households, that are independent of each other. R's ``survfit`` (survival 3.5.3)
        ignores them where causes are several; reweighting each cluster in R gives the errors given here.
    start_at : float, optional
        Condition on being event-free at this time: events at `start_at` itself are over and do not count,
        while R's ``start.time`` keeps them.
    confidence : float
    interval : "log-log", "log" or "plain"
    cluster_t : bool, optional
        Whether intervals of clustered curves are those of Student's t with clusters - 1 degrees of freedom;
        None: with fewer than 40 clusters. False is R's convention. The standard errors have no small-sample
        factor in any case.
    causes : int, optional
        Number of causes m, as declared; None: the largest code, and each code below it must occur. Give it
        where these rows may lack a cause.

    Returns
    -------
    AalenJohansen

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, codes that are no whole numbers from 0, exceed
        `causes` or leave a gap, overlapping rows of a person.
    NotEstimable
        Nobody is followed beyond `start_at`; one cluster.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations. Scandinavian J. of Statistics 5, 141-150.

    Examples
    --------
    >>> curves = aalen_johansen([1, 2, 3, 4], [1, 2, 0, 1])
    >>> curves.incidence
    array([[0.25, 0.  ],
           [0.25, 0.25],
           [0.25, 0.25],
           [0.75, 0.25]])
    >>> curves.event_free
    array([0.75, 0.5 , 0.5 , 0.  ])
    """
    codes, m = checked_causes(cause, causes, length=np.size(time))
    rows = collapse(
        prepare_episodes(
            time,
            codes,
            entry=entry,
            frequency=frequency,
            weights=weights,
            person=person,
            cluster=cluster,
            start_at=start_at,
        )
    )
    sets = build_risk_sets(rows.entry, rows.time, (rows.cause > 0) | rows.ends)
    at_risk = sets.at_risk(rows.mass)
    of_cause = [np.flatnonzero(rows.cause == c) for c in range(1, m + 1)]
    events = np.column_stack([sets.ending(rows.mass, which) for which in of_cause])
    hazard = hazards(rows, sets, at_risk, events.sum(axis=1))
    event_free: FloatArray = np.cumprod(1 - hazard).astype(np.float64)
    before = np.r_[1.0, event_free[:-1]]
    incidence = np.cumsum(before[:, None] * events / at_risk[:, None], axis=0)
    std_error = _std_error(rows, sets, at_risk, hazard, before, events, incidence)
    few = clusters_for_t(rows.clusters, cluster_t)
    lower, upper = interval_limits(incidence, std_error, interval, confidence, few)
    return AalenJohansen(
        time=sets.time,
        incidence=incidence,
        std_error=std_error,
        lower=lower,
        upper=upper,
        event_free=event_free,
        at_risk=at_risk,
        events=events,
        censored=sets.ending(rows.mass, np.flatnonzero((rows.cause == 0) & rows.ends)),
        interval=interval,
        confidence=confidence,
        origin=rows.origin,
        clusters=rows.clusters,
        notes=few_clusters_notes(rows.clusters, few),
    )


def _std_error(
    rows: Episodes,
    sets: RiskSets,
    at_risk: FloatArray,
    hazard: FloatArray,
    before: FloatArray,
    events: FloatArray,
    incidence: FloatArray,
) -> FloatArray:
    """Infinitesimal-jackknife standard errors of the incidences.

    A martingale increment of a cause at u raises its F by ``S(u-)/n``; one of any cause lowers S after u by
    the factor ``1/(n (1 - h))`` and with it all later growth ``F(t) - F(u)``.
    """
    direct = before / at_risk
    going_on = hazard < 1
    lost = np.where(going_on, 1 / (at_risk * np.where(going_on, 1 - hazard, 1.0)), 0.0)
    of = [
        Integral(
            total=cumulate(direct * own / at_risk + curve * lost * hazard),
            of_any=curve * lost,
            cause=cause,
            of_cause=direct,
        )
        for cause, (own, curve) in enumerate(zip(events.T, incidence.T, strict=True), 1)
    ]
    return np.sqrt(influence_variance(rows, sets, of, Integral(cumulate(lost * hazard), lost), incidence))
