"""The effect of starting a measure within a grace period, from a sequence of target trials."""

from __future__ import annotations

from typing import Any, Literal

from numpy.typing import ArrayLike

from hamm_eval.effects.estimands import Estimand
from hamm_eval.effects.grace import Adherence
from hamm_eval.effects.horizon_comparison import HorizonContrast
from hamm_eval.effects.results import HorizonEffect
from hamm_eval.effects.starting_comparison import StartMethod, compare_strategies


def effect_of_starting(
    time: ArrayLike,
    cause: ArrayLike,
    start: ArrayLike,
    covariates: Any,
    *,
    horizon: float,
    grace: float,
    of: int = 1,
    adherence: Adherence = "intention_to_treat",
    trial: ArrayLike | None = None,
    person: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    cluster_t: bool | None = None,
    small_sample: bool = False,
    method: StartMethod = "aipw",
    estimand: Estimand = "ATT",
    contrast: HorizonContrast = "risk_difference",
    interactions: Literal["all", "none"] = "all",
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> HorizonEffect:
    r"""Total effect of starting within a grace period, against not starting, on incidence at a horizon.

    Each row is a person in one target trial, at risk at its time zero: without the event, present, under
    observation, the measure not begun. Who starts does so on a day within the grace period as it comes by
    itself; who does not start may start later (intention to treat) or never does within the follow-up (per
    protocol). A departure before the horizon is no event (total effect). Until a start, a row follows both
    strategies and counts in both arms, with weights that change with the time it has waited: no time that
    somebody must survive to start is credited to the measure (no immortal time).

    Parameters
    ----------
    time : array_like, shape (n,)
        Days from the row's time zero to the event or the last observation, positive.
    cause : array_like of int, shape (n,)
        0 = no longer seen, 1..m = event of that cause.
    start : array_like, shape (n,)
        Days from time zero to the start of the measure, positive; infinite for none. A start on or after the
        day of the event comes too late to count.
    covariates : (n, p) array, DataFrame of numeric columns, or None
        Known at time zero: what bears on the start and on the outcome.
    horizon, grace : float
        In the unit of `time`; the grace period ends by the horizon.
    of : int
        The cause.
    adherence : {"intention_to_treat", "per_protocol"}
    trial : array_like of labels, shape (n,), optional
        Which of several trials a row belongs to; they are pooled, with a term for each in both models.
    person : array_like of labels, shape (n,), optional
        A person with rows in several trials is one unit of the variance and is counted once.
    cluster : array_like of labels, shape (n,), optional
        Households, social workers; contains all rows of a person.
    cluster_t, small_sample : bool
        As in `estimate_effect`.
    method : {"aipw", "weighting"}
        With an outcome model fitted under the weights, right if either the weights or the model are; or
        weighted means alone.
    estimand : {"ATT", "ATE", "ATO"}
        Effect in those who would start within the grace period by themselves, goal and departure put aside;
        in all; in the overlap population p (1 - p).
    contrast : {"risk_difference", "risk_ratio", "months_difference"}
        As in `effect_at_horizon`.
    interactions : {"all", "none"}
        One outcome model per arm, or one for both.
    weights : array_like, shape (n,), optional
        Sampling weights.
    confidence : float

    Returns
    -------
    HorizonEffect
        In ``.n`` and ``.events`` the treated are those who started within the grace period. ``.effective_n``
        adds up the weights of one person's rows first: later trials of a person are not other persons.

    Raises
    ------
    InputError
        Arguments that cannot be used, all at once.
    NotEstimable
        Nobody starts in time, or everybody; a group in which nobody does; redundant columns; an outcome that
        does not vary.

    Notes
    -----
    With the cumulative hazard L of starting (piecewise constant, log-linear in the covariates), grace period
    g, and a row judged on day t: who starts has weight :math:`1/p, p = 1 - e^{-L(g)}`; who ended without a
    start before g has :math:`(1 - e^{-(L(g) - L(t))})/p` in the arm that starts and :math:`e^{L(t)}` in the
    other; who has not started by g has 0 and :math:`e^{L(g)}` (per protocol :math:`e^{L(t)}`). Both have
    expectation 1 (ATE); the ATT multiplies by p. Who is no longer seen before the horizon stands to others as
    in `effect_at_horizon`, by a hazard of the same form that knows whether the measure has begun. One stacked
    sandwich over start, observation and outcome models gives the variance.

    References
    ----------
    Hernán, M. A. and Robins, J. M. (2016). Using big data to emulate a target trial when a randomized trial
    is not available. American Journal of Epidemiology 183, 758-764.
    Cain, L. E. et al. (2010). When to start treatment? International Journal of Biostatistics 6, article 18.
    Danaei, G. et al. (2013). Observational data for comparative effectiveness research: an emulation of
    randomised trials of statins. Statistical Methods in Medical Research 22, 70-96.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import effect_of_starting
    >>> rng = np.random.default_rng(1)
    >>> start, goal = rng.exponential(60, 400), rng.exponential(300, 400)
    >>> effect = effect_of_starting(goal, np.ones(400), start, None, horizon=365, grace=30, estimand="ATE")
    >>> bool(effect.lower < 0 < effect.upper)  # the start has no effect here
    True
    """
    return compare_strategies(
        time,
        cause,
        start,
        covariates,
        horizon=horizon,
        grace=grace,
        of=of,
        adherence=adherence,
        trial=trial,
        person=person,
        cluster=cluster,
        cluster_t=cluster_t,
        small_sample=small_sample,
        method=method,
        estimand=estimand,
        contrast=contrast,
        interactions=interactions,
        weights=weights,
        confidence=confidence,
    ).effect()
