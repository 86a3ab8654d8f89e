"""Providers and social spaces beside what their composition lets expect; caseload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from hamm_eval.estimate.base import Estimate, FloatArray, IntArray
from hamm_eval.estimate.models import Model, Term
from hamm_eval.estimate.tables import DistributionTable


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelGroup:
    """Who stands behind one group of a funnel.

    Parameters
    ----------
    level : str
    persons, events : int
        At the landmark; of them with the goal by the horizon.
    workers : int
        Social workers who accompany them.
    beside_largest : int
        Persons whom others accompany than the worker with most of them.
    """

    level: str
    persons: int
    events: int
    workers: int
    beside_largest: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Funnel(Estimate):
    """Groups compared with what their composition lets expect.

    Parameters
    ----------
    endpoint : str
    dimension : str
        Group of params whose levels are compared.
    column : "provider" or "social_space"
        What its levels are.
    landmark_days, horizon_days : int
    case_mix : tuple of str
    fit : survival.IndirectStandardisation or None
        Of the groups compared; None where too few groups are large enough.
    compared : tuple of FunnelGroup
        In the order of the fit's groups.
    too_small : tuple of FunnelGroup
        Left out before anything was estimated.
    terms : tuple of Term
        Levels of the composition, references included, with the people behind each.
    left_out : int
        Persons at the landmark in no group compared, or who lack a characteristic.
    one_place_a_worker : bool
        Whether each social worker has persons of one level only: what groups differ in may be theirs.
    other : str
        The other grouping of work (`social_space` beside `provider`), "" where there is none.
    tied : "strongly", "partly", "hardly" or "unknown"
        How far `other` is the same grouping of the persons compared.
    while_open : survival.IndirectStandardisation or None
        Of the same persons with the closing of the case as an end without the goal; None where nobody's case
        was closed before the horizon.
    """

    endpoint: str
    dimension: str
    column: str
    landmark_days: int
    horizon_days: int
    case_mix: tuple[str, ...]
    fit: Any
    compared: tuple[FunnelGroup, ...]
    too_small: tuple[FunnelGroup, ...]
    terms: tuple[Term, ...]
    left_out: int
    one_place_a_worker: bool
    other: str
    tied: Literal["strongly", "partly", "hardly", "unknown"]
    while_open: Any = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseloadOverTime(Estimate):
    """Open case files of social workers, quarter by quarter.

    Parameters
    ----------
    spread : DistributionTable
        Of the mean number of open files a worker and month; its `persons` are social workers.
    open_cases : ndarray of float, shape (quarters,)
        Mean number of open files of all workers together.
    persons : ndarray of int, shape (quarters,)
        Distinct persons with an open file in the quarter.
    full_time_equivalents : ndarray of float, shape (quarters,)
        As params state them; NaN where they do not.
    """

    spread: DistributionTable
    open_cases: FloatArray
    persons: IntArray
    full_time_equivalents: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseloadModel(Estimate):
    """Pace to an endpoint by the caseload of a person's social worker, as it changes.

    Parameters
    ----------
    model : Model
        With standard errors by social worker; its term `caseload` is of `per_cases` files more.
    per_cases : int
    workers : int
    """

    model: Model
    per_cases: int
    workers: int
