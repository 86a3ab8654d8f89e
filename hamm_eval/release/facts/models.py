"""Facts of models: persons in them, and not in them, factor by factor."""

from __future__ import annotations

from collections import defaultdict

from hamm_eval.estimate import ArrivalComparison, Model, SideBySide, Term
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place, key_of
from hamm_eval.release.facts.levels import level_of
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedArrivals, ReleasedModel, ReleasedSideBySide


def model_facts(model: Model, released: ReleasedModel, policy: Policy, *, at: Place = ()) -> FactList:
    """Facts of a model that stands at a place of a release.

    Models of what competes are of the same persons as that of the endpoint.
    """
    facts = FactList(model.definition, policy)
    asked = {name: value for name, value in model.definition.details.items() if name != "of"}
    name = f"model:{key_of(model.endpoint, asked)}"
    of = "event" if model.of in ("", model.endpoint) else f"event:{model.of}"
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
    at_risk = whom.at_risk(model.definition)
    everyone = whom.after(at_risk, model.since)
    if model.since > 0:
        facts.elsewhere(at_risk, [everyone])
    if whom.of_cohort(model.definition):
        facts.elsewhere(whom.eligible(model.definition), [everyone])
    facts.untold(everyone, model.persons + sum(who.persons for who in lost))
    facts.sum(everyone, [name, *keys])
    if model.of in ("", model.endpoint):
        reached = f"{everyone}|event"
        gone = model.events + sum(who.events for who in (*model.missing, *model.left_out))
        facts.untold(reached, gone)
        facts.left(reached, [f"{name}|{of}"], f"{name}|{of} without")
    _terms(model, released, facts, name, at)
    _by_rule(model, released, facts, name, f"{name}|{of}", policy)
    return facts


def _terms(model: Model, released: ReleasedModel, facts: FactList, name: str, at: Place) -> None:
    """The levels of a factor make up everyone in the model, unless persons change theirs."""
    known = _known(model)
    levels: dict[str, list[str]] = defaultdict(list)
    referenced = {term.factor for term in model.references}
    for number, term in enumerate(released.terms):
        key = _level(model, name, term.factor, term.level)
        place = (*at, "terms", number, "persons")
        if term.level:
            facts.cell(key, known[term.factor, term.level].persons, term.persons, place, grows=True)
            levels[term.factor].append(key)
        else:
            true = known[term.factor, term.level].persons
            facts.cell(f"{key}|known", true, term.persons, place, grows=True)
    for factor, keys in levels.items():
        if factor in referenced:
            facts.sum(name, keys)


def _known(model: Model) -> dict[tuple[str, str], Term]:
    """Persons and events of each term."""
    return {(term.factor, term.level): term for term in (*model.terms, *model.references)}


def _level(model: Model, name: str, factor: str, level: str) -> str:
    """Key of a level of a group of params; of what changes over time, and of products, another."""
    grouping = model.definition.details.get("covariates", {}).get(factor)
    if grouping is None or not level:
        return f"{name}|{factor}={level}"
    return level_of(name, factor, level, grouping, model.merged.get(f"{factor}={level}", ()))


def _by_rule(
    model: Model, released: ReleasedModel, facts: FactList, name: str, event: str, policy: Policy
) -> None:
    """Rule 6: what a model that is shown tells of its events, and each clause that withholds it."""
    parameters, broken = len(model.terms), set(released.withheld)
    enough = policy.model_events_per_parameter * parameters
    if "events_per_parameter" in broken:
        facts.by_rule(event, model.events, below=enough)
    else:
        facts.by_rule(event, model.events, least=enough)
    enough = policy.model_residual_freedom + parameters
    if "residual_freedom" in broken:
        facts.by_rule(name, model.persons, below=enough)
    else:
        facts.by_rule(name, model.persons, least=enough)
    for (factor, level), term in _known(model).items():
        # Of a model that is withheld nobody sees which levels it has.
        if broken or not level:
            continue
        key = _level(model, name, factor, level)
        happened, not_happened = f"{key}|{event.removeprefix(f'{name}|')}", f"{key}|none"
        facts.by_rule(key, term.persons, least=policy.level_persons)
        facts.by_rule(happened, term.events, least=policy.level_events)
        facts.by_rule(not_happened, term.non_events, least=policy.level_non_events)
        facts.sum(key, [happened, not_happened])
    for factor in {term.factor for term in model.references} if not broken else ():
        of_factor = {key: term for key, term in _known(model).items() if key[0] == factor}
        keys = [f"{_level(model, name, *key)}|{event.removeprefix(f'{name}|')}" for key in of_factor]
        facts.sum(event, keys)


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
        # Rule 5 for each quarter: one that is too small withholds all of them.
        facts.by_rule(name, persons, least=policy.curve_persons)
        facts.by_rule(f"{name}|event", int(estimate.events[number]), least=policy.curve_events)
    return facts
