"""Do intervals cover what they should, and do tests reject as often as they should? Known laws, drawn anew.

Sizes, replicates, seed and rule were fixed before the first run; what is outside of the band of a perfect
method fails. Times are continuous or in days, persons 400.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from acceptance import outside
from scipy import linalg, special

from hamm_eval.survival import (
    aalen_johansen,
    cox,
    fine_gray,
    gray_test,
    kaplan_meier,
    logrank,
    parametric,
    piecewise_exponential,
    pseudo_observations,
    rmst_difference,
    state_occupation,
    time_in_states_difference,
)

PERSONS, SEED = 400, 20261123
NORMAL = 1.959963984540054
BETA = np.array([0.5, -0.4])
Said = Iterator[tuple[str, bool]]


def covers(value: float, std_error: float, truth: float) -> bool:
    return bool(abs(value - truth) <= NORMAL * std_error)


def households(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Uniform numbers of persons whose households share what lies behind them, and the households."""
    house = np.arange(n) // 2
    shared = rng.normal(size=n // 2 + 1)[house]
    return special.ndtr(np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(size=n)), house


def curves(rng: np.random.Generator) -> Said:
    """One group: exponential times, censored, whole and entered late."""
    n, rate = PERSONS, 1 / 300
    event, censored = rng.exponential(1 / rate, n), rng.uniform(100, 800, n)
    time = np.minimum(event, censored)
    fit = kaplan_meier(time, event <= censored)
    for day in (100, 300):
        _, _, low, high = (float(part[0]) for part in fit.at([day]))
        yield f"kaplan_meier.at {day}", low <= np.exp(-rate * day) <= high
    _, low, high = fit.quantile(0.5)
    yield "kaplan_meier.quantile", low <= np.log(2) / rate and not high < np.log(2) / rate
    yield "kaplan_meier.rmst", covers(*fit.rmst(365), (1 - np.exp(-rate * 365)) / rate)
    half = np.arange(n) < n // 2
    apart = rmst_difference(
        kaplan_meier(time[half], (event <= censored)[half]),
        kaplan_meier(time[~half], (event <= censored)[~half]),
        365,
    )
    yield "rmst_difference", apart.lower <= 0 <= apart.upper


def incidences(rng: np.random.Generator) -> Said:
    """Two causes, entered late; and two causes in households, in days."""
    rates = np.array([1 / 500, 1 / 900])
    event = rng.exponential(1 / rates.sum(), 3 * PERSONS)
    entry = np.where(rng.random(event.size) < 0.5, 0, rng.uniform(0, 200, event.size))
    seen = np.flatnonzero(event > entry)[:PERSONS]
    event, entry = event[seen], entry[seen]
    cause = 1 + (rng.random(seen.size) < rates[1] / rates.sum())
    censored = entry + rng.uniform(100, 900, seen.size)
    time = np.minimum(event, censored)
    fit = aalen_johansen(time, np.where(event <= censored, cause, 0), entry=entry).at([365])
    for k in (0, 1):
        truth = rates[k] / rates.sum() * (1 - np.exp(-rates.sum() * 365))
        yield f"aalen_johansen late entry {k + 1}", fit.lower[0, k] <= truth <= fit.upper[0, k]
    share, house = households(rng, PERSONS)
    day = np.ceil(-np.log(share) / rates.sum())
    cause = np.where(day > 600, 0, 1 + (rng.random(PERSONS) < rates[1] / rates.sum()))
    fit = aalen_johansen(np.minimum(day, 600), cause, cluster=house).at([365])
    truth = rates[0] / rates.sum() * (1 - np.exp(-rates.sum() * 365))
    yield "aalen_johansen households", fit.lower[0, 0] <= truth <= fit.upper[0, 0]


def hazards(rng: np.random.Generator) -> Said:
    """Proportional hazards: entered late; and in households, where the margins are proportional."""
    x = np.column_stack([rng.random(2 * PERSONS) < 0.5, rng.normal(size=2 * PERSONS)]).astype(float)
    event = rng.exponential(400 * np.exp(-x @ BETA))
    entry = np.where(rng.random(event.size) < 0.6, 0, rng.uniform(0, 150, event.size))
    seen = np.flatnonzero(event > entry)[:PERSONS]
    x, event, entry = x[seen], event[seen], entry[seen]
    censored = entry + rng.uniform(100, 900, seen.size)
    time, happened = np.minimum(event, censored), event <= censored
    fit = cox(time, happened, x, start=entry)
    yield "cox late entry", bool(fit.lower[0] <= np.exp(BETA[0]) <= fit.upper[0])
    bands = piecewise_exponential(time, happened, x, cuts=[200, 500], entry=entry)
    yield "piecewise_exponential", bool(bands.lower[0] <= np.exp(BETA[0]) <= bands.upper[0])
    share, house = households(rng, PERSONS)
    alike = np.column_stack([rng.random(PERSONS // 2 + 1) < 0.5, rng.normal(size=PERSONS // 2 + 1)])
    x = alike[house].astype(float)
    event = -np.log(share) * 400 * np.exp(-x @ BETA)
    censored = rng.uniform(100, 900, PERSONS)
    time, happened = np.ceil(np.minimum(event, censored)), event <= censored
    fit = cox(time, happened, x, cluster=house)
    for j in (0, 1):
        yield f"cox households {j + 1}", bool(fit.lower[j] <= np.exp(BETA[j]) <= fit.upper[j])


def subdistribution(rng: np.random.Generator) -> Said:
    """Fine and Gray's law, censored; and the same entered late."""
    n, p = 2 * PERSONS, 0.5
    x = (rng.random(n) < 0.5).astype(float)
    factor = np.exp(BETA[0] * x)
    first = rng.random(n) < 1 - (1 - p) ** factor
    u = rng.random(n)
    # Inverse of 1 - (1 - p (1 - exp(-t))) ** factor, given that the first cause happens at all.
    reached = u * (1 - (1 - p) ** factor)
    t1 = -np.log(1 - (1 - (1 - reached) ** (1 / factor)) / p)
    event = np.where(first, t1, rng.exponential(np.exp(0.3 * x)))
    cause = np.where(first, 1, 2)
    censored = rng.uniform(0.5, 3, n)
    time, seen = np.minimum(event, censored), np.where(event <= censored, cause, 0)
    fit = fine_gray(time[:PERSONS], seen[:PERSONS], x[:PERSONS, None])
    yield "fine_gray", bool(fit.lower[0] <= np.exp(BETA[0]) <= fit.upper[0])
    entry = np.where(rng.random(n) < 0.6, 0, rng.uniform(0, 0.5, n))
    kept = np.flatnonzero(time > entry)[:PERSONS]
    fit = fine_gray(time[kept], seen[kept], x[kept, None], entry=entry[kept])
    yield "fine_gray late entry", bool(fit.lower[0] <= np.exp(BETA[0]) <= fit.upper[0])
    low, high = (1 - (1 - p * (1 - np.exp(-1))) ** np.exp(BETA[0] * k) for k in (0, 1))
    values = pseudo_observations(time[:PERSONS], seen[:PERSONS], at=[1])[:, 0]
    one = x[:PERSONS] == 1
    apart = values[one].mean() - values[~one].mean()
    error = np.sqrt(values[one].var() / one.sum() + values[~one].var() / (~one).sum())
    yield "pseudo_observations", covers(apart, error, high - low)


# A process that goes back and forth between two states and ends in a third.
RATES = np.array([[-0.7, 0.5, 0.2], [0.3, -0.6, 0.3], [0.0, 0.0, 0.0]])
_STEPS = np.linspace(0, 1.5, 151)
INSIDE = np.trapezoid([linalg.expm(RATES * t)[0] for t in _STEPS], _STEPS, axis=0)  # expected time by 1.5


def histories(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    """Rows of n persons from the first state on, followed for 2 to 6 units of time."""
    until = rng.uniform(2, 6, n)
    now, state = np.zeros(n), np.zeros(n, dtype=int)
    alive = np.arange(n)
    rows: list[tuple[np.ndarray, ...]] = []
    while alive.size:
        begin, here = now[alive], state[alive]
        stay = rng.exponential(-1 / RATES[here, here])
        end = np.minimum(begin + stay, until[alive])
        moved = begin + stay < until[alive]
        jump = np.cumsum(np.where(np.eye(3)[here] == 1, 0, RATES[here]), axis=1)
        to = (rng.random(here.size)[:, None] * jump[:, -1:] > jump).sum(axis=1)
        rows.append((alive, begin, end, here, np.where(moved, to, here)))
        now[alive], state[alive] = end, np.where(moved, to, here)
        alive = alive[moved & (to != 2)]
    return tuple(np.concatenate(column) for column in zip(*rows, strict=True))


def states(rng: np.random.Generator) -> Said:
    """Where persons are, and for how long."""
    fits = [state_occupation(*histories(rng, PERSONS // 4), states=[0, 1, 2]) for _ in range(2)]
    truth = linalg.expm(RATES * 1.5)[0]
    at = fits[0].at([1.5])
    for k in (0, 1, 2):
        yield f"state_occupation {k}", covers(at.probability[0, k], at.std_error[0, k], truth[k])
    time = fits[0].expected_time(1.5)
    yield "expected_time", covers(time.value[1], time.std_error[1], INSIDE[1])
    apart = time_in_states_difference(*fits, 1.5)
    yield "time_in_states_difference", bool(apart.lower[0] <= 0 <= apart.upper[0])


def independent(rng: np.random.Generator) -> Said:
    """A Weibull model of independent persons."""
    x = rng.normal(size=(PERSONS, 1))
    event = 300 * np.exp(0.3 * x[:, 0]) * rng.weibull(1.4, PERSONS)
    censored = rng.uniform(100, 900, PERSONS)
    fit = parametric(np.minimum(event, censored), event <= censored, x, family="weibull")
    yield "parametric", covers(fit.coefficients[1], fit.std_error[1], 0.3)


COVERAGE: tuple[Callable[[np.random.Generator], Said], ...] = (
    curves,
    incidences,
    hazards,
    subdistribution,
    states,
    independent,
)


def null(rng: np.random.Generator) -> Said:
    """Groups alike, covariates without effect: how often do tests reject at 5 %?"""
    n = PERSONS
    event, censored = rng.exponential(300, n), rng.uniform(100, 800, n)
    time, group = np.ceil(np.minimum(event, censored)), rng.integers(0, 3, n)
    cause = np.where(event > censored, 0, 1 + (rng.random(n) < 0.4))
    yield "logrank", logrank(time, cause > 0, group).p_value < 0.05
    entry = np.where(time > 60, rng.integers(0, 50, n), 0)
    yield "logrank late entry", logrank(time, cause > 0, group, entry=entry).p_value < 0.05
    yield "gray_test", gray_test(time, cause, group).p_value < 0.05
    fit = cox(time, cause > 0, rng.normal(size=(n, 2)))
    yield "proportionality_test", fit.proportionality_test("km").global_p_value < 0.05
    yield "cox wald", bool(fit.p_value[0] < 0.05)


def counted(ask: Callable[[np.random.Generator], Said], replicates: int) -> Counter[str]:
    """How often each cell said yes."""
    counts: Counter[str] = Counter()
    for seed in np.random.SeedSequence(SEED).spawn(replicates):
        for cell, yes in ask(np.random.default_rng(seed)):
            counts[cell] += bool(yes)
    return counts


def judged(replicates: int) -> None:
    covered: Counter[str] = Counter()
    for ask in COVERAGE:
        covered += counted(ask, replicates)
    print({cell: round(count / replicates, 4) for cell, count in covered.items()})
    assert outside(covered, replicates, 0.95) == {}
    rejected = counted(null, replicates)
    print({cell: round(count / replicates, 4) for cell, count in rejected.items()})
    assert outside(rejected, replicates, 0.05) == {}


@pytest.mark.slow
def test_two_thousand_replicates() -> None:
    judged(2000)


def test_three_hundred_replicates_as_a_smoke_test() -> None:
    judged(300)
