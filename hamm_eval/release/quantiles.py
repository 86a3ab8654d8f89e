"""Rule 4: quantiles of enough persons, rounded; never a minimum or maximum."""

from __future__ import annotations

import math

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import DistributionTable, QuantileTable
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedDistribution, ReleasedQuantiles
from hamm_eval.release.rounding import decimals, to_step


def release_quantiles(table: QuantileTable, policy: Policy) -> ReleasedQuantiles:
    """Quantiles as they may be shown; None where too few persons stand behind one."""
    return ReleasedQuantiles(
        id=table.definition.id,
        definition_digest=table.definition.digest,
        policy=policy.name,
        rows=table.rows,
        row_dimension=table.row_dimension,
        probability=table.probability,
        unit=table.unit,
        values=tuple(
            _shown(float(value), int(persons), table.probability, table.unit, policy)
            for value, persons in zip(table.values, table.persons, strict=True)
        ),
        # Declared in params, not computed from persons.
        beside=tuple(None if math.isnan(value) else decimals(value, 1) for value in table.beside),
    )


def release_distribution(table: DistributionTable, policy: Policy) -> ReleasedDistribution:
    """Quantiles side by side as they may be shown, each judged by its own probability.

    Raises
    ------
    ReleaseRefused
        Values, rows, probabilities and persons do not fit together.
    """
    if table.values.shape != (len(table.rows), len(table.probabilities)) or len(table.persons) != len(
        table.rows
    ):
        raise ReleaseRefused(
            "Values, rows, probabilities and persons of this distribution do not fit together.",
            where=table.definition.id,
            todo="Give one row of values and one number of persons per level.",
        )
    return ReleasedDistribution(
        id=table.definition.id,
        definition_digest=table.definition.digest,
        policy=policy.name,
        rows=table.rows,
        row_dimension=table.row_dimension,
        probabilities=table.probabilities,
        unit=table.unit,
        values=tuple(
            tuple(
                _shown(float(value), int(persons), probability, table.unit, policy)
                for value, probability in zip(line, table.probabilities, strict=True)
            )
            for line, persons in zip(table.values, table.persons, strict=True)
        ),
    )


def _shown(value: float, persons: int, probability: float, unit: str, policy: Policy) -> float | None:
    """One quantile, rounded; None where too few carry it."""
    if not (math.isfinite(value) and enough_persons(persons, probability, policy)):
        return None
    return to_step(value, quantile_step(unit, policy))


def quantile_step(unit: str, policy: Policy) -> int:
    """What a quantile of some unit is rounded to a multiple of.

    Examples
    --------
    >>> [quantile_step(unit, Policy.strict()) for unit in ("days", "cases", "months")]
    [5, 5, 1]
    """
    return {"days": policy.quantile_step_days, "cases": policy.count_rounding}.get(unit, 1)


def enough_persons(persons: int, probability: float, policy: Policy) -> bool:
    """Whether so many persons carry a quantile.

    Examples
    --------
    >>> strict = Policy.strict()
    >>> enough_persons(10, 0.5, strict), enough_persons(49, 0.9, strict), enough_persons(50, 0.9, strict)
    (True, False, True)
    >>> [enough_persons(n, p, strict) for n, p in ((50, 0.95), (100, 0.95), (10**6, 1.0))]
    [False, True, False]
    """
    needed = persons_needed(probability, policy)
    return needed is not None and persons >= needed


def persons_needed(probability: float, policy: Policy) -> int | None:
    """The fewest persons with whom a quantile is shown; None where no number is enough.

    Examples
    --------
    >>> [persons_needed(p, Policy.strict()) for p in (0.5, 0.9, 0.95, 1.0)]
    [10, 50, 100, None]
    """
    tail = min(probability, 1 - probability)
    if tail >= 0.25:
        return policy.quantile_persons
    if tail <= 0:
        return None
    # Further out than 10/90 the value nears one person's own: as many must lie beyond as there.
    return max(policy.outer_quantile_persons, math.ceil(round(policy.tail_persons / tail, 9)))
