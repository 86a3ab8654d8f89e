"""Two releases of one quarter side by side: what a correction moves tells of the one who was corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import CurveGroup, Curves
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.figures import Figures
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.register import refuse_changes
from hamm_eval.release.released import ReleasedCurve, ReleasedCurves

STRICT = Policy.strict()
QUARTER = "2017-Q2"
LATE = 60


def shown(group: CurveGroup) -> tuple[ReleasedCurves, Facts]:
    curves: Curves = as_curves(group)
    released = release(curves, STRICT)
    assert isinstance(released, ReleasedCurves)
    return released, facts_of(curves, released, STRICT)


def corrected(group: CurveGroup, days: int) -> Iterator[tuple[int, CurveGroup]]:
    """One person's event was recorded so many days too late: the person's day, and the corrected group."""
    for person in np.flatnonzero((group.cause == 1) & (group.time > days + group.entry))[::7]:
        time = group.time.copy()
        time[person] -= days
        yield int(group.time[person]), replace(group, time=time)


def moved(before: ReleasedCurve, after: ReleasedCurve) -> tuple[float, float] | None:
    """The attack: the days between which the steps of two curves differ; None where they are alike."""
    steps = [dict(zip(curve.time, curve.incidence, strict=True)) for curve in (before, after)]
    days = sorted(day for day in steps[0].keys() | steps[1].keys() if steps[0].get(day) != steps[1].get(day))
    return (days[0], days[-1]) if days else None


def test_two_curves_of_one_quarter_tell_whose_day_was_corrected() -> None:
    group = draw_group(240, 11, months=14.0, departure_months=1e6, late=False)
    former, told = shown(group)
    found = 0
    for day, anew in corrected(group, LATE):
        later, now = shown(anew)
        # Persons and events are as many as before: counts alone see nothing.
        refuse_changes([now], [Figures.of(later)], QUARTER, {QUARTER: (told,)})
        window = moved(former.curves[0], later.curves[0])
        if window is None:
            continue
        # Nothing but steps between the corrected day and the former one has moved.
        found += window[1] - window[0] <= 28 and day - LATE <= window[0] and window[1] <= day + 14
        with pytest.raises(ReleaseRefused, match="figures other than counts differ"):
            refuse_changes(
                [now], [Figures.of(later)], QUARTER, {QUARTER: (told,)}, before=[Figures.of(former)]
            )
    assert found > 5
    # Published with the same figures it tells nothing new.
    again, same = shown(group)
    refuse_changes([same], [Figures.of(again)], QUARTER, {QUARTER: (told,)}, before=[Figures.of(former)])
