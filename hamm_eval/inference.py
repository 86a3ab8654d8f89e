"""What the number rooms share: checked arrays, clusters, the sandwich, t with few clusters."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hamm_eval.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEW_CLUSTERS = 40
# A table may have so many places a value; beyond that sorting is cheaper.
_PLACES_PER_VALUE = 4
_LEAST_PLACES = 1024
_BLOCK = 32_768
_POSITIONS_NAMED = 5
_NO_NUMBERS = (str, bytes, complex, np.complexfloating, np.datetime64, np.timedelta64)


def _positions(bad: NDArray[np.bool_]) -> str:
    """Name the first offending rows, counted from 0, and how many there are; never a value."""
    where = np.flatnonzero(bad)
    named = ", ".join(str(i) for i in where[:_POSITIONS_NAMED])
    more = f" and {where.size - _POSITIONS_NAMED} more" if where.size > _POSITIONS_NAMED else ""
    return f"row {named}{more}"


def refuse_where(bad: NDArray[np.bool_], argument: str, what: str, todo: str = "") -> None:
    """Raise `InputError` naming `argument` and the first rows where `bad` holds."""
    if bad.any():
        raise InputError(f"{what} ({_positions(bad)}).", where=argument, todo=todo)


def as_numbers(values: Any, argument: str, *, todo: str = "") -> FloatArray:
    """A float array of what are numbers; dates, lengths of time, text and complex numbers are none.

    NumPy would turn a date into its nanoseconds since 1970 and the text "12" into 12 without a word.

    Parameters
    ----------
    values : array_like
    argument : str
        Name used in messages.
    todo : str
        What the reader can do about entries that are no numbers.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO" or any(isinstance(v, _NO_NUMBERS) for v in _objects(array)):
            raise TypeError
        return array.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        # `from None`: the conversion's own message carries the value.
        raise InputError("Not all entries are numbers.", where=argument, todo=todo) from None


def _objects(array: NDArray[Any]) -> Iterable[Any]:
    """The entries of an array of objects; nothing where the type of the array tells what they are."""
    return array.flat if array.dtype.kind == "O" else ()


def checked_vector(values: ArrayLike, argument: str, *, length: int | None = None) -> FloatArray:
    """A finite 1-D float array, or an `InputError` that names the argument.

    Parameters
    ----------
    values : array_like, shape (n,)
    argument : str
        Name used in messages.
    length : int, optional
        Required length.
    """
    array = as_numbers(values, argument)
    if array.ndim != 1:
        raise InputError(f"Expected one dimension, got {array.ndim}.", where=argument)
    if length is not None and array.size != length:
        raise InputError(f"Expected {length} entries, got {array.size}.", where=argument)
    refuse_where(~np.isfinite(array), argument, "Missing or infinite entries", "Remove or impute them first.")
    return array


def checked_points(values: ArrayLike, argument: str) -> FloatArray:
    """One finite number or several, such as times asked for, as a 1-D array."""
    return checked_vector(np.atleast_1d(as_numbers(values, argument)), argument)


def checked_number(value: Any, argument: str) -> float:
    """One finite number."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real) or not np.isfinite(float(value)):
        raise InputError("Must be a finite number.", where=argument)
    return float(value)


def checked_binary(values: ArrayLike, argument: str, *, length: int | None = None) -> FloatArray:
    """A 1-D array of 0 and 1; anything else is refused (codes 1/2 would fit silently)."""
    array = checked_vector(values, argument, length=length)
    refuse_where(
        (array != 0) & (array != 1), argument, "Entries other than 0 and 1", "Recode them to 0 and 1."
    )
    return array


def checked_codes(values: ArrayLike, argument: str, *, length: int | None = None) -> IntArray:
    """A 1-D array of whole numbers 0..m (causes, groups of a contract)."""
    # Whole numbers by their type need no copy as floating-point numbers to be judged.
    given = values if isinstance(values, np.ndarray) and values.dtype.kind == "i" else None
    if given is not None and given.shape == ((given.size if length is None else length),):
        bad = given < 0
        array = given
    else:
        array = checked_vector(values, argument, length=length)
        bad = (array < 0) | (array != np.floor(array))
    refuse_where(bad, argument, "Entries that are not whole numbers from 0")
    return array.astype(np.int64)


def labels_to_codes(
    values: ArrayLike, argument: str, *, length: int | None = None
) -> tuple[IntArray, NDArray[Any]]:
    """Codes 0..G-1 and the sorted labels of clusters, persons, strata or groups; missing ones are refused."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise InputError(f"Expected one dimension, got {array.ndim}.", where=argument)
    if length is not None and array.size != length:
        raise InputError(f"Expected {length} entries, got {array.size}.", where=argument)
    if array.dtype.kind == "f":
        refuse_where(~np.isfinite(array), argument, "Missing labels")
    elif array.dtype.kind in "mM":
        refuse_where(np.isnat(array), argument, "Missing labels")
    elif array.dtype.kind == "O":
        # NaN differs from itself, and pandas' NA cannot tell.
        missing = [v is None or type(v).__name__ == "NAType" or v != v for v in array]
        refuse_where(np.array(missing, dtype=bool), argument, "Missing labels")
    try:
        labels, codes = distinct_and_ranks(array)
    except TypeError:
        raise InputError(
            "Labels of different types cannot be put in order.", where=argument, todo="Use text for all."
        ) from None
    return codes, labels


def distinct_and_ranks(values: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    """Distinct values in order, and the place of each value among them.

    By a table where the values are whole numbers of a small range, such as days; else by sorting.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Examples
    --------
    >>> distinct_and_ranks(np.array([7.0, 2.0, 7.0]))
    (array([2., 7.]), array([1, 0, 1]))
    """
    whole = _as_small_whole(values)
    if whole is None:
        return _ranks_by_sorting(values)
    present = np.bincount(whole) > 0
    ranks = np.cumsum(present) - 1
    # In their own place, for memory costs more time than looking up.
    for begin in range(0, whole.size, _BLOCK):
        some = whole[begin : begin + _BLOCK]
        some[:] = ranks[some]
    return np.flatnonzero(present).astype(values.dtype), whole


def _ranks_by_sorting(values: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    """As `distinct_and_ranks`; what is in order already is not sorted again."""
    order = sorting(values)
    ordered = values if order is None else values[order]
    new = np.ones(values.size, dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    ranks: IntArray = np.cumsum(new)
    ranks -= 1
    if order is None:
        return ordered[new], ranks
    found = np.empty_like(ranks)
    found[order] = ranks
    return ordered[new], found


def sorting(values: NDArray[Any]) -> IntArray | None:
    """Positions that put the values in order; None where they are.

    Examples
    --------
    >>> sorting(np.array([0.5, 0.2])), sorting(np.array([0.2, 0.5]))
    (array([1, 0]), None)
    """
    return None if np.all(values[1:] >= values[:-1]) else np.argsort(values)


def stable_order(*keys: IntArray) -> IntArray:
    """Positions that put whole numbers in order, by the last key first; equal ones stay as they stand.

    As `numpy.lexsort`, in time linear in the rows: 16 bits after the other are counted (radix sort).

    Examples
    --------
    >>> stable_order(np.array([1, 0, 2]), np.array([5, 5, 3]))
    array([2, 1, 0])
    """
    order = np.arange(keys[0].size)
    for key in keys:
        low = key.min(initial=0)
        left = int(key.max(initial=0)) - int(low)
        shift = 0
        while left >> shift:
            digits = ((key - low) >> shift).astype(np.uint16)
            order = order[np.argsort(digits[order], kind="stable")]
            shift += 16
    return order


def narrow(positions: IntArray) -> IntArray:
    """Positions from 0 on as 4-byte whole numbers where they fit: what is looked up at random is half as far.

    Examples
    --------
    >>> narrow(np.array([0, 7])).dtype
    dtype('int32')
    """
    fits = positions.max(initial=0) <= np.iinfo(np.int32).max
    return positions.astype(np.int32 if fits else np.int64, copy=False)


def distinct_below(values: IntArray, size: int) -> IntArray:
    """The distinct `values` in order; all lie in ``0..size - 1``.

    Examples
    --------
    >>> distinct_below(np.array([5, 2, 5]), 6)
    array([2, 5])
    """
    if size > places(values.size):
        return np.unique(values)
    return np.flatnonzero(np.bincount(values, minlength=size))


def count_up_to(grid: IntArray, positions: IntArray, size: int) -> IntArray:
    """How many of the sorted distinct `grid` are at most each position; all lie in ``0..size - 1``.

    Examples
    --------
    >>> count_up_to(np.array([1, 3]), np.array([0, 1, 2, 3]), 4)
    array([0, 1, 1, 2])
    """
    if size > places(positions.size):
        return np.searchsorted(grid, positions, side="right").astype(np.int64)
    table = np.zeros(size, dtype=np.int64)
    table[grid] = 1
    return np.cumsum(table)[positions]


def places(count: int) -> int:
    """How many places a table for so many values may have."""
    return _PLACES_PER_VALUE * count + _LEAST_PLACES


def are_small_whole(values: NDArray[Any]) -> bool:
    """Whether the values are whole numbers of so small a range that a table ranks them, such as days."""
    return _as_small_whole(values) is not None


def _as_small_whole(values: NDArray[Any]) -> IntArray | None:
    """A copy as whole numbers where the values are such, from 0 on and of a small range; else None."""
    if values.dtype.kind not in "iuf" or not values.size:
        return None
    if not (values.min() >= 0 and values.max() < places(values.size)):
        return None
    whole: IntArray = values.astype(np.int64)
    return whole if values.dtype.kind in "iu" or np.array_equal(whole, values) else None


def sum_by(codes: IntArray, values: FloatArray, groups: int) -> FloatArray:
    """Sums of the rows of `values` (n,) or (n, p) within each of `groups` codes."""
    if values.ndim == 1:
        return np.bincount(codes, weights=values, minlength=groups).astype(np.float64, copy=False)
    found = np.empty((groups, values.shape[1]))
    for k, column in enumerate(values.T):
        found[:, k] = np.bincount(codes, weights=column, minlength=groups)
    return found


def sandwich(bread: FloatArray, scores: FloatArray, cluster: IntArray | None = None) -> FloatArray:
    """Covariance of an M-estimator from stacked estimating equations, clustered where asked.

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Derivative of the summed estimating functions with respect to the parameters.
    scores : ndarray, shape (n, p)
        Estimating functions of each row at the solution.
    cluster : ndarray of int, shape (n,), optional
        Codes 0..G-1; scores are summed within a cluster. No small-sample factor.

    Returns
    -------
    ndarray, shape (p, p)

    References
    ----------
    Stefanski, L. A. and Boos, D. D. (2002). The calculus of M-estimation.
    The American Statistician 56, 29-38.
    """
    if cluster is not None:
        scores = sum_by(cluster, scores, int(cluster.max()) + 1)
    inverse = np.linalg.inv(bread)
    return inverse @ (scores.T @ scores) @ inverse.T


def critical_value(confidence: float, clusters: int | None = None) -> float:
    """Two-sided critical value: normal, or t with ``clusters - 1`` degrees of freedom."""
    if not 0 < checked_number(confidence, "confidence") < 1:
        raise InputError("Must lie between 0 and 1.", where="confidence")
    tail = 0.5 + confidence / 2
    return float(special.ndtri(tail) if clusters is None else special.stdtrit(max(clusters - 1, 1), tail))


def two_sided_p(z: FloatArray | float, clusters: int | None = None) -> Any:
    """Two-sided p-value of a standardised statistic: normal, or t with `clusters` - 1 degrees of freedom."""
    size = np.abs(z)
    return 2 * (special.ndtr(-size) if clusters is None else special.stdtr(max(clusters - 1, 1), -size))


def clusters_for_t(clusters: int | None, cluster_t: bool | None) -> int | None:
    """Number of clusters whose t distribution is taken; None: the normal one.

    Parameters
    ----------
    clusters : int, optional
        None where there are no clusters.
    cluster_t : bool, optional
        Whether to take t with clusters; None: with fewer than `FEW_CLUSTERS`.

    Examples
    --------
    >>> clusters_for_t(12, None), clusters_for_t(12, False), clusters_for_t(400, None)
    (12, None, None)
    """
    if clusters is None:
        return None
    wanted = clusters < FEW_CLUSTERS if cluster_t is None else cluster_t
    return clusters if wanted else None


def few_clusters_notes(clusters: int | None, taken: int | None) -> tuple[str, ...]:
    """What a reader of intervals has to know where clusters are few; `taken` is that of `clusters_for_t`."""
    if clusters is None or clusters >= FEW_CLUSTERS:
        return ()
    by = f"by t with {clusters - 1} degrees of freedom" if taken else "normal, as R's; cluster_t=True takes t"
    return (f"Only {clusters} clusters: robust standard errors tend to be too small; intervals are {by}.",)
