from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from small_project import ROOT

from hamm_eval.params import load_params
from hamm_eval.release.json import from_json, to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    Cell,
    Interval,
    ReleasedArrivalQuarter,
    ReleasedArrivals,
    ReleasedCaseload,
    ReleasedDistribution,
    ReleasedFunding,
    ReleasedShare,
    ReleasedTable,
)
from hamm_eval.release.restatements import restatements
from hamm_eval.report.restated import restated_table
from hamm_eval.report.summarised import summarise
from hamm_eval.report.wording import Wording

STRICT = Policy.strict()


def by_quarter(*present: int | None) -> ReleasedTable:
    return ReleasedTable(
        id="cohort_and_data_quality:completeness_by_quarter",
        definition_digest="0",
        policy="strict",
        rows=tuple(f"2016-Q{k + 1}" for k in range(len(present))),
        columns=("present",),
        row_dimension="quarter",
        column_dimension="entry",
        unit="records",
        cells=tuple((Cell(value=value),) for value in present),
        total=None,
        column_totals=(),
        sensitive=False,
        shares="none",
    )


def arrivals(persons: int, observed: float) -> ReleasedArrivals:
    return ReleasedArrivals(
        id="arrival_cohorts:language_b1",
        definition_digest="0",
        policy="strict",
        endpoint="language_b1",
        landmark_days=0,
        horizon_days=365,
        case_mix=("sex",),
        withheld=(),
        quarters=(
            ReleasedArrivalQuarter(
                quarter="2015-Q4",
                persons=Cell(value=persons),
                observed=ReleasedShare(value=observed),
                standardised=ReleasedShare(value=0.5),
                mix=0.0,
                apart=Interval(value=0.0, lower=-0.1, upper=0.1),
            ),
        ),
    )


def delays(median: float) -> ReleasedDistribution:
    return ReleasedDistribution(
        id="cohort_and_data_quality:delays/quarter",
        definition_digest="0",
        policy="strict",
        rows=("2016-Q1",),
        row_dimension="quarter",
        probabilities=(0.5, 0.9),
        unit="days",
        values=((median, None),),
    )


def test_figures_of_closed_periods_are_classed_by_rounding_steps() -> None:
    old = by_quarter(40, 40, 40, 40, None, 10, 40)
    new = by_quarter(40, 45, 50, 30, 10, None, 40, 60)
    found = restatements([new], [old], STRICT)
    assert [(each.period[-1], each.difference) for each in found] == [
        ("2", "about_the_same"),
        ("3", "higher"),
        ("4", "lower"),
        ("5", "shown_now"),
        ("6", "hidden_now"),
    ]
    assert (found[1].old, found[1].new, found[1].reason) == (40, 50, "late_records")


def test_shares_and_quantiles_have_steps_of_their_own() -> None:
    found = restatements([arrivals(105, 0.29), delays(20)], [arrivals(100, 0.24), delays(15)], STRICT)
    assert [(each.what, each.difference) for each in found] == [
        ("persons", "about_the_same"),
        ("share", "about_the_same"),  # a step of 5 in 105 and one of rounding
        ("quantile_0.5", "about_the_same"),
    ]
    (found,) = restatements([delays(40)], [delays(15)], STRICT)
    assert found.difference == "higher"


def funding(begun: int) -> ReleasedFunding:
    table = replace(by_quarter(begun), column_dimension="funding_class", columns=("2",))
    return ReleasedFunding(
        id="funding:all", definition_digest="0", policy="strict", spells=(), begun=table, amounts=(),
        shown_until="2017-03-31",
    )  # fmt: skip


def caseload(median: float, open_cases: int) -> ReleasedCaseload:
    return ReleasedCaseload(
        id="caseload:quarters", definition_digest="0", policy="strict",
        spread=replace(delays(median), unit="cases"), open_cases=(Cell(value=open_cases),),
        per_full_time=(None,),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_stands_inside_other_results_is_compared_too(language: Literal["de", "en"]) -> None:
    old, new = (funding(80), caseload(60, 1285)), (funding(110), caseload(50, 1290))
    found = restatements(new, old, STRICT)
    assert [(each.of, each.what, each.old, each.new, each.difference) for each in found] == [
        ("funding:all", "2", 80, 110, "higher"),
        ("caseload:quarters", "quantile_0.5", 60, 50, "lower"),
        ("caseload:quarters", "open_cases", 1285, 1290, "about_the_same"),
    ]
    # Open cases are rounded to 5: one step may be of a single person.
    (one_step,) = restatements([caseload(55, 1285)], [caseload(60, 1285)], STRICT)
    assert one_step.difference == "about_the_same"
    wording = Wording(language, load_params(ROOT / "params/2017-Q2.yaml"))
    told = str(restated_table(found, {release.id: release for release in new}, wording))
    for words in (">80<", ">110<", wording.text("caseload.caption"), wording.text("caseload.column_open")):
        assert words in told


def test_only_equal_definitions_and_closed_periods_are_compared() -> None:
    new = by_quarter(80)
    assert restatements([new], [], STRICT) == ()
    assert restatements([new], [replace(by_quarter(40), definition_digest="1")], STRICT) == ()
    assert restatements([new], [replace(by_quarter(40), id="other:table")], STRICT) == ()
    by_sex = replace(new, row_dimension="sex")
    assert restatements([by_sex], [replace(by_sex, cells=((Cell(value=40),),))], STRICT) == ()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_summary_tells_them_in_words(language: Literal["de", "en"]) -> None:
    wording = Wording(language, load_params(ROOT / "params/2017-Q2.yaml"))
    old = (by_quarter(40, None), arrivals(100, 0.2), delays(15))
    new = (by_quarter(60, 10), arrivals(100, 0.4), delays(40))
    release, rendered = summarise(new, old, STRICT, wording)
    assert len(release.restatements) == 4
    assert from_json(to_json(release)) == release
    assert wording.text("restatements.title") in rendered.html
    for word in ("higher", "shown_now"):
        assert wording.text(f"restatements.differences.{word}") in rendered.html
    for shown in (">60<", "40\u202f%" if language == "de" else "40%", wording.text("units.days", n="40")):
        assert shown in rendered.html
    _, same = summarise(old, old, STRICT, wording)
    assert wording.text("restatements.title") not in same.html
