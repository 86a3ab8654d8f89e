"""Fit the proportional subdistribution hazards model of Fine and Gray."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival.causes import checked_causes
from hamm_eval.survival.clusters import count_clusters, read_clusters, refuse_fewer_clusters
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.cox_fit import CoxRows, fit_cox
from hamm_eval.survival.cox_model import Cox
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.subdistribution import subdistribution_risk_sets


def fine_gray(
    time: ArrayLike,
    cause: ArrayLike,
    covariates: Any,
    *,
    of: int = 1,
    causes: int | None = None,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    confidence: float = 0.95,
    cluster_t: bool | None = False,
) -> Cox:
    r"""Fit :math:`1 - F_c(t | x) = (1 - F_c(t))^{\exp(x' \beta)}`, the incidence of one cause.

    A positive coefficient says that the incidence is higher, at all times; its size is no rate and no risk
    ratio: who left by a competing event counts as still able to have the event. Read it beside the
    cause-specific hazard ratios (`cox`), of this cause and of those that compete. Covariates are those of the
    beginning: one that changes has no value after a competing event.

    Persons have one row each, ``(entry, time]``. After a competing event they stay in the risk sets with the
    weight :math:`G(t-) H(t-) / G(T-) H(T-)`, G the Kaplan-Meier estimate of not being censored and H, with
    late entry, the product-limit estimate of having entered. Ties are R survival's: events at t precede
    censorings at t. The standard errors are the Lin-Wei sandwich over persons or clusters, the weights taken
    as known, as with R's ``finegray`` and ``coxph``; ``cmprsk::crr`` adds the estimation of G, which changes
    the third digit.

    Parameters
    ----------
    time : array_like, shape (n,)
    cause : array_like of int, shape (n,)
        0 = censored at `time`, 1..m = event of that cause.
    covariates : array_like, shape (n, p), or DataFrame
        Numbers; the column names of a DataFrame are kept.
    of : int
        The cause modelled.
    causes : int, optional
        Number of causes m, as declared; None: the largest code, and each code below it must occur. Give it
        where these rows may lack a cause.
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`. None: at risk from the beginning.
    cluster : array_like, shape (n,), optional
        Units that are independent of each other, such as households.
    ties : "efron" or "breslow"
    confidence : float
    cluster_t : bool, optional
        Whether intervals and p-values of clustered fits are those of Student's t with clusters - 1 degrees of
        freedom; None: with fewer than 40 clusters. False is R's convention. The standard errors have no
        small-sample factor in any case.

    Returns
    -------
    Cox
        Its ``hazard_ratio`` is the ratio of subdistribution hazards; ``baseline().cumulative_hazard`` is
        :math:`-\log(1 - F_c)`.

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, codes that are no whole numbers from 0, exceed
        `causes` or leave a gap; an `of` that is no cause.
    NotEstimable
        No event of this cause; a covariate that does not vary or is contained in the others; a group without
        events; one cluster, or no more clusters than covariates; with late entry: everybody observed early
        on is censored, or enters, before others follow.

    References
    ----------
    Fine, J. P. and Gray, R. J. (1999). A proportional hazards model for the subdistribution of a competing
    risk. J. American Statistical Association 94, 496-509. Geskus, R. B. (2011). Cause-specific cumulative
    incidence estimation and the Fine and Gray model under both left truncation and right censoring.
    Biometrics 67, 39-49.

    Examples
    --------
    >>> x = [[0], [2], [1], [1], [1], [0], [0]]
    >>> fit = fine_gray([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 2, 1, 0], x)
    >>> fit.coefficients.round(3)
    array([0.28])
    """
    if ties not in ("efron", "breslow"):
        raise InputError('Must be "efron" or "breslow".', where="ties")
    end, begin = checked_times(time, entry)
    n = end.size
    codes, _ = checked_causes(cause, causes, length=n, of=of)
    x, names = read_covariates(covariates, n)
    clusters = read_clusters(cluster, n)
    groups = count_clusters(clusters)
    refuse_fewer_clusters(groups, len(names))
    happened = (codes == of).astype(np.float64)
    if not happened.any():
        raise NotEstimable("There is no event of this cause.", where="cause")
    refuse_inestimable(x, names, None)
    refuse_separated(x, names, happened)
    sets = subdistribution_risk_sets(begin, end, codes, int(of))
    if not (np.all(np.isfinite(sets.factor)) and np.all(sets.share > 0)):
        raise NotEstimable(
            "Some risk set of an early time is emptied by censoring or filled anew by entries: later weights "
            "cannot be estimated.",
            where="entry",
            todo="Condition on being event-free at a later time, or leave out the first to enter.",
        )
    rows = CoxRows(x, names, np.ones(n), happened, sets, begin, end, np.zeros(1))
    return fit_cox(
        rows,
        clusters=clusters,
        groups=groups,
        robust=True,
        ties=ties,
        confidence=confidence,
        cluster_t=cluster_t,
    )
