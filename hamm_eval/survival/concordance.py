"""Share of comparable pairs that a risk score puts in the right order."""

from __future__ import annotations

import numpy as np

from hamm_eval.inference import FloatArray, IntArray, stable_order
from hamm_eval.survival.risk_sets import RiskSets


def concordance_index(score: FloatArray, weight: FloatArray, event: FloatArray, sets: RiskSets) -> float:
    r"""Concordance of a score (higher = earlier event) with times; ties in the score count half.

    .. math:: C = \frac{\sum_i \delta_i w_i \sum_{j \in R_i} w_j (1\{s_i > s_j\} + 1\{s_i = s_j\} / 2)}
        {\sum_i \delta_i w_i \sum_{j \in R_i} w_j}

    with events :math:`\delta`, scores s, weights w, and :math:`R_i` those at risk at the time of i who stay
    longer.

    An event is compared with all who are at risk at its time and stay longer; events at one time are not
    compared with each other. NaN without a comparable pair.

    References
    ----------
    Therneau, T. M. and Watson, D. A. (2017). The concordance statistic and the Cox model. Mayo Clinic
    Technical Report 85.
    """
    rank = np.unique(score, return_inverse=True)[1].reshape(-1).astype(np.int64)
    happened = np.flatnonzero(event == 1)
    point = sets.ends(happened)
    beyond_stratum = np.searchsorted(sets.stratum, sets.stratum[point], side="right")
    used = np.flatnonzero(sets.first < sets.last)
    # Who ends at a point by censoring comes after its events: two half-steps a point.
    leaving = 2 * sets.last[used] - event[used].astype(np.int64)
    stays = _ranked_below(rank, weight, happened, used, leaving, 2 * point + 2, 2 * beyond_stratum + 1)
    comes = _ranked_below(rank, weight, happened, used, sets.first[used], point + 1, beyond_stratum)
    lower, lower_or_equal, compared = weight[happened] @ (stays - comes)
    return float((lower + lower_or_equal) / 2 / compared) if compared > 0 else float("nan")


def _ranked_below(
    rank: IntArray,
    weight: FloatArray,
    happened: IntArray,
    rows: IntArray,
    place: IntArray,
    begin_place: IntArray,
    end_place: IntArray,
) -> FloatArray:
    """Per event, weights of the `rows` with begin <= place < end: ranked below, not above, and all (e, 3)."""
    order = stable_order(place)
    rows, place = rows[order], place[order]
    begin = np.searchsorted(place, begin_place)
    end = np.searchsorted(place, end_place)
    total = np.r_[0.0, np.cumsum(weight[rows])]
    below = _weight_below(
        rank[rows],
        weight[rows],
        np.r_[begin, begin],
        np.r_[end, end],
        np.r_[rank[happened], rank[happened] + 1],
    ).reshape(2, -1)
    return np.column_stack([below[0], below[1], total[end] - total[begin]])


def _weight_below(
    rank: IntArray, weight: FloatArray, begin: IntArray, end: IntArray, limit: IntArray
) -> FloatArray:
    """Weight of the items in ``[begin, end)`` with ``rank < limit``, for all queries at once.

    A wavelet matrix: the items are parted by one bit of their rank a pass, highest first, and each query
    follows the bits of its limit: n log n without a loop over items or queries.
    """
    answer = np.zeros(begin.size)
    for bit in reversed(range(int(limit.max(initial=1)).bit_length())):
        one = (rank >> bit) & 1 == 1
        zeros_before = np.r_[0, np.cumsum(~one)]
        weight_before = np.r_[0.0, np.cumsum(np.where(one, 0.0, weight))]
        begin_zero, end_zero = zeros_before[begin], zeros_before[end]
        up = (limit >> bit) & 1 == 1
        answer += np.where(up, weight_before[end] - weight_before[begin], 0.0)
        zeros = zeros_before[-1]
        begin = np.where(up, zeros + begin - begin_zero, begin_zero)
        end = np.where(up, zeros + end - end_zero, end_zero)
        order = np.r_[np.flatnonzero(~one), np.flatnonzero(one)]
        rank, weight = rank[order], weight[order]
    return answer
