"""A fitted Cox model: its numbers, and what is computed from them when asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hamm_eval.errors import InputError
from hamm_eval.inference import FloatArray, as_numbers
from hamm_eval.survival.concordance import concordance_index
from hamm_eval.survival.cox_baseline import Baseline, predict_baseline
from hamm_eval.survival.cox_design import read_covariates
from hamm_eval.survival.cox_residuals import (
    dfbeta_residuals,
    martingale_residuals,
    schoenfeld_residuals,
    score_residuals,
)
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation
from hamm_eval.survival.proportionality import ProportionalityTest, Transform, proportionality_score_test
from hamm_eval.survival.results import write_protect

if TYPE_CHECKING:
    import pandas as pd

Residuals = Literal["martingale", "score", "schoenfeld", "dfbeta"]


@dataclass(frozen=True, slots=True)
class CoxFit:
    """What residuals, baselines and tests are computed from."""

    data: CoxData
    evaluation: CoxEvaluation
    centre: FloatArray
    scale: FloatArray
    start: FloatArray | None
    stop: FloatArray
    strata: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Cox:
    """A fitted Cox model with p coefficients.

    Attributes
    ----------
    names : tuple of str
    coefficients : ndarray, shape (p,)
        Log hazard ratios.
    std_error : ndarray, shape (p,)
        Robust (Lin-Wei) where clusters or weights were given, else model-based.
    naive_std_error : ndarray, shape (p,)
        Model-based.
    covariance : ndarray, shape (p, p)
        Of `coefficients`, matching `std_error`.
    hazard_ratio, lower, upper : ndarray, shape (p,)
    p_value : ndarray, shape (p,)
        Two-sided Wald test.
    log_likelihood, log_likelihood_null : float
        Partial, at the estimates and at 0.
    score_statistic : float
        Score test of all coefficients being 0, p degrees of freedom.
    n, events : int
        Rows, and rows with an event.
    iterations : int
    ties : str
    confidence : float
    robust : bool
        Whether `std_error` is.
    clusters : int or None
        Number of clusters, where they were given.
    notes : tuple of str
        What a reader of the intervals has to know, as that clusters are few.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    naive_std_error: FloatArray
    covariance: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float
    n: int
    events: int
    iterations: int
    ties: str
    confidence: float
    robust: bool
    clusters: int | None
    notes: tuple[str, ...]
    _fitted: CoxFit = field(repr=False)

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    @property
    def concordance(self) -> float:
        """Share of comparable pairs that the linear predictor puts in the right order (Therneau and Watson).

        Computed when asked for, in about the time of the fit; NaN without a comparable pair.
        """
        data = self._fitted.data
        # Row by row, so that equal covariates give exactly equal scores.
        score = np.sum(data.z * self._fitted.evaluation.coefficients, axis=1)
        return concordance_index(score, data.weight, data.event, data.sets)

    def baseline(self, at: Any = None) -> Baseline:
        """Cumulative hazard at given covariate values, ties as in the fit.

        Parameters
        ----------
        at : array_like, shape (p,) or (r, p), or DataFrame, optional
            Covariate values in the model's order (a DataFrame: by name). None: the (weighted) means.

        Returns
        -------
        Baseline
        """
        fitted = self._fitted
        values = fitted.centre if at is None else self._read(at)
        covariance = None
        if not self.robust:
            covariance = self.covariance * np.outer(fitted.scale, fitted.scale)
        standard = (np.atleast_2d(values) - fitted.centre) / fitted.scale
        predicted = predict_baseline(fitted.data, fitted.evaluation, standard, covariance, fitted.strata)
        if values.ndim == 2:
            return predicted
        return Baseline(
            predicted.time, predicted.stratum, predicted.cumulative_hazard[0], predicted.std_error[0]
        )

    def residuals(self, kind: Residuals) -> FloatArray:
        """Residuals, in the order of the rows given.

        Parameters
        ----------
        kind : "martingale", "score", "schoenfeld" or "dfbeta"
            Martingale (n,): observed minus expected events. Score (n, p), unweighted. Schoenfeld (events, p),
            ordered by stratum, time and row. Dfbeta (n, p): approximate change of the coefficients by leaving
            the row out, weighted as in the robust variance.

        Returns
        -------
        ndarray
        """
        fitted = self._fitted
        data, evaluation = fitted.data, fitted.evaluation
        if kind == "martingale":
            return martingale_residuals(data, evaluation)
        if kind == "score":
            return score_residuals(data, evaluation, fitted.scale)
        if kind == "schoenfeld":
            return schoenfeld_residuals(data, evaluation)[0] * fitted.scale
        if kind == "dfbeta":
            return dfbeta_residuals(data, evaluation, fitted.scale)
        raise InputError('Must be "martingale", "score", "schoenfeld" or "dfbeta".', where="kind")

    def proportionality_test(self, transform: Transform = "km") -> ProportionalityTest:
        """Test whether coefficients change with a transform of time (exact score test, R survival >= 3).

        Parameters
        ----------
        transform : "km", "identity", "rank" or "log"
            "km" is one minus the Kaplan-Meier estimate just before each event.

        Returns
        -------
        ProportionalityTest
            Model-based also where the standard errors are robust, as in R.

        Raises
        ------
        NotEstimable
            "log" with an event at time 0; all events that tell of a covariate at one time, or events at
            too few times for so many covariates.
        """
        fitted = self._fitted
        return proportionality_score_test(
            fitted.data, fitted.evaluation, self.names, fitted.start, fitted.stop, transform
        )

    def to_frame(self) -> pd.DataFrame:
        """The coefficients as a table, one row each."""
        import pandas as pd

        columns = ("coefficients", "std_error", "hazard_ratio", "lower", "upper", "p_value")
        return pd.DataFrame({"name": self.names} | {name: getattr(self, name) for name in columns})

    def _read(self, at: Any) -> FloatArray:
        """Covariate values asked for, checked."""
        columns = getattr(at, "columns", None)
        if columns is not None:
            missing = [name for name in self.names if name not in {str(c) for c in columns}]
            if missing:
                raise InputError(f"Columns are missing: {', '.join(missing)}.", where="at")
            return read_covariates(at[[c for n in self.names for c in columns if str(c) == n]], len(at))[0]
        values = as_numbers(at, "at")
        if values.ndim not in (1, 2) or values.shape[-1] != len(self.names):
            raise InputError(f"Expected {len(self.names)} values, in the model's order.", where="at")
        if not np.isfinite(values).all():
            raise InputError("Missing or infinite entries.", where="at")
        return values
