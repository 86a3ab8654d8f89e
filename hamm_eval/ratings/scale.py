"""The points of a rating scale: read once, in order, with the distances between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import (
    FloatArray,
    IntArray,
    as_numbers,
    checked_vector,
    labels_to_codes,
    refuse_where,
)

_NAME_ORDER = "Give them from lowest to highest."


@dataclass(frozen=True, slots=True)
class Scale:
    """K points of a scale from lowest to highest.

    Attributes
    ----------
    categories : tuple of length K
        Numbers, or labels.
    positions : ndarray, shape (K,)
        Where the points lie: the numbers themselves, or 0..K-1 for labels. An unused point between two
        others so takes its room whether it is declared or not.
    """

    categories: tuple[Any, ...]
    positions: FloatArray


def read_scale(
    ratings: dict[str, ArrayLike], categories: Sequence[Any] | None, *, ordered: bool = True
) -> tuple[list[IntArray], Scale]:
    """Ratings as places on one scale, and the scale.

    Parameters
    ----------
    ratings : dict of array_like, each of shape (n,)
        By the name of the argument that they came in.
    categories : sequence, optional
        All points of the scale, lowest first; None: the numbers that occur.
    ordered : bool
        Whether the order of the points matters; labels then need `categories`, for the alphabet is no scale.

    Returns
    -------
    codes : list of ndarray of int, each of shape (n,)
    scale : Scale

    Raises
    ------
    InputError
        Missing ratings, ratings outside `categories`, lengths that differ, labels without an order.
    """
    arrays = {name: np.asarray(values) for name, values in ratings.items()}
    length = next(iter(arrays.values())).size
    declared = None if categories is None else np.asarray(list(categories))
    if _are_numbers([*arrays.values(), *([] if declared is None else [declared])]):
        return _of_numbers(ratings, declared, length)
    return _of_labels(arrays, declared, length, ordered)


def _are_numbers(arrays: list[np.ndarray[Any, Any]]) -> bool:
    """Whether all entries are numbers; an array of objects is judged by its entries."""
    return all(
        array.dtype.kind in "biuf"
        or (array.dtype.kind == "O" and all(v is None or isinstance(v, int | float) for v in array.flat))
        for array in arrays
    )


def _of_numbers(
    ratings: dict[str, ArrayLike], declared: np.ndarray[Any, Any] | None, length: int
) -> tuple[list[IntArray], Scale]:
    """A scale of numbers."""
    read = [checked_vector(values, name, length=length) for name, values in ratings.items()]
    if declared is None:
        points = np.unique(np.concatenate(read))
    else:
        points = checked_vector(as_numbers(declared, "categories"), "categories")
        refuse_where(np.r_[False, np.diff(points) <= 0], "categories", "Not in increasing order", _NAME_ORDER)
    codes = []
    for values, name in zip(read, ratings, strict=True):
        place = np.searchsorted(points, values).clip(max=max(points.size - 1, 0))
        outside = points[place] != values if points.size else np.ones(values.size, dtype=bool)
        refuse_where(outside, name, "Ratings that are not among the categories", "Correct or declare them.")
        codes.append(place.astype(np.int64))
    return codes, Scale(tuple(points.tolist()), points)


def _of_labels(
    arrays: dict[str, np.ndarray[Any, Any]], declared: np.ndarray[Any, Any] | None, length: int, ordered: bool
) -> tuple[list[IntArray], Scale]:
    """A scale of labels, in the order declared; where order does not matter, sorted."""
    if declared is None and ordered:
        raise InputError(
            "Labels have no order of their own.",
            where="categories",
            todo="Name all points of the scale from lowest to highest.",
        )
    found = [labels_to_codes(values, name, length=length) for name, values in arrays.items()]
    names = [labels.tolist() for _, labels in found]
    if declared is None:
        try:
            points = sorted(set().union(*names))
        except TypeError:
            raise InputError(
                "Labels of different types cannot be put in order.",
                where="categories",
                todo="Name all categories.",
            ) from None
    else:
        points = declared.tolist()
        if len(set(points)) < len(points):
            raise InputError("A category is named twice.", where="categories")
    place = {point: k for k, point in enumerate(points)}
    codes = []
    for (rank, _), labels, name in zip(found, names, arrays, strict=True):
        places = np.array([place.get(label, -1) for label in labels], dtype=np.int64)[rank]
        refuse_where(
            places < 0, name, "Ratings that are not among the categories", "Correct or declare them."
        )
        codes.append(places)
    return codes, Scale(tuple(points), np.arange(len(points), dtype=np.float64))
