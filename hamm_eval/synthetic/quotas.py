"""Exact numbers of persons: quotas times a scale, and households that fill them."""

from __future__ import annotations

import numpy as np

from hamm_eval.synthetic.days import IntArray
from hamm_eval.synthetic.hazards import FloatArray, StrArray
from hamm_eval.synthetic.scenario import HouseholdShare


def scaled(counts: list[int], scale: float) -> list[int]:
    """Counts times `scale`, rounded so that their sum is right (largest remainder)."""
    exact = np.array(counts, dtype=float) * scale
    whole = np.floor(exact + 1e-9).astype(int)
    missing = round(round(float(exact.sum()), 6)) - int(whole.sum())
    for i in np.argsort(-(exact - whole), kind="stable")[:missing]:
        whole[i] += 1
    return [int(w) for w in whole]


def normalised(shares: tuple[HouseholdShare, ...]) -> FloatArray:
    """Shares of households as probabilities."""
    values = np.array([h.share for h in shares])
    return values / values.sum()


def fill_with(
    shares: tuple[HouseholdShare, ...], persons: int, rng: np.random.Generator
) -> tuple[IntArray, StrArray]:
    """Sizes and types of households with exactly so many persons; single persons fill the rest."""
    pick = rng.choice(len(shares), size=persons + 10, p=normalised(shares))
    sizes = np.array([h.size for h in shares], dtype=np.int64)[pick]
    types = np.array([h.type.value for h in shares])[pick]
    together = np.cumsum(sizes)
    last = int(np.searchsorted(together, persons, side="right"))
    rest = persons - int(together[last - 1] if last else 0)
    return (
        np.concatenate([sizes[:last], np.ones(rest, dtype=np.int64)]),
        np.concatenate([types[:last], np.full(rest, "single")]),
    )


def assign_to(sizes: IntArray, quotas: list[int], rng: np.random.Generator) -> IntArray | None:
    """A class for each household so that the classes' persons are exact; None where one fits nowhere."""
    left = np.array(quotas, dtype=float)
    chosen = np.zeros(len(sizes), dtype=np.int64)
    for i, size in enumerate(sizes):
        chances = np.where(left >= size, left, 0.0)
        if not chances.any():
            return None
        chosen[i] = rng.choice(len(left), p=chances / chances.sum())
        left[chosen[i]] -= size
    return chosen


def fill_margins(
    shares: tuple[HouseholdShare, ...], margins: list[list[int]], rng: np.random.Generator
) -> tuple[IntArray, StrArray, list[IntArray]]:
    """Households whose persons fill several margins exactly: sizes, types, and a class for each margin.

    Large households go first, single persons fill what is left. Where a household fits nowhere (a small
    town has classes of one person), the largest one is broken up into single persons.
    """
    sizes, types = fill_with(shares, sum(margins[0]), rng)
    while True:
        order = np.argsort(-sizes, kind="stable")
        sizes, types = sizes[order], types[order]
        classes = [assign_to(sizes, quotas, rng) for quotas in margins]
        found = [c for c in classes if c is not None]
        if len(found) == len(margins):
            return sizes, types, found
        sizes = np.concatenate([sizes[1:], np.ones(sizes[0], dtype=np.int64)])
        types = np.concatenate([types[1:], np.full(sizes.size - types.size + 1, "single")])
