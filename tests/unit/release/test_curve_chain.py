from __future__ import annotations

from dataclasses import replace

import pytest
from quarters import CUTS, STRICT, curves_at, earlier_of, told

from hamm_eval.release.known_curves import EarlierCurves, KnownCount, KnownCurve, LeftOut
from hamm_eval.release.proof import days_recovered
from hamm_eval.release.proof.curve_chain import RecoveredDay, days_subtracted

PERSONS = (KnownCount(1.0, 97, 102),)


def curve(*steps: tuple[float, int, int], censored: tuple[tuple[float, int, int], ...] = ()) -> KnownCurve:
    """One cause, with steps at days where so many had the event at least and at most."""
    events = tuple(KnownCount(day, low, high, step=True) for day, low, high in steps)
    gone = tuple(KnownCount(day, low, high) for day, low, high in censored)
    entered = tuple(KnownCount(known.day, 97, 102) for known in gone) or PERSONS
    return KnownCurve(name="all", events=(events,), entered=entered, censored=gone)


def test_a_difference_that_cannot_shrink_is_recovered_from_the_days_after_it() -> None:
    # 7-12 and 13-18 by day 70 are 1 to 11 who came; 13-18 in both by day 140 at most 5: so 1 to 5 by day 70.
    former = curve((70.0, 7, 12), (140.0, 13, 18))
    now = curve((70.0, 13, 18), (140.0, 13, 18))
    assert days_recovered([former, now], STRICT) == (RecoveredDay(0, 70.0), RecoveredDay(0, 140.0))
    # Alone neither is told, nor where the last day tells of more.
    assert days_recovered([former], STRICT) == ()
    assert days_recovered([former, curve((70.0, 13, 18), (140.0, 19, 24))], STRICT) == ()


def test_between_three_quarters_it_takes_all_of_them() -> None:
    # With six values each pair is safe by itself; together few can have come first, for others came after.
    first = curve((70.0, 8, 14), (84.0, 15, 21), (140.0, 22, 28))
    second = curve((70.0, 15, 21), (84.0, 15, 21), (140.0, 22, 28))
    third = curve((70.0, 15, 21), (84.0, 22, 28), (140.0, 22, 28))
    assert days_subtracted([first, second, third], STRICT) == ()
    assert days_recovered([first, second], STRICT) == days_recovered([second, third], STRICT) == ()
    assert RecoveredDay(0, 70.0) in days_recovered([first, second, third], STRICT)


def test_who_was_seen_event_free_limits_who_came() -> None:
    # As many were censored by day 60 as before, to five: no more can have had the event instead.
    seen = ((60.0, 31, 36), (90.0, 31, 36))
    former = curve((50.0, 7, 12), (100.0, 13, 18), censored=seen)
    now = curve((50.0, 13, 18), (100.0, 19, 24), censored=seen)
    unseen = [replace(each, censored=(), entered=PERSONS) for each in (former, now)]
    assert days_recovered(unseen, STRICT) == ()
    everyone = tuple(KnownCount(day, 100, 100) for day in (60.0, 90.0))
    watched = [replace(each, entered=everyone) for each in (former, now)]
    assert RecoveredDay(0, 50.0) in days_recovered(watched, STRICT)


def test_what_corrections_make_impossible_binds_nothing() -> None:
    former = curve((70.0, 19, 24), (140.0, 19, 24))
    now = curve((70.0, 13, 18), (140.0, 19, 24))  # fewer than before
    assert days_recovered([former, now], STRICT) == ()


def test_what_former_quarters_tell_by_a_stricter_policy_is_not_the_newest_ones_to_hide() -> None:
    stricter = STRICT.tighten({"feasible_values": 7})
    former = curve((70.0, 7, 12), (140.0, 13, 18))
    now = curve((70.0, 13, 18), (140.0, 13, 19))  # 1 to 6 came by day 70
    assert days_recovered([former, now], STRICT) == ()
    assert RecoveredDay(0, 70.0) in days_recovered([former, now], stricter)
    later = curve((70.0, 60, 65), (140.0, 90, 95))
    assert days_recovered([former, now, later], stricter) == ()
    # What it tells itself is.
    beside = curve((70.0, 13, 18), (140.0, 13, 19))
    assert RecoveredDay(0, 70.0) in days_recovered([former, now, beside], stricter)


@pytest.mark.parametrize("cause", [0, 1])
def test_where_no_step_is_left_to_leave_out_the_curve_is_withheld(
    cause: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, facts = told(curves_at(CUTS[0], 5))
    always = (RecoveredDay(cause, 140.0),)
    monkeypatch.setattr("hamm_eval.release.safe_steps.days_recovered", lambda chain, policy: always)
    released, _ = told(curves_at(CUTS[1], 5), earlier_of(facts))
    assert released.curves[0].withheld == "linked"


def test_a_step_left_out_leaves_all_others_where_they_are() -> None:
    released, facts = told(curves_at(CUTS[0], 5))
    (drawn,) = facts.curves
    steps = drawn.steps(0)
    gap = LeftOut.step(0, steps[2], steps)
    without = EarlierCurves().leaving_out([((facts.release, facts.version, drawn.name), gap)])
    again, less = told(curves_at(CUTS[0], 5), without)
    assert less.curves[0].steps(0) == (*steps[:2], *steps[3:])
    assert less.curves[0].events[1] == drawn.events[1]
    # Of the other days no more is told than before.
    before = {known.day: known for known in gap.told_by(drawn.events[0])}
    for known in less.curves[0].events[0]:
        former = before[known.day]
        assert known.low <= former.low and former.high is not None and (known.high or 0) >= former.high
    assert steps[2] in released.curves[0].time and steps[2] not in again.curves[0].time


@pytest.mark.parametrize("seed", range(6))
def test_drawn_beside_earlier_quarters_a_curve_tells_of_nobody(seed: int) -> None:
    chain: list[KnownCurve] = []
    earlier = EarlierCurves()
    quarters = []
    for cut in CUTS[:3]:
        released, facts = told(curves_at(cut, seed), earlier)
        quarters.append(facts)
        chain += facts.curves
        earlier = earlier_of(*quarters)
        assert not released.curves[0].withheld
    assert len(chain) == 3 and days_recovered(chain, STRICT) == ()


def test_without_a_look_at_earlier_quarters_it_would_tell() -> None:
    found = 0
    for seed in range(6):
        chain = [told(curves_at(cut, seed))[1].curves[0] for cut in CUTS[:3]]
        found += bool(days_recovered(chain, STRICT))
    assert found >= 3


def test_it_ends_where_no_step_of_now_can_undo_what_was_told() -> None:
    # Two quarters that were published tell of few by themselves, as under a policy that has been tightened.
    facts = [told(curves_at(cut, 5, persons=200))[1] for cut in (820, 850)]
    assert days_recovered([each.curves[0] for each in facts], STRICT)
    released, now = told(curves_at(880, 5, persons=200), earlier_of(*facts))
    assert not released.curves[0].withheld
    assert days_recovered([each.curves[0] for each in (*facts, now)], STRICT) == ()


def test_a_curve_that_no_step_makes_safe_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    estimate = curves_at(CUTS[0], 2)
    _, facts = told(estimate)
    always = (RecoveredDay(1, 140.0),)
    monkeypatch.setattr("hamm_eval.release.safe_steps.days_recovered", lambda chain, policy: always)
    monkeypatch.setattr("hamm_eval.release.safe_steps.days_subtracted", lambda chain, policy: always)
    shown, less = told(estimate, earlier_of(facts))
    assert shown.curves[0].withheld == "linked" and less.curves == ()
    # Nor is it called too small: whoever knows how many there are would take that for a fact.
    assert shown.curves[0].persons.value and shown.curves[0].persons.value > 50
