"""Rule 6: which models may be shown, and how finely."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import AttainmentModel, Model, Term
from hamm_eval.release.counts import hide_linked, release_count
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedLoss, ReleasedModel, ReleasedTerm
from hamm_eval.release.rounding import decimals

_DOUBTFUL = 0.05
_NORMAL_95 = 1.959964
_ERROR_STEPS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
_WHOLE_MODEL = "global"


def release_model(model: Model, policy: Policy) -> ReleasedModel:
    """A Cox model as it may be shown: ratios to few decimals, no baseline hazard; or why it is withheld."""
    withheld = refusals(model, policy)
    persons, lost = persons_and_lost(model, policy)
    return ReleasedModel(
        id=model.definition.id,
        definition_digest=model.definition.digest,
        policy=policy.name,
        endpoint=model.endpoint,
        withheld=withheld,
        terms=() if withheld else released_terms(model, lambda at: _figures(model, at, policy), policy),
        persons=persons,
        events=release_count(model.events, policy),
        proportionality_doubtful=() if withheld else _doubtful(model),
        of=model.of,
        lost=() if withheld else lost,
        since=model.since,
        few_households=not withheld and bool(model.fit.notes),
    )


def persons_and_lost(model: Model | AttainmentModel, policy: Policy) -> tuple[Cell, tuple[ReleasedLoss, ...]]:
    """Persons in the model and not in it: together all at risk, whose number is published (rule 7)."""
    lost = [who for who in (*model.missing, *model.left_out) if who.persons]
    cells = [release_count(persons, policy) for persons in (model.persons, *(who.persons for who in lost))]
    if lost:
        everyone = release_count(model.persons + sum(who.persons for who in lost), policy)
        cells = list(hide_linked(cells, everyone, policy))
    return cells[0], tuple(
        ReleasedLoss(factor=who.factor, level=who.level, persons=cell)
        for who, cell in zip(lost, cells[1:], strict=True)
    )


def release_model_alone(model: Model, policy: Policy) -> ReleasedModel:
    """A model that stands for itself: the endpoint's hazards.

    Raises
    ------
    ReleaseRefused
        A Fine-Gray model or one of what competes: alone it would be read as the pace to the goal.
    """
    if model.scale != "hazard" or model.of not in ("", model.endpoint):
        raise ReleaseRefused(
            "A model of the incidence, or of what competes, would be read as the pace to the goal.",
            where=model.definition.id,
            todo="Show it beside the hazards of the endpoint: study.side_by_side.",
        )
    return release_model(model, policy)


def refusals(model: Model, policy: Policy) -> tuple[str, ...]:
    """Every clause of rule 6 that the model does not keep, by its key."""
    parameters = len(model.terms)
    levels = [term for term in (*model.terms, *model.references) if term.level]
    found = []
    if model.events < policy.model_events_per_parameter * parameters:
        found.append("events_per_parameter")
    if model.persons - parameters < policy.model_residual_freedom:
        found.append("residual_freedom")
    # A level of one person gives that person's outcome back exactly.
    if any(level_too_small(term, policy) for term in levels):
        found.append("level_too_small")
    if not _positive(model.fit):
        found.append("not_estimable")
    return tuple(found)


def _positive(fit: Any) -> bool:
    """Whether there is a fit and all its ratios and limits are finite and positive."""
    if fit is None:
        return False
    figures = np.concatenate(
        [np.ravel(np.asarray(part, dtype=np.float64)) for part in (fit.hazard_ratio, fit.lower, fit.upper)]
    )
    return bool(np.isfinite(figures).all() and (figures > 0).all())


def level_too_small(term: Term, policy: Policy) -> bool:
    """Whether a level has too few persons, events or persons without the event."""
    return (
        term.persons < policy.level_persons
        or term.events < policy.level_events
        or term.non_events < policy.level_non_events
    )


Figures = tuple[float, float, float]


def released_terms(
    model: Model | AttainmentModel, figures_of: Callable[[int], Figures], policy: Policy
) -> tuple[ReleasedTerm, ...]:
    """Each factor's reference level, then its coefficients, in the model's order.

    `figures_of` gives the ratio of a term and its limits as they may be shown.
    """

    def row(term: Term, reference: bool, figures: Figures) -> ReleasedTerm:
        ratio, lower, upper = figures
        return ReleasedTerm(
            factor=term.factor,
            level=term.level,
            reference=reference,
            ratio=ratio,
            lower=lower,
            upper=upper,
            persons=release_count(term.persons, policy),
            merged=tuple(model.merged.get(f"{term.factor}={term.level}", ())),
        )

    references = {term.factor: term for term in model.references}
    rows: list[ReleasedTerm] = []
    for at, term in enumerate(model.terms):
        reference = references.pop(term.factor, None)
        if reference is not None:
            rows.append(row(reference, True, (1.0, 1.0, 1.0)))
        rows.append(row(term, False, figures_of(at)))
    return tuple(rows)


def _figures(model: Model, at: int, policy: Policy) -> Figures:
    """A hazard ratio and its limits."""
    fit = model.fit
    std_error = float(np.log(fit.upper[at]) - np.log(fit.lower[at])) / (2 * _NORMAL_95)
    step = error_step(std_error, model.terms[at].events, model.events, policy)
    return ratio_figures(float(np.log(fit.hazard_ratio[at])), std_error, step, policy)


def ratio_figures(coefficient: float, std_error: float, step: float, policy: Policy) -> Figures:
    """A ratio and its limits: coefficient and standard error, the logarithms, are rounded first."""
    middle = round(coefficient, policy.coefficient_decimals)
    reach = _NORMAL_95 * math.ceil(round(std_error / step, 9)) * step
    shown = tuple(
        decimals(np.exp(value), policy.coefficient_decimals)
        for value in (middle, middle - reach, middle + reach)
    )
    return shown[0], shown[1], shown[2]


def error_step(std_error: float, events: int, all_events: int, policy: Policy) -> float:
    """Step to which a coefficient's standard error is rounded up, so that it keeps the events to itself.

    The variance of a level's coefficient is about 1 / its events + 1 / the others' events: a precise interval
    gives the number of events back. The step is the smallest with which as many numbers of events lead to the
    same standard error as a hidden cell must keep.
    """
    possible = np.arange(1, max(all_events, 2))
    variance = 1 / possible + 1 / (max(all_events, 2) - possible)
    own = min(max(events, 1), possible.size) - 1
    errors = std_error * np.sqrt(variance / variance[own])
    for step in _ERROR_STEPS:
        shown = np.ceil(np.round(errors / step, 9))
        if (shown == shown[own]).sum() >= policy.feasible_values:
            return step
    return _ERROR_STEPS[-1]


def _doubtful(model: Model) -> tuple[str, ...]:
    """Factors whose hazards are not proportional (p < 0.05, Bonferroni over terms), or the whole model."""
    if not model.proportionality:
        return ()
    *single, overall = model.proportionality
    factors = dict.fromkeys(
        term.factor for term, p in zip(model.terms, single, strict=True) if p * len(single) < _DOUBTFUL
    )
    if not factors and overall < _DOUBTFUL:
        return (_WHOLE_MODEL,)
    return tuple(factors)
