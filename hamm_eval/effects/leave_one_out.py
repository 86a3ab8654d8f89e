"""How much does an effect hang on one covariate of the adjustment set?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hamm_eval.effects.results import Effect
from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class PointEstimate:
    """The value of an effect alone: what is compared here has no interval."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """An effect without each covariate in turn.

    Parameters
    ----------
    names : tuple of str
        Covariates, a factor with all its levels counting as one.
    values : ndarray, shape (p,)
        The effect without each; nan where it cannot be estimated then.
    full : float
        The effect with all of them.
    """

    names: tuple[str, ...]
    values: FloatArray
    full: float

    @property
    def lowest(self) -> float:
        """Least of all values, that with all covariates included."""
        return float(np.nanmin([self.full, *self.values]))

    @property
    def highest(self) -> float:
        """Greatest of all values, that with all covariates included."""
        return float(np.nanmax([self.full, *self.values]))

    @property
    def most(self) -> str:
        """The covariate whose absence moves the effect most, the first among equals; "" without any."""
        moved = np.abs(self.values - self.full)
        return "" if not np.isfinite(moved).any() else self.names[int(np.nanargmax(moved))]

    def to_frame(self) -> pd.DataFrame:
        """One row per covariate left out."""
        import pandas as pd

        return pd.DataFrame(
            {"value": self.values, "moved": self.values - self.full},
            index=pd.Index(self.names, name="without"),
        )


def leave_one_covariate_out(
    estimate: Callable[[pd.DataFrame], Effect | PointEstimate],
    covariates: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
    *,
    full: float,
) -> LeaveOneOut:
    """Estimate an effect anew without each covariate in turn.

    A variable whose absence moves the effect is one that confounding ran through; one not on file may be of
    its size.

    Parameters
    ----------
    estimate : callable
        Covariates to the effect, everything else of the comparison being fixed; its value is enough.
    covariates : DataFrame, shape (n, p)
    factors : mapping of str to columns
        What counts as one covariate: the dummy columns of a factor go together. Each column belongs to one.
    full : float
        The effect with all covariates.

    Returns
    -------
    LeaveOneOut

    Raises
    ------
    InputError
        Factors that do not make up the columns.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from hamm_eval.effects import estimate_effect, leave_one_covariate_out
    >>> old = np.tile([0.0, 0, 0, 1, 0, 1, 1, 1], 10)
    >>> treated = np.tile([1, 1, 1, 1, 0, 0, 0, 0], 10)
    >>> goals = 2 - old + np.arange(80) // 8 % 2
    >>> x = pd.DataFrame({"old": old})
    >>> fit = lambda columns: estimate_effect(goals, treated, columns, method="standardisation")
    >>> found = leave_one_covariate_out(fit, x, {"age": ["old"]}, full=fit(x).value)
    >>> round(abs(found.full), 10), round(found.highest, 10), found.most
    (0.0, 0.5, 'age')
    """
    named = [column for columns in factors.values() for column in columns]
    if sorted(named) != sorted(map(str, covariates.columns)):
        raise InputError(
            "Factors do not make up the columns of the covariates.",
            where="factors",
            todo="Name each column once.",
        )
    values = [_without(estimate, covariates.drop(columns=list(columns))) for columns in factors.values()]
    return LeaveOneOut(tuple(factors), np.array(values, dtype=np.float64), float(full))


def _without(estimate: Callable[[Any], Effect | PointEstimate], rest: pd.DataFrame) -> float:
    """The effect with the rest; nan where the rest cannot carry one."""
    try:
        return float(estimate(rest).value)
    except NotEstimable:
        return float("nan")
