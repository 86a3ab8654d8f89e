"""Facts of goals: curves of the same persons, standings by score and by finding, models of attainment."""

from __future__ import annotations

from hamm_eval.estimate import AttainmentModel, CountTable, GoalAttainment, GoalScores
from hamm_eval.release.curves import behind_curve_count
from hamm_eval.release.facts import whom
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.facts.curves import curves_facts
from hamm_eval.release.facts.spreads import distribution_facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, ReleasedAttainmentModel, ReleasedGoals, ReleasedGoalScores

# What stands in both tables of goals is one count.
_UNSCORED = ("dropped", "not_reviewed")
_WITHOUT = (*_UNSCORED, "not_scored")
_MET = "met"


def goals_facts(estimate: GoalAttainment, released: ReleasedGoals, policy: Policy) -> FactList:
    """All curves are of the same persons; whose goal was adapted are some of them."""
    facts = FactList(estimate.definition, policy)
    facts.add(curves_facts(estimate.curves, released.curves, policy, at=("curves",)))
    everyone = whom.at_risk(estimate.curves.definition)

    def enter(key: str, true: int, cell: Cell, place: Place) -> str:
        return facts.cell(key, true, cell, place, ends=_ends(cell, policy), grows=True)

    adapted = enter(f"{everyone}|adapted", estimate.adapted, released.adapted, ("adapted",))
    after = enter(
        f"{everyone}|attained after adapting",
        estimate.attained_adapted,
        released.attained_adapted,
        ("attained_adapted",),
    )
    facts.left(adapted, [after], f"{everyone}|adapted, not attained")
    facts.left(everyone, [adapted], f"{everyone}|never adapted")
    reached = f"{everyone}|event"
    facts.left(reached, [after], f"{reached} without adapting")
    first = estimate.curves.groups[0]
    for group in estimate.curves.groups[1:]:
        # As many events of as many persons are one count with those of the first curve.
        if (group.persons_from_start, group.events_from_start + estimate.attained_adapted) == (
            first.persons_from_start,
            first.events_from_start,
        ) and estimate.attained_adapted:
            # Attained by the first definition is what was attained without adapting.
            facts.sum(f"{reached} without adapting", [f"{reached}|{group.level}"])
    return facts


def scores_facts(estimate: GoalScores, released: ReleasedGoalScores, policy: Policy) -> FactList:
    """Domain by domain both tables are of the same persons.

    Shares are of the persons shown, so that no count has a place at which it could be hidden by itself.
    """
    facts = FactList(estimate.definition, policy)
    for at, domain in enumerate(released.domains):
        base = f"goals:{estimate.definition.digest}|{domain}"
        cell = released.persons[at]
        facts.cell(base, int(estimate.persons[at]), cell, ends=_ends(cell, policy))
        scores = _row(facts, estimate.scores, released.scores.cells[at], at, base, "score", policy)
        findings = _row(facts, estimate.findings, released.findings.cells[at], at, base, "finding", policy)
        for keys in (scores, findings):
            facts.sum(base, list(dict.fromkeys(keys.values())))
        _scored(facts, estimate, at, scores)
        after = released.after_adaptation[at]
        key = f"{base}|after adaptation"
        facts.cell(key, int(estimate.after_adaptation[at]), after, ends=_ends(after, policy))
        if _MET in findings:
            facts.left(findings[_MET], [key], f"{base}|met at once")
        without = released.t_without[at]
        facts.cell(f"{base}|no T", int(estimate.t_without[at]), without, ends=_ends(without, policy))
    names = [f"goals:{estimate.definition.digest}|{domain}|T" for domain in released.domains]
    facts.add(distribution_facts(estimate.t_scores, released.t_scores, policy, names=names))
    for name in names:
        base = name.removesuffix("|T")
        facts.sum(base, [name, f"{base}|no T"], rest=True)
    return facts


def attainment_facts(model: AttainmentModel, released: ReleasedAttainmentModel, policy: Policy) -> FactList:
    """Who is in the model and who is not: together all with a score. Nobody is shown by level or by score."""
    facts = FactList(model.definition, policy)
    base = f"attainment:{model.definition.digest}"
    facts.cell(base, model.persons, released.persons, ("persons",))
    lost = [who for who in (*model.missing, *model.left_out) if who.persons]
    keys = [f"{base}|without {who.factor}={who.level}" for who in lost]
    for number, (key, who) in enumerate(zip(keys, lost, strict=True)):
        if released.lost:
            facts.cell(key, who.persons, released.lost[number].persons, ("lost", number, "persons"))
        else:
            facts.untold(key, who.persons)
    everyone = whom.scored(model.definition, model.domain)
    facts.untold(everyone, model.persons + sum(who.persons for who in lost))
    facts.sum(everyone, [base, *keys])
    if not released.withheld:
        # Rule 6.
        parameters = len(model.terms) + len(model.categories) - 1
        facts.by_rule(base, model.persons, least=policy.model_residual_freedom + parameters)
        for term in (*model.terms, *model.references):
            if term.level:
                level = f"{base}|{term.factor}={term.level}"
                facts.by_rule(level, term.persons, least=policy.level_persons)
                facts.sum(base, [level], rest=True)
    return facts


def _scored(facts: FactList, estimate: GoalScores, at: int, keys: dict[str, str]) -> None:
    """The scores of a domain make up those whom its model divides."""
    columns = [column for column in estimate.scores.columns if column not in _WITHOUT]
    everyone = whom.scored(estimate.definition, estimate.scores.rows[at])
    found = dict(zip(estimate.scores.columns, estimate.scores.counts[at], strict=True))
    facts.untold(everyone, sum(int(found[column]) for column in columns))
    facts.sum(everyone, [keys[column] for column in columns])


def _row(
    facts: FactList,
    table: CountTable,
    cells: tuple[Cell, ...],
    at: int,
    base: str,
    dimension: str,
    policy: Policy,
) -> dict[str, str]:
    """One domain's cells of a table: keys by column."""
    keys = {}
    for column, true, cell in zip(table.columns, table.counts[at], cells, strict=True):
        name = column if column in _UNSCORED else f"{dimension} {column}"
        keys[column] = facts.cell(f"{base}|{name}", int(true), cell, ends=_ends(cell, policy))
    return keys


def _ends(cell: Cell, policy: Policy) -> tuple[int, int] | None:
    """Counts beside curves come from midpoints."""
    return behind_curve_count(cell.value, policy) if cell.value else None
