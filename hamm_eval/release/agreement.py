"""Agreement of two raters as it may be shown: computed from published counts alone.

A kappa to two digits, with its interval and the shares beside it, gives small counts of the table of pairs
back. So from the published counts of that table (pairs by either rating, and by how far both lie apart) a
table is made that fits them, and every figure is computed from it. Whoever computes backwards finds what is
published already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Agreement, IntArray
from hamm_eval.inference import FEW_CLUSTERS
from hamm_eval.ratings import paired_ordinal_regression, weighted_kappa
from hamm_eval.release.linked_counts import Linked, hidden_counts_hold
from hamm_eval.release.policy import Policy
from hamm_eval.release.rating_counts import SIDES, apart_classes, pair_counts
from hamm_eval.release.rebuilt_pairs import middle_of, rebuild_pairs
from hamm_eval.release.released import Cell, Interval, ReleasedAgreement, ReleasedShare
from hamm_eval.release.rounding import decimals, to_multiple
from hamm_eval.release.shares import beside_nearly_all, reach_95, release_share
from hamm_eval.vocabulary import RATINGS

# Fewer pairs, or more that rounding may have moved kappa by, and it is not told (`docs/released-kappa.md`).
KAPPA_PAIRS = 80
COARSEST_KAPPA = 0.15
_K = len(RATINGS)
_FACTOR_STEP = 0.1


def release_agreement(
    agreement: Agreement | None, beside: Mapping[str, Linked], policy: Policy
) -> ReleasedAgreement:
    """How far both sides agree, or why that is not told.

    Parameters
    ----------
    agreement : Agreement or None
    beside : mapping of name to Linked
        Counts that are published of the same persons (`rating_counts`): together with them the pairs' counts
        must hide what is hidden.
    policy : Policy

    Notes
    -----
    Of the exact pairs only the ratio of two standard errors enters, by clusters over independent, rounded up
    to tenths. Intervals also allow for what rounding may have moved. Where that may be more than
    `COARSEST_KAPPA`, or with fewer than `KAPPA_PAIRS`, kappa is not told.
    """
    if agreement is None or int(agreement.pairs.sum()) < policy.agreement_pairs:
        return ReleasedAgreement(withheld="too_few_pairs")
    counts = pair_counts(agreement.pairs, policy)
    if not hidden_counts_hold([*beside.values(), *counts.values()], policy):
        return ReleasedAgreement(withheld="linked")
    if not math.isfinite(agreement.difference_factor):
        return ReleasedAgreement(withheld="not_estimable")
    cells = {name: count.cell for name, count in counts.items()}
    classes = apart_classes(agreement.pairs, policy)
    rebuilt = rebuild_pairs(cells, classes, policy)
    pairs = rebuilt.pairs
    few = agreement.clusters < FEW_CLUSTERS
    critical = reach_95(agreement.clusters)
    n = int(pairs.sum())
    moved = reach_95(None) * rebuilt.kappa_error
    rounding = math.ceil(round(100 * moved, 6)) / 100 if math.isfinite(moved) else None
    told = n >= KAPPA_PAIRS and rounding is not None and rounding <= COARSEST_KAPPA
    worker, refugee = (np.repeat(side.ravel(), pairs.ravel()) for side in np.indices((_K, _K)) + 1)
    apart = (refugee - worker).astype(np.float64)
    plain = float(apart.std(ddof=1)) / math.sqrt(n)
    difference_error = math.hypot(plain * _up(agreement.difference_factor), rebuilt.difference_error)
    return ReleasedAgreement(
        withheld="",
        pairs=to_multiple(n, policy.count_rounding),
        worker=tuple(cells[f"pair:{SIDES[0]}:{rating}"] for rating in RATINGS),
        refugee=tuple(cells[f"pair:{SIDES[1]}:{rating}"] for rating in RATINGS),
        apart=tuple((name, cells[f"apart:{name}"]) for name in classes),
        higher=_higher(cells, classes, n, agreement, policy),
        kappa=_kappa(worker, refugee, agreement, rebuilt.kappa_error, critical) if told else None,
        kappa_rounding=rounding,
        difference=_interval(float(apart.mean()), critical * difference_error),
        odds=_odds(worker, refugee, agreement, critical, difference_error / plain if plain else 1.0),
        clustered_by=agreement.clustered_by,
        few_clusters=few,
    )


def _kappa(
    worker: IntArray, refugee: IntArray, agreement: Agreement, noise: float, critical: float
) -> Interval | None:
    """Quadratic kappa of the rebuilt pairs, its error by clusters."""
    if not math.isfinite(agreement.kappa_factor):
        return None
    try:
        found = weighted_kappa(worker, refugee, categories=list(RATINGS))
    except NotEstimable:
        return None
    reach = critical * math.hypot(found.std_error * _up(agreement.kappa_factor), noise)
    shown = _interval(found.value, reach)
    assert shown.lower is not None and shown.upper is not None
    return Interval(value=shown.value, lower=max(shown.lower, -1.0), upper=min(shown.upper, 1.0))


def _odds(
    worker: IntArray, refugee: IntArray, agreement: Agreement, critical: float, wider: float
) -> Interval | None:
    """Odds ratio of a higher rating by the refugee, of the rebuilt pairs.

    Rounding adds to its error in proportion to what it adds to that of the mean difference.
    """
    if not math.isfinite(agreement.ordinal_factor):
        return None
    try:
        found = paired_ordinal_regression(worker, refugee)
    except NotEstimable:
        return None
    reach = critical * float(found.std_error[0]) * max(_up(agreement.ordinal_factor), wider)
    ends = (float(found.coefficients[0]) + sign * reach for sign in (0, -1, 1))
    value, lower, upper = (decimals(math.exp(end), 2) for end in ends)
    return Interval(value=value, lower=lower, upper=upper)


def _higher(
    cells: Mapping[str, Cell],
    classes: Mapping[str, Sequence[int]],
    n: int,
    agreement: Agreement,
    policy: Policy,
) -> tuple[ReleasedShare, ...]:
    """Shares in which the social worker, neither and the refugee rate higher, from published counts."""
    factor, found = _up(agreement.difference_factor), []
    for sign in (-1, 0, 1):
        parts = [cells[f"apart:{name}"] for name, offsets in classes.items() if np.sign(offsets[0]) == sign]
        # A share of hidden counts alone would be one of a number made up.
        known = any(cell.value for cell in parts)
        count = sum(middle_of(cell, policy) for cell in parts) if known else None
        share = 0.0 if count is None else count / n
        error = factor * math.sqrt(share * (1 - share) / n)
        found.append(
            release_share(Cell(value=count), n, policy, std_error=error, clusters=agreement.clusters)
        )
    return beside_nearly_all(found)


def _interval(value: float, reach: float) -> Interval:
    """A value with its interval, two digits."""
    return Interval(
        value=decimals(value, 2), lower=decimals(value - reach, 2), upper=decimals(value + reach, 2)
    )


def _up(factor: float) -> float:
    """A ratio of standard errors, rounded up to tenths."""
    return math.ceil(round(factor / _FACTOR_STEP, 6)) * _FACTOR_STEP
