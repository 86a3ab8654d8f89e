"""Coverage and bias of marginal structural Cox models against a planted truth, by the acceptance rule.

Both worlds are built so that the marginal hazards are exactly proportional, which a conditional Cox model
would not give. Once: potential times are exponential in the margin, tied to covariates by a normal copula;
households share a covariate. Over time: the hazard is multiplied when the measure starts, whenever that is;
who will have the event late shows a better state each month, and who is worse starts sooner.

The rule (tests/truth/acceptance.py): replicates and seed are fixed; a cell fails only outside the 99.9 % band
of a perfect method, Bonferroni over the cells of the run.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hamm_eval.effects import bootstrap_effect, fresh_labels, weighted_cox
from hamm_eval.survival import cox

SEED = 20170630


def draw_once(rng, effect, households=700):
    """Arguments of `weighted_cox`: one row a person, households of one to three."""
    household = np.repeat(np.arange(households), rng.integers(1, 4, size=households))
    rows = household.size
    x = np.column_stack([rng.normal(size=households)[household], rng.normal(size=rows)])
    treated = rng.binomial(1, stats.logistic.cdf(-0.4 + 0.6 * x[:, 0] + 0.4 * x[:, 1]))
    luck = 0.5 * x[:, 0] + 0.4 * x[:, 1] + np.sqrt(0.59) * rng.normal(size=rows)
    time = -stats.norm.logsf(luck) / (0.06 * np.exp(effect * treated))
    closed = np.minimum(12, rng.uniform(4, 30, size=rows))
    rows = {"stop": np.minimum(time, closed), "event": (time <= closed) * 1.0, "treated": treated}
    return rows | {"covariates": x, "cluster": household}


def draw_over_time(rng, effect, persons=1500, months=6):
    """Arguments of `weighted_cox`: monthly rows."""
    luck = rng.normal(size=persons)
    state = 0.7 * luck[:, None] + rng.normal(size=(persons, months))
    begins = rng.random((persons, months)) < stats.logistic.cdf(-1.6 - 0.5 * state)
    first = np.where(begins.any(axis=1), np.argmax(begins, axis=1), np.inf)
    need = -stats.norm.logsf(luck) / 0.1
    # What is left to wait when the measure starts passes exp(effect) times as fast from then on.
    started = need > first
    time = need.copy()
    time[started] = first[started] + (need[started] - first[started]) * np.exp(-effect)
    month = np.arange(months)
    seen = time[:, None] > month
    person = np.broadcast_to(np.arange(persons)[:, None], seen.shape)
    rows = {
        "stop": np.minimum(time[:, None], month + 1.0),
        "event": (time[:, None] <= month + 1) * 1.0,
        "treated": (np.cumsum(begins, axis=1) > 0) * 1.0,
        "start": np.broadcast_to(month * 1.0, seen.shape),
        "person": person,
    }
    return {name: values[seen] for name, values in rows.items()} | {"covariates": state[seen][:, None]}


WORLDS = {"once": draw_once, "over_time": draw_over_time}


def judge(cell, replicates, cells):
    """Compare coverage and mean error with the band of a perfect method."""
    world, effect = cell
    rng = np.random.default_rng([SEED, round(100 * effect), sorted(WORLDS).index(world)])
    covered, errors = np.empty(replicates), np.empty(replicates)
    for k in range(replicates):
        found = weighted_cox(**WORLDS[world](rng, effect))
        covered[k] = found.lower[0] <= np.exp(effect) <= found.upper[0]
        errors[k] = found.coefficients[0] - effect
    tail = 0.0005 / cells
    low, high = stats.binom.ppf([tail, 1 - tail], replicates, 0.95)
    assert low <= covered.sum() <= high, covered.mean()
    noise = errors.std(ddof=1) / np.sqrt(replicates)
    assert abs(errors.mean()) <= stats.norm.isf(tail) * noise, errors.mean() / noise


CELLS = [("once", 0.4), ("once", 0.0), ("over_time", 0.4), ("over_time", 0.0)]


def test_smoke_coverage_and_bias():
    judge(("once", 0.4), replicates=300, cells=1)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_coverage_and_bias(cell):
    judge(cell, replicates=2000, cells=len(CELLS))


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_the_unweighted_model_is_biased_in_these_worlds(world):
    """The worlds are confounded: without weights the truth lies far outside."""
    rows = WORLDS[world](np.random.default_rng(SEED), 0.4)
    units = rows.get("cluster", rows.get("person"))
    found = cox(rows["stop"], rows["event"], rows["treated"], start=rows.get("start"), cluster=units)
    assert abs(found.coefficients[0] - 0.4) > 2.5 * found.std_error[0]


@pytest.mark.slow
def test_stacked_variance_over_time_agrees_with_the_bootstrap_by_person():
    rows = draw_over_time(np.random.default_rng([SEED, 1]), 0.4, persons=800)
    person = rows.pop("person")

    def coefficient(sample):
        own = {name: values[sample] for name, values in rows.items()}
        return float(weighted_cox(**own, person=fresh_labels(sample, person)).coefficients[0])

    found = bootstrap_effect(coefficient, person, replicates=499, rng=np.random.default_rng(SEED))
    sandwich = weighted_cox(**rows, person=person)
    # Noise of the bootstrap 3.2 %.
    assert found.std_error == pytest.approx(sandwich.std_error[0], rel=0.1)
    assert sandwich.std_error[0] < sandwich.std_error_known_weights[0]
