from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import report_samples as samples

from hamm_eval.release.released import Cell, Interval, ReleasedCurves, ReleasedTerm
from hamm_eval.report.findings import curves_comparison, curves_title, strongest
from hamm_eval.report.wording import Wording


def groups(*values: float, std_error: float = 0.018) -> ReleasedCurves:
    """Groups with these shares after a year, each with the same standard error."""
    shown = []
    for at, value in enumerate(values):
        curve = samples.curve(f"group_{at}", 0.001, 400)
        interval = Interval(value=value, lower=value - 1.96 * std_error, upper=value + 1.96 * std_error)
        shown.append(
            dataclasses.replace(
                curve,
                at_horizon=(interval,) * len(samples.HORIZONS),
                std_error_at_horizon=(std_error,) * len(samples.HORIZONS),
            )
        )
    return dataclasses.replace(samples.grouped_curves(), curves=tuple(shown))


def test_a_clear_difference_is_not_called_chance_because_two_intervals_overlap(german: Wording) -> None:
    # 12 % (8 to 16) and 19 % (15 to 23) overlap; the difference is 7 points, 1.96 * hypot(.018, .018) = 5.
    said = curves_comparison(groups(0.12, 0.19), german)
    assert "7 Prozentpunkte" in said
    assert "+2 bis +12" in said
    assert "Zufall" not in said


def test_extremes_of_many_groups_are_judged_for_all_pairs(german: Wording) -> None:
    # Four groups have six pairs: the critical value is 2.638 instead of 1.960, the reach 7 instead of 5.
    said = curves_comparison(groups(0.12, 0.15, 0.16, 0.185), german)
    assert "0 bis +13" in said
    assert "kann Zufall sein" in said


@pytest.mark.parametrize("release", [samples.one_curve(), samples.withheld_curves()])
def test_nothing_is_compared_with_fewer_than_two_groups(release: ReleasedCurves, german: Wording) -> None:
    assert curves_comparison(release, german) == ""


def test_a_title_orders_groups_only_where_the_difference_is_clear(german: Wording) -> None:
    assert curves_title(groups(0.12, 0.19), german).endswith("12\u202f%, Group 1 19\u202f%")
    for values in ((0.80, 0.83), (0.12, 0.15, 0.16, 0.185)):
        title = curves_title(groups(*values), german)
        assert title == (
            "„Sprachzertifikat B1“ nach 12 Monaten: kein erkennbarer Unterschied zwischen den Gruppen"
        )


def test_a_title_orders_no_groups_without_an_interval_of_the_difference(german: Wording) -> None:
    bare = groups(0.12, 0.19)
    curves = tuple(dataclasses.replace(c, std_error_at_horizon=(None, None, None)) for c in bare.curves)
    title = curves_title(dataclasses.replace(bare, curves=curves), german)
    assert title == "Wie viele Personen das Ziel „Sprachzertifikat B1“ erreichen"


def term(factor: str, z: float = 0.0, error: float = 0.2, *, reference: bool = False) -> ReleasedTerm:
    """A ratio so many standard errors from 1."""
    ratio, lower, upper = (math.exp(error * (z + at)) for at in (0, -1.96, 1.96))
    if reference:
        ratio = lower = upper = 1.0
    return ReleasedTerm(
        factor=factor, level="x", reference=reference, ratio=ratio, lower=lower, upper=upper,
        persons=Cell(value=100),
    )  # fmt: skip


def test_a_characteristic_is_named_only_where_its_difference_survives_their_number() -> None:
    one = [term("sex", reference=True), term("sex", 2.2)]
    assert strongest(one) == ("strongest", "sex")  # p = 0.028, the only comparison
    ten = [*one, *(term(f"other_{k}", 0.3) for k in range(9))]
    assert strongest(ten) == ("chance", "")  # 10 * 0.028 > 0.05: one of ten such intervals is no news
    assert strongest([*ten, term("schooling", -3.1)]) == ("strongest", "schooling")  # 11 * 0.0019
    assert strongest([term("sex", 1.9), term("age", -0.4)]) == ("none", "")
    assert strongest([term("sex", reference=True)]) == ("none", "")
    # What stands out is no matter of scale: a wide interval far from 1 may tell less than a narrow one.
    assert strongest([term("sex", 3.0, 0.6), term("age", 5.0, 0.1)]) == ("strongest", "age")


def test_so_many_titles_without_any_difference_name_one_in_twenty() -> None:
    rng = np.random.default_rng(20261128)
    draws = rng.standard_normal((2000, 10))
    named = np.mean([strongest([term("a", z) for z in line])[0] == "strongest" for line in draws])
    alone = np.mean((np.abs(draws) > 1.96).any(axis=1))
    # 99.9 % band of a true 5 % over 2,000 draws; uncorrected two in five titles name somebody.
    assert 0.034 < named < 0.066 and alone > 0.36
