"""Mean outcome of the target population with and without the measure, with influence values.

Every nuisance model's estimating equations are stacked under those of the two means. Because the stack is
block triangular, its sandwich is the sum of squared influence values, which are written out here: the mean's
own estimating function plus what each fitted model carries into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from hamm_eval.effects.estimands import Estimand, Tilt
from hamm_eval.effects.regression import Family, Fit, fit_model, mean_slope
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, IntArray, sum_by

Method = Literal["aipw", "weighting", "standardisation", "unadjusted"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True, eq=False)
class ArmMeans:
    """Means of the treated and of the controls.

    Parameters
    ----------
    means : ndarray, shape (2,)
    influence : ndarray, shape (n, 2) or (G, 2)
        Derivative of each mean by the weight of a row: sums of their outer products are the sandwich. With
        clusters left out: what each cluster's absence changes, sign reversed.
    size : ndarray, shape (n, 2) or (G, 2)
        Size of the target population that each influence value is divided by.
    sensitivity : ndarray, shape (n, 2)
        Derivative of each mean's summed numerator by a row's observation weight (for a censoring model).
    parameters : int
        Parameters of the outcome model beside intercepts; 0 without one.
    """

    means: FloatArray
    influence: FloatArray
    size: FloatArray
    sensitivity: FloatArray
    parameters: int


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeDesign:
    """Designs of the outcome model had everyone been treated, had no one been, and as it was."""

    treated: FloatArray
    control: FloatArray
    observed: FloatArray
    rows: FloatArray
    names: tuple[str, ...]
    intercepts: int


def outcome_design(
    scaled: FloatArray,
    names: Sequence[str],
    treated: FloatArray,
    estimand: Estimand,
    interactions: FloatArray | None,
) -> OutcomeDesign:
    """Models by arm (`interactions` None), or one model in which the flagged columns differ by arm."""
    rows = treated.size
    base = np.column_stack([np.ones(rows), scaled])
    labels = ("intercept", *names)
    if interactions is None and estimand == "ATT":
        # The mean of the treated is observed: only the controls' outcome has to be modelled.
        return OutcomeDesign(np.zeros_like(base), base, base, 1 - treated, labels, 1)
    if interactions is None:
        empty = np.zeros_like(base)
        one, zero = np.hstack([base, empty]), np.hstack([empty, base])
        both = (*(f"{label} (treated)" for label in labels), *(f"{label} (controls)" for label in labels))
        intercepts = 2
    else:
        chosen = scaled[:, interactions > 0]
        one = np.column_stack([base, np.ones(rows), chosen])
        zero = np.column_stack([base, np.zeros((rows, 1 + chosen.shape[1]))])
        extra = (f"{n} (difference)" for n, flag in zip(names, interactions, strict=True) if flag)
        both = (*labels, "treated", *extra)
        intercepts = 1
    observed = np.where(treated[:, None] == 1, one, zero)
    return OutcomeDesign(one, zero, observed, np.ones(rows), both, intercepts)


def estimate_arm_means(
    outcome: FloatArray,
    observation: FloatArray,
    sampling: FloatArray,
    treated: FloatArray,
    weights: Tilt,
    propensity: Fit | None,
    design: OutcomeDesign,
    *,
    method: Method,
    estimand: Estimand,
    family: Family,
    without: IntArray | None = None,
    propensity_steps: FloatArray | None = None,
) -> ArmMeans:
    """Two arm means by one of four methods.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        0 where not observed.
    observation : ndarray, shape (n,)
        1 for complete outcomes; else 0 (unseen) or the inverse probability of having been seen.
    sampling : ndarray, shape (n,)
    treated : ndarray of 0 and 1, shape (n,)
    weights : Tilt
    propensity : Fit or None
        None: the weights are known (unadjusted).
    design : OutcomeDesign
        Looked at by "aipw" and "standardisation" only.
    without : ndarray of int, shape (n,), optional
        Clusters 0..G-1 to be left out one by one; the influence is then theirs.
    propensity_steps : ndarray, shape (G, q), optional
        Of ``propensity.steps(without)``, where they are at hand.

    Notes
    -----
    AIPW: the sample analogue of Robins, Rotnitzky and Zhao (1994), Journal of the American Statistical
    Association 89, 846-866, normalised by the size of the target population; stacked variance: Lunceford and
    Davidian (2004), Statistics in Medicine 23, 2937-2960.
    """
    modelled = method in ("aipw", "standardisation")
    fit: Fit | None = None
    if modelled:
        use = sampling * observation * design.rows
        if family == "binomial":
            _refuse_empty_arm(outcome, use, treated)
        fit = fit_model(design.observed, outcome, use, family, design.names, "outcome model")
    units = treated.size if without is None else int(without.max()) + 1
    # Both arms rest on the same models: what leaving a cluster out does to these is found out once.
    fit_steps = None if fit is None or without is None else fit.steps(without)
    if propensity is not None and without is not None and propensity_steps is None:
        propensity_steps = propensity.steps(without)
    means, sensitivity = np.empty(2), np.empty((treated.size, 2))
    influence, sizes = np.empty((units, 2)), np.empty((units, 2))
    for j, arm_design in enumerate((design.treated, design.control)):
        arm, slope = weights.arm[:, j], weights.arm_slope[:, j]
        if fit is None or (estimand == "ATT" and j == 0):
            extent = sampling * observation * arm
            mean = float(extent @ outcome) / float(extent.sum())
            own = _by_unit(extent * (outcome - mean), without, units)
            by_observation = sampling * arm * (outcome - mean)
            by_propensity = sampling * observation * slope * (outcome - mean)
        else:
            predicted = _predict(arm_design, fit, family)
            residual = outcome - predicted
            used_arm, used_slope = (
                (arm, slope) if method == "aipw" else (np.zeros_like(arm), np.zeros_like(arm))
            )
            extent = sampling * weights.target
            correction = observation * used_arm * residual
            mean = float(sampling @ (weights.target * predicted + correction)) / float(extent.sum())
            own = _by_unit(sampling * (weights.target * (predicted - mean) + correction), without, units)
            by_propensity = sampling * (
                weights.target_slope * (predicted - mean) + observation * used_slope * residual
            )
            by_prediction = (
                sampling * (weights.target - observation * used_arm) * mean_slope(predicted, family)
            )
            gradients = arm_design * by_prediction[:, None]
            own = own + fit.carry(gradients, without, fit_steps)
            score_per_observation = sampling * design.rows * (outcome - fit.fitted)
            through_model = design.observed @ np.linalg.solve(fit.information, gradients.sum(axis=0))
            by_observation = sampling * used_arm * residual + score_per_observation * through_model
        if propensity is not None:
            gradients = propensity.design * by_propensity[:, None]
            own = own + propensity.carry(gradients, without, propensity_steps)
        means[j] = mean
        sizes[:, j] = float(extent.sum())
        if without is not None:
            sizes[:, j] -= _by_unit(extent, without, units)
        influence[:, j] = own / sizes[:, j]
        sensitivity[:, j] = by_observation
    parameters = design.observed.shape[1] - design.intercepts if modelled else 0
    return ArmMeans(means, influence, sizes, sensitivity, parameters)


def _by_unit(values: FloatArray, without: IntArray | None, units: int) -> FloatArray:
    """Rows, or their sums by cluster."""
    return values if without is None else sum_by(without, values, units)


def _predict(design: FloatArray, fit: Fit, family: Family) -> FloatArray:
    """Means under a design."""
    from scipy.special import expit

    predictor = design @ fit.coefficients
    return expit(predictor) if family == "binomial" else predictor


def _refuse_empty_arm(outcome: FloatArray, use: FloatArray, treated: FloatArray) -> None:
    """A logistic model needs both outcomes in each arm that it is fitted to."""
    for value, who in ((1, "the treated"), (0, "the controls")):
        rows = (use > 0) & (treated == value)
        if rows.any() and np.unique(outcome[rows]).size < 2:
            raise NotEstimable(
                f"All of {who} have the same outcome: a logistic outcome model has no finite estimate.",
                where="outcome",
                todo='Use a commoner outcome or a longer horizon; "weighting" needs no outcome model.',
            )
