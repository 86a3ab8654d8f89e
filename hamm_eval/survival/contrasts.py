"""Differences between two independent groups in mean time, incidence, or time in states."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray
from hamm_eval.survival.aalen_johansen import AalenJohansen
from hamm_eval.survival.clusters import difference_dof, difference_notes, t_values
from hamm_eval.survival.kaplan_meier import KaplanMeier
from hamm_eval.survival.state_occupation import StateOccupation


class MeanDifference(NamedTuple):
    """A difference of restricted means, with interval and two-sided p-value."""

    value: float
    std_error: float
    lower: float
    upper: float
    p_value: float
    notes: tuple[str, ...] = ()


class IncidenceDifference(NamedTuple):
    """Differences of cumulative incidences at j times for m causes, each (j, m), with intervals."""

    value: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    notes: tuple[str, ...] = ()


class TimeInStatesDifference(NamedTuple):
    """Differences of the expected time in each of s states, each (s,), with intervals."""

    value: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    notes: tuple[str, ...] = ()


def rmst_difference(
    a: KaplanMeier,
    b: KaplanMeier,
    tau: float,
    *,
    confidence: float = 0.95,
    cluster_t: bool | None = False,
) -> MeanDifference:
    r"""Restricted mean event-free time up to `tau` in `a` minus that in `b`.

    :math:`\int_o^\tau \hat S_a(u) - \hat S_b(u)\, du` from the common origin o on; its variance is the sum of
    those of the two means.

    Parameters
    ----------
    a, b : KaplanMeier
        Of groups that share no person and no cluster, with the same origin.
    tau : float
        In the unit of time of the curves, as are value, error and limits.
    confidence : float
    cluster_t : bool, optional
        Whether intervals take Student's t where a group has clusters, with Satterthwaite's degrees of freedom
        from clusters - 1 in each; None: where a group has fewer than 40.

    Returns
    -------
    MeanDifference

    Raises
    ------
    InputError
        The groups have different origins.
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
    _refuse_other_origin(a, b)
    (mean_a, error_a), (mean_b, error_b) = a.rmst(tau), b.rmst(tau)
    value, error = mean_a - mean_b, float(np.hypot(error_a, error_b))
    dof = difference_dof(a.clusters, b.clusters, error_a, error_b, cluster_t)
    half = float(t_values(confidence, dof) * error)
    p_value = float("nan")
    if error > 0:
        p_value = float(2 * special.stdtr(dof, -abs(value / error)))
    notes = difference_notes(a.clusters, b.clusters, cluster_t)
    return MeanDifference(value, error, value - half, value + half, p_value, notes)


def incidence_difference(
    a: AalenJohansen,
    b: AalenJohansen,
    times: ArrayLike,
    *,
    confidence: float = 0.95,
    cluster_t: bool | None = False,
) -> IncidenceDifference:
    r"""Cumulative incidences at `times` in `a` minus those in `b`.

    :math:`\hat F_{ca}(t) - \hat F_{cb}(t)` of each cause c; its variance is the sum of those of the two.

    Parameters
    ----------
    a, b : AalenJohansen
        Of groups that share no person and no cluster, with the same number of causes and the same origin.
    times : array_like, shape (j,)
        In the unit of time of the curves.
    confidence : float
    cluster_t : bool, optional
        Whether intervals take Student's t where a group has clusters, with Satterthwaite's degrees of freedom
        from clusters - 1 in each; None: where a group has fewer than 40.

    Returns
    -------
    IncidenceDifference

    Raises
    ------
    InputError
        The groups have different numbers of causes, or different origins.

    References
    ----------
    Zhang, M.-J. and Fine, J. (2008). Summarizing differences in cumulative incidence functions. Statistics in
    Medicine 27, 4939-4949.

    Examples
    --------
    >>> from hamm_eval.survival import aalen_johansen
    >>> a, b = aalen_johansen([1, 2, 3, 4], [1, 1, 0, 0]), aalen_johansen([1, 2, 3, 4], [0, 1, 0, 0])
    >>> incidence_difference(a, b, [2]).value.round(3)
    array([[0.167]])
    """
    if a.incidence.shape[1] != b.incidence.shape[1]:
        raise InputError("The groups have different numbers of causes.", where="b", todo="Give `causes`.")
    _refuse_other_origin(a, b)
    at_a, at_b = a.at(times), b.at(times)
    value, error = at_a.incidence - at_b.incidence, np.hypot(at_a.std_error, at_b.std_error)
    half = (
        t_values(
            confidence, difference_dof(a.clusters, b.clusters, at_a.std_error, at_b.std_error, cluster_t)
        )
        * error
    )
    notes = difference_notes(a.clusters, b.clusters, cluster_t)
    return IncidenceDifference(value, error, value - half, value + half, notes)


def time_in_states_difference(
    a: StateOccupation,
    b: StateOccupation,
    tau: float,
    *,
    confidence: float = 0.95,
    cluster_t: bool | None = False,
) -> TimeInStatesDifference:
    r"""Expected time in each state up to `tau` in `a` minus that in `b`: the excess time in each state.

    :math:`\int_o^\tau \hat p_{ja}(u) - \hat p_{jb}(u)\, du` of each state j from the common origin o on; its
    variance is the sum of those of the two.

    Parameters
    ----------
    a, b : StateOccupation
        Of groups that share no person and no cluster, with the same states and the same origin.
    tau : float
        In the unit of time of the curves, as are value, error and limits.
    confidence : float
    cluster_t : bool, optional
        Whether intervals take Student's t where a group has clusters, with Satterthwaite's degrees of freedom
        from clusters - 1 in each; None: where a group has fewer than 40.

    Returns
    -------
    TimeInStatesDifference

    Raises
    ------
    InputError
        The groups have different states or origins.
    NotEstimable
        Follow-up of a group ends before `tau`.

    References
    ----------
    Andersen, P. K. (2013). Decomposition of number of life years lost according to causes of death.
    Statistics in Medicine 32, 5278-5285 (areas under state probabilities, and their differences).

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
    half = (
        t_values(
            confidence, difference_dof(a.clusters, b.clusters, of_a.std_error, of_b.std_error, cluster_t)
        )
        * error
    )
    notes = difference_notes(a.clusters, b.clusters, cluster_t)
    return TimeInStatesDifference(value, error, value - half, value + half, notes)


def _refuse_other_origin(a: KaplanMeier | AalenJohansen, b: KaplanMeier | AalenJohansen) -> None:
    """Refuse curves that are conditional on being event-free at different times."""
    if a.origin != b.origin:
        raise InputError(
            "The groups have different origins: their curves are conditional on different things.",
            where="b",
            todo="Give both the same `start_at`.",
        )
