"""What curves refuse, and in which words."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.survival import (
    aalen_johansen,
    fine_gray,
    incidence_difference,
    kaplan_meier,
    logrank,
    rmst_difference,
    state_occupation,
)

BOTH = pytest.mark.parametrize("estimate", [kaplan_meier, aalen_johansen])


@BOTH
@pytest.mark.parametrize(
    ("time", "event", "options", "words"),
    [
        ([1, np.nan, 987654], [1, 0, 1], {}, "time: Missing"),
        ([1, -2, 987654], [1, 0, 1], {}, "time: Negative"),
        ([], [], {}, "no rows"),
        ([[1, 2]], [1, 0], {}, "one dimension"),
        ([1, 2], [1, 0], {"entry": [1, 0]}, "entry: Rows that end"),
        ([1, 2], [1, 0], {"entry": [-1, 0]}, "entry: Negative"),
        ([1, 2], [1, 0], {"entry": [0]}, "entry: Expected 2"),
        ([1, 2], [1, 0, 1], {}, "Expected 2"),
        ([1, 2], [1, 0.5], {}, "(row 1)"),
        ([1, 2], [1, -1], {}, "(row 1)"),
        ([1, 2], [1, None], {}, "(row 1)"),
        ([1, 2], [1, 0], {"weights": [1, -1]}, "weights: Negative"),
        ([1, 2], [1, 0], {"weights": [0, 0]}, "weights: All weights"),
        ([1, 2], [1, 0], {"frequency": [1, 1.5]}, "frequency"),
        ([1, 2], [1, 0], {"cluster": [1, None]}, "cluster: Missing"),
        ([1, 2], [1, 0], {"start_at": 2}, "start_at: Nobody"),
        ([1, 2], [1, 0], {"start_at": -2}, "start_at"),
        ([1, 2], [1, 0], {"interval": "wald"}, "interval"),
        ([1, 2], [1, 0], {"confidence": 95}, "confidence"),
        ([1, 2], [1, 0], {"confidence": "987654"}, "confidence: Must be a finite number"),
        ([1, 2], [1, 0], {"start_at": "987654"}, "start_at: Must be a finite number"),
        ([1, 2], [1, 0], {"start_at": True}, "start_at: Must be a finite number"),
        ([1, 2], [0, 0], {"person": ["a", "a"]}, "overlap"),
        ([1, 2], [1, 0], {"person": ["a", "a"], "entry": [0, 1]}, "after that person's event"),
        ([1, 2], [0, 0], {"person": ["a", "a"], "entry": [0, 1], "cluster": [1, 2]}, "more than one cluster"),
        ([1, 2], [0, 0], {"person": ["a", "a"], "entry": [0, 1], "frequency": [1, 2]}, "within a person"),
    ],
)
def test_refusals(estimate, time, event, options, words):
    with pytest.raises(InputError) as refusal:
        estimate(time, event, **options)
    assert words in str(refusal.value)
    assert "987654" not in str(refusal.value)


def test_codes_of_two_kinds_are_not_events():
    with pytest.raises(InputError, match="other than 0 and 1"):
        kaplan_meier([1, 2, 3], [1, 2, 1])


def test_more_causes_than_announced():
    with pytest.raises(InputError, match="beyond"):
        aalen_johansen([1, 2], [1, 3], causes=2)


def test_a_cause_without_events_keeps_its_place():
    curves = aalen_johansen([1, 2], [1, 0], causes=3)
    assert curves.incidence.shape == (2, 3)
    assert curves.at([1, 2, 9, 9]).lower.shape == (4, 3)
    assert not curves.incidence[:, 1:].any()


def test_an_event_at_the_start_asked_for_is_over():
    # R's start.time keeps it: tests/reference/DIVERGENCES.md.
    curve = kaplan_meier([2, 3, 3, 5, 8], [1, 1, 0, 1, 0], start_at=3)
    assert curve.time.tolist() == [5, 8]
    assert curve.survival.tolist() == [0.5, 0.5]


def test_event_at_time_zero_counts_without_entry():
    assert kaplan_meier([0, 1], [1, 0]).survival[0] == 0.5


def test_who_enters_at_an_event_is_not_yet_at_risk():
    curve = kaplan_meier([5, 9], [1, 0], entry=[0, 5])
    assert curve.at_risk[0] == 1


def test_no_error_where_the_data_say_nothing():
    curve = kaplan_meier([1, 2], [1, 1])
    assert np.isnan([curve.std_error[-1], curve.lower[-1], curve.upper[-1]]).all()


def test_persons_of_several_rows_are_clusters():
    # Two rows with a gap: the person leaves the risk set and comes back.
    time, entry, event = [3, 9, 5, 8, 9], [0, 5, 0, 0, 0], [0, 1, 1, 1, 0]
    person = ["a", "a", "b", "c", "d"]
    by_person = kaplan_meier(time, event, entry=entry, person=person)
    by_cluster = kaplan_meier(time, event, entry=entry, cluster=person)
    np.testing.assert_allclose(by_person.std_error, by_cluster.std_error)
    assert by_person.censored.sum() == 2


def test_restricted_mean_needs_follow_up():
    with pytest.raises(NotEstimable, match="Follow-up ends earlier"):
        kaplan_meier([1, 2], [1, 0]).rmst(3)
    # All had the event: what comes after adds nothing.
    assert kaplan_meier([1, 2], [1, 1]).rmst(3)[0] == pytest.approx(1.5)
    with pytest.raises(InputError, match="after the beginning"):
        kaplan_meier([1, 2], [1, 0]).rmst(0)


def test_quantile_must_be_a_share():
    with pytest.raises(InputError, match="between 0 and 1"):
        kaplan_meier([1, 2], [1, 0]).quantile(50)


def test_inputs_are_not_edited():
    time, event, entry = np.array([3.0, 1.0, 2.0]), np.array([1, 0, 1]), np.array([1.0, 0.0, 0.0])
    before = time.copy(), event.copy(), entry.copy()
    kaplan_meier(time, event, entry=entry, person=["b", "a", "a"][::-1], start_at=0.5)
    for left, right in zip((time, event, entry), before, strict=True):
        np.testing.assert_array_equal(left, right)


def test_tables():
    curve = kaplan_meier([1, 2, 2], [1, 0, 1])
    assert list(curve.to_frame()["survival"]) == list(curve.survival)
    incidence = aalen_johansen([1, 2, 2], [1, 0, 2])
    frame = incidence.to_frame()
    assert len(frame) == incidence.incidence.size
    assert list(frame.loc[frame["cause"] == 2, "incidence"]) == list(incidence.incidence[:, 1])


@pytest.mark.parametrize("value", ["987654", None, [1], True])
def test_what_is_asked_of_a_curve_is_a_number(value):
    curve = kaplan_meier([1, 2], [1, 0])
    states = state_occupation([1, 2], [0, 0], [2, 4], ["x", "x"], ["y", None], states="xy")
    for ask, name in ((curve.rmst, "tau"), (curve.quantile, "q"), (states.expected_time, "tau")):
        with pytest.raises(InputError, match=f"{name}: Must be a finite number"):
            ask(value)
    with pytest.raises(InputError, match="times: Not all entries are numbers"):
        curve.at(["987654"])


def test_curves_of_different_origins_are_not_compared():
    time, event = [2, 4, 6, 8], [1, 1, 1, 0]
    early, late = (kaplan_meier(time, event, start_at=start) for start in (None, 3))
    assert (early.origin, late.origin) == (0.0, 3.0)
    with pytest.raises(InputError, match="b: The groups have different origins"):
        rmst_difference(early, late, 6)
    assert rmst_difference(late, late, 6).value == 0
    early, late = (aalen_johansen(time, event, start_at=start) for start in (None, 3))
    with pytest.raises(InputError, match="b: The groups have different origins"):
        incidence_difference(early, late, [6])


def test_differences():
    a, b = kaplan_meier([2, 4, 6, 8], [1, 1, 1, 0]), kaplan_meier([1, 3, 5, 7], [1, 1, 1, 0])
    there, back = rmst_difference(a, b, 6), rmst_difference(b, a, 6)
    assert there.value == pytest.approx(-back.value)
    assert there.std_error == pytest.approx(np.hypot(a.rmst(6)[1], b.rmst(6)[1]))
    one, two = aalen_johansen([1, 2], [1, 0]), aalen_johansen([1, 2], [1, 2])
    with pytest.raises(InputError, match="different numbers"):
        incidence_difference(one, two, [1])


class TestLogrank:
    def test_two_groups_by_hand(self):
        # Events at 1, 2, 3, 4, 5 with 6, 5, 4, 3, 2 at risk.
        test = logrank([1, 3, 5, 2, 4, 6], [1, 1, 1, 1, 1, 0], list("aaabbb"))
        expected = 3 / 6 + 2 / 5 + 2 / 4 + 1 / 3 + 1 / 2
        variance = sum(m / n * (1 - m / n) for m, n in ((3, 6), (2, 5), (2, 4), (1, 3), (1, 2)))
        assert test.expected[0] == pytest.approx(expected)
        assert test.statistic == pytest.approx((3 - expected) ** 2 / variance)

    def test_late_entry(self):
        # b enters at 2, when a has its first event: not yet at risk there.
        test = logrank([2, 4, 6, 8], [1, 1, 1, 0], list("aabb"), entry=[0, 0, 2, 2])
        assert test.expected[0] == pytest.approx(1 + 1 / 3)

    def test_groups_never_compared(self):
        with pytest.raises(NotEstimable, match="never at risk together"):
            logrank([1, 2, 1, 2], [1, 1, 1, 1], list("aabb"), strata=[0, 0, 1, 1])

    @pytest.mark.parametrize(
        ("event", "group", "words"),
        [([0, 0], "ab", "no event"), ([1, 1], "aa", "Fewer than two"), ([1, 2], "ab", "other than 0 and 1")],
    )
    def test_refusals(self, event, group, words):
        with pytest.raises(InputError, match=words):
            logrank([1, 2], event, list(group))


def test_emptied_risk_set_is_refused_without_a_word_of_numpy():
    # Whoever is at risk early on is censored before the others enter: G is 0 from then on.
    with warnings.catch_warnings(), pytest.raises(NotEstimable, match="emptied by censoring"):
        warnings.simplefilter("error")
        fine_gray([1, 4, 5, 6, 7], [0, 1, 2, 1, 0], [1.0, 2, 0, 3, 1], entry=[0, 2, 2, 2, 2])
