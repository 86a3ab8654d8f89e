"""Facts of models: persons in them, and not in them, factor by factor."""

from __future__ import annotations

from collections import defaultdict

from hamm_eval.estimate import ArrivalComparison, Model, SideBySide
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place, key_of
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedArrivals, ReleasedModel, ReleasedSideBySide


def model_facts(model: Model, released: ReleasedModel, policy: Policy, *, at: Place = ()) -> FactList:
    """Facts of a model that stands at a place of a release.

    Models of what competes are of the same persons as that of the endpoint.
    """
    facts = FactList(model.definition, policy)
    asked = {name: value for name, value in model.definition.details.items() if name != "of"}
    name = f"model:{key_of(model.endpoint, asked)}"
    of = f"event:{model.of or model.endpoint}"
    facts.cell(name, model.persons, released.persons, (*at, "persons"), grows=True)
    facts.cell(f"{name}|{of}", model.events, released.events, (*at, "events"), grows=True)
    lost = [who for who in (*model.missing, *model.left_out) if who.persons]
    keys = []
    for number, who in enumerate(lost):
        key = f"{name}|without {who.factor}={who.level}"
        if released.lost:
            place = (*at, "lost", number, "persons")
            facts.cell(key, who.persons, released.lost[number].persons, place, grows=True)
        else:
            facts.untold(key, who.persons)
        keys.append(key)
    everyone = whom.after(whom.at_risk(model.definition), model.since)
    facts.untold(everyone, model.persons + sum(who.persons for who in lost))
    facts.sum(everyone, [name, *keys])
    if model.of in ("", model.endpoint):
        reached = f"{everyone}|event"
        gone = model.events + sum(who.events for who in (*model.missing, *model.left_out))
        facts.untold(reached, gone)
        facts.left(reached, [f"{name}|{of}"], f"{name}|{of} without")
    _terms(model, released, facts, name, at)
    return facts


def _terms(model: Model, released: ReleasedModel, facts: FactList, name: str, at: Place) -> None:
    """The levels of a factor make up everyone in the model, unless persons change theirs."""
    known = {(term.factor, term.level): term.persons for term in (*model.terms, *model.references)}
    levels: dict[str, list[str]] = defaultdict(list)
    referenced = {term.factor for term in model.references}
    for number, term in enumerate(released.terms):
        key = f"{name}|{term.factor}={term.level}"
        place = (*at, "terms", number, "persons")
        if term.level:
            facts.cell(key, known[term.factor, term.level], term.persons, place, grows=True)
            levels[term.factor].append(key)
        else:
            facts.cell(f"{key}|known", known[term.factor, term.level], term.persons, place, grows=True)
    for factor, keys in levels.items():
        if factor in referenced:
            facts.sum(name, keys)


def side_by_side_facts(estimate: SideBySide, released: ReleasedSideBySide, policy: Policy) -> FactList:
    """The models that are shown; of the incidence model only directions are."""
    facts = FactList(estimate.definition, policy)
    facts.add(model_facts(estimate.hazard, released.hazard, policy, at=("hazard",)))
    for number, (model, shown) in enumerate(zip(estimate.competing, released.competing, strict=True)):
        if model is not None and shown is not None:
            facts.add(model_facts(model, shown, policy, at=("competing", number)))
    return facts


def arrivals_facts(estimate: ArrivalComparison, released: ReleasedArrivals, policy: Policy) -> FactList:
    """Persons of each quarter of arrival, and those of them who reached the endpoint.

    What is shown of these is a share of the rounded number of persons: the rounded count, to whoever can
    divide. Standardised shares are a model's, and tell how far from the observed ones they lie: so neither
    count can be hidden by itself.
    """
    facts = FactList(estimate.definition, policy)
    fit = estimate.fit
    for number, shown in enumerate(released.quarters):
        name = f"arrived:{estimate.definition.digest}|quarter={shown.quarter}"
        persons = int(fit.persons[number])
        facts.cell(name, persons, shown.persons, window=shown.quarter, grows=True)
        reached = round(float(fit.crude[number]) * persons)
        facts.share(f"{name}|event", reached, shown.observed, window=shown.quarter, grows=True)
        facts.left(name, [f"{name}|event"], f"{name}|no event")
    return facts
