"""The synthetic city has the city's published figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hamm_eval.synthetic.calibration import calibration_table, figures
from hamm_eval.synthetic.quotas import fill_margins, scaled
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.world import World, build_world

PAGE = Path(__file__).parents[3] / "docs" / "synthetic-city.md"


def _check(world: World) -> None:
    """Counts exactly, shares within half a percentage point."""
    for figure in figures(world):
        if figure.unit == "persons":
            assert figure.synthetic == figure.published, figure.what
        else:
            assert abs(figure.synthetic - figure.published) < 0.5, figure.what


def test_default_city(world: World) -> None:
    _check(world)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_other_seed(scenario: Scenario, seed: int) -> None:
    _check(build_world(scenario, np.random.default_rng(seed)))


def test_the_page_shows_the_generated_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = page.split("<!-- calibration: begin -->\n")[1].split("<!-- calibration: end -->")[0]
    assert shown.strip() == calibration_table()


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
