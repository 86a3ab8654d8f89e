"""What an effect estimate says, with what a design check and a release need beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hamm_eval.effects.balancing import Balance
from hamm_eval.effects.covariates import DroppedCovariate
from hamm_eval.effects.positivity import Overlap, PerArm
from hamm_eval.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ModelSupport:
    """How many events carry how many parameters (intercepts not counted) of one model.

    Parameters
    ----------
    model : str
        "propensity" or "outcome".
    events : int
        Rows of the rarer outcome among those the model is fitted to; all rows for a linear model.
    parameters : int
    """

    model: str
    events: int
    parameters: int

    @property
    def per_parameter(self) -> float:
        """Events per parameter; infinite where there is none."""
        return self.events / self.parameters if self.parameters else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """The effect of a measure on a mean or a risk.

    Parameters
    ----------
    value : float
        Treated minus controls, or treated over controls.
    mean_treated, mean_control : float
        Mean outcome (risk, if binary) of the target population with and without the measure.
    std_error : float
        Of `value` for a difference; of its logarithm for a ratio.
    lower, upper : float
        Interval of `confidence`; that of a ratio is symmetric on the log scale.
    p_value : float
        Two-sided, of no effect.
    std_error_treated, std_error_control : float
        Of the two means.
    degrees_of_freedom : float or None
        Of Student's t; None where the normal distribution is used. Not whole where imputations are pooled.
    clusters : int or None
        Number of clusters of the variance; None where rows are independent.
    method, estimand, contrast : str
    confidence : float
    balance, balance_before : Balance
        After and before weighting towards the target population. Before means with sampling weights only.
    overlap : Overlap
    effective_n : PerArm of float
        Kish's effective sample size of all weights that enter (propensity, sampling, censoring).
    n : PerArm of int
        Distinct persons per arm (rows where no `person` is given); with matching, those that enter.
    events : PerArm of int or None
        Rows with outcome 1 seen per arm; None for outcomes that are not 0/1. With matching, those that enter.
    support : tuple of ModelSupport
    dropped : tuple of DroppedCovariate
    truncated : PerArm of int
        Rows whose weight was cut; 0 unless `truncate` was asked for.
    unmatched : PerArm of int
        Rows of the target population that left it for want of a match; 0 unless matched.
    influence : ndarray or None
        Influence values of the contrast by unit of its variance: clusters in the order of their labels, else
        persons, else rows. Their squares add up to that of `std_error`, so that products of those of two
        effects on units in common add up to a covariance (`joint_covariance`). None where a method has none.
    """

    value: float
    mean_treated: float
    mean_control: float
    std_error: float
    lower: float
    upper: float
    p_value: float
    std_error_treated: float
    std_error_control: float
    degrees_of_freedom: float | None
    clusters: int | None
    method: str
    estimand: str
    contrast: str
    confidence: float
    balance: Balance
    balance_before: Balance
    overlap: Overlap
    effective_n: PerArm[float]
    n: PerArm[int]
    events: PerArm[int] | None
    support: tuple[ModelSupport, ...]
    dropped: tuple[DroppedCovariate, ...]
    truncated: PerArm[int]
    unmatched: PerArm[int]
    influence: FloatArray | None = field(default=None, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """One row: the estimate with its interval and the sizes behind it."""
        import pandas as pd

        plain = ("method", "estimand", "contrast", "value", "std_error", "lower", "upper", "p_value")
        row = {name: getattr(self, name) for name in (*plain, "mean_treated", "mean_control")}
        row |= {"n_treated": self.n.treated, "n_control": self.n.control}
        row |= {
            "effective_n_treated": self.effective_n.treated,
            "effective_n_control": self.effective_n.control,
        }
        return pd.DataFrame([row])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HorizonEffect(Effect):
    """The effect of a measure on what has happened by a horizon, departures competing.

    Parameters
    ----------
    risk_treated, risk_control : float or None
        Cumulative incidence at the horizon in the target population with and without the measure; None for a
        difference in months, whose means are times.
    horizon : float
        In the unit of `time`.
    of : int
        Code of the cause.
    competing : Effect or None
        The same contrast for any competing cause by the horizon. Its `method` is "weighting" where there are
        too few competing events for an outcome model; None where no competing event happened by then.
    competing_events : PerArm of int
    censored : PerArm of int
        Rows whose follow-up ended before the horizon without an event.
    largest_censoring_weight : float
        1 without censoring.
    """

    risk_treated: float | None
    risk_control: float | None
    horizon: float
    of: int
    competing: Effect | None
    competing_events: PerArm[int]
    censored: PerArm[int]
    largest_censoring_weight: float
