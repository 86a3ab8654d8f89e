"""Draws of missing values from one column's model, its parameters drawn too (proper imputation)."""

from __future__ import annotations

import numpy as np

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray, IntArray

DONORS = 5
# Prior standard deviation of a log odds ratio per standard deviation of a predictor, as for censoring: keeps
# finite what belongs to a category that a predictor separates.
_PRIOR_SD = 2.5
_RIDGE = 1e-5
_ITERATIONS = 100


def draw_numbers(
    known: FloatArray, values: FloatArray, unknown: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Predictive mean matching on a Bayesian linear regression: each value is one that somebody has.

    Parameters
    ----------
    known : ndarray, shape (n, q)
        Predictors of the rows whose value is known, with an intercept.
    values : ndarray, shape (n,)
    unknown : ndarray, shape (k, q)
        Predictors of the rows whose value is drawn.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (k,)

    Notes
    -----
    Type 1 matching: predictions with drawn coefficients for the rows without value look among predictions
    with estimated coefficients for the five nearest, one of which gives its value. A ridge of 1e-5 of each
    diagonal element keeps predictors that repeat each other.

    References
    ----------
    Little, R. J. A. (1988). Missing-data adjustments in large surveys. Journal of Business and Economic
    Statistics 6, 287-296.
    Morris, T. P., White, I. R. and Royston, P. (2014). Tuning multiple imputation by predictive mean matching
    and local residual draws. BMC Medical Research Methodology 14, 75.
    """
    gram = known.T @ known
    gram = gram + np.diag(_RIDGE * np.diag(gram) + np.finfo(np.float64).tiny)
    root = np.linalg.cholesky(gram)
    estimated = np.linalg.solve(gram, known.T @ values)
    residual = values - known @ estimated
    freedom = max(values.size - known.shape[1], 1)
    sigma = np.sqrt(residual @ residual / rng.chisquare(freedom))
    drawn = estimated + sigma * np.linalg.solve(root.T, rng.standard_normal(estimated.size))
    return values[_match(known @ estimated, unknown @ drawn, rng)]


def _match(donors: FloatArray, receivers: FloatArray, rng: np.random.Generator) -> IntArray:
    """One of the nearest donors for each receiver; donors that are alike stand in random order."""
    count = min(DONORS, donors.size)
    order = rng.permutation(donors.size)
    order = order[np.argsort(donors[order], kind="stable")]
    place = np.searchsorted(donors[order], receivers)
    window = np.clip(place - count, 0, max(donors.size - 2 * count, 0))
    candidates = order[window[:, None] + np.arange(min(2 * count, donors.size))]
    distance = np.abs(donors[candidates] - receivers[:, None])
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :count]
    chosen = nearest[np.arange(receivers.size), rng.integers(0, count, receivers.size)]
    return np.asarray(candidates[np.arange(receivers.size), chosen], dtype=np.int64)


def draw_categories(
    known: FloatArray,
    codes: IntArray,
    unknown: FloatArray,
    rng: np.random.Generator,
    start: FloatArray | None = None,
) -> tuple[IntArray, FloatArray]:
    """Draws from a multinomial logistic model (logistic with two categories), coefficients drawn too.

    Parameters
    ----------
    known : ndarray, shape (n, q)
        Predictors of the rows whose category is known; the first column is the intercept, the others have
        standard deviations of about 1.
    codes : ndarray of int, shape (n,)
        0..K-1, each of which occurs.
    unknown : ndarray, shape (k, q)
    rng : numpy.random.Generator
    start : ndarray, shape (q, K - 1), optional
        Where the search for the maximum begins.

    Returns
    -------
    codes : ndarray of int, shape (k,)
    coefficients : ndarray, shape (q, K - 1)
        At the maximum, against category 0.

    Notes
    -----
    The coefficients are drawn from the normal approximation to their posterior under a weak normal prior.

    References
    ----------
    Gelman, A. et al. (2008). A weakly informative default prior distribution for logistic and other
    regression models. Annals of Applied Statistics 2, 1360-1383.
    """
    categories = int(codes.max()) + 1
    mode, information = _posterior_mode(known, codes, categories, start)
    root = np.linalg.cholesky(information)
    noise = np.linalg.solve(root.T, rng.standard_normal(len(information)))
    drawn = mode + noise.reshape(categories - 1, -1).T
    others, _ = _shares(unknown @ drawn)
    # From the last category down: category 0 takes what the others leave.
    beyond = np.cumsum(others[:, ::-1], axis=1)
    found = (rng.random(len(unknown))[:, None] < beyond).sum(axis=1)
    return found.astype(np.int64), mode


def _posterior_mode(
    x: FloatArray, codes: IntArray, categories: int, start: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Mode (q, K - 1) and information by Newton steps, halved while the log posterior falls."""
    rows, q = x.shape
    precision = np.full(q, _PRIOR_SD**-2)
    precision[0] = 0.0
    met = np.zeros((rows, categories - 1))
    beyond = codes > 0
    met[beyond, codes[beyond] - 1] = 1.0
    beta = np.zeros((q, categories - 1)) if start is None else start

    def log_posterior(beta: FloatArray) -> float:
        predictor = x @ beta
        _, normaliser = _shares(predictor)
        return float((met * predictor).sum() - normaliser.sum() - (precision @ beta**2).sum() / 2)

    reached = log_posterior(beta)
    for _ in range(_ITERATIONS):
        share, _ = _shares(x @ beta)
        information = _information(x, share, precision)
        slope = (x.T @ (met - share) - precision[:, None] * beta).T.reshape(-1)
        step = np.linalg.solve(information, slope).reshape(categories - 1, q).T
        if float(np.abs(step).max()) < 1e-8:
            return beta, information
        factor = 1.0
        while (found := log_posterior(beta + factor * step)) < reached - 1e-9 * abs(reached):
            factor /= 2
            if factor < 1e-6:
                break
        beta, reached = beta + factor * step, found
    raise NotEstimable(
        "An imputation model did not converge.", where="covariates", todo="Merge rare categories."
    )


def _shares(predictor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Probabilities of categories 1..K-1 (n, K - 1), and the logarithm of what they are divided by (n,)."""
    top = np.maximum(predictor.max(axis=1), 0.0)
    odds = np.exp(predictor - top[:, None])
    total = np.exp(-top) + odds.sum(axis=1)
    return odds / total[:, None], top + np.log(total)


def _information(x: FloatArray, share: FloatArray, precision: FloatArray) -> FloatArray:
    """Minus the second derivative of the log posterior, one block a pair of categories."""
    q, others = x.shape[1], share.shape[1]
    found = np.empty((others * q, others * q))
    for j in range(others):
        for k in range(j, others):
            weight = share[:, j] * (float(j == k) - share[:, k])
            block = x.T @ (weight[:, None] * x)
            if j == k:
                block = block + np.diag(precision)
            found[j * q : (j + 1) * q, k * q : (k + 1) * q] = block
            found[k * q : (k + 1) * q, j * q : (j + 1) * q] = block
    return found
