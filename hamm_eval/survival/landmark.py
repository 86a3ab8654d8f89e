"""Who is compared from a fixed day on, and who was exposed by then: landmark analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, IntArray, checked_codes, refuse_where
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.results import write_protect


@dataclass(frozen=True, slots=True, eq=False)
class Landmark:
    """Those still at risk at a landmark, k of n rows, each with the exposure known by then.

    Attributes
    ----------
    at : float
        The landmark.
    rows : ndarray of int, shape (k,)
        Positions in the arrays given, rising.
    entry, time : ndarray, shape (k,)
        In the unit and from the origin of the arrays given; `entry` is the landmark for all.
    cause : ndarray of int, shape (k,)
        0 = censored.
    exposed : ndarray of int, shape (k,)
        1 where the exposure had begun by the landmark, else 0, for good.
    excluded_late : int
        Rows that begin after the landmark.
    excluded_ended : ndarray of int, shape (causes + 1,)
        Rows that ended on or before the landmark: censored, then by each cause.
    """

    at: float
    rows: IntArray
    entry: FloatArray
    time: FloatArray
    cause: IntArray
    exposed: IntArray
    excluded_late: int
    excluded_ended: IntArray

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


def landmark(
    time: ArrayLike,
    cause: ArrayLike,
    exposed_from: ArrayLike,
    *,
    at: float,
    entry: ArrayLike | None = None,
) -> Landmark:
    """Choose who is compared at a landmark, and classify them by what had begun until then.

    Whoever is exposed later than at the beginning cannot have failed before (immortal time). At the landmark
    everybody compared is at risk, and what happens after it changes no one's group: the comparison is
    conditional on having come so far.

    Parameters
    ----------
    time : array_like, shape (n,)
        One row a person, at risk on (entry, time].
    cause : array_like, shape (n,)
        0 = censored at `time`, 1..m; or an event as 0/1.
    exposed_from : array_like, shape (n,)
        When the exposure began, in the unit of `time`; missing or infinite = never. It may lie before the
        origin: where only new users are to be compared, leave the others out beforehand.
    at : float
        The landmark, chosen before the data are seen.
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`. Whoever enters at the landmark is at risk just after it.

    Returns
    -------
    Landmark
        Its `time`, `cause`, `exposed` and `entry` are what `cox` and `aalen_johansen` take.

    Raises
    ------
    InputError
        Missing or negative times, ``entry >= time``, causes that are no whole numbers from 0, lengths that
        differ, a landmark that is no number from 0 on.

    References
    ----------
    Anderson, J. R., Cain, K. C. and Gelber, R. D. (1983). Analysis of survival by tumor response. Journal of
    Clinical Oncology 1, 710-719.

    Examples
    --------
    Of five persons the first ended by day 30; the exposure that begins on day 40 comes too late to count:

    >>> found = landmark([20, 90, 60, 80, 70], [1, 1, 0, 1, 1], [np.nan, 10, 40, 30, np.inf], at=30)
    >>> found.rows, found.exposed, found.excluded_ended
    (array([1, 2, 3, 4]), array([1, 0, 1, 0]), array([0, 1]))
    """
    end, begin = checked_times(time, entry)
    code = checked_codes(cause, "cause", length=end.size)
    since = _exposure(exposed_from, end.size)
    if not (np.isfinite(at) and at >= 0):
        raise InputError("A landmark is a time from 0 on.", where="at")
    late = np.zeros(end.size, dtype=bool) if begin is None else begin > at
    ended = end <= at
    rows = np.flatnonzero(~late & ~ended).astype(np.int64)
    return Landmark(
        at=float(at),
        rows=rows,
        entry=np.full(rows.size, float(at)),
        time=end[rows],
        cause=code[rows],
        exposed=(since[rows] <= at).astype(np.int64),
        excluded_late=int(late.sum()),
        excluded_ended=np.bincount(code[ended], minlength=int(code.max(initial=0)) + 1).astype(np.int64),
    )


def _exposure(values: ArrayLike, length: int) -> FloatArray:
    """Beginnings of an exposure, infinite where there was none."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        # `from None`: the conversion's own message carries the value.
        raise InputError("Not all entries are numbers.", where="exposed_from") from None
    if array.shape != (length,):
        raise InputError(f"Expected {length} entries in one dimension.", where="exposed_from")
    refuse_where(
        np.isneginf(array),
        "exposed_from",
        "Exposures without a beginning",
        "Give a time before the landmark.",
    )
    return np.where(np.isnan(array), np.inf, array)
