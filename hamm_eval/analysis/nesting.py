"""How far two groupings of the same people are one: nested in each other, or likely together."""

from __future__ import annotations

import numpy as np
import pandas as pd


def nested_in(inner: pd.Series, outer: pd.Series) -> bool:
    """Whether each level of the one occurs with one level of the other only; missing entries do not count.

    Examples
    --------
    >>> worker, provider = pd.Series(["w1", "w1", "w2"]), pd.Series(["awo", "awo", "drk"])
    >>> nested_in(worker, provider)
    True
    >>> nested_in(pd.Series(["awo", "awo"]), pd.Series(["north", "south"]))
    False
    """
    known = inner.notna() & outer.notna()
    pairs = pd.DataFrame({"inner": inner[known], "outer": outer[known]}).drop_duplicates()
    return not pairs["inner"].duplicated().any()


def cramers_v(a: pd.Series, b: pd.Series) -> float:
    """Association of two groupings: 0 where they are independent, 1 where one tells the other.

    Parameters
    ----------
    a, b : Series
        Levels; rows that lack one of them do not count.

    Returns
    -------
    float
        NaN where one of them has a single level.

    References
    ----------
    Cramer, H. (1946). Mathematical methods of statistics. Princeton University Press, chapter 21.

    Examples
    --------
    >>> round(cramers_v(pd.Series(list("aabb")), pd.Series(list("xxyy"))), 3)
    1.0
    >>> round(cramers_v(pd.Series(list("aabb")), pd.Series(list("xyxy"))), 3)
    0.0
    """
    counts = pd.crosstab(a, b).to_numpy(dtype=np.float64)
    if min(counts.shape, default=0) < 2:
        return float("nan")
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    return float(np.sqrt(chi_square / total / (min(counts.shape) - 1)))
