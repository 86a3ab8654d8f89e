"""Checks that both effect functions make of their arguments, all problems at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, Problem
from hamm_eval.inference import FloatArray, IntArray, checked_vector, labels_to_codes, refuse_where

T = TypeVar("T")


class Collector:
    """Runs checks one after another and raises what they found together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def take(self, check: Callable[[], T], otherwise: T) -> T:
        """The result of a check, or `otherwise` after noting its problems."""
        try:
            return check()
        except InputError as error:
            self.problems.extend(error.problems)
            return otherwise

    def choice(self, value: Any, allowed: tuple[str, ...], argument: str, todo: str = "") -> None:
        """Note a keyword that is not among those allowed."""
        if value not in allowed:
            expected = ", ".join(f'"{entry}"' for entry in allowed)
            self.problems.append(Problem(f"Expected one of {expected}.", argument, todo))

    def finish(self) -> None:
        """Raise if anything was found."""
        if self.problems:
            raise InputError.of(self.problems)


def sampling_weights(weights: ArrayLike | None, rows: int) -> FloatArray:
    """Positive weights, 1 where none are given."""
    if weights is None:
        return np.ones(rows)
    found = checked_vector(weights, "weights", length=rows)
    refuse_where(found <= 0, "weights", "Entries that are not positive", "Leave rows without weight out.")
    return found


def refuse_missing_arm(treated: FloatArray) -> None:
    """A comparison needs both arms."""
    if np.unique(treated).size < 2:
        raise InputError(
            "All rows are in the same arm; a comparison needs treated and controls.", where="treated"
        )


def check_truncation(truncate: float | None, method: str) -> None:
    """A quantile of weights that the method uses."""
    if truncate is None:
        return
    if not 0.5 <= truncate < 1:
        raise InputError(
            "Must be a quantile from 0.5 to below 1.",
            where="truncate",
            todo="Usual: 0.99; None cuts nothing.",
        )
    if method not in ("aipw", "weighting"):
        raise InputError(
            "There are no weights to cut: this method does not use them.",
            where="truncate",
            todo='Leave it out, or use method="aipw" or "weighting".',
        )


Clusters = tuple[IntArray | None, IntArray | None]


def variance_clusters(cluster: ArrayLike | None, person: ArrayLike | None, rows: int) -> Clusters:
    """Cluster codes and person codes; rows of one person are one cluster where no larger one is given."""
    persons = None if person is None else labels_to_codes(person, "person", length=rows)[0]
    if cluster is None:
        return persons, persons
    clusters = labels_to_codes(cluster, "cluster", length=rows)[0]
    if persons is not None:
        first = np.full(int(persons.max(initial=0)) + 1, -1, dtype=np.int64)
        first[persons[::-1]] = clusters[::-1]
        refuse_where(
            first[persons] != clusters,
            "cluster",
            "Rows of one person lie in different clusters, which are then not independent",
            "Give the cluster at time zero to all rows of a person.",
        )
    return clusters, persons
