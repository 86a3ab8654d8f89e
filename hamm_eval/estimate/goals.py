"""Attainment of goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hamm_eval.estimate.base import Estimate, IntArray
from hamm_eval.estimate.curves import Curves
from hamm_eval.estimate.models import Lost, Term
from hamm_eval.estimate.tables import CountTable, DistributionTable


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
    t_scores : DistributionTable
        T-scores by domain of persons all of whose goals in it have a score, as first agreed; secondary.
    t_without : ndarray of int, shape (domains,)
        Persons who have no T-score because a goal of the domain was dropped or adapted.
    """

    scores: CountTable
    findings: CountTable
    persons: IntArray
    after_adaptation: IntArray
    t_scores: DistributionTable
    t_without: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AttainmentModel(Estimate):
    """An ordinal regression of attainment scores, with what rule 6 asks.

    Parameters
    ----------
    domain : str
    terms, references : tuple of Term
        One per coefficient, in the model's order; the reference level of each factor. Events are persons who
        attained at least what was agreed (score 0 and above), non-events those who attained less.
    fit : ratings.OrdinalRegression
        Positive coefficients go with higher scores.
    categories : Mapping of str to int
        Persons by score, lowest first, after scores that few persons have were taken with their neighbours:
        the key names all that it holds, as ``-2`` or ``1,2``.
    merged, missing, left_out
        As in `Model`.
    proportional_p : float
        Smallest p-value, corrected for their number, of the tests whether a characteristic goes with all
        scores alike; NaN where there is none.
    """

    domain: str
    terms: tuple[Term, ...]
    references: tuple[Term, ...]
    fit: Any
    categories: Mapping[str, int]
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[Lost, ...] = ()
    left_out: tuple[Lost, ...] = ()
    proportional_p: float = float("nan")

    @property
    def persons(self) -> int:
        """Number of persons in the model."""
        return sum(self.categories.values())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WorkerShare(Estimate):
    """How much of the differences in attainment lies between social workers: one share, no single worker.

    Parameters
    ----------
    domain : str
    value, lower, upper : float
        Share of the latent variance, and its interval.
    workers : tuple of int
        Persons of each social worker, largest first, without their names.
    categories : Mapping of str to int
        As in `AttainmentModel`.
    parameters : int
        Coefficients, thresholds and the variance.
    """

    domain: str
    value: float
    lower: float
    upper: float
    workers: tuple[int, ...]
    categories: Mapping[str, int]
    parameters: int

    @property
    def persons(self) -> int:
        """Number of persons in the model."""
        return sum(self.workers)
