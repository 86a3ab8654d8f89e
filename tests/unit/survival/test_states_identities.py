"""What must hold of state probabilities, Fine-Gray, Gray's test and the others, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import follow_ups, steady, with_

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import (
    aalen_johansen,
    cox,
    fine_gray,
    gray_test,
    kaplan_meier,
    logrank,
    parametric,
    piecewise_exponential,
    pseudo_observations,
    state_occupation,
    time_in_states_difference,
    turnbull,
)
from hamm_eval.survival.subdistribution import already_entered, not_yet_censored

GROUPS = st.integers(0, 2)


# --- state occupation ----------------------------------------------------------------------------------


def competing(time, cause, **keywords):
    """Persons who leave one state for one of two."""
    names = np.array(["here", "a", "b"], dtype=object)
    here = np.full(time.size, "here", dtype=object)
    zero = np.zeros(time.size)
    person = keywords.pop("person", np.arange(time.size))
    return state_occupation(person, zero, time, here, names[cause], states=names.tolist(), **keywords)


def test_persons_of_one_cluster_are_one():
    """Everybody twice: twice the persons tell no more than once, if the two are one cluster."""
    rng = np.random.default_rng(5)
    time, cause = rng.integers(1, 20, 60), rng.integers(0, 3, 60)
    once = competing(time, cause)
    same = competing(time, cause, cluster=np.arange(60))
    twice = competing(np.tile(time, 2), np.tile(cause, 2), cluster=np.tile(np.arange(60), 2))
    apart = competing(np.tile(time, 2), np.tile(cause, 2))
    assert_allclose(same.std_error, once.std_error, atol=1e-12)
    assert_allclose(twice.std_error, once.std_error, atol=1e-12)
    assert_allclose(apart.std_error * np.sqrt(2), once.std_error, atol=1e-12)
    assert_allclose(twice.expected_time(15).std_error, once.expected_time(15).std_error, atol=1e-12)


def test_a_person_lies_in_one_cluster():
    with pytest.raises(InputError, match="differ within a person"):
        state_occupation(
            [1, 1, 2],
            [0, 2, 0],
            [2, 4, 3],
            ["a", "b", "a"],
            ["b", None, None],
            states="ab",
            cluster=[1, 2, 1],
        )


@st.composite
def histories(draw):
    """(person, start, stop, from, to): up to three rows a person, adjacent, back and forth between states."""
    rows = []
    for person in range(draw(st.integers(1, 12))):
        begin, state = 0, draw(st.sampled_from("xy"))
        for _ in range(draw(st.integers(1, 3))):
            end = begin + draw(st.integers(1, 4))
            to = draw(st.sampled_from(["x", "y", "z", None]))
            rows.append((person, begin, end, state, to))
            begin, state = end, to
            if to in ("z", None):
                break
    return [
        np.array(column, dtype=object if i > 2 else float) for i, column in enumerate(zip(*rows, strict=True))
    ]


@steady
@given(follow_ups(causes=2, late=False, zero=False))
def test_one_state_left_for_two_is_competing_risks(rows):
    time, cause, _ = rows
    curves, incidences = competing(time, cause), aalen_johansen(time, cause, causes=2)
    assert_array_equal(curves.time, incidences.time)
    assert_allclose(curves.probability[:, 1:], incidences.incidence, atol=1e-12)
    assert_allclose(curves.probability[:, 0], incidences.event_free, atol=1e-12)
    assert_allclose(curves.std_error[:, 1:], incidences.std_error, atol=1e-7)


@steady
@given(histories())
def test_probabilities_sum_to_one_and_times_to_tau(rows):
    curves = state_occupation(*rows, states="xyz")
    assert_allclose(curves.probability.sum(axis=1), 1, atol=1e-12)
    assert np.all(curves.probability >= -1e-12)
    tau = curves.time[-1]
    assert_allclose(curves.expected_time(tau).value.sum(), tau, atol=1e-9)
    areas = np.vstack([curves.initial, curves.probability[:-1]]).T @ np.diff(np.r_[0, curves.time])
    assert_allclose(curves.expected_time(tau).value, areas, atol=1e-9)
    assert curves.transitions.sum() + curves.censored.sum() >= np.unique(rows[0]).size


@steady
@given(histories(), st.randoms(use_true_random=False))
def test_order_and_splitting_of_rows_change_nothing(rows, random):
    curves = state_occupation(*rows, states="xyz")
    person, start, stop, state, to = rows
    order = list(range(len(person)))
    random.shuffle(order)
    middle = (start + stop) / 2
    split = [
        np.concatenate([person, person]),
        np.concatenate([start, middle]),
        np.concatenate([middle, stop]),
        np.concatenate([state, state]),
        np.concatenate([state, to]),
    ]
    shuffled = state_occupation(*(column[order] for column in rows), states="xyz")
    halved = state_occupation(*split, states="xyz")
    for other in (shuffled, halved):
        at, same = other.at(curves.time), curves.at(curves.time)
        assert_allclose(at.probability, same.probability, atol=1e-12)
        assert_allclose(at.std_error, same.std_error, atol=1e-12)
        assert_array_equal(other.transitions, curves.transitions)


@steady
@given(histories())
def test_weights_of_one_are_none_and_the_error_is_a_jackknife(rows):
    plain = state_occupation(*rows, states="xyz")
    persons = np.unique(rows[0])
    weighted = state_occupation(*rows, states="xyz", weights=np.ones(len(rows[0])))
    assert_allclose(weighted.std_error, plain.std_error, atol=1e-12)
    # The influence is the derivative in a person's weight: by a small step, person by person.
    total = np.zeros_like(plain.probability)
    for one in persons:
        weights = np.where(rows[0] == one, 1 + 1e-6, 1.0)
        moved = state_occupation(*rows, states="xyz", weights=weights)
        total += ((moved.probability - plain.probability) / 1e-6) ** 2
    assert_allclose(np.sqrt(total), plain.std_error, atol=2e-5)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (([1, 1], [0, 1], [2, 3], ["x", "y"], ["y", None]), "overlap"),
        (([1, 1], [0, 2], [2, 3], ["x", "x"], ["y", None]), "Jumps"),
        (([1, 1], [0, 3], [2, 4], ["x", "y"], ["x", None]), "Teleports"),
        (([1], [0], [2], ["x"], ["w"]), "not named"),
        (([1], [0], [2], [None], ["y"]), "Missing states"),
        (([1, 2], [0, 1], [2, 3], ["x", "y"], ["y", None]), "enter after the origin"),
    ],
)
def test_impossible_rows_are_refused_in_words(rows, word):
    with pytest.raises(InputError, match=word):
        state_occupation(*rows, states="xy")


def test_late_entry_with_an_initial_distribution():
    curves = state_occupation(
        [1, 2, 3], [0, 1, 0], [4, 3, 2], ["x"] * 3, ["y", "y", None], states="xy", initial=[1, 0]
    )
    left = kaplan_meier([4, 3, 2], [1, 1, 0], entry=[0, 1, 0])
    assert_allclose(curves.probability[:, 0], left.survival)


def test_difference_of_the_time_in_states():
    a, b = (
        competing(np.array([2.0, 4.0, 4.0]), np.array([1, 0, 2])),
        competing(np.array([4.0, 4.0]), np.array([1, 2])),
    )
    found = time_in_states_difference(a, b, 4)
    assert_allclose(found.value, a.expected_time(4).value - b.expected_time(4).value)
    assert_allclose(found.std_error, np.hypot(a.expected_time(4).std_error, b.expected_time(4).std_error))
    assert_allclose(found.upper + found.lower, 2 * found.value)


# --- Fine and Gray ---------------------------------------------------------------------------------------


def expanded(time, cause, x, entry):
    """The rows that R's finegray makes: one a censoring weight, copies after a competing event."""
    begin = np.full(time.size, -1.0) if entry is None else entry
    uncensored = not_yet_censored(entry, time, cause)
    entered = None if entry is None else already_entered(entry, time)

    def seen(at):
        at = np.array([at])
        return (uncensored.before(at) * (1.0 if entered is None else entered.before(at)))[0]

    rows = []
    for i in range(time.size):
        rows.append((i, begin[i] + 1, time[i] + 1, cause[i] == 1, x[i], 1.0))
        if cause[i] == 2:
            last = time[i]
            for t in np.unique(time[cause == 1]):
                if t > time[i]:
                    rows.append((i, last + 1, t + 1, False, x[i], seen(t) / seen(time[i])))
                    last = t
    return [np.array(column) for column in zip(*rows, strict=True)]


@st.composite
def cohorts(draw):
    """Thirty to sixty rows with tied times, two causes and a covariate."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n = draw(st.integers(30, 60))
    late = draw(st.booleans())
    time = rng.integers(4 if late else 1, 12, n).astype(float)
    entry = np.where(rng.random(n) < 0.3, 2.0, 0.0) if late else None
    return time, rng.integers(0, 3, n), rng.normal(size=n).round(1), entry


@steady
@given(cohorts(), st.sampled_from(["efron", "breslow"]))
def test_fine_gray_is_the_cox_model_of_the_expanded_rows(rows, ties):
    time, cause, x, entry = rows
    fit = fine_gray(time, cause, x[:, None], entry=entry, ties=ties)
    person, start, stop, event, z, weight = expanded(time, cause, x, entry)
    long = cox(stop, event, z[:, None], start=start, weights=weight, cluster=person, ties=ties)
    assert_allclose(fit.coefficients, long.coefficients, rtol=1e-7, atol=1e-9)
    assert_allclose(fit.std_error, long.std_error, rtol=1e-7)
    assert_allclose(fit.log_likelihood, long.log_likelihood, rtol=1e-9)


@steady
@given(cohorts())
def test_without_competing_events_fine_gray_is_cox(rows):
    time, cause, x, entry = rows
    one = np.minimum(cause, 1)
    fit = fine_gray(time, one, x[:, None], entry=entry, cluster=np.arange(time.size))
    plain = cox(time, one, x[:, None], start=entry, cluster=np.arange(time.size))
    assert_allclose(fit.coefficients, plain.coefficients, rtol=1e-9)
    assert_allclose(fit.std_error, plain.std_error, rtol=1e-9)
    # The score test of one cause is the log-rank test, but for ties.
    order = np.random.default_rng(1).permutation(time.size)
    other = fine_gray(
        time[order], cause[order], x[order, None], entry=None if entry is None else entry[order]
    )
    assert_allclose(
        other.coefficients, fine_gray(time, cause, x[:, None], entry=entry).coefficients, rtol=1e-9
    )


def test_fine_gray_refuses_what_it_cannot_estimate():
    with pytest.raises(NotEstimable, match="no event of this cause"):
        fine_gray([1, 2, 3], [0, 2, 2], [[1], [2], [3]], causes=2)
    with pytest.raises(NotEstimable):
        fine_gray([1, 2, 3, 4], [1, 1, 2, 0], [[1, 2], [1, 2], [0, 0], [1, 2]])
    with pytest.raises(InputError, match="whole numbers"):
        fine_gray([1, 2, 3], [0, 1, 1.5], [[1], [2], [3]])
    with pytest.raises(InputError, match="cause"):
        fine_gray([1, 2, 3], [0, 1, 1], [[1], [2], [3]], of=0)


# --- Gray's test -----------------------------------------------------------------------------------------


@steady
@given(with_(follow_ups(zero=False, least=8), GROUPS, np.int64))
def test_gray_of_one_cause_compares_as_the_log_rank_test(rows):
    (time, event, entry), group = rows
    try:
        plain, test = logrank(time, event, group, entry=entry), gray_test(time, event, group, entry=entry)
    except NotEstimable:
        return
    assert_allclose(test.observed, plain.observed)
    assert_allclose(test.expected, plain.expected, atol=1e-9)


@pytest.mark.parametrize("late", [False, True])
def test_gray_of_one_cause_nears_the_log_rank_test(late):
    """The variance is estimated otherwise: alike in large samples."""
    rng = np.random.default_rng(3)
    n = 5000
    group = rng.integers(0, 3, n)
    time = rng.exponential(10 + 0.5 * group) + 0.1
    entry = np.where(rng.random(n) < 0.3, rng.random(n) * 3, 0.0)
    end = np.minimum(time, rng.random(n) * 20 + 3)
    seen = end > entry
    rows = end[seen], (end == time)[seen].astype(int), group[seen]
    begin = entry[seen] if late else None
    plain, test = logrank(*rows, entry=begin), gray_test(*rows, entry=begin)
    assert plain.p_value < 0.05
    assert_allclose(test.statistic, plain.statistic, rtol=0.03)


def test_gray_does_not_depend_on_names_or_order():
    rng = np.random.default_rng(4)
    time, cause, group = rng.integers(1, 20, 120), rng.integers(0, 3, 120), rng.integers(0, 3, 120)
    order = rng.permutation(120)
    names = np.array(["z", "m", "a"])
    test = gray_test(time, cause, group, of=2)
    again = gray_test(time[order], cause[order], names[group[order]], of=2)
    assert_allclose(again.statistic, test.statistic, rtol=1e-9)
    assert_allclose(test.observed.sum(), test.expected.sum())
    with pytest.raises(NotEstimable):
        gray_test(time, cause, np.zeros(120), of=2)


# --- interval-censored times -----------------------------------------------------------------------------


@steady
@given(follow_ups(late=False, zero=False))
def test_turnbull_of_exact_and_censored_times_is_kaplan_meier(rows):
    time, event, _ = rows
    # An exact time as a short interval before it; a censoring at t comes after the events at t.
    curve = turnbull(np.where(event == 1, time - 0.5, time), np.where(event == 1, time, np.inf))
    plain = kaplan_meier(time, event)
    ends = np.r_[curve.time[np.isfinite(curve.time)], 99.0]
    survival = np.r_[1.0, curve.survival[np.isfinite(curve.time)]]
    assert_allclose(survival[np.searchsorted(ends, plain.time, side="right")], plain.survival, atol=1e-5)


@steady
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 6), st.booleans()), min_size=1, max_size=30))
def test_turnbull_is_at_its_maximum(drawn):
    low = np.array([begin for begin, _, _ in drawn], dtype=float)
    high = np.array([np.inf if never else begin + length for begin, length, never in drawn])
    curve = turnbull(low, high)
    assert_allclose(curve.mass.sum(), 1)
    assert np.all(np.diff(curve.survival) <= 1e-12)
    inside = (low[:, None] <= curve.begin) & (high[:, None] >= curve.time)
    probability = inside @ curve.mass
    assert_allclose(curve.log_likelihood, np.log(probability).sum(), atol=1e-9)
    # Where there is mass the likelihood is flat in it, elsewhere it falls (Kuhn and Tucker).
    assert_allclose((inside / probability[:, None]).sum(axis=0), low.size, rtol=1e-3)
    repeated = turnbull(np.repeat(low, 2), np.repeat(high, 2))
    weighted = turnbull(low, high, weights=np.full(low.size, 2.0))
    assert_allclose(repeated.log_likelihood, weighted.log_likelihood, rtol=1e-9)


@pytest.mark.parametrize(("low", "high"), [([1.0], [1.0]), ([-1.0], [2.0]), ([0.0], [np.nan]), ([], [])])
def test_turnbull_refuses_empty_intervals(low, high):
    with pytest.raises(InputError):
        turnbull(low, high)


# --- parametric and piecewise-constant hazards -----------------------------------------------------------


@pytest.mark.parametrize("family", ["weibull", "lognormal", "loglogistic", "exponential"])
def test_parametric_models_find_what_was_planted(family):
    rng = np.random.default_rng(5)
    n = 20_000
    x = rng.normal(size=n)
    error = {
        "weibull": np.log(rng.exponential(size=n)),
        "exponential": np.log(rng.exponential(size=n)),
        "lognormal": rng.normal(size=n),
        "loglogistic": rng.logistic(size=n),
    }[family]
    scale = 1.0 if family == "exponential" else 0.6
    time = np.exp(1 + 0.5 * x + scale * error)
    entry = np.where(rng.random(n) < 0.5, rng.random(n) * 2, 0)
    seen = time > entry
    end = np.minimum(time, np.maximum(rng.random(n) * 15, entry + 0.01))
    rows = end[seen], (end == time)[seen], x[seen, None]
    fit = parametric(*rows, family=family, entry=entry[seen])
    assert np.all(np.abs(fit.coefficients - [1, 0.5]) < 4 * fit.std_error)
    assert abs(fit.scale - scale) < 0.03
    # Pretending that nobody entered late is far off.
    assert abs(parametric(*rows, family=family).coefficients[0] - 1) > 4 * fit.std_error[0]
    assert_allclose(
        fit.survival([0.0, 1e9], [0.0]), [1, 0], atol=1e-9 if family in ("weibull", "exponential") else 1e-3
    )


def test_the_exponential_model_is_events_per_person_time():
    time, event = np.array([1.0, 2, 3, 4]), np.array([1, 1, 0, 1])
    fit = parametric(time, event, family="exponential")
    assert_allclose(np.exp(-fit.coefficients[0]), 3 / 10)
    assert_allclose(fit.std_error, 1 / np.sqrt(3))
    bands = piecewise_exponential(time, event)
    assert_allclose(bands.rate, [0.3])
    assert_allclose(bands.log_likelihood, fit.log_likelihood)


@steady
@given(follow_ups(zero=False, least=3))
def test_rates_are_events_per_person_time_in_each_band(rows):
    time, event, entry = rows
    if not event.any():
        return
    bands = piecewise_exponential(time, event, cuts=[2, 5], entry=entry)
    begin = np.zeros(time.size) if entry is None else entry
    for low, high, events, spent, rate in zip(
        [0, 2, 5], [2, 5, np.inf], bands.events, bands.person_time, bands.rate, strict=True
    ):
        assert events == np.sum((event == 1) & (time > low) & (time <= high))
        assert_allclose(spent, np.clip(np.minimum(time, high) - np.maximum(begin, low), 0, None).sum())
        assert_allclose(rate, events / spent if spent else 0)


def test_piecewise_rates_agree_with_poisson_regression():
    statsmodels = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(6)
    n = 400
    x = rng.normal(size=(n, 2))
    time, event = rng.exponential(4, n) + 0.01, rng.random(n) < 0.7
    cluster = rng.integers(0, 150, n)
    fit = piecewise_exponential(time, event, x, cuts=[2, 5], cluster=cluster)
    edges = np.array([0, 2, 5, np.inf])
    spent = np.clip(time[:, None], edges[:-1], edges[1:]) - edges[:-1]
    rows, band = np.nonzero(spent > 0)
    y = (event[rows] & (band == np.searchsorted(edges[1:-1], time[rows]))).astype(float)
    design = np.column_stack([x[rows], band[:, None] == np.arange(3)])
    glm = statsmodels.GLM(y, design, statsmodels.families.Poisson(), offset=np.log(spent[rows, band])).fit(
        cov_type="cluster", cov_kwds={"groups": cluster[rows], "use_correction": False}
    )
    assert_allclose(fit.coefficients, glm.params[:2], rtol=1e-6)
    assert_allclose(fit.std_error, glm.bse[:2], rtol=1e-6)
    centred = glm.params[2:] + x.mean(axis=0) @ glm.params[:2]
    assert_allclose(np.log(fit.rate), centred, rtol=1e-6)


# --- pseudo-observations ---------------------------------------------------------------------------------


@steady
@given(
    follow_ups(causes=2, late=False, least=3),
    st.sampled_from(["incidence", "event_free", "mean_event_free", "mean_lost"]),
)
def test_pseudo_observations_are_the_jackknife(rows, kind):
    time, cause, _ = rows
    at = np.array([np.sort(time)[-2] / 2, np.sort(time)[-2]])
    found = pseudo_observations(time, cause, at=at, kind=kind, causes=2)

    def estimate(time, cause):
        curves = aalen_johansen(time, cause, causes=2)
        free = np.r_[1.0, curves.event_free]
        own = np.r_[0.0, curves.incidence[:, 0]]
        curve = free if "event_free" in kind else own
        if not kind.startswith("mean"):
            return curve[np.searchsorted(curves.time, at, side="right")]
        edges = np.r_[0.0, curves.time, np.inf]
        return np.array(
            [np.clip(np.minimum(edges[1:], t) - np.minimum(edges[:-1], t), 0, None) @ curve for t in at]
        )

    n = time.size
    keep = ~np.eye(n, dtype=bool)
    expected = [n * estimate(time, cause) - (n - 1) * estimate(time[k], cause[k]) for k in keep]
    assert_allclose(found, expected, atol=1e-9)


def test_uncensored_pseudo_observations_are_the_outcomes():
    time, cause = np.array([1.0, 2, 2, 5, 6]), np.array([1, 2, 1, 1, 0])
    assert_allclose(pseudo_observations(time, cause, at=[3]).ravel(), [1, 0, 1, 0, 0], atol=1e-12)
    with pytest.raises(NotEstimable):
        pseudo_observations(time, cause, at=[5.5])
