"""Facts of ratings from two perspectives: who was asked, who answered what, by group and in pairs.

Agreement and shares are computed from the counts shown and go with them (`proof/conceal_ratings.py`); the
gate has made all of them safe together before (`linked_counts`). Ratings gather over the quarters: where an
earlier quarter tells how few have come, the number that tells it is hidden.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np

from hamm_eval.estimate import IntArray, TwoPerspectives
from hamm_eval.release.facts.base import FactList, Place
from hamm_eval.release.facts.levels import column_of, level_of
from hamm_eval.release.policy import Policy
from hamm_eval.release.rating_counts import SIDES, apart_classes
from hamm_eval.release.released import ReleasedTwoPerspectives
from hamm_eval.vocabulary import EFFECTIVE, RATINGS


def perspectives_facts(
    estimate: TwoPerspectives, released: ReleasedTwoPerspectives, policy: Policy
) -> FactList:
    """Ratings make up those given, those given and the silent everyone, levels of a group both."""
    facts = FactList(estimate.definition, policy)
    base = f"rated:{estimate.definition.digest}"
    everyone = facts.cell(
        base,
        estimate.responses[0].persons,
        released.persons,
        ("persons",),
        ("responses", 0, "persons"),
        grows=True,
    )
    for side, (name, shown) in enumerate(zip(SIDES, released.ratings, strict=True)):
        by_rating = [int(count) for count in estimate.counts[side]]
        at: Place = ("ratings", side)
        given = facts.cell(
            f"{base}|{name}",
            sum(by_rating),
            shown.given,
            (*at, "given"),
            ("responses", 0, "given", side),
            grows=True,
        )
        keys = [
            facts.cell(f"{base}|{name}={rating}", by_rating[k], shown.cells[k], (*at, "cells", k), grows=True)
            for k, rating in enumerate(RATINGS)
        ]
        facts.sum(given, keys)
        facts.left(everyone, [given], f"{base}|{name} silent")
        effective = sum(by_rating[EFFECTIVE - 1 :])
        facts.share(f"{base}|{name} effective", effective, shown.effective, (*at, "effective"))
        facts.sum(f"{base}|{name} effective", keys[EFFECTIVE - 1 :])
        _pairs(estimate, released, facts, side, keys, f"{base}|pairs")
    if estimate.agreement is not None:
        pairs = int(estimate.agreement.pairs.sum())
        if released.agreement.withheld == "too_few_pairs":
            facts.by_rule(f"{base}|pairs", pairs, below=policy.agreement_pairs)
        else:
            facts.by_rule(f"{base}|pairs", pairs, least=policy.agreement_pairs)
        facts.sum(everyone, [f"{base}|pairs"], rest=True)
        _apart(estimate.agreement.pairs, released, facts, f"{base}|pairs", policy)
    if estimate.whom:
        facts.elsewhere(estimate.whom, [base])
    _groups(estimate, released, facts, base)
    return facts


def _pairs(
    estimate: TwoPerspectives,
    released: ReleasedTwoPerspectives,
    facts: FactList,
    side: int,
    keys: list[str],
    pairs: str,
) -> None:
    """Whoever was rated from both sides is some of those with that rating, and all pairs have one."""
    shown = (released.agreement.worker, released.agreement.refugee)[side]
    if estimate.agreement is None or not shown:
        return
    counts = estimate.agreement.pairs.sum(axis=1 - side)
    field = ("worker", "refugee")[side]
    for number, (whole, count, cell) in enumerate(zip(keys, counts, shown, strict=True)):
        place = ("agreement", field, number)
        pair = facts.cell(f"{whole}|in pairs", int(count), cell, place, grows=True)
        facts.sum(whole, [pair], rest=True)
    facts.untold(pairs, int(counts.sum()))
    facts.sum(pairs, [f"{whole}|in pairs" for whole in keys])


def _apart(
    pairs: IntArray, released: ReleasedTwoPerspectives, facts: FactList, key: str, policy: Policy
) -> None:
    """Pairs by how far both ratings lie apart are all pairs once more."""
    shown = released.agreement.apart
    if not shown:
        return
    offset = np.subtract(*np.indices(pairs.shape)[::-1])
    counts = {name: pairs[np.isin(offset, of)].sum() for name, of in apart_classes(pairs, policy).items()}
    keys = [
        facts.cell(f"{key}|{name}", int(counts[name]), cell, ("agreement", "apart", number, 1), grows=True)
        for number, (name, cell) in enumerate(shown)
    ]
    facts.untold(key, int(pairs.sum()), grows=True)
    facts.sum(key, keys)


def _groups(estimate: TwoPerspectives, released: ReleasedTwoPerspectives, facts: FactList, base: str) -> None:
    """The levels of a group are some of everyone, all of them where nobody lacks an entry."""
    groupings = estimate.definition.details.get("by_groups", {})
    both = list(enumerate(zip(estimate.responses, released.responses, strict=True)))
    for dimension, found in groupby(both[1:], key=lambda each: each[1][0].dimension):
        persons: list[str] = []
        given: tuple[list[str], list[str]] = ([], [])
        for number, (true, shown) in found:
            at: Place = ("responses", number)
            level = level_of(base, dimension, true.level, groupings.get(dimension), true.merged)
            persons.append(
                facts.cell(
                    level,
                    true.persons,
                    shown.persons,
                    (*at, "persons"),
                    sensitive=true.sensitive,
                    grows=True,
                )
            )
            for side, name in enumerate(SIDES):
                key = f"{level}|{name}"
                facts.cell(
                    key,
                    true.given[side],
                    shown.given[side],
                    (*at, "given", side),
                    sensitive=true.sensitive,
                    grows=True,
                )
                facts.left(level, [key], f"{key} silent")
                given[side].append(key)
        lacking = f"{base}|without {column_of(dimension, groupings.get(dimension))}"
        facts.divided(base, persons, lacking)
        for side, name in enumerate(SIDES):
            facts.divided(f"{base}|{name}", given[side], f"{lacking}|{name}")
