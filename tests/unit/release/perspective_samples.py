"""Ratings from two perspectives made by hand, with everything that the gate looks at."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hamm_eval.analysis.two_perspectives import agreement
from hamm_eval.estimate import Agreement, Definition, IntArray, Responses, TwoPerspectives, WeightedShare

NONE = WeightedShare(value=math.nan, std_error=math.nan, missing="too_few")


def rows_of(pairs: IntArray) -> Any:
    """Pairs of ratings as a frame of persons, one row a pair."""
    import pandas as pd

    worker, refugee = (np.repeat(side.ravel(), pairs.ravel()) + 1.0 for side in np.indices(pairs.shape))
    return pd.DataFrame({"rating_social_worker": worker, "rating_refugee": refugee})


def agreement_of(pairs: IntArray, clusters: int | None = None) -> Agreement:
    """Agreement of a table of pairs, in clusters of neighbours or each for itself."""
    rows = rows_of(pairs)
    number = len(rows) if clusters is None else clusters
    found = agreement(rows, np.arange(len(rows)) % number, "household")
    assert found is not None
    return found


def perspectives_of(
    pairs: IntArray,
    worker_alone: IntArray | None = None,
    refugee_alone: IntArray | None = None,
    nobody: int = 0,
    *,
    levels: tuple[Responses, ...] = (),
    of: Agreement | None = None,
    **more: Any,
) -> TwoPerspectives:
    """An estimate of a measure: pairs (5, 5), persons whom one side alone rated (5,), and the unrated."""
    zero = np.zeros(5, dtype=np.int64)
    alone = [zero if each is None else each for each in (worker_alone, refugee_alone)]
    counts = np.array([pairs.sum(axis=1) + alone[0], pairs.sum(axis=0) + alone[1]])
    persons = int(pairs.sum() + alone[0].sum() + alone[1].sum() + nobody)
    content: dict[str, Any] = {
        "definition": Definition("two_perspectives", "course"),
        "measure": "course",
        "counts": counts,
        "effective_errors": np.array([0.03, 0.03]),
        "effective_clusters": (200, 200),
        "responses": (
            Responses(
                dimension="",
                level="",
                persons=persons,
                given=(int(counts[0].sum()), int(counts[1].sum())),
            ),
            *levels,
        ),
        "weighted": (NONE, NONE),
        "weighted_by": (),
        "agreement": of or agreement_of(pairs),
    }
    return TwoPerspectives(**(content | more))


def drawn_pairs(n: int, seed: int, *, apart: float = 0.0) -> IntArray:
    """Ratings of n participations by two sides with a satisfaction in common, as in the synthetic city."""
    rng = np.random.default_rng(seed)
    satisfaction = rng.standard_normal(n)
    worker = np.clip(np.round(3.6 + 0.4 * satisfaction + 0.6 * rng.standard_normal(n)), 1, 5).astype(int)
    view = 3.5 + apart + 0.95 * satisfaction + 0.6 * rng.standard_normal(n)
    refugee = np.clip(np.round(view), 1, 5).astype(int)
    return np.bincount((worker - 1) * 5 + refugee - 1, minlength=25).reshape(5, 5)
