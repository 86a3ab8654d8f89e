"""Is one coefficient enough for all thresholds of an ordinal rating?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.errors import InputError, NotEstimable
from hamm_eval.inference import FloatArray, IntArray, clusters_for_t, few_clusters_notes, sandwich
from hamm_eval.ratings.cumulative import CumulativeFit, build_design, fit_cumulative, refuse_scale
from hamm_eval.ratings.links import LinkName, read_link
from hamm_eval.ratings.scale import read_scale
from hamm_eval.survival.clusters import count_clusters, read_clusters
from hamm_eval.survival.cox_design import read_covariates
from hamm_eval.survival.results import write_protect

UNBOUNDED_ERROR = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalOddsTest:
    """Tests of one coefficient for all thresholds, a term at a time.

    Attributes
    ----------
    terms : tuple of str, length t
    statistic : ndarray, shape (t,)
        Twice the difference of log-likelihoods, of a chi-squared distribution; with clusters a robust Wald
        statistic over `dof`, of an F distribution.
    dof : ndarray of int, shape (t,)
        Columns of the term times (K - 2).
    p_value : ndarray, shape (t,)
        NaN where thresholds would cross; with clusters also where a coefficient is infinite.
    log_likelihood : ndarray, shape (t,)
        With a coefficient for each threshold.
    by_threshold : tuple of ndarray, each of shape (columns, K - 1)
        Coefficients at each threshold: about equal where one is enough. Infinite where one group has no
        ratings beyond the threshold.
    notes : tuple of str
    """

    terms: tuple[str, ...]
    statistic: FloatArray
    dof: IntArray
    p_value: FloatArray
    log_likelihood: FloatArray
    by_threshold: tuple[FloatArray, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Protect the arrays."""
        write_protect(self)


def proportional_odds_test(
    rating: ArrayLike,
    covariates: Any,
    *,
    terms: Mapping[str, Sequence[str]] | None = None,
    cluster: ArrayLike | None = None,
    link: LinkName = "logit",
    categories: Sequence[Any] | None = None,
) -> ProportionalOddsTest:
    """Test whether what goes with higher ratings is the same at each point of the scale.

    For each term the model of `ordinal_regression` is compared with one in which the term's coefficients
    may differ by threshold (partial proportional odds).

    Parameters
    ----------
    rating, covariates, cluster, link, categories
        As in `ordinal_regression`.
    terms : mapping of str to sequence of str, optional
        Covariates that belong together, as the columns of a category; None: each covariate alone.

    Returns
    -------
    ProportionalOddsTest

    Raises
    ------
    InputError, NotEstimable
        As `ordinal_regression`; a term of covariates that are not there; a scale of two points.

    References
    ----------
    Peterson, B. and Harrell, F. E. (1990). Partial proportional odds models for ordinal response variables.
    Applied Statistics 39, 205-217.

    Examples
    --------
    >>> from hamm_eval.ratings import proportional_odds_test
    >>> rating = [1, 2, 2, 3, 1, 3, 2, 3, 3, 3, 1, 2]
    >>> longer = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    >>> found = proportional_odds_test(rating, longer)
    >>> found.p_value.round(2), found.dof
    (array([0.87]), array([1]))
    """
    family = read_link(link)
    (codes,), scale = read_scale({"rating": rating}, categories)
    x, names = read_covariates(covariates, codes.size)
    refuse_scale(codes, scale)
    points = len(scale.categories)
    if points < 3:
        raise NotEstimable("A scale of two points has one threshold only.", where="rating")
    columns = _columns(terms, names)
    of_cluster = read_clusters(cluster, codes.size)
    clusters = count_clusters(of_cluster)
    plain = fit_cumulative(codes, points, build_design(codes, points, x, names), family)
    notes = list(few_clusters_notes(clusters, clusters_for_t(clusters, None)))
    rows = []
    for term, chosen in columns.items():
        dof = len(chosen) * (points - 2)
        design = build_design(codes, points, x, names, chosen)
        try:
            fit = fit_cumulative(codes, points, design, family, at_infinity=True)
            own = _coefficients(fit, len(chosen) * (points - 1))
            _refuse_crossing(fit, x, chosen, points - 1)
        except NotEstimable:
            notes.append(
                f"{term}: a group never gives some point of the scale, so that thresholds would cross."
            )
            nothing = np.full((len(chosen), points - 1), np.nan)
            rows.append((float("nan"), dof, float("nan"), float("nan"), nothing))
            continue
        unbounded = not np.isfinite(own).all()
        if unbounded:
            notes.append(
                f"{term}: beyond some threshold one group has no ratings; coefficients are infinite."
            )
        if of_cluster is None:
            statistic = max(2 * (fit.best.value - plain.best.value), 0.0)
            p_value = float(special.chdtrc(dof, statistic))
        elif unbounded:
            statistic, p_value = float("nan"), float("nan")
        else:
            statistic, p_value = _wald(fit, own, of_cluster, clusters, dof, points - 1)
        rows.append((statistic, dof, p_value, fit.best.value, own.reshape(len(chosen), points - 1)))
    statistics, dofs, p_values, values, own_values = zip(*rows, strict=True)
    return ProportionalOddsTest(
        terms=tuple(columns),
        statistic=np.array(statistics),
        dof=np.array(dofs, dtype=np.int64),
        p_value=np.array(p_values),
        log_likelihood=np.array(values),
        by_threshold=tuple(own_values),
        notes=tuple(notes),
    )


def _columns(terms: Mapping[str, Sequence[str]] | None, names: Sequence[str]) -> dict[str, list[int]]:
    """Positions of the covariates of each term."""
    if terms is None:
        return {name: [j] for j, name in enumerate(names)}
    place = {name: j for j, name in enumerate(names)}
    found = {}
    for term, members in terms.items():
        if isinstance(members, str) or not members or not all(name in place for name in members):
            raise InputError("Not a list of names of covariates.", where=f"terms[{term}]")
        found[term] = [place[name] for name in members]
    if not found:
        raise InputError("There is no term.", where="terms")
    return found


def _coefficients(fit: CumulativeFit, count: int) -> FloatArray:
    """The last `count` parameters; infinite where the likelihood tells no limit."""
    own = (fit.design.back @ fit.best.parameters)[-count:]
    # Of standardised covariates; where the likelihood still tells something, errors are far below.
    error = np.sqrt(np.diag(np.linalg.inv(fit.best.information))[-count:])
    return np.where(error > UNBOUNDED_ERROR, np.copysign(np.inf, own), own)


def _refuse_crossing(fit: CumulativeFit, x: FloatArray, chosen: Sequence[int], thresholds: int) -> None:
    """Refuse coefficients by threshold with which some probability would be negative."""
    parameters = fit.design.back @ fit.best.parameters
    own = parameters[-len(chosen) * thresholds :].reshape(len(chosen), thresholds)
    at = parameters[:thresholds] - x[:, chosen] @ own
    if np.any(at[:, 1:] < at[:, :-1]):
        raise NotEstimable("Thresholds cross.", where="covariates")


def _wald(
    fit: CumulativeFit, own: FloatArray, cluster: IntArray, clusters: int | None, dof: int, thresholds: int
) -> tuple[float, float]:
    """Robust Wald test of equal coefficients at all thresholds: F with clusters - 1 degrees of freedom."""
    assert clusters is not None
    if clusters <= dof:
        raise NotEstimable(
            f"A robust test of {dof} differences needs more than {dof} clusters; there are {clusters}.",
            where="cluster",
            todo="Merge points of the scale, or test fewer columns at once.",
        )
    covariance = fit.design.back @ sandwich(fit.best.information, fit.scores, cluster) @ fit.design.back.T
    steps = np.eye(thresholds)[1:] - np.eye(thresholds)[:1]
    contrast = np.kron(np.eye(own.size // thresholds), steps)
    difference = contrast @ own
    variance = contrast @ covariance[-own.size :, -own.size :] @ contrast.T
    statistic = float(difference @ np.linalg.solve(variance, difference)) / dof
    return statistic, float(special.fdtrc(dof, clusters - 1, statistic))
