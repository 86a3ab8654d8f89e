"""Cumulative incidences by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hamm_eval.estimate.base import Estimate, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveGroup:
    """One group behind a curve: one row per person, times in days since the origin.

    `cause` is 0 for censored, 1 for the event asked for, 2.. for what competes.
    `merged` names the levels that were merged into this group, empty where none were.
    """

    level: str
    entry: IntArray
    time: IntArray
    cause: IntArray
    cluster: NDArray[Any]
    start_at: float
    merged: tuple[str, ...] = ()

    @property
    def persons(self) -> int:
        """Number of persons."""
        return int(self.time.size)

    @property
    def persons_from_start(self) -> int:
        """Persons whom the curve is drawn from: under observation at some time after it begins."""
        return int(self._from_start.sum())

    @property
    def events_from_start(self) -> int:
        """Those of them with the event asked for."""
        return int((self._from_start & (np.asarray(self.cause) == 1)).sum())

    @property
    def _from_start(self) -> NDArray[np.bool_]:
        return np.asarray(self.time > np.maximum(self.entry, self.start_at))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Curves(Estimate):
    """Cumulative incidence by group (one group "all" without a grouping).

    Parameters
    ----------
    endpoint : str
    dimension : str
        The grouping's key, "" without one.
    groups : tuple of CurveGroup
    causes : tuple of str
        Names of causes 1..m; the first is the endpoint.
    estimates : tuple
        One `survival.aalen_johansen` result per group, days as unit.
    horizons : tuple of int
        Days at which values are tabulated.
    sensitive : bool
        Whether the grouping is by a sensitive attribute.
    ungrouped, ungrouped_events : int
        Persons who are in no curve, for lack of an entry to group them by, though under observation after
        the curves begin; and those of them with the endpoint.
    parts : bool
        Whether the groups are parts of one whole; where one person may be in several they add up to nothing.
    """

    endpoint: str
    dimension: str
    groups: tuple[CurveGroup, ...]
    causes: tuple[str, ...]
    estimates: tuple[Any, ...]
    horizons: tuple[int, ...]
    sensitive: bool = False
    ungrouped: int = 0
    ungrouped_events: int = 0
    parts: bool = True
