"""A table with gaps as numbers: which values are known, and what each column says of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hamm_eval.errors import InputError, Problem
from hamm_eval.inference import FloatArray, IntArray, distinct_and_ranks, sum_by

if TYPE_CHECKING:
    import pandas as pd

# The model of a category has a coefficient for each level and predictor: beyond this it says nothing.
_MOST_LEVELS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: numbers, or codes of its levels; `known` says which rows have a value.

    Parameters
    ----------
    name : str
    kind : "number" or "category"
    known : ndarray of bool, shape (n,)
    values : ndarray, shape (n,)
        Numbers, or codes 0..K-1 with the most frequent level first; 0 where unknown.
    levels : tuple
        Of a category, as they stand in the table.
    centre, scale : ndarray
        Of its predictors, among the known values.
    """

    name: str
    kind: Literal["number", "category"]
    known: NDArray[np.bool_]
    values: FloatArray
    levels: tuple[Any, ...]
    centre: FloatArray
    scale: FloatArray

    def predictors(self, values: FloatArray) -> FloatArray:
        """The number, or one 0/1 column a level but the first, brought to mean 0 and standard deviation 1."""
        return (self._raw(values) - self.centre) / self.scale

    def _raw(self, values: FloatArray) -> FloatArray:
        if self.kind == "number":
            return values[:, None]
        return (values[:, None] == np.arange(1, len(self.levels))).astype(np.float64)


def read_columns(table: pd.DataFrame) -> tuple[Column, ...]:
    """The columns of a table of covariates.

    Raises
    ------
    InputError
        Dates, infinite numbers, columns without any value, gaps in categories of too many levels, two columns
        of one name: all at once.
    """
    problems: list[Problem] = []
    names = [str(name) for name in table.columns]
    if len(set(names)) < len(names):
        problems.append(Problem("Two columns bear the same name.", "covariates", "Rename one of them."))
    found = []
    for k, name in enumerate(names):
        # By position: two columns of one name would come back as a frame.
        try:
            found.append(_read(table.iloc[:, k], name))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError.of(problems)
    return tuple(found)


def _read(column: pd.Series, name: str) -> Column:
    """One column."""
    place = f"covariates, column {name}"
    known = column.notna().to_numpy(dtype=bool)
    given = column[known]
    kind = getattr(column.dtype, "kind", "O")
    if kind in "mM":
        raise InputError("A column of dates.", where=place, todo="Count days from a fixed day instead.")
    if not known.any():
        raise InputError("No value is known.", where=place, todo="Leave the column out.")
    if kind in "iuf":
        numbers = np.zeros(known.size)
        numbers[known] = given.to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).all():
            raise InputError("Infinite entries.", where=place, todo="Mark them as missing, or correct them.")
        if not np.isin(numbers[known], (0, 1)).all():
            return _scaled(name, "number", known, numbers, ())
    levels, codes = _levels(given)
    if len(levels) > _MOST_LEVELS and not known.all():
        raise InputError(
            f"A category of more than {_MOST_LEVELS} levels cannot be imputed.",
            where=place,
            todo="Merge levels that are alike.",
        )
    values = np.zeros(known.size)
    values[known] = codes
    return _scaled(name, "category", known, values, levels)


def _levels(given: pd.Series) -> tuple[tuple[Any, ...], IntArray]:
    """Levels that occur, the most frequent first, and the code of each row."""
    entries = list(given)
    counts: dict[Any, int] = {}
    for entry in entries:
        counts[entry] = counts.get(entry, 0) + 1
    # By name among equals, so that the order of the rows does not matter.
    levels = tuple(sorted(counts, key=lambda level: (-counts[level], str(level))))
    code = {level: k for k, level in enumerate(levels)}
    return levels, np.array([code[entry] for entry in entries], dtype=np.int64)


def _scaled(
    name: str,
    kind: Literal["number", "category"],
    known: NDArray[np.bool_],
    values: FloatArray,
    levels: tuple[Any, ...],
) -> Column:
    """A column with the centre and scale of its predictors."""
    width = 1 if kind == "number" else len(levels) - 1
    plain = Column(name, kind, known, values, levels, np.zeros(width), np.ones(width))
    seen = plain.predictors(values)[known]
    spread = seen.std(axis=0)
    return Column(name, kind, known, values, levels, seen.mean(axis=0), np.where(spread > 0, spread, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """Who lives together: for means over the other members."""

    codes: IntArray
    others: FloatArray  # number of other members of each row

    @classmethod
    def of(cls, codes: IntArray) -> Households:
        """From codes 0..G-1."""
        return cls(codes, (np.bincount(codes)[codes] - 1).astype(np.float64))

    def means_of_others(self, values: FloatArray) -> FloatArray:
        """Mean over the other members, 0 (the mean of all) for who lives alone; `values` (n, p)."""
        total = sum_by(self.codes, values, int(self.codes.max()) + 1)[self.codes]
        return (total - values) / np.maximum(self.others, 1.0)[:, None] * (self.others > 0)[:, None]

    def alone(self) -> FloatArray:
        """1 for who has no other member in the table, shape (n, 1)."""
        return (self.others == 0).astype(np.float64)[:, None]


def outcome_predictors(time: FloatArray, cause: IntArray) -> FloatArray:
    """What a survival outcome says of missing covariates: each cause's indicator and cumulative hazard.

    Parameters
    ----------
    time : ndarray, shape (n,)
    cause : ndarray of int, shape (n,)
        0 = censored.

    Returns
    -------
    ndarray, shape (n, 2 * causes)
        For each cause that occurs whether it happened, and its Nelson-Aalen estimate at the row's time.

    References
    ----------
    White, I. R. and Royston, P. (2009). Imputing missing covariate values for the Cox model. Statistics in
    Medicine 28, 1982-1998.

    Examples
    --------
    >>> import numpy as np
    >>> outcome_predictors(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1, 0, 1, 0]))[:, 1].round(3).tolist()
    [0.25, 0.583, 0.583, 0.583]
    """
    points, rank = distinct_and_ranks(time)
    at_risk = time.size - np.concatenate([[0], np.cumsum(np.bincount(rank))[:-1]])
    columns: list[FloatArray] = []
    for code in np.unique(cause[cause > 0]):
        happened = (cause == code).astype(np.float64)
        hazard = np.cumsum(np.bincount(rank, weights=happened, minlength=points.size) / at_risk)
        columns += [happened, hazard[rank]]
    return np.column_stack(columns) if columns else np.empty((time.size, 0))


def standardised(columns: FloatArray) -> Iterator[FloatArray]:
    """Columns (n, 1) at mean 0 and standard deviation 1; those that do not vary are left out."""
    for column in columns.T:
        spread = float(column.std())
        if spread > 1e-12 * max(1.0, float(np.abs(column).max(initial=0.0))):
            yield ((column - column.mean()) / spread)[:, None]
