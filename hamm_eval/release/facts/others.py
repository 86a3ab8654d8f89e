"""Facts of costs and states."""

from __future__ import annotations

from hamm_eval.estimate import Costs, StateShares
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCosts, ReleasedStates


def costs_facts(estimate: Costs, released: ReleasedCosts, policy: Policy) -> FactList:
    """Participants by measure and funding class; participations without a recorded cost."""
    facts = FactList(estimate.definition, policy)
    for number, (line, shown) in enumerate(zip(estimate.lines, released.lines, strict=True)):
        name = f"costs:{estimate.definition.digest}|{line.measure}/{line.funding_class}"
        at: Place = ("lines", number)
        facts.cell(name, line.persons, shown.persons, (*at, "persons"), grows=True)
        facts.cell(
            f"{name}|without cost",
            line.without_cost,
            shown.without_cost,
            (*at, "without_cost"),
            persons=line.persons,
        )
        begun = facts.untold(f"{name}|participations", line.participations)
        facts.sum(begun, [f"{name}|without cost"], rest=True)
        facts.sum(begun, [name], rest=True)
    return facts


def states_facts(estimate: StateShares, released: ReleasedStates, policy: Policy) -> FactList:
    """At each time the states make up those whose state is known; expected counts, each rounded."""
    facts = FactList(estimate.definition, policy)
    name = whom.at_risk(estimate.definition)
    facts.cell(name, estimate.persons, released.persons, ("persons",), grows=True)
    if not released.times:
        return facts
    known = dict(zip(estimate.times, estimate.known, strict=True))
    found = estimate.fit.at(list(released.times))
    for number, (day, shares) in enumerate(zip(released.times, released.shares, strict=True)):
        persons = int(known[day])
        whole = f"{name}|known at {day}"
        facts.cell(whole, persons, released.known[number], ("known", number))
        parts = [
            facts.share(
                f"{whole}|{state}",
                round(float(found.probability[number][k]) * persons),
                shares[k],
                ("shares", number, k),
            )
            for k, state in enumerate(estimate.states)
        ]
        facts.sum(whole, parts, slack=(len(parts) + 1) // 2)
    return facts
