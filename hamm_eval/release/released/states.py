"""Released shares in the states of a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from hamm_eval.release.released.base import Cell, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedShare:
    """A share with its interval; None where few persons stand behind it.

    `bound` is "over_95" where nearly all have something sensitive, `linked` says that together with other
    figures it would tell a small number: then the value is None too.
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    bound: Literal["", "over_95"] = ""
    linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedStates(Release):
    """Shares of persons in each state of a path.

    `times` in days since the origin, `horizons` those that are tabulated; `known` the rounded number of
    persons whose state is known at each time; `shares` one tuple a time, one share a state. `withheld` is ""
    or a reason key: then the arrays are empty.
    """

    kind: ClassVar[str] = "states"
    path: str
    states: tuple[str, ...]
    withheld: str
    persons: Cell
    times: tuple[int, ...] = ()
    horizons: tuple[int, ...] = ()
    known: tuple[Cell, ...] = ()
    shares: tuple[tuple[ReleasedShare, ...], ...] = ()
