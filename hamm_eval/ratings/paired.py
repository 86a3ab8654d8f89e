"""Two ratings of the same things: does one side rate higher, on the ordinal scale?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hamm_eval.inference import checked_vector, labels_to_codes
from hamm_eval.ratings.ordinal import OrdinalRegression, ordinal_regression


def paired_ordinal_regression(
    first: ArrayLike, second: ArrayLike, *, cluster: ArrayLike | None = None
) -> OrdinalRegression:
    """Cumulative logit model of both ratings of each pair on whose rating it is.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Ratings of the same n things.
    cluster : array_like of labels, shape (n,), optional
        Of the pairs, such as social workers; None: every pair is a cluster of its own, as its two ratings
        speak of one thing.

    Returns
    -------
    OrdinalRegression
        Its one coefficient is the log odds ratio of a higher rating by the second side; variance robust to
        the correlation within pairs and clusters (a marginal model, estimated under independence).

    Raises
    ------
    InputError
        Missing ratings, lengths that differ.
    NotEstimable
        As `ordinal_regression`.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical Society B 42,
    109-142. Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
    Biometrika 73, 13-22.

    Examples
    --------
    >>> from hamm_eval.ratings import paired_ordinal_regression
    >>> worker, refugee = [3, 3, 4, 4, 5, 3, 4, 2], [2, 3, 3, 5, 4, 2, 4, 1]
    >>> round(float(paired_ordinal_regression(worker, refugee).coefficients[0]), 2)
    -0.78
    """
    before = checked_vector(first, "first")
    after = checked_vector(second, "second", length=before.size)
    pairs = np.arange(before.size)
    of = pairs if cluster is None else labels_to_codes(cluster, "cluster", length=before.size)[0]
    whose = np.repeat([0.0, 1.0], before.size)
    return ordinal_regression(np.concatenate([before, after]), whose, cluster=np.tile(of, 2))
