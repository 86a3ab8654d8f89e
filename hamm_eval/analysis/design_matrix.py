"""Covariates of a model: dummies against the most frequent level, small levels merged or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from hamm_eval.cohort.grouping import column_of, is_number, levels_in_order, levels_of, merge_small
from hamm_eval.errors import UsageError
from hamm_eval.params import Group

TooSmall = Callable[[pd.Series], pd.Series]


@dataclass(frozen=True, slots=True, eq=False)
class DesignMatrix:
    """Columns of a model and what they stand for.

    Parameters
    ----------
    columns : DataFrame of float, shape (rows kept, p)
        Named ``factor`` (a number) or ``factor=level``.
    kept : Series of bool, shape (n,)
        Rows in the model: no covariate missing, no level left out.
    factors : dict of str to Series
        Level of each row kept, per factor that is no number.
    terms : tuple of (factor, level)
        One per column; level "" for a number.
    references : tuple of (factor, level)
    merged : dict of str to tuple of str
        ``factor=level`` to the levels it consists of.
    left_out : tuple of str
        ``factor=level`` of levels too small that could not be merged: their persons are not in the model.
    reasons : DataFrame
        `factor` and `level` of the rows not kept: the first covariate without an entry (level "") or in a
        level left out.
    """

    columns: pd.DataFrame
    kept: pd.Series
    factors: dict[str, pd.Series]
    terms: tuple[tuple[str, str], ...]
    references: tuple[tuple[str, str], ...]
    merged: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    reasons: pd.DataFrame

    def __repr__(self) -> str:
        return f"<DesignMatrix {len(self.terms)} columns: internal, not released>"


@dataclass(frozen=True, slots=True, eq=False)
class SettledCovariates:
    """Which rows and levels a model may have, before its columns are made.

    Parameters
    ----------
    table : DataFrame, shape (rows kept, covariates)
        Numbers as float, levels after merging as text; missing entries only where they were to be kept.
    kept : Series of bool, shape (n,)
    numbers : tuple of str
        Covariates that enter as numbers.
    merged, left_out, reasons
        As in `DesignMatrix`.
    """

    table: pd.DataFrame
    kept: pd.Series
    numbers: tuple[str, ...]
    merged: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    reasons: pd.DataFrame

    def __repr__(self) -> str:
        return f"<SettledCovariates {len(self.table.columns)} covariates: internal, not released>"


def design_matrix(
    rows: pd.DataFrame,
    covariates: Sequence[str],
    groups: Mapping[str, Group],
    too_small: TooSmall,
    *,
    references: Mapping[str, str] | None = None,
) -> DesignMatrix:
    """Covariates of the rows that can be modelled.

    Parameters
    ----------
    rows : DataFrame
    covariates : sequence of str
        Keys of `groups`. Numeric columns without cuts or named levels enter as numbers, yes/no columns
        against "no", all others against their most frequent level.
    groups : Mapping of str to Group
    too_small : callable
        Levels (a Series on some of the rows) to whether each of them is too small.
    references : Mapping of str to str, optional
        Level that others of a covariate are compared with, where it is among them: models that stand beside
        each other compare with the same.

    Returns
    -------
    DesignMatrix

    Raises
    ------
    UsageError
        A covariate that params do not name, or a column that the cohort lacks.
    TableAbsent
        The export lacks the table that a column comes from.
    """
    settled = settle_covariates(rows, covariates, groups, too_small)
    return columns_of(settled, settled.table, groups, references or {})


def settle_covariates(
    rows: pd.DataFrame,
    covariates: Sequence[str],
    groups: Mapping[str, Group],
    too_small: TooSmall,
    *,
    keep_missing: bool = False,
) -> SettledCovariates:
    """Merge small levels and leave out those that stay too small; arguments and errors as `design_matrix`.

    `keep_missing` keeps rows with missing covariates, to be imputed. Levels are judged by those known.
    """
    unknown = [key for key in covariates if key not in groups]
    if unknown:
        raise UsageError(
            f"Params name no group {', '.join(unknown)}.",
            where="covariates",
            todo=f"Known: {', '.join(groups) or 'none'}.",
        )
    kept = pd.Series(True, index=rows.index)
    left_out: list[str] = []
    reasons = pd.DataFrame({"factor": None, "level": None}, index=rows.index, dtype=object)
    while True:
        # Leaving rows out can make another level too small: repeat until nothing changes.
        factors, merged, dropped, lost = _levels(
            rows[kept], covariates, groups, too_small, keep_missing=keep_missing
        )
        left_out += [name for name in dropped if name not in left_out]
        if lost.empty:
            break
        reasons.loc[lost.index] = lost
        kept = reasons["factor"].isna()
    numbers = tuple(key for key in covariates if key not in factors)
    table = {
        key: column_of(rows[kept], groups[key], key).astype("float64") if key in numbers else factors[key]
        for key in covariates
    }
    frame = pd.DataFrame(table, index=rows.index[kept])
    return SettledCovariates(frame, kept, numbers, merged, tuple(left_out), reasons[~kept])


def columns_of(
    settled: SettledCovariates,
    table: pd.DataFrame,
    groups: Mapping[str, Group],
    references: Mapping[str, str] = MappingProxyType({}),
) -> DesignMatrix:
    """Columns of a model from `settled.table`, or from it with missing entries imputed.

    References and their order are those of the known levels, so that all imputations have the same columns.
    """
    columns: dict[str, pd.Series] = {}
    terms: list[tuple[str, str]] = []
    compared_with: list[tuple[str, str]] = []
    for key in table.columns:
        if key in settled.numbers:
            columns[key] = table[key]
            terms.append((key, ""))
            continue
        reference = reference_of(settled.table[key], references.get(key))
        if reference is None:
            continue
        compared_with.append((key, reference))
        for level in levels_in_order(settled.table[key], groups[key]):
            if level != reference:
                columns[f"{key}={level}"] = (table[key] == level).astype("float64")
                terms.append((key, level))
    frame = pd.DataFrame(columns, index=table.index, dtype=np.float64)
    factors = {key: table[key] for key in table.columns if key not in settled.numbers}
    return DesignMatrix(
        frame,
        settled.kept,
        factors,
        tuple(terms),
        tuple(compared_with),
        settled.merged,
        settled.left_out,
        settled.reasons,
    )


def _levels(
    rows: pd.DataFrame,
    covariates: Sequence[str],
    groups: Mapping[str, Group],
    too_small: TooSmall,
    *,
    keep_missing: bool,
) -> tuple[dict[str, pd.Series], dict[str, tuple[str, ...]], list[str], pd.DataFrame]:
    """Merged levels of every factor, what was merged, what remains too small, and why rows are lost."""
    factors: dict[str, pd.Series] = {}
    merged: dict[str, tuple[str, ...]] = {}
    dropped: list[str] = []
    lost = pd.DataFrame({"factor": None, "level": None}, index=rows.index, dtype=object)

    def lose(which: pd.Series, key: str, level: str = "") -> None:
        lost.loc[which & lost["factor"].isna()] = [key, level]

    for key in covariates:
        group = groups[key]
        if not keep_missing:
            lose(column_of(rows, group, key).isna(), key)
        if is_number(rows, group, key):
            continue
        found = merge_small(levels_of(rows, group, key), group.merge, too_small)
        small = too_small(found.values)
        gone = [str(level) for level in small.index[small]]
        if not keep_missing:
            lose(found.values.isna(), key)
        for level in gone:
            lose((found.values == level).fillna(False).astype(bool), key, level)
        factors[key] = found.values
        merged |= {
            f"{key}={level}": of for level, of in found.merged.items() if len(of) > 1 or of != (level,)
        }
        dropped += [f"{key}={level}" for level in gone]
    return factors, merged, dropped, lost[lost["factor"].notna()]


def reference_of(values: pd.Series, asked: str | None = None) -> str | None:
    """The level asked for, "no" of a yes/no column, the most frequent one, of equals the alphabet's first."""
    counts = values.value_counts()
    if counts.empty:
        return None
    if asked in counts.index:
        return asked
    if set(counts.index) == {"no", "yes"}:
        return "no"
    return str(min(counts.index[counts == counts.max()]))
