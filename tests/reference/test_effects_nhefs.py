"""Smoking cessation and weight (Hernan and Robins, Causal Inference: What If, chapters 12-15) against R."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hamm_eval.effects import balance, e_value, estimate_effect

ESTIMANDS = [("ATE", "ate"), ("ATT", "att"), ("ATO", "overlap")]
WEIGHTS = {"ATE": "ate_unstabilized", "ATT": "att", "ATO": "overlap"}
COMPARED = ["sex", "race", "age", "smokeintensity", "smokeyrs", "wt71"]


@pytest.fixture
def nhefs(reference):
    return reference("nhefs")


@pytest.fixture
def followed(data):
    """The 1,566 persons whose weight in 1982 is known, and the covariates of Program 12.2."""
    frame = data("nhefs")
    frame = frame[frame["wt82_71"].notna()].reset_index(drop=True)
    x = frame[COMPARED].astype(float)
    squares = ["age", "smokeintensity", "smokeyrs", "wt71"]
    x = x.assign(**{f"{name}_squared": x[name] ** 2 for name in squares})
    for name in ("education", "exercise", "active"):
        dummies = pd.get_dummies(frame[name].astype(int), prefix=name, drop_first=True, dtype=float)
        x = pd.concat([x, dummies], axis=1)
    return frame, x


def test_unadjusted(followed, nhefs):
    frame, _ = followed
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], None, method="unadjusted")
    assert found.value == pytest.approx(nhefs["unadjusted"]["coef"]["qsmk"], rel=1e-10)
    assert found.std_error == pytest.approx(nhefs["unadjusted"]["hc"]["HC0"]["qsmk"], rel=1e-10)


@pytest.mark.parametrize(("estimand", "key"), ESTIMANDS)
def test_weighting(followed, nhefs, estimand, key):
    frame, x = followed
    expected, known = nhefs["iptw_m_estimation"][key], nhefs["iptw"][WEIGHTS[estimand]]
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x, method="weighting", estimand=estimand)
    assert found.value == pytest.approx(expected["effect"], rel=1e-6)
    assert found.mean_treated == pytest.approx(expected["mean1"], rel=1e-6)
    assert found.mean_control == pytest.approx(expected["mean0"], rel=1e-6)
    assert found.std_error == pytest.approx(expected["se"], rel=1e-5)
    assert found.effective_n.treated == pytest.approx(known["ess_treated"], rel=1e-6)
    assert found.effective_n.control == pytest.approx(known["ess_control"], rel=1e-6)


def test_weights_given_as_known(followed, nhefs):
    """Weights taken as fixed: the robust variance of the marginal structural model (Program 12.2)."""
    frame, x = followed
    from scipy.special import expit

    design = np.column_stack([np.ones(len(x)), (x - x.mean()) / x.std()])
    beta = np.zeros(design.shape[1])
    for _ in range(20):
        mean = expit(design @ beta)
        information = design.T @ (design * (mean * (1 - mean))[:, None])
        beta = beta + np.linalg.solve(information, design.T @ (frame["qsmk"] - mean))
    mean = expit(design @ beta)
    weights = np.where(frame["qsmk"] == 1, 1 / mean, 1 / (1 - mean))
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], None, method="unadjusted", weights=weights)
    assert found.value == pytest.approx(nhefs["iptw_gee"]["coef"]["qsmk"], rel=1e-6)
    assert found.std_error == pytest.approx(nhefs["iptw_gee"]["robust_se"]["qsmk"], rel=1e-5)


@pytest.mark.parametrize(
    ("estimand", "key"), [("ATE", "ate_unstabilized"), ("ATT", "att"), ("ATO", "overlap")]
)
def test_weighted_risk_of_death(followed, nhefs, estimand, key):
    frame, x = followed
    expected = nhefs["iptw_death"][key]
    keywords = {"method": "weighting", "estimand": estimand, "outcome_family": "binomial"}
    found = estimate_effect(frame["death"], frame["qsmk"], x, **keywords)
    assert found.value == pytest.approx(expected["effect"], rel=1e-5)
    assert found.mean_treated == pytest.approx(expected["mean_treated"], rel=1e-6)
    ratio = estimate_effect(frame["death"], frame["qsmk"], x, contrast="ratio", **keywords)
    assert np.log(ratio.value) == pytest.approx(expected["log_rr"], rel=1e-5)


def test_aipw_with_outcome_models_by_arm(followed, nhefs):
    frame, x = followed
    expected = nhefs["aipw_separate"]
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x, estimand="ATE")
    assert found.value == pytest.approx(expected["ate"], rel=1e-6)
    assert found.mean_treated == pytest.approx(expected["mean1"], rel=1e-6)
    assert found.mean_control == pytest.approx(expected["mean0"], rel=1e-6)
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x)
    assert found.value == pytest.approx(expected["att"], rel=1e-6)


def test_aipw_with_one_outcome_model(followed, nhefs):
    frame, x = followed
    expected = nhefs["aipw"]
    keywords = {"interactions": ["smokeintensity"]}
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x, estimand="ATE", **keywords)
    assert found.value == pytest.approx(expected["ate"], rel=1e-6)
    assert found.mean_treated == pytest.approx(expected["mean1"], rel=1e-6)
    assert found.mean_control == pytest.approx(expected["mean0"], rel=1e-6)
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x, **keywords)
    assert found.value == pytest.approx(expected["att"], rel=1e-6)


def test_standardisation(followed, nhefs):
    frame, x = followed
    keywords = {"method": "standardisation", "estimand": "ATE"}
    expected = nhefs["g_formula"]["over_1566"]
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x, interactions=["smokeintensity"], **keywords)
    assert found.value == pytest.approx(expected["ate"], rel=1e-9)
    assert found.mean_treated == pytest.approx(expected["mean1"], rel=1e-9)
    assert found.mean_control == pytest.approx(expected["mean0"], rel=1e-9)
    # R holds the covariates fixed; the stack adds their sampling, which the interaction lets matter a little.
    assert found.std_error >= expected["se_delta_HC0"]
    assert found.std_error == pytest.approx(expected["se_delta_HC0"], rel=0.01)

    common = estimate_effect(frame["wt82_71"], frame["qsmk"], x, interactions="none", **keywords)
    assert common.value == pytest.approx(nhefs["outcome_regression"]["coef"]["qsmk"], rel=1e-9)
    assert common.std_error == pytest.approx(nhefs["outcome_regression"]["hc"]["HC0"]["qsmk"], rel=1e-9)

    for estimand in ("ATE", "ATT"):
        found = estimate_effect(
            frame["wt82_71"], frame["qsmk"], x, method="standardisation", estimand=estimand
        )
        assert found.value == pytest.approx(
            nhefs["regression_adjustment_separate"][estimand.lower()], rel=1e-9
        )


@pytest.mark.parametrize(("estimand", "key"), [("ATE", "ate"), ("ATT", "att"), ("ATO", "overlap")])
def test_balance(followed, nhefs, estimand, key):
    frame, x = followed
    found = estimate_effect(frame["wt82_71"], frame["qsmk"], x, method="weighting", estimand=estimand)
    after = found.balance.to_frame().loc[COMPARED, "smd"]
    assert after.to_dict() == pytest.approx(nhefs["balance_smd"][key], rel=1e-6, abs=1e-9)
    before = balance(x[COMPARED], frame["qsmk"])
    assert dict(zip(before.names, before.smd, strict=True)) == pytest.approx(
        nhefs["balance_smd"]["unweighted"], rel=1e-10
    )


@pytest.mark.parametrize(
    ("key", "scale"),
    [
        ("evalue_crude_hr", "hazard_ratio"),
        ("evalue_crude_or", "odds_ratio"),
        ("evalue_vanderweele_ding", "risk_ratio"),
    ],
)
def test_e_values(nhefs, key, scale):
    expected = nhefs[key]
    found = e_value(expected["estimate"], expected["lower"], expected["upper"], scale)
    assert found.point == pytest.approx(expected["evalue_point"], rel=1e-10)
    assert found.interval == pytest.approx(expected["evalue_ci_limit"], rel=1e-10)
