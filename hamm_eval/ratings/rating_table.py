"""Tables of ratings: things rated by several raters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, as_numbers, refuse_where


def complete_table(ratings: ArrayLike) -> FloatArray:
    """Numbers of shape (subjects, raters), none missing, at least two each way.

    Raises
    ------
    InputError
        Another number of dimensions, entries that are missing or no numbers.
    NotEstimable
        Fewer than two subjects or raters.
    """
    table = as_numbers(ratings, "ratings")
    if table.ndim != 2:
        raise InputError(f"Expected two dimensions, got {table.ndim}.", where="ratings")
    incomplete = np.asarray(~np.isfinite(table).all(axis=1))
    refuse_where(incomplete, "ratings", "Missing or infinite entries", "Leave out who is not rated by all.")
    if min(table.shape) < 2:
        raise NotEstimable("At least two subjects and two raters are needed.", where="ratings")
    return table
