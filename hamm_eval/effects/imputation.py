"""Multiple imputation of missing covariates by chained equations, with household structure.

Written here although statsmodels has a MICE (`MICEData`, read in version 0.15): that one imputes by matching
on one predicted number, which an unordered category does not have; it takes its imputations one after another
from a single chain, which tells nothing of convergence; it hands out the table that it goes on editing, and
drops rows in which everything is missing; and nothing in it knows who lives together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.checks import Collector
from hamm_eval.effects.imputation_chain import Chain
from hamm_eval.effects.imputation_results import Imputation
from hamm_eval.effects.imputation_table import (
    Column,
    Households,
    outcome_predictors,
    read_columns,
    standardised,
)
from hamm_eval.errors import InputError, Problem
from hamm_eval.inference import (
    FloatArray,
    checked_binary,
    checked_codes,
    checked_vector,
    labels_to_codes,
    refuse_where,
)

if TYPE_CHECKING:
    import pandas as pd


def impute_covariates(
    covariates: pd.DataFrame,
    *,
    rng: np.random.Generator,
    treated: ArrayLike | None = None,
    time: ArrayLike | None = None,
    cause: ArrayLike | None = None,
    outcome: ArrayLike | None = None,
    household: ArrayLike | None = None,
    imputations: int = 20,
    iterations: int = 10,
) -> Imputation:
    """Draw missing covariates several times from what is known of a row and of its household.

    Numbers are drawn by predictive mean matching (so that an age stays a possible age), yes/no columns and
    numbers that are 0 or 1 by a logistic, unordered categories by a multinomial logistic model; the models'
    parameters are drawn too. Predictors of a column are all other covariates, the arm, the outcome, and the
    means of all covariates (of its own too) over the *other* members of the household.

    Parameters
    ----------
    covariates : DataFrame, shape (n, p)
        Numbers, yes/no, or categories, with missing entries; a category of over 20 levels must have none.
    rng : numpy.random.Generator
    treated : array_like of 0 and 1, shape (n,), optional
    time, cause : array_like, shape (n,), optional
        A survival outcome, 0 = censored; times from a common time zero, cut at the horizon if the effect is
        one at a horizon. Both or neither.
    outcome : array_like, shape (n,), optional
        A complete outcome.
    household : array_like of labels, shape (n,), optional
    imputations, iterations : int
        Independent chains, and rounds of each before its values are taken.

    Returns
    -------
    Imputation

    Raises
    ------
    InputError
        Arguments that cannot be used, all at once.
    NotEstimable
        A model of a category that does not converge.

    Notes
    -----
    Means over the others carry what a household shares into the imputed values: where all members have the
    same value it is nearly known. This stands for a random intercept; it treats the mean of one other
    member as it does that of five, and gives no household a variance of its own, so that with households of
    very different size the likeness of their members comes out slightly off. Entries must be missing at
    random given all these predictors. An effect that differs between arms by a missing covariate is imputed
    as if it did not.

    References
    ----------
    van Buuren, S. and Groothuis-Oudshoorn, K. (2011). mice: multivariate imputation by chained equations in
    R. J. Statistical Software 45(3).
    White, I. R. and Royston, P. (2009). Imputing missing covariate values for the Cox model. Statistics in
    Medicine 28, 1982-1998.
    Grund, S., Lüdtke, O. and Robitzsch, A. (2018). Multiple imputation of missing data for multilevel models.
    Organizational Research Methods 21, 111-149.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from hamm_eval.effects import impute_covariates
    >>> table = pd.DataFrame({"age": [20.0, 30.0, None, 50.0], "sex": ["f", "m", "f", None]})
    >>> imputation = impute_covariates(table, rng=np.random.default_rng(1), imputations=2)
    >>> imputation.missing["missing"].to_dict(), imputation.incomplete
    ({'age': 1, 'sex': 1}, 2)
    >>> [int(completed.isna().sum().sum()) for completed in imputation.completed()]
    [0, 0]
    """
    import pandas as pd

    check = Collector()
    if not isinstance(covariates, pd.DataFrame):
        raise InputError("Expected a DataFrame.", where="covariates")
    rows = len(covariates)
    none: tuple[Column, ...] = ()
    columns = check.take(lambda: read_columns(covariates), none)
    arm, seen = _outcome_columns(check, rows, treated, time, cause, outcome)
    homes = None
    if household is not None:
        codes = check.take(lambda: labels_to_codes(household, "household", length=rows)[0], None)
        homes = None if codes is None or not codes.size else Households.of(codes)
    for value, least, argument in ((imputations, 2, "imputations"), (iterations, 1, "iterations")):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            check.problems.append(Problem(f"Must be a whole number of at least {least}.", argument))
    if not isinstance(rng, np.random.Generator):
        check.problems.append(
            Problem("Not a random generator.", "rng", "Pass numpy.random.default_rng(seed).")
        )
    check.finish()

    fixed = list(standardised(seen))
    if homes is not None:
        fixed += standardised(homes.alone())
    around = np.column_stack([np.ones((rows, 1)), *fixed])
    gaps = [j for j, column in enumerate(columns) if not column.known.all()]
    chains = [Chain(columns, around, homes, rng) for _ in range(imputations)] if gaps else []
    trace = np.array([[chain.round(gaps) for chain in chains] for _ in range(iterations if gaps else 0)])
    return Imputation(
        covariates=covariates.copy(),
        drawn={
            covariates.columns[j]: tuple(_in_table(columns[j], chain.values[j]) for chain in chains)
            for j in gaps
        },
        missing=_missing(columns, arm),
        incomplete=int((~np.logical_and.reduce([c.known for c in columns])).sum()) if columns else 0,
        imputations=int(imputations),
        trace={columns[j].name: trace[:, :, at] for at, j in enumerate(gaps)},
    )


def _outcome_columns(
    check: Collector,
    rows: int,
    treated: ArrayLike | None,
    time: ArrayLike | None,
    cause: ArrayLike | None,
    outcome: ArrayLike | None,
) -> tuple[FloatArray | None, FloatArray]:
    """The arm, and all that arm and outcome say, shape (n, q)."""
    found: list[FloatArray] = []
    arm = None
    if treated is not None:
        arm = check.take(lambda: checked_binary(treated, "treated", length=rows), np.zeros(rows))
        found.append(arm)
    if (time is None) != (cause is None):
        check.problems.append(Problem("Time and cause belong together.", "time, cause", "Give both."))
    elif time is not None and cause is not None:
        t = check.take(lambda: _times(time, rows), np.zeros(rows))
        code = check.take(lambda: checked_codes(cause, "cause", length=rows), np.zeros(rows, dtype=np.int64))
        found.append(outcome_predictors(t, code))
    if outcome is not None:
        found.append(check.take(lambda: checked_vector(outcome, "outcome", length=rows), np.zeros(rows)))
    return arm, np.column_stack(found) if found else np.empty((rows, 0))


def _times(time: ArrayLike, rows: int) -> FloatArray:
    """Times from time zero on."""
    found = checked_vector(time, "time", length=rows)
    refuse_where(found < 0, "time", "Times before time zero", "Exclude and count who ended before it.")
    return found


def _in_table(column: Column, values: FloatArray) -> Any:
    """Values drawn for the gaps, as they stand in the table."""
    drawn = values[~column.known]
    if column.kind == "number":
        drawn.setflags(write=False)
        return drawn
    return [column.levels[int(code)] for code in drawn]


def _missing(columns: tuple[Column, ...], arm: FloatArray | None) -> pd.DataFrame:
    """Counts of gaps."""
    import pandas as pd

    counts = {"missing": [int((~column.known).sum()) for column in columns]}
    if arm is not None:
        counts["treated"] = [int((~column.known & (arm == 1)).sum()) for column in columns]
        counts["control"] = [int((~column.known & (arm == 0)).sum()) for column in columns]
    index = pd.Index([column.name for column in columns], name="covariate", dtype=object)
    return pd.DataFrame(counts, index=index, dtype="int64")
