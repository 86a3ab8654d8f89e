"""Cumulative hazard and survival that a Cox model predicts for given covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, checked_points
from hamm_eval.survival.intervals import step_index
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation
from hamm_eval.survival.results import write_protect


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Predicted cumulative hazards on the k distinct event times (of all strata, one after the other).

    Attributes
    ----------
    time : ndarray, shape (k,)
    stratum : ndarray, shape (k,)
        Label of the stratum; 0 throughout without strata.
    cumulative_hazard : ndarray, shape (k,) or (r, k)
        One row per row of `at` where several were given.
    std_error : ndarray, same shape
        Of the cumulative hazard, model-based; NaN for a model with weights or clusters, for which it would
        not be valid.
    """

    time: FloatArray
    stratum: NDArray[Any]
    cumulative_hazard: FloatArray
    std_error: FloatArray

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    @property
    def survival(self) -> FloatArray:
        """Predicted probability of no event, ``exp(-cumulative_hazard)``."""
        return np.exp(-self.cumulative_hazard)

    def at(self, times: ArrayLike, stratum: Any = None) -> tuple[FloatArray, FloatArray]:
        """Cumulative hazard and its standard error at `times`, 0 before the first event.

        Parameters
        ----------
        times : array_like, shape (j,)
        stratum : label
            Needed where the model has strata.

        Returns
        -------
        tuple of ndarray, shape (j,) or (r, j)
        """
        asked = checked_points(times, "times")
        labels = np.unique(self.stratum)
        if stratum is None and labels.size > 1:
            raise InputError("The model has strata: say which.", where="stratum")
        chosen = self.stratum == (labels[0] if stratum is None else stratum)
        if not chosen.any():
            raise InputError("There is no such stratum with an event.", where="stratum")
        where = step_index(self.time[chosen], asked) + 1
        zero = np.zeros((*self.cumulative_hazard.shape[:-1], 1))
        hazard = np.concatenate([zero, self.cumulative_hazard[..., chosen]], axis=-1)
        error = np.concatenate([zero, self.std_error[..., chosen]], axis=-1)
        return hazard[..., where], error[..., where]


def predict_baseline(
    data: CoxData, fit: CoxEvaluation, at: FloatArray, covariance: FloatArray | None, labels: NDArray[Any]
) -> Baseline:
    """Cumulative hazard at standardised covariate values `at` (r, p), ties as in the fit.

    The variance is ``sum 1/D^2 + q' V q``, q the integral of (mean at risk - x) against the baseline hazard
    (Tsiatis 1981, Annals of Statistics 9, 93-108).
    """
    hazard = _within(data, fit.hazard)
    relative = np.exp(at @ fit.coefficients)
    cumulative = relative[:, None] * hazard
    if covariance is None:
        error = np.full_like(cumulative, np.nan)
    else:
        counting = _within(data, data.mean_weight * fit.sums.square[0])
        means = _within(data, fit.sums.mean_hazard()[0])
        shift = means[None] - hazard[None, :, None] * at[:, None, :]
        error = relative[:, None] * np.sqrt(counting + np.einsum("rkp,pq,rkq->rk", shift, covariance, shift))
    return Baseline(data.sets.time, labels[data.sets.stratum], cumulative, error)


def _within(data: CoxData, increments: FloatArray) -> FloatArray:
    """Cumulative sums along the grid that begin anew with each stratum."""
    total = np.cumsum(increments, axis=0)
    first = np.searchsorted(data.sets.stratum, data.sets.stratum)
    return total - (total - increments)[first]
