"""A factor level of one person: the coefficient gives that person's event day back."""

from __future__ import annotations

import numpy as np

from hamm_eval.estimate import Definition, Model, Term
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.survival import cox


def test_one_persons_event_day_is_read_from_a_coefficient_and_the_gate_refuses_the_model() -> None:
    rng = np.random.default_rng(8)
    persons = 300
    time = rng.permutation(np.arange(1, 2 * persons, 2))[:persons].astype(float)
    event = (time < 450).astype(int)
    one = int(np.flatnonzero((time > 100) & (time < 200))[0])
    single = np.zeros(persons)
    single[one] = 1
    sex = rng.integers(0, 2, persons).astype(float)
    fit = cox(time, event, np.column_stack([single, sex]))

    # Without the gate: at the maximum, exp(coefficient) times the baseline hazard by the person's event day
    # is that person's one event. Whoever knows the baseline reads the day.
    baseline = fit.baseline(at=[0.0, 0.0])
    reached = np.exp(fit.coefficients[0]) * np.asarray(baseline.cumulative_hazard)
    read = baseline.time[int(np.argmin(np.abs(reached * np.exp(fit.coefficients[1] * sex[one]) - 1)))]
    assert read == time[one]

    def term(factor: str, level: str, rows: np.ndarray) -> Term:
        return Term(
            factor=factor,
            level=level,
            persons=int(rows.sum()),
            events=int(event[rows].sum()),
            non_events=int((1 - event[rows]).sum()),
        )

    estimate = Model(
        definition=Definition("associations", "language_b1"),
        endpoint="language_b1",
        terms=(term("schooling", "university", single == 1), term("sex", "male", sex == 1)),
        references=(term("schooling", "none", single == 0), term("sex", "female", sex == 0)),
        fit=fit,
        persons=persons,
        events=int(event.sum()),
    )
    released = release(estimate, Policy.strict())
    assert released.withheld == ("level_too_small",)
    content = to_json(released)
    assert content["terms"] == []
    assert "baseline" not in str(content)
