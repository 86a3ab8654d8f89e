"""Of ratings one side, one group or one number is hidden alone, with whatever was computed from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from every_kind import told
from perspective_samples import drawn_pairs, perspectives_of

from hamm_eval.estimate import Responses, TwoPerspectives, WeightedShare
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.facts.base import Place
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import conceal, still_shown
from hamm_eval.release.released import Cell, ReleasedAgreement, ReleasedTwoPerspectives

STRICT = Policy.strict()
WORKER, REFUGEE = 0, 1


def ratings() -> TwoPerspectives:
    """500 persons, 480 and 430 of whom were rated, by sex."""
    weighted = WeightedShare(value=0.55, std_error=0.02, missing="")
    return perspectives_of(
        drawn_pairs(420, 1),
        np.array([3, 9, 20, 18, 10]),
        np.full(5, 2),
        20,
        levels=(
            Responses(dimension="sex", level="female", persons=220, given=(200, 180)),
            Responses(dimension="sex", level="male", persons=290, given=(280, 250)),
        ),
        weighted=(weighted, weighted),
    )


@pytest.fixture(scope="module")
def shown() -> ReleasedTwoPerspectives:
    found = release(ratings(), STRICT)
    assert isinstance(found, ReleasedTwoPerspectives)
    # Whatever can go with a number is there.
    for side in found.ratings:
        assert None not in (side.effective.value, side.lowest, side.highest, side.weighted)
        assert side.shifted
    assert found.agreement.kappa is not None and all(
        cell.share for of in found.responses for cell in of.given
    )
    return found


@pytest.fixture(scope="module")
def facts(shown: ReleasedTwoPerspectives) -> Facts:
    return facts_of(ratings(), shown, STRICT)


def of_side(facts: Facts, side: int) -> set[str]:
    """Keys of all that is told of a side, groups and pairs too."""
    name, field = (("social_worker", "worker"), ("refugee", "refugee"))[side]
    keys = {count.key for count in facts.counts if count.places and f"|{name}" in count.key}
    assert any(field in place for count in facts.counts if count.key in keys for place in count.places)
    return keys


def places_of(facts: Facts, keys: set[str]) -> list[Place]:
    return [place for count in facts.counts if count.key in keys for place in count.places]


def test_every_number_of_ratings_can_be_hidden_alone(shown: ReleasedTwoPerspectives, facts: Facts) -> None:
    counts = [count for count in facts.counts if count.shown]
    assert counts and all(count.places for count in counts)
    for count in counts:
        hidden = conceal(shown, count.places)
        assert not still_shown(hidden, facts.hiding({count.key}, 7))
        assert told(to_json(hidden)) < told(to_json(shown))
        assert any(side.effective.value is not None for side in hidden.ratings)


@pytest.mark.parametrize("side", [WORKER, REFUGEE])
def test_a_side_goes_and_the_other_stays(shown: ReleasedTwoPerspectives, facts: Facts, side: int) -> None:
    keys = of_side(facts, side)
    hidden = conceal(shown, places_of(facts, keys))
    assert not still_shown(hidden, facts.hiding(keys, 7))
    assert hidden.ratings[1 - side] == shown.ratings[1 - side]
    assert [of.given[1 - side] for of in hidden.responses] == [of.given[1 - side] for of in shown.responses]
    assert [of.persons for of in hidden.responses] == [of.persons for of in shown.responses]
    # Of the other nothing is left anywhere, and nothing that both went into.
    assert told(to_json(replace(hidden, ratings=(hidden.ratings[side],) * 2))["ratings"]) == 0
    assert all(of.given[side] == Cell(value=None, linked=True) for of in hidden.responses)
    assert hidden.agreement == ReleasedAgreement(withheld="linked")


@pytest.mark.parametrize("side", [WORKER, REFUGEE])
def test_shares_go_with_the_number_they_are_of(shown: ReleasedTwoPerspectives, side: int) -> None:
    hidden = conceal(shown, [("ratings", side, "given"), ("responses", 0, "given", side)])
    of = hidden.ratings[side]
    assert [cell.value for cell in of.cells] == [cell.value for cell in shown.ratings[side].cells]
    assert all(cell.share is None for cell in of.cells)
    assert (of.effective.value, of.lowest, of.highest, of.shifted, of.weighted) == (
        None,
        None,
        None,
        (),
        None,
    )
    assert of.effective.linked and of.weighted_missing == "linked"


def test_without_all_persons_no_side_tells_what_the_silent_could_change(
    shown: ReleasedTwoPerspectives,
) -> None:
    hidden = conceal(shown, [("persons",), ("responses", 0, "persons")])
    for of, before in zip(hidden.ratings, shown.ratings, strict=True):
        assert (of.lowest, of.highest, of.shifted, of.weighted) == (None, None, (), None)
        assert (of.effective, of.cells) == (before.effective, before.cells)
    assert all(cell.share is None and cell.value for cell in hidden.responses[0].given)
    assert hidden.agreement == shown.agreement


def test_a_group_goes_alone(shown: ReleasedTwoPerspectives) -> None:
    hidden = conceal(shown, [("responses", 1, "persons")])
    assert hidden.responses[1].persons.linked
    assert all(cell.share is None and cell.value for cell in hidden.responses[1].given)
    assert replace(hidden, responses=shown.responses) == shown
    assert hidden.responses[2] == shown.responses[2]


def shares(content: Any) -> Iterator[float]:
    """Every number with a fraction in a release."""
    if isinstance(content, dict):
        for value in content.values():
            yield from shares(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from shares(value)
    elif isinstance(content, float):
        yield content


def test_no_figure_of_a_hidden_side_stands_in_the_json(shown: ReleasedTwoPerspectives, facts: Facts) -> None:
    """Searched through as a reader of results.json would: each number left is told of the other side."""
    hidden = conceal(shown, places_of(facts, of_side(facts, REFUGEE)))
    left = set(shares(to_json(hidden)))
    of_worker = set(shares(asdict(shown.ratings[WORKER])))
    of_worker |= {cell.share for of in shown.responses for cell in (of.given[WORKER],) if cell.share}
    assert left <= of_worker
