"""One Newton step of the jackknife: a model without each cluster in turn, without fitting it again."""

from __future__ import annotations

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, sum_by

# A cluster that holds less of the information than this cannot leave a singular rest.
_SHARE_OF_INFORMATION = 0.9


def steps_without(information: FloatArray, parts: FloatArray, scores: FloatArray) -> FloatArray:
    """How far leaving out each cluster would move the coefficients, sign reversed, (G, q).

    Parameters
    ----------
    information : ndarray, shape (q, q)
    parts : ndarray, shape (G, q, q)
        What each cluster adds to it.
    scores : ndarray, shape (G, q)
        Estimating functions summed within clusters.

    Notes
    -----
    The eigenvalues of a cluster's share of the information are at most its trace; below 1 the rest is regular
    and is solved. A cluster that alone carries a category leaves a singular rest: what remains estimable is
    used.
    """
    rest = information - parts
    shares = np.einsum("ij,gji->g", np.linalg.inv(information), parts)
    regular = shares < _SHARE_OF_INFORMATION
    steps = np.empty_like(scores)
    steps[regular] = np.linalg.solve(rest[regular], scores[regular][:, :, None])[:, :, 0]
    if not regular.all():
        inverse = np.linalg.pinv(rest[~regular], rcond=1e-10, hermitian=True)
        steps[~regular] = np.einsum("gij,gj->gi", inverse, scores[~regular])
    return steps


def information_by(design: FloatArray, curvature: FloatArray, without: IntArray, groups: int) -> FloatArray:
    """What each cluster adds to an information ``X' diag(c) X``, (G, q, q).

    Parameters
    ----------
    design : ndarray, shape (n, q)
    curvature : ndarray, shape (n,)
    without : ndarray of int, shape (n,)
        Clusters 0..groups - 1.
    """
    q = design.shape[1]
    found = np.empty((groups, q, q))
    for k in range(q):
        # Symmetric: what lies on one side of the diagonal is not summed again.
        products = (curvature * design[:, k])[:, None] * design[:, k:]
        found[:, k, k:] = found[:, k:, k] = sum_by(without, products, groups)
    return found
