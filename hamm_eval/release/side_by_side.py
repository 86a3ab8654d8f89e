"""Pace and share side by side as they may be shown: ratios of hazards, of incidences the direction alone."""

from __future__ import annotations

from hamm_eval.estimate import Model, SideBySide
from hamm_eval.release.models import refusals, release_model
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedModel, ReleasedSideBySide

_UNSAID = "unclear"


def release_side_by_side(estimate: SideBySide, policy: Policy) -> ReleasedSideBySide:
    """Each model by rule 6; the incidence model's intervals, on the same events, are kept back."""
    hazard = release_model(estimate.hazard, policy)
    incidence = estimate.incidence
    withheld = ("not_estimable",) if incidence is None else refusals(incidence, policy)
    return ReleasedSideBySide(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        endpoint=estimate.endpoint,
        hazard=hazard,
        competing=tuple(
            None if model is None else release_model(model, policy) for model in estimate.competing
        ),
        directions=() if withheld or incidence is None else _directions(hazard, incidence),
        incidence_withheld=withheld,
    )


def _directions(hazard: ReleasedModel, incidence: Model) -> tuple[str, ...]:
    """Where the share lies, for each term of the released model of the pace."""
    fit = incidence.fit
    found = {
        (term.factor, term.level): "more" if low > 1 else "fewer" if high < 1 else _UNSAID
        for term, low, high in zip(incidence.terms, fit.lower, fit.upper, strict=True)
    }
    return tuple(
        "reference" if term.reference else found.get((term.factor, term.level), _UNSAID)
        for term in hazard.terms
    )
