"""How much wider intervals are because households share fate, as one coarse figure a curve may carry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hamm_eval.estimate import CurveGroup, FloatArray

_STEP = 0.05


def household_factors(group: CurveGroup, causes: int, days: Sequence[float]) -> FloatArray:
    """Household-clustered over independent standard error, per cause, never below 1.

    Intervals redrawn from rounded counts (rule 5) know persons but no households, and would be too narrow.
    The largest ratio over the days shown is rounded up to a multiple of 0.05: so coarse that it tells of no
    household, and never on the narrow side.

    Parameters
    ----------
    group : CurveGroup
    causes : int
    days : sequence of float
        Horizons at which the curve is read.

    Returns
    -------
    ndarray, shape (causes,)

    References
    ----------
    Lin, D. Y. and Wei, L. J. (1989). The robust inference for the Cox proportional hazards model.
    JASA 84, 1074-1078 (the grouped infinitesimal jackknife).
    """
    from hamm_eval.survival import aalen_johansen

    def errors(cluster: NDArray[Any] | None) -> FloatArray:
        fit = aalen_johansen(
            group.time,
            group.cause,
            entry=group.entry,
            start_at=group.start_at,
            cluster=cluster,
            causes=causes,
        )
        return np.asarray(fit.at(days)[1])

    plain, clustered = errors(None), errors(group.cluster)
    usable = np.isfinite(plain) & np.isfinite(clustered) & (plain > 0)
    ratio = np.where(usable, clustered / np.where(usable, plain, 1.0), 1.0).max(axis=0, initial=1.0)
    return np.array([math.ceil(round(value / _STEP, 9)) * _STEP for value in ratio])
