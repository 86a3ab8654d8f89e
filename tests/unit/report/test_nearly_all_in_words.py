"""Rule 3 on the page: a sensitive curve above 95 % is said to be there, and no more."""

from __future__ import annotations

import dataclasses

import pytest
import report_samples as samples

from hamm_eval.release.released import (
    Interval,
    ReleasedAccess,
    ReleasedCurve,
    ReleasedCurves,
    ReleasedGoals,
    ReleasedShare,
)
from hamm_eval.report.figures.curves import alternative
from hamm_eval.report.figures.polyline import polyline
from hamm_eval.report.findings import curves_title, over_ceiling_note
from hamm_eval.report.rendering import render
from hamm_eval.report.summary import quarterly_summary
from hamm_eval.report.wording import Wording

OVER = "über 95\u202f%"
NOTHING = Interval(value=None, lower=None, upper=None)
# 50 % after half a year, over 95 % from the tenth month on.
DAYS = (0.0, 100.0, 183.0, 270.0, 300.0)
HORIZONS = (183, 365, 548)


def passing(level: str = "all") -> ReleasedCurve:
    """A curve that passes the ceiling."""
    curve = samples.curve(level, 0.001, 400)
    line = (0.0, 0.3, 0.5, 0.94, 0.95)
    half = Interval(value=0.5, lower=0.45, upper=0.55)
    return dataclasses.replace(
        curve,
        time=DAYS,
        incidence=line,
        lower=line,
        upper=line,
        competing=tuple((0.0,) * len(DAYS) for _ in curve.competing),
        at_risk_time=(0.0, 183.0),
        at_risk=(400, 200),
        at_horizon=(half, NOTHING, NOTHING),
        std_error_at_horizon=(0.02, None, None),
        competing_at_horizon=tuple((0.01, None, None) for _ in curve.competing),
        over_ceiling_from=(300.0, *(None for _ in curve.competing)),
    )


def one() -> ReleasedCurves:
    return dataclasses.replace(samples.one_curve(), horizons=HORIZONS, curves=(passing(),))


def two() -> ReleasedCurves:
    grouped = samples.grouped_curves()
    return dataclasses.replace(
        grouped, horizons=HORIZONS, curves=(passing(grouped.curves[0].level), grouped.curves[1])
    )


def test_the_title_says_that_it_is_nearly_all(german: Wording) -> None:
    assert curves_title(one(), german).startswith(f"Nach 12 Monaten haben {OVER} das Ziel")
    title = curves_title(two(), german)
    assert OVER in title and german.level_name(two().dimension, two().curves[0].level) in title


def test_figure_table_and_note_say_it_too(german: Wording) -> None:
    said = alternative(one(), german)
    assert said.count(OVER) == 2 and "nach 12 Monaten" in said
    for release in (one(), two()):
        html = render(release, german).html
        assert html.count(f">{OVER}<") == 2  # both later horizons of the table
        assert over_ceiling_note(release, german) in html
    assert over_ceiling_note(samples.one_curve(), german) == ""


def test_the_line_to_the_ceiling_may_not_be_read() -> None:
    line = polyline(passing(), HORIZONS)
    assert line.days[-1] == 300.0
    assert line.known == (False, True, True, False)


def test_a_competing_cause_above_the_ceiling_stands_in_the_table(german: Wording) -> None:
    gone = dataclasses.replace(passing(), over_ceiling_from=(None, 150.0))
    html = render(dataclasses.replace(one(), curves=(gone,)), german).html
    assert html.count(f">{OVER}<") == 1


def test_the_summary_does_not_call_it_withheld(german: Wording) -> None:
    html = str(quarterly_summary([one()], german))
    assert html.count(OVER) == 2  # the first sentence and its card
    assert "he-card-withheld" not in html


@pytest.mark.parametrize("language", ["de", "en"])
def test_access_and_goals_say_it(language: str) -> None:
    wording = Wording(language, samples.params())
    system = dataclasses.replace(one(), dimension="system", curves=(passing("school"),))
    access = ReleasedAccess(
        id="access_to_systems:children", definition_digest="0", policy="strict", key="children",
        curves=system, while_open=system, probabilities=(0.5,), waiting=((183.0,),),
        prevalent=(system.curves[0].persons,),
    )  # fmt: skip
    goals = ReleasedGoals(
        id="goal_attainment:work", definition_digest="0", policy="strict", domain="work",
        curves=dataclasses.replace(one(), dimension="counted_as", curves=(passing("any_definition"),)),
        adapted=passing().persons, attained_adapted=passing().persons,
    )  # fmt: skip
    for release in (access, goals):
        rendered = render(release, wording)
        assert wording.nearly_all in rendered.title
        assert over_ceiling_note(release.curves, wording) in rendered.html


def test_a_share_alone_is_a_number_a_bound_or_a_dash(german: Wording) -> None:
    shares = (ReleasedShare(value=0.5), ReleasedShare(value=None, bound="over_95"), ReleasedShare(value=None))
    assert [german.share_alone(share) for share in shares] == ["50\u202f%", OVER, "–"]
