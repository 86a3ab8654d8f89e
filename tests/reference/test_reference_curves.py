"""Kaplan-Meier, Aalen-Johansen and log-rank against R survival, cmprsk and etm."""

from __future__ import annotations

import numpy as np
import pytest
import survival_data as sd
from numpy.testing import assert_allclose

from hamm_eval.survival import aalen_johansen, kaplan_meier, logrank, rmst_difference

# (data set, result) -> preparation, time, event, group, entry
CURVES = {
    ("unempdur", "km_overall"): (sd.unempdur, "spell", "censor1", None, None),
    ("unempdur", "km_by_ui"): (sd.unempdur, "spell", "censor1", "ui", None),
    ("lung", "km_overall"): (sd.lung, "time", "event", None, None),
    ("lung", "km_by_sex"): (sd.lung, "time", "event", "sex", None),
    ("rossi", "km_by_fin"): (sd.rossi, "week", "arrest", "fin", None),
    ("heart", "simon_makuch_km"): (sd.heart, "stop", "event", "transplant", "start"),
    ("channing", "km_lt_by_gender"): (sd.channing, "age", "death", "female", "ageentry"),
    ("mgus2", "km_naive_pcm"): (sd.mgus2, "etime", "pcm", None, None),
    ("retinopathy", "km_by_trt"): (sd.retinopathy, "futime", "status", "trt", None),
    ("nhefs", "km_qsmk"): (sd.nhefs, "survtime", "death", "qsmk", None),
}
LOGRANK = {
    ("unempdur", "logrank_ui"): (sd.unempdur, "spell", "censor1", "ui", None),
    ("unempdur", "logrank_age3"): (sd.unempdur, "spell", "censor1", "ageg", None),
    ("unempdur", "logrank_ui_strata_age3"): (sd.unempdur, "spell", "censor1", "ui", "ageg"),
    ("lung", "logrank_sex"): (sd.lung, "time", "event", "sex", None),
    ("rossi", "logrank_fin"): (sd.rossi, "week", "arrest", "fin", None),
    ("retinopathy", "logrank_trt"): (sd.retinopathy, "futime", "status", "trt", None),
    ("nhefs", "logrank_qsmk"): (sd.nhefs, "survtime", "death", "qsmk", None),
}
INCIDENCES = {
    ("unempdur", "aj_overall"): (sd.unempdur, "spell", "status", None),
    ("unempdur", "aj_by_ui"): (sd.unempdur, "spell", "status", "ui"),
    ("mgus2", "aj_overall"): (sd.mgus2, "etime", "ev", None),
    ("mgus2", "aj_by_sex"): (sd.mgus2, "etime", "ev", "sex"),
}
SINGLE = {
    ("lung", "km_weighted_age"),
    ("retinopathy", "km_cluster_se"),
    ("nhefs", "km_iptw"),
    ("channing", "km_lt_conditional_816"),
    ("mgus2", "aj_left_truncated_age_scale"),
}
NOT_REPRODUCED = {
    ("unempdur", "peto_ui"): "the log-rank test is offered unweighted only (rho = 0)",
    ("lung", "peto_sex"): "the log-rank test is offered unweighted only (rho = 0)",
}
# Of the curves' values: cumhaz_nelson_aalen and std_cumhaz (no cumulative hazard is offered); of the
# incidences' values: rmtl (no mean time lost of a curve), var_aalen_cmprsk (another estimator of the variance
# than the infinitesimal jackknife). gray_test and aj_matrix_10_30 are in test_reference_states.py.


def numbers(values):
    return np.array([np.nan if v is None else float(v) for v in values])


def groups(rows, by):
    """(label as in the reference, rows) of each group."""
    if by is None:
        return [("all", rows)]
    levels = sorted(rows[by].unique())
    return [(f"{v:g}" if isinstance(v, (int, float)) else str(v), rows[rows[by] == v]) for v in levels]


@pytest.fixture(params=sorted(CURVES), ids="-".join)
def curves(request, data, reference):
    """(label, rows, column names, reference values of the group) of each group, and all values."""
    prepare, time, event, by, entry = CURVES[request.param]
    values = reference(request.param[0])[request.param[1]]
    rows = prepare(data)
    found = []
    for label, part in groups(rows, by):
        start = None if entry is None else part[entry]
        found.append((part[time], part[event], start, values[label]))
    assert len(found) == len(set(values) - {"rmst_difference"})
    return found, values


def test_kaplan_meier(curves):
    for time, event, entry, values in curves[0]:
        for interval, limits in values["ci"].items():
            curve = kaplan_meier(time, event, entry=entry, interval=interval)
            survival, error, lower, upper = curve.at(values["times"])
            assert_allclose(survival, numbers(values["surv"]), rtol=1e-10, atol=1e-14)
            assert_allclose(error, numbers(values["std_err"]), rtol=1e-10, atol=1e-14)
            assert_allclose(lower, numbers(limits["lower"]), rtol=1e-10, atol=1e-14)
            assert_allclose(upper, numbers(limits["upper"]), rtol=1e-10, atol=1e-14)
        assert curve.events.sum() == values["events"]
        assert curve.events.sum() + curve.censored.sum() == values["n"]


def test_persons_at_risk(curves):
    for time, event, entry, values in curves[0]:
        curve = kaplan_meier(time, event, entry=entry)
        begin = np.full(len(time), -np.inf) if entry is None else entry.to_numpy()
        asked = np.array(values["times"])
        # R counts who is at risk at the time asked for, or at the next end of a row; with late entry those
        # who enter up to that end.
        following = curve.time[np.minimum(np.searchsorted(curve.time, asked), curve.time.size - 1)]
        expected = [(begin < t) & (time.to_numpy() >= t) for t in following]
        assert_allclose(numbers(values["n_risk"]), np.sum(expected, axis=1))
        assert_allclose(curve.at_risk[np.searchsorted(curve.time, following)], np.sum(expected, axis=1))


def test_quantiles(curves):
    for time, event, entry, values in curves[0]:
        for interval, limits in values["ci"].items():
            curve = kaplan_meier(time, event, entry=entry, interval=interval)
            found = np.array([curve.quantile(q) for q in limits["quantile_probs"]]).T
            assert_allclose(found[0], numbers(limits["quantile"]))
            assert_allclose(found[1], numbers(limits["quantile_lower"]))
            assert_allclose(found[2], numbers(limits["quantile_upper"]))


def test_restricted_means(curves):
    found, values = curves
    fits = [kaplan_meier(time, event, entry=entry) for time, event, entry, _ in found]
    for fit, (*_, part) in zip(fits, found, strict=True):
        for stored in part["rmst"]:
            assert_allclose(fit.rmst(stored["tau"]), (stored["rmst"], stored["se"]), rtol=1e-10)
    for stored in values.get("rmst_difference", []):
        difference = rmst_difference(fits[1], fits[0], stored["tau"])
        expected = [stored[name] for name in ("difference", "se", "lower", "upper")]
        assert_allclose(difference[:4], expected, rtol=1e-9)
        assert_allclose(difference.p_value, stored["p"], rtol=1e-7)


def test_weighted_curve_is_robust(data, reference):
    values = reference("lung")["km_weighted_age"]
    d = sd.lung(data)
    survival, error, *_ = kaplan_meier(d["time"], d["event"], weights=d["age"] / d["age"].mean()).at(
        values["times"]
    )
    assert_allclose(survival, values["surv"], rtol=1e-10)
    assert_allclose(error, values["std_err_robust"], rtol=1e-10)


def test_clustered_curve(data, reference):
    values = reference("retinopathy")["km_cluster_se"]
    d = sd.retinopathy(data)
    stratum, times = np.array(values["strata"]), np.array(values["times"])
    for arm in (0, 1):
        part, here = d[d["trt"] == arm], stratum == f"trt={arm}"
        survival, error, *_ = kaplan_meier(part["futime"], part["status"], cluster=part["id"]).at(times[here])
        assert_allclose(survival, np.array(values["surv"])[here], rtol=1e-10)
        assert_allclose(error, np.array(values["std_err_robust"])[here], rtol=1e-10)


def test_curve_weighted_by_treatment_probability(data, reference):
    values = reference("nhefs")["km_iptw"]
    d = sd.nhefs(data)
    for arm in (0, 1):
        part, stored = d[d["qsmk"] == arm], values[f"qsmk={arm}"]
        curve = kaplan_meier(part["survtime"], part["death"], weights=part["swt"])
        survival, error, *_ = curve.at(stored["times"])
        # R's logistic regression behind the weights stops at a relative deviance of 1e-8.
        assert_allclose(survival, stored["surv"], rtol=1e-8)
        assert_allclose(error, stored["se_robust"], rtol=1e-7)


def test_conditional_curve(data, reference):
    values = reference("channing")["km_lt_conditional_816"]
    d = sd.channing(data)
    stratum = np.array(values["strata"])
    for female in (0, 1):
        part, here = d[d["female"] == female], stratum == f"female={female}"
        curve = kaplan_meier(part["age"], part["death"], entry=part["ageentry"], start_at=816, interval="log")
        found = curve.at(np.array(values["times"])[here])
        for got, name in zip(found, ("surv", "std_err", "lower_log", "upper_log"), strict=True):
            assert_allclose(got, np.array(values[name])[here], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("name", "key"), sorted(INCIDENCES))
def test_aalen_johansen(name, key, data, reference):
    prepare, time, cause, by = INCIDENCES[name, key]
    all_values = reference(name)[key]
    for label, part in groups(prepare(data), by):
        values = all_values[label]
        curve = aalen_johansen(part[time], part[cause])
        check_incidence(curve, values)
        at = curve.at(values["times"])
        for c, of in enumerate(values["cif"]):
            assert_allclose(at.incidence[:, c], values["cmprsk_est"][of], rtol=1e-10)
            assert_allclose(at.std_error[:, c] ** 2, values["var_greenwood_etm"][of], rtol=1e-10)
            assert curve.events[:, c].sum() == values["n_events"][of]


def test_aalen_johansen_with_late_entry(data, reference):
    all_values = reference("mgus2")["aj_left_truncated_age_scale"]
    d = sd.mgus2(data)
    d = d[d["etime"] > 0]
    for label, part in groups(d, "sex"):
        entry = part["age"] * 12
        check_incidence(aalen_johansen(entry + part["etime"], part["ev"], entry=entry), all_values[label])


def check_incidence(curve, values):
    at = curve.at(values["times"])
    event_free = np.r_[1.0, curve.event_free][np.searchsorted(curve.time, values["times"], side="right")]
    assert_allclose(event_free, values["event_free"], rtol=1e-10)
    for c, of in enumerate(values["cif"]):
        assert_allclose(at.incidence[:, c], values["cif"][of], rtol=1e-10, atol=1e-14)
        assert_allclose(at.std_error[:, c], values["se_infinitesimal_jackknife"][of], rtol=1e-9, atol=1e-14)
        limits = values["ci_loglog_ij"][of]
        assert_allclose(at.lower[:, c], numbers(limits["lower"]), rtol=1e-9)
        assert_allclose(at.upper[:, c], numbers(limits["upper"]), rtol=1e-9)


@pytest.mark.parametrize(("name", "key"), sorted(LOGRANK))
def test_logrank(name, key, data, reference):
    prepare, time, event, by, strata = LOGRANK[name, key]
    values = reference(name)[key]
    d = prepare(data)
    test = logrank(d[time], d[event], d[by], strata=None if strata is None else d[strata])
    assert_allclose(test.statistic, values["chisq"], rtol=1e-10)
    assert_allclose(test.p_value, values["p"], rtol=1e-8)
    assert test.dof == values["df"]
    order = [f"{by}={g:g}" if isinstance(g, float | np.number) else f"{by}={g}" for g in test.groups]
    where = [order.index(g) for g in values["groups"]]
    assert_allclose(test.observed[where], values["observed"])
    assert_allclose(test.expected[where], values["expected"], rtol=1e-10)


def test_no_curve_is_left_out(reference):
    known = {*CURVES, *LOGRANK, *INCIDENCES, *SINGLE, *NOT_REPRODUCED}
    names = ("unempdur", "lung", "rossi", "heart", "channing", "mgus2", "retinopathy", "nhefs", "sir_cont")
    stored = {
        (name, key)
        for name in names
        for key in reference(name)
        if key.startswith(("km_", "logrank_", "peto_", "aj_", "simon_")) and key != "aj_matrix_10_30"
    }
    assert stored == known
