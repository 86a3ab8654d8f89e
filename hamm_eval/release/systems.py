"""Access to systems as it may be shown: curves by rule 5, waiting times read off nothing but these."""

from __future__ import annotations

from dataclasses import replace

from hamm_eval.estimate import SystemAccess
from hamm_eval.release.counts import release_count
from hamm_eval.release.curve_bounds import as_far_as
from hamm_eval.release.curves import release_curves
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedAccess, ReleasedCurve

QUARTILES = (0.25, 0.5, 0.75)


def release_access(
    estimate: SystemAccess, policy: Policy, earlier: EarlierCurves = NOTHING_EARLIER
) -> ReleasedAccess:
    """Curves of systems, and the days by which a quarter, half and three quarters had entered.

    A waiting time from exact days would tell the day of one person's entry, so it is the day on which the
    curve from rounded counts first reaches the share. The curves with the closing as an end are released as
    if they stood alone, as those of goals are: entries and persons are the same in both and rounded alike,
    closings are counts of their own. But where a line is withheld, or ends at the ceiling, so does its lower
    bound, which would tell nearly the same.
    """
    bounds = release_curves(estimate.while_open, policy, earlier, place="while_open")
    # Who got in while the case file was open is some of those who got in at all.
    some = {bound.level: (bound.known,) for bound in bounds.curves if bound.known is not None}
    curves = release_curves(estimate.curves, policy, earlier, place="curves", beside=some)
    return ReleasedAccess(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        key=estimate.key,
        curves=curves,
        while_open=replace(
            bounds,
            curves=tuple(
                as_far_as(
                    curve, bound, group, estimate.while_open, policy, earlier=earlier, place="while_open"
                )
                for curve, bound, group in zip(
                    curves.curves, bounds.curves, estimate.while_open.groups, strict=True
                )
            ),
        ),
        probabilities=QUARTILES,
        waiting=tuple(tuple(_reached(curve, share) for share in QUARTILES) for curve in curves.curves),
        prevalent=tuple(
            release_count(persons, policy, sensitive=estimate.curves.sensitive)
            for persons in estimate.prevalent
        ),
    )


def _reached(curve: ReleasedCurve, share: float) -> float | None:
    """First day on which the line shown has reached a share."""
    return next((day for day, at in zip(curve.time, curve.incidence, strict=True) if at >= share), None)
