"""Parametric models of the time to an event: accelerated failure time, as R's survreg has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import (
    FloatArray,
    checked_binary,
    checked_points,
    critical_value,
    refuse_where,
    two_sided_p,
)
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable, refuse_separated
from hamm_eval.survival.episodes import checked_times
from hamm_eval.survival.results import write_protect

if TYPE_CHECKING:
    import pandas as pd

Family = Literal["weibull", "lognormal", "loglogistic", "exponential"]
MAX_ITERATIONS = 100
STEP_TOLERANCE = 1e-9


class _Log(NamedTuple):
    """A logarithm and its first two derivatives."""

    value: FloatArray
    first: FloatArray
    second: FloatArray


@dataclass(frozen=True, slots=True)
class _Error:
    """Log density and log survival of the standardised error of log time."""

    density: Callable[[FloatArray], _Log]
    survival: Callable[[FloatArray], _Log]


def _extreme_density(z: FloatArray) -> _Log:
    """Smallest extreme value: Weibull and exponential times."""
    e = np.exp(z)
    return _Log(z - e, 1 - e, -e)


def _extreme_survival(z: FloatArray) -> _Log:
    """Smallest extreme value."""
    e = np.exp(z)
    return _Log(-e, -e, -e)


def _normal_density(z: FloatArray) -> _Log:
    """Normal: log-normal times."""
    return _Log(-0.5 * z**2 - 0.5 * np.log(2 * np.pi), -z, -np.ones_like(z))


def _normal_survival(z: FloatArray) -> _Log:
    """Normal; the ratio of density to survival by logarithms, so that it holds far out."""
    value = special.log_ndtr(-z)
    ratio = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - value)
    return _Log(value, -ratio, -ratio * (ratio - z))


def _logistic_density(z: FloatArray) -> _Log:
    """Logistic: log-logistic times."""
    p = special.expit(z)
    return _Log(z - 2 * np.logaddexp(0, z), 1 - 2 * p, -2 * p * (1 - p))


def _logistic_survival(z: FloatArray) -> _Log:
    """Logistic."""
    p = special.expit(z)
    return _Log(-np.logaddexp(0, z), -p, -p * (1 - p))


_EXTREME = _Error(_extreme_density, _extreme_survival)
ERRORS: dict[str, _Error] = {
    "weibull": _EXTREME,
    "exponential": _EXTREME,
    "lognormal": _Error(_normal_density, _normal_survival),
    "loglogistic": _Error(_logistic_density, _logistic_survival),
}


@dataclass(frozen=True, slots=True, eq=False)
class Parametric:
    """A fitted accelerated-failure-time model, ``log T = x'b + scale * error``.

    Attributes
    ----------
    names : tuple of str
        ``(Intercept)`` and the covariates.
    coefficients, std_error, lower, upper, p_value : ndarray, shape (p + 1,)
        ``exp(b)`` is the factor by which a covariate stretches time.
    covariance : ndarray
        Of the coefficients and, where it is estimated, the logarithm of the scale (last).
    scale : float
        1 for "exponential".
    log_scale_std_error : float
        NaN where the scale is fixed.
    log_likelihood, aic : float
        Of the times themselves, not of their logarithms.
    family : str
    n, events : int
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    covariance: FloatArray
    scale: float
    log_scale_std_error: float
    log_likelihood: float
    aic: float
    family: str
    n: int
    events: int

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def survival(self, times: ArrayLike, at: ArrayLike | None = None) -> FloatArray:
        """Probability of no event up to `times`.

        Parameters
        ----------
        times : array_like, shape (j,)
            From 0 on, in the unit of the times fitted.
        at : array_like, shape (p,), optional
            Covariate values; needed where there are covariates.

        Returns
        -------
        ndarray, shape (j,)

        Raises
        ------
        InputError
            Times that are no numbers or negative; covariate values that are no numbers, or too few or many.
        """
        asked = checked_points(times, "times")
        refuse_where(asked < 0, "times", "Negative times", "Times are counted from the origin on.")
        values = np.zeros(0) if at is None else checked_points(at, "at")
        if values.shape != (len(self.names) - 1,):
            raise InputError(f"Expected {len(self.names) - 1} values, in the model's order.", where="at")
        location = float(np.r_[1.0, values] @ self.coefficients)
        with np.errstate(divide="ignore"):
            z = (np.log(asked) - location) / self.scale
        return np.where(np.isneginf(z), 1.0, np.exp(ERRORS[self.family].survival(np.maximum(z, -700)).value))

    def to_frame(self) -> pd.DataFrame:
        """The coefficients as a table, one row each."""
        import pandas as pd

        columns = ("coefficients", "std_error", "lower", "upper", "p_value")
        return pd.DataFrame({"name": self.names} | {name: getattr(self, name) for name in columns})


@dataclass(frozen=True, slots=True)
class _Data:
    """Log times, log entries where they are late, events and the design with its intercept."""

    log_time: FloatArray
    log_entry: FloatArray | None
    late: FloatArray
    event: FloatArray
    design: FloatArray
    error: _Error
    scale_fixed: bool


def parametric(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Any = None,
    *,
    family: Family = "weibull",
    entry: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Parametric:
    r"""Fit :math:`\log T = x' \beta + \sigma \varepsilon` by maximum likelihood.

    The error is extreme-value ("weibull"; "exponential" with :math:`\sigma = 1`), normal ("lognormal") or
    logistic ("loglogistic"). With late entry the likelihood is conditional on no event before `entry`. In
    the other notation of the Weibull model the shape is :math:`1 / \sigma` and the log hazard ratio
    :math:`-\beta / \sigma`.

    Parameters
    ----------
    time : array_like, shape (n,)
        Above 0.
    event : array_like, shape (n,)
        1 = event at `time`, 0 = censored.
    covariates : array_like, shape (n, p), or DataFrame, optional
        Numbers; an intercept is added.
    family : "weibull", "lognormal", "loglogistic" or "exponential"
    entry : array_like, shape (n,), optional
        Beginning of observation, before `time`.
    confidence : float

    Returns
    -------
    Parametric

    Raises
    ------
    InputError
        Missing times or times not above 0, ``entry >= time``, events other than 0 and 1; another family.
    NotEstimable
        No event; a covariate that does not vary or is contained in the others; no maximum.

    References
    ----------
    Kalbfleisch, J. D. and Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed.,
    chapter 3. Wiley.

    Examples
    --------
    >>> fit = parametric([1, 2, 3, 4], [1, 1, 1, 0], family="exponential")
    >>> fit.coefficients.round(3), round(fit.aic, 3)  # log of person-time per event
    (array([1.204]), 15.224)
    """
    if family not in ERRORS:
        raise InputError(f"Must be one of {', '.join(ERRORS)}.", where="family")
    z_value = critical_value(confidence)
    end, begin = checked_times(time, entry)
    refuse_where(end <= 0, "time", "Times that are not above 0", "Leave out or shift who ends at the origin.")
    happened = checked_binary(event, "event", length=end.size)
    if not happened.any():
        raise NotEstimable("There is no event.", where="event")
    x, names = (np.zeros((end.size, 0)), ()) if covariates is None else read_covariates(covariates, end.size)
    centre, spread = x.mean(axis=0), np.ones(x.shape[1])
    if names:
        refuse_inestimable(x, names, None)
        refuse_separated(x, names, happened)
        spread = x.std(axis=0)
    late = np.zeros(end.size) if begin is None else (begin > 0).astype(np.float64)
    data = _Data(
        log_time=np.log(end),
        log_entry=None if begin is None else np.log(np.where(begin > 0, begin, 1.0)),
        late=late,
        event=happened,
        design=np.column_stack([np.ones(end.size), (x - centre) / spread]),
        error=ERRORS[family],
        scale_fixed=family == "exponential",
    )
    theta, value, hessian = _maximise(data)
    # Back from standardised covariates: b_j / s_j, and the intercept less the centres.
    back = np.diag(np.r_[1.0, 1 / spread, 1.0])
    back[0, 1 : 1 + len(names)] = -centre / spread
    used = slice(None, -1) if data.scale_fixed else slice(None)
    back = back[used, used]
    covariance = back @ np.linalg.inv(-hessian[used, used]) @ back.T
    p = 1 + len(names)
    coefficients = (back @ theta[used])[:p]
    errors = np.sqrt(np.diag(covariance))
    log_likelihood = value - float(happened @ data.log_time)
    return Parametric(
        names=("(Intercept)", *names),
        coefficients=coefficients,
        std_error=errors[:p],
        lower=coefficients - z_value * errors[:p],
        upper=coefficients + z_value * errors[:p],
        p_value=two_sided_p(coefficients / errors[:p]),
        covariance=covariance,
        scale=1.0 if data.scale_fixed else float(np.exp(theta[-1])),
        log_scale_std_error=float("nan") if data.scale_fixed else float(errors[-1]),
        log_likelihood=log_likelihood,
        aic=float(2 * errors.size - 2 * log_likelihood),
        family=family,
        n=int(end.size),
        events=int(happened.sum()),
    )


def _evaluate(data: _Data, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Log-likelihood of the log times, gradient and Hessian in coefficients and log scale."""
    beta, tau = theta[:-1], theta[-1]
    location = data.design @ beta
    size = theta.size
    gradient, hessian, value = np.zeros(size), np.zeros((size, size)), 0.0
    parts = [
        (data.log_time, data.event, data.error.density),
        (data.log_time, 1 - data.event, data.error.survival),
    ]
    if data.log_entry is not None:
        parts.append((data.log_entry, -data.late, data.error.survival))
    for log_time, weight, log in parts:
        z = (log_time - location) * np.exp(-tau)
        found = log(np.where(weight != 0, z, 0.0))
        # dz/dbeta = -x exp(-tau), dz/dtau = -z
        slope = np.column_stack([-data.design * np.exp(-tau), -z])
        first, second = weight * found.first, weight * found.second
        value += float(weight @ found.value)
        gradient += first @ slope
        hessian += slope.T @ (second[:, None] * slope)
        cross = first @ (data.design * np.exp(-tau))
        hessian[:-1, -1] += cross
        hessian[-1, :-1] += cross
        hessian[-1, -1] += first @ z
    events = data.event.sum()
    gradient[-1] -= events
    return value - float(events) * tau, gradient, hessian


def _maximise(data: _Data) -> tuple[FloatArray, float, FloatArray]:
    """Newton's method, each step halved until the likelihood does not fall."""
    theta = np.zeros(data.design.shape[1] + 1)
    theta[0] = data.log_time.mean()
    free = theta.size - 1 if data.scale_fixed else theta.size
    if not data.scale_fixed:
        theta[-1] = np.log(max(float(data.log_time.std()), 0.1))
    value, gradient, hessian = _evaluate(data, theta)
    for _ in range(MAX_ITERATIONS):
        step = np.zeros_like(theta)
        step[:free] = _direction(-hessian[:free, :free], gradient[:free])
        for halving in range(40):
            proposed = theta + step / 2**halving
            with np.errstate(over="ignore", invalid="ignore"):
                new = _evaluate(data, proposed)
            if np.isfinite(new[0]) and new[0] >= value - 1e-12 * abs(value):
                break
        else:
            break
        moved = np.abs(proposed - theta)
        theta, (value, gradient, hessian) = proposed, new
        if np.all(moved <= STEP_TOLERANCE * np.maximum(1.0, np.abs(theta))):
            if np.linalg.eigvalsh(-hessian[:free, :free])[0] > 0:
                return theta, value, hessian
            break
    raise NotEstimable(
        "The likelihood has no maximum: the times do not bear this family, or a group has no events.",
        where="family",
        todo="Try another family, merge groups, or leave a covariate out.",
    )


def _direction(information: FloatArray, gradient: FloatArray) -> FloatArray:
    """An uphill step: Newton's where the information is positive definite, else with a ridge."""
    smallest = float(np.linalg.eigvalsh(information)[0])
    scale = float(np.abs(np.diag(information)).max())
    ridge = 0.0 if smallest > 1e-10 * scale else 1e-3 * scale - min(smallest, 0.0)
    return np.asarray(np.linalg.solve(information + ridge * np.eye(len(gradient)), gradient))
