"""What multiple imputation leaves: completed tables, counts of what was missing, and how the chains went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hamm_eval.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Imputation:
    """Several completed tables, what was missing, and how the chains went.

    Parameters
    ----------
    covariates : DataFrame
        A copy of the table as given.
    drawn : Mapping of column to tuple
        Per column with gaps: the values drawn, one sequence an imputation, in the order of its gaps.
    missing : DataFrame of int
        One row per column: `missing`, and by arm `treated`, `control` where `treated` was given.
    incomplete : int
        Rows with at least one gap.
    imputations : int
    trace : Mapping of str to ndarray, shape (iterations, imputations)
        Mean of the values drawn in each iteration of each chain: of a category the share with its most
        frequent level.
    """

    covariates: pd.DataFrame
    drawn: Mapping[Any, tuple[Any, ...]]
    missing: pd.DataFrame
    incomplete: int
    imputations: int
    trace: Mapping[str, FloatArray]

    def __repr__(self) -> str:
        return f"<Imputation of {len(self.drawn)} columns, {self.imputations} times: internal, not released>"

    def completed(self) -> Iterator[pd.DataFrame]:
        """The completed tables, each a table of its own: what is done to one does not reach another."""
        for k in range(self.imputations):
            table = self.covariates.copy()
            for name, draws in self.drawn.items():
                column = table[name].copy()
                column.iloc[np.flatnonzero(column.isna())] = draws[k]
                table[name] = column
            yield table

    def convergence(self) -> pd.DataFrame:
        """How well the chains mix, one row per column with gaps.

        Returns
        -------
        DataFrame
            `first`, `last`: mean of the trace in the first and the last iteration; `r_hat`: potential scale
            reduction of the second half of the iterations (Gelman and Rubin 1992), near 1 where chains mix,
            missing with fewer than four iterations or where nothing varies.
        """
        import pandas as pd

        rows = {
            name: {"first": trace[0].mean(), "last": trace[-1].mean(), "r_hat": _r_hat(trace)}
            for name, trace in self.trace.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "last", "r_hat"])


def _r_hat(trace: FloatArray) -> float:
    """Potential scale reduction of the second half of the iterations."""
    late = trace[len(trace) // 2 :]
    n = len(late)
    if n < 2:
        return float("nan")
    within = float(late.var(axis=0, ddof=1).mean())
    between = float(late.mean(axis=0).var(ddof=1))
    return float(np.sqrt((n - 1) / n + between / within)) if within > 0 else float("nan")
