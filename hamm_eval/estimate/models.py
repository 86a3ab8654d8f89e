"""Regression models of time to an endpoint, and comparisons standardised by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hamm_eval.errors import InputError
from hamm_eval.estimate.base import Estimate, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One coefficient: its factor (`level` "" for a number) and the people behind it."""

    factor: str
    level: str
    persons: int
    events: int
    non_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Who is not in a model because of a factor: without an entry (`level` ""), or in a level left out.

    Parameters
    ----------
    factor, level : str
    persons : int
        Persons with no row in the model, each counted once, by the first factor that lost them.
    events : int
        Events on rows not in the model; of what changes over time a person may lose only a part of the rows.
    """

    factor: str
    level: str
    persons: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Model(Estimate):
    """A fitted Cox or Fine-Gray model with what rule 6 asks: persons and events behind every level.

    Parameters
    ----------
    endpoint : str
    terms : tuple of Term
        One per coefficient, in the model's order.
    references : tuple of Term
        The reference level of each factor.
    fit : survival.Cox result
        With as many coefficients as there are terms.
    persons, events : int
    proportionality : tuple of float
        p-value of the exact score test per term, then the global one.
    merged : Mapping[str, tuple[str, ...]]
        ``factor=level`` to the levels merged into it.
    of : str
        Cause that is modelled: the endpoint, or what competes.
    scale : "hazard" or "incidence"
        Whether ratios are of cause-specific hazards (Cox) or of subdistribution hazards (Fine-Gray).
    missing : tuple of Lost
        One per covariate that lacks entries. Together with `left_out`, `persons` and `events` they sum to
        those at risk.
    left_out : tuple of Lost
        One per level too small that could not be merged.
    since : int
        Day since the origin from which on it counts: whoever reached the goal or left before is not in it.
    """

    endpoint: str
    terms: tuple[Term, ...]
    references: tuple[Term, ...]
    fit: Any
    persons: int
    events: int
    proportionality: tuple[float, ...] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of: str = ""
    scale: Literal["hazard", "incidence"] = "hazard"
    missing: tuple[Lost, ...] = ()
    left_out: tuple[Lost, ...] = ()
    since: int = 0

    def __post_init__(self) -> None:
        """Refuse terms that are not those of the fit: ratios would be read under other names."""
        if self.fit is not None and len(self.terms) != len(self.fit.names):
            raise InputError(
                "There are not as many terms as coefficients in the fit.", where=self.definition.id
            )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SideBySide(Estimate):
    """One set of characteristics in three models: pace to the goal, pace of what competes, share attained.

    Parameters
    ----------
    endpoint : str
    hazard : Model
        Cause-specific hazard of the endpoint.
    competing : tuple of Model or None
        Cause-specific hazards of what competes, one per cause; None where it cannot be estimated.
    incidence : Model or None
        Fine-Gray model of the endpoint.
    """

    endpoint: str
    hazard: Model
    competing: tuple[Model | None, ...]
    incidence: Model | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArrivalComparison(Estimate):
    """Quarters of arrival compared: incidences as observed, and for one composition.

    Parameters
    ----------
    endpoint : str
    landmark_days, horizon_days : int
    case_mix : tuple of str
        Groups that tell composition.
    fit : survival.CaseMix
        Its groups are quarters, as ``2015-Q4``.
    events : ndarray of int, shape (quarters,)
    terms : tuple of Term
        Levels of the composition, references included, with the people behind each.
    left_out : int
        Persons at the landmark who arrived in quarters too small to compare, or lack a characteristic.
    """

    endpoint: str
    landmark_days: int
    horizon_days: int
    case_mix: tuple[str, ...]
    fit: Any
    events: IntArray
    terms: tuple[Term, ...]
    left_out: int
