"""Lines go through what is released, and nowhere else."""

from __future__ import annotations

from hamm_eval.release.released import Cell, Interval, ReleasedCurve
from hamm_eval.report.figures.polyline import points, polyline

HORIZONS = (183, 365, 548)
NONE = Interval(value=None, lower=None, upper=None)


def at(value: float) -> Interval:
    return Interval(value=value, lower=value - 0.05, upper=value + 0.05)


def curve(*horizon: Interval) -> ReleasedCurve:
    """A step at a horizon, one between two horizons, and one that another cause alone made."""
    incidence = (0.0, 0.1, 0.2, 0.2, 0.3)
    return ReleasedCurve(
        level="all",
        merged=(),
        withheld="",
        persons=Cell(value=300),
        events=Cell(value=90),
        time=(14.0, 98.0, 183.0, 300.0, 420.0),
        incidence=incidence,
        lower=tuple(max(0.0, v - 0.05) for v in incidence),
        upper=tuple(v + 0.05 for v in incidence),
        at_horizon=horizon,
    )


def test_the_line_passes_through_every_released_horizon() -> None:
    line = polyline(curve(at(0.2), at(0.2), NONE), HORIZONS)
    assert line.days == (14.0, 98.0, 183.0, 365.0, 420.0)
    assert line.values == (0.0, 0.1, 0.2, 0.2, 0.3)
    assert all(
        low <= value <= high for low, value, high in zip(line.lower, line.values, line.upper, strict=True)
    )


def test_the_line_ends_with_what_is_released_and_is_dotted_before_its_first_step() -> None:
    line = polyline(curve(at(0.2), at(0.2), NONE), HORIZONS)
    assert line.days[-1] == 420.0
    assert line.known == (False, True, True, True)
    assert line.runs(known=True) == [slice(1, 5)]


def test_a_stretch_over_a_withheld_horizon_is_not_drawn_as_known() -> None:
    line = polyline(curve(at(0.2), NONE, NONE), HORIZONS)
    assert line.days == (14.0, 98.0, 183.0, 420.0)
    assert line.known == (False, True, False)
    assert line.runs(known=True) == [slice(1, 3)]
    assert line.runs(known=False) == [slice(0, 2), slice(2, 4)]


def test_a_withheld_value_at_a_step_is_no_part_of_the_known_line() -> None:
    assert polyline(curve(NONE, at(0.2), NONE), HORIZONS).known == (False, False, False, True)


def test_points_of_a_cause_that_never_happened_are_its_beginning_and_the_horizons() -> None:
    assert points((14.0, 98.0), (0.0, 0.0), (183,)) == ([14.0, 183.0], [0, 1])
    assert points((), (), (183,)) == ([], [])
