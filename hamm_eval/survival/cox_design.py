"""Covariates of a Cox model: read, named, judged before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import linalg

from hamm_eval.errors import InputError, NotEstimable, Problem
from hamm_eval.inference import FloatArray, IntArray, as_numbers, sum_by
from hamm_eval.survival.risk_sets import blocks

# Below this share of its own length a column is a combination of the others.
RANK_TOLERANCE = 1e-9


def read_covariates(covariates: Any, length: int) -> tuple[FloatArray, tuple[str, ...]]:
    """The covariates as an (n, p) array and their names (x1, x2, ... for arrays)."""
    columns = getattr(covariates, "columns", None)
    advice = "Code categories as columns of 0 and 1."
    if columns is not None:
        names = tuple(str(name) for name in columns)
        if len(set(names)) < len(names):
            raise InputError("Two columns have the same name.", where="covariates")
        values = [as_numbers(covariates[name], str(name), todo=advice) for name in columns]
        x = np.column_stack(values) if values else np.empty((length, 0))
    else:
        x = as_numbers(covariates, "covariates", todo=advice)
        x = x[:, None] if x.ndim == 1 else x
        names = tuple(f"x{j + 1}" for j in range(x.shape[1])) if x.ndim == 2 else ()
    if x.ndim != 2 or x.shape[0] != length:
        raise InputError(f"Expected {length} rows, got an array of shape {x.shape}.", where="covariates")
    if not x.shape[1]:
        raise InputError("There is no covariate.", where="covariates")
    if not all(np.isfinite(x[rows]).all() for rows in blocks(length)):
        missing = (~np.isfinite(x)).sum(axis=0)
        raise InputError.of(
            Problem(
                f"{missing[j]} missing or infinite entries.",
                f"covariates[{names[j]}]",
                "Remove or impute them first.",
            )
            for j in np.flatnonzero(missing)
        )
    return x, names


def refuse_inestimable(x: FloatArray, names: Sequence[str], stratum: IntArray | None) -> None:
    """Refuse columns that do not vary within strata, or that others already contain."""
    whole = list(blocks(x.shape[0]))
    if stratum is None:
        means = np.sum([x[rows].sum(axis=0) for rows in whole], axis=0) / x.shape[0]
    else:
        strata = int(stratum.max()) + 1
        size = np.maximum(np.bincount(stratum, minlength=strata), 1)
        means = sum_by(stratum, x, strata) / size[:, None]
    # Triangles of blocks of rows, then that of the triangles: as of all rows at once, in little memory.
    raw, parts = np.zeros(len(names)), []
    for rows in whole:
        some = np.array(x[rows], order="F")
        raw += np.einsum("ij,ij->j", some, some)
        some -= means if stratum is None else means[stratum[rows]]
        # "raw" keeps what the triangle is taken from and spares a mask as large as the block.
        parts.append(linalg.qr(some, mode="raw", overwrite_a=True, check_finite=False)[1])
    stacked = np.vstack(parts)
    length, raw = np.sqrt(np.sum(stacked**2, axis=0)), np.sqrt(raw)
    still = length <= 1e-12 * np.maximum(raw, 1e-300)
    if still.any():
        within = "" if stratum is None else " within the strata"
        raise NotEstimable.of(
            Problem(f"Does not vary{within}.", f"covariates[{names[j]}]", "Leave it out.")
            for j in map(int, np.flatnonzero(still))
        )
    triangle, pivot = linalg.qr(stacked / length, mode="r", pivoting=True)[:2]
    rest = np.zeros(len(names))
    rest[: min(triangle.shape)] = np.abs(np.diag(triangle))
    contained = pivot[rest <= RANK_TOLERANCE]
    if contained.size:
        raise NotEstimable.of(
            Problem(
                "A combination of the other covariates, so that its coefficient has no one value.",
                f"covariates[{names[j]}]",
                "Leave it or one of the others out.",
            )
            for j in sorted(map(int, contained))
        )


def refuse_separated(x: FloatArray, names: Sequence[str], event: FloatArray) -> None:
    """Refuse columns of two values of which one has no event at all."""
    problems = [
        Problem(
            "One of its two groups has no event, so that the hazard ratio is 0 or infinite.",
            f"covariates[{name}]",
            "Merge groups or leave it out.",
        )
        for j, name in enumerate(names)
        if _is_separated(x[:, j], event)
    ]
    if problems:
        raise NotEstimable.of(problems)


def _is_separated(column: FloatArray, event: FloatArray) -> bool:
    """Whether a column has no more than two values, and those with an event no more than one."""
    seen: set[float] = set()
    of_events: set[float] = set()
    # Block by block: most columns are told by the first of their rows.
    for rows in blocks(column.size):
        some = column[rows]
        low, high = some.min(), some.max()
        seen |= {low, high}
        if len(seen) > 2 or not np.all((some == low) | (some == high)):
            return False
        happened = some[event[rows] == 1]
        if happened.size:
            of_events |= {happened.min(), happened.max()}
    return len(of_events) < 2
