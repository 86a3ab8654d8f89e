"""Job training (LaLonde 1986; Dehejia and Wahba 1999): effects against R and against the experiment."""

from __future__ import annotations

import pytest

from hamm_eval.effects import assess_design, balance, estimate_effect

ADJUSTMENT = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
ESTIMANDS = [("ATE", "ate"), ("ATT", "att"), ("ATO", "overlap")]


@pytest.fixture
def lalonde(reference):
    return reference("lalonde")


@pytest.fixture
def men(data):
    frame = data("lalonde")
    return frame.assign(
        black=(frame["race"] == "black").astype(int), hispan=(frame["race"] == "hispan").astype(int)
    )


def test_naive_comparison(men, lalonde):
    expected = lalonde["naive_observational"]
    found = estimate_effect(men["re78"], men["treat"], None, method="unadjusted")
    assert found.value == pytest.approx(expected["effect"], rel=1e-10)
    assert found.std_error == pytest.approx(expected["se"]["HC0"], rel=1e-10)


@pytest.mark.parametrize(("name", "trials"), [("nsw_dw445", "dw445"), ("nsw_lalonde722", "lalonde722")])
def test_the_experiments(data, lalonde, name, trials):
    frame, expected = data(name), lalonde[f"experimental_{trials}"]["unadjusted"]
    found = estimate_effect(frame["re78"], frame["trt"], None, method="unadjusted")
    assert found.value == pytest.approx(expected["effect"], rel=1e-10)
    assert found.std_error == pytest.approx(expected["se"]["HC0"], rel=1e-10)


@pytest.mark.parametrize(("estimand", "key"), ESTIMANDS)
def test_weighting_with_estimated_propensity(men, lalonde, estimand, key):
    expected = lalonde["iptw_m_estimation"][key]
    found = estimate_effect(men["re78"], men["treat"], men[ADJUSTMENT], method="weighting", estimand=estimand)
    assert found.value == pytest.approx(expected["effect"], rel=1e-6)
    assert found.mean_treated == pytest.approx(expected["mean1"], rel=1e-6)
    assert found.mean_control == pytest.approx(expected["mean0"], rel=1e-6)
    assert found.std_error == pytest.approx(expected["se"], rel=1e-5)
    sizes = lalonde["iptw"]["ate_unstabilized" if key == "ate" else key]
    assert found.effective_n.treated == pytest.approx(sizes["ess_treated"], rel=1e-6)
    assert found.effective_n.control == pytest.approx(sizes["ess_control"], rel=1e-6)


def test_aipw_with_outcome_models_by_arm(men, lalonde):
    expected = lalonde["aipw_separate"]
    found = estimate_effect(men["re78"], men["treat"], men[ADJUSTMENT], estimand="ATE")
    assert found.value == pytest.approx(expected["ate"], rel=1e-6)
    assert found.mean_treated == pytest.approx(expected["mean1"], rel=1e-6)
    assert found.mean_control == pytest.approx(expected["mean0"], rel=1e-6)
    found = estimate_effect(men["re78"], men["treat"], men[ADJUSTMENT], estimand="ATT")
    assert found.value == pytest.approx(expected["att"], rel=1e-6)


def test_standardisation_by_arm(men, lalonde):
    expected = lalonde["regression_imputation"]
    for estimand in ("ATE", "ATT"):
        found = estimate_effect(
            men["re78"], men["treat"], men[ADJUSTMENT], method="standardisation", estimand=estimand
        )
        assert found.value == pytest.approx(expected[estimand.lower()], rel=1e-9)


def test_outcome_model_without_interaction_is_the_regression_coefficient(men, lalonde):
    found = estimate_effect(
        men["re78"],
        men["treat"],
        men[ADJUSTMENT],
        method="standardisation",
        interactions="none",
        estimand="ATE",
    )
    assert found.value == pytest.approx(lalonde["regression_adjusted"]["coef"]["treat"], rel=1e-9)
    assert found.std_error == pytest.approx(lalonde["regression_adjusted"]["hc"]["HC0"]["treat"], rel=1e-9)


def test_balance_before_weighting(men, lalonde):
    expected = lalonde["balance_unweighted"]["smd_pooled"]
    found = balance(men[ADJUSTMENT], men["treat"])
    assert dict(zip(found.names, found.smd, strict=True)) == pytest.approx(expected, rel=1e-10)


def test_the_design_check_says_no_or_warns(men):
    """Poor overlap: the effect in all is withheld; in the treated the comparison's thinness is told."""
    keywords = {"outcome": men["re78"], "treated": men["treat"], "covariates": men[ADJUSTMENT]}
    in_all = assess_design(estimate_effect(**keywords, estimand="ATE"))
    assert {"effective_share", "overlap"} <= {reason.key for reason in in_all.reasons}
    in_treated = assess_design(estimate_effect(**keywords, estimand="ATT"))
    assert "fewer_effective_controls" in {warning.key for warning in in_treated.warnings}
