"""State probabilities and their variance against carrying every person's influence from time to time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hamm_eval.survival import state_influence, state_occupation
from hamm_eval.survival.running_products import running_products


def step_by_step(rows, weight, cluster, initial, size, tau):
    """(probability, std_error) at each distinct end, (value, std_error) of the time in states up to tau."""
    person, start, stop, state, to = rows
    persons, origin = weight.size, start.min()
    influence = np.zeros((persons, size))
    if initial is None:
        first = np.unique(person, return_index=True)[1]
        initial = np.bincount(state[first], weights=weight, minlength=size) / weight.sum()
        influence = (np.eye(size)[state[first]] - initial) / weight.sum()

    def std_error(of):
        sums = np.zeros_like(of)
        np.add.at(sums, np.arange(persons) if cluster is None else cluster, weight[:, None] * of)
        return np.sqrt((sums**2).sum(axis=0))

    probability, last = np.array(initial, dtype=float), origin
    curves, errors, area, of_area = [], [], np.zeros(size), np.zeros_like(influence)
    for time in np.unique(stop):
        length = max(min(time, tau) - last, 0.0)
        area, of_area, last = area + length * probability, of_area + length * influence, min(time, tau)
        here = np.flatnonzero((start < time) & (time <= stop))
        at_risk = np.bincount(state[here], weights=weight[person[here]], minlength=size)
        reach = np.divide(probability, at_risk, out=np.zeros(size), where=at_risk > 0)
        going = here[(stop[here] == time) & (state[here] != to[here]) & (weight[person[here]] > 0)]
        hazard = np.zeros((size, size))
        np.add.at(hazard, (state[going], to[going]), weight[person[going]] / at_risk[state[going]])
        hazard -= np.diag(hazard.sum(axis=1))
        influence = influence + influence @ hazard
        influence[person[here]] -= (reach[:, None] * hazard)[state[here]]
        np.add.at(influence, (person[going], to[going]), reach[state[going]])
        np.add.at(influence, (person[going], state[going]), -reach[state[going]])
        probability = probability + probability @ hazard
        curves.append(probability)
        errors.append(std_error(influence))
    return np.array(curves), np.array(errors), area, std_error(of_area)


def histories(rng, persons, size, *, tied, late):
    """Rows of persons who move between all states, some with a gap; codes of states, own code if censored."""
    rows = []
    for person in range(persons):
        time = 0.0 if not late or rng.random() < 0.6 else 3 * (1 - rng.random())
        time, state = np.floor(time) if tied else time, int(rng.integers(size)) if rng.random() < 0.3 else 0
        for _ in range(rng.integers(1, 7)):
            end = time + (rng.integers(1, 6) if tied else rng.exponential(3) + 1e-3)
            to = int(rng.integers(size)) if rng.random() < 0.8 else state
            rows.append((person, time, end, state, to))
            time, state = end + (late and rng.random() < 0.2), to
    person, start, stop, state, to = (np.array(column) for column in zip(*rows, strict=True))
    return person, start.astype(float), stop.astype(float), state, to


@pytest.mark.parametrize("at_once", [2_000, 500_000])
@pytest.mark.parametrize("clusters", [None, 3, 30])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize(("persons", "size"), [(4, 3), (40, 2), (40, 4)])
def test_the_numbers_are_those_of_every_persons_influence(
    persons, size, tied, late, clusters, at_once, monkeypatch
):
    """Times are taken in small pieces and in large ones."""
    monkeypatch.setattr(state_influence, "_AT_ONCE", at_once)
    rng = np.random.default_rng([persons, size, tied, late, clusters or 0])
    rows = histories(rng, persons, size, tied=tied, late=late)
    weight = rng.random(persons) * (rng.random(persons) < 0.9) + (np.arange(persons) == 0)
    cluster = None if clusters is None else rng.permutation(persons) % clusters
    initial = np.full(size, 1 / size) if late else None
    curves = state_occupation(
        *rows,
        states=range(size),
        initial=initial,
        weights=weight[rows[0]],
        cluster=None if cluster is None else cluster[rows[0]],
    )
    for tau in (curves.time[-1], (curves.origin + curves.time[-1]) / 3):
        found = step_by_step(rows, weight, cluster, initial, size, tau)
        assert_allclose(curves.probability, found[0], rtol=0, atol=1e-12)
        assert_allclose(curves.std_error, found[1], rtol=0, atol=1e-12)
        times = curves.expected_time(tau)
        assert_allclose(times.value, found[2], rtol=0, atol=1e-12)
        assert_allclose(times.std_error, found[3], rtol=0, atol=1e-12)


def test_no_variance_stays_none_when_all_have_left():
    """Once everybody is in the last state nothing is uncertain: exactly, however the way there was."""
    time = np.arange(1.0, 301.0)
    curves = state_occupation(
        np.arange(300), np.zeros(300), time, np.zeros(300, int), np.ones(300, int), states=[0, 1]
    )
    assert_allclose(curves.std_error[-1], 0, atol=1e-15)


def test_running_products_are_products():
    factors = np.random.default_rng(2).normal(size=(11, 3, 3))
    expected = [factors[0]]
    for factor in factors[1:]:
        expected.append(expected[-1] @ factor)
    assert_allclose(running_products(factors), expected)
    assert_allclose(running_products(factors[:1]), factors[:1])
