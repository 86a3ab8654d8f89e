"""Facts of quantiles: each is of enough persons, and where one is withheld there are fewer."""

from __future__ import annotations

from collections.abc import Sequence

from hamm_eval.estimate import DistributionTable, QuantileTable
from hamm_eval.release.facts.base import FactList
from hamm_eval.release.policy import Policy
from hamm_eval.release.quantiles import persons_needed
from hamm_eval.release.released import ReleasedDistribution, ReleasedQuantiles


def quantiles_facts(table: QuantileTable, released: ReleasedQuantiles, policy: Policy) -> FactList:
    """One quantile a row."""
    facts = FactList(table.definition, policy)
    for number, row in enumerate(table.rows):
        name = f"behind:{table.definition.digest}|{table.row_dimension}={row}"
        _by_rule(
            facts, name, int(table.persons[number]), [table.probability], [released.values[number]], policy
        )
    return facts


def distribution_facts(
    table: DistributionTable,
    released: ReleasedDistribution,
    policy: Policy,
    *,
    names: Sequence[str] = (),
) -> FactList:
    """Several quantiles a row; `names` are keys of the persons behind each, where other figures tell them."""
    facts = FactList(table.definition, policy)
    for number, row in enumerate(table.rows):
        name = names[number] if names else f"behind:{table.definition.digest}|{table.row_dimension}={row}"
        persons = int(table.persons[number])
        _by_rule(facts, name, persons, table.probabilities, released.values[number], policy)
        if table.whom:
            facts.elsewhere(table.whom[number], [name])
    return facts


def _by_rule(
    facts: FactList,
    name: str,
    persons: int,
    probabilities: Sequence[float],
    values: Sequence[float | None],
    policy: Policy,
) -> None:
    """Rule 4: how many persons stand behind quantiles, as their being shown tells."""
    facts.untold(name, persons)
    for probability, value in zip(probabilities, values, strict=True):
        needed = persons_needed(probability, policy)
        if needed is not None and value is None:
            facts.by_rule(name, persons, below=needed)
        elif needed is not None:
            facts.by_rule(name, persons, least=needed)
