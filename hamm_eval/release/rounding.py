"""Roundings of the release rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.estimate import IntArray


def to_multiple(count: int, base: int) -> int:
    """The nearest multiple of `base`, halves up.

    Examples
    --------
    >>> [to_multiple(count, 5) for count in (7, 8, 12, 13)]
    [5, 10, 10, 15]
    """
    return (2 * int(count) + base) // (2 * base) * base


def to_midpoint(counts: ArrayLike, base: int) -> IntArray:
    """Counts 1..base to the middle of that range, base+1..2 base to the middle of the next; 0 stays 0.

    Examples
    --------
    >>> to_midpoint([0, 1, 6, 7, 12], 6).tolist()
    [0, 3, 3, 9, 9]
    """
    whole = np.asarray(counts, dtype=np.int64)
    return np.where(whole > 0, -(-whole // base) * base - base // 2, 0)


def decimals(value: Any, places: int) -> float:
    """A plain float with so many decimals, and never a negative zero."""
    return round(float(value), places) + 0.0


def to_step(value: float, step: float, places: int = 3) -> float:
    """The nearest multiple of a fractional step such as 0.05."""
    return decimals(round(float(value) / step) * step, places)


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 .. that is not smaller.

    Examples
    --------
    >>> [round_step(least) for least in (10, 11, 79.6, 1096)]
    [10.0, 20.0, 100.0, 2000.0]
    """
    if not least > 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least) + 1e-9)
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
