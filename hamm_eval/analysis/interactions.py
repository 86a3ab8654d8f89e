"""Products of covariates in a model: does what goes with one depend on the other?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hamm_eval.analysis.design_matrix import DesignMatrix, TooSmall
from hamm_eval.errors import NotEstimable


def interaction_columns(
    matrix: DesignMatrix, pairs: Sequence[tuple[str, str]], too_small: TooSmall
) -> dict[str, pd.Series]:
    """Products of the columns of two covariates each, named ``a:b`` or ``a:b=level:level``.

    Raises
    ------
    NotEstimable
        Too few persons or events have two levels together; or all of them have.
    """
    products: dict[str, pd.Series] = {}
    for one, other in pairs:
        if one in matrix.factors and other in matrix.factors:
            together = matrix.factors[one] + ":" + matrix.factors[other]
            small = too_small(together)
            if small.any():
                raise NotEstimable(
                    f"{int(small.sum())} of the combinations have too few persons or events.",
                    where=f"formula[{one}:{other}]",
                    todo="Merge levels in params (groups.*.combine), or leave the product out.",
                )
        levels = {name: _columns(matrix, name) for name in (one, other)}
        for first, left in levels[one].items():
            for second, right in levels[other].items():
                level = ":".join(part for part in (first, second) if part)
                name = f"{one}:{other}={level}" if level else f"{one}:{other}"
                products[name] = matrix.columns[left] * matrix.columns[right]
    return products


def _columns(matrix: DesignMatrix, covariate: str) -> dict[str, str]:
    """Columns of a covariate by level; "" for a number."""
    return {
        level: f"{factor}={level}" if level else factor
        for factor, level in matrix.terms
        if factor == covariate
    }
