"""Facts of costs and states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from hamm_eval.estimate import CostLine, Costs, StateShares
from hamm_eval.release.counts import release_count
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedCosts, ReleasedStates


def costs_facts(estimate: Costs, released: ReleasedCosts, policy: Policy) -> FactList:
    """Participants by measure and funding class; participations without a recorded cost."""
    facts = FactList(estimate.definition, policy)
    base = estimate.whom or f"costs:{estimate.definition.digest}"
    for number, (line, shown) in enumerate(zip(estimate.lines, released.lines, strict=True)):
        name = line_key(base, line)
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
        if shown.cost is not None:
            # Divided by what a participation costs it is participations by persons, both as they are shown.
            # That there is a cost tells nothing beyond the number of persons, by which it is decided.
            told_participations(facts, begun, line, policy)
        # Whoever takes part under a class is some of those who do at all.
        facts.elsewhere(f"{base}|measure={line.measure}", [name])
        facts.elsewhere(base, [name])
    _by_measure(estimate.lines, facts, base)
    _by_class(estimate.lines, facts, base)
    if estimate.whom:
        facts.elsewhere(whom.eligible(estimate.definition), [base])
    return facts


def line_key(base: str, line: CostLine) -> str:
    """Key of the persons of a line."""
    return f"{base}|{line.measure}/{line.funding_class}"


def told_participations(facts: FactList, key: str, line: CostLine, policy: Policy) -> None:
    """Participations as they are rounded beneath an amount; nowhere can they be hidden."""
    facts.cell(
        key,
        line.participations,
        release_count(line.participations, policy, persons=line.persons),
        persons=line.persons,
    )


def _by_measure(lines: Iterable[CostLine], facts: FactList, base: str) -> None:
    """Everyone who has taken part in a measure has done so under a class: at least one."""
    by_measure: dict[str, list[CostLine]] = defaultdict(list)
    for line in lines:
        by_measure[line.measure].append(line)
    for measure, of in by_measure.items():
        keys = [line_key(base, line) for line in of]
        # Persons who took part under two classes count twice here: it is a number of nobody.
        times = facts.auxiliary(f"{base}|{measure}|classes", sum(line.persons for line in of))
        facts.sum(times, keys)
        facts.elsewhere(times, [f"{base}|measure={measure}"], rest=len(of) > 1)


def _by_class(lines: Iterable[CostLine], facts: FactList, base: str) -> None:
    """Participations by class, of which those of the last quarters are some."""
    by_class: dict[str, list[CostLine]] = defaultdict(list)
    for line in lines:
        by_class[line.funding_class].append(line)
    for name, of in by_class.items():
        key = f"{base}|class={name}|participations"
        facts.auxiliary(key, sum(line.participations for line in of))
        facts.sum(key, [f"{line_key(base, line)}|participations" for line in of])


def states_facts(estimate: StateShares, released: ReleasedStates, policy: Policy) -> FactList:
    """At each time the states make up those whose state is known; expected counts, each rounded."""
    facts = FactList(estimate.definition, policy)
    name = whom.at_risk(estimate.definition)
    facts.cell(name, estimate.persons, released.persons, ("persons",), grows=True)
    if whom.of_cohort(estimate.definition):
        facts.elsewhere(whom.eligible(estimate.definition), [name])
    if not released.times:
        facts.by_rule(name, estimate.persons, below=policy.curve_persons)
        return facts
    _known(estimate, released, facts, name, policy)
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


def _known(
    estimate: StateShares, released: ReleasedStates, facts: FactList, name: str, policy: Policy
) -> None:
    """Rule 5: shares end where too few are known; nobody becomes known again who was lost before."""
    least = max(policy.curve_persons, policy.curve_at_risk)
    facts.by_rule(name, estimate.persons, least=policy.curve_persons)
    known = dict(zip(estimate.times, map(int, estimate.known), strict=True))
    # The shares end at the time after the last one shown.
    times = estimate.times[: len(released.times) + 1]
    keys = [f"{name}|known at {day}" for day in times]
    for number, (day, key) in enumerate(zip(times, keys, strict=True)):
        if number < len(released.times):
            facts.by_rule(key, known[day], least=least)
        else:
            facts.by_rule(key, known[day], below=least)
    for earlier, later in pairwise([name, *keys]):
        facts.sum(earlier, [later], rest=True)
