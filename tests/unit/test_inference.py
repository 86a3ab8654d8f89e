from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamm_eval.errors import InputError
from hamm_eval.inference import (
    checked_binary,
    checked_codes,
    checked_number,
    checked_points,
    checked_vector,
    clusters_for_t,
    critical_value,
    few_clusters_notes,
    labels_to_codes,
    sandwich,
    sum_by,
    two_sided_p,
)

TOKEN = "Müller-Lüdenscheidt"


@pytest.mark.parametrize(
    "values", [[1.0, np.nan], [1.0, np.inf], [[1.0]], ["1", TOKEN], [None, TOKEN], [1.0, 2.0, 3.0]]
)
def test_what_is_no_finite_vector_of_the_length_is_refused_without_its_values(values: list[object]) -> None:
    with pytest.raises(InputError) as refused:
        checked_vector(values, "time", length=2)
    assert "time" in str(refused.value)
    assert TOKEN not in str(refused.value)
    # Not chained either: a logged traceback would print the conversion's own message.
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(pd.to_datetime(["2017-01-01", "2017-02-01"])),
        pd.Series(pd.to_datetime(["2017-01-01", "2017-02-01"])).dt.tz_localize("Europe/Berlin"),
        np.array(["2017-01-01", "2017-02-01"], dtype="datetime64[D]").astype(object),
        pd.Series(pd.to_timedelta([1, 2], unit="D")),
        [np.timedelta64(1, "D"), np.timedelta64(2, "D")],
        np.array([np.timedelta64(1, "D"), 2], dtype=object),
        ["1", "2"],
        [1, "2"],
        np.array([1, "2"], dtype=object),
        np.array([b"1", b"2"]),
        pd.Series(["1", "2"]).astype("category"),
        [1 + 0j, 2j],
        np.array([1, 1 + 0j], dtype=object),
        [1, [2]],
    ],
)
def test_dates_lengths_of_time_text_and_complex_numbers_are_no_numbers(values: object) -> None:
    for check in (checked_vector, checked_points):
        with pytest.raises(InputError, match="time: Not all entries are numbers") as refused:
            check(values, "time")
        assert refused.value.__suppress_context__


def test_whole_numbers_truths_and_nullable_numbers_are_numbers() -> None:
    for values in ([1, 0], [True, False], pd.Series([1, 0], dtype="Int64"), np.array([1, 0.0], dtype=object)):
        assert checked_vector(values, "event").tolist() == [1, 0]
    assert checked_points(3, "times").tolist() == [3]


@pytest.mark.parametrize("value", ["0.9", None, True, np.nan, np.inf, [0.9], 1j, np.datetime64("2017-01-01")])
def test_one_number_is_a_number(value: object) -> None:
    with pytest.raises(InputError, match="start_at: Must be a finite number"):
        checked_number(value, "start_at")
    with pytest.raises(InputError, match="confidence"):
        critical_value(value)  # type: ignore[arg-type]
    assert checked_number(np.int64(3), "start_at") == 3


def test_missing_days_are_no_labels() -> None:
    days = np.array(["2017-01-01", "NaT"], dtype="datetime64[D]")
    for values in (days, days - days[0], pd.Series(days)):
        with pytest.raises(InputError, match=r"cluster: Missing labels \(row 1\)"):
            labels_to_codes(values, "cluster")
    assert labels_to_codes(days[:1], "cluster")[0].tolist() == [0]


def test_messages_count_what_they_do_not_name() -> None:
    with pytest.raises(InputError, match="row 0, 1, 2, 3, 4 and 2 more"):
        checked_vector([np.nan] * 7, "time")


@pytest.mark.parametrize("codes", [[1, 2], [0, -1], [0.5, 1]])
def test_event_codes_other_than_0_and_1_do_not_fit_silently(codes: list[float]) -> None:
    with pytest.raises(InputError, match="event"):
        checked_binary(codes, "event")


def test_causes_are_whole_numbers_from_0() -> None:
    assert checked_codes([0, 2, 1], "cause").tolist() == [0, 2, 1]
    with pytest.raises(InputError, match="cause"):
        checked_codes([0, 1.5], "cause")
    with pytest.raises(InputError, match="cause"):
        checked_codes([0, -1], "cause")


@pytest.mark.parametrize("labels", [[1.0, np.nan], ["a", None], ["a", pd.NA], [1, pd.NaT], ["a", 1]])
def test_missing_and_mixed_labels_are_refused(labels: list[object]) -> None:
    with pytest.raises(InputError, match="cluster"):
        labels_to_codes(np.array(labels, dtype=object), "cluster")


def test_missing_numbers_are_no_labels() -> None:
    with pytest.raises(InputError, match="cluster"):
        labels_to_codes(np.array([1.0, np.nan]), "cluster")


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_sums_within_codes_add_up_to_the_whole(codes: list[int]) -> None:
    values = np.arange(2.0 * len(codes)).reshape(-1, 2)
    sums = sum_by(np.array(codes), values, 5)
    assert sums.shape == (5, 2)
    assert np.allclose(sums.sum(axis=0), values.sum(axis=0))


def test_the_sandwich_of_least_squares_is_white_s_covariance() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    x = sm.add_constant(rng.normal(size=(60, 2)))
    y = x @ [1, 2, 3] + rng.normal(size=60) * (1 + np.abs(x[:, 1]))
    groups = np.repeat(np.arange(12), 5)
    residuals = y - x @ np.linalg.solve(x.T @ x, x.T @ y)
    scores = x * residuals[:, None]
    plain = sandwich(x.T @ x, scores)
    clustered = sandwich(x.T @ x, scores, groups)
    fit = sm.OLS(y, x)
    assert np.allclose(plain, fit.fit(cov_type="HC0").cov_params(), rtol=1e-10)
    by_group = fit.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    assert np.allclose(clustered, by_group.cov_params(), rtol=1e-10)


def test_few_clusters_widen_the_interval() -> None:
    assert critical_value(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert critical_value(0.95, clusters=6) == pytest.approx(2.570582, abs=1e-6)
    assert two_sided_p(1.959964) == pytest.approx(0.05, abs=1e-6)
    assert two_sided_p(2.570582, clusters=6) == pytest.approx(0.05, abs=1e-6)
    with pytest.raises(InputError, match="confidence"):
        critical_value(95)


def test_t_is_taken_where_asked_for_or_where_clusters_are_few() -> None:
    assert [clusters_for_t(g, None) for g in (None, 2, 39, 40)] == [None, 2, 39, None]
    assert [clusters_for_t(12, asked) for asked in (True, False)] == [12, None]
    assert few_clusters_notes(None, None) == few_clusters_notes(40, 40) == ()
    assert "11 degrees of freedom" in few_clusters_notes(12, 12)[0]
    assert "normal" in few_clusters_notes(12, None)[0]
