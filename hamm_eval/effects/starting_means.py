"""Means under two strategies with a grace period, with influence values of the whole stack.

Beneath the two means stand an outcome model, the model of the start and that of who is no longer seen. The
outcome model is fitted with the weights of the strategies: the mean of its predictions over the target
population is right if either the weights or the model are (Robins, Sued, Lei-Gomez and Rotnitzky 2007,
Statistical Science 22, 544-559), and needs no augmentation term, which its score equations make 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from hamm_eval.effects.grace import GraceWeights, Weighted
from hamm_eval.effects.hazard_model import HazardModel, exposure_in
from hamm_eval.effects.regression import Family, Fit, fit_model, mean_slope
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, IntArray, sum_by


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Who could be seen as long as needed.

    Parameters
    ----------
    weights : ndarray, shape (n,)
        Inverse probability of having been seen, 0 for who was not.
    model : HazardModel or None
        Of the end of observation; None where nobody's ended early.
    exposure : ndarray, shape (n, m)
        Time by piece until each row was judged.
    cuts : ndarray
        Of the pieces, the same before and after a start.
    """

    weights: FloatArray
    model: HazardModel | None
    exposure: FloatArray
    cuts: FloatArray

    def weights_at(self, begun: FloatArray, day: FloatArray) -> FloatArray:
        """Inverse probability of still being seen on a day (n,), with starts (n,) before it."""
        if self.model is None:
            return np.ones(day.size)
        return np.exp(self.model.cumulative(time_seen(self.cuts, begun, day)))


def time_seen(cuts: FloatArray, begun: FloatArray, day: FloatArray) -> FloatArray:
    """Time by piece until a day, before a start and after it, shape (n, 2 m)."""
    before = np.minimum(day, begun)
    return np.hstack([exposure_in(cuts, 0.0, before), exposure_in(cuts, before, day)])


@dataclass(frozen=True, slots=True, eq=False)
class StrategyMeans:
    """Means of those who start and of those who do not, and how each row or cluster left out would move them.

    Parameters
    ----------
    means : ndarray, shape (2,)
    influence : ndarray, shape (n, 2) or (G, 2)
    parameters : int
        Parameters of the outcome model beside intercepts; 0 without one.
    """

    means: FloatArray
    influence: FloatArray
    parameters: int


@dataclass(frozen=True, slots=True, eq=False)
class Strategies:
    """What does not depend on the outcome: weights, models, covariates of n rows.

    Parameters
    ----------
    weights : GraceWeights
    start_model : HazardModel
    observed : Observed
    sampling : ndarray, shape (n,)
    covariates : ndarray, shape (n, p)
        Centred and scaled.
    names : tuple of str
    without : ndarray of int, shape (n,), or None
        Clusters 0..G-1 to be left out one by one; the influence is then theirs.
    start_steps, observed_steps : ndarray
        How each row or cluster moves the two models: the same for all outcomes.
    """

    weights: GraceWeights
    start_model: HazardModel
    observed: Observed
    sampling: FloatArray
    covariates: FloatArray
    names: tuple[str, ...]
    without: IntArray | None
    start_steps: FloatArray
    observed_steps: FloatArray | None

    @classmethod
    def of(
        cls,
        weights: GraceWeights,
        start_model: HazardModel,
        observed: Observed,
        sampling: FloatArray,
        covariates: FloatArray,
        names: tuple[str, ...],
        *,
        without: IntArray | None,
    ) -> Strategies:
        """With how each row, or each cluster left out, moves the two models."""
        steps = start_model.steps(without)
        closing = None if observed.model is None else observed.model.steps(without)
        return cls(weights, start_model, observed, sampling, covariates, names, without, steps, closing)

    def leaving_out(self, without: IntArray | None) -> Strategies:
        """The same with other clusters."""
        fixed = (self.weights, self.start_model, self.observed, self.sampling, self.covariates, self.names)
        return Strategies.of(*fixed, without=without)

    @property
    def arms(self) -> tuple[Weighted, Weighted]:
        """Weights of who starts and of who does not."""
        return self.weights.treated, self.weights.control


def strategy_means(
    strategies: Strategies,
    outcome: FloatArray,
    *,
    family: Family,
    by_arm: bool,
    modelled: bool,
) -> StrategyMeans:
    """Two means.

    Parameters
    ----------
    strategies : Strategies
    outcome : ndarray, shape (n,)
        Anything where a row was not seen.
    family : {"gaussian", "binomial"}
    by_arm : bool
        One outcome model per arm, or one for both that differs by a constant.
    modelled : bool
        False: weighted means without an outcome model.
    """
    s = strategies
    without = s.without
    n = outcome.size
    units = n if without is None else int(without.max()) + 1
    seen = s.observed.weights
    used = [s.sampling * seen * arm.value for arm in s.arms]
    if family == "binomial" and modelled:
        _refuse_constant(outcome, used)
    designs = _designs(s.covariates, by_arm)
    fit = _outcome_fit(designs, outcome, used, family, _names(s.names, by_arm)) if modelled else None
    # Both copies of a row belong to one unit; both means rest on the same outcome model.
    both = None if without is None else np.tile(without, 2)
    steps = None if fit is None or both is None else fit.steps(both)
    means, influence = np.empty(2), np.empty((units, 2))
    for j, arm in enumerate(s.arms):
        if fit is None:
            extent = used[j]
            mean = float(extent @ outcome) / float(extent.sum())
            own = extent * (outcome - mean)
            parts = [(arm, s.sampling * seen * (outcome - mean))]
            by_seen = own
            carried: FloatArray = np.zeros(units)
        else:
            predicted = _predict(designs[j], fit, family)
            extent = s.sampling * s.weights.target.value
            mean = float(extent @ predicted) / float(extent.sum())
            own = extent * (predicted - mean)
            gradients = designs[j] * (extent * mean_slope(predicted, family))[:, None]
            through = np.linalg.solve(fit.information, gradients.sum(axis=0))
            # Both copies of a row have weights that the start model and the end of observation bear on.
            pulls = [(outcome - fit.fitted[k * n : (k + 1) * n]) * (designs[k] @ through) for k in (0, 1)]
            parts = [(s.weights.target, s.sampling * (predicted - mean))]
            parts += [(a, s.sampling * seen * pull) for a, pull in zip(s.arms, pulls, strict=True)]
            by_seen = np.sum([use * pull for use, pull in zip(used, pulls, strict=True)], axis=0)
            carried = _carry_outcome(fit, gradients, without, steps)
        pulled = s.weights.gradients(s.start_model, parts)
        moved = s.start_model.carry(pulled, s.start_steps, without) + carried
        if s.observed.model is not None and s.observed_steps is not None:
            closing = s.observed.model
            pulled = closing.gradients(s.observed.exposure, by_seen)
            moved = moved + closing.carry(pulled, s.observed_steps, without)
        size = np.full(units, float(extent.sum()))
        if without is not None:
            own, size = sum_by(without, own, units), size - sum_by(without, extent, units)
        means[j] = mean
        influence[:, j] = (own + moved) / size
    return StrategyMeans(means, influence, designs[0].shape[1] - 2 if fit is not None else 0)


def _designs(covariates: FloatArray, by_arm: bool) -> tuple[FloatArray, FloatArray]:
    """Designs of the outcome model had everybody started, and had nobody."""
    n = len(covariates)
    base = np.column_stack([np.ones(n), covariates])
    if by_arm:
        empty = np.zeros_like(base)
        return np.hstack([base, empty]), np.hstack([empty, base])
    return np.column_stack([base, np.ones(n)]), np.column_stack([base, np.zeros(n)])


def _names(names: tuple[str, ...], by_arm: bool) -> tuple[str, ...]:
    """Columns of both designs."""
    if not by_arm:
        return ("intercept", *names, "start")
    arms = ("started", "not started")
    return tuple(f"{name} ({arm})" for arm in arms for name in ("intercept", *names))


def _outcome_fit(
    designs: tuple[FloatArray, FloatArray],
    outcome: FloatArray,
    used: list[FloatArray],
    family: Family,
    names: tuple[str, ...],
) -> Fit:
    """The outcome model of both copies of each row."""
    return fit_model(
        np.vstack(designs), np.tile(outcome, 2), np.concatenate(used), family, names, "outcome model"
    )


def _carry_outcome(
    fit: Fit, gradients: FloatArray, without: IntArray | None, steps: FloatArray | None
) -> FloatArray:
    """What the outcome model carries into a mean; only one copy of each row has a gradient."""
    if without is not None:
        return fit.carry(gradients, without, steps)
    found = fit.carry(gradients)
    return found[: len(gradients)] + found[len(gradients) :]


def _predict(design: FloatArray, fit: Fit, family: Family) -> FloatArray:
    """Means under a design."""
    predictor = design @ fit.coefficients
    return expit(predictor) if family == "binomial" else predictor


def _refuse_constant(outcome: FloatArray, used: list[FloatArray]) -> None:
    """A logistic model needs both outcomes in each arm."""
    for weights, who in zip(used, ("who start", "who do not start"), strict=True):
        if np.unique(outcome[weights > 0]).size < 2:
            raise NotEstimable(
                f"All of those {who} have the same outcome: a logistic outcome model has no finite estimate.",
                where="outcome",
                todo='Use a commoner outcome or a longer horizon; "weighting" needs no outcome model.',
            )
