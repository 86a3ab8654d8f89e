"""What rests on weights given as known, and on propensities, against R: NHEFS and LaLonde's men.

Effects with estimated weights and their stacked variances are in test_effects_nhefs.py and _lalonde.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import survival_data as sd
from numpy.testing import assert_allclose
from public_samples import covariates_of

from hamm_eval.effects import estimate_effect, weighted_cox
from hamm_eval.effects.regression import fit_model
from hamm_eval.survival import kaplan_meier

MEN = ["age", "educ", "racehispan", "racewhite", "married", "nodegree", "re74", "re75"]
WEIGHTS = ["ate_unstabilized", "ate_stabilized", "att", "overlap"]


def logistic(outcome, x):
    design = np.column_stack([np.ones(len(x)), x])
    names = ["(Intercept)", *x.columns]
    return fit_model(
        design, np.asarray(outcome, float), np.ones(len(x)), "binomial", names, "propensity model"
    )


def r_information(outcome, x):
    """Information where R's glm takes it: one step before its coefficients (DIVERGENCES.md, 15)."""
    design, y = np.column_stack([np.ones(len(x)), x]), np.asarray(outcome, dtype=float)
    mean, deviance = (y + 0.5) / 2, np.inf
    while True:
        curvature, predictor = mean * (1 - mean), np.log(mean / (1 - mean))
        information = design.T @ (curvature[:, None] * design)
        beta = np.linalg.solve(information, design.T @ (curvature * predictor + y - mean))
        mean = 1 / (1 + np.exp(-design @ beta))
        before, deviance = deviance, -2 * np.log(np.where(y == 1, mean, 1 - mean)).sum()
        if abs(deviance - before) / (deviance + 0.1) < 1e-8:
            return information


def samples(name, data):
    """Outcome, treated, covariates of the propensity."""
    if name == "nhefs":
        frame = data("nhefs")
        frame = frame[frame["wt82_71"].notna()].reset_index(drop=True)
        return frame, frame["wt82_71"], frame["qsmk"], covariates_of(frame)
    frame = data("lalonde")
    frame = frame.assign(
        **{f"race{group}": (frame["race"] == group).astype(float) for group in ("hispan", "white")}
    )
    return frame, frame["re78"], frame["treat"], frame[MEN].astype(float)


def known_weights(kind, a, e):
    share = a.mean()
    return {
        "ate_unstabilized": np.where(a == 1, 1 / e, 1 / (1 - e)),
        "ate_stabilized": np.where(a == 1, share / e, (1 - share) / (1 - e)),
        "att": np.where(a == 1, 1.0, e / (1 - e)),
        "overlap": np.where(a == 1, 1 - e, e),
    }[kind]


def log_odds(effect):
    """Log odds ratio of two risks and its delta standard error; the arms are independent."""
    p1, p0 = effect.mean_treated, effect.mean_control
    error = np.hypot(effect.std_error_treated / (p1 * (1 - p1)), effect.std_error_control / (p0 * (1 - p0)))
    return np.log(p1 / (1 - p1)) - np.log(p0 / (1 - p0)), error


@pytest.mark.parametrize("name", ["nhefs", "lalonde"])
def test_propensity_model(data, reference, name):
    _, _, treated, x = samples(name, data)
    values = reference(name)["ps_model"]
    found = logistic(treated, x)
    names = ["(Intercept)", *x.columns]
    assert set(names) == set(values["coef"])
    assert_allclose(found.coefficients, [values["coef"][k] for k in names], rtol=1e-6, atol=1e-9)
    error = np.sqrt(np.diag(np.linalg.inv(r_information(treated, x))))
    assert_allclose(error, [values["se"][k] for k in names], rtol=1e-5)
    assert_allclose(found.fitted[:5], values["ps_first5"], rtol=1e-6)
    if "ps_summary" in values:
        summary = [found.fitted.min(), found.fitted.mean(), found.fitted.max()]
        assert_allclose(summary, list(values["ps_summary"].values()), rtol=1e-6)


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("name", ["nhefs", "lalonde"])
def test_weighted_means(data, reference, name, kind):
    _, y, treated, x = samples(name, data)
    values = reference(name)["iptw"][kind]
    w = known_weights(kind, treated, logistic(treated, x).fitted)
    assert_allclose(
        [w.sum(), w.min(), w.max()], [values[f"weight_{k}"] for k in ("sum", "min", "max")], rtol=1e-6
    )
    found = estimate_effect(y, treated, None, method="unadjusted", weights=w)
    check_weighted_means(found, values)


def check_weighted_means(found, values):
    assert_allclose(found.mean_treated, values["mean_treated"], rtol=1e-6)
    assert_allclose(found.mean_control, values["mean_control"], rtol=1e-6)
    assert_allclose(found.value, values["effect"], rtol=1e-5)
    assert_allclose(found.std_error, values["se_HC0"], rtol=1e-5)
    assert_allclose(found.effective_n.treated, values["ess_treated"], rtol=1e-6)
    assert_allclose(found.effective_n.control, values["ess_control"], rtol=1e-6)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weighted_risks(data, reference, kind):
    frame, _, treated, x = samples("nhefs", data)
    values = reference("nhefs")["iptw_death"][kind]
    keywords = {"method": "unadjusted", "weights": known_weights(kind, treated, logistic(treated, x).fitted)}
    found = estimate_effect(frame["death"], treated, None, outcome_family="binomial", **keywords)
    check_weighted_means(found, values)
    # svyglm's factor n / (n - 1).
    factor = np.sqrt(len(frame) / (len(frame) - 1))
    ratio = estimate_effect(frame["death"], treated, None, contrast="ratio", **keywords)
    assert_allclose(np.log(ratio.value), values["log_rr"], rtol=1e-5)
    assert_allclose(ratio.std_error * factor, values["log_rr_se_svyglm"], rtol=1e-5)
    odds, error = log_odds(found)
    assert_allclose([odds, error * factor], [values["log_or"], values["log_or_se_svyglm"]], rtol=1e-5)


def test_odds_ratio_of_death(data, reference):
    """Program 12.5, and the crude odds ratio that an E-value is told of."""
    frame, _, treated, x = samples("nhefs", data)
    values = reference("nhefs")["iptw_gee_death"]
    weights = known_weights("ate_stabilized", treated, logistic(treated, x).fitted)
    found = log_odds(estimate_effect(frame["death"], treated, None, method="unadjusted", weights=weights))
    assert_allclose(found, [values["coef"]["qsmk"], values["robust_se"]["qsmk"]], rtol=1e-5)
    everyone = data("nhefs")
    crude = log_odds(estimate_effect(everyone["death"], everyone["qsmk"], None, method="unadjusted"))
    values = reference("nhefs")["death_odds_ratio"]
    assert_allclose(crude, [values["coef"]["qsmk"], values["hc"]["HC0"]["qsmk"]], rtol=1e-6)


def test_treatment_times_censoring_weights(data, reference):
    """Program 12.7: the 63 without a weight in 1982 are represented by those alike who have one."""
    values = reference("nhefs")["iptw_ipcw"]
    frame = data("nhefs")
    x, treated = covariates_of(frame), frame["qsmk"]
    seen = frame["wt82_71"].notna().to_numpy()
    weights = known_weights("ate_stabilized", treated, logistic(treated, x).fitted)
    both = pd.concat([treated.astype(float), x], axis=1)
    weights = weights * logistic(seen, both[["qsmk"]]).fitted / logistic(seen, both).fitted
    w = weights[seen]
    assert_allclose([w.min(), w.mean(), w.max()], list(values["sw_summary"].values()), rtol=1e-6)
    found = estimate_effect(frame["wt82_71"][seen], treated[seen], None, method="unadjusted", weights=w)
    assert_allclose(found.value, values["coef"]["qsmk"], rtol=1e-6)
    assert_allclose(found.mean_control, values["coef"]["(Intercept)"], rtol=1e-6)
    assert_allclose(found.std_error, values["robust_se"]["qsmk"], rtol=1e-5)


@pytest.mark.parametrize("key", ["ps_covariate", "ps_deciles"])
def test_regression_on_the_propensity(data, reference, key):
    """Programs 15.3 and 15.4: standardisation with the propensity, or its tenths, as the covariate."""
    frame = data("nhefs")
    score = logistic(frame["qsmk"], covariates_of(frame)).fitted
    x = pd.DataFrame({"ps": score})
    if key == "ps_deciles":
        tenth = np.searchsorted(np.quantile(score, np.arange(1, 10) / 10), score)
        x = pd.get_dummies(pd.Series(tenth), drop_first=True, dtype=float)
    seen = frame["wt82_71"].notna().to_numpy()
    found = estimate_effect(
        frame["wt82_71"][seen],
        frame["qsmk"][seen],
        x[seen],
        method="standardisation",
        estimand="ATE",
        interactions="none",
    )
    assert_allclose(found.value, reference("nhefs")[key]["coef"]["qsmk"], rtol=1e-6)


@pytest.mark.parametrize(("key", "ties"), [("cox_iptw", "efron"), ("cox_iptw_breslow", "breslow")])
def test_marginal_structural_cox_model(data, reference, key, ties):
    values = reference("nhefs")[key]
    d = sd.nhefs(data)
    found = weighted_cox(d["survtime"], d["death"], d["qsmk"], covariates_of(d), ties=ties)
    assert (found.n, found.events) == (values["n"], values["events"])
    assert_allclose(found.weights, d["swt"], rtol=1e-8)
    assert_allclose(found.coefficients, values["coef"]["qsmk"], rtol=1e-6, atol=1e-9)
    assert_allclose(found.hazard_ratio, values["hr"]["qsmk"], rtol=1e-6)
    assert_allclose(found.naive_std_error, values["naive_se"]["qsmk"], rtol=1e-5)
    # R takes the weights as known, which claims more uncertainty than there is.
    assert_allclose(found.std_error_known_weights, values["se"]["qsmk"], rtol=1e-5)
    assert 0.8 < found.std_error[0] / found.std_error_known_weights[0] < 1
    assert_allclose(found.log_likelihood, values["loglik"], rtol=1e-8)
    assert found.concordance == pytest.approx(values["concordance"]["c"], rel=1e-8)


def test_marginal_survival(data, reference):
    """Program 17: 80.7 % of quitters and 80.5 % of the others would have lived, had all done the same."""
    values = reference("nhefs")["km_iptw"]
    d = sd.nhefs(data)
    found = weighted_cox(d["survtime"], d["death"], d["qsmk"], covariates_of(d))
    last = []
    for arm in (1, 0):
        mine, stored = (d["qsmk"] == arm).to_numpy(), values[f"qsmk={arm}"]
        curve = kaplan_meier(d["survtime"][mine], d["death"][mine], weights=found.weights[mine])
        survival, error, *_ = curve.at(stored["times"])
        assert_allclose(survival, stored["surv"], rtol=1e-8)
        assert_allclose(error, stored["se_robust"], rtol=1e-7)
        last.append(round(100 * survival[-1], 1))
    assert last == [80.7, 80.5]


@pytest.mark.parametrize(
    ("key", "columns"), [("itt_logit", []), ("itt_logit_adj", ["age", "sex", "econ_hard", "depress1"])]
)
def test_logistic_outcome_models(data, reference, key, columns):
    """JOBS II: the outcome model behind standardised risks; without covariates the risks' odds ratio."""
    d = data("jobs2")
    work, values = (d["work1"] == "psyemp").astype(float), reference("jobs2")[key]
    found = logistic(work, d[["treat", *columns]].astype(float))
    assert_allclose(found.coefficients, list(values["coef"].values()), rtol=1e-6)
    inverse = np.linalg.inv(found.information)
    assert_allclose(np.sqrt(np.diag(inverse)), list(values["se"].values()), rtol=1e-5)
    robust = np.sqrt(np.diag(inverse @ found.scores.T @ found.scores @ inverse))
    assert_allclose(robust, list(values["hc"]["HC0"].values()), rtol=1e-5)
    if not columns:
        odds = log_odds(estimate_effect(work, d["treat"], None, method="unadjusted"))
        assert_allclose(odds, [values["coef"]["treat"], values["hc"]["HC0"]["treat"]], rtol=1e-6)
