"""Linear and logistic regression as the marginal models of this room fit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, checked_binary, checked_vector
from hamm_eval.ratings.maximum import Point, maximise
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable

Family = Literal["gaussian", "binomial"]


@dataclass(frozen=True, slots=True)
class MeanFit:
    """A fitted mean.

    Attributes
    ----------
    coefficients : ndarray, shape (P,)
    slopes : ndarray, shape (n, P)
        Derivative of each mean by the coefficients.
    variance : ndarray, shape (n,)
        Of each outcome as the family has it, up to a factor.
    residuals : ndarray, shape (n,)
        Outcome less mean.
    """

    coefficients: FloatArray
    slopes: FloatArray
    variance: FloatArray
    residuals: FloatArray


def mean_at(y: FloatArray, design: FloatArray, coefficients: FloatArray, family: str) -> MeanFit:
    """The mean and its derivatives at given coefficients."""
    predictor = design @ coefficients
    if family == "gaussian":
        return MeanFit(coefficients, design, np.ones(y.size), y - predictor)
    mean = special.expit(predictor)
    variance = mean * special.expit(-predictor)
    return MeanFit(coefficients, variance[:, None] * design, variance, y - mean)


def read_mean_model(
    outcome: ArrayLike, covariates: Any, family: str
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """The outcome, the design with a leading column of ones, and the names of its columns."""
    if family not in ("gaussian", "binomial"):
        raise InputError('Must be "gaussian" or "binomial".', where="family")
    y = checked_binary(outcome, "outcome") if family == "binomial" else checked_vector(outcome, "outcome")
    x, names = read_covariates(covariates, y.size)
    refuse_inestimable(x, names, None)
    return y, np.column_stack([np.ones(y.size), x]), ("(Intercept)", *names)


def fit_mean(y: FloatArray, design: FloatArray, names: Sequence[str], family: str) -> MeanFit:
    """Least squares, or the maximum of the logistic likelihood."""
    if family == "gaussian":
        return mean_at(y, design, np.asarray(np.linalg.lstsq(design, y, rcond=None)[0], np.float64), family)
    centre, spread = design.mean(axis=0), design.std(axis=0)
    centre[0], spread[0] = 0.0, 1.0
    scaled = (design - centre) / spread

    def evaluate(beta: FloatArray) -> Point:
        predictor = scaled @ beta
        mean = special.expit(predictor)
        curved = mean * special.expit(-predictor)
        value = float(y @ predictor - np.logaddexp(0, predictor).sum())
        return Point(beta, value, scaled.T @ (y - mean), scaled.T @ (curved[:, None] * scaled))

    start = np.zeros(design.shape[1])
    start[0] = special.logit(np.clip(y.mean(), 1e-3, 1 - 1e-3))
    called = ["outcome[level]", *(f"covariates[{name}]" for name in names[1:])]
    beta = maximise(evaluate, start, called)[1].parameters / spread
    beta[0] -= float(centre[1:] @ beta[1:])
    return mean_at(y, design, beta, family)
