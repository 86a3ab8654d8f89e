"""What a Cox model refuses, in which words, and what it never does silently."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import cox

RNG = np.random.default_rng(1)
N = 80
STOP = RNG.integers(1, 12, N).astype(float)
EVENT = RNG.integers(0, 2, N)
X = pd.DataFrame({"age": RNG.normal(size=N), "course": RNG.integers(0, 2, N).astype(float)})


def broken(values, position, value):
    values = np.array(values, dtype=object)
    values[position] = value
    return values


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stop": broken(STOP, 3, np.nan)}, "stop: Missing"),
        ({"stop": broken(STOP, 3, -1)}, "stop: Negative"),
        ({"stop": broken(STOP, 3, "soon")}, "stop: Not all entries are numbers"),
        ({"event": EVENT + 1}, "event: Entries other than 0 and 1"),
        ({"event": EVENT[:-1]}, "event: Expected 80"),
        ({"event": 0 * EVENT}, "event: There is no event"),
        ({"start": STOP}, "start: Rows that end"),
        ({"start": STOP - 100}, "start: Negative"),
        ({"weights": -STOP}, "weights: Negative"),
        ({"weights": EVENT * 0}, "weights: All weights"),
        ({"weights": 1 - EVENT}, "event: There is no event"),
        ({"cluster": np.zeros(N)}, "cluster: All rows are of one cluster"),
        ({"strata": broken(STOP, 0, None)}, "strata: Missing"),
        ({"covariates": X.assign(age=np.nan)}, "covariates[age]: 80 missing"),
        ({"covariates": X.assign(land="somewhere")}, "land: Not all entries are numbers"),
        ({"covariates": X.iloc[:-1]}, "covariates: Expected 80 rows"),
        ({"covariates": X[[]]}, "no covariate"),
        ({"covariates": X.assign(one=1.0)}, "covariates[one]: Does not vary"),
        ({"covariates": X.assign(twice=3 - 2 * X["age"])}, "combination of the other covariates"),
        ({"covariates": X, "strata": X["course"]}, "covariates[course]: Does not vary within the strata"),
        ({"covariates": X.assign(late=(EVENT == 0) * 1.0)}, "covariates[late]: One of its two groups"),
        ({"ties": "exact"}, "ties"),
        ({"confidence": 1.0}, "confidence"),
    ],
)
def test_refusals(change, words):
    arguments = {"stop": STOP, "event": EVENT, "covariates": X} | change
    with pytest.raises(InputError) as refusal:
        cox(**arguments)
    assert words in str(refusal.value)
    for value in ("soon", "somewhere"):
        assert value not in str(refusal.value)


def test_all_problems_at_once():
    with pytest.raises(InputError) as refusal:
        cox(STOP, EVENT, X.assign(age=np.nan, course=np.inf))
    assert len(refusal.value.problems) == 2


def test_perfect_ordering_has_no_estimate():
    stop = np.arange(1.0, 31.0)
    with pytest.raises(NotEstimable, match="grows without bound"):
        cox(stop, np.ones(30, dtype=int), -stop[:, None])


def test_combination_without_events_has_no_estimate():
    # Each column has events in both groups, but nobody with both had one.
    a, b = np.tile([0, 0, 1, 1], 20), np.tile([0, 1, 0, 1], 20)
    event = np.where(a * b == 1, 0, EVENT)
    with pytest.raises(NotEstimable) as refusal:
        cox(STOP, event, pd.DataFrame({"a": a, "b": b, "both_x": a * b + 0.0}))
    assert "both_x" in str(refusal.value)


def test_separation_by_a_combination_of_numbers():
    # No single column separates; their sum does: events happen only where it is highest at risk.
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 2))
    stop = np.argsort(np.argsort(-x.sum(axis=1))) + 1.0
    with pytest.raises(NotEstimable, match="grows without bound"):
        cox(stop, np.ones(60, dtype=int), x)


def test_no_variation_when_events_happen():
    # The course varies, but all who are at risk at the events had it.
    stop, event = np.array([1.0, 2, 8, 9, 9, 9]), np.array([0, 0, 1, 1, 0, 0])
    with pytest.raises(NotEstimable):
        cox(stop, event, np.array([[0.0], [0], [1], [1], [1], [1]]))


def test_strong_but_finite_effect_is_estimated():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 2, 4000)
    stop = np.ceil(rng.exponential(np.where(x == 1, 1.0, 150.0))).clip(max=400)
    fit = cox(stop, np.ones(4000, dtype=int), x)
    assert 3.5 < fit.coefficients[0] < 6


def test_large_values_do_not_overflow():
    fit = cox(STOP, EVENT, X.assign(age=X["age"] * 1e8 + 1e12))
    plain = cox(STOP, EVENT, X)
    np.testing.assert_allclose(fit.coefficients[0] * 1e8, plain.coefficients[0], rtol=1e-3)


def test_names_are_kept():
    assert cox(STOP, EVENT, X).names == ("age", "course")
    assert cox(STOP, EVENT, X.to_numpy()).names == ("x1", "x2")
    assert cox(STOP, EVENT, X["age"].to_numpy()).names == ("x1",)
    assert list(cox(STOP, EVENT, X).to_frame()["name"]) == ["age", "course"]


def test_result_is_frozen():
    fit = cox(STOP, EVENT, X)
    with pytest.raises(AttributeError):
        fit.n = 3
    with pytest.raises(ValueError, match="read-only"):
        fit.coefficients[0] = 0


def test_result_does_not_follow_later_edits():
    stop, weights = STOP.copy(), np.ones(N)
    fit = cox(stop, EVENT, X, weights=weights)
    before = fit.proportionality_test("rank").statistic, fit.residuals("dfbeta")
    stop[:], weights[:] = 1, 5
    np.testing.assert_array_equal(fit.proportionality_test("rank").statistic, before[0])
    np.testing.assert_array_equal(fit.residuals("dfbeta"), before[1])


def test_result_survives_pickling():
    fit = cox(STOP, EVENT, X)
    again = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(again.residuals("score"), fit.residuals("score"))


def test_two_columns_of_one_name():
    with pytest.raises(InputError, match="same name"):
        cox(STOP, EVENT, X.set_axis(["age", "age"], axis=1))


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ([1.0], "Expected 2 values"),
        (["a", "b"], "Not all entries are numbers"),
        ([np.nan, 1], "Missing"),
        (pd.DataFrame({"age": [1.0]}), "Columns are missing: course"),
    ],
)
def test_baseline_refuses(at, words):
    with pytest.raises(InputError, match=words):
        cox(STOP, EVENT, X).baseline(at)


def test_baseline_takes_columns_by_name():
    fit = cox(STOP, EVENT, X)
    at = pd.DataFrame({"course": [1.0], "age": [0.3]})
    np.testing.assert_allclose(
        fit.baseline(at).cumulative_hazard[0], fit.baseline([0.3, 1]).cumulative_hazard
    )


def test_baseline_of_strata_asks_which():
    fit = cox(STOP, EVENT, X[["age"]], strata=X["course"])
    with pytest.raises(InputError, match="say which"):
        fit.baseline().at([3])
    with pytest.raises(InputError, match="no such stratum"):
        fit.baseline().at([3], stratum=7)


def test_residuals_and_transforms_of_unknown_kind():
    fit = cox(STOP, EVENT, X)
    with pytest.raises(InputError, match="kind"):
        fit.residuals("deviance")
    with pytest.raises(InputError, match="transform"):
        fit.proportionality_test("sqrt")


def test_logarithm_of_time_zero():
    fit = cox(STOP - 1, EVENT, X)
    with pytest.raises(NotEstimable, match="time 0"):
        fit.proportionality_test("log")


def test_one_event_time_allows_no_test_over_time():
    fit = cox(np.full(N, 3.0), EVENT, X)
    with pytest.raises(NotEstimable, match="one time"):
        fit.proportionality_test("identity")


def test_one_event_is_not_silently_fitted_with_two_covariates():
    event = np.zeros(N, dtype=int)
    event[int(np.argmin(STOP))] = 1
    with pytest.raises(NotEstimable):
        cox(STOP, event, X)


def test_proportionality_table():
    test = cox(STOP, EVENT, X).proportionality_test()
    assert list(test.to_frame()["covariate"]) == ["age", "course", "GLOBAL"]


def test_row_of_weight_0_bounds_nothing():
    weights, far = np.ones(N), X.copy()
    weights[5] = 0
    far.loc[5, "age"] = 1e5
    near = cox(STOP, EVENT, X, weights=weights)
    fit = cox(STOP, EVENT, far, weights=weights)
    np.testing.assert_allclose(fit.covariance, near.covariance, rtol=1e-12)
    test = near.proportionality_test("rank")
    np.testing.assert_allclose(fit.proportionality_test("rank").statistic, test.statistic, rtol=1e-9)


def test_events_that_tell_nothing_are_no_other_time():
    # At 3 nobody but the one with the event is at risk: g = 0 there and 1 elsewhere is a constant.
    rng = np.random.default_rng(5)
    entry, stop = np.r_[1.0, np.full(19, 3.0)], np.r_[3.0, rng.permutation(np.arange(4.0, 23.0))]
    event, x = np.r_[1, rng.integers(0, 2, 19)], rng.normal(size=20)
    for rows in (rng.permutation(20) for _ in range(8)):
        fit = cox(stop[rows], event[rows], x[rows], start=entry[rows])
        with pytest.raises(NotEstimable, match="tell of a covariate happen at one time"):
            fit.proportionality_test("km")


def test_covariates_whose_changes_cannot_be_told_apart():
    # Two event times, two persons at risk at the later one: a variance of rank 1, where cox.zph stops.
    rng = np.random.default_rng(3)
    stop, event = np.r_[np.ones(38), 2.0, 2.0], np.r_[rng.integers(0, 2, 38), 1, 0]
    x = rng.normal(size=(40, 3))
    with pytest.raises(NotEstimable, match="too few times"):
        cox(stop, event, x).proportionality_test("identity")
    assert cox(stop, event, x[:, :1]).proportionality_test("identity").global_dof == 1


def test_one_cluster_alone_tells_of_a_covariate():
    # The other cluster is never at risk when events happen: its score is 0, and so is that of the first.
    entry, stop = np.array([3.0, 3, 3, 0, 0]), np.array([5.0, 6, 7, 1, 2])
    x = np.array([0.2, 1.0, -0.4, 2.0, 3.0])
    with pytest.raises(NotEstimable, match="of one cluster"):
        cox(stop, [1, 1, 0, 0, 0], x, start=entry, cluster=["a", "a", "a", "b", "b"])
