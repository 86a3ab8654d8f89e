"""Probability of being in each of several states over time, states being entered and left again."""

from __future__ import annotations

from collections.abc import Sequence
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
    sum_by,
)
from hamm_eval.survival.intervals import Interval, interval_limits, refuse_interval
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.state_changes import StateGrid, state_grid
from hamm_eval.survival.state_influence import carry_states
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
    _grid: StateGrid = field(repr=False)
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
        first = _start(self._grid.rows, self.initial, self._estimated)
        error = np.sqrt((first**2).sum(axis=0))
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
        begins = np.append(self.origin, self.time)
        lengths = np.diff(np.minimum(np.append(begins, np.inf), tau))
        start = _start(self._grid.rows, self.initial, self._estimated)
        curves = carry_states(self._grid, self.initial, start, lengths)
        value = lengths @ np.vstack([self.initial, self.probability])
        std_error = np.sqrt(curves.time_variance)
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

    The cost of the standard error, clustered or not, is about linear in the rows, however many distinct times
    they end at. What bounds it is how fast states turn over: whenever a state has lost three tenths of those
    at risk, all persons or clusters still followed are looked at once. That is a dozen or two times; it is
    often only where a state is nearly empty all the time while many pass through it.

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
    rows, times = checked_state_rows(person, start, stop, from_state, to_state, names, weights, cluster)
    few = clusters_for_t(rows.clusters, cluster_t)
    # Before the long computation, not after it.
    refuse_interval(interval)
    critical_value(confidence, few)
    origin = float(times.start.min())
    begin = _initial(rows, times.start, initial, len(names))
    grid = state_grid(rows, times, len(names))
    # As large as two of the columns given.
    del times
    curves = carry_states(grid, begin, _start(rows, begin, initial is None))
    moved = rows.moved
    transitions = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(transitions, (rows.state[moved], rows.to[moved]), 1)
    ended = ~moved & ~rows.goes_on
    return StateOccupation(
        states=names,
        time=grid.sets.time,
        probability=curves.probability,
        std_error=np.sqrt(curves.variance),
        at_risk=grid.at_risk,
        transitions=transitions,
        censored=np.bincount(rows.state[ended], minlength=len(names)),
        initial=begin,
        origin=origin,
        interval=interval,
        confidence=confidence,
        clusters=rows.clusters,
        notes=few_clusters_notes(rows.clusters, few),
        _few=few,
        _grid=grid,
        _estimated=initial is None,
    )


def _initial(rows: StateRows, begin: FloatArray, initial: ArrayLike | None, size: int) -> FloatArray:
    """The distribution at the origin, given or observed."""
    first = np.append(True, rows.person[1:] != rows.person[:-1])
    if initial is None:
        if np.any(begin[first] > begin.min()):
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


def _start(rows: StateRows, initial: FloatArray, estimated: bool) -> FloatArray:
    """Weighted influence (m, s) of each unit on the distribution at the origin: none where that is given."""
    units, size = int(rows.unit.max()) + 1, initial.size
    if not estimated:
        return np.zeros((units, size))
    first = np.append(True, rows.person[1:] != rows.person[:-1])
    cell = rows.unit * size + rows.state[first]
    inside = np.bincount(cell, weights=rows.weight, minlength=units * size).reshape(units, size)
    return np.asarray((inside - np.outer(sum_by(rows.unit, rows.weight, units), initial)) / rows.weight.sum())
