"""Few clusters: said in words, and t where it is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from hamm_eval.errors import NotEstimable
from hamm_eval.survival import (
    aalen_johansen,
    case_mix,
    cox,
    fine_gray,
    incidence_difference,
    kaplan_meier,
    piecewise_exponential,
    rmst_difference,
    state_occupation,
    time_in_states_difference,
)

NORMAL = 1.959963984540054


@pytest.fixture
def drawn():
    rng = np.random.default_rng(7)
    n = 400
    x = rng.normal(size=(n, 2))
    time = np.ceil(rng.exponential(np.exp(-0.4 * x[:, 0]), n) * 50)
    return time, rng.integers(0, 3, n), x, rng.integers(0, 12, n), rng.integers(0, 200, n)


@pytest.mark.parametrize("model", ["cox", "fine_gray"])
def test_twelve_clusters_take_t_with_eleven_degrees_of_freedom(drawn, model):
    time, cause, x, few, _ = drawn

    def fit(**keywords):
        if model == "cox":
            return cox(time, cause == 1, x, cluster=few, **keywords)
        return fine_gray(time, cause, x, cluster=few, **keywords)

    normal, t = fit(), fit(cluster_t=None)
    assert_allclose(t.std_error, normal.std_error, rtol=1e-12)
    assert_allclose(np.log(t.upper) - t.coefficients, stats.t.ppf(0.975, 11) * t.std_error, rtol=1e-9)
    assert_allclose(np.log(normal.upper) - normal.coefficients, NORMAL * normal.std_error, rtol=1e-9)
    assert_allclose(t.p_value, 2 * stats.t.sf(np.abs(t.coefficients / t.std_error), 11), rtol=1e-9)
    assert normal.clusters == t.clusters == 12
    assert "12 clusters" in t.notes[0] and "11 degrees" in t.notes[0]
    assert "normal" in normal.notes[0]


def test_many_clusters_are_normal_and_need_no_word(drawn):
    time, cause, x, _, many = drawn
    one, other = (
        cox(time, cause == 1, x, cluster=many, cluster_t=None),
        cox(time, cause == 1, x, cluster=many),
    )
    assert_allclose(one.upper, other.upper, rtol=1e-12)
    assert one.notes == () == cox(time, cause == 1, x).notes
    assert cox(time, cause == 1, x).clusters is None


def states_of(time, cause, **options):
    """Persons who leave one state for one of two."""
    names = np.array(["here", "a", "b"], dtype=object)
    here, zero = np.full(time.size, "here", dtype=object), np.zeros(time.size)
    return state_occupation(
        np.arange(time.size), zero, time, here, names[cause], states=names.tolist(), **options
    )


FITS = {
    "kaplan_meier": lambda time, cause, x, **options: kaplan_meier(time, cause > 0, **options),
    "aalen_johansen": lambda time, cause, x, **options: aalen_johansen(time, cause, **options),
    "state_occupation": lambda time, cause, x, **options: states_of(time, cause, **options),
    "piecewise_exponential": lambda time, cause, x, **options: piecewise_exponential(
        time, cause > 0, x, **options
    ),
    "case_mix": lambda time, cause, x, **options: case_mix(cause == 1, x[:, 0] > 0, x[:, 1], **options),
    "cox": lambda time, cause, x, **options: cox(time, cause > 0, x, **options),
    "fine_gray": lambda time, cause, x, **options: fine_gray(time, cause, x, **options),
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_one_cluster_bears_no_error(drawn, fit):
    time, cause, x, _, many = drawn
    with pytest.raises(NotEstimable, match="cluster: All rows are of one cluster"):
        fit(time, cause, x, cluster=np.full(time.size, "Wohnheim"))
    assert fit(time, cause, x, cluster=many).clusters == np.unique(many).size
    assert fit(time, cause, x).clusters is None


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_few_clusters_are_said_by_every_fit(drawn, fit):
    time, cause, x, few, many = drawn
    normal, t = fit(time, cause, x, cluster=few), fit(time, cause, x, cluster=few, cluster_t=None)
    assert normal.clusters == t.clusters == 12
    assert "12 clusters" in t.notes[0] and "11 degrees" in t.notes[0]
    assert "normal" in normal.notes[0]
    assert fit(time, cause, x, cluster=many, cluster_t=None).notes == () == fit(time, cause, x).notes


@pytest.mark.parametrize("fit", [kaplan_meier, aalen_johansen])
def test_clusters_count_where_their_rows_do(fit):
    time, event, cluster = [1, 2, 5, 6, 7], [1, 0, 1, 1, 0], [1, 1, 2, 2, 2]
    with pytest.raises(NotEstimable, match="one cluster"):
        fit(time, event, cluster=cluster, start_at=3)
    with pytest.raises(NotEstimable, match="one cluster"):
        fit(time, event, cluster=cluster, weights=[0, 0, 1, 1, 1])
    with pytest.raises(NotEstimable, match="one cluster"):
        fit(time, event, cluster=cluster, frequency=[0, 0, 1, 1, 1])
    assert fit(time, event, cluster=cluster).clusters == 2


@pytest.mark.parametrize("fit", [kaplan_meier, aalen_johansen, states_of])
@pytest.mark.parametrize("interval", ["plain", "log-log"])
def test_pointwise_limits_of_few_clusters_are_those_of_t(drawn, fit, interval):
    time, cause, _, few, _ = drawn
    cause = (cause > 0).astype(int)

    def limits(**options):
        at = fit(time, cause, cluster=few, interval=interval, **options).at([40.0])
        return [np.ravel(part)[-1 if fit is not states_of else 1] for part in at]

    p, error, lower, upper = limits(cluster_t=True)
    reach = stats.t.ppf(0.975, 11) * error
    if interval == "plain":
        assert_allclose([lower, upper], [p - reach, p + reach], rtol=1e-9)
    else:
        power = np.exp(np.abs(reach / (p * np.log(p))))
        assert_allclose([lower, upper], [p**power, p ** (1 / power)], rtol=1e-9)
    assert limits()[2] > lower and limits()[3] < upper


def test_quantiles_invert_the_wider_limits(drawn):
    time, cause, _, few, _ = drawn
    normal, t = (kaplan_meier(time, cause > 0, cluster=few, cluster_t=asked) for asked in (False, True))
    assert t.quantile(0.5)[0] == normal.quantile(0.5)[0]
    assert t.quantile(0.5)[1] <= normal.quantile(0.5)[1]
    assert t.quantile(0.5)[2] >= normal.quantile(0.5)[2]
    assert t.quantile(0.5)[1:] != normal.quantile(0.5)[1:]


def test_expected_times_and_case_mix_take_t(drawn):
    time, cause, x, few, _ = drawn
    found = states_of(time, cause, cluster=few, cluster_t=None).expected_time(60)
    assert_allclose(found.upper - found.value, stats.t.ppf(0.975, 11) * found.std_error, rtol=1e-9)
    normal, t = (
        case_mix(cause == 1, x[:, 0] > 0, x[:, 1], cluster=few, cluster_t=asked) for asked in (False, None)
    )
    ratio = stats.t.ppf(1 - 0.05 / 4, 11) / stats.norm.ppf(1 - 0.05 / 4)
    assert_allclose(t.apart_upper - t.apart, ratio * (normal.apart_upper - normal.apart), rtol=1e-9)


def test_differences_take_satterthwaite_s_degrees_of_freedom(drawn):
    time, cause, _, few, many = drawn
    group = many % 2 == 0
    cluster = few + 12 * group

    def pair(fit, outcome, **options):
        return [fit(time[g], outcome[g], cluster=cluster[g], **options) for g in (group, ~group)]

    def reach(of, a, b):
        dof = (a**2 + b**2) ** 2 / (a**4 / 11 + b**4 / 11)
        return stats.t.ppf(0.975, dof) * of.std_error

    curves = pair(kaplan_meier, cause > 0)
    errors = [curve.rmst(60)[1] for curve in curves]
    found = rmst_difference(*curves, 60, cluster_t=None)
    assert_allclose(found.upper - found.value, reach(found, *errors), rtol=1e-9)
    dof = (errors[0] ** 2 + errors[1] ** 2) ** 2 / ((errors[0] ** 4 + errors[1] ** 4) / 11)
    assert_allclose(found.p_value, 2 * stats.t.sf(abs(found.value / found.std_error), dof), rtol=1e-9)
    assert "12 and 12 clusters" in found.notes[0] and "Satterthwaite" in found.notes[0]
    plain = rmst_difference(*curves, 60)
    assert_allclose(plain.upper - plain.value, NORMAL * plain.std_error, rtol=1e-9)
    assert_allclose(plain.p_value, 2 * stats.norm.sf(abs(plain.value / plain.std_error)), rtol=1e-9)
    assert "normal" in plain.notes[0]

    incidences = pair(aalen_johansen, cause)
    found = incidence_difference(*incidences, [20, 60], cluster_t=True)
    errors = [curve.at([20, 60]).std_error for curve in incidences]
    assert_allclose(found.upper - found.value, reach(found, *errors), rtol=1e-9)

    occupations = pair(states_of, cause)
    found = time_in_states_difference(*occupations, 60, cluster_t=None)
    errors = [curve.expected_time(60).std_error for curve in occupations]
    assert_allclose(found.upper - found.value, reach(found, *errors), rtol=1e-9)
    free = [states_of(time[g], cause[g]) for g in (group, ~group)]
    assert time_in_states_difference(*free, 60, cluster_t=None).notes == ()


@pytest.mark.parametrize("name", ["cox", "fine_gray", "piecewise_exponential"])
def test_as_many_coefficients_as_clusters_have_a_singular_covariance(drawn, name):
    time, cause, _, few, _ = drawn
    x = np.random.default_rng(3).normal(size=(time.size, 4))
    for clusters in (3, 4):
        with pytest.raises(NotEstimable, match=f"more than 4 clusters; there are {clusters}"):
            FITS[name](time, cause, x, cluster=few % clusters)
    assert (FITS[name](time, cause, x, cluster=few % 5).std_error > 0).all()


def test_clusters_of_weight_0_do_not_count(drawn):
    time, cause, x, few, _ = drawn
    with pytest.raises(NotEstimable, match="one cluster"):
        cox(time, cause > 0, x, cluster=few, weights=(few == 3) * 1.0)
    assert cox(time, cause > 0, x, cluster=few, weights=(few < 5) * 1.0).clusters == 5


def test_a_group_of_one_cluster_has_no_error_of_its_mean(drawn):
    _, cause, x, few, _ = drawn
    group = np.where(few == 0, "one", "others")
    with pytest.raises(NotEstimable, match="one cluster"):
        case_mix(cause == 1, group, x, cluster=few)
    with pytest.raises(NotEstimable, match="more than 4 clusters; there are 4"):
        case_mix(cause == 1, x[:, 0] > 0, np.column_stack([x[:, 1], x[:, 1] ** 2]), cluster=few % 4)
