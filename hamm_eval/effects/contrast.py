"""From two arm means and their influence values to a difference or ratio with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hamm_eval.errors import NotEstimable
from hamm_eval.inference import (
    FEW_CLUSTERS,
    FloatArray,
    IntArray,
    critical_value,
    sandwich,
    sum_by,
    two_sided_p,
)

Contrast = Literal["difference", "ratio"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A contrast of two means; `std_error` of a ratio is that of its logarithm.

    `influence` holds the contrast's influence values by unit of the variance, scaled so that their squares
    add up to that of `std_error`.
    """

    value: float
    std_error: float
    lower: float
    upper: float
    p_value: float
    std_error_treated: float
    std_error_control: float
    degrees_of_freedom: int | None
    influence: FloatArray | None


def compare(
    means: FloatArray,
    influence: FloatArray,
    *,
    contrast: Contrast,
    cluster: IntArray | None,
    cluster_t: bool | None,
    confidence: float,
    jackknife: bool = False,
) -> Comparison:
    """Wald inference for a difference, on the log scale for a ratio.

    Where Student's t is used, the variance bears the factor G / (G - 1) that belongs to it: t with G - 1
    degrees of freedom is the distribution of a mean of G clusters over its unbiased standard error. Influence
    values of a jackknife over G units are larger by G / (G - 1): theirs is (G - 1) / G, with t or without.
    """
    clusters = None if cluster is None else int(cluster.max()) + 1
    if clusters is not None and clusters < 2:
        raise NotEstimable("One cluster has no variance between clusters.", where="cluster")
    few = clusters is not None and (clusters < FEW_CLUSTERS if cluster_t is None else cluster_t)
    factor = 1.0
    if jackknife:
        units = clusters or len(influence)
        factor = (units - 1) / units
    elif few and clusters is not None:
        factor = clusters / (clusters - 1)
    by_unit = influence if cluster is None or clusters is None else sum_by(cluster, influence, clusters)
    return infer(
        means,
        factor * sandwich(np.eye(2), influence, cluster),
        contrast=contrast,
        confidence=confidence,
        groups=clusters if few else None,
        by_unit=np.sqrt(factor) * by_unit,
    )


def infer(
    means: FloatArray,
    covariance: FloatArray,
    *,
    contrast: Contrast,
    confidence: float,
    groups: int | None = None,
    by_unit: FloatArray | None = None,
) -> Comparison:
    """Wald inference from two means and their covariance; Student's t where `groups` clusters are given.

    `by_unit` (G, 2) are influence values whose outer products add up to the covariance, where there are any.
    """
    if contrast == "ratio":
        if not (means > 0).all():
            raise NotEstimable(
                "A ratio needs a positive mean in both arms.",
                where="contrast",
                todo="Ask for the difference.",
            )
        direction, centre = np.array([1, -1]) / means, float(np.log(means[0] / means[1]))
    else:
        direction, centre = np.array([1.0, -1.0]), float(means[0] - means[1])
    std_error = float(np.sqrt(max(float(direction @ covariance @ direction), 0.0)))
    # Rounding leaves a trace where there is no variation at all.
    if not std_error > 1e-10 * float(np.abs(direction * means).max()):
        raise NotEstimable("The outcome does not vary, so no uncertainty can be estimated.", where="outcome")
    reach = critical_value(confidence, groups) * std_error
    scale = np.exp if contrast == "ratio" else float
    return Comparison(
        value=float(scale(centre)),
        std_error=std_error,
        lower=float(scale(centre - reach)),
        upper=float(scale(centre + reach)),
        p_value=float(two_sided_p(centre / std_error, groups)),
        std_error_treated=float(np.sqrt(covariance[0, 0])),
        std_error_control=float(np.sqrt(covariance[1, 1])),
        degrees_of_freedom=None if groups is None else groups - 1,
        influence=None if by_unit is None else by_unit @ direction,
    )
