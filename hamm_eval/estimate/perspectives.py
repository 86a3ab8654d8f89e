"""Ratings of a measure from two perspectives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hamm_eval.estimate.base import Estimate, FloatArray, IntArray
from hamm_eval.estimate.effects import EffectOverview


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """How many of a group have given a rating, by perspective.

    `dimension` and `level` are "" for all. `persons` are distinct persons whose participation has ended,
    `given` those whose participation was rated, in the order of `vocabulary.Perspective`. `merged` are the
    levels that it was merged of.
    """

    dimension: str
    level: str
    persons: int
    given: tuple[int, int]
    sensitive: bool = False
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedShare:
    """Share of the ratings 4 and 5 when those who answered are weighted towards all.

    `value` and `std_error` are NaN where `missing` says why: "too_few" (answers or silent persons for the
    number of characteristics), "not_estimable". `clusters` are those of the error.
    """

    value: float
    std_error: float
    clusters: int | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two ratings of the same participation go together.

    Parameters
    ----------
    pairs : ndarray of int, shape (5, 5)
        Persons by the social worker's rating (rows) and their own (columns).
    kappa : ratings.WeightedKappa or None
        Quadratic, by the cluster bootstrap; None where it cannot be told from chance.
    ordinal : ratings.OrdinalRegression or None
        Rating on perspective, refugee against social worker, both ratings of all pairs.
    difference, difference_error : float
        Mean of refugee minus social worker.
    clustered_by : "social_worker" or "household"
    clusters : int
    kappa_factor, difference_factor, ordinal_factor : float
        Standard error by clusters over that of independent pairs, at least 1; NaN without an estimate.
    """

    pairs: IntArray
    kappa: Any
    ordinal: Any
    difference: float
    difference_error: float
    clustered_by: str
    clusters: int
    kappa_factor: float
    difference_factor: float
    ordinal_factor: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TwoPerspectives(Estimate):
    """How effective social workers and refugees hold a measure to be, who is silent, and how far they agree.

    One participation a person. Perspectives stand in the order of `vocabulary.Perspective`.

    Parameters
    ----------
    measure : str
    counts : ndarray of int, shape (2, 5)
        Persons by perspective and rating, 1 to 5.
    effective_errors : ndarray of float, shape (2,)
        Standard error of the share of 4 and 5 among the ratings given, by clusters.
    effective_clusters : tuple of int
        Clusters with a rating, by perspective: of few the error is uncertain itself.
    responses : tuple of Responses
        All, then by group.
    weighted : tuple of WeightedShare, one per perspective
    weighted_by : tuple of str
        Characteristics of the response weights.
    agreement : Agreement or None
        None where nobody was rated from both sides.
    whom : str
        Name of those who have begun the measure, of whom these are some; shared by results that count them.
    """

    measure: str
    counts: IntArray
    effective_errors: FloatArray
    effective_clusters: tuple[int, int]
    responses: tuple[Responses, ...]
    weighted: tuple[WeightedShare, WeightedShare]
    weighted_by: tuple[str, ...]
    agreement: Agreement | None
    whom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PerceivedEffects(Estimate):
    """Perceived effectiveness of every measure beside its estimated effects.

    `effects` is the overview of notebook 04, None where the export can answer none of its questions.
    """

    perspectives: tuple[TwoPerspectives, ...]
    effects: EffectOverview | None
