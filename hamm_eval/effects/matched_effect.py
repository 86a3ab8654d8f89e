"""From checked arrays to an effect by matching: propensity, matches, means, variance, diagnostics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hamm_eval.effects.balancing import compare_covariates
from hamm_eval.effects.contrast import Contrast, infer
from hamm_eval.effects.covariates import Covariates
from hamm_eval.effects.engine import fit_propensity
from hamm_eval.effects.estimands import Estimand
from hamm_eval.effects.matching import Matches, find_matches
from hamm_eval.effects.matching_options import Matching
from hamm_eval.effects.matching_variance import Imputed, covariance_of_means, propensity_correction
from hamm_eval.effects.positivity import PerArm, assess_overlap
from hamm_eval.effects.regression import Family, fit_model
from hamm_eval.effects.results import ModelSupport
from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray


def estimate_by_matching(
    outcome: FloatArray,
    treated: FloatArray,
    covariates: Covariates,
    options: Matching,
    *,
    estimand: Estimand,
    family: Family,
    contrast: Contrast,
    confidence: float,
) -> dict[str, Any]:
    """The fields of an `Effect`."""
    in_all = estimand == "ATE"
    propensity = fit_propensity(treated, np.ones(treated.size), covariates)
    # Row by row, so that rows with the same covariates have the same predictor to the last digit.
    predictor = (propensity.design * propensity.coefficients).sum(axis=1)
    matches = find_matches(treated, covariates, predictor, options, in_all=in_all)
    a = treated == 1
    if not (matches.target & a).any() or (in_all and not (matches.target & ~a).any()):
        raise NotEstimable(
            "Nobody has a match.", where="matching", todo="Use a wider caliper or exact matching on less."
        )
    imputed, support = _impute(outcome, treated, covariates, matches, options, family, in_all)
    tolerance, neighbours = options.tie_tolerance, options.variance_neighbours
    covariance = covariance_of_means(treated, matches, imputed, neighbours, tolerance)
    if options.distance == "propensity" and options.replace:
        covariance = covariance + propensity_correction(
            treated, matches, imputed, propensity, neighbours, tolerance, in_all=in_all
        )
    found = infer(imputed.means, covariance, contrast=contrast, confidence=confidence)

    weights = matches.weights
    wanted = (matches.target | matches.missed).astype(float)
    overlap = assess_overlap(propensity.fitted, treated, weights, wanted)
    # Who has no match lies as much beyond what can be compared as who lies beyond the other arm's range.
    beyond = max(overlap.outside_target, float(matches.missed.sum() / wanted.sum()))
    names, values = covariates.given_names, covariates.given
    entering = weights > 0
    binary = bool(np.isin(outcome, (0, 1)).all())
    ones = int(a.sum())
    fields = {name: getattr(found, name) for name in found.__slots__}
    return fields | {
        "mean_treated": float(imputed.means[0]),
        "mean_control": float(imputed.means[1]),
        "clusters": None,
        "method": "matching",
        "estimand": estimand,
        "contrast": contrast,
        "confidence": confidence,
        "balance": compare_covariates(names, values, treated, weights),
        "balance_before": compare_covariates(names, values, treated, np.ones(treated.size)),
        "overlap": replace(overlap, outside_target=beyond),
        "effective_n": overlap.effective_n,
        "n": PerArm(int((entering & a).sum()), int((entering & ~a).sum())),
        "events": _events(outcome, entering, a) if binary else None,
        "support": (
            ModelSupport("propensity", min(ones, a.size - ones), len(covariates.names)),
            *support,
        ),
        "dropped": covariates.dropped,
        "truncated": PerArm(0, 0),
        "unmatched": PerArm(int((matches.missed & a).sum()), int((matches.missed & ~a).sum())),
    }


def _events(outcome: FloatArray, entering: Any, a: Any) -> PerArm[int]:
    """Events among the rows that enter."""
    return PerArm(int(outcome[entering & a].sum()), int(outcome[entering & ~a].sum()))


def _impute(
    outcome: FloatArray,
    treated: FloatArray,
    covariates: Covariates,
    matches: Matches,
    options: Matching,
    family: Family,
    in_all: bool,
) -> tuple[Imputed, tuple[ModelSupport, ...]]:
    """Potential outcomes of the target population, corrected for the difference of covariates where asked."""
    potential = np.column_stack([outcome, outcome])
    residual = potential.copy()
    support: list[ModelSupport] = []
    for k, arm in enumerate((1, 0)):
        if arm and not in_all:
            continue  # the treated's own outcomes are seen
        donors, others = treated == arm, treated == 1 - arm
        if options.bias_adjustment:
            predicted, found = _predict(outcome, covariates, donors * matches.used, family)
            support.append(found)
            residual[:, k] = outcome - predicted
            potential[others, k] = (predicted + matches.impute(residual[:, k], donors, arm))[others]
        else:
            potential[others, k] = matches.impute(outcome, donors, arm)[others]
    means = potential[matches.target].mean(axis=0)
    # The events of the thinner of two models stand for both.
    return Imputed(outcome, potential, residual, means), tuple(sorted(support, key=_events_first)[:1])


def _events_first(support: ModelSupport) -> int:
    return support.events


def _predict(
    outcome: FloatArray, covariates: Covariates, used: FloatArray, family: Family
) -> tuple[FloatArray, ModelSupport]:
    """Outcome expected of every row by a model of the matched, each as often as it is matched."""
    design = np.column_stack([np.ones(outcome.size), covariates.scaled])
    labels = ("intercept", *covariates.names)
    fit = fit_model(design, outcome, used, family, labels, "outcome model")
    rows = outcome[used > 0]
    events = int(min(rows.sum(), rows.size - rows.sum())) if family == "binomial" else rows.size
    return fit.fitted, ModelSupport("outcome", events, len(covariates.names))
