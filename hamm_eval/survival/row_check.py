"""Rows of persons, checked in R survival's words: overlap and gap."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, Problem
from hamm_eval.inference import labels_to_codes
from hamm_eval.survival.episodes import checked_times


def check_rows(person: ArrayLike, start: ArrayLike, stop: ArrayLike) -> None:
    """Refuse rows ``(start, stop]`` of one person that overlap, or that leave a gap.

    Overlapping rows count a person twice in a risk set; a gap is a time at risk that was lost, or one in
    which an event could not have been seen. Models read rows one by one and see neither.

    Parameters
    ----------
    person : array_like, shape (n,)
    start, stop : array_like, shape (n,)

    Raises
    ------
    InputError
        All positions of rows that overlap the one before, or begin after its end, of the same person.

    References
    ----------
    Therneau, T. and Grambsch, P. (2000). Modeling Survival Data, chapter 3.7.

    Examples
    --------
    >>> check_rows(["a", "a", "b"], [0, 2, 0], [2, 5, 3])
    >>> check_rows(["a", "a", "b"], [0, 1, 0], [2, 5, 3])
    Traceback (most recent call last):
        ...
    hamm_eval.errors.InputError: person: Rows of one person overlap at positions 1.
    """
    end, begin = checked_times(stop, start, time_name="stop", entry_name="start")
    assert begin is not None
    codes = labels_to_codes(person, "person", length=end.size)[0]
    order = np.lexsort((begin, codes))
    codes, begin, end = codes[order], begin[order], end[order]
    same = codes[1:] == codes[:-1]
    problems = []
    for what, bad in (
        ("Rows of one person overlap", same & (begin[1:] < end[:-1])),
        ("Rows of one person leave a gap", same & (begin[1:] > end[:-1])),
    ):
        if bad.any():
            positions = np.sort(order[1:][bad])
            shown = ", ".join(map(str, positions[:_SHOWN])) + (" ..." if positions.size > _SHOWN else "")
            problems.append(Problem(f"{what} at positions {shown}.", "person"))
    if problems:
        raise InputError.of(problems)


_SHOWN = 5
