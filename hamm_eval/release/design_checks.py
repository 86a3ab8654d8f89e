"""Properties of a design as they may be shown: as coarse as the counts that they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamm_eval.estimate import Effect
from hamm_eval.release.counts import release_count
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCheck
from hamm_eval.release.rounding import decimals, to_step

_COARSE_STEPS = (0.01, 0.02, 0.05, 0.10)
_WEIGHT_STEP = 0.05
_LEVEL_STEPS = (0.02, 0.05, 0.10, 0.20, 0.25)


def release_checks(effect: Effect, policy: Policy) -> tuple[ReleasedCheck, ...]:
    """Every limit of the design with what was found, shown whether the effect is or not."""
    smallest = min(effect.treated, effect.controls)
    return tuple(
        ReleasedCheck(
            key=check.key,
            value=_shown(check, smallest, policy),
            limit=None if check.limit is None else decimals(check.limit, 2),
            passed=bool(check.passed),
            covariate=check.covariate,
            arm=check.arm,
            model=check.model,
            step=_step_of_level(check.of, policy) if check.key == "positivity" else None,
        )
        for check in effect.checks
    )


def _shown(check: Any, smallest: int, policy: Policy) -> float | None:
    """The figure as coarse as elsewhere in the effect."""
    if not np.isfinite(check.value) or check.key == "events_per_parameter":
        return None  # the number of parameters is known, and with it this would be the number of events
    if check.key == "fewer_effective_controls":
        return None  # a second effective size, close to the one that is shown
    if check.key == "balance":
        return decimals(check.value, 2)
    if check.key == "positivity":
        width = _step_of_level(check.of, policy)
        return None if width is None else decimals(min(np.ceil(check.value / width - 1e-9) * width, 1.0), 2)
    if check.key == "variance_ratio":
        step = 0.5 if check.value > 1 else 0.1
        return max(to_step(check.value, step), step)
    if check.key == "effective_n":
        return whole_size(check.value, policy)
    if check.key in ("weight_share", "weight_tail"):
        return to_step(check.value, max(_WEIGHT_STEP, coarse_step(smallest, policy)))
    return to_step(check.value, coarse_step(smallest, policy))


def _step_of_level(persons: int, policy: Policy) -> float | None:
    """Step to which a share of so many persons is rounded up; None where none is coarse enough.

    A level has a few of each arm at the least, as everyone knows: so even the lowest step must leave counts.
    """
    least = policy.largest_hidden_count + policy.count_rounding
    return next((step for step in _LEVEL_STEPS if persons * step >= least), None)


def coarse_step(persons: int, policy: Policy) -> float:
    """Step of a share of so many persons in which as many counts lie as in a rounded count."""
    return next((s for s in _COARSE_STEPS if persons * s >= policy.count_rounding - 1), _COARSE_STEPS[-1])


def whole_size(size: float, policy: Policy) -> int | None:
    """An effective sample size as a count."""
    return release_count(round(size), policy).value
