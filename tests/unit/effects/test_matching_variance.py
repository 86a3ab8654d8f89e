"""Matches and Abadie-Imbens variances against their definitions, row by row with loops."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import Matching, estimate_effect
from hamm_eval.effects.covariates import checked_covariates
from hamm_eval.effects.engine import fit_propensity

ROWS = 90


@pytest.fixture(params=["continuous", "tied"])
def sample(request):
    rng = np.random.default_rng(51)
    x = rng.normal(size=(ROWS, 2)) if request.param == "continuous" else rng.integers(0, 3, (ROWS, 2)) * 1.0
    group = rng.integers(0, 2, ROWS) * 1.0
    x = np.column_stack([x, group])
    treated = rng.binomial(1, 1 / (1 + np.exp(0.4 - 0.8 * x[:, 0]))).astype(float)
    return x[:, 0] + 2 * x[:, 1] + treated * (1 + x[:, 0]) + rng.normal(size=ROWS), treated, x


def model(treated, x):
    """The propensity model and its logit in standard deviations."""
    fit = fit_propensity(treated, np.ones(ROWS), checked_covariates(x, ROWS))
    logit = np.log(fit.fitted / (1 - fit.fitted))
    return fit, logit / logit.std(ddof=1)


def gaps(treated, x, score, options):
    """Squared distances of all rows from all rows; infinite where a match is not allowed."""
    if options.distance == "propensity":
        square = (score[:, None] - score) ** 2
    else:
        centred = x - np.where(treated[:, None] == 1, x[treated == 1].mean(0), x[treated == 0].mean(0))
        inverse = np.linalg.inv(centred.T @ centred / (ROWS - 2))
        if options.distance == "inverse_variance":
            inverse = np.diag(1 / x.var(axis=0, ddof=1))
        difference = x[:, None, :] - x
        square = np.einsum("ijk,kl,ijl->ij", difference, inverse, difference)
    return np.where((x[:, None, 2] != x[:, 2]) & bool(options.exact), np.inf, square)


def near(row_gaps, candidates, wanted):
    """Candidates among the nearest, ties included; all that are in reach where these are fewer."""
    allowed = candidates[np.isfinite(row_gaps[candidates])]
    if not allowed.size:
        return allowed
    last = np.sort(row_gaps[allowed])[min(wanted, allowed.size) - 1]
    return allowed[row_gaps[allowed] <= last + 1e-10]


def by_definition(outcome, treated, x, options, estimand):
    """Value and standard error of a difference."""
    fit, score = model(treated, x)
    square = gaps(treated, x, score, options)
    reach = square.copy()
    if options.caliper is not None:
        reach[np.abs(score[:, None] - score) > options.caliper] = np.inf
    share = np.zeros((ROWS, ROWS))
    for i in range(ROWS):
        sets = near(reach[i], np.flatnonzero(treated != treated[i]), options.matches)
        if sets.size:
            share[i, sets] = 1 / sets.size
    matched = share.sum(axis=1) > 0
    target = matched & ((treated == 1) | (estimand == "ATE"))
    imputed = share @ outcome
    one, zero = np.where(treated == 1, outcome, imputed), np.where(treated == 1, imputed, outcome)
    effects = (one - zero)[target]
    often = share[target].sum(axis=0)
    extra = often**2 + 2 * often * target - (share[target] ** 2).sum(axis=0)
    variances = np.zeros(ROWS)
    for i in range(ROWS):
        own = near(square[i], np.flatnonzero(treated == treated[i]), options.variance_neighbours + 1)
        variances[i] = outcome[own].var(ddof=1)
    variance = (((effects - effects.mean()) ** 2).sum() + extra @ variances) / target.sum() ** 2
    effect = effects.mean()
    if options.distance == "propensity":
        size = target.sum()
        variance += correction(outcome, treated, fit, square, matched, size, options, estimand, effect)
    return effect, np.sqrt(variance)


def correction(outcome, treated, fit, square, matched, size, options, estimand, effect):
    """Abadie and Imbens (2016) as sums over the rows."""
    e, design = fit.fitted, fit.design
    wanted = max(options.variance_neighbours + 1, 2)
    through, shift = np.zeros(design.shape[1]), np.zeros(design.shape[1])
    for i in np.flatnonzero(matched):
        means, together = [], []
        for arm in (1, 0):
            rows = near(square[i], np.flatnonzero(treated == arm), wanted)
            means.append(outcome[rows].mean())
            centred = design[rows] - design[rows].mean(axis=0)
            together.append(centred.T @ (outcome[rows] - means[-1]) / (rows.size - 1))
        f = e[i] * (1 - e[i])
        if estimand == "ATE":
            through += f * (together[0] / e[i] + together[1] / (1 - e[i]))
        else:
            moved = f * design[i] * (means[0] - means[1] - effect)
            through += moved + f * (together[0] + e[i] / (1 - e[i]) * together[1])
            shift += moved + f * (together[0] - together[1])
    inverse = np.linalg.inv(design.T @ ((e * (1 - e))[:, None] * design))
    return (shift @ inverse @ shift - through @ inverse @ through) / size**2


OPTIONS = [
    Matching(caliper=None),
    Matching(caliper=None, matches=3, variance_neighbours=4),
    Matching(caliper=0.1, matches=2),
    Matching(caliper=None, exact=["x3"], matches=2),
    Matching(distance="mahalanobis", caliper=None, matches=2),
    Matching(distance="mahalanobis", caliper=0.15, matches=3),
    Matching(distance="inverse_variance", caliper=None, exact=["x3"], variance_neighbours=1),
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("estimand", ["ATT", "ATE"])
def test_value_and_variance_are_those_of_the_definitions(sample, options, estimand):
    outcome, treated, x = sample
    found = estimate_effect(outcome, treated, x, method="matching", matching=options, estimand=estimand)
    value, std_error = by_definition(outcome, treated, x, options, estimand)
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.std_error == pytest.approx(std_error, rel=1e-9)


def test_estimating_the_propensity_makes_the_effect_in_all_more_precise(sample):
    """Theorem 2: the correction of the ATE is never positive; matching on the score as given has none."""
    outcome, treated, x = sample
    _, score = model(treated, x)
    estimated = estimate_effect(
        outcome, treated, x, method="matching", matching=Matching(caliper=None), estimand="ATE"
    )
    given = estimate_effect(
        outcome,
        treated,
        score[:, None],
        method="matching",
        matching=Matching(caliper=None, distance="inverse_variance"),
        estimand="ATE",
    )
    assert given.value == pytest.approx(estimated.value, rel=1e-9)
    assert estimated.std_error < given.std_error
