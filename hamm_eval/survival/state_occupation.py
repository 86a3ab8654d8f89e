"""Probability of being in each of several states over time, states being entered and left again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_number,
    checked_points,
    checked_vector,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
)
from hamm_eval.survival.intervals import Interval, interval_limits, refuse_interval
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.risk_sets import RiskSets, build_risk_sets
from hamm_eval.survival.state_rows import StateRows, checked_state_rows, checked_states

if TYPE_CHECKING:
    import pandas as pd


class ProbabilityAt(NamedTuple):
    """State probabilities at j times with standard errors and pointwise limits, each (j, s)."""

    probability: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray


class TimeInStates(NamedTuple):
    """Expected time in each of s states, its standard error and plain limits, each (s,)."""

    value: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class StateOccupation:
    """Probabilities of s states at k times.

    Attributes
    ----------
    states : tuple
    time : ndarray, shape (k,)
        All distinct ends of rows.
    probability, std_error : ndarray, shape (k, s)
        Each row of `probability` sums to 1; the standard error is the infinitesimal jackknife over
        persons, or over clusters where they are given.
    at_risk : ndarray, shape (k, s)
        Persons (weights) in each state just before each time.
    transitions : ndarray, shape (s, s)
        Rows that went from one state (row) to another (column).
    censored : ndarray, shape (s,)
        Persons seen last in each state without leaving it.
    initial : ndarray, shape (s,)
        Distribution at the origin.
    origin : float
        First time at which anybody is at risk.
    interval : str
    confidence : float
    clusters : int or None
        Number of clusters, where they were given.
    notes : tuple of str
        What a reader of the intervals has to know, as that clusters are few.
    """

    states: tuple[Any, ...]
    time: FloatArray
    probability: FloatArray
    std_error: FloatArray
    at_risk: FloatArray
    transitions: IntArray
    censored: IntArray
    initial: FloatArray
    origin: float
    interval: str
    confidence: float
    clusters: int | None
    notes: tuple[str, ...]
    _few: int | None = field(repr=False)
    _rows: StateRows = field(repr=False)
    _estimated: bool = field(repr=False)

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def at(self, times: ArrayLike) -> ProbabilityAt:
        """Probabilities, standard errors and limits at `times`, each of shape (j, s).

        Values beyond the last observation are carried forward; before the origin they are NaN, as are the
        limits of a transformed interval where the probability is 0 or 1.

        Parameters
        ----------
        times : array_like, shape (j,)

        Returns
        -------
        ProbabilityAt
        """
        asked = checked_points(times, "times")
        where = np.searchsorted(self.time, asked, side="right")
        unknown = (asked < self.origin)[:, None]
        first = _start(self._rows, self.initial, self._estimated, self.origin)
        error = np.sqrt(_variance(self._rows, first))
        probability = np.where(unknown, np.nan, np.vstack([self.initial, self.probability])[where])
        std_error = np.where(unknown, np.nan, np.vstack([error, self.std_error])[where])
        limits = interval_limits(probability, std_error, self.interval, self.confidence, self._few)
        return ProbabilityAt(probability, std_error, *limits)

    def expected_time(self, tau: float) -> TimeInStates:
        """Expected time in each state from the origin to `tau`: the areas under the curves.

        Parameters
        ----------
        tau : float

        Returns
        -------
        TimeInStates
            The values sum to ``tau - origin``.

        Raises
        ------
        NotEstimable
            Follow-up ends before `tau`, or `tau` lies before the origin.
        """
        if not self.origin < checked_number(tau, "tau") <= self.time[-1]:
            raise NotEstimable("Must lie within the follow-up.", where="tau")
        value, last = np.zeros(len(self.states)), self.origin
        influence = np.zeros((self._rows.weight.size, len(self.states)))
        step = _Step(
            self.origin, self.initial, _start(self._rows, self.initial, self._estimated, self.origin)
        )
        for following in _steps(self._rows, self.initial, self._estimated, self.origin):
            length = min(following.time, tau) - last
            value, influence = value + length * step.probability, influence + length * step.influence
            step, last = following, min(following.time, tau)
            if following.time >= tau:
                break
        std_error = np.sqrt(_variance(self._rows, influence))
        reach = critical_value(self.confidence, self._few) * std_error
        return TimeInStates(value, std_error, value - reach, value + reach)

    def to_frame(self) -> pd.DataFrame:
        """The curves as a table, one row per time and state."""
        import pandas as pd

        k, s = self.probability.shape
        keys = {"time": np.repeat(self.time, s), "state": list(self.states) * k}
        columns = ("probability", "std_error", "at_risk")
        return pd.DataFrame(keys | {name: getattr(self, name).ravel() for name in columns})


def state_occupation(
    person: ArrayLike,
    start: ArrayLike,
    stop: ArrayLike,
    from_state: ArrayLike,
    to_state: ArrayLike,
    *,
    states: Sequence[Any],
    initial: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
    interval: Interval = "log-log",
    cluster_t: bool | None = False,
) -> StateOccupation:
    r"""Estimate :math:`\hat p(t) = \hat p(0) \prod_{u \le t} (I + d\hat A(u))` (Aalen-Johansen).

    Rows are ``(start, stop]`` in one state; a transition at t precedes a censoring at t, and who enters a
    state at t is not yet at risk of leaving it at t. States may be entered again. For state *occupation*
    nothing is assumed about the past, provided that censoring does not depend on it; read as *transition*
    probabilities, from an `initial` state, the process must be Markov.

    Parameters
    ----------
    person : array_like, shape (n,)
    start, stop : array_like, shape (n,)
    from_state : array_like, shape (n,)
        State of the row, one of `states`.
    to_state : array_like, shape (n,)
        State entered at `stop`; the row's own state, or None, NaN, ``""`` or ``"censored"``, where none is.
    states : sequence
        All states, in the order of the results.
    initial : array_like, shape (s,), optional
        Distribution over the states at the origin, the earliest start. None: as observed there, which needs
        that everybody is observed from the origin on; it is then estimated, and its variance counted.
    weights : array_like, shape (n,), optional
        Sampling or probability weights, the same in all rows of a person (treated as known).
    cluster : array_like, shape (n,), optional
        Units that are independent of each other, such as households; the same in all rows of a person. R's
        ``survfit`` (survival 3.5.3) ignores them for several states.
    confidence : float
    interval : "log-log", "log" or "plain"
        Of `at`; those of expected times are plain.
    cluster_t : bool, optional
        Whether intervals of clustered curves are those of Student's t with clusters - 1 degrees of freedom;
        None: with fewer than 40 clusters. False is R's convention. The standard errors have no small-sample
        factor in any case.

    Returns
    -------
    StateOccupation

    Raises
    ------
    InputError
        Missing or negative times, ``start >= stop``, states that are not named; weights or clusters that
        differ within a person; rows of a person that
        overlap, jump (begin in another state than was entered) or teleport (the same after a gap); late entry
        without `initial`; an `initial` that is no distribution.
    NotEstimable
        All weights are zero; one cluster.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains
    based on censored observations. Scandinavian J. of Statistics 5, 141-150. Datta, S. and Satten, G. A.
    (2001). Validity of the Aalen-Johansen estimators of stage occupation probabilities and Nelson-Aalen
    estimators of integrated transition hazards for non-Markov models. Statistics and Probability Letters 55,
    403-411.

    Examples
    --------
    >>> curves = state_occupation(
    ...     [1, 1, 2, 3], [0, 2, 0, 0], [2, 5, 4, 3], ["a", "b", "a", "a"], ["b", "a", "b", None], states="ab"
    ... )
    >>> curves.at([2, 4]).probability.round(3)
    array([[0.667, 0.333],
           [0.   , 1.   ]])
    """
    names = checked_states(states)
    rows = checked_state_rows(person, start, stop, from_state, to_state, names, weights, cluster)
    few = clusters_for_t(rows.clusters, cluster_t)
    # Before the long computation, not after it.
    refuse_interval(interval)
    critical_value(confidence, few)
    origin = float(rows.start.min())
    begin = _initial(rows, initial, len(names), origin)
    steps = list(_variances(rows, begin, initial is None, origin))
    moved = rows.moved
    transitions = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(transitions, (rows.state[moved], rows.to[moved]), 1)
    ended = ~moved & ~rows.goes_on
    return StateOccupation(
        states=names,
        time=np.array([step.time for step in steps]),
        probability=np.array([step.probability for step in steps]),
        std_error=np.sqrt([step.variance for step in steps]),
        at_risk=_at_risk(rows, len(names))[1],
        transitions=transitions,
        censored=np.bincount(rows.state[ended], minlength=len(names)),
        initial=begin,
        origin=origin,
        interval=interval,
        confidence=confidence,
        clusters=rows.clusters,
        notes=few_clusters_notes(rows.clusters, few),
        _few=few,
        _rows=rows,
        _estimated=initial is None,
    )


class _Step(NamedTuple):
    """Probabilities (s,) at a time, and the influence (m, s) of each person on them, per unit of weight."""

    time: float
    probability: FloatArray
    influence: FloatArray


class _Variance(NamedTuple):
    """Probabilities and variances (s,) at a time."""

    time: float
    probability: FloatArray
    variance: FloatArray


def _variances(rows: StateRows, initial: FloatArray, estimated: bool, origin: float) -> Iterator[_Variance]:
    """What is kept of each step; influences of all times together would not fit into memory."""
    for step in _steps(rows, initial, estimated, origin):
        yield _Variance(step.time, step.probability, _variance(rows, step.influence))


def _variance(rows: StateRows, influence: FloatArray) -> FloatArray:
    """Infinitesimal jackknife (s,): squared sums of the weighted influences (m, s) within clusters."""
    if rows.cluster is None:
        return np.asarray(rows.weight**2 @ influence**2)
    weighted = influence * rows.weight[:, None]
    sums = np.column_stack([np.bincount(rows.cluster, weights=column) for column in weighted.T])
    return np.asarray((sums**2).sum(axis=0))


def _initial(rows: StateRows, initial: ArrayLike | None, size: int, origin: float) -> FloatArray:
    """The distribution at the origin, given or observed."""
    first = np.append(True, rows.person[1:] != rows.person[:-1])
    if initial is None:
        if np.any(rows.start[first] > origin):
            raise InputError(
                "Some persons enter after the origin: who was in which state then cannot be seen.",
                where="initial",
                todo="Give the shares of the states at the earliest start, or leave late entries out.",
            )
        mass = np.bincount(rows.state[first], weights=rows.weight, minlength=size)
        return np.asarray(mass / mass.sum(), dtype=np.float64)
    given = checked_vector(initial, "initial", length=size)
    if np.any(given < 0) or not np.isclose(given.sum(), 1.0, rtol=0, atol=1e-9):
        raise InputError("Must be shares that sum to 1, one a state.", where="initial")
    return given


def _start(rows: StateRows, initial: FloatArray, estimated: bool, origin: float) -> FloatArray:
    """Influence (m, s) of each person on the distribution at the origin: none where that is given."""
    influence = np.zeros((rows.weight.size, initial.size))
    if estimated:
        first = np.append(True, rows.person[1:] != rows.person[:-1])
        influence[rows.person[first], rows.state[first]] = 1.0
        influence = (influence - initial) / rows.weight.sum()
    return influence


def _at_risk(rows: StateRows, size: int) -> tuple[RiskSets, FloatArray]:
    """Grid of all ends of rows, and the weight in each state just before each of them, shape (k, s)."""
    sets = build_risk_sets(rows.start, rows.stop, np.ones(rows.stop.size, dtype=bool))
    within = (rows.state[:, None] == np.arange(size)) * rows.weight[rows.person][:, None]
    return sets, sets.at_risk(within)


def _steps(rows: StateRows, initial: FloatArray, estimated: bool, origin: float) -> Iterator[_Step]:
    """Carry probabilities and influences from one end of rows to the next.

    The influence of a person on p(t) is that on p(t-) carried on by ``I + dA(t)``, plus, where the person is
    at risk in state j, ``p_j(t-) / n_j`` times the martingale increment, the transition made less the
    hazards.
    """
    size = initial.size
    sets, at_risk = _at_risk(rows, size)
    mass = rows.weight[rows.person]
    by_end = np.argsort(sets.own, kind="stable")
    end_of = np.searchsorted(sets.own[by_end], np.arange(sets.size + 1))
    by_begin = np.argsort(sets.first, kind="stable")
    begin_of = np.searchsorted(sets.first[by_begin], np.arange(sets.size + 1))
    probability, influence = initial, _start(rows, initial, estimated, origin)
    # The state in which each person is at risk now; `size`, whose hazards are 0, where in none.
    now = np.full(rows.weight.size, size)
    for j in range(sets.size):
        coming = by_begin[begin_of[j] : begin_of[j + 1]]
        now[rows.person[coming]] = rows.state[coming]
        ending = by_end[end_of[j] : end_of[j + 1]]
        going = ending[rows.moved[ending] & (mass[ending] > 0)]
        if going.size:
            origins, goals = rows.state[going], rows.to[going]
            hazard = np.zeros((size, size))
            np.add.at(hazard, (origins, goals), mass[going] / at_risk[j, origins])
            hazard[np.diag_indices(size)] -= hazard.sum(axis=1)
            reach = np.where(at_risk[j] > 0, probability / np.where(at_risk[j] > 0, at_risk[j], 1.0), 0.0)
            influence = influence + influence @ hazard
            influence -= np.vstack([reach[:, None] * hazard, np.zeros(size)])[now]
            who = rows.person[going]
            influence[who, goals] += reach[origins]
            influence[who, origins] -= reach[origins]
            probability = probability + probability @ hazard
        now[rows.person[ending]] = size
        yield _Step(float(sets.time[j]), probability, influence)
