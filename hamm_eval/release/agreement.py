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
from hamm_eval.estimate import Agreement, FloatArray, IntArray
from hamm_eval.inference import FEW_CLUSTERS
from hamm_eval.ratings import paired_ordinal_regression, weighted_kappa
from hamm_eval.release.linked_counts import Linked, hidden_counts_hold
from hamm_eval.release.policy import Policy
from hamm_eval.release.rating_counts import OFFSETS, SIDES, apart_classes, pair_counts
from hamm_eval.release.released import Cell, Interval, ReleasedAgreement, ReleasedShare
from hamm_eval.release.rounding import decimals, to_multiple
from hamm_eval.release.shares import reach_95, release_share
from hamm_eval.vocabulary import RATINGS

_K = len(RATINGS)
_STEPS = 200
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
    to tenths. Intervals also allow for what rounding may have moved.
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
    pairs = rebuild_pairs(cells, classes, policy)
    noise = _Rounding(pairs, cells, classes, policy)
    few = agreement.clusters < FEW_CLUSTERS
    critical = reach_95(agreement.clusters)
    n = int(pairs.sum())
    worker, refugee = (np.repeat(side.ravel(), pairs.ravel()) for side in np.indices((_K, _K)) + 1)
    apart = (refugee - worker).astype(np.float64)
    plain = float(apart.std(ddof=1)) / math.sqrt(n)
    difference_error = math.hypot(plain * _up(agreement.difference_factor), noise.difference)
    return ReleasedAgreement(
        withheld="",
        pairs=to_multiple(n, policy.count_rounding),
        worker=tuple(cells[f"pair:{SIDES[0]}:{rating}"] for rating in RATINGS),
        refugee=tuple(cells[f"pair:{SIDES[1]}:{rating}"] for rating in RATINGS),
        apart=tuple((name, cells[f"apart:{name}"]) for name in classes),
        higher=_higher(cells, classes, n, agreement, policy),
        kappa=_kappa(worker, refugee, agreement, noise.kappa, critical),
        difference=_interval(float(apart.mean()), critical * difference_error),
        odds=_odds(worker, refugee, agreement, critical, difference_error / plain if plain else 1.0),
        clustered_by=agreement.clustered_by,
        few_clusters=few,
    )


def rebuild_pairs(
    cells: Mapping[str, Cell], classes: Mapping[str, Sequence[int]], policy: Policy
) -> IntArray:
    """A table of pairs, shape (5, 5), that fits the published counts as well as one can (raking).

    Parameters
    ----------
    cells : mapping of name to Cell
        As `pair_counts` names them; a hidden count stands for the middle of what it may be.
    classes : mapping of name to offsets
        Of `apart_classes`.
    policy : Policy

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444. Goodman, L. A.
    (1979). Simple models for the analysis of association in cross-classifications having ordered categories.
    Journal of the American Statistical Association 74, 537-552 (the uniform association that raking begins
    with, and that says how many of a class are farther apart than its nearest).
    """
    apart = {name: _middle(cells[f"apart:{name}"], policy) for name in classes}
    n = sum(apart.values())
    targets = []
    for side in SIDES:
        counts = np.array([_middle(cells[f"pair:{side}:{rating}"], policy) for rating in RATINGS], float)
        targets.append(counts * n / counts.sum())
    fall = _fall(apart)
    masks = []
    for name, offsets in classes.items():
        farther = 0.0
        if name.endswith("_more"):
            # So many are three points apart for each who is two; the few of four are taken as of three.
            ratio = math.exp(-fall * (offsets[1] ** 2 - offsets[0] ** 2))
            farther = min(apart[name] * ratio / (1 + ratio), policy.largest_hidden_count)
            masks.append((np.isin(OFFSETS, offsets[1:2]), farther))
        near = offsets[:1] if name.endswith("_more") else offsets
        masks.append((np.isin(OFFSETS, near), apart[name] - farther))
    reached = np.any([mask for mask, _ in masks], axis=0)
    table = np.exp(-fall * OFFSETS.astype(np.float64) ** 2) * reached
    for _ in range(_STEPS):
        table = _scaled(table, targets[0], 1)
        table = _scaled(table, targets[1], 0)
        for mask, persons in masks:
            inside = float(table[mask].sum())
            table[mask] *= persons / inside if inside > 0 else 0.0
    return _whole(table)


def _fall(apart: Mapping[str, int]) -> float:
    """How fast pairs become rarer with the square of their distance, from those at most one point apart."""
    beside = apart["worker_1"] + apart["refugee_1"]
    return max(math.log(2 * apart["same"] / beside), 0.0) if apart["same"] and beside else 0.0


def _scaled(table: FloatArray, target: FloatArray, axis: int) -> FloatArray:
    """Rows (axis 1) or columns (axis 0) brought to their totals."""
    sums = table.sum(axis=axis)
    factor = np.divide(target, sums, out=np.zeros_like(target), where=sums > 0)
    return np.asarray(table * (factor[:, None] if axis == 1 else factor))


def _whole(table: FloatArray) -> IntArray:
    """Whole numbers of the same total, by the largest remainders."""
    flat = table.ravel()
    whole = np.floor(flat).astype(np.int64)
    lack = round(float(flat.sum())) - int(whole.sum())
    order = np.argsort(-np.round(flat - whole, 9), kind="stable")
    whole[order[:lack]] += 1
    return whole.reshape(table.shape)


def _middle(cell: Cell, policy: Policy) -> int:
    """The number that stands for a published count."""
    return (1 + policy.largest_hidden_count) // 2 if cell.value is None else cell.value


class _Rounding:
    """Standard errors that rounding adds to kappa and to the mean difference.

    A count is taken to lie anywhere in the interval that rounds to it, and so are those who are three points
    or more apart where they are hidden in a class with those two points apart.
    """

    def __init__(
        self,
        pairs: IntArray,
        cells: Mapping[str, Cell],
        classes: Mapping[str, Sequence[int]],
        policy: Policy,
    ) -> None:
        n = float(pairs.sum())
        ratings = np.array(RATINGS, dtype=np.float64)
        rows, columns = pairs.sum(axis=1) / n, pairs.sum(axis=0) / n
        squared = np.subtract.outer(ratings, ratings) ** 2
        observed, expected = float((squared * pairs).sum()) / n, float(rows @ squared @ columns)
        mean = float((OFFSETS * pairs).sum()) / n
        of_kappa = of_difference = 0.0
        for name, offsets in classes.items():
            at, spread = float(offsets[0]), _variance(cells[f"apart:{name}"], policy)
            of_kappa += spread * ((at**2 - observed) / expected) ** 2 if expected else 0.0
            of_difference += spread * (at - mean) ** 2
            if len(offsets) > 1 and name.endswith("_more") and cells[f"apart:{name}"].value != 0:
                farther = ((policy.largest_hidden_count + 1) ** 2 - 1) / 12
                step = float(offsets[1]) ** 2 - at**2
                of_kappa += farther * (step / expected) ** 2 if expected else 0.0
                of_difference += farther
        for side, weights in ((SIDES[0], squared @ columns), (SIDES[1], rows @ squared)):
            for rating, weight in zip(RATINGS, weights, strict=True):
                spread = _variance(cells[f"pair:{side}:{rating}"], policy)
                slope = observed * (float(weight) - expected) / expected**2 if expected else 0.0
                of_kappa += spread * slope**2
        self.kappa = math.sqrt(of_kappa) / n
        self.difference = math.sqrt(of_difference) / n


def _variance(cell: Cell, policy: Policy) -> float:
    """Of a count that lies anywhere in the interval which rounds to it."""
    if cell.value == 0:
        return 0.0
    values = policy.largest_hidden_count if cell.value is None else policy.count_rounding
    return (values**2 - 1) / 12


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
        count = sum(_middle(cell, policy) for cell in parts) if known else None
        share = 0.0 if count is None else count / n
        error = factor * math.sqrt(share * (1 - share) / n)
        found.append(
            release_share(Cell(value=count), n, policy, std_error=error, clusters=agreement.clusters)
        )
    return tuple(found)


def _interval(value: float, reach: float) -> Interval:
    """A value with its interval, two digits."""
    return Interval(
        value=decimals(value, 2), lower=decimals(value - reach, 2), upper=decimals(value + reach, 2)
    )


def _up(factor: float) -> float:
    """A ratio of standard errors, rounded up to tenths."""
    return math.ceil(round(factor / _FACTOR_STEP, 6)) * _FACTOR_STEP
