"""Models of attainment as they may be shown: characteristics by rule 6, the share of workers by rule 9."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from hamm_eval.estimate import AttainmentModel, Term, WorkerShare
from hamm_eval.release.models import (
    error_step,
    level_too_small,
    persons_and_lost,
    ratio_figures,
    released_terms,
)
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, Interval, ReleasedAttainmentModel, ReleasedWorkerShare
from hamm_eval.release.rounding import decimals

_NORMAL_95 = 1.959964
_DOUBTFUL = 0.05
_UNTOLD = Cell(value=None, linked=True)


def release_attainment_model(model: AttainmentModel, policy: Policy) -> ReleasedAttainmentModel:
    """Odds ratios to few decimals, without thresholds: these would give the number of each score back.

    Nor are persons told by level: their sum is that of the scores, of which a table hides the small ones.
    """
    withheld = _refusals(model, policy)
    terms = () if withheld else released_terms(model, lambda at: _figures(model, at, policy), policy)
    persons, lost = persons_and_lost(model, policy)
    return ReleasedAttainmentModel(
        id=model.definition.id,
        definition_digest=model.definition.digest,
        policy=policy.name,
        domain=model.domain,
        withheld=withheld,
        terms=tuple(replace(term, persons=_UNTOLD) for term in terms),
        persons=persons,
        lost=() if withheld else lost,
        scale=tuple(model.categories),
        doubtful=bool(model.proportional_p < _DOUBTFUL) and not withheld,
        few_households=not withheld and bool(model.fit.notes),
    )


def limiting_size(counts: Iterable[int]) -> float:
    """Persons that an ordinal outcome is worth: all, less what is lost where most have the same score.

    Harrell's rule (Regression Modeling Strategies, 2015, section 4.4): ``n - sum(n_k ** 3) / n ** 2``; with
    two categories of nearly equal size about three quarters of all, with one rare category about three times
    its events.

    Examples
    --------
    >>> limiting_size([50, 50]), round(limiting_size([990, 10]), 1)
    (75.0, 29.7)
    """
    found = np.asarray(list(counts), dtype=np.float64)
    n = found.sum()
    return float(n - (found**3).sum() / n**2) if n else 0.0


def _refusals(model: AttainmentModel, policy: Policy) -> tuple[str, ...]:
    """Every clause of rule 6 that the model does not keep, by its key."""
    parameters = len(model.terms) + len(model.categories) - 1
    found = []
    if limiting_size(model.categories.values()) < policy.model_events_per_parameter * parameters:
        found.append("scores_per_parameter")
    if model.persons - parameters < policy.model_residual_freedom:
        found.append("residual_freedom")
    # A level of few below or from what was agreed gives these persons' scores back.
    if any(level_too_small(term, policy) for term in (*model.terms, *model.references) if term.level):
        found.append("level_too_small")
    fit = model.fit
    figures = np.concatenate([fit.coefficients, fit.std_error, fit.lower, fit.upper])
    if not (np.isfinite(figures).all() and (fit.std_error > 0).all()):
        found.append("not_estimable")
    return tuple(found)


def _figures(model: AttainmentModel, at: int, policy: Policy) -> tuple[float, float, float]:
    """An odds ratio and its limits, its error as coarse as the rarer side of the level asks."""
    fit, term = model.fit, model.terms[at]
    std_error = float(fit.upper[at] - fit.lower[at]) / (2 * _NORMAL_95)
    step = max(
        error_step(std_error, own, everyone, policy)
        for own, everyone in (
            (term.events, _all(model, term, "events")),
            (term.non_events, _all(model, term, "non_events")),
        )
    )
    return ratio_figures(float(fit.coefficients[at]), std_error, step, policy)


def _all(model: AttainmentModel, term: Term, kind: str) -> int:
    """Events, or non-events, of all levels of a term's factor."""
    of = [other for other in (*model.terms, *model.references) if other.factor == term.factor]
    return sum(int(getattr(other, kind)) for other in of)


def release_worker_share(estimate: WorkerShare, policy: Policy) -> ReleasedWorkerShare:
    """The share in coarse steps, its interval widened to them; nothing of any single worker.

    Where workers are few, or one has a large part of all persons, whoever knows the others' cases could tell
    how that one's differ.
    """
    large = sum(persons >= policy.level_persons for persons in estimate.workers)
    figures = (estimate.value, estimate.lower, estimate.upper)
    withheld = ""
    if large < policy.share_workers:
        withheld = "few_workers"
    elif 100 * max(estimate.workers) > policy.largest_worker_percent * estimate.persons:
        withheld = "one_worker_dominates"
    elif (
        limiting_size(estimate.categories.values()) < policy.model_events_per_parameter * estimate.parameters
    ):
        withheld = "scores_per_parameter"
    elif not all(map(math.isfinite, figures)):
        withheld = "not_estimable"
    return ReleasedWorkerShare(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        domain=estimate.domain,
        withheld=withheld,
        share=None if withheld else _in_steps(*figures, policy.variance_share_step / 100),
    )


def _in_steps(value: float, lower: float, upper: float, step: float) -> Interval:
    """A share to the nearest step, its limits to the next one outwards."""
    return Interval(
        value=decimals(round(value / step) * step, 2),
        lower=decimals(max(math.floor(lower / step + 1e-9) * step, 0.0), 2),
        upper=decimals(min(math.ceil(upper / step - 1e-9) * step, 1.0), 2),
    )
