"""JOBS II, a randomised job-search seminar, against R; adjusted p-values and further E-values."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.effects import adjust_p, assess_design, e_value, estimate_effect

ADJUSTMENT = ["age", "sex", "econ_hard", "depress1"]


@pytest.fixture
def jobs2(reference):
    return reference("jobs2")


@pytest.fixture
def seekers(data):
    frame = data("jobs2")
    return frame.assign(work=(frame["work1"] == "psyemp").astype(int))


def test_counts_and_risk_difference(seekers, jobs2):
    found = estimate_effect(
        seekers["work"], seekers["treat"], None, method="unadjusted", outcome_family="binomial"
    )
    counts = jobs2["counts"]
    assert (found.n.treated, found.n.control) == (counts["treated"], counts["n"] - counts["treated"])
    assert (found.events.treated, found.events.control) == (
        counts["employed_treated"],
        counts["employed_control"],
    )
    assert found.value == pytest.approx(jobs2["itt_risk_difference"]["rd"], rel=1e-10)
    assert found.std_error == pytest.approx(jobs2["itt_risk_difference"]["hc"]["HC0"], rel=1e-10)


def test_risk_ratio_is_modified_poisson_regression(seekers, jobs2):
    found = estimate_effect(seekers["work"], seekers["treat"], None, method="unadjusted", contrast="ratio")
    expected = jobs2["itt_log_rr_poisson_robust"]
    assert np.log(found.value) == pytest.approx(expected["log_rr"], rel=1e-6)
    assert found.std_error == pytest.approx(expected["se_HC0"], rel=1e-6)


def test_standardised_risks(seekers, jobs2):
    expected = jobs2["itt_standardized"]
    keywords = {"method": "standardisation", "estimand": "ATE", "outcome_family": "binomial"}
    found = estimate_effect(
        seekers["work"], seekers["treat"], seekers[ADJUSTMENT], interactions="none", **keywords
    )
    assert found.mean_treated == pytest.approx(expected["risk1"], rel=1e-6)
    assert found.mean_control == pytest.approx(expected["risk0"], rel=1e-6)
    assert found.value == pytest.approx(expected["rd"], rel=1e-6)
    ratio = estimate_effect(
        seekers["work"],
        seekers["treat"],
        seekers[ADJUSTMENT],
        interactions="none",
        contrast="ratio",
        **keywords,
    )
    assert ratio.value == pytest.approx(expected["rr"], rel=1e-6)


def test_analysis_of_covariance(seekers, jobs2):
    found = estimate_effect(
        seekers["depress2"],
        seekers["treat"],
        seekers[ADJUSTMENT],
        method="standardisation",
        estimand="ATE",
        interactions="none",
    )
    assert found.value == pytest.approx(jobs2["ancova_depression"]["coef"]["treat"], rel=1e-9)
    assert found.std_error == pytest.approx(jobs2["ancova_depression"]["hc"]["HC0"]["treat"], rel=1e-9)


def test_a_randomised_design_passes(seekers):
    for estimand in ("ATT", "ATE", "ATO"):
        found = estimate_effect(
            seekers["work"],
            seekers["treat"],
            seekers[ADJUSTMENT],
            estimand=estimand,
            outcome_family="binomial",
        )
        assert assess_design(found).passed


@pytest.mark.parametrize(
    ("dataset", "key"),
    [
        ("jobs2", "benjamini_hochberg_1995"),
        ("jobs2", "subgroup_padjust"),
        ("unempdur", "subgroup_padjust"),
    ],
)
@pytest.mark.parametrize(("method", "name"), [("bh", "BH"), ("holm", "holm"), ("bonferroni", "bonferroni")])
def test_adjusted_p_values(reference, dataset, key, method, name):
    expected = reference(dataset)[key]
    assert adjust_p(expected["p"], method) == pytest.approx(expected[name], rel=1e-10)


@pytest.mark.parametrize(
    ("dataset", "key", "scale"),
    [
        ("jobs2", "evalue_or", "odds_ratio"),
        ("unempdur", "evalue_ui", "hazard_ratio"),
        ("rossi", "evalue_fin", "hazard_ratio"),
    ],
)
def test_e_values(reference, dataset, key, scale):
    expected = reference(dataset)[key]
    found = e_value(expected["estimate"], expected["lower"], expected["upper"], scale)
    assert found.point == pytest.approx(expected["evalue_point"], rel=1e-10)
    assert found.interval == pytest.approx(expected["evalue_ci_limit"], rel=1e-10)
