"""Fleiss' kappa: agreement of several raters on categories without order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import labels_to_codes, two_sided_p


@dataclass(frozen=True, slots=True)
class FleissKappa:
    """Agreement of m raters beyond chance.

    Attributes
    ----------
    value : float
    null_std_error, statistic, p_value : float
        Under agreement by chance alone.
    categories : tuple
    subjects, raters : int
    """

    value: float
    null_std_error: float
    statistic: float
    p_value: float
    categories: tuple[Any, ...]
    subjects: int
    raters: int


def fleiss_kappa(ratings: ArrayLike) -> FleissKappa:
    """Fleiss' kappa of several raters, who may be others for each subject.

    Parameters
    ----------
    ratings : array_like of labels, shape (n, m)
        n subjects by m raters, complete.

    Returns
    -------
    FleissKappa

    Raises
    ------
    InputError
        Another shape, missing labels.
    NotEstimable
        Fewer than two subjects or raters; one category only.

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76,
    378-382.
    Fleiss, J. L., Nee, J. C. M. and Landis, J. R. (1979). Large sample variance of kappa in the case of
    different sets of raters. Psychological Bulletin 86, 974-977.

    Examples
    --------
    >>> from hamm_eval.ratings import fleiss_kappa
    >>> round(fleiss_kappa([["a", "a", "b"], ["b", "b", "b"], ["a", "a", "a"], ["b", "a", "b"]]).value, 3)
    0.333
    """
    table = np.asarray(ratings)
    if table.ndim != 2:
        raise InputError(f"Expected two dimensions, got {table.ndim}.", where="ratings")
    subjects, raters = table.shape
    if min(table.shape) < 2:
        raise NotEstimable("At least two subjects and two raters are needed.", where="ratings")
    codes, labels = labels_to_codes(table.ravel(), "ratings")
    if labels.size < 2:
        raise NotEstimable("All ratings are the same.", where="ratings")
    row = np.repeat(np.arange(subjects), raters)
    counts = np.bincount(row * labels.size + codes, minlength=subjects * labels.size)
    counts = counts.reshape(subjects, labels.size)
    share = counts.sum(axis=0) / (subjects * raters)
    observed = ((counts**2).sum(axis=1) - raters).mean() / (raters * (raters - 1))
    expected = (share**2).sum()
    value = float((observed - expected) / (1 - expected))
    spread = share * (1 - share)
    room = spread.sum()
    variance = 2 / (room**2 * subjects * raters * (raters - 1)) * (room**2 - (spread * (1 - 2 * share)).sum())
    null_error = float(np.sqrt(variance))
    return FleissKappa(
        value=value,
        null_std_error=null_error,
        statistic=value / null_error,
        p_value=float(two_sided_p(value / null_error)),
        categories=tuple(labels.tolist()),
        subjects=subjects,
        raters=raters,
    )
