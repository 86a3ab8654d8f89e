"""Attainment of goals."""

from __future__ import annotations

from dataclasses import dataclass

from hamm_eval.estimate.base import Estimate, IntArray
from hamm_eval.estimate.curves import Curves
from hamm_eval.estimate.tables import CountTable


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GoalAttainment(Estimate):
    """Attainment of goals that are seen only at reviews.

    Parameters
    ----------
    domain : str
    curves : Curves
        Of the same persons several times, in different counts: "first_met", documented, and "last_unmet", at
        the earliest (`dimension` "seen_at"); or "any_definition", "while_open" and "first_definition"
        (`dimension` "counted_as").
    adapted, attained_adapted : int
        Persons whose goal a review adapted, and those of them whose goal was then attained.
    """

    domain: str
    curves: Curves
    adapted: int
    attained_adapted: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GoalScores(Estimate):
    """Where agreed goals stand at their latest review, by domain: two tables of the very same persons.

    Parameters
    ----------
    scores, findings : CountTable
        Rows are domains, columns what was recorded: the score or why there is none; what the review found.
        In each every person with a goal in the domain is in exactly one cell.
    persons : ndarray of int, shape (domains,)
        With a goal in the domain: the sum of each row of both tables.
    after_adaptation : ndarray of int, shape (domains,)
        Persons whose goal was met after a review had adapted it: a part of "met".
    """

    scores: CountTable
    findings: CountTable
    persons: IntArray
    after_adaptation: IntArray
