"""Curves of the same persons in which more ends the way: they reach no further than the curve they bound.

Divided by those whom nothing else has stopped, what they tell lies near the other curve.
"""

from __future__ import annotations

from functools import partial

from hamm_eval.estimate import CurveGroup, Curves
from hamm_eval.release.curve_ceiling import below_ceiling, last_day_below, until
from hamm_eval.release.curves import curve_name, release_curve
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCurve


def as_far_as(
    leading: ReleasedCurve,
    bound: ReleasedCurve,
    group: CurveGroup,
    curves: Curves,
    policy: Policy,
    *,
    earlier: EarlierCurves = NOTHING_EARLIER,
    place: str = "",
) -> ReleasedCurve:
    """The released bound of a group, withheld where the leading curve is, and ended where that ends (rule 3).

    Parameters
    ----------
    leading : ReleasedCurve
    bound : ReleasedCurve
        As it would be shown alone.
    group : CurveGroup
        Behind the bound.
    curves : Curves
        Whose group it is.
    policy : Policy
    earlier, place
        As `release_curves` took them for the bound.
    """
    if leading.withheld:
        return ReleasedCurve(
            level=bound.level,
            merged=bound.merged,
            withheld=leading.withheld,
            persons=bound.persons,
            events=bound.events,
        )
    day = last_day_below(leading)
    if day is None or bound.withheld:
        return bound
    draw = partial(release_curve, name=curve_name(curves, group.level, place), earlier=earlier)
    return until(day, group, curves, policy, partial(below_ceiling, draw=draw))
