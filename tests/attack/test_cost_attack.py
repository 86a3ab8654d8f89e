"""The number of comparison persons who began a measure later is read from an exact additional cost."""

from __future__ import annotations

import numpy as np
import pytest
from test_effects import make

from hamm_eval.estimate import Costs, Definition, Effect, EffectCost
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy

COST = 2499.0
POLICY = Policy.strict()


def shown(effect: Effect, additional: float) -> float | None:
    """The additional cost that the gate lets out."""
    of = EffectCost(effect=effect, cost=COST, additional_cost=additional, ratio=None, price=float("nan"))
    estimate = Costs(definition=Definition("costs", "all"), lines=(), effects=(of,))
    return release(estimate, POLICY).effects[0].additional_cost


@pytest.mark.parametrize(("persons", "late"), [(600, 3), (1000, 5)])
def test_late_starters_are_counted_from_an_exact_cost_and_not_from_a_released_one(
    persons: int, late: int
) -> None:
    effect = make(persons)
    feasible = np.arange(effect.controls + 1)
    exact = COST * (1 - feasible / effect.controls)
    additional = float(exact[late])

    # Without the gate: the recorded cost is known, and so is the number of comparison persons.
    read = feasible[np.isclose(exact, additional, atol=0.005)]
    assert read.tolist() == [late]
    # Rounding to 10 euros alone leaves too few numbers.
    assert (np.round(exact / 10) == round(additional / 10)).sum() < POLICY.feasible_values

    released = [shown(effect, float(cost)) for cost in exact[:80]]
    assert released[late] is not None
    assert released.count(released[late]) >= POLICY.feasible_values
