"""Goal attainment scaling: the T-score of one person's goals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.errors import InputError
from hamm_eval.inference import checked_number, checked_vector, refuse_where

LOWEST, HIGHEST = -2, 2


def goal_attainment_t(scores: ArrayLike, weights: ArrayLike | None = None, rho: float = 0.3) -> float:
    r"""T-score of all goals of one person.

    .. math:: T = 50 + \frac{10 \sum w_i x_i}{\sqrt{(1 - \rho) \sum w_i^2 + \rho (\sum w_i)^2}}

    It has mean 50 and standard deviation 10 if scores have mean 0, variance 1 and correlation `rho`.

    Parameters
    ----------
    scores : array_like of int, shape (g,)
        Attainment -2..+2 of each goal on five levels fixed at the agreement; 0 = as expected.
    weights : array_like, shape (g,), optional
        Importance of each goal, above 0; None: all alike.
    rho : float
        Correlation of the scores of one person, from 0 to 1; Kiresuk and Sherman take 0.3.

    Returns
    -------
    float

    Raises
    ------
    InputError
        No goal; scores that are missing or are not -2, -1, 0, 1, 2; weights that are not above 0; a `rho`
        outside 0..1.

    Notes
    -----
    T depends on the number of goals: one goal at +1 gives 60, ten at +1 give 66. Persons with different
    numbers of goals are therefore compared by the distribution of their scores. A goal that was dropped has
    no score; leaving such goals out makes T too high.

    References
    ----------
    Kiresuk, T. J. and Sherman, R. E. (1968). Goal attainment scaling. Community Mental Health Journal 4,
    443-453.

    Examples
    --------
    >>> from hamm_eval.ratings import goal_attainment_t
    >>> goal_attainment_t([1]), round(goal_attainment_t([1] * 10), 1)
    (60.0, 66.4)
    """
    x = checked_vector(scores, "scores")
    if not x.size:
        raise InputError("There is no goal.", where="scores")
    wrong = (x < LOWEST) | (x > HIGHEST) | (x != np.floor(x))
    refuse_where(wrong, "scores", "Scores that are not whole numbers from -2 to 2", "Give attainment levels.")
    w = np.ones(x.size) if weights is None else checked_vector(weights, "weights", length=x.size)
    refuse_where(w <= 0, "weights", "Weights that are not above 0", "Leave out goals that do not count.")
    correlation = checked_number(rho, "rho")
    if not 0 <= correlation <= 1:
        raise InputError("Must lie between 0 and 1.", where="rho")
    spread = (1 - correlation) * (w @ w) + correlation * w.sum() ** 2
    return float(50 + 10 * (w @ x) / np.sqrt(spread))
