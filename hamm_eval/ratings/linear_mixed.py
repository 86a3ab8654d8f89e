"""Linear mixed models: how much of a score's variance is between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, IntArray, checked_vector, critical_value
from hamm_eval.ratings.groups import few_groups_notes, read_groups
from hamm_eval.ratings.hill import climb, finish, gradient_at, sharp_information_at
from hamm_eval.ratings.profile import first_reaching
from hamm_eval.survival.cox_design import read_covariates, refuse_inestimable
from hamm_eval.survival.results import write_protect

Method = Literal["reml", "ml"]
# Of twice the log-likelihood: an improvement this small is none.
_NO_GAIN = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class LinearMixed:
    """A fitted linear mixed model, ``y = x'b + u_g (+ v_g s) + e``.

    Attributes
    ----------
    names : tuple of str
        ``(Intercept)`` and the covariates.
    coefficients, std_error, lower, upper, p_value : ndarray, shape (p + 1,)
        By t with `dof`.
    dof : ndarray, shape (p + 1,)
        Satterthwaite's degrees of freedom.
    covariance : ndarray, shape (p + 1, p + 1)
    group_covariance : ndarray, shape (q, q)
        Of the random intercept, and of the random slope where there is one.
    residual_variance : float
    variance_share, variance_share_lower, variance_share_upper : float
        Of the variance, what is between groups, with a profile interval; 0 is possible. NaN with a random
        slope, for the share then depends on where it is taken.
    random_effects : ndarray, shape (G, q)
        Predictions in the order of `groups`. Of single workers: never to be shown.
    groups : tuple
    log_likelihood : float
        Restricted with "reml".
    method : str
    n : int
    confidence : float
    notes : tuple of str
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    dof: FloatArray
    covariance: FloatArray
    group_covariance: FloatArray
    residual_variance: float
    variance_share: float
    variance_share_lower: float
    variance_share_upper: float
    random_effects: FloatArray
    groups: tuple[Any, ...]
    log_likelihood: float
    method: str
    n: int
    confidence: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)

    @property
    def _parameters(self) -> int:
        q = self.group_covariance.shape[0]
        return self.coefficients.size + q * (q + 1) // 2 + 1

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self._parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        return float(np.log(self.n)) * self._parameters - 2 * self.log_likelihood


@dataclass(frozen=True, slots=True)
class _Solution:
    """Fixed effects given the relative factor of the groups' covariance."""

    coefficients: FloatArray
    information: FloatArray
    squares: float
    log_det: float


class _Sums:
    """Cross-products within groups: all that the likelihood needs of the rows."""

    def __init__(self, y: FloatArray, design: FloatArray, random: FloatArray, member: IntArray) -> None:
        groups = int(member.max()) + 1
        self.n, self.p, self.q = y.size, design.shape[1], random.shape[1]
        everything = np.column_stack([random, design, y])
        products = np.zeros((groups, self.q, everything.shape[1]))
        for k in range(self.q):
            for j, column in enumerate(everything.T):
                products[:, k, j] = np.bincount(member, weights=random[:, k] * column, minlength=groups)
        self._within = products[:, :, : self.q]
        self._across = products[:, :, self.q :]
        joint = np.column_stack([design, y])
        self._whole = joint.T @ joint

    def factor(self, theta: FloatArray) -> FloatArray:
        """Lower triangle of the relative covariance of a group's effects."""
        found = np.zeros((self.q, self.q))
        found[np.tril_indices(self.q)] = theta
        return found

    def solve(self, theta: FloatArray) -> _Solution:
        """Generalised least squares at a relative factor."""
        factor = self.factor(theta)
        inner = np.eye(self.q) + factor.T @ self._within @ factor
        turned = np.einsum("ba,gbj->gaj", factor, self._across)
        whole = self._whole - np.einsum("gaj,gak->jk", turned, np.linalg.solve(inner, turned))
        information, right = whole[:-1, :-1], whole[:-1, -1]
        coefficients = np.linalg.solve(information, right)
        squares = float(whole[-1, -1] - right @ coefficients)
        return _Solution(coefficients, information, squares, float(np.linalg.slogdet(inner)[1].sum()))

    def effects(self, theta: FloatArray, coefficients: FloatArray) -> FloatArray:
        """Predicted effects of the groups, shape (G, q)."""
        factor = self.factor(theta)
        inner = np.eye(self.q) + factor.T @ self._within @ factor
        rest = self._across[:, :, -1] - self._across[:, :, :-1] @ coefficients
        solved = np.linalg.solve(inner, (rest @ factor)[:, :, None])[:, :, 0]
        return np.asarray(solved @ factor.T)


def linear_mixed(
    outcome: ArrayLike,
    covariates: Any,
    group: ArrayLike,
    *,
    slope: ArrayLike | None = None,
    method: Method = "reml",
    confidence: float = 0.95,
) -> LinearMixed:
    """Linear model with a random intercept by group, and a random slope where asked for.

    Parameters
    ----------
    outcome : array_like, shape (n,)
    covariates : array_like, shape (n, p), or DataFrame, or None
        Numbers; no column of ones: an intercept is added. None: the intercept alone.
    group : array_like of labels, shape (n,)
        Social workers, persons.
    slope : array_like, shape (n,), optional
        A covariate whose coefficient differs by group, correlated with the intercept. It has to be among the
        covariates too.
    method : {"reml", "ml"}
    confidence : float

    Returns
    -------
    LinearMixed

    Raises
    ------
    InputError
        Missing entries, lengths that differ.
    NotEstimable
        One group only, or none with two rows; covariates that do not vary or that others contain; no
        variation left; no maximum found.

    Notes
    -----
    The likelihood is profiled over coefficients and residual variance (Bates et al. 2015), and maximised to
    the end; where R's lme4 stops earlier, its likelihood is lower.

    References
    ----------
    Bates, D., Maechler, M., Bolker, B. and Walker, S. (2015). Fitting linear mixed-effects models using lme4.
    Journal of Statistical Software 67(1).
    Kuznetsova, A., Brockhoff, P. B. and Christensen, R. H. B. (2017). lmerTest package. Journal of
    Statistical Software 82(13) (degrees of freedom).

    Examples
    --------
    >>> from hamm_eval.ratings import linear_mixed
    >>> score = [3.0, 4.0, 2.0, 3.5, 5.0, 5.0, 1.0, 2.5]
    >>> found = linear_mixed(score, None, ["a", "a", "b", "b", "c", "c", "d", "d"])
    >>> round(found.variance_share, 2), round(found.variance_share_lower, 2)
    (0.69, 0.0)
    """
    if method not in ("reml", "ml"):
        raise InputError('Must be "reml" or "ml".', where="method")
    z = critical_value(confidence)
    y = checked_vector(outcome, "outcome")
    names: tuple[str, ...] = ("(Intercept)",)
    design = np.ones((y.size, 1))
    if covariates is not None:
        x, called = read_covariates(covariates, y.size)
        refuse_inestimable(x, called, None)
        design, names = np.column_stack([design, x]), ("(Intercept)", *called)
    random = np.ones((y.size, 1))
    if slope is not None:
        along = checked_vector(slope, "slope", length=y.size)
        refuse_inestimable(along[:, None], ("slope",), None)
        random = np.column_stack([random, along])
    member, labels = read_groups(group, y.size)
    sums = _Sums(y, design, random, member)
    if y.size <= design.shape[1] or sums.solve(np.zeros(sums.q * (sums.q + 1) // 2)).squares <= 0:
        raise NotEstimable("The model leaves no variation.", where="outcome")

    def likelihood(theta: FloatArray) -> float:
        return _log_likelihood(sums, theta, method)

    theta = _maximise(likelihood, sums.q)
    solution = sums.solve(theta)
    residual = solution.squares / (y.size - (sums.p if method == "reml" else 0))
    covariance = np.asarray(residual * np.linalg.inv(solution.information), dtype=np.float64)
    std_error = np.sqrt(np.diag(covariance))
    dof = _satterthwaite(sums, theta, residual, method)
    reach = special.stdtrit(dof, 0.5 + confidence / 2) * std_error
    factor = sums.factor(theta)
    share, low, high = (float("nan"),) * 3
    if sums.q == 1:
        share, low, high = _share(likelihood, float(theta[0]), z)
    return LinearMixed(
        names=names,
        coefficients=solution.coefficients,
        std_error=std_error,
        lower=solution.coefficients - reach,
        upper=solution.coefficients + reach,
        p_value=2 * special.stdtr(dof, -np.abs(solution.coefficients / std_error)),
        dof=dof,
        covariance=covariance,
        group_covariance=residual * factor @ factor.T,
        residual_variance=residual,
        variance_share=share,
        variance_share_lower=low,
        variance_share_upper=high,
        random_effects=sums.effects(theta, solution.coefficients),
        groups=tuple(labels.tolist()),
        log_likelihood=likelihood(theta),
        method=method,
        n=int(y.size),
        confidence=confidence,
        notes=few_groups_notes(int(labels.size)),
    )


def _log_likelihood(sums: _Sums, theta: FloatArray, method: str, residual: float | None = None) -> float:
    """At a relative factor; at the best residual variance where none is given."""
    found = sums.solve(theta)
    free = sums.n - (sums.p if method == "reml" else 0)
    residual = found.squares / free if residual is None else residual
    deviance = free * np.log(2 * np.pi * residual) + found.squares / residual + found.log_det
    if method == "reml":
        deviance += np.linalg.slogdet(found.information)[1]
    return float(-deviance / 2)


def _maximise(likelihood: Any, q: int) -> FloatArray:
    """The relative factor at the maximum; 0 where an intercept gains nothing."""
    start = np.eye(q)[np.tril_indices(q)]
    at, value = climb(likelihood, start)
    # Signs of a column of the factor do not matter.
    at = np.abs(at) if q == 1 else at
    if q == 1 and 2 * (value - likelihood(np.zeros(1))) < _NO_GAIN:
        return np.zeros(1)
    best = finish(likelihood, at)
    if best is None:
        raise NotEstimable(
            "The likelihood has no maximum that could be found.",
            where="group" if q == 1 else "slope",
            todo="Merge small groups." if q == 1 else "Leave the random slope out.",
        )
    return best


def _share(likelihood: Any, theta: float, z: float) -> tuple[float, float, float]:
    """Share of the variance between groups, and its profile interval."""
    value = likelihood(np.array([theta]))

    def fall(moved: float) -> float:
        return float(2 * (value - likelihood(np.array([theta + moved]))))

    high = theta + first_reaching(fall, z**2, max(theta, 0.5))
    low = 0.0 if fall(-theta) <= z**2 else theta + first_reaching(fall, z**2, -theta)
    share, lower, upper = (1.0 if np.isinf(t) else t**2 / (1 + t**2) for t in (theta, low, high))
    return share, lower, upper


def _satterthwaite(sums: _Sums, theta: FloatArray, residual: float, method: str) -> FloatArray:
    """Degrees of freedom of each coefficient's variance, from the variances' own information."""
    if not theta.any():
        return np.full(sums.p, float(sums.n - sums.p))
    at = np.r_[theta, np.sqrt(residual)]
    # The standard deviation in its own units, so that differences fit it.
    unit = np.r_[np.ones(theta.size), at[-1]]

    def likelihood(scaled: FloatArray) -> float:
        given = scaled * unit
        return _log_likelihood(sums, given[:-1], method, float(given[-1] ** 2))

    information = sharp_information_at(likelihood, at / unit)
    if np.linalg.eigvalsh(information)[0] <= 0:
        return np.full(sums.p, np.inf)
    inverse = np.linalg.inv(information)

    def variance(scaled: FloatArray, j: int) -> float:
        given = scaled * unit
        return float(given[-1] ** 2 * np.linalg.inv(sums.solve(given[:-1]).information)[j, j])

    found = []
    for j in range(sums.p):
        slope = gradient_at(lambda scaled, j=j: variance(scaled, j), at / unit)  # type: ignore[misc]
        found.append(2 * variance(at / unit, j) ** 2 / float(slope @ inverse @ slope))
    return np.array(found)
