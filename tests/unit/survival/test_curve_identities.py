"""What must hold of survival curves and incidences whatever the data."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import few, follow_ups, steady, with_

from hamm_eval.survival import aalen_johansen, kaplan_meier

CURVE = ("time", "survival", "std_error", "lower", "upper", "at_risk", "events", "censored")
INCIDENCE = (
    "time",
    "incidence",
    "std_error",
    "lower",
    "upper",
    "event_free",
    "at_risk",
    "events",
    "censored",
)
WEIGHTS = st.integers(1, 5).map(lambda i: i / 2)


def same(a, b, fields, rtol=1e-9, atol=1e-9):
    for name in fields:
        assert_allclose(getattr(a, name), getattr(b, name), rtol=rtol, atol=atol, err_msg=name)


@steady
@given(follow_ups())
def test_product_limit_by_hand(rows):
    time, event, entry = rows
    curve = kaplan_meier(time, event, entry=entry)
    begin = np.full(time.size, -np.inf) if entry is None else entry
    survival = 1.0
    for j, t in enumerate(np.unique(time)):
        at_risk = np.sum((begin < t) & (time >= t))
        events = np.sum((time == t) & (event == 1))
        survival *= 1 - events / at_risk
        assert curve.time[j] == t
        assert (curve.at_risk[j], curve.events[j]) == (at_risk, events)
        assert curve.censored[j] == np.sum((time == t) & (event == 0))
        assert_allclose(curve.survival[j], survival, atol=1e-15)
    assert curve.time.size == np.unique(time).size


@steady
@given(follow_ups(causes=3))
def test_incidences_and_event_free_sum_to_one(rows):
    time, cause, entry = rows
    curves = aalen_johansen(time, cause, entry=entry, causes=3)
    assert_allclose(curves.incidence.sum(axis=1) + curves.event_free, 1, atol=1e-12)
    assert np.all(np.diff(curves.incidence, axis=0) >= 0)
    assert np.all(curves.incidence >= 0)


@steady
@given(follow_ups(), st.sampled_from(["log-log", "log", "plain"]))
def test_one_cause_is_one_minus_kaplan_meier(rows, interval):
    time, event, entry = rows
    incidence = aalen_johansen(time, event, entry=entry, interval=interval)
    curve = kaplan_meier(time, event, entry=entry, interval=interval)
    assert_allclose(incidence.incidence[:, 0], 1 - curve.survival, atol=1e-12)
    assert_array_equal(incidence.at_risk, curve.at_risk)
    if entry is None:
        # Without late entry the jackknife is Greenwood's formula.
        known = curve.survival > 0
        assert_allclose(incidence.std_error[known, 0], curve.std_error[known], atol=1e-9)


@steady
@given(with_(follow_ups(causes=2, least=4), st.integers(1, 4), np.int64))
def test_frequency_is_replication(drawn):
    (time, cause, entry), frequency = drawn
    again = np.repeat(np.arange(time.size), frequency)
    long_entry = None if entry is None else entry[again]
    same(
        aalen_johansen(time, cause, entry=entry, frequency=frequency, causes=2),
        aalen_johansen(time[again], cause[again], entry=long_entry, causes=2),
        INCIDENCE,
        atol=1e-8,
    )
    event = (cause == 1).astype(int)
    cluster = np.arange(time.size) // 3
    for unit in (None, cluster):
        same(
            kaplan_meier(time, event, entry=entry, frequency=frequency, cluster=unit),
            kaplan_meier(
                time[again], event[again], entry=long_entry, cluster=None if unit is None else unit[again]
            ),
            CURVE,
            atol=1e-8,
        )


@steady
@given(with_(follow_ups(causes=2), st.integers(0, 2), np.int64))
def test_frequency_zero_is_absence(drawn):
    (time, cause, entry), frequency = drawn
    kept = frequency > 0
    if kept.any():
        same(
            aalen_johansen(time, cause, entry=entry, frequency=kept.astype(int), causes=2),
            aalen_johansen(time[kept], cause[kept], entry=None if entry is None else entry[kept], causes=2),
            INCIDENCE,
        )


@steady
@given(follow_ups(causes=2, least=2))
def test_unit_weights_and_own_clusters_change_no_estimate(rows):
    time, cause, entry = rows
    plain = aalen_johansen(time, cause, entry=entry, causes=2)
    same(
        plain,
        aalen_johansen(time, cause, entry=entry, causes=2, weights=np.ones(time.size)),
        INCIDENCE,
        atol=1e-8,
    )
    same(
        plain,
        aalen_johansen(time, cause, entry=entry, causes=2, cluster=np.arange(time.size)),
        INCIDENCE,
        atol=1e-7,
    )
    same(plain, aalen_johansen(time, cause, entry=entry, causes=2, person=np.arange(time.size)), INCIDENCE)


@steady
@given(with_(follow_ups(causes=2), WEIGHTS, np.float64))
def test_scale_of_weights_does_not_matter(drawn):
    (time, cause, entry), weights = drawn
    fields = ("time", "incidence", "std_error", "event_free")
    same(
        aalen_johansen(time, cause, entry=entry, causes=2, weights=weights),
        aalen_johansen(time, cause, entry=entry, causes=2, weights=weights * 7),
        fields,
        atol=1e-7,
    )


@steady
@given(with_(follow_ups(causes=2, zero=False, least=3), st.booleans(), np.bool_), st.booleans())
def test_splitting_rows_of_a_person_changes_nothing(drawn, clustered):
    (time, cause, entry), split = drawn
    entry = np.zeros(time.size) if entry is None else entry
    # Halves of the interval: the cut lies strictly inside.
    cut = (entry + time) / 2
    person = np.arange(time.size)
    cluster = person // 2 if clustered else None
    times = np.r_[np.where(split, cut, time), time[split]]
    entries = np.r_[entry, cut[split]]
    causes = np.r_[np.where(split, 0, cause), cause[split]]
    persons = np.r_[person, person[split]]
    shuffled = np.random.default_rng(0).permutation(times.size)
    for estimate, fields, whole, parts, options in (
        (aalen_johansen, INCIDENCE, cause, causes, {"causes": 2}),
        (kaplan_meier, CURVE, cause == 1, causes == 1, {}),
    ):
        same(
            estimate(time, whole, entry=entry, cluster=cluster, **options),
            estimate(
                times[shuffled],
                parts[shuffled],
                entry=entries[shuffled],
                person=persons[shuffled],
                cluster=None if cluster is None else np.r_[cluster, cluster[split]][shuffled],
                **options,
            ),
            fields,
        )


@steady
@given(with_(follow_ups(causes=2, least=2), WEIGHTS, np.float64), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(drawn, random):
    (time, cause, entry), weights = drawn
    order = np.array(random.sample(range(time.size), time.size))
    cluster = np.arange(time.size) % 5
    start = None if entry is None else entry[order]
    same(
        aalen_johansen(time, cause, entry=entry, weights=weights, cluster=cluster, causes=2),
        aalen_johansen(
            time[order], cause[order], entry=start, weights=weights[order], cluster=cluster[order], causes=2
        ),
        INCIDENCE,
        atol=1e-7,
    )
    same(
        kaplan_meier(time, cause == 1, entry=entry),
        kaplan_meier(time[order], cause[order] == 1, entry=start),
        CURVE,
    )


@few
@given(with_(follow_ups(causes=2, least=2, most=16), WEIGHTS, np.float64), st.integers(2, 6))
def test_jackknife_is_the_derivative_by_weights(drawn, units):
    (time, cause, entry), weights = drawn
    cluster = np.arange(time.size) % units
    found = aalen_johansen(time, cause, entry=entry, weights=weights, cluster=cluster, causes=2)
    step = 1e-5
    influence = np.zeros((units, *found.incidence.shape))
    for i in range(time.size):
        up, down = weights.copy(), weights.copy()
        up[i], down[i] = weights[i] + step, weights[i] - step
        slope = (
            aalen_johansen(time, cause, entry=entry, weights=up, causes=2).incidence
            - aalen_johansen(time, cause, entry=entry, weights=down, causes=2).incidence
        ) / (2 * step)
        influence[cluster[i]] += weights[i] * slope
    assert_allclose(found.std_error, np.sqrt(np.sum(influence**2, axis=0)), atol=1e-6)


@steady
@given(follow_ups(late=True, least=2), st.integers(1, 6))
def test_start_at_is_a_conditional_curve(rows, start_at):
    time, event, entry = rows
    if not np.any(time > start_at):
        return
    whole = kaplan_meier(time, event, entry=entry)
    later = kaplan_meier(time, event, entry=entry, start_at=start_at)
    at_start = whole.at([start_at])[0][0]
    assert np.all(later.time > start_at)
    if at_start > 0:
        assert_allclose(later.survival * at_start, whole.at(later.time)[0], atol=1e-12)
    assert np.isnan(later.at([start_at - 0.5])[0][0])
    assert later.at([start_at])[0][0] == 1


@steady
@given(follow_ups(zero=False), st.floats(0.5, 8))
def test_restricted_mean_is_the_area(rows, tau):
    time, event, entry = rows
    tau = min(tau, time.max())
    curve = kaplan_meier(time, event, entry=entry)
    middle = (np.arange(4000) + 0.5) * tau / 4000
    value, error = curve.rmst(tau)
    assert_allclose(value, curve.at(middle)[0].mean() * tau, atol=tau / 400)
    assert error >= 0


@few
@given(with_(follow_ups(least=3, most=16), WEIGHTS, np.float64))
def test_error_of_the_restricted_mean_is_the_derivative_by_weights(drawn):
    (time, event, entry), weights = drawn
    tau = time.max()
    if tau == 0:
        return
    _, error = kaplan_meier(time, event, entry=entry, weights=weights).rmst(tau)
    step, total = 1e-5, 0.0
    for i in range(time.size):
        up, down = weights.copy(), weights.copy()
        up[i], down[i] = weights[i] + step, weights[i] - step
        high = kaplan_meier(time, event, entry=entry, weights=up).rmst(tau)[0]
        low = kaplan_meier(time, event, entry=entry, weights=down).rmst(tau)[0]
        total += (weights[i] * (high - low) / (2 * step)) ** 2
    assert_allclose(error, np.sqrt(total), atol=1e-5)


@steady
@given(follow_ups(), st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_quantile_is_where_the_curve_comes_down(rows, q):
    time, event, entry = rows
    curve = kaplan_meier(time, event, entry=entry)
    value = curve.quantile(q)[0]
    below = curve.survival <= 1 - q + 1e-12
    if not below.any():
        assert np.isnan(value)
    elif not np.any(np.isclose(curve.survival, 1 - q)):
        assert value == curve.time[below][0]
    else:
        assert curve.time[below][0] <= value <= curve.time[-1]
