"""A model written as a formula, ``~ age_group * sex + C(origin) + log(age)``: read, never executed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hamm_eval.cohort.grouping import column_of
from hamm_eval.errors import Problem, UsageError
from hamm_eval.nearest import did_you_mean
from hamm_eval.params import Group, Label

# What may stand in a formula besides names: it may come from a file, so that nothing in it is evaluated.
_FACTOR = re.compile(
    r"(?:(?P<call>C|log|sqrt)\((?P<inner>\w+)\)|I\((?P<squared>\w+) ?\*\* ?2\)|(?P<plain>\w+))"
)
_ALLOWED = "Allowed are names, C(name), log(name), sqrt(name), I(name**2), and + : * between them."


@dataclass(frozen=True, slots=True)
class Factor:
    """One name of a formula, and what is done with it: "", "C", "log", "sqrt" or "square"."""

    name: str
    change: str = ""

    @property
    def key(self) -> str:
        """How the covariate is called in the model."""
        return f"{self.change.lower()}_{self.name}" if self.change not in ("", "C") else self.name


@dataclass(frozen=True, slots=True)
class ModelFormula:
    """Covariates in their order, and pairs of them whose product enters besides."""

    factors: tuple[Factor, ...]
    interactions: tuple[tuple[str, str], ...]

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates."""
        return tuple(factor.key for factor in self.factors)


def read_formula(text: str, known: Collection[str]) -> ModelFormula:
    """Read a formula of the names known.

    Parameters
    ----------
    text : str
        The right side, with or without its ``~``.
    known : collection of str

    Returns
    -------
    ModelFormula

    Raises
    ------
    UsageError
        All that is wrong: no formula, a left side, code, names that are not known (with the nearest one), a
        product without its factors or of more than two.

    Examples
    --------
    >>> read_formula("~ age_group * sex + log(age)", ["age_group", "sex", "age"]).interactions
    (('age_group', 'sex'),)
    """
    terms = _terms(text)
    problems: list[Problem] = []
    factors: dict[str, Factor] = {}
    products: list[tuple[str, str]] = []
    for term in terms:
        read = [_factor(expression, known, problems) for expression in term]
        found = [factor for factor in read if factor is not None]
        if len(found) < len(read):
            continue
        if len(found) == 1:
            factors.setdefault(found[0].key, found[0])
        elif len(found) == 2:
            products.append((found[0].key, found[1].key))
        else:
            problems.append(Problem("A product of more than two is not offered.", "formula"))
    problems += [
        Problem("A product needs its factors beside it.", "formula", f"Write {one} * {other}.")
        for one, other in products
        if not {one, other} <= factors.keys()
    ]
    if not factors and not problems:
        problems.append(Problem("The formula names no covariate.", "formula", _ALLOWED))
    if problems:
        raise UsageError.of(dict.fromkeys(problems))
    return ModelFormula(tuple(factors.values()), tuple(dict.fromkeys(products)))


def names_in(text: str) -> set[str]:
    """All words of a formula, be they covariates or not.

    Examples
    --------
    >>> sorted(names_in("~ sex + C(origin)"))
    ['C', 'origin', 'sex']
    """
    return set(re.findall(r"[^\W\d]\w*", text))


def _terms(text: str) -> list[list[str]]:
    """The terms of the right side, each as its factors' texts, the intercept aside."""
    # Importing it takes a second: only who writes a formula waits.
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        formula = Formula(text)
    except (FormulaicError, SyntaxError, ValueError, TypeError, RecursionError):
        raise UsageError("This is no formula.", where="formula", todo=_ALLOWED) from None
    if hasattr(formula, "lhs") or hasattr(formula, "rhs"):
        raise UsageError(
            "The left side of the formula is the endpoint, which is named before it.",
            where="formula",
            todo='Write only the right side, as "~ age_group + sex".',
        )
    terms = [[factor.expr for factor in term.factors] for term in formula]
    if ["1"] not in terms:
        raise UsageError(
            "A hazard model has no intercept to leave out.", where="formula", todo="Drop the 0 or the -1."
        )
    return [term for term in terms if term != ["1"]]


def _factor(expression: str, known: Collection[str], problems: list[Problem]) -> Factor | None:
    """One factor, or None and a problem noted."""
    found = _FACTOR.fullmatch(expression)
    if found is None:
        problems.append(Problem("The formula holds more than names.", "formula", _ALLOWED))
        return None
    name = found["inner"] or found["squared"] or found["plain"]
    if name not in known:
        problems.append(
            Problem(f"There is no covariate {name}.", "formula", did_you_mean(name, sorted(known)))
        )
        return None
    return Factor(name, "square" if found["squared"] else found["call"] or "")


def formula_columns(
    rows: pd.DataFrame, formula: ModelFormula, groups: Mapping[str, Group]
) -> tuple[pd.DataFrame, dict[str, Group]]:
    """The rows with the columns that a formula makes, and each of its covariates as a group.

    Raises
    ------
    UsageError
        A transform of what is no number, or outside of where it is defined.
    """
    made: dict[str, Group] = {}
    for factor in formula.factors:
        group = groups.get(factor.name)
        column = factor.name if group is None else str(column_of(rows, group, factor.name).name)
        if factor.change == "C" and pd.api.types.is_numeric_dtype(rows[column].dtype):
            rows = rows.assign(**{f"{column}_category": rows[column].astype("string")})
            made[factor.key] = _group(factor.key, f"{column}_category")
        elif factor.change not in ("", "C"):
            rows = rows.assign(**{f"{factor.key}_number": _transformed(rows[column], factor)})
            made[factor.key] = _group(factor.key, f"{factor.key}_number")
        else:
            made[factor.key] = group or _group(factor.key, column)
    return rows, made


def _group(name: str, column: str) -> Group:
    """A column as a group that params do not name."""
    return Group(label=Label(de=name, en=name), column=column)


def _transformed(values: pd.Series, factor: Factor) -> pd.Series:
    """A number changed as the formula says."""
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        raise UsageError(f"{factor.name} is no number.", where="formula", todo="Name it without a transform.")
    numbers = values.astype("float64")
    if factor.change == "square":
        return numbers**2
    if (numbers < 0).any() or (factor.change == "log" and (numbers == 0).any()):
        raise UsageError(
            f"{factor.name} has entries without a {factor.change}.",
            where="formula",
            todo="Use another transform.",
        )
    changed = np.log(numbers) if factor.change == "log" else np.sqrt(numbers)
    return pd.Series(changed, index=values.index)
