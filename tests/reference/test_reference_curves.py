"""Kaplan-Meier, Aalen-Johansen and log-rank against R survival, cmprsk and etm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import survival_data as sd
from numpy.testing import assert_allclose

from hamm_eval.survival import aalen_johansen, kaplan_meier, logrank, rmst_difference, state_occupation

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


def test_cumulative_hazard_follows_from_the_counts(curves):
    """Nelson and Aalen's, with its Poisson-type error: sums over the curve's events and persons at risk."""
    for time, event, entry, values in curves[0]:
        curve = kaplan_meier(time, event, entry=entry)
        at = np.searchsorted(curve.time, values["times"], side="right")
        happened = curve.events > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.where(happened, curve.events / curve.at_risk, 0)
            squared = np.where(happened, curve.events / curve.at_risk**2, 0)
        hazard, variance = (np.concatenate([[0], np.cumsum(part)])[at] for part in (step, squared))
        assert_allclose(hazard, values["cumhaz_nelson_aalen"], rtol=1e-10, atol=1e-14)
        assert_allclose(np.sqrt(variance), values["std_cumhaz"], rtol=1e-10, atol=1e-14)


def test_mean_cumulative_function(data, reference):
    """Valve seats replaced per engine: a sum over events and engines at risk, its error by engine.

    An engine goes on after an event: each row stands for itself.
    """
    values = reference("recurrent_open")["valveseat_mcf"]
    d = data("valveseat")
    curve = kaplan_meier(d["time"], d["status"], entry=d["start"])
    rate = curve.events / curve.at_risk
    at = np.searchsorted(curve.time, values["times"], side="right")
    assert_allclose(np.cumsum(rate)[at - 1], values["cumhaz"], rtol=1e-10)
    begin, end = (d[name].to_numpy()[:, None] for name in ("start", "time"))
    own = ((end == curve.time) & (d["status"].to_numpy()[:, None] == 1)).astype(float)
    influence = (own - ((begin < curve.time) & (curve.time <= end)) * rate) / curve.at_risk
    by_engine = pd.DataFrame(influence).groupby(d["id"].to_numpy()).sum().to_numpy()
    error = np.sqrt((by_engine.cumsum(axis=1) ** 2).sum(axis=0))
    assert_allclose(error[at - 1], values["std_cumhaz"], rtol=1e-10)


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
        check_time_lost(np.zeros(len(part)), part[time], part[cause], values)
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
        curve = aalen_johansen(entry + part["etime"], part["ev"], entry=entry)
        check_incidence(curve, all_values[label])
        at = curve.at(all_values[label]["times"])
        for c, of in enumerate(all_values[label]["cif"]):
            assert_allclose(at.incidence[:, c], all_values[label]["etm_est"][of], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("name", "key"), sorted(INCIDENCES))
def test_persons_behind_incidences(name, key, data, reference):
    prepare, time, cause, by = INCIDENCES[name, key]
    for label, part in groups(prepare(data), by):
        values, at_risk = reference(name)[key][label], aalen_johansen(part[time], part[cause])
        assert len(part) == values["n"]
        # As in test_persons_at_risk: at the time asked for, or at the next end of a row.
        ends = np.sort(part[time].unique())
        following = ends[np.minimum(np.searchsorted(ends, values["times"]), ends.size - 1)]
        assert [int((part[time] >= t).sum()) for t in following] == values["n_risk"]
        shown = np.isin(following, at_risk.time)
        where = np.searchsorted(at_risk.time, following[shown])
        assert_allclose(at_risk.at_risk[where], np.array(values["n_risk"])[shown])


def test_persons_of_channing_house(data, reference):
    values, d = reference("channing")["n"], sd.channing(data)
    curve = kaplan_meier(d["age"], d["death"], entry=d["ageentry"])
    assert (len(d), curve.events.sum()) == (values["n"], values["deaths"])
    assert ((d["female"] == 0).sum(), d["female"].sum()) == (values["male"], values["female"])


def check_time_lost(entry, time, cause, values):
    """Expected time in each state up to tau: of an event, the mean time lost to it."""
    stored = values["rmtl"]
    kept = (time > entry).to_numpy()
    names = np.array(["free", *values["cif"]])
    curves = state_occupation(
        np.arange(kept.sum()),
        np.asarray(entry)[kept],
        time[kept],
        np.full(kept.sum(), "free"),
        np.where(cause[kept] == 0, "censored", names[cause[kept]]),
        states=list(names),
    )
    mean = curves.expected_time(stored["tau"])
    assert_allclose(mean.value, stored["mean_time_in_state"], rtol=1e-10)
    assert_allclose(mean.std_error, stored["se_ij"], rtol=1e-9)


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
    assert (
        d[by]
        .map(lambda g: f"{by}={g:g}" if isinstance(g, float | int) else f"{by}={g}")
        .value_counts()[values["groups"]]
        .tolist()
        == values["n"]
    )
    if test.dof == 1:
        variance = (test.observed[0] - test.expected[0]) ** 2 / test.statistic
        assert_allclose(np.abs(values["var"]["data"]), np.full((2, 2), variance), rtol=1e-9)
