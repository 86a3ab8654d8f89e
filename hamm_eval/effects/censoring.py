"""Who could no longer be seen: the probability of still being observed, and inverse weights from it.

Discrete-time hazard of the end of observation at each distinct time of censoring before the horizon, by arm,
proportional odds in the covariates, which act alike in both arms. Without covariates it is the Kaplan-Meier
estimator of censoring in each arm. An event at t precedes a censoring at t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import FloatArray

# Prior standard deviation of a log odds ratio per standard deviation of a covariate (Gelman et al. 2008,
# Annals of Applied Statistics 2): vanishes beside the data, but keeps finite what belongs to a category in
# which no one was censored.
_PRIOR_SD = 2.5
_ITERATIONS = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Arm:
    """One arm's rows, and at its K times of censoring who is at risk, censored, and passes (rows, K)."""

    rows: np.ndarray
    at_risk: FloatArray
    censored: FloatArray
    passed: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CensoringModel:
    """Fitted hazards of censoring.

    Parameters
    ----------
    weights : ndarray, shape (n,)
        Inverse probability of having been observed as long as needed; 0 for rows censored before the horizon.
    """

    weights: FloatArray
    _arms: tuple[_Arm, ...]
    _hazards: tuple[FloatArray, ...]
    _covariates: FloatArray
    _sampling: FloatArray

    def correction(self, sensitivity: FloatArray) -> FloatArray:
        """What estimating the weights adds to influence values.

        Parameters
        ----------
        sensitivity : ndarray, shape (n, m)
            Derivative of m quantities by each row's weight.

        Returns
        -------
        ndarray, shape (n, m)
        """
        pull = sensitivity * self.weights[:, None]
        # d log weight / d linear predictor of the hazard at c is that hazard, for each c already passed.
        slope = np.zeros((self._covariates.shape[1], pull.shape[1]))
        gradients = []
        for arm, hazard in zip(self._arms, self._hazards, strict=True):
            passed = hazard * arm.passed
            gradients.append(passed.T @ pull[arm.rows])
            slope += (self._covariates[arm.rows] * passed.sum(axis=1)[:, None]).T @ pull[arm.rows]
        blocks = _Blocks(self._arms, self._hazards, self._covariates, self._sampling)
        baseline, gamma = blocks.solve(gradients, slope)
        result = np.zeros_like(pull)
        for arm, hazard, alpha in zip(self._arms, self._hazards, baseline, strict=True):
            residual = self._sampling[arm.rows][:, None] * arm.at_risk * (arm.censored - hazard)
            result[arm.rows] = residual @ alpha
            result[arm.rows] += residual.sum(axis=1)[:, None] * (self._covariates[arm.rows] @ gamma)
        return result


def fit_censoring(
    time: FloatArray,
    ended: FloatArray,
    horizon: float,
    treated: FloatArray,
    covariates: FloatArray,
    sampling: FloatArray,
) -> CensoringModel:
    """Fit hazards of censoring and the weights for outcomes at a horizon.

    Parameters
    ----------
    time, ended : ndarray, shape (n,)
        Time of the event (`ended` 1) or of the last observation (0).
    horizon : float
    treated : ndarray of 0 and 1, shape (n,)
    covariates : ndarray, shape (n, q)
        Centred and scaled.
    sampling : ndarray, shape (n,)

    Raises
    ------
    NotEstimable
        Where all who are left in an arm are censored at one time before the horizon.

    References
    ----------
    Robins, J. M. and Finkelstein, D. M. (2000). Correcting for noncompliance and dependent censoring.
    Biometrics 56, 779-788.
    """
    seen = (time >= horizon) | (ended == 1)
    arms = tuple(_risk_sets(time, ended, horizon, treated == value, value) for value in (1, 0))
    gamma = np.zeros(covariates.shape[1])
    baselines = [_closed_form(arm, sampling) for arm in arms]
    if gamma.size and any(arm.censored.any() for arm in arms):
        baselines, gamma = _fit(arms, baselines, covariates, sampling)
    hazards = tuple(
        _hazard(arm, alpha, covariates @ gamma) for arm, alpha in zip(arms, baselines, strict=True)
    )
    weights = np.zeros(time.size)
    for arm, hazard in zip(arms, hazards, strict=True):
        weights[arm.rows] = np.exp(-(np.log1p(-hazard) * arm.passed).sum(axis=1))
    return CensoringModel(np.where(seen, weights, 0.0), arms, hazards, covariates, sampling)


def _risk_sets(time: FloatArray, ended: FloatArray, horizon: float, member: np.ndarray, value: int) -> _Arm:
    """At risk of censoring at c: followed beyond c, or censored at c."""
    rows = np.flatnonzero(member)
    t, d = time[rows], ended[rows]
    points = np.unique(t[(d == 0) & (t < horizon)])
    beyond = t[:, None] > points
    censored = (t[:, None] == points) & (d[:, None] == 0)
    at_risk = beyond | censored
    if (censored.sum(axis=0) == at_risk.sum(axis=0)).any():
        who = "treated" if value else "controls"
        raise NotEstimable(
            f"At some time before the horizon all {who} still followed are censored: what happens until the "
            "horizon is not known for any of them.",
            where="horizon",
            todo="Choose a shorter horizon.",
        )
    return _Arm(rows, at_risk.astype(float), censored.astype(float), beyond.astype(float))


def _closed_form(arm: _Arm, sampling: FloatArray) -> FloatArray:
    """Log odds of the Kaplan-Meier hazards: exact without covariates, the start with them."""
    weight = sampling[arm.rows]
    share = (weight @ arm.censored) / (weight @ arm.at_risk)
    return np.log(share) - np.log1p(-share)


def _hazard(arm: _Arm, baseline: FloatArray, shift: FloatArray) -> FloatArray:
    """Hazards of an arm's rows at its times of censoring."""
    return expit(baseline[None, :] + shift[arm.rows][:, None])


class _Blocks:
    """The information: diagonal in the baselines, so that only the covariates' block needs a dense solve."""

    def __init__(
        self,
        arms: tuple[_Arm, ...],
        hazards: tuple[FloatArray, ...],
        covariates: FloatArray,
        sampling: FloatArray,
    ) -> None:
        self.diagonal, self.cross = [], []
        self.inner = np.eye(covariates.shape[1]) / _PRIOR_SD**2
        for arm, hazard in zip(arms, hazards, strict=True):
            x = covariates[arm.rows]
            curvature = sampling[arm.rows][:, None] * arm.at_risk * hazard * (1 - hazard)
            self.diagonal.append(curvature.sum(axis=0))
            self.cross.append(curvature.T @ x)
            self.inner = self.inner + x.T @ (curvature.sum(axis=1)[:, None] * x)

    def solve(self, baseline: list[FloatArray], slope: FloatArray) -> tuple[list[FloatArray], FloatArray]:
        """Solve for right-hand sides (K, m) per arm and (q, m)."""
        reduced, right = self.inner, slope
        for diagonal, cross, given in zip(self.diagonal, self.cross, baseline, strict=True):
            scaled = cross / diagonal[:, None]
            reduced = reduced - cross.T @ scaled
            right = right - scaled.T @ given
        gamma = np.asarray(np.linalg.solve(reduced, right), dtype=np.float64)
        alphas = [
            (given - cross @ gamma) / diagonal[:, None]
            for diagonal, cross, given in zip(self.diagonal, self.cross, baseline, strict=True)
        ]
        return alphas, gamma


def _fit(
    arms: tuple[_Arm, ...], baselines: list[FloatArray], covariates: FloatArray, sampling: FloatArray
) -> tuple[list[FloatArray], FloatArray]:
    """Newton-Raphson with halved steps on the penalised log-likelihood, which is strictly concave."""

    def objective(alphas: list[FloatArray], gamma: FloatArray) -> float:
        shift = covariates @ gamma
        total = -float(gamma @ gamma) / (2 * _PRIOR_SD**2)
        for arm, alpha in zip(arms, alphas, strict=True):
            predictor = alpha[None, :] + shift[arm.rows][:, None]
            terms = arm.at_risk * (arm.censored * predictor - np.logaddexp(0, predictor))
            total += float(sampling[arm.rows] @ terms.sum(axis=1))
        return total

    gamma = np.zeros(covariates.shape[1])
    reached = objective(baselines, gamma)
    for _ in range(_ITERATIONS):
        hazards = tuple(
            _hazard(arm, alpha, covariates @ gamma) for arm, alpha in zip(arms, baselines, strict=True)
        )
        scores, slope = [], -gamma / _PRIOR_SD**2
        for arm, hazard in zip(arms, hazards, strict=True):
            residual = sampling[arm.rows][:, None] * arm.at_risk * (arm.censored - hazard)
            scores.append(residual.sum(axis=0)[:, None])
            slope = slope + covariates[arm.rows].T @ residual.sum(axis=1)
        steps, step = _Blocks(arms, hazards, covariates, sampling).solve(scores, slope[:, None])
        size = max(float(np.abs(part).max(initial=0.0)) for part in (*steps, step))
        factor = 1.0
        while True:
            moved = [alpha + factor * part[:, 0] for alpha, part in zip(baselines, steps, strict=True)]
            turned = gamma + factor * step[:, 0]
            found = objective(moved, turned)
            if found >= reached - 1e-9 * abs(reached) or factor < 1e-6:
                break
            factor /= 2
        baselines, gamma, reached = moved, turned, found
        if size < 1e-10:
            return baselines, gamma
    raise NotEstimable(
        "The censoring model did not converge.", where="censoring_covariates", todo="Use fewer covariates."
    )
