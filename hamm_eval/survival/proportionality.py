"""Exact score test of proportional hazards, as R survival's `cox.zph` from version 3 on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray
from hamm_eval.survival.partial_likelihood import CoxData, CoxEvaluation, row_sums
from hamm_eval.survival.results import write_protect
from hamm_eval.survival.risk_sets import RiskSets, blocks, build_risk_sets

if TYPE_CHECKING:
    import pandas as pd

# Below this share of what it is left over from a variance is rounding.
_LEFT = 1e-9

Transform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalityTest:
    """Score tests of a coefficient that changes with g(t), for each covariate and for all together.

    Attributes
    ----------
    names : tuple of str
    statistic, p_value : ndarray, shape (p,)
        Chi-squared with one degree of freedom each.
    global_statistic, global_p_value : float
    global_dof : int
    transform : str
        g(t).
    """

    names: tuple[str, ...]
    statistic: FloatArray
    p_value: FloatArray
    global_statistic: float
    global_dof: int
    global_p_value: float
    transform: str

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    def to_frame(self) -> pd.DataFrame:
        """The tests as a table, the global one last."""
        import pandas as pd

        return pd.DataFrame(
            {
                "covariate": [*self.names, "GLOBAL"],
                "statistic": [*self.statistic, self.global_statistic],
                "dof": [1] * len(self.names) + [self.global_dof],
                "p_value": [*self.p_value, self.global_p_value],
            }
        )


def proportionality_score_test(
    data: CoxData,
    fit: CoxEvaluation,
    names: tuple[str, ...],
    start: FloatArray | None,
    stop: FloatArray,
    transform: str,
) -> ProportionalityTest:
    """Score test of ``x g(t)`` added to the model at its maximum.

    Parameters
    ----------
    data : CoxData
    fit : CoxEvaluation
        At the maximum, where the score of x itself is 0.
    names : tuple of str
    start, stop : ndarray, shape (n,)
        Rows, from which g is made.
    transform : str

    References
    ----------
    Grambsch, P. M. and Therneau, T. M. (1994). Proportional hazards tests and diagnostics based on weighted
    residuals. Biometrika 81, 515-526. The variance here is exact, not their approximation.
    """
    g = _transformed(data, start, stop, transform)
    # A constant added to g changes nothing at the maximum; centred, the sums are better conditioned.
    g = g - np.average(g, weights=data.tied)
    score = _of_events(data, g) - g @ fit.sums.mean()
    cross, square = _moments(data, fit, g)
    variance = square - cross @ np.linalg.solve(fit.information, cross)
    diagonal = np.diag(variance)
    if np.any(diagonal <= _LEFT * np.diag(square)):
        raise NotEstimable(
            "All events that tell of a covariate happen at one time: no change over time can be tested.",
            where="transform",
        )
    if np.linalg.eigvalsh(variance / np.sqrt(np.outer(diagonal, diagonal)))[0] <= _LEFT:
        raise NotEstimable(
            "Events happen at too few times for so many covariates: their changes over time cannot be told "
            "apart.",
            where="transform",
            todo="Leave covariates out.",
        )
    statistic = score**2 / diagonal
    total = float(score @ np.linalg.solve(variance, score))
    return ProportionalityTest(
        names=names,
        statistic=statistic,
        p_value=special.chdtrc(1, statistic),
        global_statistic=total,
        global_dof=len(names),
        global_p_value=float(special.chdtrc(len(names), total)),
        transform=transform,
    )


def _of_events(data: CoxData, g: FloatArray) -> FloatArray:
    """Weighted sum over the events of g times their covariates, (p,)."""
    found = np.zeros(data.z.shape[1])
    for rows in blocks(data.weight.size):
        happened = data.events_in(rows)
        found += (data.weight[happened] * g[data.sets.ends(happened)]) @ data.z[happened]
    return found


def _moments(data: CoxData, fit: CoxEvaluation, g: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sums over the terms of g, and of its square, times the covariance of the covariates at risk."""
    powers = np.column_stack([g, g**2])
    cross, square = (-fit.sums.mean_products(power) for power in powers.T)
    hazard, shared = (found[:, None] * powers for found in fit.sums.inverse)
    for rows, part in row_sums(data, hazard, shared):
        z, mass = data.z[rows], data.weight[rows] * data.risk(rows, fit.coefficients)
        for found, own in ((cross, part[:, 0]), (square, part[:, 1])):
            found += z.T @ ((mass * own)[:, None] * z)
    return cross, square


def _transformed(data: CoxData, start: FloatArray | None, stop: FloatArray, transform: str) -> FloatArray:
    """The transform g at each grid point."""
    time = data.sets.time
    if transform == "identity":
        return time
    if transform == "km":
        return 1 - _survival_before(data, start, stop)
    if transform == "rank":
        # Mean rank among the ends of all rows, censored ones included, as cox.zph has it.
        ends = np.sort(stop)
        below, upto = np.searchsorted(ends, time), np.searchsorted(ends, time, side="right")
        return (below + upto + 1) / 2
    if transform == "log":
        if np.any(time <= 0):
            raise NotEstimable("An event at time 0 has no logarithm.", where="transform")
        return np.log(time)
    raise InputError('Must be "km", "identity", "rank" or "log".', where="transform")


def _survival_before(data: CoxData, start: FloatArray | None, stop: FloatArray) -> FloatArray:
    """Unweighted Kaplan-Meier estimate of all strata together just before each grid time."""
    # Of one stratum the grid is there already.
    alone = not data.sets.stratum.any()
    together = data.sets if alone else build_risk_sets(start, stop, data.event == 1)
    # Everyone as long as observed, also where competing events keep persons in the risk sets of the fit.
    at_risk = RiskSets.summed(together, RiskSets.steps(together, np.ones(stop.size), slice(None)))
    survival = np.cumprod(1 - together.ending(data.event, data.happened) / at_risk)
    return np.r_[1.0, survival][np.searchsorted(together.time, data.sets.time)]
