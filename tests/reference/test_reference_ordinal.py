"""Ordinal ratings against R's ordinal, MASS and lme4."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from rating_data import children, numbers, wine
from scipy import stats
from scipy.interpolate import CubicSpline

from hamm_eval.ratings import ordinal_mixed, ordinal_regression, proportional_odds_test
from hamm_eval.ratings.cumulative import build_design, evaluator, fit_cumulative
from hamm_eval.ratings.links import LINKS
from hamm_eval.ratings.profile import profile_deviance

CLM, MIXED = 1e-5, 1e-3
LINK_NAMES = ("logit", "probit", "cloglog")


@pytest.mark.parametrize("link", LINK_NAMES)
def test_cumulative_models(link, reference, data):
    values = reference("wine")[f"clm_{link}"]
    d, x = wine(data)
    found = ordinal_regression(d["rating"], x, link=link)
    estimates = np.r_[found.thresholds, found.coefficients]
    errors = np.r_[found.threshold_std_error, found.std_error]
    assert found.names == tuple(values["coef"])[-2:]
    assert_allclose(estimates, numbers(values["coef"]), rtol=CLM)
    assert_allclose(errors, numbers(values["se"]), rtol=CLM)
    assert_allclose(estimates / errors, numbers(values["z"]), rtol=CLM)
    assert_allclose(found.p_value, numbers(values["p"])[-2:], rtol=CLM)
    assert_allclose([found.log_likelihood, found.aic], [values["loglik"], values["aic"]], rtol=CLM)


def test_polr(reference, data):
    """MASS stops a little earlier."""
    values = reference("wine")["polr"]
    d, x = wine(data)
    found = ordinal_regression(d["rating"], x)
    assert_allclose(found.coefficients, numbers(values["coef"]), rtol=2 * CLM)
    assert_allclose(found.thresholds, numbers(values["zeta"]), rtol=2 * CLM)
    assert_allclose(np.r_[found.std_error, found.threshold_std_error], numbers(values["se"]), rtol=CLM)
    # That ours is the maximum: MASS's parameters have no higher likelihood.
    design = build_design(d["rating"].to_numpy() - 1, 5, x.to_numpy(), found.names)
    theirs = np.linalg.solve(design.back, np.r_[numbers(values["zeta"]), numbers(values["coef"])])
    there = evaluator(design, LINKS["logit"])(theirs)
    assert there is not None
    assert there.value < found.log_likelihood
    assert_allclose(there.value, found.log_likelihood, rtol=1e-10)


def test_predictions(reference, data):
    values = reference("wine")["clm_predict"]
    d, x = wine(data)
    found = ordinal_regression(d["rating"], x).predict([[0, 0], [1, 0], [0, 1], [1, 1]])
    assert_allclose(found, values["prob"]["data"], rtol=CLM)


def test_proportional_odds(reference, data):
    values = reference("wine")["clm_nominal_test"]
    d, x = wine(data)
    found = proportional_odds_test(d["rating"], x)
    assert found.dof.tolist() == values["df"][1:]
    assert_allclose(found.log_likelihood, values["loglik"][1:], rtol=CLM)
    assert_allclose(found.statistic, values["lrt"][1:], rtol=CLM)
    assert_allclose(found.p_value, values["p"][1:], rtol=CLM)
    plain = ordinal_regression(d["rating"], x)
    assert_allclose(plain.log_likelihood, values["loglik"][0], rtol=CLM)


def test_partial_proportional_odds(reference, data):
    """R's alpha has, for each threshold, where it lies and what contact adds to it: minus our coefficient."""
    values = reference("wine")["clm_partial_po"]
    d, x = wine(data)
    codes = d["rating"].to_numpy() - 1
    design = build_design(codes, 5, x.to_numpy(), tuple(x), [1])
    fit = fit_cumulative(codes, 5, design, LINKS["logit"])
    parameters = design.back @ fit.best.parameters
    assert_allclose(fit.best.value, values["loglik"], rtol=CLM)
    assert_allclose(parameters[:4], values["alpha"][::2], rtol=CLM)
    assert_allclose(parameters[4], values["beta"]["tempwarm"], rtol=CLM)
    assert_allclose(-parameters[5:], values["alpha"][1::2], rtol=CLM)
    assert_allclose(proportional_odds_test(d["rating"], x).by_threshold[1][0], parameters[5:], rtol=CLM)


def test_profile_intervals(reference, data):
    """R's limits are read off a spline, linearly between three times as many points as it fitted.

    On R's points our profile gives R's limits to 1e-8; our own limits solve for the profile itself.
    """
    values = reference("wine")["clm_profile_ci"]
    d, x = wine(data)
    found = ordinal_regression(d["rating"], x, interval="profile")
    codes = d["rating"].to_numpy() - 1
    design = build_design(codes, 5, x.to_numpy(), tuple(x))
    fit = fit_cumulative(codes, 5, design, LINKS["logit"])
    cutoff, farthest = stats.norm.ppf(0.975), stats.norm.ppf(1 - 0.0125 / 2)
    for j in range(2):
        fall = profile_deviance(fit, LINKS["logit"], 4 + j)
        scale = design.back[4 + j, 4 + j]
        rows = [(found.coefficients[j], 0.0)]
        for side in (-1, 1):
            for step in range(1, 51):
                moved = side * step * farthest / 8 * found.std_error[j]
                rows.append((found.coefficients[j] + moved, side * np.sqrt(fall(moved / scale))))
                if abs(rows[-1][1]) > farthest:
                    break
        at, root = np.array(sorted(rows)).T
        fine = np.linspace(at[0], at[-1], 3 * at.size)
        limits = np.interp([-cutoff, cutoff], CubicSpline(at, root)(fine), fine)
        assert_allclose(limits, [values["lower"][j], values["upper"][j]], rtol=1e-8)
        own = [fall((limit - found.coefficients[j]) / scale) for limit in (found.lower[j], found.upper[j])]
        assert_allclose(own, cutoff**2, rtol=1e-7)


@pytest.mark.parametrize("nodes", [1, 10])
def test_random_intercept(nodes, reference, data):
    values = reference("wine")[f"clmm_nAGQ{nodes}"]
    d, x = wine(data)
    found = ordinal_mixed(d["rating"], x, d["judge"], nodes=nodes)
    assert_allclose(np.r_[found.thresholds, found.coefficients], numbers(values["coef"]), rtol=MIXED)
    assert_allclose(np.r_[found.threshold_std_error, found.std_error], numbers(values["se"]), rtol=MIXED)
    assert_allclose(found.variance, values["var_judge"], rtol=MIXED)
    assert_allclose(found.log_likelihood, values["loglik"], rtol=CLM)
    assert_allclose(found.random_effects, values["ranef"], rtol=MIXED)
    assert_allclose(found.variance_share, found.variance / (found.variance + np.pi**2 / 3), rtol=1e-12)


@pytest.mark.parametrize("nodes", [1, 15])
def test_two_categories_are_mixed_logistic_regression(nodes, reference, data):
    values = reference("gee")[f"ohio_glmer_nAGQ{nodes}"]
    d, x = children(data)
    found = ordinal_mixed(d["resp"], x[["age", "smoke"]], d["id"], nodes=nodes)
    # The intercept is minus the threshold.
    assert_allclose(np.r_[-found.thresholds, found.coefficients], numbers(values["fixef"]), rtol=MIXED)
    assert_allclose(np.r_[found.threshold_std_error, found.std_error], numbers(values["se"]), rtol=MIXED)
    assert_allclose(found.variance, values["var_id"], rtol=MIXED)
    assert_allclose(found.log_likelihood, values["loglik"], rtol=CLM)
