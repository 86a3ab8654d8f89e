"""Multi-state probabilities, Fine-Gray, Gray's test and parametric models against R's numbers."""

from __future__ import annotations

import numpy as np
import pytest
import survival_data as sd
from numpy.testing import assert_allclose
from scipy import stats

from hamm_eval.survival import cox, fine_gray, gray_test, kaplan_meier, parametric, state_occupation

SIR = ["novent", "vent", "exit"]
MGUS = ["(s0)", "pcm", "death"]


def numbers(values):
    return np.array([np.nan if v is None else float(v) for v in values])


def ventilated(data):
    rows = data("sir_cont_long")
    return rows.assign(state=rows["from"].map({0: "novent", 1: "vent"}))


def illness_death(data):
    rows = data("mgus2_illness_death_long")
    before = rows.groupby("id")["event"].transform(lambda event: (event == "pcm").shift(fill_value=False))
    return rows.assign(state=before.map({True: "pcm", False: "(s0)"}))


def occupation(rows, end, states, **keywords):
    return state_occupation(
        rows["id"], rows["tstart"], rows["tstop"], rows["state"], rows[end], states=states, **keywords
    )


def assert_occupied(curves, values, times, errors=True):
    at = curves.at(times)
    for j, state in enumerate(curves.states):
        assert_allclose(at.probability[:, j], values["pstate"][state], rtol=1e-10, atol=1e-14)
        if errors:
            assert_allclose(at.std_error[:, j], values["se_ij"][state], rtol=1e-9, atol=1e-14)


def assert_counted(curves, table):
    assert table["rows"] == list(curves.states)
    counted = np.array(table["data"])
    for j, to in enumerate(table["cols"]):
        expected = curves.censored if to == "(censored)" else curves.transitions[:, curves.states.index(to)]
        assert_allclose(counted[:, j], expected)


def test_reversible_states(data, reference):
    values = reference("sir_cont")["survfit_state_occupation"]
    rows = ventilated(data)
    observed = occupation(rows, "ev", SIR)
    assert_occupied(observed, values, values["times"], errors=False)
    assert_counted(observed, values["transitions"])
    # R's printed errors take the mix of states at the origin as known ...
    assert_occupied(occupation(rows, "ev", SIR, initial=observed.initial), values, values["times"])
    # ... and its influences count that it is estimated, as do its errors of the expected times.
    counted = reference("late_entry_and_states")["sir_cont_influence"]
    for j, state in enumerate(SIR):
        assert_allclose(observed.at(counted["times"]).std_error[:, j], counted["se"][state], rtol=1e-9)
    assert_allclose(observed.at([0]).std_error[0], counted["sp0"], atol=1e-12)
    mean = values["restricted_mean_time_in_state"]
    found = observed.expected_time(mean["tau"])
    assert_allclose(found.value, mean["rmean"], rtol=1e-10)
    assert_allclose(found.std_error, mean["se_ij"], rtol=1e-9)


def test_illness_and_death(data, reference):
    values = reference("mgus2")["multistate_overall"]
    rows = illness_death(data)
    curves = occupation(rows, "event", MGUS)
    assert_occupied(curves, values, values["times"])
    assert_counted(curves, values["transitions"])
    mean = values["restricted_mean_time_in_state"]
    found = curves.expected_time(mean["tau"])
    assert mean["rows"] == list(curves.states)
    assert_allclose(found.value, mean["rmean"], rtol=1e-10)
    assert_allclose(found.std_error, mean["se_ij"], rtol=1e-9)


@pytest.mark.parametrize("sex", ["F", "M"])
def test_illness_and_death_by_sex(data, reference, sex):
    values = reference("mgus2")["multistate_by_sex"]
    rows = illness_death(data)
    curves = occupation(rows[rows["sex"] == sex], "event", MGUS)
    assert_occupied(curves, values[f"sex={sex}"], values["times"])
    mean = values["restricted_mean_time_in_state"]
    found = curves.expected_time(mean["tau"])
    where = [mean["rows"].index(f"sex={sex}, {state}") for state in MGUS]
    assert_allclose(found.value, np.array(mean["rmean"])[where], rtol=1e-10)
    assert_allclose(found.std_error, np.array(mean["se_ij"])[where], rtol=1e-9)


def from_time(rows, begin):
    """What is left of the rows after a time."""
    return rows[rows["tstop"] > begin].assign(tstart=lambda d: d["tstart"].clip(lower=begin))


def transition_probabilities(rows, end, states, begin, start):
    """Row of the matrix P(begin, t) of one state."""
    # An entry later than `begin`, as with a row that begins in between, needs the distribution said anyway.
    initial = [float(state == start) for state in states]
    return occupation(from_time(rows, begin), end, states, initial=initial)


@pytest.mark.parametrize(
    ("name", "key", "begin"),
    [("sir_cont", "etm_P0t", 0), ("mgus2", "etm_P0t", 0), ("mgus2", "etm_P60t", 60)],
)
def test_transition_matrices(data, reference, name, key, begin):
    states, end = (SIR, "ev") if name == "sir_cont" else (MGUS, "event")
    rows = ventilated(data) if name == "sir_cont" else illness_death(data)
    for label, values in reference(name)[key].items():
        start, to = (int(part) for part in label.split())
        # P(0, t) from a state in which nobody is at 0 begins with its first risk set: etm and we agree.
        curves = transition_probabilities(rows, end, states, begin, states[start])
        assert_allclose(curves.at(values["times"]).probability[:, to], numbers(values["P"]), rtol=1e-10)


def test_transition_matrix_from_day_10(data, reference):
    matrix = reference("sir_cont")["aj_matrix_10_30"]["P"]
    for start in range(3):
        curves = transition_probabilities(ventilated(data), "ev", SIR, 10, SIR[start])
        assert_allclose(curves.at([30]).probability[0], matrix["data"][start], rtol=1e-10, atol=1e-14)


FINE_GRAY = {
    ("unempdur", "finegray_fulltime"): (sd.unempdur, "spell", "status", ["ui", "logwage", "tenure", "age"]),
    ("unempdur", "finegray_parttime"): (sd.unempdur, "spell", "status", ["ui", "logwage", "tenure", "age"]),
    ("mgus2", "finegray_pcm"): (sd.mgus2, "etime", "ev", ["age", "male", "mspike"]),
    ("mgus2", "finegray_death"): (sd.mgus2, "etime", "ev", ["age", "male", "mspike"]),
}


def complete(rows):
    """As the R scripts prepared it."""
    return rows.dropna(subset=["mspike"]).assign(male=lambda d: (d["sex"] == "M").astype(float))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(("name", "key"), sorted(FINE_GRAY))
def test_fine_gray(data, reference, name, key, ties):
    prepare, time, cause, covariates = FINE_GRAY[name, key]
    values = reference(name)[key]
    rows = prepare(data) if name == "unempdur" else complete(prepare(data))
    fit = fine_gray(rows[time], rows[cause], rows[covariates], of=values["cause"], ties=ties)
    assert fit.n == values["n"]
    assert_allclose(fit.coefficients, list(values[f"finegray_{ties}_coef"].values()), rtol=1e-6)
    assert_allclose(fit.std_error, list(values[f"finegray_{ties}_robust_se"].values()), rtol=1e-5)
    if ties == "breslow":
        # cmprsk lets censorings at t precede events at t, and its variance counts that weights are estimated.
        assert_allclose(fit.std_error, list(values["crr_se"].values()), rtol=0.01)


def crr_rows(time, cause, x, of):
    """Rows as cmprsk weights them: deaths at t are still at risk of being censored at t."""
    time, cause = time.to_numpy(dtype=float), cause.to_numpy()
    censoring = kaplan_meier(time, cause == 0)

    def uncensored_before(t):
        return np.append(1.0, censoring.survival)[np.searchsorted(censoring.time, t)]

    events = np.unique(time[cause == of])
    parts = [(np.arange(time.size), np.zeros(time.size), time, cause == of, np.ones(time.size))]
    for i in np.flatnonzero((cause > 0) & (cause != of)):
        later = events[events > time[i]]
        weight = uncensored_before(later) / uncensored_before(time[i])
        begin = np.append(time[i], later[:-1])[: later.size]
        parts.append((np.full(later.size, i), begin, later, np.zeros(later.size, dtype=bool), weight))
    who, begin, end, event, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = weight > 0
    return end[kept], event[kept], x.to_numpy(dtype=float)[who[kept]], begin[kept], weight[kept]


@pytest.mark.parametrize(("name", "key"), sorted(FINE_GRAY))
def test_crr_is_the_same_model_with_another_order_of_ties(data, reference, name, key):
    """Our `cox` on rows weighted as cmprsk does gives its numbers: nothing but the order of ties differs."""
    prepare, time, cause, covariates = FINE_GRAY[name, key]
    values = reference(name)[key]
    rows = prepare(data) if name == "unempdur" else complete(prepare(data))
    end, event, x, begin, weight = crr_rows(rows[time], rows[cause], rows[covariates], values["cause"])
    fit = cox(end, event, x, start=begin, weights=weight, ties="breslow")
    coefficients = np.array(list(values["crr_coef"].values()))
    assert_allclose(fit.coefficients, coefficients, rtol=1e-5)
    assert_allclose(fit.log_likelihood, values["crr_loglik"], rtol=1e-10)
    assert_allclose(fit.log_likelihood_null, values["crr_loglik_null"], rtol=1e-10)
    z = stats.norm.isf(np.array(list(values["crr_p"].values())) / 2)
    assert_allclose(z, np.abs(coefficients / list(values["crr_se"].values())), rtol=1e-5)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_fine_gray_with_late_entry(data, reference, ties):
    values = reference("late_entry_and_states")["finegray_age_scale"]
    rows = complete(sd.mgus2(data)).assign(begin=lambda d: d["age"] * 12)
    rows = rows.assign(end=rows["begin"] + rows["etime"])
    rows = rows[(rows["end"] > rows["begin"]) & (rows["begin"] >= 600)]
    fit = fine_gray(rows["end"], rows["ev"], rows[["male", "mspike"]], entry=rows["begin"], ties=ties)
    assert fit.n == values["n"]
    assert_allclose(fit.coefficients, list(values[ties]["coef"].values()), rtol=1e-6)
    assert_allclose(fit.std_error, list(values[ties]["se"].values()), rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "key", "prepare", "time", "cause", "by"),
    [
        ("unempdur", "aj_by_ui", sd.unempdur, "spell", "status", "ui"),
        ("mgus2", "aj_by_sex", sd.mgus2, "etime", "ev", "sex"),
    ],
)
def test_gray(data, reference, name, key, prepare, time, cause, by):
    rows = prepare(data)
    for of, values in enumerate(reference(name)[key]["gray_test"].values(), start=1):
        test = gray_test(rows[time], rows[cause], rows[by], of=of)
        assert_allclose(test.statistic, values["stat"], rtol=1e-10)
        assert_allclose(test.p_value, values["p"], rtol=1e-8, atol=1e-15)
        assert test.dof == values["df"]


def test_gray_of_three_groups(data, reference):
    values = reference("late_entry_and_states")["gray_age3"]
    rows = sd.unempdur(data)
    tests = [gray_test(rows["spell"], rows["status"], rows["ageg"], of=of) for of in (1, 2, 3)]
    assert_allclose([test.statistic for test in tests], values["stat"], rtol=1e-10)
    assert_allclose([test.p_value for test in tests], values["p"], rtol=1e-8)
    assert [test.dof for test in tests] == values["df"]


@pytest.mark.parametrize("family", ["weibull", "lognormal", "loglogistic", "exponential"])
def test_parametric(data, reference, family):
    values = reference("lung")[f"survreg_{family}"]
    rows = sd.lung_complete(data)
    fit = parametric(rows["time"], rows["event"], rows[["age", "sex", "ph.ecog"]], family=family)
    error = dict(values["se"])
    log_scale = error.pop("Log(scale)", float("nan"))
    assert fit.names == tuple(values["coef"])
    assert_allclose(fit.coefficients, list(values["coef"].values()), rtol=1e-7)
    assert_allclose(fit.std_error, list(error.values()), rtol=1e-7)
    assert_allclose(fit.scale, values["scale"], rtol=1e-7)
    assert_allclose(fit.log_scale_std_error, log_scale, rtol=1e-7)
    assert_allclose(fit.log_likelihood, values["loglik"], rtol=1e-10)
