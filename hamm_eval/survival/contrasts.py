"""Differences between two independent groups in mean time, incidence, or time in states."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, critical_value, two_sided_p
from hamm_eval.survival.aalen_johansen import AalenJohansen
from hamm_eval.survival.kaplan_meier import KaplanMeier
from hamm_eval.survival.state_occupation import StateOccupation


class MeanDifference(NamedTuple):
    """A difference of restricted means, with a normal interval and two-sided p-value."""

    value: float
    std_error: float
    lower: float
    upper: float
    p_value: float


class IncidenceDifference(NamedTuple):
    """Differences of cumulative incidences at j times for m causes, each (j, m), with normal intervals."""

    value: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray


class TimeInStatesDifference(NamedTuple):
    """Differences of the expected time in each of s states, each (s,), with normal intervals."""

    value: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray


def rmst_difference(
    a: KaplanMeier, b: KaplanMeier, tau: float, *, confidence: float = 0.95
) -> MeanDifference:
    """Restricted mean event-free time up to `tau` in `a` minus that in `b`.

    Parameters
    ----------
    a, b : KaplanMeier
        Of groups that share no person and no cluster.
    tau : float
    confidence : float

    Returns
    -------
    MeanDifference

    Raises
    ------
    NotEstimable
        Follow-up of a group ends before `tau`.

    References
    ----------
    Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival time. BMC Medical Research Methodology
    13, 152.

    Examples
    --------
    >>> from hamm_eval.survival import kaplan_meier
    >>> a, b = kaplan_meier([2, 4, 6, 8], [1, 1, 1, 0]), kaplan_meier([1, 3, 5, 7], [1, 1, 1, 0])
    >>> round(rmst_difference(a, b, tau=6).value, 2)
    0.75
    """
    (mean_a, error_a), (mean_b, error_b) = a.rmst(tau), b.rmst(tau)
    value, error = mean_a - mean_b, float(np.hypot(error_a, error_b))
    half = critical_value(confidence) * error
    p_value = float(two_sided_p(value / error)) if error > 0 else float("nan")
    return MeanDifference(value, error, value - half, value + half, p_value)


def incidence_difference(
    a: AalenJohansen, b: AalenJohansen, times: ArrayLike, *, confidence: float = 0.95
) -> IncidenceDifference:
    """Cumulative incidences at `times` in `a` minus those in `b`.

    Parameters
    ----------
    a, b : AalenJohansen
        Of groups that share no person and no cluster, with the same number of causes.
    times : array_like, shape (j,)
    confidence : float

    Returns
    -------
    IncidenceDifference

    Raises
    ------
    InputError
        The groups have different numbers of causes.

    Examples
    --------
    >>> from hamm_eval.survival import aalen_johansen
    >>> a, b = aalen_johansen([1, 2, 3, 4], [1, 1, 0, 0]), aalen_johansen([1, 2, 3, 4], [0, 1, 0, 0])
    >>> incidence_difference(a, b, [2]).value.round(3)
    array([[0.167]])
    """
    if a.incidence.shape[1] != b.incidence.shape[1]:
        raise InputError("The groups have different numbers of causes.", where="b", todo="Give `causes`.")
    at_a, at_b = a.at(times), b.at(times)
    value, error = at_a.incidence - at_b.incidence, np.hypot(at_a.std_error, at_b.std_error)
    half = critical_value(confidence) * error
    return IncidenceDifference(value, error, value - half, value + half)


def time_in_states_difference(
    a: StateOccupation, b: StateOccupation, tau: float, *, confidence: float = 0.95
) -> TimeInStatesDifference:
    """Expected time in each state up to `tau` in `a` minus that in `b`: the excess time in each state.

    Parameters
    ----------
    a, b : StateOccupation
        Of groups that share no person, with the same states and the same origin.
    tau : float
    confidence : float

    Returns
    -------
    TimeInStatesDifference

    Raises
    ------
    InputError
        The groups have different states or origins.
    NotEstimable
        Follow-up of a group ends before `tau`.

    Examples
    --------
    >>> from hamm_eval.survival import state_occupation
    >>> a = state_occupation([1, 2], [0, 0], [2, 4], ["x", "x"], ["y", None], states="xy")
    >>> b = state_occupation([1, 2], [0, 0], [4, 4], ["x", "x"], ["y", None], states="xy")
    >>> time_in_states_difference(a, b, tau=4).value
    array([-1.,  1.])
    """
    if a.states != b.states or a.origin != b.origin:
        raise InputError("The groups have different states or origins.", where="b")
    of_a, of_b = a.expected_time(tau), b.expected_time(tau)
    value, error = of_a.value - of_b.value, np.hypot(of_a.std_error, of_b.std_error)
    half = critical_value(confidence) * error
    return TimeInStatesDifference(value, error, value - half, value + half)
