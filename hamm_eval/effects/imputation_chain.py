"""One chain of chained equations: each column with gaps is drawn in turn, given all others as they stand."""

from __future__ import annotations

import numpy as np

from hamm_eval.effects.imputation_draws import draw_categories, draw_numbers
from hamm_eval.effects.imputation_table import Column, Households
from hamm_eval.inference import FloatArray


class Chain:
    """One chain: its current values, and the predictors they make.

    Parameters
    ----------
    columns : tuple of Column
    around : ndarray, shape (n, q)
        Predictors without gaps: intercept, arm, outcome.
    homes : Households or None
    rng : numpy.random.Generator
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        around: FloatArray,
        homes: Households | None,
        rng: np.random.Generator,
    ) -> None:
        self.columns, self.around, self.homes, self.rng = columns, around, homes, rng
        self.values = []
        for column in columns:
            values = column.values.copy()
            gap = ~column.known
            values[gap] = rng.choice(column.values[column.known], int(gap.sum()))
            self.values.append(values)
        self.own = [column.predictors(values) for column, values in zip(columns, self.values, strict=True)]
        self.others = [] if homes is None else [homes.means_of_others(block) for block in self.own]
        self.start: dict[int, FloatArray] = {}

    def round(self, gaps: list[int]) -> list[float]:
        """Draw the gaps of each column once, the fewest gaps first; the mean of what was drawn per column."""
        for j in sorted(gaps, key=lambda j: int((~self.columns[j].known).sum())):
            self._draw(j)
        return [self._mean(j) for j in gaps]

    def _draw(self, j: int) -> None:
        """Draw the gaps of one column given all others."""
        column, values = self.columns[j], self.values[j].copy()
        blocks = [block for k, block in enumerate(self.own) if k != j]
        design = np.column_stack([self.around, *blocks, *self.others])
        known, gap = column.known, ~column.known
        if column.kind == "number":
            values[gap] = draw_numbers(design[known], values[known], design[gap], self.rng)
        elif len(column.levels) > 1:
            codes = values[known].astype(np.int64)
            values[gap], self.start[j] = draw_categories(
                design[known], codes, design[gap], self.rng, self.start.get(j)
            )
        self.values[j], self.own[j] = values, column.predictors(values)
        if self.homes is not None:
            self.others[j] = self.homes.means_of_others(self.own[j])

    def _mean(self, j: int) -> float:
        """Mean of the numbers drawn, or share with the most frequent level."""
        drawn = self.values[j][~self.columns[j].known]
        return float(drawn.mean() if self.columns[j].kind == "number" else (drawn == 0).mean())
