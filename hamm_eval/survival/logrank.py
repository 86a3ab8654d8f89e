"""Are the hazards of groups the same? The log-rank test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, checked_binary, labels_to_codes
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.risk_sets import build_risk_sets
from hamm_eval.survival.score_test import scaled_quadratic_form


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """A log-rank test of G groups.

    Attributes
    ----------
    statistic : float
        Chi-squared with `dof` degrees of freedom.
    dof : int
        Groups that are at risk when events happen less one; less the number of sets of groups that meet.
    p_value : float
    groups : ndarray, shape (G,)
    observed, expected : ndarray, shape (G,)
        Events in each group, and those expected under equal hazards.
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


def logrank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> LogRank:
    r"""Test whether groups have the same hazard, within strata where given.

    With :math:`n_{gu}` of the :math:`n_u` at risk at time u being of group g, and :math:`d_u` events,

    .. math:: U_g = \sum_u d_{gu} - d_u \frac{n_{gu}}{n_u}, \qquad
        V_{gh} = \sum_u d_u \frac{n_u - d_u}{n_u - 1} \frac{n_{gu}}{n_u}
        \Bigl(1_{g = h} - \frac{n_{hu}}{n_u}\Bigr),

    summed over strata too, and the statistic is :math:`U' V^- U` with the rank of V as degrees of freedom:
    the number of groups less one. Groups that are never at risk together when events happen (of disjoint
    strata, or entry windows) cannot be compared: where they fall into s sets that never meet, the statistic
    is the sum of those of the sets, and its degrees of freedom are groups less s.

    Parameters
    ----------
    time : array_like, shape (n,)
        End of follow-up, in any one unit.
    event : array_like, shape (n,)
        1 = event at `time`, 0 = censored.
    group : array_like, shape (n,)
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`, in the same unit.
    strata : array_like, shape (n,), optional

    Returns
    -------
    LogRank

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, events other than 0 and 1, missing labels.
    NotEstimable
        Fewer than two groups with persons at risk when events happen; no two that are at risk together.

    References
    ----------
    Mantel, N. (1966). Evaluation of survival data and two new rank order statistics arising in its
    consideration. Cancer Chemotherapy Reports 50, 163-170.

    Examples
    --------
    >>> test = logrank([1, 3, 5, 2, 4, 6], [1, 1, 1, 1, 1, 0], ["a", "a", "a", "b", "b", "b"])
    >>> round(test.statistic, 4), test.dof
    (0.4849, 1)
    """
    end, begin = checked_times(time, entry)
    happened = checked_binary(event, "event", length=end.size)
    codes, labels = labels_to_codes(group, "group", length=end.size)
    stratum = None if strata is None else labels_to_codes(strata, "strata", length=end.size)[0]
    if not happened.any():
        raise NotEstimable("There is no event.", where="event")
    sets = build_risk_sets(begin, end, happened == 1, stratum)
    member = (codes[:, None] == np.arange(labels.size)).astype(np.float64)
    at_risk = sets.at_risk(member)
    by_group = sets.ending(member, np.flatnonzero(happened == 1))
    n, d = at_risk.sum(axis=1), by_group.sum(axis=1)
    share = at_risk / n[:, None]
    observed, expected = by_group.sum(axis=0), d @ share
    # A lone person at risk adds no variance.
    size = d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag(size @ share) - share.T @ (size[:, None] * share)
    if np.count_nonzero(expected > 0) < 2:
        raise NotEstimable("Fewer than two groups are at risk when events happen.", where="group")
    statistic, dof = scaled_quadratic_form(observed - expected, variance, size @ share)
    if not dof:
        raise NotEstimable("The groups are never at risk together when events happen.", where="group")
    return LogRank(statistic, dof, float(special.chdtrc(dof, statistic)), labels, observed, expected)
