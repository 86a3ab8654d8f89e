"""Covariates as given by a caller, checked once: numbers only, no gaps, no redundant columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hamm_eval.errors import InputError, Problem
from hamm_eval.inference import FloatArray, checked_vector

_DEPENDENT = 1e-9


@dataclass(frozen=True, slots=True)
class DroppedCovariate:
    """A column that was left out of the models, and why (``"constant"`` or ``"collinear"``)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Checked covariates.

    Parameters
    ----------
    names : tuple of str
        Columns that enter the models.
    values : ndarray, shape (n, p)
        The same columns as given.
    scaled : ndarray, shape (n, p)
        Centred, standard deviation 1: the same models, better conditioned.
    dropped : tuple of DroppedCovariate
    given_names, given : tuple of str and ndarray, shape (n, P)
        All columns, those dropped too.
    """

    names: tuple[str, ...]
    values: FloatArray
    scaled: FloatArray
    dropped: tuple[DroppedCovariate, ...]
    given_names: tuple[str, ...]
    given: FloatArray


def checked_covariates(covariates: Any, rows: int, argument: str = "covariates") -> Covariates:
    """Check an (n, p) array, a DataFrame of numeric columns, or None (no covariates).

    Raises
    ------
    InputError
        All columns with text, dates, gaps or a wrong length at once.
    """
    names, columns = _columns(covariates, rows, argument)
    problems: list[Problem] = []
    checked: list[FloatArray] = []
    for name, column in zip(names, columns, strict=True):
        place = f"{argument}, column {name}"
        try:
            checked.append(checked_vector(_numeric(column, place), place, length=rows))
        except InputError as error:
            problems.extend(error.problems)
    if len(set(names)) < len(names):
        problems.append(Problem("Two columns bear the same name.", argument, "Rename one of them."))
    if problems:
        raise InputError.of(problems)
    values = np.column_stack(checked) if checked else np.empty((rows, 0))
    return _independent(names, values)


def _columns(covariates: Any, rows: int, argument: str) -> tuple[list[str], list[Any]]:
    """Names and columns of whatever was given."""
    if covariates is None:
        return [], []
    if hasattr(covariates, "columns"):
        labels = list(covariates.columns)
        # By position: two columns of one name would come back as a frame.
        return [str(label) for label in labels], [covariates.iloc[:, k] for k in range(len(labels))]
    array = np.asarray(covariates)
    if array.ndim != 2:
        raise InputError(f"Expected two dimensions, got {array.ndim}.", where=argument)
    if array.shape[0] != rows:
        raise InputError(f"Expected {rows} rows, got {array.shape[0]}.", where=argument)
    return [f"x{k + 1}" for k in range(array.shape[1])], list(array.T)


def _numeric(column: Any, place: str) -> Any:
    """Refuse what NumPy would turn into numbers in silence: text that looks like a number, dates."""
    array = np.asarray(column)
    text = array.dtype.kind == "O" and any(isinstance(value, (str, bytes)) for value in array)
    if array.dtype.kind in "biuf" or (array.dtype.kind == "O" and not text):
        return array
    raise InputError("Not a column of numbers.", where=place, todo="Turn categories into 0/1 columns first.")


def _independent(names: list[str], values: FloatArray) -> Covariates:
    """Keep columns in the order given; drop constants and what earlier columns already say."""
    kept: list[int] = []
    dropped: list[DroppedCovariate] = []
    scaled: list[FloatArray] = []
    basis: list[FloatArray] = []
    for k, name in enumerate(names):
        column = values[:, k]
        spread = float(column.std())
        if spread <= 1e-12 * max(1.0, float(np.abs(column).max(initial=0.0))):
            dropped.append(DroppedCovariate(name, "constant"))
            continue
        unit = (column - column.mean()) / spread
        rest = unit / np.linalg.norm(unit)
        for _ in range(2):  # once more: rounding leaves a trace of nearly parallel columns
            for direction in basis:
                rest = rest - direction * (direction @ rest)
        if np.linalg.norm(rest) < _DEPENDENT:
            dropped.append(DroppedCovariate(name, "collinear"))
            continue
        basis.append(rest / np.linalg.norm(rest))
        kept.append(k)
        scaled.append(unit)
    matrix = np.column_stack(scaled) if scaled else np.empty((values.shape[0], 0))
    return Covariates(
        tuple(names[k] for k in kept), values[:, kept], matrix, tuple(dropped), tuple(names), values
    )
