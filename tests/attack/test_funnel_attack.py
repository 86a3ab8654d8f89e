"""Counts of providers are read from an exact funnel and its exact test; one worker's from a group of one."""

from __future__ import annotations

import dataclasses
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import Definition, DistributionTable, Funnel, FunnelGroup
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import ReleasedFunnel
from hamm_eval.survival import funnel_test

POLICY = Policy.strict()
EXPECTED = (0.31, 0.27, 0.33)
PERSONS, EVENTS = (81, 143, 118), (27, 42, 46)


def funnel(
    persons: tuple[int, ...] = PERSONS,
    events: tuple[int, ...] = EVENTS,
    *,
    workers: int = 3,
    beside: int = 50,
    column: str = "provider",
) -> Funnel:
    """Three groups with expected shares that do not change with the counts."""
    groups = tuple("abc")
    return Funnel(
        definition=Definition("providers", "goal/provider"),
        endpoint="goal",
        dimension="provider",
        column=column,
        landmark_days=90,
        horizon_days=365,
        case_mix=("sex",),
        fit=SimpleNamespace(
            groups=groups,
            observed=np.array(events, dtype=float),
            expected=np.array(EXPECTED) * persons,
            dispersion=1.07,
            parameters=2,
        ),
        compared=tuple(
            FunnelGroup(level=level, persons=n, events=k, workers=workers, beside_largest=beside)
            for level, n, k in zip(groups, persons, events, strict=True)
        ),
        too_small=(),
        terms=(),
        left_out=0,
        one_place_a_worker=True,
        other="social_space",
        tied="strongly",
    )


def candidates(value: int) -> range:
    """Counts that a published one stands for."""
    return range(value - 2, value + 3)


def test_exact_shares_give_persons_and_events_back_and_released_ones_do_not() -> None:
    published = release(funnel(), POLICY)
    assert isinstance(published, ReleasedFunnel)
    for at, group in enumerate(published.groups):
        pairs = [*product(candidates(group.persons.value or 0), candidates(group.observed.value or 0))]
        # Without the rule: the difference to four decimals beside the published counts.
        exact = round(EVENTS[at] / PERSONS[at] - EXPECTED[at], 4)
        read = [pair for pair in pairs if round(pair[1] / pair[0] - EXPECTED[at], 4) == exact]
        assert (PERSONS[at], EVENTS[at]) in read
        assert len(read) <= 2  # 27 of 81 are as many as 26 of 78
        # With it: every pair that rounds alike gives the very same release, limits and test included.
        for persons, events in pairs:
            changed = funnel(
                tuple(persons if k == at else n for k, n in enumerate(PERSONS)),
                tuple(events if k == at else n for k, n in enumerate(EVENTS)),
            )
            assert release(changed, POLICY) == published
        assert len(pairs) == 25


def test_an_exact_test_tells_all_events_and_the_released_one_none() -> None:
    persons = np.array(PERSONS, dtype=float)
    expected = np.array(EXPECTED) * persons

    def exact(events: tuple[int, ...]) -> float:
        return round(funnel_test(np.array(events, dtype=float), expected, persons).p_value, 6)

    published = release(funnel(), POLICY)
    possible = [*product(*(candidates(group.observed.value or 0) for group in published.groups))]
    assert [events for events in possible if exact(events) == exact(EVENTS)] == [EVENTS]
    told = {release(funnel(events=events), POLICY).p_value for events in possible}
    assert told == {published.p_value}


def test_one_worker_is_not_shown_as_a_group() -> None:
    alone, nearly = funnel(workers=1, beside=0), funnel(workers=2, beside=9)
    for estimate in (alone, nearly):
        published = release(estimate, POLICY)
        assert published.withheld == ("single_worker",)
        assert published.groups == ()
    # Without the rule the group's line is the worker's.
    assert release(funnel(workers=2, beside=10), POLICY).groups[0].observed.value == 25
    with pytest.raises(ReleaseRefused, match="never single social workers"):
        release(funnel(column="social_worker"), POLICY)


@pytest.mark.parametrize(
    ("persons", "events"),
    [((81, 143, 49), (27, 42, 20)), ((81, 143, 60), (27, 42, 7)), ((81, 143, 60), (27, 42, 53))],
)
def test_a_group_with_a_hidden_count_is_no_part_of_a_funnel(
    persons: tuple[int, ...], events: tuple[int, ...]
) -> None:
    assert "group_too_small" in release(funnel(persons, events), POLICY).withheld


def test_a_fit_of_other_groups_than_those_counted_is_refused() -> None:
    estimate = funnel()
    other = dataclasses.replace(estimate, compared=estimate.compared[::-1])
    with pytest.raises(ReleaseRefused, match="not those of its fit"):
        release(other, POLICY)


def test_an_exact_quartile_is_one_workers_number_and_a_released_one_is_not() -> None:
    loads = np.array([31.0, 38, 44, 47, 52, 58, 61, 66, 72, 80, 84])

    def quartiles(of: np.ndarray) -> DistributionTable:
        return DistributionTable(
            definition=Definition("caseload", "quarters"),
            rows=("2017-Q2",),
            row_dimension="quarter",
            probabilities=(0.25, 0.5, 0.75),
            values=np.quantile(of, [0.25, 0.5, 0.75], method="inverted_cdf")[None],
            persons=np.array([of.size]),
            unit="cases",
        )

    exact = quartiles(loads).values[0]
    assert set(exact) <= set(loads)  # without the rule: three workers' own numbers
    published = release(quartiles(loads), POLICY).values
    for at in range(-2, 3):
        shifted = loads.copy()
        shifted[5] = 60 + at  # the worker in the middle
        assert release(quartiles(shifted), POLICY).values == published
