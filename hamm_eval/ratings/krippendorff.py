"""Krippendorff's alpha: reliability of ratings of which some are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, IntArray, as_numbers, labels_to_codes

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True, slots=True)
class KrippendorffAlpha:
    """Reliability of ratings by any number of raters.

    Attributes
    ----------
    value : float
        1 = always agree, 0 = as ratings put together by chance.
    observed_disagreement, expected_disagreement : float
    pairable : int
        Ratings of units that were rated at least twice; only these count.
    units : int
        Such units.
    level : str
    """

    value: float
    observed_disagreement: float
    expected_disagreement: float
    pairable: int
    units: int
    level: str


def krippendorff_alpha(ratings: ArrayLike, level: Level = "nominal") -> KrippendorffAlpha:
    r"""Krippendorff's alpha from the coincidence matrix of ratings.

    .. math:: \alpha = 1 - \frac{D_o}{D_e}, \qquad D_o = \frac1n \sum_{ck} o_{ck} \delta_{ck}, \qquad
        D_e = \frac{1}{n (n - 1)} \sum_{ck} n_c n_k \delta_{ck},

    where a unit with m ratings adds each of its pairs to :math:`o_{ck}` with weight 1/(m - 1), and
    :math:`\delta_{ck}` is how far two categories are apart at the level of measurement.

    Parameters
    ----------
    ratings : array_like, shape (raters, units)
        NaN or None where a rater did not rate a unit. Labels with "nominal" only.
    level : {"nominal", "ordinal", "interval", "ratio"}

    Returns
    -------
    KrippendorffAlpha

    Raises
    ------
    InputError
        Another shape, infinite entries, labels at a level of numbers, negative numbers with "ratio".
    NotEstimable
        No unit with two ratings; all such ratings the same.

    Notes
    -----
    R's irr 0.84.1 (``kripp.alpha``) is wrong on complete tables of more than two raters: its correction for
    small samples counts too few values. Of its own anxiety ratings it gives -.0324 (nominal) where the
    formula gives -.0237. Where any rating is missing both agree.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.

    Examples
    --------
    >>> from hamm_eval.ratings import krippendorff_alpha
    >>> nan = float("nan")
    >>> ratings = [[1, 2, 3, 3, nan], [1, 2, 3, 2, 4], [nan, 2, 3, 3, 4]]
    >>> round(krippendorff_alpha(ratings, "interval").value, 3)
    0.918
    """
    if level not in LEVELS:
        raise InputError(f"Must be one of {', '.join(LEVELS)}.", where="level")
    unit, codes, points = _given(ratings, level)
    rated = np.bincount(unit) if unit.size else np.zeros(0, dtype=np.int64)
    pairable = rated[unit] >= 2
    if not pairable.any():
        raise NotEstimable("No unit was rated twice.", where="ratings")
    unit, codes = unit[pairable], codes[pairable]
    units = rated.size
    table = np.bincount(unit * points.size + codes, minlength=units * points.size).reshape(units, -1)
    among = np.maximum(rated - 1, 1)[:, None]
    together = table.T @ (table / among) - np.diag((table / among).sum(axis=0))
    total = table.sum(axis=0).astype(np.float64)
    n = total.sum()
    distance = _distance(points, total, level)
    expected = float(total @ distance @ total / (n * (n - 1)))
    if expected <= 0:
        raise NotEstimable(
            "All ratings are the same, so that there is no disagreement to expect.", where="ratings"
        )
    observed = float((together * distance).sum() / n)
    return KrippendorffAlpha(
        value=1 - observed / expected,
        observed_disagreement=observed,
        expected_disagreement=expected,
        pairable=int(n),
        units=int((rated >= 2).sum()),
        level=level,
    )


def _given(ratings: ArrayLike, level: str) -> tuple[IntArray, IntArray, FloatArray]:
    """Unit and category of each rating given, and the categories as numbers."""
    table: np.ndarray[Any, Any] = np.asarray(ratings)
    if table.ndim != 2:
        raise InputError(f"Expected two dimensions, got {table.ndim}.", where="ratings")
    numbers = table.dtype.kind in "biuf" or level != "nominal"
    if numbers:
        table = as_numbers(
            [[np.nan if v is None else v for v in row] for row in table],
            "ratings",
            todo='Labels have no distances: use level="nominal".',
        )
        if np.isinf(table).any():
            raise InputError("Infinite entries.", where="ratings")
        missing = np.isnan(table)
        if level == "ratio" and (table[~missing] < 0).any():
            raise InputError(
                "Negative entries have no ratios.", where="ratings", todo='Use level="interval".'
            )
    else:
        missing = np.array([[v is None or v != v for v in row] for row in table], dtype=bool)
    unit = np.nonzero(~missing.T)[0].astype(np.int64)
    values = table.T[~missing.T]
    codes, labels = labels_to_codes(values, "ratings")
    return unit, codes, labels.astype(np.float64) if numbers else np.arange(labels.size, dtype=np.float64)


def _distance(points: FloatArray, total: FloatArray, level: str) -> FloatArray:
    """Squared distance of each pair of categories, shape (K, K)."""
    a, b = points[:, None], points[None, :]
    if level == "nominal":
        return np.asarray(a != b, dtype=np.float64)
    if level == "interval":
        return np.asarray((a - b) ** 2)
    if level == "ratio":
        with np.errstate(invalid="ignore"):
            return np.asarray(np.nan_to_num(((a - b) / (a + b)) ** 2))
    # Ordinal: how many ratings lie between, those of the two categories by half.
    middle = np.cumsum(total) - total / 2
    return np.asarray((middle[:, None] - middle) ** 2)
