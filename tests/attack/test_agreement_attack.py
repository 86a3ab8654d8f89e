"""A small number of pairs is read back from an exact kappa, and not from a released one.

Whoever knows the published counts tries every table of pairs that fits them, and keeps those of which the
figures beside the counts are true.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import product

import numpy as np
import pytest
from inverse import Attack, Report, publish
from perspective_samples import agreement_of, drawn_pairs, perspectives_of

from hamm_eval.estimate import IntArray, TwoPerspectives
from hamm_eval.ratings import weighted_kappa
from hamm_eval.release.agreement import release_agreement
from hamm_eval.release.counts import release_count
from hamm_eval.release.policy import Policy
from hamm_eval.release.rating_counts import pair_counts
from hamm_eval.release.released import Cell

STRICT = Policy.strict()
Guess = tuple[int, ...]


def table(same_4: int, higher: int, lower: int, same_5: int) -> IntArray:
    """Pairs of the ratings 4 and 5: the easiest prey, as only four cells are unknown."""
    pairs = np.zeros((5, 5), dtype=np.int64)
    pairs[3, 3], pairs[3, 4], pairs[4, 3], pairs[4, 4] = same_4, higher, lower, same_5
    return pairs


def published(guess: Guess) -> dict[str, Cell]:
    """Every count that is shown of these pairs."""
    return {name: count.cell for name, count in pair_counts(table(*guess), STRICT).items()}


def exact(guess: Guess) -> tuple[float, ...]:
    """Kappa, the share of pairs alike and the mean difference, to three digits as a paper prints them."""
    sides = np.repeat(np.indices((5, 5)).reshape(2, -1), table(*guess).ravel(), axis=1) + 1
    alike, n = guess[0] + guess[3], sum(guess)
    return tuple(
        round(value, 3) for value in (weighted_kappa(*sides).value, alike / n, (guess[1] - guess[2]) / n)
    )


def looks_like(count: int) -> list[int]:
    """Counts that are shown as this one is."""
    return [n for n in range(count + 8) if release_count(n, STRICT) == release_count(count, STRICT)]


@pytest.mark.parametrize("truth", [(55, 5, 39, 71), (36, 4, 18, 36), (65, 3, 15, 50)])
def test_hidden_pairs_are_read_from_an_exact_kappa_and_not_from_a_released_one(truth: Guess) -> None:
    counts = published(truth)
    assert counts["apart:refugee_1"] == Cell(value=None)
    fitting = [guess for guess in product(*map(looks_like, truth)) if published(guess) == counts]

    # Without the rule three figures beside the counts leave one table.
    told = exact(truth)
    assert {guess[1] for guess in fitting if exact(guess) == told} == {truth[1]}

    # With it all figures follow from the counts: whatever fits these has the same figures.
    mine = agreement_of(table(*truth))
    shown = release_agreement(mine, {}, STRICT)
    assert not shown.withheld
    remaining = set()
    for value in {guess[1] for guess in fitting}:
        other = agreement_of(table(*next(guess for guess in fitting if guess[1] == value)))
        alike = replace(
            mine, pairs=other.pairs, kappa=other.kappa, difference=other.difference, ordinal=other.ordinal
        )
        if release_agreement(alike, {}, STRICT) == shown:
            remaining.add(value)
    assert truth[1] in remaining
    assert len(remaining) >= STRICT.feasible_values


@pytest.mark.parametrize("truth", [(40, 3, 22, 31), (55, 5, 18, 44), (150, 2, 33, 80)])
def test_where_the_counts_alone_would_tell_nothing_is_shown(truth: Guess) -> None:
    counts = published(truth)
    fitting = [guess for guess in product(*map(looks_like, truth)) if published(guess) == counts]
    assert len({guess[1] for guess in fitting}) < STRICT.feasible_values
    assert release_agreement(agreement_of(table(*truth)), {}, STRICT).withheld == "linked"


def new_ratings_in_a_second_quarter() -> Attack:
    """Everything but how many gave a 5, and how many more came to it, is known: exact numbers tell these."""
    pairs, worker_alone = drawn_pairs(60, 3), np.full(5, 9)

    def report(before: int, came: int) -> Report:
        def rated(n: int) -> TwoPerspectives:
            return perspectives_of(pairs, worker_alone, np.array([9, 9, 9, 9, n]), 40)

        return {"2017-Q1": [rated(before)], "2017-Q2": [rated(before + came)]}

    others = list(product((11, 12), range(4)))
    return Attack(report, (12, 2), others, lambda before, came: came, Policy.internal())


def test_what_is_computed_from_a_hidden_number_of_ratings_goes_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attack = new_ratings_in_a_second_quarter()
    assert attack.tells({})  # the attack works
    hidden = publish(attack.report(*attack.true), attack.policy)
    places = hidden["two_perspectives:course@2017-Q2"]
    assert places is not None  # the section stays
    assert {place[1] for place in places if place[0] == "ratings"} == {1}  # and so does the other side
    assert attack.left(hidden) == {0, 1, 2, 3}
    # With shares and agreement left standing the attack works again.
    module = import_module("hamm_eval.release.proof.conceal")
    monkeypatch.setattr(module, "without_derived", lambda release, places: release)
    assert attack.tells(hidden)
