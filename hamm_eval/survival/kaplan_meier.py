"""Probability of still being event-free: the Kaplan-Meier estimator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    checked_binary,
    checked_number,
    checked_points,
    clusters_for_t,
    few_clusters_notes,
)
from hamm_eval.survival.collapse import collapse
from hamm_eval.survival.episodes import Episodes, prepare_episodes
from hamm_eval.survival.influence import Integral, final_variance, influence_variance
from hamm_eval.survival.intervals import Interval, first_reaching, interval_limits, step_index
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.risk_sets import RiskSets, build_risk_sets, cumulate

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """A survival curve on the k distinct times at which follow-up ends, by event or censoring.

    Attributes
    ----------
    time : ndarray, shape (k,)
    survival : ndarray, shape (k,)
        Probability of no event up to and including `time`.
    std_error, lower, upper : ndarray, shape (k,)
        Pointwise; NaN once the curve is at 0, where the data say nothing of the uncertainty.
    at_risk, events, censored : ndarray, shape (k,)
        Sums of frequencies times weights.
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
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    interval: str
    confidence: float
    origin: float
    clusters: int | None
    notes: tuple[str, ...]
    _rows: Episodes = field(repr=False)
    _sets: RiskSets = field(repr=False)

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def at(self, times: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Survival, standard error, lower and upper limit at `times`.

        Values beyond the last observation are carried forward; before `start_at` they are NaN.

        Parameters
        ----------
        times : array_like, shape (j,)

        Returns
        -------
        tuple of four ndarrays, shape (j,)
        """
        asked = checked_points(times, "times")
        where = step_index(self.time, asked) + 1
        unknown = asked < self.origin

        def read(curve: FloatArray, begin: float) -> FloatArray:
            return np.where(unknown, np.nan, np.r_[begin, curve][where])

        return (
            read(self.survival, 1.0),
            read(self.std_error, 0.0),
            read(self.lower, 1.0),
            read(self.upper, 1.0),
        )

    def quantile(self, q: float = 0.5) -> tuple[float, float, float]:
        """Time by which a share `q` has had the event, with the limits of inverted pointwise intervals.

        Parameters
        ----------
        q : float

        Returns
        -------
        tuple of float
            Value, lower, upper; NaN where the curve does not come down so far.

        References
        ----------
        Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival time.
        Biometrics 38, 29-41.
        """
        if not 0 < checked_number(q, "q") < 1:
            raise InputError("Must lie between 0 and 1.", where="q")
        value, lower, upper = (
            first_reaching(self.time, curve, 1 - q) for curve in (self.survival, self.lower, self.upper)
        )
        return value, lower, upper

    def rmst(self, tau: float) -> tuple[float, float]:
        r"""Restricted mean event-free time up to `tau`, from 0 (or `start_at`) on, and its standard error.

        The area under the curve, :math:`\int_0^\tau \hat S(u)\, du`, with the variance
        :math:`\sum_{u \le \tau} A(u)^2 d_u / (n_u (n_u - d_u))`, A(u) the area from u to tau; with
        weights, clusters or persons of several rows the infinitesimal jackknife.

        Parameters
        ----------
        tau : float
            In the unit of time.

        Returns
        -------
        tuple of float

        Raises
        ------
        NotEstimable
            Follow-up ends before `tau` with persons still event-free.

        References
        ----------
        Klein, J. P. and Moeschberger, M. L. (2003). Survival Analysis, 2nd ed., section 4.5.
        """
        origin = self.origin
        if checked_number(tau, "tau") <= origin:
            raise InputError("Must lie after the beginning of follow-up.", where="tau")
        if tau > self.time[-1] and self.survival[-1] > 0:
            raise NotEstimable(
                "Follow-up ends earlier, with persons still event-free.",
                where="tau",
                todo="Choose a tau within the follow-up.",
            )
        edges = np.minimum(np.r_[origin, self.time, max(tau, self.time[-1])], tau)
        pieces = np.r_[1.0, self.survival] * np.diff(edges)
        # Area under the curve from each time to tau.
        rest = pieces.sum() - np.cumsum(pieces)[:-1]
        rest = np.where(self.time < tau, np.maximum(rest, 0.0), 0.0)
        if self._rows.robust:
            variance = _area_variance(self._rows, self._sets, self.at_risk, self.events, rest)
        else:
            variance = float(np.sum(rest**2 * _greenwood_terms(self.at_risk, self.events)))
        return float(pieces.sum()), float(np.sqrt(variance))

    def to_frame(self) -> pd.DataFrame:
        """The curve as a table, one row per time."""
        import pandas as pd

        columns = ("time", "survival", "std_error", "lower", "upper", "at_risk", "events", "censored")
        return pd.DataFrame({name: getattr(self, name) for name in columns})


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
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
) -> KaplanMeier:
    r"""Estimate the probability of no event up to t, :math:`\hat S(t) = \prod_{u \le t} (1 - d_u / n_u)`.

    Rows are ``(entry, time]``: an event at t precedes a censoring at t, and who enters at t is not yet at
    risk at t. The variance is Greenwood's; where weights, clusters or persons of several separate rows are
    given it is the infinitesimal jackknife (weights treated as known).

    Parameters
    ----------
    time : array_like, shape (n,)
        End of follow-up, in any one unit.
    event : array_like, shape (n,)
        1 = event at `time`, 0 = censored.
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`. None: at risk from the beginning, so that an event at time 0
        counts.
    frequency : array_like of int, shape (n,), optional
        How many identical rows each row stands for.
    weights : array_like, shape (n,), optional
        Sampling or probability weights.
    person : array_like, shape (n,), optional
        Whose row it is, where persons have several rows.
    cluster : array_like, shape (n,), optional
        Units, such as households, that are independent of each other.
    start_at : float, optional
        Condition on being event-free at this time: events at `start_at` itself are over and do not count,
        while R's ``start.time`` keeps them.
    confidence : float
    interval : "log-log", "log" or "plain"
    cluster_t : bool, optional
        Whether intervals of clustered curves are those of Student's t with clusters - 1 degrees of freedom;
        None: with fewer than 40 clusters. False is R's convention. The standard errors have no small-sample
        factor in any case.

    Returns
    -------
    KaplanMeier

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, events other than 0 and 1, overlapping rows of a person.
    NotEstimable
        Nobody is followed beyond `start_at`; one cluster.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. J. American
    Statistical Association 53, 457-481.

    Examples
    --------
    >>> curve = kaplan_meier([2, 3, 3, 5], [1, 1, 0, 0])
    >>> curve.survival
    array([0.75, 0.5 , 0.5 ])
    >>> curve.at([4])[0]
    array([0.5])
    """
    rows = collapse(
        prepare_episodes(
            time,
            checked_binary(event, "event", length=np.size(time)).astype(np.int64),
            entry=entry,
            frequency=frequency,
            weights=weights,
            person=person,
            cluster=cluster,
            start_at=start_at,
        )
    )
    sets = build_risk_sets(rows.entry, rows.time, (rows.cause > 0) | rows.ends)
    happened = np.flatnonzero(rows.cause > 0)
    at_risk, events = sets.at_risk(rows.mass), sets.ending(rows.mass, happened)
    censored = sets.ending(rows.mass, np.flatnonzero((rows.cause == 0) & rows.ends))
    hazard = hazards(rows, sets, at_risk, events)
    survival: FloatArray = np.cumprod(1 - hazard).astype(np.float64)
    if rows.robust:
        variance = _jackknife(rows, sets, at_risk, hazard, survival)
    else:
        with np.errstate(invalid="ignore"):
            variance = survival**2 * np.cumsum(_greenwood_terms(at_risk, events, exhausted=np.inf))
    std_error = np.where(survival > 0, np.sqrt(variance), np.nan)
    few = clusters_for_t(rows.clusters, cluster_t)
    lower, upper = interval_limits(survival, std_error, interval, confidence, few)
    # Before the first event R's survfit gives 1 for both limits.
    lower, upper = np.where(survival == 1, 1.0, lower), np.where(survival == 1, 1.0, upper)
    return KaplanMeier(
        time=sets.time,
        survival=survival,
        std_error=std_error,
        lower=lower,
        upper=upper,
        at_risk=at_risk,
        events=events,
        censored=censored,
        interval=interval,
        confidence=confidence,
        origin=rows.origin,
        clusters=rows.clusters,
        notes=few_clusters_notes(rows.clusters, few),
        _rows=rows,
        _sets=sets,
    )


def hazards(rows: Episodes, sets: RiskSets, at_risk: FloatArray, events: FloatArray) -> FloatArray:
    """Share of those at risk who have the event; exactly 1 where it is all of them."""
    if np.any(rows.weight != 1):
        # Weighted sums carry rounding; whether all have the event is counted in whole rows.
        ones = np.ones(rows.time.size)
        last_event = sets.at_risk(ones) == sets.ending(ones, np.flatnonzero(rows.cause > 0))
        return np.where(last_event, 1.0, events / np.where(last_event, 1.0, at_risk))
    return events / at_risk


def _greenwood_terms(at_risk: FloatArray, events: FloatArray, exhausted: float = 0.0) -> FloatArray:
    """``d / (n (n - d))``, and `exhausted` where all those at risk have the event."""
    left = at_risk - events
    return np.where(left > 0, events / (at_risk * np.where(left > 0, left, 1.0)), exhausted)


def _jackknife(
    rows: Episodes, sets: RiskSets, at_risk: FloatArray, hazard: FloatArray, survival: FloatArray
) -> FloatArray:
    """Infinitesimal-jackknife variance of the curve: influence on S is ``-S(t) sum dM / (n (1 - h))``."""
    factor = np.where(hazard < 1, 1 / (at_risk * np.where(hazard < 1, 1 - hazard, 1.0)), 0.0)
    nothing = Integral(np.zeros(hazard.size + 1), np.zeros_like(hazard))
    by = Integral(cumulate(factor * hazard), factor)
    return influence_variance(rows, sets, [nothing], by, survival[:, None])[:, 0]


def _area_variance(
    rows: Episodes, sets: RiskSets, at_risk: FloatArray, events: FloatArray, rest: FloatArray
) -> float:
    """Infinitesimal-jackknife variance of the area under the curve; `rest` is the area after each time."""
    hazard = hazards(rows, sets, at_risk, events)
    factor = np.where(hazard < 1, rest / (at_risk * np.where(hazard < 1, 1 - hazard, 1.0)), 0.0)
    return final_variance(rows, Integral(cumulate(factor * hazard), factor).final(rows, sets))
