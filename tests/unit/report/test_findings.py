from __future__ import annotations

import dataclasses

import pytest
import report_samples as samples

from hamm_eval.release.released import Interval, ReleasedCurves
from hamm_eval.report.findings import curves_comparison, curves_title
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
