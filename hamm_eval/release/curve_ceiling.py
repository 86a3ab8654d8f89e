"""Rule 3 for curves: a line that tells something sensitive ends where nearly all have reached it.

"Over 95 %" is one symbol for 96 and for 100 %: beyond the ceiling neither the line nor anything computed from
it may lie. So the curve is released anew as if it had been asked for up to the last step below the ceiling
alone: steps, standard errors, numbers at risk and the error of rounding know nothing of what happened later.
The counts of persons and events stay, rounded, as those of a table do beside "over 95 %".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from hamm_eval.estimate import CurveGroup, Curves
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Interval, ReleasedCurve

NEARLY_ALL = "nearly_all"

Draw = Callable[[CurveGroup, Curves, Policy], ReleasedCurve]


def below_ceiling(group: CurveGroup, curves: Curves, policy: Policy, draw: Draw) -> ReleasedCurve:
    """One group's curve by rule 5, and where it tells something sensitive up to the ceiling only.

    What competes is treated alike: that nearly all of a group have left tells of each of them too.

    Parameters
    ----------
    group : CurveGroup
    curves : Curves
        Whose group it is.
    policy : Policy
    draw : callable
        Rule 5 for one group: the curve as if nothing were sensitive.

    Returns
    -------
    ReleasedCurve
        Its last point is the day from which on the share lies above the ceiling, drawn at the ceiling;
        `over_ceiling_from` names that day. Withheld as "nearly_all" where no step lies below.
    """
    curve = draw(group, curves, policy)
    if not (curves.sensitive or policy.sensitive_throughout):
        return curve
    shown, over = curve, None
    # Released up to an earlier day a line may round differently, and pass the ceiling earlier still.
    while _first_over(shown, policy) is not None:
        passing = _passing(shown, group, curves, policy, draw)
        at, cause = _first_over(passing, policy) or (0, 0)
        over = (passing.time[at], cause)
        shown = until(passing.time[at - 1], group, curves, policy, draw) if at > 1 else without(curve)
    if over is None or shown.withheld:
        return shown
    return _to_ceiling(shown, *over, policy)


def until(day: float, group: CurveGroup, curves: Curves, policy: Policy, draw: Draw) -> ReleasedCurve:
    """A group's curve as if it had been asked for up to a day of its steps; later horizons have no value."""
    asked = tuple(sorted({*(at for at in curves.horizons if at <= day), int(day)}))
    curve = draw(group, replace(curves, horizons=asked), policy)
    if curve.withheld:
        return without(curve)
    nothing = Interval(value=None, lower=None, upper=None)
    values = dict(zip(asked, curve.at_horizon, strict=True))
    errors = dict(zip(asked, curve.std_error_at_horizon, strict=True))
    competing = [dict(zip(asked, shares, strict=True)) for shares in curve.competing_at_horizon]
    return replace(
        curve,
        at_horizon=tuple(values.get(at, nothing) for at in curves.horizons),
        std_error_at_horizon=tuple(errors.get(at) for at in curves.horizons),
        competing_at_horizon=tuple(tuple(shares.get(at) for at in curves.horizons) for shares in competing),
    )


def without(curve: ReleasedCurve) -> ReleasedCurve:
    """A curve of which nothing but its counts is shown: nearly all have reached it from its beginning."""
    return ReleasedCurve(
        level=curve.level,
        merged=curve.merged,
        withheld=NEARLY_ALL,
        persons=curve.persons,
        events=curve.events,
    )


def last_day_below(curve: ReleasedCurve) -> float | None:
    """The last day of a curve below the ceiling; None where all of it lies below."""
    return curve.time[-2] if curve.over_ceiling_from else None


def _passing(
    shown: ReleasedCurve, group: CurveGroup, curves: Curves, policy: Policy, draw: Draw
) -> ReleasedCurve:
    """The curve asked for up to the first day of the grid by which it has passed the ceiling.

    Where a step ends depends on what follows: the day on which a longer curve passes would tell of that.
    """
    at, _ = _first_over(shown, policy) or (0, 0)
    step = policy.curve_grid_days
    grid = range((int(shown.time[0]) // step + 1) * step, int(shown.time[at]), step)
    days = sorted({*grid, *(day for day in curves.horizons if shown.time[0] < day < shown.time[at])})

    def passed(day: int) -> bool:
        return _first_over(until(day, group, curves, policy, draw), policy) is not None

    first = bisect_left(days, True, key=passed)
    return shown if first == len(days) else until(days[first], group, curves, policy, draw)


def _first_over(curve: ReleasedCurve, policy: Policy) -> tuple[int, int] | None:
    """The first point of a curve at which a share lies above the ceiling, and which cause's it is."""
    lines = (curve.incidence, *curve.competing)
    over = [
        (at, cause)
        for cause, line in enumerate(lines)
        for at, value in enumerate(line)
        if 100 * value > policy.share_ceiling
    ]
    return min(over, default=None)


def _to_ceiling(curve: ReleasedCurve, day: float, cause: int, policy: Policy) -> ReleasedCurve:
    """The curve with a last point at the ceiling, on the day on which the share of a cause passes it."""
    ceiling = policy.share_ceiling / 100
    lines = [
        (*line, ceiling if at == cause else line[-1])
        for at, line in enumerate((curve.incidence, *curve.competing))
    ]
    # The limits of that day would tell its share: what is known is that it is no less than before.
    highest = max(ceiling, curve.upper[-1]) if cause == 0 else curve.upper[-1]
    return replace(
        curve,
        time=(*curve.time, day),
        incidence=lines[0],
        lower=(*curve.lower, curve.lower[-1]),
        upper=(*curve.upper, highest),
        competing=tuple(lines[1:]),
        median=_median(curve.median, day) if cause == 0 else curve.median,
        over_ceiling_from=tuple(day if at == cause else None for at in range(len(lines))),
    )


def _median(median: Interval | None, day: float) -> Interval | None:
    """Half had reached it by the day on which nearly all had."""
    if median is None:
        return None
    value = day if median.value is None else median.value
    return Interval(value=value, lower=value if median.lower is None else median.lower, upper=median.upper)
