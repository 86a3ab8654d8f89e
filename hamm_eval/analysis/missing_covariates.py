"""Covariates of a comparison where some are not recorded: imputed several times, or complete cases only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from hamm_eval.analysis.design_matrix import (
    DesignMatrix,
    SettledCovariates,
    TooSmall,
    columns_of,
    design_matrix,
    settle_covariates,
)
from hamm_eval.cohort import LandmarkTrial
from hamm_eval.cohort.grouping import column_of
from hamm_eval.effects import Effect, estimate_each, impute_covariates, pool_effects
from hamm_eval.estimate import Definition
from hamm_eval.params import EffectQuestion, Group, TargetTrialQuestion

AnyEffect = TypeVar("AnyEffect", bound=Effect)
Answer = TypeVar("Answer")

# At least as many imputations as percent of rows are incomplete (White, Royston and Wood 2011, Statistics in
# Medicine 30, 377-399): then another seed would hardly give another interval.
_LEAST_IMPUTATIONS = 5
_MOST_IMPUTATIONS = 50


@dataclass(frozen=True, slots=True, eq=False)
class TrialCovariates:
    """Covariates of the persons compared.

    Parameters
    ----------
    kept : Series of bool
        Rows of the trial that are compared.
    matrices : tuple of DesignMatrix
        The same columns once per imputation; one where nothing is imputed.
    flow : tuple of (str, int)
        Steps after those of the trial: of how many of its persons a covariate is not recorded
        (``unknown:covariate``), and how many persons are compared.
    """

    kept: pd.Series
    matrices: tuple[DesignMatrix, ...]
    flow: tuple[tuple[str, int], ...]

    def __repr__(self) -> str:
        return f"<TrialCovariates, {len(self.matrices)} times: internal, not released>"

    @property
    def columns(self) -> pd.DataFrame:
        """Columns of the model: those of the first imputation."""
        return self.matrices[0].columns

    def estimate(self, estimator: Callable[[pd.DataFrame], AnyEffect]) -> AnyEffect:
        """The effect that an estimator finds with these columns, pooled over imputations by Rubin's rules.

        Raises
        ------
        NotEstimable
            Not estimable with the columns of some imputation.
        """
        return self.pool(self.each(estimator))

    def each(self, ask: Callable[[pd.DataFrame], Answer]) -> tuple[Answer, ...]:
        """The answers with the columns of each imputation.

        Raises
        ------
        NotEstimable
            Not estimable with the columns of some imputation.
        """
        if len(self.matrices) == 1:
            return (ask(self.columns),)
        return tuple(estimate_each((matrix.columns for matrix in self.matrices), ask))

    def pool(self, effects: Sequence[AnyEffect]) -> AnyEffect:
        """Effects of the imputations, one each, pooled by Rubin's rules; the one where nothing is imputed."""
        return effects[0] if len(effects) == 1 else pool_effects(effects)


def covariates_of(
    trial: LandmarkTrial,
    question: EffectQuestion | TargetTrialQuestion,
    groups: Mapping[str, Group],
    too_small: TooSmall,
    definition: Definition,
    *,
    stream: int = 0,
) -> TrialCovariates:
    """Columns of the adjustment set; what is not recorded is imputed where params ask for it.

    Imputed are levels as the model has them (after combining and merging) and numbers, from the other
    covariates, the arm, the outcome by the horizon and the other members of the household. Levels are judged
    too small, and chosen as references, by the persons whose level is known.

    Parameters
    ----------
    trial : LandmarkTrial
    question : EffectQuestion or TargetTrialQuestion
    groups : Mapping of str to Group
    too_small : callable
        As in `design_matrix`.
    definition : Definition
        Its digest is the seed: the same question on the same data gives the same numbers.
    stream : int
        Tells several imputations for one question apart.

    Returns
    -------
    TrialCovariates

    Raises
    ------
    UsageError, TableAbsent
        As `design_matrix`.
    """
    keys = list(question.adjust_for)
    settled = settle_covariates(trial.rows, keys, groups, too_small, keep_missing=True)
    gaps = settled.table.isna()
    unknown = {key: int(column_of(trial.rows, groups[key], key).isna().sum()) for key in keys}
    steps = tuple((f"unknown:{key}", count) for key, count in unknown.items() if count)
    # Of a covariate that nobody has nothing can be imputed: no case is complete, and the design says so.
    if question.missing == "complete_cases" or not gaps.any(axis=None) or gaps.all().any():
        matrix = design_matrix(trial.rows, keys, groups, too_small)
        return TrialCovariates(matrix.kept, (matrix,), (*steps, ("covariates_known", int(matrix.kept.sum()))))
    matrices = tuple(
        columns_of(settled, table, groups) for table in _imputed(settled, trial, gaps, definition, stream)
    )
    return TrialCovariates(settled.kept, matrices, (*steps, ("covariates_imputed", int(settled.kept.sum()))))


def _imputed(
    settled: SettledCovariates, trial: LandmarkTrial, gaps: pd.DataFrame, definition: Definition, stream: int
) -> list[pd.DataFrame]:
    """Completed tables."""
    rows = trial.rows[settled.kept]
    end = trial.landmark_days + trial.horizon_days
    time = rows["time"].to_numpy(dtype=np.float64)
    incomplete = int(gaps.any(axis=1).sum())
    imputation = impute_covariates(
        settled.table,
        rng=np.random.default_rng([int(definition.digest, 16), stream]),
        treated=rows["treated"].to_numpy(dtype=np.int64),
        # The outcome that the estimate looks at: what happens after the horizon is none of it.
        time=np.minimum(time, end) - trial.landmark_days,
        cause=np.where(time <= end, rows["cause"].to_numpy(dtype=np.int64), 0),
        household=rows["household_id"].to_numpy(dtype=str),
        imputations=imputations_for(incomplete / len(rows)),
    )
    return list(imputation.completed())


def imputations_for(share: float) -> int:
    """Number of imputations for a share of incomplete rows.

    Examples
    --------
    >>> [imputations_for(share) for share in (0.01, 0.12, 0.9)]
    [5, 12, 50]
    """
    return min(max(math.ceil(round(100 * share, 6)), _LEAST_IMPUTATIONS), _MOST_IMPUTATIONS)
