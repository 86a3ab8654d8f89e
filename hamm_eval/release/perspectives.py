"""Ratings from two perspectives as they may be shown, the silent side first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from hamm_eval.estimate import PerceivedEffects, Responses, TwoPerspectives, WeightedShare
from hamm_eval.release.agreement import release_agreement
from hamm_eval.release.counts import release_count
from hamm_eval.release.design_checks import coarse_step
from hamm_eval.release.effect_overview import release_effect_overview
from hamm_eval.release.linked_counts import Linked, hide_until_held
from hamm_eval.release.policy import Policy
from hamm_eval.release.rating_counts import SIDES, rating_counts, shared
from hamm_eval.release.released import (
    Cell,
    Interval,
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedRatings,
    ReleasedResponses,
    ReleasedShare,
    ReleasedTwoPerspectives,
)
from hamm_eval.release.rounding import decimals, to_step
from hamm_eval.release.shares import reach_95, release_share
from hamm_eval.vocabulary import RATINGS

# How much less often the silent could hold a measure to be effective than those who answered.
SHIFTS = (-0.1, -0.2, -0.3)


def release_two_perspectives(estimate: TwoPerspectives, policy: Policy) -> ReleasedTwoPerspectives:
    """Everything that may be said of one measure's ratings.

    Shares, bounds and shifts follow from published counts. Of those counts together none that is hidden may
    be recovered (`linked_counts`); agreement is computed from published counts (`agreement`).
    """
    counts = rating_counts(estimate, policy)
    ratings = [_ratings(estimate, side, counts, policy) for side in range(len(SIDES))]
    return ReleasedTwoPerspectives(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        measure=estimate.measure,
        persons=counts["persons"].cell,
        ratings=(ratings[0], ratings[1]),
        responses=tuple(_responses(estimate, counts, policy)),
        agreement=release_agreement(estimate.agreement, counts, policy),
        weighted_by=estimate.weighted_by,
    )


def release_perceived_effects(estimate: PerceivedEffects, policy: Policy) -> ReleasedPerceivedEffects:
    """Shares as each measure's own release has them, effects as the overview of effects has them."""
    effects = () if estimate.effects is None else release_effect_overview(estimate.effects, policy).rows
    rows = []
    for of in estimate.perspectives:
        counts = rating_counts(of, policy)
        shares = [_effective(of, side, counts, policy) for side in range(len(SIDES))]
        rows.append(
            ReleasedPerceived(
                measure=of.measure,
                effective=(shares[0], shares[1]),
                effects=tuple(row for row in effects if row.measure == of.measure),
            )
        )
    return ReleasedPerceivedEffects(
        id=estimate.definition.id,
        definition_digest=estimate.definition.digest,
        policy=policy.name,
        rows=tuple(rows),
    )


def _ratings(
    estimate: TwoPerspectives, side: int, counts: Mapping[str, Linked], policy: Policy
) -> ReleasedRatings:
    """One side: its distribution, the share of the effective, and what the silent could make of it."""
    name = SIDES[side]
    given, persons = counts[f"given:{name}"].cell, counts["persons"].cell
    effective = _effective(estimate, side, counts, policy)
    bounds = (
        _bounds(counts[f"effective:{name}"].cell, given, persons) if effective.value is not None else None
    )
    weighted = estimate.weighted[side]
    interval = None
    if bounds is not None and not weighted.missing:
        interval = _weighted(weighted, int(estimate.counts[side].sum()), policy)
    return ReleasedRatings(
        perspective=name,
        cells=tuple(shared(counts[f"rating:{name}:{rating}"].cell, given, policy) for rating in RATINGS),
        given=given,
        effective=effective,
        lowest=None if bounds is None else decimals(bounds[0], policy.share_decimals),
        highest=None if bounds is None else decimals(bounds[1], policy.share_decimals),
        shifted=() if bounds is None else tuple(_shifted(bounds, effective, policy)),
        weighted=interval,
        weighted_missing="" if interval is not None else weighted.missing or "not_estimable",
    )


def _effective(
    estimate: TwoPerspectives, side: int, counts: Mapping[str, Linked], policy: Policy
) -> ReleasedShare:
    """Share of 4 and 5 among the ratings given, with its interval by clusters."""
    given, cell = counts[f"given:{SIDES[side]}"].cell, counts[f"effective:{SIDES[side]}"].cell
    error = float(estimate.effective_errors[side])
    if given.value is None or given.value < policy.smallest_denominator or not math.isfinite(error):
        return ReleasedShare(value=None)
    clusters = estimate.effective_clusters[side]
    return release_share(cell, given.value, policy, std_error=error, clusters=clusters)


def _bounds(effective: Cell, given: Cell, persons: Cell) -> tuple[float, float] | None:
    """The share of all persons if none, or all, of the silent held the measure to be effective.

    From published counts, as everything else here: rounded apart, the given may exceed all persons.
    """
    if effective.value is None or given.value is None or not persons.value:
        return None
    everyone = max(persons.value, given.value)
    return effective.value / everyone, min((effective.value + everyone - given.value) / everyone, 1.0)


def _shifted(
    bounds: tuple[float, float], effective: ReleasedShare, policy: Policy
) -> Iterator[tuple[float, float]]:
    """The share of all persons if the silent were less often of that opinion by so much."""
    silent = bounds[1] - bounds[0]
    for shift in SHIFTS:
        opinion = max((effective.value or 0.0) + shift, 0.0)
        yield shift, decimals(bounds[0] + silent * opinion, policy.share_decimals)


def _weighted(weighted: WeightedShare, given: int, policy: Policy) -> Interval | None:
    """A weighted share, in steps that hold as many counts as a rounded count does."""
    if not (math.isfinite(weighted.value) and math.isfinite(weighted.std_error)):
        return None
    step = coarse_step(given, policy)
    value = to_step(weighted.value, step)
    reach = math.ceil(reach_95(weighted.clusters) * weighted.std_error / step + 0.5 - 1e-9) * step
    return Interval(
        value=value,
        lower=decimals(max(value - reach, 0.0), policy.share_decimals),
        upper=decimals(min(value + reach, 1.0), policy.share_decimals),
    )


def _responses(
    estimate: TwoPerspectives, counts: Mapping[str, Linked], policy: Policy
) -> Iterator[ReleasedResponses]:
    """Who answered: all, then by group; the levels of a group with all must hide what is hidden."""
    everyone = counts["persons"].cell
    of_all = [counts[f"given:{name}"].cell for name in SIDES]
    yield ReleasedResponses(dimension="", level="", persons=everyone, given=_given(of_all, everyone, policy))
    grouped = groupby(estimate.responses[1:], key=lambda of: of.dimension)
    for dimension, found in grouped:
        levels = tuple(found)
        sides = [_levels(levels, side, counts, policy) for side in range(len(SIDES))]
        for position, of in enumerate(levels):
            # Hidden for one side's sake, the persons are hidden beside the other too.
            persons = min((cells[position][0] for cells in sides), key=lambda cell: cell.value is not None)
            given = [cells[position][1] for cells in sides]
            yield ReleasedResponses(
                dimension=dimension,
                level=of.level,
                persons=persons,
                given=_given(given, persons, policy, sensitive=of.sensitive),
            )


def _given(
    cells: Sequence[Cell], persons: Cell, policy: Policy, *, sensitive: bool = False
) -> tuple[Cell, Cell]:
    """Both sides' counts with their share of the persons."""
    first, second = (shared(cell, persons, policy, sensitive=sensitive) for cell in cells)
    return first, second


def _levels(
    levels: Sequence[Responses], side: int, counts: Mapping[str, Linked], policy: Policy
) -> list[tuple[Cell, Cell]]:
    """Persons and given ratings of each level by one side, made safe together with those of all."""
    # Parts: who answered and who did not, by level; last those without an entry.
    size = len(levels) + 1
    answered = np.concatenate([np.ones(size, dtype=np.int64), np.zeros(size, dtype=np.int64)])
    linked = {
        "persons": Linked(np.ones(2 * size, dtype=np.int64), counts["persons"].cell),
        "given": Linked(answered, counts[f"given:{SIDES[side]}"].cell),
        "silent": Linked(1 - answered, counts[f"silent:{SIDES[side]}"].cell),
    }
    for position, of in enumerate(levels):
        here = np.tile(np.arange(size) == position, 2).astype(np.int64)
        shown = {"persons": (here, of.persons), "given": (here * answered, of.given[side])}
        shown["silent"] = (here * (1 - answered), of.persons - of.given[side])
        for name, (parts, persons) in shown.items():
            cell = release_count(persons, policy, sensitive=of.sensitive)
            linked[f"{name}:{position}"] = Linked(parts, cell)
    order = sorted(range(len(levels)), key=lambda at: levels[at].given[side])
    # The silent are no column of the table: hiding their number costs nothing. In the end all may be hidden.
    sacrifice = [f"{name}:{at}" for name in ("silent", "given", "persons") for at in order]
    cells = hide_until_held(linked, sacrifice, policy)
    return [(cells[f"persons:{at}"], cells[f"given:{at}"]) for at in range(len(levels))]
