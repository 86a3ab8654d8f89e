"""When a simulation check fails: outside of what a perfect method would show in 999 of 1,000 runs."""

from __future__ import annotations

from collections.abc import Mapping

from scipy import stats


def band(replicates: int, rate: float, cells: int) -> tuple[int, int]:
    """Least and greatest number of replicates that a perfect method shows, Bonferroni over the cells.

    >>> band(2000, 0.95, 1)
    (1867, 1931)
    """
    tail = 0.0005 / cells
    found = stats.binom(replicates, rate)
    return int(found.ppf(tail)), int(found.isf(tail))


def outside(counts: Mapping[str, int], replicates: int, rate: float) -> dict[str, float]:
    """Cells outside of the band, with what they show."""
    low, high = band(replicates, rate, len(counts))
    return {cell: count / replicates for cell, count in counts.items() if not low <= count <= high}
