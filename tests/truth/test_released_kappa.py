"""The released kappa lies as near the exact one as a report states, on a few tables drawn anew."""

from __future__ import annotations

from itertools import chain, product

import numpy as np
import pytest
from acceptance import band
from measure_released_kappa import KAPPAS, LAWS, PAGE, Try, drawn, kappa_of, normal_pairs, page, population

SIZES = (35, 150, 250)


@pytest.fixture(scope="module")
def tries() -> list[Try]:
    # Seeds of their own; one table of each law, size and kappa.
    return list(drawn(SIZES, repeats=1, seed=8_402_117))


def test_rounding_moves_kappa_by_no_more_than_is_stated(tries: list[Try]) -> None:
    told = [one for one in tries if not one.withheld]
    assert len(told) > 30
    within = sum(abs(one.off) <= one.rounding + 0.005 for one in told)
    assert within >= band(len(told), 0.95, 2)[0]
    covered = sum(one.lower <= one.population <= one.upper for one in told)
    assert covered >= band(len(told), 0.95, 2)[0]
    assert abs(np.mean([one.off for one in told])) < 0.03
    assert max(one.rounding for one in told) <= 0.15


def test_few_pairs_and_coarse_counts_tell_no_kappa(tries: list[Try]) -> None:
    reasons = {n: {one.withheld for one in tries if one.pairs == n} for n in SIZES}
    assert reasons[35] == {"too_few_pairs"}
    assert "no_kappa" in reasons[150]
    assert "" in reasons[250]


def test_pairs_have_the_kappa_that_they_are_drawn_with() -> None:
    rng = np.random.default_rng(5)
    for law, kappa in product(LAWS, KAPPAS):
        assert kappa_of(population(law, kappa, rng)) == pytest.approx(kappa, abs=0.001)
    known = normal_pairs(np.full(5, 0.2), np.full(5, 0.2), 0.0)
    assert known == pytest.approx(np.full((5, 5), 0.04))


def test_the_page_is_of_these_tables() -> None:
    """The figures take minutes (`make released-kappa`); the words around them do not."""
    text = PAGE.read_text(encoding="utf-8")
    lines = page(dict.fromkeys(("by_size", "by_kappa", "by_law", "cities"), "")).splitlines()
    assert set(filter(None, lines)) <= set(text.splitlines())
    assert all(f"| {law} |" in text for law in chain(LAWS, ("all",)))
