"""Reading persons back from a published curve. Each attack first works on the exact curve."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.estimate import CurveGroup
from hamm_eval.release.cumulative_counts import CumulativeCounts
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCurve
from hamm_eval.release.step_counts import rounded_steps
from hamm_eval.survival import aalen_johansen, kaplan_meier

STRICT = Policy.strict()


def events_read_from(times: np.ndarray, incidence: np.ndarray, at_risk: np.ndarray) -> dict[float, int]:
    """The attack: every rise of an incidence is so many events on that day (few depart)."""
    rises = np.diff(incidence, prepend=0.0)
    free = 1 - np.concatenate([[0.0], incidence[:-1]])
    read = np.rint(rises * at_risk / free).astype(int)
    return {float(day): int(n) for day, n in zip(times, read, strict=True) if n > 0}


@pytest.fixture(scope="module")
def group() -> CurveGroup:
    return draw_group(240, 11, months=14.0, departure_months=1e6, late=False)


@pytest.fixture(scope="module")
def released(group: CurveGroup) -> ReleasedCurve:
    curve = release(as_curves(group), STRICT).curves[0]
    assert not curve.withheld
    return curve


def true_events(group: CurveGroup) -> dict[float, int]:
    days, counts = np.unique(group.time[group.cause == 1], return_counts=True)
    return dict(zip(days.astype(float).tolist(), counts.tolist(), strict=True))


def test_event_days_are_read_from_the_exact_curve_and_not_from_the_released_one(
    group: CurveGroup, released: ReleasedCurve
) -> None:
    exact = aalen_johansen(group.time, group.cause, entry=group.entry)
    assert events_read_from(exact.time, exact.incidence[:, 0], exact.at_risk) == true_events(group)

    days = np.array(released.time[1:])
    persons = float(released.persons.value or 0)
    left = persons * (1 - np.array([0.0, *released.incidence[1:-1]]))
    claimed = events_read_from(days, np.array(released.incidence[1:]), left)
    truth = true_events(group)
    right = {day for day, n in claimed.items() if truth.get(day) == n}
    assert right == set()
    # No claim is about one person, and no day is one that the data chose.
    assert min(claimed.values()) >= 2
    assert all(day % 7 == 0 or day in (183, 365, 548) for day in claimed)


def test_a_survival_with_its_standard_error_gives_the_counts_back_only_if_exact(
    group: CurveGroup, released: ReleasedCurve
) -> None:
    def counts(survival: float, std_error: float) -> tuple[float, float]:
        """Events and persons of S = 1 - d/n and Greenwood's variance S d / n**2 at one time."""
        persons = survival * (1 - survival) / std_error**2
        return persons * (1 - survival), persons

    by_half_a_year = group.time[(group.cause == 1) & (group.time <= 120)].size
    until = np.minimum(group.time, 120)
    exact = kaplan_meier(until, (group.cause == 1) & (group.time <= 120))
    survival, std_error, *_ = exact.at([120])
    events, persons = counts(float(survival[0]), float(std_error[0]))
    assert events == pytest.approx(by_half_a_year, abs=1e-6)
    assert persons == pytest.approx(group.persons, abs=1e-6)

    shown, error = released.at_horizon[0].value, released.std_error_at_horizon[0]
    events, persons = counts(1 - shown, error)
    truth = group.time[(group.cause == 1) & (group.time <= 183)].size
    assert abs(events - truth) > 0.5
    assert abs(persons - group.persons) > 0.5


def test_one_persons_day_makes_no_difference_to_what_is_released(group: CurveGroup) -> None:
    exact, shown = set(), set()
    # The person whose event is on the first day after which a week has room, on each day of that week.
    events = np.sort(group.time[group.cause == 1])
    first = next(day for day in events if day % 7 == 1)
    row = int(np.flatnonzero((group.time == first) & (group.cause == 1))[0])
    for later in range(6):
        time = group.time.copy()
        time[row] += later
        moved = replace(group, time=time)
        fit = aalen_johansen(moved.time, moved.cause, entry=moved.entry)
        exact.add((fit.time.tobytes(), fit.incidence.tobytes()))
        shown.add(json.dumps(to_json(release(as_curves(moved), STRICT))))
    assert len(exact) == 6
    assert len(shown) == 1


def test_a_group_too_small_is_not_read_from_the_curves_of_the_others() -> None:
    """All minus the large group, at the horizons: what is left are the small group's events."""
    tries, from_exact, from_released = 0, 0, 0
    for seed in range(40):
        everyone = draw_group(400, seed, late=False, departure_months=1e6)
        few = np.random.default_rng(seed).permutation(everyone.persons) < 30

        def part(rows: np.ndarray, level: str, everyone: CurveGroup = everyone) -> CurveGroup:
            columns = {name: getattr(everyone, name)[rows] for name in ("entry", "time", "cause", "cluster")}
            return CurveGroup(level=level, start_at=0.0, **columns)

        small, large = part(few, "small"), part(~few, "large")
        curves = release(as_curves(small, large), STRICT).curves
        assert [curve.withheld for curve in curves] == ["group_too_small", ""]
        assert curves[0].time == ()
        # The most that an attacker can learn of a curve are the rounded counts behind it.
        known = [
            rounded_steps(CumulativeCounts.of(one, 2), (183, 365, 548), STRICT) for one in (everyone, large)
        ]
        for day in (183, 365, 548):
            truth = int(((small.cause == 1) & (small.time <= day)).sum())
            all_events, large_events = (
                steps.events[np.searchsorted(steps.time, day, side="right") - 1, 0] for steps in known
            )
            exact = [int(((one.cause == 1) & (one.time <= day)).sum()) for one in (everyone, large)]
            tries += 1
            from_exact += exact[0] - exact[1] == truth
            from_released += all_events - large_events == truth
    assert from_exact == tries
    # The differences are multiples of six: right by chance about as often as a number up to 20 is one.
    assert from_released < 0.3 * tries
