from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import CUTS, HORIZONS, seen_at

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.cumulative_counts import CumulativeCounts, happened_by
from hamm_eval.release.known_curves import EVER, KnownCount
from hamm_eval.release.policy import Policy
from hamm_eval.release.rounding import to_midpoint
from hamm_eval.release.step_counts import rounded_steps
from hamm_eval.release.step_days import days_alone, step_days
from hamm_eval.release.step_inverse import known_curve, known_events

STRICT = Policy.strict()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(60, 900), st.sampled_from(CUTS), st.floats(3, 30))
def test_what_a_curve_tells_holds(seed: int, persons: int, cut: int, months: float) -> None:
    counts = CumulativeCounts.of(seen_at(cut, seed, persons, months), 2)
    days = days_alone(counts, HORIZONS, STRICT)
    steps = rounded_steps(counts, HORIZONS, STRICT, days=days)
    if not steps.time.size:
        return
    # Refuses a range that does not hold its count.
    known = known_curve("all", counts, steps, days, [0.0, 91.0], STRICT)
    for told, each in zip(known.events, days, strict=True):
        ends = each.ends[each.ends <= steps.time[-1]]
        assert [count.day for count in told if count.step] == list(ends)


def test_of_steps_beyond_the_end_of_a_curve_nothing_is_told() -> None:
    # A curve ends early where its own last steps are left out or few are at risk; another cause has more.
    counts = CumulativeCounts.of(seen_at(CUTS[0], 3), 2)
    days = days_alone(counts, HORIZONS, STRICT)
    steps = rounded_steps(counts, HORIZONS, STRICT, days=days)
    short = steps.until(steps.time.size // 2)
    known = known_curve("all", counts, short, days, [0.0], STRICT)
    for cause, each in enumerate(days):
        assert known.steps(cause) == tuple(each.ends[each.ends <= short.time[-1]])
        assert len(known.steps(cause)) < each.ends.size
        assert all(told.day <= short.time[-1] or told.day == EVER for told in known.events[cause])


def test_a_range_that_does_not_hold_its_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = CumulativeCounts.of(seen_at(CUTS[0], 3), 2)
    days = days_alone(counts, HORIZONS, STRICT)
    steps = rounded_steps(counts, HORIZONS, STRICT, days=days)
    wrong = KnownCount(140.0, 0, 0)
    monkeypatch.setattr("hamm_eval.release.step_inverse.known_events", lambda *_: (wrong,))
    with pytest.raises(ReleaseRefused, match="outside the range"):
        known_curve("all", counts, steps, days, [], STRICT)


# Rounded to midpoints of 3, so that all the counts behind a curve can be written down.
SMALL = Policy.model_construct(**{**STRICT.model_dump(), "curve_rounding": 3, "curve_step_events": 3})
AMONG = np.array([7.0, 14.0, 21.0, 28.0])


@pytest.mark.parametrize("horizons", [(28,), (14, 28)])
@pytest.mark.parametrize("path", [(0, 4, 5, 9), (3, 4, 9, 12), (0, 0, 2, 2), (1, 5, 8, 11), (4, 8, 9, 13)])
def test_it_is_what_trying_all_counts_finds(path: tuple[int, ...], horizons: tuple[int, ...]) -> None:
    def shown(cumulative: tuple[int, ...]) -> tuple[tuple[float, int], ...]:
        exits = np.repeat(AMONG, np.diff(cumulative, prepend=0))
        days = step_days(exits, AMONG, 0.0, horizons, SMALL)
        values = to_midpoint(happened_by(exits, days.ends), SMALL.curve_rounding)
        return tuple(zip(days.ends.tolist(), values.tolist(), strict=True))

    mine = shown(path)
    alike = [each for each in combinations_with_replacement(range(18), 4) if shown(each) == mine]
    exits = np.repeat(AMONG, np.diff(path, prepend=0))
    days = step_days(exits, AMONG, 0.0, horizons, SMALL)
    values = to_midpoint(happened_by(exits, days.ends), SMALL.curve_rounding)
    told = {known.day: known for known in known_events(days, values, 28.0, SMALL)}
    assert mine == tuple((day, value) for day, value in mine if told[day].step)
    for day, known in told.items():
        at = int(np.flatnonzero(day == AMONG)[0])
        possible = {each[at] for each in alike}
        # No wider than what is possible where a step ends, and never narrower.
        assert known.low <= min(possible) and max(possible) <= (known.high or 0)
        if known.step:
            assert (known.low, known.high) == (min(possible), max(possible))
