"""Counts of ratings as they may be shown, and all of them together: linked counts hide nothing (rule 7).

The unknown parts are persons by both ratings (pairs), with one rating alone, and with none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hamm_eval.estimate import IntArray, TwoPerspectives
from hamm_eval.release.counts import release_count
from hamm_eval.release.linked_counts import Linked, hide_until_held
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell
from hamm_eval.vocabulary import EFFECTIVE, RATINGS, Perspective

SIDES = tuple(perspective.value for perspective in Perspective)
_K = len(RATINGS)
_PARTS = _K * _K + 2 * _K + 1
_FAR = 3  # points apart from which on pairs may be taken together


def _parts(pairs: IntArray | None = None, alone: Sequence[IntArray] = (), none: bool = False) -> IntArray:
    """Which parts a count is the sum of: pairs (5, 5), those with one rating (2 times 5), those with none."""
    found = np.zeros(_PARTS, dtype=np.int64)
    if pairs is not None:
        found[: _K * _K] = pairs.ravel()
    for side, which in enumerate(alone):
        start = _K * _K + side * _K
        found[start : start + _K] = which
    found[-1] = int(none)
    return found


def _one(side: int, ratings: Sequence[int]) -> IntArray:
    """Parts of everybody whose rating by one side is among some."""
    chosen = np.isin(RATINGS, ratings).astype(np.int64)
    pairs = np.zeros((_K, _K), dtype=np.int64)
    pairs[chosen > 0, :] = 1
    nobody = np.zeros(_K, dtype=np.int64)
    alone = (chosen, nobody) if side == 0 else (nobody, chosen)
    return _parts(pairs if side == 0 else pairs.T, alone)


def rating_counts(estimate: TwoPerspectives, policy: Policy) -> dict[str, Linked]:
    """Counts of one measure that are to be shown, made safe together.

    Returns
    -------
    dict of str to Linked
        "persons"; per side ``given:side``, ``silent:side``, ``effective:side`` and ``rating:side:k``.
    """
    every = estimate.responses[0]
    counts = {"persons": _linked(np.ones(_PARTS, dtype=np.int64), every.persons, policy)}
    sacrifice: list[tuple[int, int, str]] = []
    for side, name in enumerate(SIDES):
        by_rating = estimate.counts[side]
        given = _one(side, RATINGS)
        counts[f"given:{name}"] = _linked(given, int(by_rating.sum()), policy)
        counts[f"silent:{name}"] = _linked(1 - given, every.persons - int(by_rating.sum()), policy)
        good = [rating for rating in RATINGS if rating >= EFFECTIVE]
        effective = int(by_rating[EFFECTIVE - 1 :].sum())
        counts[f"effective:{name}"] = _linked(_one(side, good), effective, policy)
        for rating, persons in zip(RATINGS, by_rating, strict=True):
            key = f"rating:{name}:{rating}"
            counts[key] = _linked(_one(side, [rating]), int(persons), policy)
            sacrifice.append((2, int(persons), key))
        # What can be missed first: who is silent follows from shares, then the share of the effective.
        sacrifice += [(0, side, f"silent:{name}"), (1, side, f"effective:{name}")]
        sacrifice.append((3, side, f"given:{name}"))
    # In the end everything may be hidden: then nothing tells.
    safe = hide_until_held(counts, [*(key for *_, key in sorted(sacrifice)), "persons"], policy)
    return {key: Linked(count.parts, safe[key]) for key, count in counts.items()}


def pair_counts(pairs: IntArray, policy: Policy) -> dict[str, Linked]:
    """Counts of pairs that agreement is computed from: by either rating, and by how far both lie apart."""
    counts: dict[str, Linked] = {}
    for side, name in enumerate(SIDES):
        for at, rating in enumerate(RATINGS):
            chosen = np.zeros((_K, _K), dtype=np.int64)
            chosen[(at, slice(None)) if side == 0 else (slice(None), at)] = 1
            counts[f"pair:{name}:{rating}"] = _linked(_parts(chosen), int((pairs * chosen).sum()), policy)
    for name, offsets in apart_classes(pairs, policy).items():
        chosen = np.isin(OFFSETS, offsets).astype(np.int64)
        counts[f"apart:{name}"] = _linked(_parts(chosen), int((pairs * chosen).sum()), policy)
    return counts


OFFSETS = np.subtract.outer(np.array(RATINGS), np.array(RATINGS)).T  # refugee less social worker


def apart_classes(pairs: IntArray, policy: Policy) -> Mapping[str, tuple[int, ...]]:
    """Classes of how far the refugee's rating lies above the social worker's, from the lowest.

    Three points and more are a class of their own on a side where they are no hidden count.
    """
    return dict(_classes(pairs, policy))


def _classes(pairs: IntArray, policy: Policy) -> Iterator[tuple[str, tuple[int, ...]]]:
    far = range(_FAR, _K)
    sides = {}
    for name, sign in (("worker", -1), ("refugee", 1)):
        many = int(pairs[np.isin(OFFSETS, [sign * points for points in far])].sum())
        beyond = tuple(sign * points for points in far)
        if many > policy.largest_hidden_count:
            sides[name] = [(f"{name}_1", (sign,)), (f"{name}_2", (2 * sign,)), (f"{name}_3", beyond)]
        else:
            sides[name] = [(f"{name}_1", (sign,)), (f"{name}_2_more", (2 * sign, *beyond))]
    yield from reversed(sides["worker"])
    yield "same", (0,)
    yield from sides["refugee"]


def _linked(parts: IntArray, persons: int, policy: Policy) -> Linked:
    """A count of persons by rules 1 and 2."""
    return Linked(parts, release_count(persons, policy))


def shared(cell: Cell, base: Cell, policy: Policy, *, sensitive: bool = False) -> Cell:
    """A count with its share of another published one; without, where rule 2 asks for that.

    With `sensitive` nearly all are "over 95 %" (rule 3).
    """
    if cell.value is None or base.value is None or base.value < policy.smallest_denominator:
        return cell
    if (sensitive or policy.sensitive_throughout) and 100 * cell.value > policy.share_ceiling * base.value:
        return Cell(value=cell.value, share_bound="over_95")
    return Cell(value=cell.value, share=round(min(cell.value / base.value, 1.0), policy.share_decimals))
