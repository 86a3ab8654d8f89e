"""Rows ``(start, stop]`` spent in states, checked in R survival's words: overlap, jump, teleport."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, IntArray, labels_to_codes, narrow, refuse_where
from hamm_eval.survival.clusters import count_clusters, read_clusters
from hamm_eval.survival.episodes import checked_times, checked_weights

_CODE = np.int16
_CENSORED = {"", "cens", "censor", "censored"}


class RowTimes(NamedTuple):
    """Rows ``(start, stop]``, shape (n,) each."""

    start: FloatArray
    stop: FloatArray


@dataclass(frozen=True, slots=True)
class StateRows:
    """Checked rows of m persons in s states, sorted by person and time.

    Parameters
    ----------
    person : ndarray of int, shape (n,)
        0..m-1.
    state : ndarray of int, shape (n,)
    to : ndarray of int, shape (n,)
        State entered at `stop`; the same state where none is (censoring, or the row only goes on).
    goes_on : ndarray of bool, shape (n,)
        Whether the person's next row begins where this one ends.
    weight : ndarray, shape (m,)
    cluster : ndarray of int, shape (m,), or None
        0.. for each cluster.
    clusters : int or None
        Number of clusters of persons who count.
    """

    person: IntArray
    state: IntArray
    to: IntArray
    goes_on: NDArray[np.bool_]
    weight: FloatArray
    cluster: IntArray | None
    clusters: int | None

    @property
    def unit(self) -> IntArray:
        """Independent unit of each person, shape (m,): the cluster, else the person."""
        return np.arange(self.weight.size) if self.cluster is None else self.cluster

    def ends_of_units(self, last: IntArray) -> IntArray:
        """The largest of the places `last` (n,) of the rows of each unit."""
        first = np.flatnonzero(np.append(True, self.person[1:] != self.person[:-1]))
        of_persons = np.maximum.reduceat(last, first)
        if self.cluster is None:
            return of_persons
        found = np.zeros(int(self.cluster.max()) + 1, dtype=last.dtype)
        np.maximum.at(found, self.cluster, of_persons)
        return found

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Whether the row ends with a transition."""
        return self.state != self.to


def checked_states(states: Sequence[Any]) -> tuple[Any, ...]:
    """At least two distinct names."""
    names = tuple(states)
    if len(names) < 2 or len(set(names)) < len(names):
        raise InputError("Name at least two different states.", where="states")
    if 2 * len(names) > np.iinfo(_CODE).max:
        raise InputError("So many states are not possible.", where="states")
    return names


def checked_state_rows(
    person: ArrayLike,
    start: ArrayLike,
    stop: ArrayLike,
    from_state: ArrayLike,
    to_state: ArrayLike,
    states: tuple[Any, ...],
    weights: ArrayLike | None,
    cluster: ArrayLike | None = None,
) -> tuple[StateRows, RowTimes]:
    """Check rows, sort them by person and time, and refuse what no life can do.

    Their times are wanted for the grid alone, and let go then.

    Raises
    ------
    InputError
        Lengths, times, labels that are no states; overlaps, jumps, teleports; weights that differ within a
        person. All name positions, none a value.
    NotEstimable
        All weights are zero; all persons who count are of one cluster.
    """
    end, begin = checked_times(stop, start, time_name="stop", entry_name="start")
    assert begin is not None
    n = end.size
    codes = labels_to_codes(person, "person", length=n)[0]
    state = _codes(from_state, "from_state", states, n)
    to = _codes(to_state, "to_state", states, n, missing=state)
    weight = checked_weights(weights, n)
    given = read_clusters(cluster, n)
    clusters = np.zeros(n, np.int64) if given is None else given
    order = np.arange(n)
    same = codes[1:] == codes[:-1]
    if not np.all((codes[1:] > codes[:-1]) | (same & (begin[1:] >= begin[:-1]))):
        order = np.lexsort((begin, codes))
        codes, state, to = codes[order], state[order], to[order]
        begin, end, weight, clusters = begin[order], end[order], weight[order], clusters[order]
        same = codes[1:] == codes[:-1]
    gap = begin[1:] > end[:-1]
    adjacent = begin[1:] == end[:-1]
    refuse = _Refusal(order)
    refuse(same & (begin[1:] < end[:-1]), "Rows of one person overlap")
    refuse(same & adjacent & (state[1:] != to[:-1]), "Jumps: a row does not begin in the state just entered")
    refuse(same & gap & (state[1:] != to[:-1]), "Teleports: after a gap the person is in another state")
    refuse(same & (weight[1:] != weight[:-1]), "Weights that differ within a person", argument="weights")
    refuse(same & (clusters[1:] != clusters[:-1]), "Clusters that differ within a person", argument="cluster")
    first = np.append(True, ~same)
    rows = StateRows(
        person=narrow(codes),
        state=state,
        to=to,
        goes_on=np.append(same & adjacent, False),
        # Without weights one 1 stands for all of them.
        weight=np.broadcast_to(1.0, int(first.sum())) if weights is None else weight[first],
        cluster=None if given is None else clusters[first],
        clusters=None if given is None else count_clusters(clusters[first][weight[first] > 0]),
    )
    return rows, RowTimes(begin, end)


class _Refusal:
    """Refuses pairs of sorted rows by their positions in the caller's order."""

    def __init__(self, order: IntArray) -> None:
        self.order = order

    def __call__(self, bad: NDArray[np.bool_], what: str, *, argument: str = "person") -> None:
        """Raise where `bad` holds for a row and the one before."""
        rows = np.zeros(self.order.size, dtype=bool)
        rows[self.order[1:][bad]] = True
        refuse_where(rows, argument, what)


def _codes(
    labels: ArrayLike, argument: str, states: tuple[Any, ...], length: int, missing: IntArray | None = None
) -> IntArray:
    """Position of each label among the states; missing ones take those of `missing`, where given."""
    array = np.asarray(labels, dtype=object)
    if array.shape != (length,):
        raise InputError(f"Expected {length} entries.", where=argument)
    known = {name: i for i, name in enumerate(states)} | {str(name): i for i, name in enumerate(states)}
    # As small as they are: they are looked up at random.
    codes: IntArray = np.fromiter(map(_Lookup(known).__getitem__, array), _CODE, length)
    gone = codes == -1
    if missing is not None:
        codes = np.where(gone, missing, codes)
        gone = np.zeros(length, dtype=bool)
    refuse_where(gone, argument, "Missing states")
    refuse_where(codes == -2, argument, "States that are not named in `states`")
    return codes


class _Lookup(dict[Any, int]):
    """Positions of labels. These are few: each is judged once."""

    def __init__(self, known: dict[Any, int]) -> None:
        self._known = known

    def __missing__(self, label: Any) -> int:
        """Judge a label that is new."""
        self[label] = found = _code(label, self._known)
        return found


def _code(label: Any, known: dict[Any, int]) -> int:
    """Position of one label, -1 where it is missing or says censored, -2 where it is unknown."""
    if label in known:
        return known[label]
    if label is None or label != label or type(label).__name__ == "NAType":
        return -1
    text = str(label)
    return known.get(text, -1 if text.casefold() in _CENSORED else -2)
