"""Stanford heart transplants: waiting for the measure is not an effect of it.

Who was ever transplanted had to live until then. Counted from admission as transplanted, that time makes the
operation look as if it cut the hazard to a quarter (0.27); counted as what it was, none of four analyses sees
an effect. Figures are R's (survival::heart); those of the weighted models, variances included, are
scripts/20_weighted_cox.R's.
"""

from __future__ import annotations

import numpy as np
import pytest
import survival_data as sd
from numpy.testing import assert_allclose
from public_samples import KNOWN_AT_ADMISSION as KNOWN
from public_samples import by_day

from hamm_eval.effects import weighted_cox
from hamm_eval.errors import InputError
from hamm_eval.survival import cox, kaplan_meier


@pytest.fixture
def days(data):
    return by_day(sd.heart(data))


def fit(d, **keywords):
    return weighted_cox(
        d["stop"], d["event"], d["transplant"], d[KNOWN], start=d["start"], person=d["id"], **keywords
    )


def check(found, values, name):
    assert_allclose(found.coefficients[-1], values["coef"][name], rtol=1e-6)
    assert_allclose(found.std_error[-1], values["se"][name], rtol=1e-5)
    assert_allclose(found.hazard_ratio[-1], values["hr"][name], rtol=1e-6)


def test_ever_transplanted_is_the_trap(data, reference):
    d = sd.jasa(data)
    naive = cox(d["futime_positive"], d["fustat"], d[["transplant"]])
    check(naive, reference("heart")["cox_naive_ever_transplanted"], "transplant")
    assert naive.hazard_ratio[0] == pytest.approx(0.27, abs=0.005)
    assert naive.p_value[0] < 1e-6
    # Weighting for what was known at admission is no remedy: the time before is still counted as treated.
    x = d[["age", "surgery"]]
    assert weighted_cox(d["futime_positive"], d["fustat"], d["transplant"], x).upper[0] < 0.5


def test_time_dependent_analyses_see_no_effect(data, reference):
    d = sd.heart(data)
    alone = cox(d["stop"], d["event"], d[["transplant"]], start=d["start"])
    check(alone, reference("heart")["cox_td_transplant_only"], "transplant")
    adjusted = cox(d["stop"], d["event"], d[[*KNOWN, "transplant"]], start=d["start"])
    check(adjusted, reference("heart")["cox_td_efron"], "transplant")
    assert alone.hazard_ratio[0] == pytest.approx(1.14, abs=0.005)
    assert adjusted.hazard_ratio[-1] == pytest.approx(0.99, abs=0.005)
    assert min(alone.p_value[0], adjusted.p_value[-1]) > 0.6


def test_landmark_sees_no_effect(data, reference):
    d = sd.jasa_landmark(data)
    values = reference("heart")["cox_landmark30"]
    assert (len(d), d["tx30"].sum()) == (values["n_landmark"], values["n_tx30"])
    since = d["time"] - d["begin"]
    found = cox(since, d["fustat"], d[["tx30"]])
    check(found, values, "tx30")
    assert found.hazard_ratio[0] == pytest.approx(0.92, abs=0.005)
    weighted = weighted_cox(since, d["fustat"], d["tx30"], d[["age", "surgery"]])
    assert weighted.lower[0] < 1 < weighted.upper[0]


def test_curves_with_late_entry_lie_together(data, reference):
    """Simon and Makuch: who is transplanted enters the other curve then."""
    values = reference("heart")["simon_makuch_km"]
    ever = sd.jasa(data)
    gaps = {}
    for arm, d in sd.heart(data).groupby("transplant"):
        curve = kaplan_meier(d["stop"], d["event"], entry=d["start"])
        survival, error, *_ = curve.at(values[str(arm)]["times"])
        assert_allclose(survival, values[str(arm)]["surv"], rtol=1e-10)
        assert_allclose(error, values[str(arm)]["std_err"], rtol=1e-10)
        naive = ever[ever["transplant"] == arm]
        gaps[arm] = survival[2], kaplan_meier(naive["futime"], naive["fustat"]).at([180])[0][0]
    right, wrong = (gaps[1][k] - gaps[0][k] for k in (0, 1))
    assert abs(right) < 0.12 < 0.35 < wrong


CASES = {
    "heart_time": {},
    "heart_time_breslow": {"ties": "breslow"},
    "heart_numerator_surgery": {"numerator": ["surgery"]},
    "heart_truncated": {"truncate": 0.9},
    "heart_unstabilised": {"stabilised": False},
}


@pytest.mark.parametrize("key", sorted(CASES))
def test_marginal_structural_models(days, reference, key):
    values = reference("weighted_cox")[key]
    found = fit(days, **CASES[key])
    assert (found.n, found.events, found.clusters) == (values["rows"], values["events"], 103)
    # R calls the measure's column by its own name.
    assert list(found.names[1:]) == list(values["coef"])[1:]
    assert_allclose(found.coefficients, list(values["coef"].values()), rtol=1e-6)
    assert_allclose(found.naive_std_error, list(values["naive_se"].values()), rtol=1e-5)
    assert_allclose(found.std_error_known_weights, list(values["se_known_weights"].values()), rtol=1e-5)
    assert_allclose(found.std_error, list(values["se_estimated_weights"].values()), rtol=1e-5)
    assert_allclose(found.log_likelihood, values["loglik"], rtol=1e-8)
    assert [found.truncated.treated, found.truncated.control] == list(values["truncated"].values())
    w = found.weights
    assert_allclose([w.min(), w.mean(), w.max()], list(values["weights"].values()), rtol=1e-6)


def test_weighting_sees_no_effect(days):
    found = fit(days)
    assert found.hazard_ratio[0] == pytest.approx(1.12, abs=0.005)
    assert found.lower[0] < 1 < found.upper[0]
    assert (found.persons.treated, found.persons.control) == (69, 103)
    # Age decided on who was transplanted; after weighting that is less so.
    assert found.balance_before.worst > 0.6 > 0.3 > found.balance.worst


def test_with_all_covariates_in_the_numerator_it_is_the_adjusted_model(days, reference):
    """Covariates that never change cancel from the weights, and stand in the Cox model instead."""
    values = reference("heart")["cox_td_efron"]
    found = fit(days, numerator=KNOWN)
    assert_allclose(found.weights, np.ones(len(days)), rtol=1e-9)
    names = ["transplant", *KNOWN]
    assert_allclose(found.coefficients, [values["coef"][name] for name in names], rtol=1e-6)
    assert_allclose(found.naive_std_error, [values["se"][name] for name in names], rtol=1e-5)


def test_rows_as_r_keeps_them_do_not_show_who_could_have_been_transplanted(data):
    with pytest.raises(InputError, match="Rows are split only where someone starts"):
        fit(sd.heart(data))


def test_no_weighted_model_is_left_out(reference):
    assert set(reference("weighted_cox")) == set(CASES)
