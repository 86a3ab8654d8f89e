"""Checked rows of one- and many-row persons, with what the variance needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    checked_codes,
    checked_number,
    checked_vector,
    labels_to_codes,
    refuse_where,
)
from hamm_eval.survival.clusters import count_clusters, read_clusters


@dataclass(frozen=True, slots=True)
class Episodes:
    """Rows ``(entry, time]``, checked; adjacent rows of one person are joined.

    Parameters
    ----------
    entry : ndarray, shape (n,), or None
    time : ndarray, shape (n,)
    cause : ndarray of int, shape (n,)
        0 = censored.
    weight : ndarray, shape (n,)
    frequency : ndarray, shape (n,)
        Each row stands for so many.
    unit : ndarray of int, shape (n,), or None
        Cluster, else person; None: rows are independent.
    grouped : bool
        Whether units are clusters, whose replicates belong together.
    ends : ndarray of bool, shape (n,)
        False where the person goes on in the next row without a gap.
    robust : bool
        Whether only the infinitesimal jackknife is valid (weights, clusters, persons of several rows).
    origin : float
        Beginning of follow-up: 0, or `start_at`.
    clusters : int, optional
        Number of clusters among the rows, where they are given.
    """

    entry: FloatArray | None
    time: FloatArray
    cause: IntArray
    weight: FloatArray
    frequency: FloatArray
    unit: IntArray | None
    grouped: bool
    ends: NDArray[np.bool_]
    robust: bool
    origin: float = 0.0
    clusters: int | None = None

    @property
    def mass(self) -> FloatArray:
        """How much each row counts in risk sets."""
        return self.weight * self.frequency


def checked_times(
    time: ArrayLike, entry: ArrayLike | None, *, time_name: str = "time", entry_name: str = "entry"
) -> tuple[FloatArray, FloatArray | None]:
    """Times from 0 on and, where given, entries before them."""
    # Copies: results keep their rows, and the caller may edit the arrays afterwards.
    checked = checked_vector(time, time_name).copy()
    if not checked.size:
        raise InputError("There are no rows.", where=time_name)
    refuse_where(checked < 0, time_name, "Negative times", "Times are counted from the origin on.")
    if entry is None:
        return checked, None
    start = checked_vector(entry, entry_name, length=checked.size).copy()
    refuse_where(
        start < 0,
        entry_name,
        "Negative times",
        "Who is at risk from the beginning enters at 0 (or give None).",
    )
    refuse_where(
        start >= checked,
        entry_name,
        f"Rows that end when they begin or before ({entry_name} >= {time_name})",
        "Rows are (entry, time]: correct the dates, or leave such rows out and count them.",
    )
    return checked, start


def checked_weights(weights: ArrayLike | None, length: int) -> FloatArray:
    """Weights that are nowhere negative and somewhere positive; ones without any."""
    if weights is None:
        return np.ones(length)
    checked = checked_vector(weights, "weights", length=length).copy()
    refuse_where(checked < 0, "weights", "Negative weights")
    if not checked.any():
        raise NotEstimable("All weights are zero.", where="weights")
    return checked


def _checked_frequency(frequency: ArrayLike | None, length: int) -> FloatArray:
    """Whole numbers of replications; ones without any."""
    if frequency is None:
        return np.ones(length)
    checked = checked_codes(frequency, "frequency", length=length).astype(np.float64)
    if not checked.any():
        raise NotEstimable("All frequencies are zero.", where="frequency")
    return checked


def prepare_episodes(
    time: ArrayLike,
    cause: IntArray,
    *,
    entry: ArrayLike | None,
    frequency: ArrayLike | None,
    weights: ArrayLike | None,
    person: ArrayLike | None,
    cluster: ArrayLike | None,
    start_at: float | None,
) -> Episodes:
    """Check the common keywords of the contract and bring the rows into the form the estimators use.

    Raises
    ------
    InputError
        As the estimators' docstrings say.
    NotEstimable
        Nobody is followed beyond `start_at`; all rows that count are of one cluster.
    """
    ends_at, start = checked_times(time, entry)
    n = ends_at.size
    clusters = read_clusters(cluster, n)
    rows = Episodes(
        entry=start,
        time=ends_at,
        cause=cause,
        weight=checked_weights(weights, n),
        frequency=_checked_frequency(frequency, n),
        unit=clusters,
        grouped=clusters is not None,
        ends=np.ones(n, dtype=bool),
        robust=weights is not None or cluster is not None,
    )
    if person is not None:
        rows = _with_persons(rows, labels_to_codes(person, "person", length=n)[0])
    counting = rows.mass > 0
    if not counting.all():
        rows = _take(rows, counting)
    if start_at is not None:
        rows = _from(rows, start_at)
    return replace(rows, clusters=count_clusters(rows.unit)) if rows.grouped else rows


def _take(rows: Episodes, kept: NDArray[np.bool_] | IntArray) -> Episodes:
    """Some of the rows, or all in another order."""
    return replace(
        rows,
        entry=None if rows.entry is None else rows.entry[kept],
        time=rows.time[kept],
        cause=rows.cause[kept],
        weight=rows.weight[kept],
        frequency=rows.frequency[kept],
        unit=None if rows.unit is None else rows.unit[kept],
        ends=rows.ends[kept],
    )


def _with_persons(rows: Episodes, person: IntArray) -> Episodes:
    """Join each person's adjacent rows; refuse overlaps, rows after an event, one person in two clusters."""
    entry = np.full(person.size, -np.inf) if rows.entry is None else rows.entry
    order = np.lexsort((rows.time, entry, person))
    rows, person, entry = _take(rows, order), person[order], entry[order]
    same = person[1:] == person[:-1]
    if not same.any():
        return rows
    _refuse_pairs(same & (entry[1:] < rows.time[:-1]), order, "Rows of one person overlap")
    _refuse_pairs(same & (rows.cause[:-1] > 0), order, "Rows of a person after that person's event")
    _refuse_pairs(
        same & (rows.frequency[1:] != rows.frequency[:-1]), order, "Frequencies that differ within a person"
    )
    if rows.unit is not None:
        _refuse_pairs(same & (rows.unit[1:] != rows.unit[:-1]), order, "Persons in more than one cluster")
    goes_on = np.append(same & (entry[1:] == rows.time[:-1]), False)
    joined = goes_on & np.append(rows.weight[1:] == rows.weight[:-1], False)
    is_first, is_last = np.append(True, ~joined[:-1]), ~joined
    rows = replace(_take(replace(rows, ends=~goes_on), is_last), entry=entry[is_first])
    person = person[is_last]
    if rows.unit is not None or not (person[1:] == person[:-1]).any():
        return rows
    return replace(rows, unit=np.unique(person, return_inverse=True)[1].reshape(-1), robust=True)


def _refuse_pairs(bad: NDArray[np.bool_], order: IntArray, what: str) -> None:
    """Refuse rows by their positions in the caller's order."""
    rows = np.zeros(order.size, dtype=bool)
    rows[order[1:][bad]] = True
    refuse_where(rows, "person", what)


def _from(rows: Episodes, start_at: float) -> Episodes:
    """Condition on being event-free at `start_at`."""
    if checked_number(start_at, "start_at") < 0:
        raise InputError("Must be a time from 0 on.", where="start_at")
    kept = rows.time > start_at
    if not kept.any():
        raise NotEstimable("Nobody is followed beyond this time.", where="start_at")
    rows = _take(rows, kept)
    begin = np.full(rows.time.size, -np.inf) if rows.entry is None else rows.entry
    return replace(rows, entry=np.maximum(begin, start_at), origin=float(start_at))
