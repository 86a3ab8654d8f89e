"""The Cox proportional-hazards model on counting-process rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    checked_binary,
    critical_value,
    labels_to_codes,
    sum_by,
    two_sided_p,
)
from hamm_eval.survival.concordance import concordance_index
from hamm_eval.survival.cox_baseline import Baseline, predict_baseline
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.cox_newton import maximise
from hamm_eval.survival.cox_residuals import martingale_residuals, schoenfeld_residuals, score_residuals
from hamm_eval.survival.episodes import checked_times, checked_weights
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation, cox_data
from hamm_eval.survival.proportionality import ProportionalityTest, Transform, proportionality_score_test
from hamm_eval.survival.risk_sets import build_risk_sets

if TYPE_CHECKING:
    import pandas as pd

Residuals = Literal["martingale", "score", "schoenfeld", "dfbeta"]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What residuals, baselines and tests are computed from."""

    data: CoxData
    evaluation: CoxEvaluation
    centre: FloatArray
    scale: FloatArray
    start: FloatArray | None
    stop: FloatArray
    strata: NDArray[Any]


@dataclass(frozen=True, slots=True)
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
    concordance : float
        NaN without a comparable pair.
    ties : str
    confidence : float
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
    concordance: float
    ties: str
    confidence: float
    robust: bool
    _fitted: _Fitted = field(repr=False)

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
            return score_residuals(data, evaluation) * fitted.scale
        if kind == "schoenfeld":
            return schoenfeld_residuals(data, evaluation)[0] * fitted.scale
        if kind == "dfbeta":
            return _dfbeta(data, evaluation) / fitted.scale
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
            "log" with an event at time 0, or all events at one time.
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
        try:
            values = np.asarray(at, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError("Not all entries are numbers.", where="at") from None
        if values.ndim not in (1, 2) or values.shape[-1] != len(self.names):
            raise InputError(f"Expected {len(self.names)} values, in the model's order.", where="at")
        if not np.isfinite(values).all():
            raise InputError("Missing or infinite entries.", where="at")
        return values


def cox(
    stop: ArrayLike,
    event: ArrayLike,
    covariates: Any,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    confidence: float = 0.95,
) -> Cox:
    r"""Fit :math:`\lambda(t | x) = \lambda_s(t) \exp(x(t)' \beta)` by partial likelihood.

    Rows are ``(start, stop]``: persons may have several, with covariates that change between them (a change
    at t takes effect after t), and may enter late. Competing events count as censored: the hazard is then
    cause-specific, and a hazard ratio says nothing on incidence by itself.

    Parameters
    ----------
    stop : array_like, shape (n,)
    event : array_like, shape (n,)
        1 = event at `stop`, 0 = none.
    covariates : array_like, shape (n, p), or DataFrame
        Numbers; the column names of a DataFrame are kept.
    start : array_like, shape (n,), optional
        Before `stop`. None: at risk from the beginning, so that an event at time 0 counts.
    weights : array_like, shape (n,), optional
        Sampling or probability weights; the standard errors are then robust.
    strata : array_like, shape (n,), optional
        Each stratum has a baseline hazard of its own.
    cluster : array_like, shape (n,), optional
        Units that are independent of each other, such as households (or persons with several rows where
        weights are given); the standard errors are then the Lin-Wei sandwich, without a small-sample factor.
    ties : "efron" or "breslow"
    confidence : float

    Returns
    -------
    Cox

    Raises
    ------
    InputError
        Missing values, negative times, ``start >= stop``, events other than 0 and 1.
    NotEstimable
        No event; a covariate that does not vary or is contained in the others; a group without events
        (coefficient without bound); fewer than two clusters.

    References
    ----------
    Andersen, P. K. and Gill, R. D. (1982). Cox's regression model for counting processes. Annals of
    Statistics 10, 1100-1120. Efron, B. (1977). The efficiency of Cox's likelihood function for censored data.
    J. American Statistical Association 72, 557-565. Lin, D. Y. and Wei, L. J. (1989). The robust inference
    for the Cox proportional hazards model. J. American Statistical Association 84, 1074-1078.

    Examples
    --------
    >>> fit = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> fit.hazard_ratio.round(3)
    array([1.585])
    """
    if ties not in ("efron", "breslow"):
        raise InputError('Must be "efron" or "breslow".', where="ties")
    z_value = critical_value(confidence)
    end, begin = checked_times(stop, start, time_name="stop", entry_name="start")
    n = end.size
    happened = checked_binary(event, "event", length=n)
    x, names = read_covariates(covariates, n)
    weight = checked_weights(weights, n)
    codes, labels = (None, np.zeros(1)) if strata is None else labels_to_codes(strata, "strata", length=n)
    clusters = None if cluster is None else labels_to_codes(cluster, "cluster", length=n)[0]
    if clusters is not None and clusters.max() < 1:
        raise NotEstimable("All rows are of one cluster.", where="cluster")
    if not np.any(happened * weight):
        raise NotEstimable("There is no event.", where="event")
    counted = weight > 0
    refuse_inestimable(x[counted], names, None if codes is None else codes[counted])
    refuse_separated(x[counted], names, happened[counted])
    centre = np.average(x, axis=0, weights=weight)
    scale = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=weight))
    sets = build_risk_sets(begin, end, (happened == 1) & counted, codes)
    # A row of weight 0 is nobody's event; its residuals are still defined.
    data = cox_data((x - centre) / scale, weight, happened * counted, sets, ties)
    null, fit, iterations = maximise(data, names)
    inverse = np.linalg.inv(fit.information)
    naive = inverse / np.outer(scale, scale)
    robust = weights is not None or clusters is not None
    covariance = _lin_wei(_dfbeta(data, fit) / scale, clusters) if robust else naive
    coefficients, std_error = fit.coefficients / scale, np.sqrt(np.diag(covariance))
    return Cox(
        names=names,
        coefficients=coefficients,
        std_error=std_error,
        naive_std_error=np.sqrt(np.diag(naive)),
        covariance=covariance,
        hazard_ratio=np.exp(coefficients),
        lower=np.exp(coefficients - z_value * std_error),
        upper=np.exp(coefficients + z_value * std_error),
        p_value=two_sided_p(coefficients / std_error),
        log_likelihood=fit.log_likelihood,
        log_likelihood_null=null.log_likelihood,
        score_statistic=float(null.score @ np.linalg.solve(null.information, null.score)),
        n=n,
        events=int(happened.sum()),
        iterations=iterations,
        concordance=concordance_index(_linear_predictor(data, fit), weight, data.event, sets),
        ties=ties,
        confidence=confidence,
        robust=robust,
        _fitted=_Fitted(data, fit, centre, scale, begin, end, labels),
    )


def _dfbeta(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Weighted score residuals times the inverse information, standardised covariates."""
    return data.weight[:, None] * score_residuals(data, fit) @ np.linalg.inv(fit.information)


def _lin_wei(dfbeta: FloatArray, cluster: NDArray[np.int64] | None) -> FloatArray:
    """Cross-product of the dfbetas, summed within clusters."""
    sums = dfbeta if cluster is None else sum_by(cluster, dfbeta, int(cluster.max()) + 1)
    return sums.T @ sums


def _linear_predictor(data: CoxData, fit: CoxEvaluation) -> FloatArray:
    """Row by row, so that equal covariates give exactly equal scores."""
    return np.sum(data.z * fit.coefficients, axis=1)
