"""Products of matrices from the first one on: what carries probabilities along the grid."""

from __future__ import annotations

import math

import numpy as np

from hamm_eval.inference import FloatArray


def running_products(factors: FloatArray) -> FloatArray:
    """Products of the first 1, 2, ..., l of square matrices, shape (l, s, s).

    About the root of l rows of that many factors are multiplied side by side, then row by row: two small
    products a factor, and no loop over all of them.

    Parameters
    ----------
    factors : ndarray, shape (l, s, s)

    Examples
    --------
    >>> running_products(np.array([[[2.0]], [[3.0]], [[5.0]]])).ravel()
    array([ 2.,  6., 30.])
    """
    length, size = factors.shape[:2]
    width = math.isqrt(length - 1) + 1
    filled = np.empty((width * width, size, size))
    filled[:length], filled[length:] = factors, np.eye(size)
    within = filled.reshape(width, width, size, size)
    for i in range(1, width):
        within[:, i] = within[:, i - 1] @ within[:, i]
    for i in range(1, width):
        within[i] = within[i - 1, -1] @ within[i]
    return filled[:length]
