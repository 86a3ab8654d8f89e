"""Effects of measures, with their designs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hamm_eval.estimate.base import Estimate, IntArray
from hamm_eval.estimate.tables import CountTable

LEAST_IN_ARM = 5
"""Persons of each arm that a level of a characteristic needs to be adjusted for."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Effect(Estimate):
    """The effect of one measure on one endpoint at one horizon, with its design.

    Parameters
    ----------
    measure, endpoint : str
    landmark_days, horizon_days : int
    flow : CountTable
        Persons from the cohort to the analysis, step by step.
    fit : effects.estimate_effect result or None
        Clustered by household; None where the design left nothing to fit.
    by_worker : same type or None
        The same estimate with worker-clustered variance (t with clusters - 1).
    departure : same type or None
        The measure's effect on departure.
    negative_control : Effect or None
        The same comparison for an endpoint that the measure cannot affect, with its own design;
        `negative_control_endpoint` names it.
    treated, controls : int
        Persons in each arm.
    events_treated, events_controls : int
        Persons with the event by the horizon in each arm.
    departed_treated, departed_controls : int
        Persons with a competing event by the horizon in each arm.
    by_worker_missing : str
        Why there is no `by_worker`: "workers_unknown", "few_workers", "not_estimable"; else "".
    parameters : int
        Parameters of the largest model fitted.
    detectable : float
        Smallest effect (risk difference) detectable with 80 % power at two-sided 5 %.
    balance_limit : float
        Largest standardised difference that the design counts as balanced.
    failures : tuple
        `effects` design failures; not empty means the effect is withheld.
    checks : tuple
        `effects` design checks: every limit with what was found.
    merged : mapping of str to tuple of str
        ``factor=level`` to the levels that it consists of, merged as some of them were too small to compare.
    left_out : tuple of str
        ``factor=level`` of levels too small whose persons are not compared.
    e_value, tipping, leave_one_out : effects results or None
        What would explain the effect away: unmeasured confounding, goals of those who departed, a covariate.
        None where the effect is withheld, or where it cannot be told.
    """

    measure: str
    endpoint: str
    landmark_days: int
    horizon_days: int
    flow: CountTable
    fit: Any
    by_worker: Any
    departure: Any
    negative_control: Effect | None
    negative_control_endpoint: str
    treated: int
    controls: int
    events_treated: int
    events_controls: int
    parameters: int
    detectable: float
    balance_limit: float = 0.1
    failures: tuple[Any, ...] = ()
    checks: tuple[Any, ...] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    e_value: Any = None
    tipping: Any = None
    leave_one_out: Any = None
    departed_treated: int = 0
    departed_controls: int = 0
    by_worker_missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectOverview(Estimate):
    """The effects of all questions of a report beside each other.

    Parameters
    ----------
    effects : tuple of Effect
    primary : tuple of bool
        Which of them were declared primary.
    adjusted : tuple of (float or None)
        p-value of no effect, adjusted for the number of questions: Holm among the primary ones,
        Benjamini-Hochberg among the rest; None of those that are withheld, which do not count.
    confirmatory : bool
        Whether this is the confirmatory analysis of the year; else it is interim.
    absent : tuple of str
        Keys of questions that the export cannot answer.
    """

    effects: tuple[Effect, ...]
    primary: tuple[bool, ...]
    adjusted: tuple[float | None, ...]
    confirmatory: bool
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEffect:
    """The effect of one strategy pair at one horizon.

    Parameters
    ----------
    trials : "first" or "pooled"
    grace_days : int
    adherence : "intention_to_treat" or "per_protocol"
    horizon_months : int
        From time zero.
    effect : Effect
    months : effects.HorizonEffect or None
        The same as a difference in mean months with the goal by the horizon.
    person_trials : int
        Rows compared: persons times the trials that they are in.
    """

    trials: Literal["first", "pooled"]
    grace_days: int
    adherence: Literal["intention_to_treat", "per_protocol"]
    horizon_months: int
    effect: Effect
    months: Any
    person_trials: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TargetTrial(Estimate):
    """A target trial emulated: its protocol, who is in it, and the effects of its strategy pairs.

    Parameters
    ----------
    measure, endpoint : str
    months : tuple of int
        Months since the origin that begin a trial.
    ages : (int, int)
    covariates : tuple of str
        Adjusted for.
    effects : tuple of TrialEffect
        By strategy pair, the primary first, then by horizon.
    """

    measure: str
    endpoint: str
    months: tuple[int, ...]
    ages: tuple[int, int]
    covariates: tuple[str, ...]
    effects: tuple[TrialEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectInGroups:
    """An effect within the levels of one group that was declared beforehand.

    Parameters
    ----------
    dimension : str
        Key of the group.
    sensitive : bool
        Whether it tells a sensitive attribute.
    levels : tuple of str
        In the order of params.
    merged : tuple of tuple of str
        What each level consists of, empty where nothing was merged.
    persons : ndarray of int, shape (levels, 2)
        Persons with and without the measure, those included whose characteristics are too rare to compare.
    effects : tuple of Effect
        One per level.
    test : effects.InteractionTest or None
        Of equal effects in the `tested` levels whose design holds; None where these are fewer than two.
    tested : int
    p_adjusted : float
        The test's p-value adjusted for the groups of one question; NaN without a test.
    """

    dimension: str
    sensitive: bool
    levels: tuple[str, ...]
    merged: tuple[tuple[str, ...], ...]
    persons: IntArray
    effects: tuple[Effect, ...]
    test: Any
    tested: int
    p_adjusted: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectByGroup(Estimate):
    """One measure's effect on one endpoint within groups declared beforehand.

    `confirmatory` says whether this is the year's confirmatory analysis; in an interim one no test leaves.
    `arms` are all persons of both arms, those without an entry included; None where they are not counted.
    """

    measure: str
    endpoint: str
    landmark_days: int
    horizon_days: int
    groups: tuple[EffectInGroups, ...]
    confirmatory: bool = False
    arms: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectOverTime(Estimate):
    """One comparison read at several horizons: one Effect each, in the order of time."""

    effects: tuple[Effect, ...]
