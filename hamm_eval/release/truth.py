"""Recovered figures beside the planted truth: the figures are those released, the truth is public."""

from __future__ import annotations

import math

from hamm_eval.estimate import Curves, Effect, TruthComparison, TruthRow
from hamm_eval.release.curves import release_curves
from hamm_eval.release.effects import release_effect
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    Interval,
    Release,
    ReleasedCurves,
    ReleasedEffect,
    ReleasedTruth,
    ReleasedTruthRow,
)
from hamm_eval.release.rounding import decimals

_STANDARD_ERRORS = 3.3


def release_truth(
    comparison: TruthComparison, policy: Policy, earlier: EarlierCurves = NOTHING_EARLIER
) -> ReleasedTruth:
    """Each planted truth with the figure that the gate lets out for it."""
    estimates = {row.estimate.definition.id: row.estimate for row in comparison.rows}
    shown = {name: _released(estimate, policy, earlier) for name, estimate in estimates.items()}
    return ReleasedTruth(
        id=comparison.definition.id,
        definition_digest=comparison.definition.digest,
        policy=policy.name,
        rows=tuple(_row(row, policy, shown[row.estimate.definition.id]) for row in comparison.rows),
    )


def _row(row: TruthRow, policy: Policy, released: Release) -> ReleasedTruthRow:
    """One comparison; whether it fits is judged on the unrounded figures, where the estimate is shown."""
    shown = _shown(row, released)
    distance = abs(row.value - row.truth)
    allowed = _STANDARD_ERRORS * math.hypot(row.std_error, row.truth_std_error)
    return ReleasedTruthRow(
        estimate_id=row.estimate.definition.id,
        level=row.level,
        days=row.days,
        truth=decimals(row.truth, policy.curve_decimals),
        estimate=None if shown is None else shown.value,
        lower=None if shown is None else shown.lower,
        upper=None if shown is None else shown.upper,
        within=None if shown is None or shown.value is None else bool(distance <= allowed),
    )


def _released(estimate: Curves | Effect, policy: Policy, earlier: EarlierCurves) -> Release:
    """What the gate lets out of an estimate, however many rows are read off it."""
    if isinstance(estimate, Curves):
        return release_curves(estimate, policy, earlier)
    return release_effect(estimate, policy)


def _shown(row: TruthRow, released: Release) -> Interval | None:
    """What the gate lets out of the estimate at the row's level and day."""
    if isinstance(released, ReleasedEffect):
        return released.difference
    assert isinstance(released, ReleasedCurves) and isinstance(row.estimate, Curves)
    if row.days not in row.estimate.horizons:
        return None
    at = row.estimate.horizons.index(row.days)
    curve = next((curve for curve in released.curves if curve.level == row.level), None)
    return curve.at_horizon[at] if curve is not None and not curve.withheld else None
