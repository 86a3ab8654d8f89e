"""Does an effect differ between groups? One estimate a level, and a test of equal effects.

Households span levels, so that effects of two levels are correlated: their covariance comes from the
influence values that both have on the same household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hamm_eval.effects.horizon import effect_at_horizon
from hamm_eval.effects.results import Effect, HorizonEffect
from hamm_eval.errors import InputError, NotEstimable, Problem
from hamm_eval.inference import FloatArray, IntArray, labels_to_codes

_BY_ROW = ("entry", "weights", "person", "cluster")


@dataclass(frozen=True, slots=True)
class InteractionTest:
    """Wald test that effects are equal.

    Parameters
    ----------
    statistic : float
        Chi-square distributed, or with few clusters F distributed, if the effects are equal.
    degrees_of_freedom : int
        Effects less one.
    denominator : float or None
        Of the F distribution: clusters less one; None where chi-square is used.
    p_value : float
    """

    statistic: float
    degrees_of_freedom: int
    denominator: float | None
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class LevelEffects:
    """Effects within the levels of a characteristic known at time zero.

    Parameters
    ----------
    levels : tuple
        Sorted labels.
    effects : tuple of HorizonEffect
        One per level.
    covariance : ndarray, shape (levels, levels)
    interaction : InteractionTest or None
        None with a single level.
    """

    levels: tuple[Any, ...]
    effects: tuple[HorizonEffect, ...]
    covariance: FloatArray
    interaction: InteractionTest | None


def joint_covariance(effects: Sequence[Effect], units: Sequence[ArrayLike]) -> FloatArray:
    """Covariance matrix of effects whose clusters overlap: levels of a group, horizons, outcomes.

    Parameters
    ----------
    effects : sequence of Effect
    units : sequence of array_like of labels
        Per effect the labels of its rows' clusters, as they were given to its estimator (persons or row
        numbers where it had no clusters). The same label is the same cluster.

    Returns
    -------
    ndarray, shape (effects, effects)
        On the diagonal the squares of the standard errors.

    Raises
    ------
    InputError
        An effect without influence values (matching), or labels that are not those of its estimate.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import estimate_effect, joint_covariance
    >>> rng = np.random.default_rng(1)
    >>> treated, home = np.arange(60) % 2, np.arange(60) // 3
    >>> effects = [estimate_effect(rng.normal(size=60), treated, None, method="unadjusted", cluster=home)
    ...            for _ in range(2)]
    >>> found = joint_covariance(effects, [home, home])
    >>> bool(np.allclose(np.sqrt(np.diag(found)), [effect.std_error for effect in effects]))
    True
    """
    if len(effects) != len(units) or not effects:
        raise InputError("Give one vector of labels per effect.", where="units")
    rows = [labels_to_codes(np.asarray(labels), "units")[1] for labels in units]
    _, codes = _together(rows)
    scores = np.zeros((max(int(part.max(initial=0)) for part in codes) + 1, len(effects)))
    for k, (effect, places) in enumerate(zip(effects, codes, strict=True)):
        if effect.influence is None:
            raise InputError("This effect brings no influence values.", where=f"effects, entry {k}")
        if effect.influence.size != places.size:
            raise InputError(
                "These are not the clusters of the effect.",
                where=f"units, entry {k}",
                todo="Give the labels that its estimator was given.",
            )
        scores[places, k] = effect.influence
    return scores.T @ scores


def interaction_test(effects: Sequence[Effect], units: Sequence[ArrayLike]) -> InteractionTest:
    """Wald test of equal effects, their covariance by clusters in common included.

    Parameters
    ----------
    effects, units
        As in `joint_covariance`.

    Returns
    -------
    InteractionTest
        By chi-square; by F where the effects' own intervals are by Student's t, with the fewest of their
        degrees of freedom.

    Raises
    ------
    InputError
        Fewer than two effects, contrasts that differ; as `joint_covariance`.
    NotEstimable
        The effects are copies of each other: their difference has no variance.

    References
    ----------
    Altman, D. G. and Bland, J. M. (2003). Interaction revisited: the difference between two estimates.
    British Medical Journal 326, 219.
    Stefanski, L. A. and Boos, D. D. (2002). The calculus of M-estimation.
    The American Statistician 56, 29-38.
    """
    if len(effects) < 2:
        raise InputError("A test of equal effects needs two or more.", where="effects")
    if len({effect.contrast for effect in effects}) > 1:
        raise InputError("The effects are of different contrasts.", where="effects")
    covariance = joint_covariance(effects, units)
    values = np.array([effect.value for effect in effects])
    if effects[0].contrast.endswith("ratio"):
        values = np.log(values)
    against = np.hstack([-np.ones((len(effects) - 1, 1)), np.eye(len(effects) - 1)])
    apart, spread = against @ values, against @ covariance @ against.T
    if np.linalg.matrix_rank(spread, tol=1e-12 * float(np.trace(covariance))) < apart.size:
        raise NotEstimable("Differences of these effects have no variance of their own.", where="effects")
    wald = float(apart @ np.linalg.solve(spread, apart))
    freedom = [effect.degrees_of_freedom for effect in effects if effect.degrees_of_freedom is not None]
    if freedom:
        statistic = wald / apart.size
        return InteractionTest(
            statistic, apart.size, min(freedom), float(special.fdtrc(apart.size, min(freedom), statistic))
        )
    return InteractionTest(wald, apart.size, None, float(special.chdtrc(apart.size, wald)))


def effect_by_level(
    time: ArrayLike, cause: ArrayLike, treated: ArrayLike, covariates: Any, level: ArrayLike, **options: Any
) -> LevelEffects:
    """Effects at a horizon within each level of a characteristic, and the test that they are equal.

    Each level is a comparison of its own: `effect_at_horizon` on its rows, with models of its own.

    Parameters
    ----------
    time, cause, treated, covariates
        As in `effect_at_horizon`. A covariate that is constant within a level is left out there.
    level : array_like of labels, shape (n,)
        Known at time zero.
    **options
        Keywords of `effect_at_horizon`; those by row (`entry`, `person`, `cluster`, `weights`,
        `censoring_covariates`) are divided by level.

    Returns
    -------
    LevelEffects

    Raises
    ------
    InputError
        As `effect_at_horizon`.
    NotEstimable
        A level whose effect cannot be estimated; the message counts levels from 0 in their order.

    Examples
    --------
    >>> import numpy as np
    >>> from hamm_eval.effects import effect_by_level
    >>> rng = np.random.default_rng(4)
    >>> treated, sex = np.arange(200) % 2, np.arange(200) // 100
    >>> time = rng.exponential(12, 200) / (1 + treated * sex)
    >>> found = effect_by_level(time, np.ones(200), treated, None, sex, horizon=6, method="unadjusted")
    >>> found.levels, found.interaction.degrees_of_freedom
    ((0, 1), 1)
    """
    codes, labels = labels_to_codes(np.asarray(level), "level")
    rows = codes.size
    given = {"time": time, "cause": cause, "treated": treated} | {
        name: options[name] for name in _BY_ROW if options.get(name) is not None
    }
    arrays = {name: np.asarray(values) for name, values in given.items()}
    wrong = [
        Problem(f"Expected {rows} entries, one per level given.", name)
        for name, values in arrays.items()
        if values.shape != (rows,)
    ]
    if wrong:
        raise InputError.of(wrong)
    plain = {name: value for name, value in options.items() if name not in (*_BY_ROW, "censoring_covariates")}
    units = arrays.get("cluster", arrays.get("person", np.arange(rows)))
    effects, members = [], []
    for k in range(labels.size):
        inside = codes == k
        part = {name: values[inside] for name, values in arrays.items()}
        behind = options.get("censoring_covariates")
        try:
            effects.append(
                effect_at_horizon(
                    covariates=_rows(covariates, inside),
                    censoring_covariates=_rows(behind, inside),
                    **part,
                    **plain,
                )
            )
        except NotEstimable as error:
            raise NotEstimable.of(list(error.problems), f"Level {k} of {labels.size}:") from None
        members.append(units[inside])
    return LevelEffects(
        levels=tuple(labels.tolist()),
        effects=tuple(effects),
        covariance=joint_covariance(effects, members),
        interaction=interaction_test(effects, members) if len(effects) > 1 else None,
    )


def _rows(values: Any, inside: Any) -> Any:
    """Some rows of an array or a data frame."""
    if values is None:
        return None
    return values.loc[inside] if hasattr(values, "columns") else np.asarray(values)[inside]


def _together(parts: Sequence[Any]) -> tuple[Any, list[IntArray]]:
    """Labels of all parts, and the place of each part's labels among them."""
    codes, labels = labels_to_codes(np.concatenate(parts), "units")
    return labels, np.split(codes, np.cumsum([part.size for part in parts])[:-1])
