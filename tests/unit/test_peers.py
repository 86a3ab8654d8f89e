"""The same numbers as lifelines and statsmodels where these are known to be right: an independent check."""

from __future__ import annotations

import lifelines
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.duration.survfunc import CumIncidenceRight, survdiff

from hamm_eval.effects import estimate_effect
from hamm_eval.survival import aalen_johansen, cox, kaplan_meier, logrank


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    """Monthly times, so that events are heavily tied."""
    rng = np.random.default_rng(20261122)
    n = 400
    age, group = rng.normal(size=n), rng.integers(0, 2, n)
    goal = rng.exponential(12 * np.exp(-0.4 * age - 0.5 * group))
    gone, end = rng.exponential(30, n), rng.uniform(3, 24, n)
    time = np.ceil(np.minimum.reduce([goal, gone, end]))
    cause = np.where((goal <= gone) & (goal <= end), 1, np.where(gone <= end, 2, 0))
    return pd.DataFrame(
        {"time": time, "cause": cause, "event": (cause == 1).astype(int), "age": age, "group": group}
    )


def test_kaplan_meier_is_that_of_lifelines(data: pd.DataFrame) -> None:
    ours = kaplan_meier(data["time"], data["event"])
    theirs = lifelines.KaplanMeierFitter().fit(data["time"], data["event"])
    at = np.arange(1, 20)
    assert np.allclose(ours.at(at)[0], theirs.survival_function_at_times(at), rtol=1e-12)


def test_the_incidence_and_its_error_are_those_of_statsmodels(data: pd.DataFrame) -> None:
    ours = aalen_johansen(data["time"], data["cause"])
    theirs = CumIncidenceRight(data["time"], data["cause"])
    at = np.searchsorted(ours.time, theirs.times)
    for cause in (0, 1):
        assert np.allclose(ours.incidence[at, cause], theirs.cinc[cause], rtol=1e-12)


def test_the_log_rank_test_is_that_of_statsmodels(data: pd.DataFrame) -> None:
    ours = logrank(data["time"], data["event"], data["group"])
    statistic, p_value = survdiff(data["time"], data["event"], data["group"])
    assert ours.statistic == pytest.approx(statistic, rel=1e-10)
    assert ours.p_value == pytest.approx(p_value, rel=1e-8)


def test_the_cox_model_is_that_of_both(data: pd.DataFrame) -> None:
    columns = ["age", "group"]
    ours = cox(data["time"], data["event"], data[columns])
    efron = lifelines.CoxPHFitter().fit(
        data[["time", "event", *columns]], "time", "event", fit_options={"precision": 1e-12}
    )
    assert np.allclose(ours.coefficients, efron.params_, rtol=1e-6)
    assert np.allclose(ours.std_error, efron.standard_errors_, rtol=1e-5)
    ours = cox(data["time"], data["event"], data[columns], ties="breslow")
    breslow = sm.PHReg(data["time"], data[columns], status=data["event"], ties="breslow").fit()
    assert np.allclose(ours.coefficients, breslow.params, rtol=1e-5)
    assert np.allclose(ours.std_error, breslow.bse, rtol=1e-4)


def test_standardisation_is_the_g_formula_with_a_binomial_model(data: pd.DataFrame) -> None:
    outcome = (data["cause"] == 1).astype(int)
    ours = estimate_effect(
        outcome,
        data["group"],
        data[["age"]],
        method="standardisation",
        estimand="ATE",
        outcome_family="binomial",
    )
    risks = []
    for arm in (1, 0):
        inside = data["group"] == arm
        fit = sm.GLM(
            outcome[inside], sm.add_constant(data.loc[inside, ["age"]]), family=sm.families.Binomial()
        ).fit(tol=1e-14)
        risks.append(float(fit.predict(sm.add_constant(data[["age"]])).mean()))
    assert ours.value == pytest.approx(risks[0] - risks[1], rel=1e-8)
