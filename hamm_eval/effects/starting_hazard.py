"""The marginal hazard ratio of starting a measure within a grace period: secondary, never shown."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.grace import Adherence, grace_weights
from hamm_eval.effects.starting_comparison import StartingComparison, compare_strategies
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray
from hamm_eval.survival import Cox, cox


def hazard_ratio_of_starting(
    time: ArrayLike,
    cause: ArrayLike,
    start: ArrayLike,
    covariates: Any,
    *,
    horizon: float,
    grace: float,
    of: int = 1,
    adherence: Adherence = "intention_to_treat",
    step: float = 7.0,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
    **more: Any,
) -> Cox:
    r"""Cause-specific marginal hazard ratio of starting, against not starting, up to the horizon.

    A Cox model of the strategy alone on both copies of each row, with the weights of `effect_of_starting` as
    they change with time: those of a strategy that a copy no longer follows are 0. What competes ends the
    time at risk. The ratio is an average over the follow-up that depends on its length, and its risk sets
    change by the effect itself: it says less than a difference of risks, and is no primary estimand.

    Parameters
    ----------
    time, cause, start, covariates, horizon, grace, of, adherence, cluster, confidence
        As in `effect_of_starting`.
    step : float
        Weights are taken as constant within steps of this length, at their value at the end of the step.
    **more
        `trial`, `person`, `estimand`, `weights` of `effect_of_starting`.

    Returns
    -------
    survival.Cox
        One coefficient; its standard error is Lin-Wei's by cluster (else person, else row), with the
        weights taken as known, which is conservative as a rule.

    Raises
    ------
    InputError, NotEstimable
        As `effect_of_starting`; a step that is not positive; no event under one of the strategies.

    References
    ----------
    Hernán, M. A., Brumback, B. and Robins, J. M. (2000). Marginal structural models to estimate the causal
    effect of zidovudine on the survival of HIV-positive men. Epidemiology 11, 561-570.
    Hernán, M. A. (2010). The hazards of hazard ratios. Epidemiology 21, 13-15.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import hazard_ratio_of_starting
    >>> rng = np.random.default_rng(1)
    >>> start, goal = rng.exponential(60, 400), rng.exponential(300, 400)
    >>> fit = hazard_ratio_of_starting(goal, np.ones(400), start, None, horizon=365, grace=30, estimand="ATE")
    >>> bool(fit.lower[0] < 1 < fit.upper[0])  # the start has no effect here
    True
    """
    if not (np.isfinite(step) and step > 0):
        raise InputError("Must be positive.", where="step")
    comparison = compare_strategies(
        time,
        cause,
        start,
        covariates,
        horizon=horizon,
        grace=grace,
        of=of,
        adherence=adherence,
        cluster=cluster,
        confidence=confidence,
        **more,
    )
    return _fit(comparison, np.asarray(start, dtype=np.float64), grace, adherence, step)


def _fit(
    comparison: StartingComparison, start: FloatArray, grace: float, adherence: Adherence, step: float
) -> Cox:
    """The weighted Cox model on steps of both copies."""
    until = comparison.horizon - comparison.remaining
    edges = np.unique(np.r_[np.arange(0.0, comparison.horizon, step), grace, comparison.horizon])
    parts: list[tuple[FloatArray, ...]] = []
    for begin, end in pairwise(edges):
        stop = np.minimum(until, end)
        happened = (comparison.happened > 0) & (until <= end)
        for code, weight in zip(
            (1.0, 0.0), _weights_at(comparison, start, stop, grace, adherence), strict=True
        ):
            rows = np.flatnonzero((until > begin) & (weight > 0))
            arm, place = np.full(rows.size, code), rows.astype(np.float64)
            parts.append(
                (
                    place,
                    np.full(rows.size, begin),
                    stop[rows],
                    happened[rows].astype(float),
                    arm,
                    weight[rows],
                )
            )
    place, begins, stops, events, arm, weight = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    if np.unique(arm[events == 1]).size < 2:
        raise NotEstimable("Under one of the strategies nobody has the event.", where="cause")
    units = comparison.clusters if comparison.clusters is not None else comparison.persons
    of_row = place.astype(np.int64)
    return cox(
        stops,
        events,
        arm[:, None],
        start=begins,
        weights=weight,
        cluster=of_row if units is None else units[of_row],
        confidence=comparison.confidence,
        cluster_t=None,
    )


def _weights_at(
    comparison: StartingComparison, start: FloatArray, day: FloatArray, grace: float, adherence: Adherence
) -> tuple[FloatArray, FloatArray]:
    """Weights of both copies of each row as they are on a day, 0 where a copy no longer follows."""
    strategies = comparison.strategies
    begun = np.where(start < day, start, np.inf)
    weights = grace_weights(
        strategies.start_model,
        strategies.weights.cuts,
        begun,
        day,
        grace,
        estimand=comparison.estimand,
        adherence=adherence,
    )
    seen = strategies.sampling * strategies.observed.weights_at(begun, day)
    return weights.treated.value * seen, weights.control.value * seen
