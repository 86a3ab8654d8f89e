from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from exact import as_curves, draw_group, exact_incidence
from hypothesis import given, settings
from hypothesis import strategies as st

from hamm_eval.estimate import CurveGroup
from hamm_eval.release.cumulative_counts import CumulativeCounts
from hamm_eval.release.curve_error import _incidence
from hamm_eval.release.curves import _as_rows, _redraw, release_curves
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedCurve
from hamm_eval.release.rounding import to_midpoint, to_multiple
from hamm_eval.release.step_counts import rounded_steps

STRICT = Policy.strict()
HORIZONS = (183, 365, 548)

groups = st.builds(
    draw_group,
    st.integers(60, 900),
    st.integers(0, 10_000),
    months=st.floats(3, 40),
    departure_months=st.floats(10, 200),
    followed=st.integers(200, 1100),
    late=st.booleans(),
    start_at=st.sampled_from([0, 14, 45]),
)


def one(group: CurveGroup, policy: Policy = STRICT) -> ReleasedCurve:
    return release_curves(as_curves(group, horizons=HORIZONS), policy).curves[0]


def of(entry: list[int], time: list[int], cause: list[int]) -> CurveGroup:
    columns = [np.array(column, dtype=np.int64) for column in (entry, time, cause)]
    return CurveGroup(
        level="all",
        entry=columns[0],
        time=columns[1],
        cause=columns[2],
        cluster=np.arange(len(time)),
        start_at=0.0,
    )


@settings(max_examples=60, deadline=None)
@given(groups)
def test_the_stated_error_bounds_what_rounding_does(group: CurveGroup) -> None:
    curve = one(group)
    if curve.withheld:
        return
    counts = CumulativeCounts.of(group, 2)
    days = np.array(curve.time[1:])
    middle = (np.array(curve.time[:-1]) + days) / 2
    unrounded = np.column_stack(
        [np.searchsorted(part, middle, side="right") for part in (counts.entry, counts.exit_censored)]
        + [np.searchsorted(exits, days, side="right") for exits in counts.exit_events]
    ).astype(float)
    distance = np.abs(_incidence(unrounded[None])[0] - curve.incidence[1:])
    assert distance.max() <= curve.largest_error


def test_the_distance_to_the_exact_curve_is_within_the_stated_error_but_for_rare_groupings_of_times() -> None:
    rng = np.random.default_rng(20170630)
    ratios = []
    for seed in range(150):
        group = draw_group(
            int(rng.integers(60, 900)),
            seed,
            months=rng.uniform(3, 40),
            departure_months=rng.uniform(10, 200),
            followed=int(rng.integers(200, 1100)),
            start_at=int(rng.choice([0, 14, 45])),
        )
        curve = one(group)
        if not curve.withheld:
            distance = np.abs(exact_incidence(group, np.array(curve.time)) - curve.incidence).max()
            ratios.append(distance / curve.largest_error)
    assert len(ratios) > 100
    assert np.mean(np.array(ratios) <= 1) >= 0.98
    assert max(ratios) <= 1.5


@settings(max_examples=60, deadline=None)
@given(groups)
def test_rule_5_times_are_merged_until_a_step_holds_six_events(group: CurveGroup) -> None:
    counts = CumulativeCounts.of(group, 2)
    steps = rounded_steps(counts, HORIZONS, STRICT)
    assert all(day % 7 == 0 or day in HORIZONS for day in steps.time)
    for code, exits in enumerate(counts.exit_events):
        rises = np.flatnonzero(np.diff(steps.events[:, code], prepend=0))
        so_far = np.searchsorted(exits, steps.time[rises], side="right")
        assert (np.diff(so_far, prepend=0) >= 6).all()
    assert ((steps.events - 3) % 6 == 0)[steps.events > 0].all()
    assert (steps.at_risk >= 10).all()
    assert (counts.under_observation(steps.time) >= 10).all()


@settings(max_examples=60, deadline=None)
@given(groups)
def test_a_released_curve_is_a_curve(group: CurveGroup) -> None:
    curve = one(group)
    if curve.withheld:
        assert curve.withheld == "group_too_small"
        assert (curve.time, curve.incidence, curve.at_risk, curve.at_horizon) == ((), (), (), ())
        return
    assert curve.time[0] == group.start_at
    assert curve.incidence[0] == 0
    assert (np.diff(curve.time) > 0).all()
    lines = np.array([curve.incidence, *curve.competing])
    assert (np.diff(lines, axis=1) >= 0).all()
    assert (lines.sum(axis=0) <= 1 + 1e-9).all()
    lower, upper = np.array(curve.lower), np.array(curve.upper)
    assert (lower <= lines[0]).all()
    assert (lines[0] <= upper).all()
    assert all(count is None or (count % 5 == 0 and count > 7) for count in curve.at_risk)
    assert len(curve.at_risk) == len(curve.at_risk_time) <= 9
    assert max(*curve.time, *curve.at_risk_time) <= max(HORIZONS)


@settings(max_examples=30, deadline=None)
@given(groups)
def test_curve_and_error_are_computed_from_the_same_counts(group: CurveGroup) -> None:
    steps = rounded_steps(CumulativeCounts.of(group, 2), HORIZONS, STRICT)
    if not steps.time.size or not steps.events.any():
        return
    entry, time, cause, frequency = _as_rows(steps)
    for day, at_risk, events in zip(steps.time, steps.at_risk, steps.events, strict=True):
        assert frequency[(entry < day) & (time >= day)].sum() == at_risk
        for code in (1, 2):
            assert frequency[(time <= day) & (cause == code)].sum() == events[code - 1]
    cumulative = np.column_stack([steps.entered, steps.censored, *steps.events.T]).astype(float)
    assert np.allclose(_redraw(steps)[0][:, 0], _incidence(cumulative[None])[0], atol=1e-12)


def test_without_rounding_and_censoring_the_exact_curve_comes_back() -> None:
    rng = np.random.default_rng(4)
    time = np.concatenate([rng.integers(1, 500, 150), np.full(80, 600)])
    cause = np.concatenate([rng.integers(1, 3, 150), np.zeros(80, dtype=int)])
    group = of([0] * 230, time.tolist(), cause.tolist())
    loose = STRICT.model_copy(update={"curve_rounding": 1, "curve_step_events": 1, "curve_grid_days": 1})
    curve = one(group, loose)
    days = np.array(curve.time)
    for code, line in ((1, curve.incidence), (2, curve.competing[0])):
        rises = np.diff(line, prepend=0) > 0
        assert rises.sum() > 50
        # Between two rises a last event may wait for the horizon at which its step closes.
        assert np.allclose(np.array(line)[rises], exact_incidence(group, days, code)[rises], atol=5.1e-4)
    assert curve.at_horizon[1].value == pytest.approx(exact_incidence(group, np.array([365]))[0], abs=0.005)


def test_rule_5_asks_for_fifty_persons_and_twenty_events() -> None:
    def group(persons: int, events: int) -> CurveGroup:
        days = [30 + 5 * k for k in range(events)] + [700] * (persons - events)
        return of([0] * persons, days, [1] * events + [0] * (persons - events))

    assert one(group(50, 20)).withheld == ""
    for persons, events in ((49, 20), (50, 19)):
        small = one(group(persons, events))
        assert small.withheld == "group_too_small"
        assert small.persons.value == 50
        assert small.median is None


def test_persons_gone_before_the_curve_begins_do_not_count() -> None:
    early = of([0] * 60, [10] * 15 + [100 + 5 * k for k in range(45)], [1] * 60)
    late = CurveGroup(
        level="all",
        entry=early.entry,
        time=early.time,
        cause=early.cause,
        cluster=early.cluster,
        start_at=30.0,
    )
    assert one(early).withheld == ""
    assert one(late).withheld == "group_too_small"


def test_late_entry_thins_the_risk_set() -> None:
    # Half enter on day 200: the exact estimator gives 0.5 by day 180, ignoring entry would give 0.25.
    entry = [0] * 120 + [200] * 120
    time = [20 + k for k in range(60)] + [700] * 60 + [700] * 120
    cause = [1] * 60 + [0] * 180
    curve = one(of(entry, time, cause))
    assert curve.at_horizon[0].value == pytest.approx(0.5, abs=curve.largest_error)
    assert curve.at_horizon[0].value > 0.4


def test_no_figure_is_read_off_where_the_curve_may_have_moved_on() -> None:
    # Four events between the first and the second horizon: too few for a step, 4 of 45 for the curve.
    days = [20 + 4 * k for k in range(30)] + [200, 210, 220, 230] + [700] * 26
    curve = one(of([0] * 60, days, [1] * 34 + [0] * 26))
    assert curve.at_horizon[0].value is not None
    assert curve.at_horizon[1].value is None
    assert curve.std_error_at_horizon[1] is None
    large = one(of([0] * 600, days + [700] * 540, [1] * 34 + [0] * 566))
    assert large.at_horizon[1].value is not None


def test_before_the_first_step_there_is_no_zero() -> None:
    days = [300 + k for k in range(40)] + [700] * 200
    curve = one(of([0] * 240, days, [1] * 40 + [0] * 200))
    assert curve.at_horizon[0].value is None
    assert curve.at_horizon[1].value is not None
    # Nobody departs: that is hidden too.
    assert curve.competing_at_horizon == ((None, None, None),)


def test_a_horizon_just_after_the_last_follow_up_reads_the_end() -> None:
    # 52 weeks of follow-up, a horizon of 365 days.
    days = [7 * (1 + k % 50) for k in range(100)] + [364] * 300
    curve = one(of([0] * 400, days, [1] * 100 + [0] * 300))
    assert curve.time[-1] == 364
    assert curve.at_horizon[1].value == pytest.approx(0.25, abs=0.01)
    assert curve.at_horizon[2].value is None


def test_the_curve_is_cut_where_fewer_than_ten_are_at_risk() -> None:
    days = [10 + k for k in range(100)] + [300] * 5
    curve = one(of([0] * 105, days, [1] * 100 + [0] * 5))
    left = [105 - sum(d < t for d in days) for t in curve.time]
    assert min(left) >= 10
    assert curve.at_horizon[0].value is None


def test_the_median_is_read_from_the_released_curve() -> None:
    curve = one(draw_group(900, 1, months=8.0))
    assert curve.median is not None
    assert curve.median.value in curve.time
    at = curve.time.index(curve.median.value)
    assert curve.incidence[at] >= 0.5 > curve.incidence[at - 1]
    assert curve.median.lower <= curve.median.value <= curve.median.upper
    slow = one(draw_group(900, 1, months=60.0))
    assert slow.median.value is None


def test_who_is_in_no_curve_is_told_as_counts_are() -> None:
    curves = as_curves(draw_group(300, 1, level="a"), draw_group(300, 2, level="b"))
    assert release_curves(curves, STRICT).ungrouped is None
    told = release_curves(replace(curves, ungrouped=43, ungrouped_events=9), STRICT).ungrouped
    assert told == Cell(value=45)
    assert release_curves(replace(curves, ungrouped=3), STRICT).ungrouped == Cell(value=None)


@pytest.mark.parametrize("ungrouped", range(1, 8))
def test_a_few_in_no_curve_cannot_be_worked_out_from_the_curve_of_all(ungrouped: int) -> None:
    def shown(count: int) -> int:
        return to_multiple(int(to_midpoint(count, STRICT.curve_rounding)), STRICT.count_rounding)

    told = 0
    for size in range(300, 330):
        curves = as_curves(draw_group(size, 1, level="a", late=False))
        released = release_curves(replace(curves, ungrouped=ungrouped), STRICT)
        assert released.ungrouped == Cell(value=None)
        persons = released.curves[0].persons.value
        if persons is None:
            continue
        # Every size of the group, and of all in the curve of all, that is shown as these are.
        everyone = shown(curves.groups[0].persons + ungrouped)
        groups = [n for n in range(250, 380) if shown(n) == persons]
        all_of_them = [n for n in range(250, 380) if shown(n) == everyone]
        possible = {a - g for a in all_of_them for g in groups} & set(range(1, 8))
        assert len(possible) >= STRICT.feasible_values
        told += 1
    assert told


def test_intervals_of_few_households_are_those_of_t_and_wider(monkeypatch: pytest.MonkeyPatch) -> None:
    # Who shares a household changes the errors a little too; here only their number is to count.
    monkeypatch.setattr("hamm_eval.release.curves.household_factors", lambda *_: np.ones(2))
    group = replace(draw_group(240, 3, months=12, departure_months=40), start_at=0.0)
    watched = np.cumsum(group.time > 0) - 1
    many, few = (one(replace(group, cluster=watched % size)) for size in (40, 39))
    assert not many.few_households and few.few_households
    assert many.incidence == few.incidence
    widths = [np.subtract(curve.upper, curve.lower)[1:] for curve in (many, few)]
    assert (widths[1] >= widths[0]).all() and widths[1].max() > widths[0].max()
