"""Models of rows that belong together against R's clubSandwich, sandwich, geepack, lme4 and lmerTest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from rating_data import children, numbers, pigs, pupils
from scipy import stats

from hamm_eval.ratings import clustered_regression, linear_mixed, marginal_model
from hamm_eval.ratings.clustered_regression import KINDS
from hamm_eval.ratings.linear_mixed import _log_likelihood, _Sums
from hamm_eval.ratings.marginal import _equations, _lay_out, _working
from hamm_eval.ratings.mean_model import fit_mean, mean_at

CLOSED, FITTED = 1e-10, 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_girls_of_34_schools(kind, reference, data):
    values = reference("achievement_awards")[f"lm_{kind}"]
    d, x = pupils(data)
    found = clustered_regression(d["Bagrut_status"], x, d["school_id"], kind=kind)
    assert found.names == tuple(values["coef"])
    assert_allclose(found.coefficients, numbers(values["coef"]), rtol=CLOSED)
    assert_allclose(found.std_error, numbers(values["se"]), rtol=CLOSED)
    assert_allclose(found.dof, numbers(values["df_satterthwaite"]), rtol=CLOSED)
    assert_allclose(found.p_value, numbers(values["p_satterthwaite"]), rtol=CLOSED)


def test_girls_counted(reference, data):
    values = reference("achievement_awards")["counts"]
    d, x = pupils(data)
    found = clustered_regression(d["Bagrut_status"], x, d["school_id"])
    got = [found.n, found.clusters, d["Bagrut_status"].mean(), d["immigrant"].sum()]
    assert_allclose(got, numbers(values), rtol=CLOSED)


def test_few_schools_are_said_of_immigrants(data):
    d, x = pupils(data)
    found = clustered_regression(d["Bagrut_status"], x, d["school_id"], kind="CR3")
    assert found.notes[0].endswith("a rough guide: immigrant.")


def test_logistic_regression_of_few_schools(reference, data):
    values = reference("achievement_awards")["logit_CR2"]
    d, x = pupils(data)
    found = clustered_regression(
        d["Bagrut_status"], x.drop(columns="qrtl"), d["school_id"], family="binomial"
    )
    assert_allclose(found.coefficients, numbers(values["coef"]), rtol=1e-6)
    assert_allclose(found.std_error, numbers(values["se"]), rtol=FITTED)
    assert_allclose(found.dof, numbers(values["df_satterthwaite"]), rtol=FITTED)


def test_joint_test(reference, data):
    values = reference("achievement_awards")["wald_HTZ"]
    d, x = pupils(data)
    found = clustered_regression(d["Bagrut_status"], x, d["school_id"]).joint_test(["father_ed", "mother_ed"])
    got = [found.statistic, *found.dof, found.p_value]
    assert_allclose(got, [values[key] for key in ("F", "df_num", "df_denom", "p")], rtol=CLOSED)


def test_sandwich_package_of_schools(reference, data):
    """vcovCL's HC1 is Stata's factor."""
    d, x = pupils(data)
    found = clustered_regression(d["Bagrut_status"], x, d["school_id"], kind="CR1S")
    values = reference("achievement_awards")["vcovCL_HC1"]
    assert_allclose(found.std_error, numbers(values["se"]), rtol=CLOSED)


@pytest.mark.parametrize("kind", KINDS)
def test_children_of_ohio(kind, reference, data):
    values = reference("gee")[f"ohio_logit_{kind}"]
    d, x = children(data)
    found = clustered_regression(d["resp"], x[["age", "smoke"]], d["id"], family="binomial", kind=kind)
    assert_allclose(found.coefficients, numbers(values["coef"]), rtol=1e-6)
    assert_allclose(found.std_error, numbers(values["se"]), rtol=FITTED)
    assert_allclose(found.dof, numbers(values["df_satterthwaite"]), rtol=FITTED)
    # A p-value of 1e-46 changes by 200 times the relative change of its t.
    t, p = numbers(values["coef"]) / numbers(values["se"]), numbers(values["p_satterthwaite"])
    steepness = t**2 + 1
    assert np.all(np.abs(found.p_value / p - 1) <= FITTED * steepness)


def test_sandwich_package_of_children(reference, data):
    values = reference("gee")["ohio_logit_vcovCL"]
    d, x = children(data)
    for key, kind in (("HC0_nocadj", "CR0"), ("HC0", "CR1"), ("HC1", "CR1S")):
        found = clustered_regression(d["resp"], x[["age", "smoke"]], d["id"], family="binomial", kind=kind)
        assert_allclose(found.std_error, numbers(values[key]), rtol=FITTED)


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2"])
def test_sleepers(kind, reference, data):
    values = reference("sleepstudy")[f"ols_{kind}"]
    d = data("sleepstudy")
    found = clustered_regression(d["Reaction"], d[["Days"]], d["Subject"], kind=kind)
    for got, key in ((found.coefficients, "coef"), (found.std_error, "se"), (found.dof, "df")):
        assert_allclose(got, numbers(values[key]), rtol=CLOSED)
    assert_allclose(found.p_value, numbers(values["p"]), rtol=CLOSED)


GEE = [
    *(("ohio", kind) for kind in ("independence", "exchangeable", "unstructured")),
    *(("dietox", kind) for kind in ("independence", "exchangeable", "ar1")),
]


def marginal(name, correlation, data):
    """As geepack's call has it."""
    if name == "ohio":
        d, x = children(data)
        return marginal_model(d["resp"], x, d["id"], family="binomial", correlation=correlation)
    d, x = pigs(data)
    return marginal_model(d["Weight"], x, d["Pig"], correlation=correlation)


@pytest.mark.parametrize(("name", "correlation"), GEE)
def test_estimating_equations(name, correlation, reference, data):
    values = reference("gee")[f"{name}_{correlation}"]
    found = marginal(name, correlation, data)
    assert found.names == tuple(values["coef"])
    assert (found.clusters, found.largest_cluster) == (values["n_clusters"], values["max_cluster"])
    assert_allclose(found.coefficients, numbers(values["coef"]), rtol=FITTED)
    assert_allclose(found.std_error, numbers(values["robust_se"]), rtol=FITTED)
    assert_allclose(found.naive_std_error, numbers(values["naive_se"]), rtol=FITTED)
    wald = (found.coefficients / found.std_error) ** 2
    assert_allclose(wald, numbers(values["wald"]), rtol=FITTED)
    # R's p-values below 1e-16 are 0.
    assert_allclose(found.p_value, numbers(values["p"]), rtol=10 * FITTED, atol=1e-15)
    assert_allclose(found.association, np.atleast_1d(values["alpha"]), rtol=FITTED)
    assert_allclose(found.scale, values["phi"], rtol=FITTED)


def test_estimating_equations_where_geepack_stops(reference, data):
    """Ohio, ar1: geepack takes one step of the correlation a round and stops at changes below 1e-4.

    Its rounds, made of our equations, give its numbers to 1e-10; ours go on to the solution.
    """
    values = reference("gee")["ohio_ar1"]
    found = marginal("ohio", "ar1", data)
    d, x = children(data)
    y, design = d["resp"].to_numpy(dtype=float), np.column_stack([np.ones(len(d)), x])
    layout = _lay_out(np.unique(d["id"], return_inverse=True)[1], 537, None)
    lag = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    above = np.triu_indices(4, 1)
    fit, rho, scale, change = fit_mean(y, design, found.names, "binomial"), 0.0, 1.0, np.inf
    while change > 1e-4:
        working = np.where(lag == 0, 1.0, rho ** np.maximum(lag, 1.0))
        bread, scores = _equations(fit, layout, working)
        step = np.linalg.solve(bread, scores.sum(axis=0))
        fit = mean_at(y, design, fit.coefficients + step, "binomial")
        pearson = (fit.residuals / np.sqrt(fit.variance))[layout.rows]
        before, scale = scale, (pearson**2).mean()
        products = (pearson.T @ pearson)[above] / scale / 537
        slope = lag[above] * rho ** (lag[above] - 1.0)
        turn = slope @ (products - rho ** lag[above]) / (slope @ slope)
        rho += turn
        change = max(np.abs(step).max(), abs(scale - before), abs(turn))
    assert_allclose(fit.coefficients, numbers(values["coef"]), rtol=CLOSED)
    assert_allclose([rho, scale], [values["alpha"], values["phi"]], rtol=CLOSED)
    bread, scores = _equations(fit, layout, rho**lag)
    inverse = np.linalg.inv(bread)
    robust = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    assert_allclose(robust, numbers(values["robust_se"]), rtol=CLOSED)
    assert_allclose(np.sqrt(scale * np.diag(inverse)), numbers(values["naive_se"]), rtol=CLOSED)
    assert_allclose((fit.coefficients / robust) ** 2, numbers(values["wald"]), rtol=1e-9)
    assert_allclose(
        2 * stats.norm.sf(np.abs(fit.coefficients / robust)), numbers(values["p"]), rtol=1e-8, atol=1e-15
    )
    # Ours solves the same equations.
    own = mean_at(y, design, found.coefficients, "binomial")
    working = _working(own, layout, "ar1")[2]
    left = _equations(own, layout, working)[1].sum(axis=0)
    assert np.abs(left).max() < 1e-7
    assert np.abs(found.coefficients - numbers(values["coef"])).max() < 1e-5


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_random_intercept_of_sleepers(method, reference, data):
    values = reference("sleepstudy")[f"ri_{method}"]
    d = data("sleepstudy")
    found = linear_mixed(d["Reaction"], d[["Days"]], d["Subject"], method=method)
    assert_allclose(found.coefficients, numbers(values["fixef"]), rtol=FITTED)
    assert_allclose(found.std_error, numbers(values["se"]), rtol=FITTED)
    variances = [found.group_covariance[0, 0], found.residual_variance]
    assert_allclose(variances, values["varcomp"]["vcov"], rtol=FITTED)
    assert_allclose(np.sqrt(variances), values["varcomp"]["sdcor"], rtol=FITTED)
    criteria(found, values, CLOSED)
    assert_allclose(found.random_effects[:5, 0], values["ranef_first5"]["(Intercept)"], rtol=FITTED)


def criteria(found, values, rtol):
    """Likelihood and what is made of it."""
    assert_allclose(
        [found.log_likelihood, found.aic, found.bic], [values[k] for k in ("loglik", "aic", "bic")], rtol=rtol
    )
    whole = values["reml_criterion"] if found.method == "reml" else values["deviance"]
    assert_allclose(-2 * found.log_likelihood, whole, rtol=rtol)


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_random_slope_of_sleepers(method, reference, data):
    """lme4 stops before the maximum: at its variances all is as it says, and our likelihood is higher."""
    values = reference("sleepstudy")[f"rs_{method}"]
    d = data("sleepstudy")
    found = linear_mixed(d["Reaction"], d[["Days"]], d["Subject"], slope=d["Days"], method=method)
    assert found.log_likelihood >= values["loglik"]
    criteria(found, values, 1e-9)
    own = [found.group_covariance[0, 0], found.group_covariance[1, 1], found.group_covariance[1, 0]]
    assert_allclose([*own, found.residual_variance], values["varcomp"]["vcov"], rtol=1e-4)
    assert_allclose(found.coefficients, numbers(values["fixef"]), rtol=FITTED)
    assert_allclose(found.std_error, numbers(values["se"]), rtol=3e-5)

    # At R's variances.
    intercept, slope, together, residual = values["varcomp"]["vcov"]
    theirs = np.linalg.cholesky(np.array([[intercept, together], [together, slope]]) / residual)
    theta = theirs[np.tril_indices(2)]
    correlation = together / np.sqrt(intercept * slope)
    assert_allclose(
        np.r_[np.sqrt([intercept, slope]), correlation, np.sqrt(residual)],
        values["varcomp"]["sdcor"],
        rtol=CLOSED,
    )
    random = np.column_stack([np.ones(len(d)), d["Days"]])
    member = pd.factorize(d["Subject"])[0]
    sums = _Sums(d["Reaction"].to_numpy(), random, random, member)
    assert_allclose(_log_likelihood(sums, theta, method), values["loglik"], rtol=1e-11)
    solution = sums.solve(theta)
    assert_allclose(solution.squares / (len(d) - (2 if method == "reml" else 0)), residual, rtol=1e-9)
    errors = np.sqrt(residual * np.diag(np.linalg.inv(solution.information)))
    assert_allclose(errors, numbers(values["se"]), rtol=1e-9)
    effects = sums.effects(theta, solution.coefficients)
    assert_allclose(effects[:5].T, [values["ranef_first5"][k] for k in ("(Intercept)", "Days")], rtol=1e-8)


def test_degrees_of_freedom(reference, data):
    """17 for these balanced data, as Kenward and Roger's are; lmerTest's differences are off by 2e-5."""
    values = reference("sleepstudy")["rs_satterthwaite"]
    d = data("sleepstudy")
    found = linear_mixed(d["Reaction"], d[["Days"]], d["Subject"], slope=d["Days"])
    assert_allclose(found.dof, numbers(values["satterthwaite_df"]), rtol=2e-5)
    assert_allclose(found.dof, numbers(values["kr_df"]), rtol=2e-6)
    assert_allclose(found.std_error, numbers(values["kr_se"]), rtol=FITTED)
    # By lme4's variances, which are not at the maximum; a p-value of 1e-17 moves 200 times as far as its t.
    assert_allclose(found.p_value, numbers(values["kr_p"]), rtol=3e-4)
    assert_allclose(found.p_value, numbers(values["satterthwaite_p"]), rtol=1e-3)


def test_share_of_variance(reference, data):
    values = reference("sleepstudy")["null_icc"]
    d = data("sleepstudy")
    found = linear_mixed(d["Reaction"], None, d["Subject"])
    got = [found.group_covariance[0, 0], found.residual_variance, found.variance_share]
    assert_allclose(got, [values[key] for key in ("var_between", "var_within", "icc")], rtol=FITTED)
