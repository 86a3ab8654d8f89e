"""Attainment of goals."""

from __future__ import annotations

from dataclasses import dataclass

from hamm_eval.estimate.base import Estimate
from hamm_eval.estimate.curves import Curves


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GoalAttainment(Estimate):
    """Attainment of goals that are seen only at reviews.

    Parameters
    ----------
    domain : str
    curves : Curves
        Of the same persons twice: "first_met", documented, and "last_unmet", at the earliest.
    adapted, attained_adapted : int
        Persons whose goal a review adapted, and those of them whose goal was then attained.
    """

    domain: str
    curves: Curves
    adapted: int
    attained_adapted: int
