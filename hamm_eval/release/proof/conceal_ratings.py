"""What goes with a hidden number of ratings: each side, each group and the agreement of both for itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hamm_eval.release.facts.base import Place
from hamm_eval.release.released import (
    Cell,
    ReleasedAgreement,
    ReleasedRatings,
    ReleasedResponses,
    ReleasedShare,
    ReleasedTwoPerspectives,
)

LINKED = "linked"


def without_derived(release: ReleasedTwoPerspectives, places: Iterable[Place]) -> ReleasedTwoPerspectives:
    """Ratings whose numbers at these places are hidden, without whatever is computed from them.

    Shares of a side are of its ratings given, the bounds around them of all persons; shares of a group of its
    persons. Agreement is computed from pairs, which are some of the ratings of either side: it goes with any
    number of a side or of the pairs, and stays where a group alone is hidden.

    Parameters
    ----------
    release : ReleasedTwoPerspectives
    places : iterable of paths
        What has been hidden in it.
    """
    touched = {place[0] for place in places}
    ratings = [_side(side, release.persons) for side in release.ratings]
    told = not release.agreement.withheld and touched & {"ratings", "agreement"}
    return replace(
        release,
        ratings=(ratings[0], ratings[1]),
        responses=tuple(_group(of) for of in release.responses),
        agreement=ReleasedAgreement(withheld=LINKED) if told else release.agreement,
    )


def _side(side: ReleasedRatings, persons: Cell) -> ReleasedRatings:
    """One side, its shares where the ratings given are shown, what the silent could change where all are."""
    effective = side.effective
    if side.given.value is None:
        side = replace(side, cells=tuple(_alone(cell) for cell in side.cells))
        effective = ReleasedShare(value=None, linked=True) if effective.value is not None else effective
    if effective.value is not None and persons.value is not None:
        return side
    return replace(
        side,
        effective=effective,
        lowest=None,
        highest=None,
        shifted=(),
        weighted=None,
        weighted_missing=LINKED if side.weighted is not None else side.weighted_missing,
    )


def _group(of: ReleasedResponses) -> ReleasedResponses:
    """A group, its shares where its persons are shown."""
    if of.persons.value is not None:
        return of
    return replace(of, given=(_alone(of.given[0]), _alone(of.given[1])))


def _alone(cell: Cell) -> Cell:
    """A count without its share."""
    return replace(cell, share=None, share_bound="")
