"""Reading a status from figures on a group that it defines. Each attack first works without the rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from every_kind import states
from exact import as_curves, draw_group

from hamm_eval.estimate import CountTable, CurveGroup, Definition, GoalAttainment, SystemAccess
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCurve
from hamm_eval.survival import aalen_johansen

STRICT = Policy.strict()
HORIZONS = (30, 61, 183, 365)
THROUGHOUT = STRICT.model_copy(update={"sensitive_throughout": True})


def of_provider(count: int) -> CountTable:
    """Tolerated persons by provider: whether a provider has any."""
    return CountTable(
        definition=Definition("composition", "provider", group="tolerated"),
        rows=("awo", "drk"),
        columns=("persons",),
        row_dimension="provider",
        column_dimension="",
        counts=np.array([[120], [count]]),
        total=120 + count,
        shares="of_total",
    )


def test_that_nobody_of_a_provider_is_tolerated_cannot_be_told_from_a_few() -> None:
    def seen(count: int, policy: Policy) -> object:
        return to_json(release(of_provider(count), policy))

    assert seen(0, STRICT) != seen(5, STRICT)  # the attack works
    # 120 to 122 in all are one rounded total: nothing differs between none and two.
    assert seen(0, THROUGHOUT) == seen(1, THROUGHOUT) == seen(2, THROUGHOUT)


def test_that_everybody_is_something_is_not_told() -> None:
    table = replace(of_provider(0), counts=np.array([[400], [0]]), total=None, shares="of_column")
    assert release(table, STRICT).cells[0][0].share == 1.0  # the attack works
    cell = release(table, THROUGHOUT).cells[0][0]
    assert (cell.share, cell.share_bound) == (None, "over_95")


def nearly_all() -> CurveGroup:
    return draw_group(400, 5, months=1.0, departure_months=1e6, late=False)


def all_but_the_count(group: CurveGroup, sensitive: bool) -> ReleasedCurve:
    """All that a curve tells, but for how many reached it: that is rounded as in a table."""
    curve = release(as_curves(group, horizons=HORIZONS, sensitive=sensitive), STRICT).curves[0]
    return replace(curve, events=curve.persons)


@pytest.mark.parametrize("stay", [12, 18])
def test_beyond_the_ceiling_all_and_nearly_all_are_one_curve(stay: int) -> None:
    """Of 400 the last reach it, or never do: 95.5, 97 and 100 % tell the same, whatever is derived of it."""
    everybody = nearly_all()
    last = np.argsort(everybody.time, kind="stable")[-stay:]
    cause, time = everybody.cause.copy(), everybody.time.copy()
    cause[last], time[last] = 0, 700
    some = replace(everybody, cause=cause, time=time)
    assert all_but_the_count(some, False) != all_but_the_count(everybody, False)  # the attack works
    assert all_but_the_count(some, True) == all_but_the_count(everybody, True)


@pytest.mark.parametrize("policy", [STRICT, THROUGHOUT])
def test_no_share_of_a_sensitive_curve_lies_above_the_ceiling(policy: Policy) -> None:
    curves = as_curves(nearly_all(), horizons=HORIZONS, sensitive=policy is STRICT)
    shown = release(as_curves(nearly_all(), horizons=HORIZONS), STRICT).curves[0]
    assert max(shown.incidence) > 0.95  # the attack works
    curve = release(curves, policy).curves[0]
    since = curve.over_ceiling_from[0]
    assert curve.time[-1] == since
    assert max(curve.incidence) == curve.incidence[-1] == 0.95
    assert max(curve.lower) < 0.95
    # Whatever would be read later is hidden, and before it everything is as it was.
    for at, day in enumerate(HORIZONS):
        assert (curve.at_horizon[at].value is None) == (day >= since or shown.at_horizon[at].value is None)
    assert all(day < since for day in curve.at_risk_time)
    assert curve.incidence[:-1] == shown.incidence[: len(curve.incidence) - 1]
    assert curve.median == shown.median


def test_where_nearly_all_leave_that_ends_the_curve_too() -> None:
    leaving = draw_group(1200, 7, months=1.0, departure_months=1e6, late=False)
    leaving = replace(leaving, cause=np.where(np.arange(leaving.persons) % 40 == 0, 1, 2))
    shown = release(as_curves(leaving, horizons=HORIZONS), STRICT).curves[0]
    assert max(shown.competing[0]) > 0.95  # the attack works
    curve = release(as_curves(leaving, horizons=HORIZONS, sensitive=True), STRICT).curves[0]
    assert curve.over_ceiling_from == (None, curve.time[-1])
    assert (curve.competing[0][-1], curve.incidence[-1]) == (0.95, curve.incidence[-2])


def test_of_a_curve_that_leaps_over_the_ceiling_nothing_is_drawn() -> None:
    everyone = nearly_all()
    stay = np.arange(everyone.persons) < 15
    leap = replace(everyone, time=np.where(stay, 400, 20), cause=np.where(stay, 0, 1))
    assert max(release(as_curves(leap), STRICT).curves[0].incidence) > 0.95  # the attack works
    curve = release(as_curves(leap, sensitive=True), STRICT).curves[0]
    assert (curve.withheld, curve.incidence, curve.at_horizon) == ("nearly_all", (), ())
    assert curve.persons.value == 400


# --- access to systems -------------------------------------------------------------------------------------


def access(group: CurveGroup, prevalent: int) -> SystemAccess:
    curves = as_curves(group)
    return SystemAccess(
        definition=curves.definition,
        key="adults",
        curves=curves,
        while_open=curves,
        prevalent=(prevalent,),
    )


def test_a_lower_bound_does_not_tell_what_is_withheld_above_it() -> None:
    """Some files are closed early: with the closing as an end the line stays below the ceiling."""
    everyone = nearly_all()
    closed = np.random.default_rng(6).random(everyone.persons) < 0.15
    time = np.where(closed, np.minimum(everyone.time, 7), everyone.time)
    group = replace(everyone, time=time, cause=np.where(closed, 0, everyone.cause))
    bound = replace(group, cause=np.where(closed, 3, group.cause))
    estimate = replace(
        access(group, 20),
        while_open=replace(as_curves(bound), causes=("language_b1", "departure", "closing")),
    )
    alone = release(estimate.while_open, THROUGHOUT).curves[0]
    assert 0.8 < max(alone.incidence) < 0.95  # the attack works: divided by who stayed open it is all of them
    shown = release(estimate, THROUGHOUT)
    curve, hidden = shown.curves.curves[0], shown.while_open.curves[0]
    assert hidden.time[-1] == curve.time[-2] < curve.over_ceiling_from[0]
    assert hidden.incidence == alone.incidence[: len(hidden.incidence)]
    assert max(hidden.incidence) < max(alone.incidence)
    assert all(at.value is None for at in hidden.at_horizon)


def test_by_a_narrower_definition_no_goal_tells_what_is_hidden_by_any() -> None:
    everyone = nearly_all()
    adapted = np.random.default_rng(6).random(everyone.persons) < 0.15
    narrow = replace(everyone, cause=np.where(adapted, 3, everyone.cause), level="first_definition")
    curves = replace(
        as_curves(replace(everyone, level="any_definition"), narrow),
        causes=("language_b1", "departure", "adaptation"),
        dimension="counted_as",
        parts=False,
    )
    estimate = GoalAttainment(
        definition=curves.definition, domain="work", curves=curves, adapted=60, attained_adapted=60
    )
    assert max(release(estimate, STRICT).curves.curves[1].incidence) > 0.8  # the attack works
    leading, bound = release(estimate, THROUGHOUT).curves.curves
    assert bound.time[-1] == leading.time[-2] < leading.over_ceiling_from[0]


def test_beside_a_state_that_nearly_all_are_in_no_other_tells_how_many() -> None:
    open_, hidden = (release(states((800, 9, 9)), policy).shares[1] for policy in (STRICT, THROUGHOUT))
    assert open_[0].value > 0.95 and open_[1].value and open_[2].value  # the attack works
    assert [(share.value, share.bound) for share in hidden] == [(None, "over_95"), (None, ""), (None, "")]


@pytest.mark.parametrize("persons", [30, 49])
def test_a_small_system_tells_neither_line_nor_waiting(persons: int) -> None:
    group = draw_group(persons, 3, months=3.0, departure_months=1e6, late=False)
    entered = np.sort(group.time[group.cause == 1])
    assert entered.size > 20  # exactly, the median would be one person's day
    shown = release(access(group, 3), STRICT)
    assert shown.waiting == ((None, None, None),)
    assert shown.curves.curves[0].withheld
    assert shown.prevalent[0].value is None


def test_a_waiting_time_is_no_persons_day() -> None:
    """The exact quantile of an incidence is a day of somebody's entry; what is shown lies on the grid."""
    group = draw_group(300, 4, months=6.0, departure_months=1e6, late=False)
    exact = aalen_johansen(group.time, group.cause)
    median = exact.time[np.flatnonzero(exact.incidence[:, 0] >= 0.5)[0]]
    assert median in group.time[group.cause == 1]  # the attack works
    shown = release(access(group, 20), STRICT)
    grid = {*shown.curves.curves[0].time}
    assert set(shown.waiting[0]) <= grid
    assert all(day % STRICT.curve_grid_days == 0 or day in shown.curves.horizons for day in grid)
    # One person's day moved within a step of the grid leaves everything as it is.
    entered = np.flatnonzero((group.cause == 1) & (group.time % STRICT.curve_grid_days == 3))[0]
    moved = group.time.copy()
    moved[entered] += 1
    assert release(access(replace(group, time=moved), 20), STRICT) == shown
