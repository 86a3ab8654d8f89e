"""Facts of providers, caseloads, mainstream systems and funding.

Where other figures are computed from the counts shown (differences, limits, shares of full-time equivalents)
hiding a count afterwards would leave these to tell it: such counts have no place at which they can be hidden.
"""

from __future__ import annotations

import math

from hamm_eval.estimate import CaseloadModel, CaseloadOverTime, Funding, Funnel, SystemAccess
from hamm_eval.release.facts.base import FactList
from hamm_eval.release.facts.curves import curves_facts
from hamm_eval.release.facts.models import model_facts
from hamm_eval.release.facts.others import line_key, told_participations
from hamm_eval.release.facts.spreads import distribution_facts
from hamm_eval.release.facts.tables import table_facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    ReleasedAccess,
    ReleasedCaseload,
    ReleasedCaseloadModel,
    ReleasedFunding,
    ReleasedFunnel,
)


def access_facts(estimate: SystemAccess, released: ReleasedAccess, policy: Policy) -> FactList:
    """A curve a system, each with its own persons at risk; and who had entered before.

    With the closing as an end the curves are of the very same persons and entries.
    """
    facts = FactList(estimate.definition, policy)
    facts.add(curves_facts(estimate.curves, released.curves, policy, at=("curves",)))
    facts.add(curves_facts(estimate.while_open, released.while_open, policy, at=("while_open",)))
    for number, group in enumerate(estimate.curves.groups):
        facts.cell(
            f"access:{estimate.definition.digest}|{group.level}|entered before",
            estimate.prevalent[number],
            released.prevalent[number],
            ("prevalent", number),
            sensitive=estimate.curves.sensitive,
        )
    return facts


def funnel_facts(estimate: Funnel, released: ReleasedFunnel, policy: Policy) -> FactList:
    """Persons of each group compared, and those of them with the goal; who is too small is not counted."""
    facts = FactList(estimate.definition, policy)
    for number, (group, shown) in enumerate(zip(estimate.compared, released.groups, strict=False)):
        name = f"funnel:{estimate.definition.digest}|{group.level}"
        observed = round(float(estimate.fit.observed[number]))
        facts.cell(name, group.persons, shown.persons)
        facts.cell(f"{name}|event", observed, shown.observed)
        facts.left(name, [f"{name}|event"], f"{name}|no event")
        # Rule 9 withholds the whole funnel for one that is smaller, or names it without a number.
        facts.by_rule(name, group.persons, least=policy.effect_persons)
        facts.by_rule(f"{name}|event", observed, least=policy.level_events)
        facts.by_rule(f"{name}|no event", group.persons - observed, least=policy.level_non_events)
    return facts


def caseload_facts(estimate: CaseloadOverTime, released: ReleasedCaseload, policy: Policy) -> FactList:
    """Open files, quarter by quarter, with the persons behind them; quartiles are of workers."""
    facts = FactList(estimate.definition, policy)
    for number, (quarter, shown) in enumerate(zip(estimate.spread.rows, released.open_cases, strict=True)):
        facts.cell(
            f"open cases:{estimate.definition.digest}|{quarter}",
            round(float(estimate.open_cases[number])),
            shown,
            persons=int(estimate.persons[number]),
            window=quarter,
        )
    # Behind the quartiles are workers.
    facts.add(distribution_facts(estimate.spread, released.spread, policy))
    return facts


def caseload_model_facts(
    estimate: CaseloadModel, released: ReleasedCaseloadModel, policy: Policy
) -> FactList:
    """The model's persons."""
    facts = FactList(estimate.definition, policy)
    facts.add(model_facts(estimate.model, released.model, policy, at=("model",)))
    return facts


def funding_facts(estimate: Funding, released: ReleasedFunding, policy: Policy) -> FactList:
    """Participations begun by quarter and class; amounts are of rounded counts."""
    facts = FactList(estimate.definition, policy)
    facts.add(table_facts(estimate.begun, released.begun, policy, at=("begun",)))
    base = estimate.whom or f"costs:{estimate.definition.digest}"
    shown = {amount.funding_class for amount in released.amounts if amount.amount is not None}
    for line in estimate.lines:
        if line.funding_class in shown and not line.without_cost and math.isfinite(line.cost):
            key = f"{line_key(base, line)}|participations"
            told_participations(facts, key, line, policy)
    return facts
