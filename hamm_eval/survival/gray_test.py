"""Gray's test: do groups have the same cumulative incidence of one cause?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, labels_to_codes
from hamm_eval.survival.causes import checked_causes
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.influence import ROUNDING
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.risk_sets import build_risk_sets
from hamm_eval.survival.score_test import scaled_quadratic_form


@dataclass(frozen=True, slots=True, eq=False)
class GrayTest:
    """Test of equal incidences of one cause in g groups.

    Attributes
    ----------
    statistic : float
    dof : int
        Groups at risk when events of the cause happen, less one.
    p_value : float
    groups : ndarray, shape (g,)
    observed, expected : ndarray, shape (g,)
        Events of the cause, and those expected if all groups had one subdistribution hazard.
    """

    statistic: float
    dof: int
    p_value: float
    groups: NDArray[Any]
    observed: FloatArray
    expected: FloatArray

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


@dataclass(frozen=True, slots=True)
class _Counts:
    """By event time and group, shape (k, g): events of the cause and of others, at risk, curves."""

    own: FloatArray
    other: FloatArray
    at_risk: FloatArray
    free_before: FloatArray
    free: FloatArray
    incidence_before: FloatArray


def gray_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: ArrayLike,
    *,
    of: int = 1,
    causes: int | None = None,
    entry: ArrayLike | None = None,
) -> GrayTest:
    r"""Test whether groups have the same cumulative incidence of one cause, others competing.

    It compares subdistribution hazards with the weight 1 at all times (Gray's rho = 0):

    .. math:: U_g = \sum_u d_{gu} - d_u \frac{R_{gu}}{\sum_h R_{hu}}, \qquad
        R_{gu} = n_{gu} \frac{1 - \hat F_g(u-)}{\hat S_g(u-)},

    with :math:`d_{gu}` events of the cause in group g at u, :math:`n_{gu}` at risk, :math:`\hat F_g` the
    incidence of the cause and :math:`\hat S_g` the probability of no event of any. The statistic is
    :math:`U' V^- U`, V Gray's variance, with groups - 1 degrees of freedom. With `entry` the
    number that would be at risk had nobody left, ``n(t) / S(t-)``, is taken from the product-limit estimate
    with late entry; the variance is that of the same martingales.

    Parameters
    ----------
    time : array_like, shape (n,)
        End of follow-up, in any one unit; one row a person.
    cause : array_like of int, shape (n,)
        0 = censored at `time`, 1..m = event of that cause.
    group : array_like, shape (n,)
    of : int
        The cause compared.
    causes : int, optional
        Number of causes m, as declared; None: the largest code, and each code below it must occur. Give it
        where these rows may lack a cause.
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`, in the same unit.

    Returns
    -------
    GrayTest

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, codes that are no whole numbers from 0, exceed
        `causes` or leave a gap; an `of` that is no cause; missing labels.
    NotEstimable
        No event of this cause; fewer than two groups at risk when such events happen, or some that are never
        at risk together then; with late entry: a group dies out before others of it enter.

    References
    ----------
    Gray, R. J. (1988). A class of K-sample tests for comparing the cumulative incidence of a competing risk.
    Annals of Statistics 16, 1141-1154.

    Examples
    --------
    >>> test = gray_test([1, 3, 5, 2, 4, 6], [1, 2, 1, 1, 1, 0], ["a", "a", "a", "b", "b", "b"])
    >>> round(test.statistic, 4), test.dof
    (0.0035, 1)
    """
    end, begin = checked_times(time, entry)
    codes, _ = checked_causes(cause, causes, length=end.size, of=of)
    member, labels = labels_to_codes(group, "group", length=end.size)
    if not np.any(codes == of):
        raise NotEstimable("There is no event of this cause.", where="cause")
    counts = _count(end, begin, codes == of, (codes > 0) & (codes != of), member, labels.size)
    present = counts.at_risk > 0
    if np.any(present & (counts.free_before <= 0)):
        raise NotEstimable(
            "In a group all those observed early on have an event before others enter: who stays at risk "
            "then cannot be estimated.",
            where="entry",
            todo="Condition on being event-free at a later time.",
        )
    before = np.where(present, counts.free_before, 1.0)
    # Who would be at risk had nobody left, and who counts as at risk of the subdistribution.
    whole = np.where(present, counts.at_risk / before, 0.0)
    staying = whole * (1 - counts.incidence_before)
    own = counts.own.sum(axis=1)
    expected = staying * (own / staying.sum(axis=1))[:, None]
    difference = (counts.own - expected).sum(axis=0)
    variance, scale = _variance(counts, whole, own, present)
    used = np.flatnonzero(expected.sum(axis=0) > 0)
    if used.size < 2:
        raise NotEstimable("Fewer than two groups are at risk when events happen.", where="group")
    statistic, dof = scaled_quadratic_form(difference, variance, scale)
    # The differences sum to 0: one group is redundant, and no more.
    if dof < used.size - 1:
        raise NotEstimable(
            "Some groups are never at risk together when events happen, or all persons of a group have the "
            "event at one time: nothing tells how their incidences differ.",
            where="group",
            todo="Compare groups that are observed at the same times.",
        )
    return GrayTest(
        statistic=statistic,
        dof=dof,
        p_value=float(special.chdtrc(dof, statistic)),
        groups=labels,
        observed=counts.own.sum(axis=0),
        expected=expected.sum(axis=0),
    )


def _count(
    end: FloatArray,
    begin: FloatArray | None,
    own: NDArray[np.bool_],
    other: NDArray[np.bool_],
    member: NDArray[np.int64],
    groups: int,
) -> _Counts:
    """Events, risk sets and curves of each group on the grid of all event times."""
    sets = build_risk_sets(begin, end, own | other)
    belongs = (member[:, None] == np.arange(groups)).astype(np.float64)
    at_risk = sets.at_risk(belongs)
    by_cause = [sets.ending(belongs, np.flatnonzero(which)) for which in (own, other)]
    among = np.maximum(at_risk, 1)
    free: FloatArray = np.cumprod(1 - (by_cause[0] + by_cause[1]) / among, axis=0).astype(np.float64)
    free_before = np.vstack([np.ones(groups), free[:-1]])
    incidence = np.cumsum(free_before * by_cause[0] / among, axis=0)
    incidence_before = np.vstack([np.zeros(groups), incidence[:-1]])
    # Nobody at risk before the first entry of a group, nor after it has died out: no event, no step.
    return _Counts(by_cause[0], by_cause[1], at_risk, free_before, free, incidence_before)


def _variance(
    counts: _Counts, whole: FloatArray, own: FloatArray, present: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Variance of the differences between observed and expected events, shape (g, g).

    And its diagonal with sizes in place of signed terms, shape (g,): where the terms cancel, what is left
    beside it is rounding.
    """
    total = whole.sum(axis=1)
    share = whole / total[:, None]
    pooled = np.cumsum(own / total)
    pooled_before = np.concatenate([[0.0], pooled[:-1]])
    # a(t): how one more event of a group moves the differences; c(t): the same through all later risk sets.
    a = -whole[:, :, None] * share[:, None, :] + np.einsum("ti,ij->tij", whole, np.eye(whole.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(own > 0, own / (total * (1 - pooled_before)), 0.0)
        rest = np.where(counts.free > 0, (1 - pooled)[:, None] / counts.free, 0.0)
    c = np.cumsum(a * growth[:, None, None], axis=0)
    at_risk = np.where(present, counts.at_risk, 1.0)
    # Ties among those at risk, as the hypergeometric variance has them.
    tied = _tied(own[:, None], total[:, None] * counts.free_before)
    weight_own = np.where(present, tied * counts.free_before * (own / total)[:, None] / at_risk, 0.0)
    tied = _tied(counts.other, counts.at_risk)
    usable = present & (counts.free > 0)
    weight_other = np.where(usable, tied * counts.free_before**2 * counts.other / at_risk**2, 0.0)
    lost = np.where(counts.free > 0, 1 - rest, 1.0)
    parts = ((a - lost[:, None, :] * c, lost, weight_own), (rest[:, None, :] * c, -rest, weight_other))
    final = c[-1]
    variance, scale = np.zeros_like(final), np.zeros(final.shape[0])
    for moved, later, weight in parts:
        # A jump of group k moves the differences by `moved` now and by `later` times the final c in the end.
        effect = moved + later[:, None, :] * final[None, :, :]
        variance += np.einsum("tik,tjk,tk->ij", effect, effect, weight)
        size = np.abs(moved) + np.abs(later[:, None, :] * final[None, :, :])
        scale += np.einsum("tik,tik,tk->i", size, size, np.abs(weight))
    return variance, scale


def _tied(events: FloatArray, at_risk: FloatArray) -> FloatArray:
    """Share of the variance left by `events` at one time among those at risk: 1 for a single one."""
    several = events > 1
    left = np.where(several, 1 - (events - 1) / np.where(several, at_risk - 1, 1.0), 1.0)
    # Where all have the event nothing is left, but for rounding in a number at risk that is estimated.
    return np.where(np.abs(left) > ROUNDING, left, 0.0)
