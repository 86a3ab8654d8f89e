"""Sums over blocks of persons that means and their clustered Monte-Carlo errors are made of."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hamm_eval.synthetic.days import IntArray
from hamm_eval.synthetic.hazards import FloatArray


@dataclass(slots=True)
class Tally:
    """Weighted sums under keys; tallies of several blocks add up.

    Under each key: sum of weights, of weight times value, persons, and over households with sums of
    weighted values A and of weights W: the sums of A², A W and W².
    """

    sums: dict[Hashable, FloatArray] = field(default_factory=dict)

    def add(self, key: Hashable, values: FloatArray, weights: FloatArray, household: IntArray) -> None:
        """Count persons, the members of a household as a cluster."""
        self.add_all({key: values}, weights, household, with_error=(key,))

    def add_all(
        self,
        values: Mapping[Hashable, FloatArray],
        weights: FloatArray,
        household: IntArray,
        *,
        with_error: Container[Hashable],
    ) -> None:
        """Count several values of the same persons; only the keys named get what errors are made of."""
        of_weight = np.bincount(household, weights=weights)
        total, persons = weights.sum(), np.count_nonzero(weights)
        square_of_weight = (of_weight * of_weight).sum()
        for key, value in values.items():
            weighted = weights * value
            clusters = [np.nan, np.nan, np.nan]
            if key in with_error:
                of_value = np.bincount(household, weights=weighted)
                clusters = [(of_value * of_value).sum(), (of_value * of_weight).sum(), square_of_weight]
            self.merge({key: np.array([total, weighted.sum(), persons, *clusters])})

    def merge(self, sums: Mapping[Hashable, FloatArray]) -> None:
        """Add the sums of another block."""
        for key, found in sums.items():
            self.sums[key] = self.sums[key] + found if key in self.sums else found

    def mean(self, key: Hashable) -> float:
        """Weighted mean."""
        weight, value, *_ = self.sums[key]
        return float(value / weight)

    def std_error(self, key: Hashable) -> float:
        """Its standard error with households as clusters, of a ratio (linearised)."""
        weight, _, _, square, product, weights = self.sums[key]
        mean = self.mean(key)
        # Rounding can take a sum of squares that is 0 below it; without households it is not a number.
        return float(np.sqrt(np.maximum(0.0, square - 2 * mean * product + mean**2 * weights)) / weight)

    def persons(self, key: Hashable) -> int:
        """Persons with a weight."""
        return int(self.sums[key][2])
