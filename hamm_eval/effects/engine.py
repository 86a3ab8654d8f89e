"""From checked arrays to an effect: propensity, outcome model, arm means, contrast, diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hamm_eval.effects.arm_means import ArmMeans, Method, OutcomeDesign, estimate_arm_means, outcome_design
from hamm_eval.effects.balancing import Balance, compare_covariates
from hamm_eval.effects.contrast import Contrast, compare
from hamm_eval.effects.covariates import Covariates
from hamm_eval.effects.estimands import Estimand, Tilt, tilt, truncate_weights
from hamm_eval.effects.positivity import Overlap, PerArm, assess_overlap, kish
from hamm_eval.effects.regression import Family, Fit, fit_model
from hamm_eval.effects.results import ModelSupport
from hamm_eval.errors import InputError, NotEstimable, Problem
from hamm_eval.inference import FloatArray, IntArray, sum_by

Correction = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Design:
    """Who is compared with whom: everything that does not look at an outcome.

    Balance and overlap are looked at when first asked for: who wants nothing but a value does not.
    """

    treated: FloatArray
    sampling: FloatArray
    covariates: Covariates
    method: Method
    estimand: Estimand
    interactions: FloatArray | None
    propensity: Fit | None
    tilt: Tilt
    truncated: PerArm[int]

    @cached_property
    def balance_before(self) -> Balance:
        """Before weighting, sampling weights apart."""
        return self._compared(self.sampling)

    @cached_property
    def balance(self) -> Balance:
        """After weighting."""
        if self.propensity is None:
            return self.balance_before
        return self._compared(self.sampling * self.tilt.own)

    @cached_property
    def overlap(self) -> Overlap:
        """Of the propensities; of the share treated where nobody is weighted."""
        if self.propensity is None:
            share = float(self.sampling @ self.treated) / float(self.sampling.sum())
            even = np.full(self.treated.size, share)
            return assess_overlap(even, self.treated, self.sampling, self.sampling)
        own, target = self.sampling * self.tilt.own, self.sampling * self.tilt.target
        return assess_overlap(self.propensity.fitted, self.treated, own, target)

    def _compared(self, weights: FloatArray) -> Balance:
        """Balance of all covariates given."""
        return compare_covariates(self.covariates.given_names, self.covariates.given, self.treated, weights)


def design_comparison(
    treated: FloatArray,
    sampling: FloatArray,
    covariates: Covariates,
    *,
    method: Method,
    estimand: Estimand,
    interactions: str | Sequence[str],
    truncate: float | None = None,
) -> Design:
    """Fit the propensity model. No outcome is read."""
    flags = _flagged(interactions, covariates)
    rows = treated.size
    if method == "unadjusted":
        arm = np.column_stack([treated, 1 - treated])
        same = Tilt(np.ones(rows), np.zeros(rows), arm, np.zeros_like(arm))
        return Design(treated, sampling, covariates, method, estimand, flags, None, same, PerArm(0, 0))
    propensity = fit_propensity(treated, sampling, covariates)
    weights, cut = tilt(treated, propensity.fitted, estimand), PerArm(0, 0)
    if truncate is not None:
        weights, cut = truncate_weights(weights, treated, truncate)
    return Design(treated, sampling, covariates, method, estimand, flags, propensity, weights, cut)


def fit_propensity(treated: FloatArray, sampling: FloatArray, covariates: Covariates) -> Fit:
    """Logistic model of who is treated, after refusing categories that one arm lacks."""
    _refuse_one_sided(covariates, treated)
    matrix = np.column_stack([np.ones(treated.size), covariates.scaled])
    labels = ("intercept", *covariates.names)
    return fit_model(matrix, treated, sampling, "binomial", labels, "propensity model")


def estimate(
    design: Design,
    outcome: FloatArray,
    observation: FloatArray,
    *,
    family: Family,
    contrast: Contrast,
    cluster: IntArray | None,
    cluster_t: bool | None,
    confidence: float,
    persons: IntArray | None = None,
    correction: Correction | None = None,
    method: Method | None = None,
    small_sample: bool = False,
    propensity_steps: FloatArray | None = None,
) -> dict[str, Any]:
    """The fields of an `Effect`.

    `correction` turns derivatives by the observation weights into what estimating these weights adds;
    `propensity_steps` are those of the propensity model for these clusters, where they are at hand.
    """
    method = method or design.method
    without = left_out_units(design, cluster) if small_sample else None
    means, model = _arm_means(
        design,
        outcome,
        observation,
        method=method,
        family=family,
        without=without,
        propensity_steps=propensity_steps,
    )
    influence = means.influence
    if correction is not None:
        carried = correction(means.sensitivity)
        influence = (
            influence
            + (carried if without is None else sum_by(without, carried, len(influence))) / means.size
        )
    units = cluster if without is None or cluster is None else np.arange(len(influence))
    found = compare(
        means.means,
        influence,
        contrast=contrast,
        cluster=units,
        cluster_t=cluster_t,
        confidence=confidence,
        jackknife=small_sample,
    )
    a, seen = design.treated == 1, observation > 0
    weight = design.sampling * design.tilt.own * observation
    binary = bool(np.isin(outcome[seen], (0, 1)).all())
    support = _support(design, outcome, seen, model.rows > 0, binary, family, means.parameters)
    fields = {name: getattr(found, name) for name in found.__slots__}
    return fields | {
        "mean_treated": float(means.means[0]),
        "mean_control": float(means.means[1]),
        "clusters": None if cluster is None else int(cluster.max()) + 1,
        "method": method,
        "estimand": design.estimand,
        "contrast": contrast,
        "confidence": confidence,
        "balance": design.balance,
        "balance_before": design.balance_before,
        "overlap": design.overlap,
        "effective_n": PerArm(kish(weight[a]), kish(weight[~a])),
        "n": PerArm(_distinct(persons, a), _distinct(persons, ~a)),
        "events": _count(outcome * seen, a) if binary else None,
        "support": support,
        "dropped": design.covariates.dropped,
        "truncated": design.truncated,
        "unmatched": PerArm(0, 0),
    }


def estimate_means(
    design: Design, outcome: FloatArray, observation: FloatArray, *, family: Family
) -> FloatArray:
    """The two means of `estimate` without any variance, shape (2,)."""
    return _arm_means(design, outcome, observation, method=design.method, family=family)[0].means


def left_out_units(design: Design, cluster: IntArray | None) -> IntArray:
    """What is left out one by one: clusters, or rows."""
    return np.arange(design.treated.size, dtype=np.int64) if cluster is None else cluster


def _arm_means(
    design: Design, outcome: FloatArray, observation: FloatArray, *, method: Method, **more: Any
) -> tuple[ArmMeans, OutcomeDesign]:
    """Means of both arms, and the designs of the outcome model."""
    model = outcome_design(
        design.covariates.scaled,
        design.covariates.names,
        design.treated,
        design.estimand,
        design.interactions,
    )
    means = estimate_arm_means(
        outcome,
        observation,
        design.sampling,
        design.treated,
        design.tilt,
        design.propensity,
        model,
        method=method,
        estimand=design.estimand,
        **more,
    )
    return means, model


def _count(flags: FloatArray, a: Any) -> PerArm[int]:
    """Rows flagged in each arm."""
    return PerArm(int(flags[a].sum()), int(flags[~a].sum()))


def _distinct(persons: IntArray | None, arm: Any) -> int:
    """Persons in an arm; rows where persons are not told apart."""
    return int(arm.sum()) if persons is None else int(np.unique(persons[arm]).size)


def _support(
    design: Design, outcome: FloatArray, seen: Any, used: Any, binary: bool, family: Family, parameters: int
) -> tuple[ModelSupport, ...]:
    """Events per parameter of each model fitted; the rarer side counts."""
    found: list[ModelSupport] = []
    if design.propensity is not None:
        ones = int(design.treated.sum())
        found.append(
            ModelSupport("propensity", min(ones, design.treated.size - ones), len(design.covariates.names))
        )
    if parameters:
        y = outcome[seen & used]
        events = int(min(y.sum(), y.size - y.sum())) if binary and family == "binomial" else int(y.size)
        found.append(ModelSupport("outcome", events, parameters))
    return tuple(found)


def _flagged(interactions: str | Sequence[str], covariates: Covariates) -> FloatArray | None:
    """Which covariates' associations with the outcome may differ between arms; None: all (models by arm)."""
    if isinstance(interactions, str):
        if interactions == "all":
            return None
        if interactions == "none":
            return np.zeros(len(covariates.names))
        raise InputError(
            'Expected "all", "none" or a list of covariates.',
            where="interactions",
            todo="A single name is a list too.",
        )
    if set(interactions) - set(covariates.given_names):
        raise InputError("Names a column that is not among the covariates.", where="interactions")
    return np.array([float(name in set(interactions)) for name in covariates.names])


def _refuse_one_sided(covariates: Covariates, treated: FloatArray) -> None:
    """All 0/1 columns that one arm lacks at once: each alone makes the propensity model diverge."""
    problems: list[Problem] = []
    for name, column in zip(covariates.names, covariates.values.T, strict=True):
        if np.unique(column).size != 2:
            continue
        for value, who in ((1, "treated"), (0, "controls")):
            if np.unique(column[treated == value]).size < 2:
                what = f"Column {name} has one value only among the {who}: nobody there to compare with."
                todo = "Merge the category with a similar one, or exclude the persons concerned and say so."
                problems.append(Problem(what, "covariates", todo))
    if problems:
        raise NotEstimable.of(problems)
