"""Which points a line is drawn through: those whose numbers may be published, joined straight.

A released step holds several events, and when within the step they happened is unknown. A flat line up to
the step's end would claim that nothing happened before; a straight one claims least.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from hamm_eval.release.released import ReleasedCurve
from hamm_eval.report.findings import value_at


@dataclass(frozen=True, slots=True)
class Polyline:
    """A curve as it is drawn.

    Parameters
    ----------
    days, values, lower, upper : tuple of float, length k
        The points to join; `lower` and `upper` equal `values` where the curve has no interval.
    known : tuple of bool, length k - 1
        Whether a stretch between two points may be read. Not before the first step, for what happened by then
        is hidden, not where a horizon lies whose value is withheld, and not up to the ceiling of rule 3, for
        above it the line goes on.
    """

    days: tuple[float, ...]
    values: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    known: tuple[bool, ...]

    def runs(self, known: bool) -> list[slice]:
        """Longest runs of points whose stretches are all known, or all not."""
        found: list[slice] = []
        for at, here in enumerate(self.known):
            if here != known:
                continue
            if found and found[-1].stop == at + 1:
                found[-1] = slice(found[-1].start, at + 2)
            else:
                found.append(slice(at, at + 2))
        return found


def polyline(curve: ReleasedCurve, horizons: Sequence[int]) -> Polyline:
    """The line of a released curve: its beginning, the ends of its steps, the horizons that have a value.

    It ends at the last of these: beyond, nothing is released.

    Examples
    --------
    >>> from hamm_eval.release.released import Cell, Interval
    >>> curve = ReleasedCurve(
    ...     level="all", merged=(), withheld="", persons=Cell(value=200), events=Cell(value=40),
    ...     time=(0.0, 100.0, 150.0, 200.0), incidence=(0.0, 0.1, 0.1, 0.2),
    ...     at_horizon=(Interval(value=0.1, lower=None, upper=None),),
    ... )
    >>> line = polyline(curve, (183,))
    >>> line.days, line.values
    ((0.0, 100.0, 183.0, 200.0), (0.0, 0.1, 0.1, 0.2))
    >>> line.known
    (False, True, True)
    """
    shown = [value_at(curve, position) is not None for position in range(len(horizons))]
    released = [float(day) for day, has in zip(horizons, shown, strict=True) if has]
    withheld = [float(day) for day, has in zip(horizons, shown, strict=True) if not has]
    days, places = points(curve.time, curve.incidence, released)
    over = curve.over_ceiling_from[0] if curve.over_ceiling_from else None

    def read(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(values[at] for at in places)

    return Polyline(
        days=tuple(days),
        values=read(curve.incidence),
        lower=read(curve.lower or curve.incidence),
        upper=read(curve.upper or curve.incidence),
        known=tuple(
            at > 0 and days[at + 1] != over and not any(days[at] <= day <= days[at + 1] for day in withheld)
            for at in range(len(days) - 1)
        ),
    )


def points(
    time: Sequence[float], values: Sequence[float], horizons: Sequence[float]
) -> tuple[list[float], list[int]]:
    """Days to draw through and, for each, the position in `values` that is known by then."""
    if not time:
        return [], []
    found = {float(time[0]): 0}
    found |= {float(time[at]): at for at in range(1, len(time)) if values[at] > values[at - 1]}
    found |= {float(day): bisect_right(time, day) - 1 for day in horizons if day > time[0]}
    days = sorted(found)
    return days, [found[day] for day in days]
