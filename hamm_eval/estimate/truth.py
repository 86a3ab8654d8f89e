"""Recovered figures beside a planted truth."""

from __future__ import annotations

from dataclasses import dataclass

from hamm_eval.estimate.base import Estimate
from hamm_eval.estimate.curves import Curves
from hamm_eval.estimate.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthRow:
    """One planted truth and the estimate that should recover it.

    `estimate` is the Curves or Effect it is read from; `level` and `days` say where in it;
    `value`/`std_error` are the internal figures, `truth`/`truth_std_error` the planted ones.
    """

    estimate: Curves | Effect
    level: str
    days: int
    value: float
    std_error: float
    truth: float
    truth_std_error: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TruthComparison(Estimate):
    """Recovered incidences and effects beside the planted truth (synthetic cities only)."""

    rows: tuple[TruthRow, ...]
