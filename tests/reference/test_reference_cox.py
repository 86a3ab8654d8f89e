"""Cox models against R survival: every model of the reference results, within its README's tolerances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import survival_data as sd
from cox_cases import CASES, TESTS_OF_PROPORTIONALITY
from numpy.testing import assert_allclose
from scipy import stats

from hamm_eval.survival import cox

KEYS = sorted(CASES)
BASELINES = [
    ("channing", "cox_lt_breslow"),
    ("channing", "cox_lt_efron"),
    ("lung", "cox_breslow"),
    ("lung", "cox_efron"),
    ("lung", "cox_strata_sex"),
    ("rossi", "cox_breslow"),
    ("rossi", "cox_efron"),
    ("unempdur", "cox_breslow"),
    ("unempdur", "cox_efron"),
    ("unempdur", "cox_strat_age"),
]


@pytest.fixture(params=KEYS, ids="-".join)
def model(request, data, reference):
    """(fit, reference values, case) of each model."""
    name, key = request.param
    return CASES[request.param].fit(data), reference(name)[key], CASES[request.param]


def numbers(values):
    return np.array(list(values.values()) if isinstance(values, dict) else values, dtype=float)


def test_coefficients_and_errors(model):
    fit, values, _ = model
    assert (fit.n, fit.events) == (values["n"], values["events"])
    assert_allclose(fit.coefficients, numbers(values["coef"]), rtol=1e-6, atol=1e-9)
    assert_allclose(fit.std_error, numbers(values["se"]), rtol=1e-5)
    assert_allclose(fit.covariance, values["vcov"]["data"], rtol=2e-5, atol=1e-12)
    assert_allclose(fit.naive_std_error, numbers(values.get("naive_se", values["se"])), rtol=1e-5)
    assert fit.robust == ("naive_se" in values)


def test_ratios_and_tests(model):
    fit, values, _ = model
    assert_allclose(fit.hazard_ratio, numbers(values["hr"]), rtol=1e-6)
    assert_allclose(fit.lower, numbers(values["hr_lower"]), rtol=1e-5)
    assert_allclose(fit.upper, numbers(values["hr_upper"]), rtol=1e-5)
    # A p-value of 1e-60 multiplies the relative error of z by z^2.
    assert_allclose(stats.norm.isf(fit.p_value / 2), np.abs(numbers(values["z"])), rtol=1e-5, atol=1e-8)
    assert_allclose(fit.log_likelihood, values["loglik"], rtol=1e-10)
    assert_allclose(fit.log_likelihood_null, values["loglik_null"], rtol=1e-10)
    assert_allclose(fit.score_statistic, values["score_test"]["chisq"], rtol=1e-6)


def test_tests_of_the_whole_model(model):
    """Likelihood ratio, Wald (by the robust variance where there is one), score, AIC: of public fields."""
    fit, values, _ = model
    dof = len(fit.names)
    wald = fit.coefficients @ np.linalg.solve(fit.covariance, fit.coefficients)
    for name, statistic, rtol in (
        ("lr_test", 2 * (fit.log_likelihood - fit.log_likelihood_null), 1e-7),
        ("wald_test", wald, 2e-5),
        ("score_test", fit.score_statistic, 1e-6),
    ):
        # Of a single covariate R names the number.
        chisq, df, p = (float(np.ravel(numbers(values[name][part]))[0]) for part in ("chisq", "df", "p"))
        assert df == dof
        assert_allclose(statistic, chisq, rtol=rtol)
        # A p-value of 1e-65 multiplies the relative error by half of the statistic.
        assert_allclose(stats.chi2.sf(statistic, dof), p, rtol=max(1e-6, statistic * rtol))
    assert_allclose(-2 * fit.log_likelihood + 2 * dof, values["aic"], rtol=1e-10)


def test_concordance(model):
    fit, values, _ = model
    assert_allclose(fit.concordance, values["concordance"]["c"], rtol=1e-10)


@pytest.mark.parametrize(("name", "key"), BASELINES)
def test_baseline_at_zero(name, key, data, reference):
    values = reference(name)[key]
    expected = values["baseline_cumhaz_at_x0"]
    fit = CASES[name, key].fit(data)
    baseline = fit.baseline(np.zeros(len(fit.names)))
    strata = {k: v for k, v in expected.items() if k != "times"}
    for label, cumulative in strata.items():
        stratum = None if label == "cumhaz" else label
        assert_allclose(baseline.at(expected["times"], stratum)[0], cumulative, rtol=1e-6)


@pytest.mark.parametrize("name", ["unempdur", "lung"])
def test_predictions(name, data, reference):
    values = reference(name)["cox_predict"]
    predicted = CASES[name, "cox_efron"].fit(data).baseline(pd.DataFrame(values["newdata"]))
    hazard, error = predicted.at(values["times"])
    survival = np.exp(-hazard)
    assert_allclose(survival, values["surv"]["data"], rtol=1e-6)
    assert_allclose(survival * error, values["std_err"]["data"], rtol=1e-5)
    z = stats.norm.ppf(0.975)
    assert_allclose(np.exp(-hazard - z * error), values["lower_log"]["data"], rtol=1e-5)
    assert_allclose(np.minimum(np.exp(-hazard + z * error), 1), values["upper_log"]["data"], rtol=1e-5)


@pytest.mark.parametrize(("name", "key"), sorted(TESTS_OF_PROPORTIONALITY))
def test_proportionality(name, key, data, reference):
    fit = CASES[name, TESTS_OF_PROPORTIONALITY[name, key]].fit(data)
    for transform, values in reference(name)[key].items():
        test = fit.proportionality_test(transform)
        assert_allclose([*test.statistic, test.global_statistic], values["chisq"], rtol=1e-6)
        assert_allclose([*test.p_value, test.global_p_value], values["p"], rtol=1e-4)
        assert [1] * len(fit.names) + [test.global_dof] == values["df"]


def test_residuals(data, reference):
    values = reference("lung")["residuals"]
    fit = CASES["lung", "cox_efron"].fit(data)
    assert_allclose(fit.residuals("martingale")[:10], values["martingale"], rtol=1e-6)
    assert_allclose(fit.residuals("score")[:10], values["score"]["data"], rtol=1e-6, atol=1e-8)
    assert_allclose(fit.residuals("dfbeta")[:10], values["dfbeta"]["data"], rtol=1e-5, atol=1e-10)
    assert_allclose(
        fit.residuals("schoenfeld")[:5], values["schoenfeld_first5"]["data"], rtol=1e-6, atol=1e-8
    )


def test_residuals_that_follow_from_these(data, reference):
    """Deviance and scaled Schoenfeld residuals, by their formulas from ours."""
    values = reference("lung")["residuals"]
    case = CASES["lung", "cox_efron"]
    fit, event = case.fit(data), case.rows(data)["event"].to_numpy()
    martingale = fit.residuals("martingale")
    log = np.where(event == 1, np.log(np.where(event == 1, event - martingale, 1)), 0)
    deviance = np.sign(martingale) * np.sqrt(-2 * (martingale + log))
    assert_allclose(deviance[:10], values["deviance"], rtol=1e-6)
    scaled = fit.coefficients + fit.events * fit.residuals("schoenfeld") @ fit.covariance
    assert_allclose(scaled[:5], values["scaledsch_first5"]["data"], rtol=1e-6)


def test_standardised_survival(data, reference):
    values = reference("nhefs")["cox_g_formula"]
    case = CASES["nhefs", "cox_adjusted"]
    fit = case.fit(data)
    covariates = case.rows(data)[list(fit.names)].astype(float)
    for arm in (0, 1):
        predicted = fit.baseline(covariates.assign(qsmk=float(arm)))
        survival = np.exp(-predicted.at(values["times"])[0]).mean(axis=0)
        assert_allclose(survival, values[f"surv{arm}"], rtol=1e-6)


def test_multistate_model_is_one_model_per_transition(data, reference):
    values = reference("mgus2")["multistate_cox"]
    fits = []
    for state, to in ((0, "pcm"), (0, "death"), (1, "death")):
        case = CASES["mgus2", f"transition_cox_{state}_{to}"]
        rows = case.rows(data)
        fits.append(
            cox(
                rows["tstop"],
                rows[case.event],
                rows[["age", "male"]],
                start=rows["tstart"],
                cluster=rows["id"],
            )
        )
    assert_allclose(np.concatenate([f.coefficients for f in fits]), numbers(values["coef"]), rtol=1e-6)
    assert_allclose(np.concatenate([f.naive_std_error for f in fits]), numbers(values["naive_se"]), rtol=1e-5)
    assert_allclose(np.concatenate([f.std_error for f in fits]), numbers(values["se"]), rtol=1e-5)
    assert_allclose(sum(f.log_likelihood for f in fits), values["loglik"], rtol=1e-10)


def test_every_stored_baseline_is_compared(reference):
    with_baseline = {k for k in CASES if "baseline_cumhaz_at_x0" in reference(k[0])[k[1]]}
    assert with_baseline == set(BASELINES)


def test_prepared_rows_are_those_of_r(data, reference):
    values = reference("heart")["cox_landmark30"]
    rows = sd.jasa_landmark(data)
    assert (len(rows), rows["tx30"].sum()) == (values["n_landmark"], values["n_tx30"])
