"""What `effect_of_starting` refuses: starts before time zero, clocks that do not fit, labels of trials."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.effects.covariates import Covariates, checked_covariates
from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, IntArray, labels_to_codes, refuse_where


def checked_start(start: ArrayLike, rows: int) -> FloatArray:
    """Positive days, infinite where the measure never began."""
    try:
        found = np.asarray(start, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("Not all entries are numbers.", where="start") from None
    if found.shape != (rows,):
        raise InputError(f"Expected {rows} entries, got an array of shape {found.shape}.", where="start")
    refuse_where(np.isnan(found), "start", "Missing entries", "Give infinity where the measure never began.")
    refuse_where(
        found <= 0, "start", "Starts at or before time zero", "Who has begun is not at risk in that trial."
    )
    return found


def checked_trials(trial: ArrayLike | None, rows: int) -> tuple[IntArray, Any] | None:
    """Codes and labels of the trials; None for a single one."""
    if trial is None:
        return None
    codes, labels = labels_to_codes(trial, "trial", length=rows)
    return (codes, labels) if len(labels) > 1 else None


def with_trials(given: Covariates, trial: IntArray, labels: Any, rows: int) -> Covariates:
    """Covariates and a column for every trial but the largest."""
    import pandas as pd

    size = np.bincount(trial)
    others = [code for code in range(size.size) if code != int(size.argmax())]
    columns = [given.given, *((trial == code).astype(float)[:, None] for code in others)]
    names = (*given.given_names, *(f"trial={labels[code]}" for code in others))
    return checked_covariates(pd.DataFrame(np.hstack(columns), columns=list(names)), rows)


def check_clock(time: FloatArray, horizon: float, grace: float, of: int) -> None:
    """Times after time zero, a grace period before the horizon, a cause that is one."""
    refuse_where(time <= 0, "time", "Times not after time zero", "Exclude and count who ended by then.")
    if not (np.isfinite(horizon) and horizon > 0):
        raise InputError("Must be a finite time after time zero.", where="horizon")
    if not 0 < grace <= horizon:
        raise InputError("Must be positive and end by the horizon.", where="grace")
    if of < 1:
        raise InputError("Causes are numbered from 1; 0 is censoring.", where="of")
