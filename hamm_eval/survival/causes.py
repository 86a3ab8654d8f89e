"""Codes of causes: whole numbers 0..m, and no gap in them unless m is declared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import IntArray, checked_codes, places

_NAMED = 5


def checked_causes(
    cause: ArrayLike, causes: int | None, *, length: int, of: Any = None
) -> tuple[IntArray, int]:
    """Codes of each row, and the number of causes m; where given, `of` is checked to be one of them.

    Parameters
    ----------
    cause : array_like, shape (n,)
        0 = censored.
    causes : int, optional
        m, declared. None: the largest code, each below it having to occur; 1 where all are censored.
    length : int
        n.
    of : int, optional
        The cause that a method is about.

    Raises
    ------
    InputError
        Codes that are no whole numbers from 0, exceed `causes`, or have a gap where none are declared: a
        code of another meaning, such as 99 for unknown, would else count as an event; an `of` that is no
        cause.

    Examples
    --------
    >>> checked_causes([0, 2, 1], None, length=3)
    (array([0, 2, 1]), 2)
    >>> checked_causes([0, 2, 2], 3, length=3)[1]
    3
    """
    codes = checked_codes(cause, "cause", length=length)
    largest = int(codes.max(initial=0))
    if causes is None:
        # Codes are few: counted, not sorted, unless one is very large.
        small = largest < places(codes.size)
        present = np.flatnonzero(np.bincount(codes)) if small else np.unique(codes)
        _refuse_gaps(present[present > 0])
        m = max(largest, 1)
    else:
        if not _is_code(causes):
            raise InputError("Must be a whole number from 1 on.", where="causes")
        m = int(causes)
        if largest > m:
            raise InputError("There are causes beyond the number given.", where="causes")
    if of is not None and not (_is_code(of) and of <= m):
        raise InputError(f"Must be the code of a cause, from 1 on: one of 1..{m}.", where="of")
    return codes, m


def _is_code(value: Any) -> bool:
    """Whether it is a whole number from 1 on."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 1


def _refuse_gaps(present: IntArray) -> None:
    """Refuse codes between which others lack; `present` are sorted and distinct."""
    lacking = int(present[-1]) - present.size if present.size else 0
    if not lacking:
        return
    # Each missing code: as many as named, however large the last code is.
    some = np.setdiff1d(np.arange(1, present.size + _NAMED + 1), present)[: min(lacking, _NAMED)]
    named = ", ".join(map(str, some)) + (f" and {lacking - some.size} more" if lacking > some.size else "")
    raise InputError(
        f"No row has code {named}, but rows have a larger one.",
        where="cause",
        todo="Recode what is no cause; where causes may lack in these rows, declare their number: causes=.",
    )
