"""The synthetic city has the city's published figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hamm_eval.synthetic.blocks import BLOCK_SCALE, blocks_of
from hamm_eval.synthetic.calibration import (
    MOST_DISTANT,
    SEEDS,
    UNUSABLE_COUNTS,
    Figure,
    calibration_page,
    distance,
    figures,
)
from hamm_eval.synthetic.quotas import fill_margins, scaled
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.world import World, build_world

PAGE = Path(__file__).parents[3] / "docs" / "calibration.md"


@pytest.fixture(scope="module")
def others(scenario: Scenario) -> list[list[Figure]]:
    """The figures of the page's other seeds, in the order of the figures."""
    found = [list(figures(build_world(scenario, np.random.default_rng(seed).spawn(2)[0]))) for seed in SEEDS]
    return [list(column) for column in zip(*found, strict=True)]


def test_default_city(world: World) -> None:
    """Counts exactly, shares within half a percentage point."""
    found = list(figures(world))
    assert {figure.unit for figure in found} == {"persons", "%"}
    for figure in found:
        if figure.unit == "persons":
            assert figure.synthetic == figure.published, figure.what
        else:
            assert abs(figure.synthetic - figure.published) < 0.5, figure.what


def test_every_other_seed(others: list[list[Figure]]) -> None:
    """Exactly on the published figure, or within three standard deviations of it."""
    assert len(set(SEEDS)) == 20
    for column in others:
        one = column[0]
        away = distance(one.published, [figure.synthetic for figure in column], one.unit)
        assert away <= MOST_DISTANT, one.what


def test_distance_tells_a_figure_that_is_missed() -> None:
    generator = np.random.default_rng(1)
    near = generator.normal(100, 1, 20).tolist()
    assert 0 < distance(100, near, "persons") <= MOST_DISTANT
    assert distance(110, near, "persons") > MOST_DISTANT
    assert distance(60, [60.6] * 20, "%") == np.inf


@pytest.mark.parametrize("scale", [BLOCK_SCALE, 2.0])
def test_the_truth_is_simulated_under_the_same_condition(
    scenario: Scenario, world: World, scale: float
) -> None:
    """A block as the truth's simulation draws it has every quota times its size."""
    of_world, *_ = np.random.default_rng(blocks_of(2 * scale, 5)[0].seed).spawn(3)
    block = build_world(scenario, of_world, scale=scale)
    for one, many in zip(figures(world), figures(block), strict=True):
        assert many.count == scale * one.count, one.what
        assert many.of == (None if one.of is None else scale * one.of), one.what


def test_the_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == calibration_page()


def _counts(node: Any) -> Iterator[int]:
    """Every whole number in a part of the scenario."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _counts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _counts(value)
    elif isinstance(node, int) and not isinstance(node, bool):
        yield node


def test_nothing_is_calibrated_to_unusable_figures(scenario: Scenario, world: World) -> None:
    unusable = {number for numbers in UNUSABLE_COUNTS.values() for number in numbers}
    assert unusable == {158, 170, 115, 86, 124, 102, 621, 421, 444, 114, 53369}
    named = scenario.model_dump(mode="json")
    parts = ("priority_integration", "no_prospect", "required_to_leave", "eu_citizens", "size", "arrivals")
    quotas = set(_counts([named[part] for part in parts]))
    assert {529, 196, 1934} <= quotas
    quotas |= {q.size * q.households for q in scenario.priority_integration.households}
    assert not quotas & unusable
    # Nor what the quotas add up to, by any of the figures.
    found = list(figures(world))
    assert not {f.count for f in found} & unusable
    assert not {f.published for f in found if f.unit == "%"} & {34}


def test_arrivals_have_the_wave(world: World) -> None:
    """Most eligible refugees come between August 2015 and February 2016, few afterwards."""
    homes = world.households
    months = homes.arrival.astype("datetime64[D]").astype("datetime64[M]")
    refugee = homes.status != "freedom_of_movement"
    wave = refugee & (months >= np.datetime64("2015-08")) & (months <= np.datetime64("2016-02"))
    year_after = refugee & (months >= np.datetime64("2016-08")) & (months <= np.datetime64("2017-02"))
    assert wave.sum() > 5 * year_after.sum() > 0
    years = 2017.4 - homes.arrival[homes.status_on(17317) == "required_to_leave"] / 365.25 - 1970
    assert years.max() > 10  # tolerated persons who came long ago


def test_scaled_counts_keep_their_sum() -> None:
    assert scaled([3, 3, 4], 0.5) in ([2, 1, 2], [1, 2, 2])
    assert scaled([413, 26, 7], 1.0) == [413, 26, 7]
    assert scaled([413, 26, 7], 150) == [61950, 3900, 1050]


def test_margins_are_filled_exactly_where_large_households_fit_nowhere(scenario: Scenario) -> None:
    margins = [[3, 2, 1, 1], [4, 3]]
    shares = scenario.required_to_leave.household_sizes
    for seed in range(20):
        sizes, types, classes = fill_margins(shares, margins, np.random.default_rng(seed))
        for quotas, chosen in zip(margins, classes, strict=True):
            assert np.bincount(chosen, weights=sizes, minlength=len(quotas)).tolist() == quotas
        assert ((sizes == 1) == (types == "single")).all()
