"""An effect estimated with imputed covariates, in one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.imputation import impute_covariates
from hamm_eval.effects.imputation_results import Imputation
from hamm_eval.effects.pooled_effect import AnyEffect, pool_effects, pool_values
from hamm_eval.effects.rubin import Pooled
from hamm_eval.errors import NotEstimable, Problem

if TYPE_CHECKING:
    import pandas as pd

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, eq=False)
class ImputedEffect(Generic[AnyEffect]):
    """An effect estimated with imputed covariates.

    Parameters
    ----------
    effect : Effect or HorizonEffect
        As the estimator returns it, pooled; what the estimator itself returned where nothing is missing.
    pooled : Pooled or None
        How the pooled value came about (of a ratio: its logarithm), with the fraction of information missing;
        None where nothing is missing.
    imputation : Imputation
        Counts of what is missing, and how the chains went.
    """

    effect: AnyEffect
    pooled: Pooled | None
    imputation: Imputation

    def __repr__(self) -> str:
        return f"<ImputedEffect, {self.imputation.imputations} imputations: internal, not released>"


def impute_and_estimate(
    covariates: pd.DataFrame,
    estimate: Callable[[pd.DataFrame], AnyEffect],
    *,
    rng: np.random.Generator,
    treated: ArrayLike | None = None,
    time: ArrayLike | None = None,
    cause: ArrayLike | None = None,
    outcome: ArrayLike | None = None,
    household: ArrayLike | None = None,
    imputations: int = 20,
    iterations: int = 10,
) -> ImputedEffect[AnyEffect]:
    """Estimate an effect on each completed table and pool the estimates.

    Parameters
    ----------
    covariates : DataFrame, shape (n, p)
        As in `impute_covariates`.
    estimate : callable
        A completed table to an `Effect`, as ``lambda table: estimate_effect(y, treated, dummies(table))``.
    rng, treated, time, cause, outcome, household, imputations, iterations
        As in `impute_covariates`. Give arm and outcome: covariates imputed without them hide confounding.

    Returns
    -------
    ImputedEffect

    Raises
    ------
    InputError
        As `impute_covariates`.
    NotEstimable
        The effect cannot be estimated on some completed table; it says on how many.

    Notes
    -----
    In a bootstrap call it in every resample: imputations drawn once before would be taken for data.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from hamm_eval.effects import estimate_effect, impute_and_estimate
    >>> rng = np.random.default_rng(7)
    >>> age = rng.normal(35, 10, 400)
    >>> treated = rng.binomial(1, 1 / (1 + np.exp((age - 35) / 10)))
    >>> goals = treated - age / 10 + rng.normal(size=400)
    >>> table = pd.DataFrame({"age": np.where(rng.random(400) < 0.2, np.nan, age)})
    >>> found = impute_and_estimate(
    ...     table, lambda done: estimate_effect(goals, treated, done), treated=treated, outcome=goals, rng=rng
    ... )
    >>> found.effect.lower < 1 < found.effect.upper, int(found.imputation.missing.loc["age", "missing"])
    (True, 75)
    """
    imputation = impute_covariates(
        covariates,
        rng=rng,
        treated=treated,
        time=time,
        cause=cause,
        outcome=outcome,
        household=household,
        imputations=imputations,
        iterations=iterations,
    )
    if not imputation.incomplete:
        return ImputedEffect(estimate(covariates.copy()), None, imputation)
    effects = estimate_each(imputation.completed(), estimate)
    return ImputedEffect(pool_effects(effects), pool_values(effects), imputation)


def estimate_each(tables: Any, estimate: Callable[[Any], Answer]) -> list[Answer]:
    """Effects, or what they are read off from, on several completed tables.

    Raises
    ------
    NotEstimable
        If it is not estimable on some of them: leaving these out would choose among the imputations.
    """
    found: list[Answer] = []
    problems: list[Problem] = []
    failed = 0
    for table in tables:
        try:
            found.append(estimate(table))
        except NotEstimable as error:
            failed += 1
            problems += [problem for problem in error.problems if problem not in problems]
    if failed:
        raise NotEstimable.of(
            problems, f"Not estimable on {failed} of {failed + len(found)} tables with imputed covariates."
        )
    return found
