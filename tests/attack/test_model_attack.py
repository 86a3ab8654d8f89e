"""A factor level of one person: the coefficient gives that person's event day back."""

from __future__ import annotations

import numpy as np

from hamm_eval.estimate import Definition, Model, Term
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.models import error_step
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


def events_that_fit(std_error: float, total: int, precision: float) -> list[int]:
    """Numbers of events of a level that lead to this standard error: its variance is 1/d + 1/(others)."""
    fits = []
    for d in range(1, total):
        expected = np.sqrt(1 / d + 1 / (total - d))
        if std_error - precision - 1e-9 < expected <= std_error + 1e-9:
            fits.append(d)
    return fits


def test_a_levels_events_are_read_from_its_interval_and_the_gate_keeps_six_of_them_possible() -> None:
    exact = hidden = models = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        persons, small = 300, int(rng.integers(24, 60))
        level = (np.arange(persons) < small).astype(float)
        time = rng.exponential(np.where(level == 1, 900, 600))
        event = (time < 400).astype(int)
        total, own = int(event.sum()), int(event[level == 1].sum())
        if own < 8 or small - own < 8:
            continue
        models += 1
        fit = cox(np.ceil(np.minimum(time, 400)), event, level[:, None])

        # Without the gate: the interval is the standard error, and the standard error the number of events.
        std_error = (np.log(fit.upper[0]) - np.log(fit.lower[0])) / (2 * 1.959964)
        distance = [abs(np.sqrt(1 / d + 1 / (total - d)) - std_error) for d in range(1, total)]
        exact += abs(1 + int(np.argmin(distance)) - own) <= 1

        def of(rows: np.ndarray, name: str, event: np.ndarray = event) -> Term:
            happened = int(event[rows].sum())
            return Term(
                factor="schooling",
                level=name,
                persons=int(rows.sum()),
                events=happened,
                non_events=int(rows.sum()) - happened,
            )

        estimate = Model(
            definition=Definition("associations", "language_b1"),
            endpoint="language_b1",
            terms=(of(level == 1, "university"),),
            references=(of(level == 0, "none"),),
            fit=fit,
            persons=persons,
            events=total,
        )
        released = release(estimate, Policy.strict())
        shown = released.terms[1]
        error = (np.log(shown.upper) - np.log(shown.lower)) / (2 * 1.959964)
        # What two decimals of a ratio leave open, and the step that the standard error was rounded up to:
        # the attacker may try every step, the finest that fits the published figure tells most.
        step = error_step(std_error, own, total, Policy.strict())
        blur = 0.005 / shown.lower / 1.959964
        hidden += len(events_that_fit(error + blur, total, step + 2 * blur)) >= 6
    assert models > 30
    assert exact > 0.9 * models
    assert hidden == models
