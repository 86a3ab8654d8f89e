"""Shares of persons in the states of a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hamm_eval.estimate.base import Estimate, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StateShares(Estimate):
    """Shares of persons in each state of a path.

    Parameters
    ----------
    path : str
        Key of the path in params.
    states : tuple of str
    times : tuple of int
        Days since the origin at which shares are told.
    horizons : tuple of int
        Those of them that are tabulated.
    persons : int
    known : ndarray of int, shape (times,)
        Persons whose state at each time is known: whom follow-up has not ended for.
    fit : survival.StateOccupation
    """

    path: str
    states: tuple[str, ...]
    times: tuple[int, ...]
    horizons: tuple[int, ...]
    persons: int
    known: IntArray
    fit: Any
