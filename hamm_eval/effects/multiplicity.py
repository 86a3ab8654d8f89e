"""Many comparisons at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, checked_binary, checked_vector, refuse_where


def adjust_p(p: ArrayLike, method: Literal["bh", "holm", "bonferroni"] = "bh") -> FloatArray:
    """Adjusted p-values, in the order given.

    Parameters
    ----------
    p : array_like, shape (m,)
    method : {"bh", "holm", "bonferroni"}
        Benjamini-Hochberg bounds the share of false findings; Holm and Bonferroni the chance of any.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    InputError
        Values outside 0..1, or an unknown method.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57, 289-300.
    Holm, S. (1979), Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> from hamm_eval.effects import adjust_p
    >>> adjust_p([0.01, 0.04, 0.03], method="holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    given = checked_vector(p, "p")
    refuse_where((given < 0) | (given > 1), "p", "Entries outside 0 to 1")
    m = given.size
    if method == "bonferroni":
        return np.minimum(given * m, 1.0)
    if method == "bh":
        # Importing it takes longer than all else that a notebook's kernel imports of this room.
        from scipy.stats import false_discovery_control

        return np.asarray(false_discovery_control(given), dtype=np.float64) if m else given
    if method != "holm":
        raise InputError('Expected "bh", "holm" or "bonferroni".', where="method")
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(m, 0, -1))
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def adjust_by_role(p: ArrayLike, primary: ArrayLike) -> FloatArray:
    """Adjusted p-values of one analysis: Holm among the primary questions, Benjamini-Hochberg among the rest.

    Primary questions are few and declared beforehand, so that the chance of any false finding is bounded; of
    the others the share of false findings is. Questions withheld have no p-value and do not enter.

    Parameters
    ----------
    p : array_like, shape (m,)
    primary : array_like of 0 and 1, shape (m,)

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    InputError
        As `adjust_p`; flags other than 0 and 1, or not one a question.

    Examples
    --------
    >>> from hamm_eval.effects import adjust_by_role
    >>> adjust_by_role([0.02, 0.01, 0.03, 0.04], [1, 0, 1, 0]).round(3).tolist()
    [0.04, 0.02, 0.04, 0.04]
    """
    given = checked_vector(p, "p")
    first = checked_binary(primary, "primary", length=given.size) == 1
    adjusted = np.empty_like(given)
    adjusted[first] = adjust_p(given[first], "holm")
    adjusted[~first] = adjust_p(given[~first], "bh")
    return adjusted
