"""Reading a status from figures on a group that it defines. Each attack first works without the rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.estimate import CountTable, CurveGroup, Definition, SystemAccess
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.survival import aalen_johansen

STRICT = Policy.strict()
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


def test_a_curve_on_which_everybody_arrives_is_withheld() -> None:
    shown = release(as_curves(nearly_all()), STRICT).curves[0]
    assert max(shown.incidence) > 0.95  # the attack works
    hidden = release(as_curves(nearly_all()), THROUGHOUT).curves[0]
    assert (hidden.withheld, hidden.incidence, hidden.at_horizon) == ("nearly_all", (), ())


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
    assert shown.curves.curves[0].withheld == "nearly_all"
    hidden = shown.while_open.curves[0]
    assert (hidden.withheld, hidden.incidence, hidden.at_horizon) == ("nearly_all", (), ())


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
