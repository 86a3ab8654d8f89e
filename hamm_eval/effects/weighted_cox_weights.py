"""Inverse-probability-of-treatment weights, also of a measure that people start over time.

Each row in which a person without the measure may start it is a decision. Pooled logistic models give its
probability; a person's weight is the product over the decisions so far, and stays once the measure has begun.
One row a person is the case of one decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamm_eval.effects.covariates import Covariates
from hamm_eval.effects.positivity import PerArm
from hamm_eval.effects.regression import Fit, fit_model
from hamm_eval.effects.weighted_cox_rows import PersonRows, time_terms
from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, IntArray, refuse_where


@dataclass(frozen=True, slots=True, eq=False)
class TreatmentWeights:
    """Weights of all rows, and what their estimation adds to a variance.

    Parameters
    ----------
    weights : ndarray, shape (n,)
        Sampling weights not included.
    truncated : PerArm of int
        Rows whose weight was cut.
    decides : ndarray of bool, shape (n,)
        Rows of persons who had not started before.
    propensity : ndarray, shape (d,)
        Probability of starting, given covariates, in these rows.
    balancing : ndarray, shape (d,)
        Weights under which starters and others are alike at each time of decision: the treatment weights
        without the numerator of the decision itself.
    parameters : int
        Of the propensity model, intercept not counted.
    """

    weights: FloatArray
    truncated: PerArm[int]
    decides: NDArray[np.bool_]
    propensity: FloatArray
    balancing: FloatArray
    parameters: int
    _rows: PersonRows
    _started: FloatArray
    _models: tuple[tuple[Fit, float], ...]
    _bounds: tuple[_Bound, ...]

    def correction(self, pull: FloatArray) -> FloatArray:
        """What estimating the weights adds to influence values.

        Parameters
        ----------
        pull : ndarray, shape (n, p)
            Derivative of p quantities by the logarithm of each row's weight.

        Returns
        -------
        ndarray, shape (n, p)
        """
        pull = pull.copy()
        # A truncated row has the weight of the rows at the quantile, and moves with it.
        moved = [pull[bound.beyond].sum(axis=0) for bound in self._bounds]
        for bound in self._bounds:
            pull[bound.beyond] = 0.0
        for bound, sums in zip(self._bounds, moved, strict=True):
            for row, part in zip(bound.made_of, bound.parts, strict=True):
                pull[row] += part * sums
        later = self._rows.from_here(pull)[self.decides]
        found = np.zeros_like(pull)
        for fit, sign in self._models:
            slope = sign * (self._started - fit.fitted)
            for j, column in enumerate(later.T):
                found[self.decides, j] += fit.carry(fit.design * (slope * column)[:, None])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """A quantile of an arm's weights: rows beyond it, the two rows that make it, their parts in it."""

    beyond: NDArray[np.bool_]
    made_of: IntArray
    parts: FloatArray


def estimate_weights(
    rows: PersonRows,
    start: FloatArray | None,
    treated: FloatArray,
    covariates: Covariates,
    sampling: FloatArray,
    *,
    stabilised: bool,
    numerator: Sequence[str],
    truncate: float | None,
) -> TreatmentWeights:
    """Fit the models of starting and multiply up.

    Raises
    ------
    NotEstimable
        Separation: a column or a time at which all or none start.
    """
    decides = rows.earlier(treated) == 0
    started, weight = treated[decides], sampling[decides]
    when: FloatArray = np.empty((started.size, 0))
    names: tuple[str, ...] = ()
    if start is not None and not rows.is_first.all():
        when, names = time_terms(start[decides], started == 1)
    constant = np.column_stack([np.ones(started.size), when])
    labels = ("intercept", *names)
    scaled = covariates.scaled[decides]

    def model(columns: FloatArray, of: Sequence[str], name: str) -> Fit:
        design = np.column_stack([constant, columns])
        return fit_model(design, started, weight, "binomial", (*labels, *of), name)

    denominator = model(scaled, covariates.names, "propensity model")
    models = [(denominator, -1.0)]
    given = np.ones(started.size)
    if stabilised:
        chosen = [covariates.names.index(name) for name in numerator]
        above = model(scaled[:, chosen], numerator, "numerator of the weights")
        models.append((above, 1.0))
        given = _of_observed(started, above.fitted)
    step = np.zeros(treated.size)
    step[decides] = np.log(given) - np.log(_of_observed(started, denominator.fitted))
    weights = np.exp(rows.so_far(step))
    bounds: tuple[_Bound, ...] = ()
    cut = PerArm(0, 0)
    if truncate is not None:
        weights, bounds = _truncated(weights, treated, truncate)
        cut = PerArm(*(int(bound.beyond.sum()) for bound in bounds))
    return TreatmentWeights(
        weights=weights,
        truncated=cut,
        decides=decides,
        propensity=denominator.fitted,
        balancing=weight * weights[decides] / given,
        parameters=denominator.design.shape[1] - 1,
        _rows=rows,
        _started=started,
        _models=tuple(models),
        _bounds=bounds,
    )


def check_level(truncate: float | None) -> None:
    """Weights are cut from above, at a quantile in the upper half."""
    if truncate is not None and not 0.5 <= truncate < 1:
        raise InputError(
            "Expected a quantile of the weights from 0.5 to below 1.",
            where="truncate",
            todo="For example 0.99; None cuts nothing.",
        )


def checked_numerator(
    numerator: Sequence[str] | None, covariates: Covariates, rows: PersonRows, stabilised: bool
) -> tuple[str, ...]:
    """Names of covariates known at a person's first row."""
    if numerator is None:
        return ()
    if isinstance(numerator, str):
        raise InputError(
            "Expected a list of covariates.", where="numerator", todo="A single name is a list too."
        )
    names = tuple(numerator)
    if not stabilised:
        raise InputError("Weights that are not stabilised have no numerator.", where="numerator")
    if set(names) - set(covariates.given_names) or len(set(names)) < len(names):
        raise InputError("Names a column twice, or one that is not among the covariates.", where="numerator")
    if set(names) - set(covariates.names):
        raise InputError(
            "Names a covariate that is constant or repeats others.", where="numerator", todo="Leave it out."
        )
    values = covariates.values[:, [covariates.names.index(name) for name in names]]
    refuse_where(
        (values != rows.at_first(values)).any(axis=1),
        "numerator",
        "Rows that differ from the same person's first row: what changes may be affected by the past",
        "Name covariates known at the beginning only.",
    )
    return names


def _of_observed(started: FloatArray, probability: FloatArray) -> FloatArray:
    """Probability of what was observed."""
    return np.where(started == 1, probability, 1 - probability)


def _truncated(
    weights: FloatArray, treated: FloatArray, level: float
) -> tuple[FloatArray, tuple[_Bound, ...]]:
    """Each arm's weights cut at a quantile of its own (linear interpolation), and what these are made of."""
    found, bounds = weights.copy(), []
    for value in (1, 0):
        arm = np.flatnonzero(treated == value).astype(np.int64)
        order = arm[np.argsort(weights[arm], kind="stable")]
        place = level * (arm.size - 1)
        below = int(np.floor(place))
        made_of = order[[below, min(below + 1, arm.size - 1)]]
        share = np.array([1 - (place - below), place - below])
        limit = float(share @ weights[made_of])
        # Weights that are equal but for rounding are not cut.
        beyond = (treated == value) & (weights > limit * (1 + 1e-12))
        found[beyond] = limit
        bounds.append(_Bound(beyond, made_of, share * weights[made_of] / limit))
    return found, tuple(bounds)
