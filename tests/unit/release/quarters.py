"""Shared by tests of curves across quarters: one cohort seen at several data cuts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from exact import as_curves

from hamm_eval.estimate import CurveGroup, Curves, Estimate
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.gate import release
from hamm_eval.release.known_curves import EarlierCurves
from hamm_eval.release.policy import Policy
from hamm_eval.release.register import curves_told
from hamm_eval.release.released import ReleasedCurves

STRICT = Policy.strict()
HORIZONS = (183, 365, 548)
CUTS = (820, 912, 1004, 1096)
"""Days of the data cuts of four quarters; people arrive from day 0 on."""


def seen_at(cut: int, seed: int, persons: int = 400, months: float = 16.0, level: str = "all") -> CurveGroup:
    """A cohort as it is known on a day: whoever has arrived by then, followed up to then."""
    rng = np.random.default_rng(seed)
    arrived = rng.integers(0, CUTS[-1], persons)
    reached = np.ceil(rng.weibull(1.3, persons) * months * 30.4).astype(np.int64) + 1
    left = np.ceil(rng.exponential(80 * 30.4, persons)).astype(np.int64)
    followed = cut - arrived
    time = np.minimum(np.minimum(reached, left), followed)
    cause = np.where(time == followed, 0, np.where(reached <= left, 1, 2))
    known = followed > 1
    return CurveGroup(
        level=level,
        entry=np.zeros(int(known.sum()), dtype=np.int64),
        time=time[known],
        cause=cause[known],
        cluster=np.arange(persons)[known],
        start_at=0.0,
    )


def curves_at(cut: int, seed: int, **drawn: object) -> Curves:
    """Its curve as an estimate."""
    return as_curves(seen_at(cut, seed, **drawn), horizons=HORIZONS)  # type: ignore[arg-type]


def told(estimate: Estimate, earlier: EarlierCurves | None = None) -> tuple[ReleasedCurves, Facts]:
    """What the gate lets out of curves beside earlier ones, and what that tells."""
    released = release(estimate, STRICT, *([] if earlier is None else [earlier]))
    assert isinstance(released, ReleasedCurves)
    return released, facts_of(estimate, released, STRICT)


def earlier_of(*quarters: Facts | Sequence[Facts]) -> EarlierCurves:
    """What quarters have told, the oldest first."""
    every = ((each,) if isinstance(each, Facts) else tuple(each) for each in quarters)
    return curves_told({f"{number:02d}": told for number, told in enumerate(every)})
