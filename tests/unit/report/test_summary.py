"""The quarter at a glance, from released results alone."""

from __future__ import annotations

import dataclasses
import re

import report_samples as samples
from markupsafe import escape

from hamm_eval.release.released import Interval, ReleasedCurves
from hamm_eval.report import render
from hamm_eval.report.summary import quarterly_summary
from hamm_eval.report.wording import Wording


def cards(html: str) -> list[str]:
    """The cards as words."""
    found = re.findall(r'<li class="he-card.*?</li>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split(" ")) for card in found]


def sentences(html: str) -> list[str]:
    """The three sentences as words."""
    (block,) = re.findall(r"<ol>(.*?)</ol>", html, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", item) for item in re.findall(r"<li>(.*?)</li>", block, re.DOTALL)]


def quarter() -> list[ReleasedCurves]:
    """Three endpoints without grouping, and one by group that makes no card."""
    return [
        samples.one_curve("social_participation", 0.0013),
        samples.one_curve("language_b1"),
        samples.one_curve("employment_13_weeks", 0.0004),
        samples.grouped_curves(),
    ]


def test_without_results_a_plain_sentence_says_what_to_do(wording: Wording) -> None:
    html = quarterly_summary([samples.table()], wording)
    assert "hamm-eval report" in html
    assert "he-card" not in html


def test_three_sentences_with_uncertainty_primary_endpoint_first(german: Wording) -> None:
    html = quarterly_summary([*quarter(), samples.effect()], german)
    first, second, third = sentences(html)
    assert first == (
        "Nach 12 Monaten haben 33\u202f% das Ziel „Sprachzertifikat B1“ erreicht "
        "(95-%-Bereich: 28 bis 38\u202f%)."
    )
    assert second.startswith("Die anderen Ziele nach 12 Monaten: am seltensten erreicht ")
    assert "„Arbeit oder Ausbildung über 13 Wochen“ mit 13\u202f% (9 bis 16\u202f%)" in second
    assert "etwa 14 mehr" in third
    assert "zwischen 5 und 23" in third


def test_cards_without_an_earlier_quarter_say_so(german: Wording) -> None:
    found = cards(quarterly_summary([*quarter(), samples.effect()], german))
    assert len(found) == 4
    assert all("kein früheres Quartal" in card for card in found)
    assert "Sprachzertifikat B1" in found[0]
    assert "▲" in found[0] and "ungenau" in found[0]
    assert "●" in found[1] and "genau" in found[1]


def test_a_change_within_its_uncertainty_is_not_distinguishable(german: Wording) -> None:
    before = [samples.one_curve("language_b1", 0.0011), samples.one_curve("social_participation", 0.0006)]
    found = cards(quarterly_summary(quarter(), german, before))
    assert "+2 Prozentpunkte gegenüber dem Vorquartal (nicht unterscheidbar)" in found[0]
    assert any("+17 Prozentpunkte gegenüber dem Vorquartal (mehr)" in card for card in found)


def test_a_changed_definition_is_not_compared(german: Wording) -> None:
    before = [dataclasses.replace(samples.one_curve(), definition_digest="fedcba9876543210")]
    assert "im Vorquartal anders abgegrenzt" in cards(quarterly_summary(quarter(), german, before))[0]


def test_withheld_results_are_named_as_such(wording: Wording) -> None:
    html = quarterly_summary([samples.withheld_curves(), samples.withheld_effect()], wording)
    found = cards(html)
    assert len(found) == 2
    assert all("◆" in card for card in found)
    assert wording.text("summary.value_withheld") in found[0]
    assert len(sentences(html)) == 3


def test_what_the_former_quarter_withheld_is_not_called_missing(german: Wording) -> None:
    none = tuple(Interval(value=None, lower=None, upper=None) for _ in samples.HORIZONS)
    now = samples.one_curve()
    before = dataclasses.replace(now, curves=(dataclasses.replace(now.curves[0], at_horizon=none),))
    assert "im Vorquartal nicht gezeigt" in cards(quarterly_summary(quarter(), german, [before]))[0]


def test_a_goal_with_another_horizon_is_named_too(german: Wording) -> None:
    school = samples.one_curve("school_entry", 0.01)
    none = Interval(value=None, lower=None, upper=None)
    reached = dataclasses.replace(
        school.curves[0],
        at_horizon=(Interval(value=0.84, lower=0.78, upper=0.89), none, none),
    )
    _, second, _ = sentences(
        quarterly_summary([*quarter(), dataclasses.replace(school, curves=(reached,))], german)
    )
    assert second.endswith("Nach 6 Monaten: „Eintritt in die Schule“ mit 84\u202f% (78 bis 89\u202f%).")


def test_a_card_of_an_unclear_effect_shows_the_range_large(german: Wording) -> None:
    (card,) = re.findall(
        r'<p class="he-card-value">(.*?)</p>', quarterly_summary([samples.effect(0.09, -0.04, 0.21)], german)
    )
    assert card == "\u22124 bis +21"
    assert "bester Schätzwert: 9 mehr" in quarterly_summary([samples.effect(0.09, -0.04, 0.21)], german)
    assert '<p class="he-card-value">14 mehr</p>' in quarterly_summary([samples.effect()], german)


def test_effects_that_are_not_primary_have_no_card(german: Wording) -> None:
    primary, other = samples.effect(), samples.withheld_effect()
    alone, both = quarterly_summary([primary], german), quarterly_summary([primary, other], german)
    assert cards(alone) == cards(both)
    assert len(cards(quarterly_summary([other], german))) == 1


def test_goals_opinions_and_providers_are_told_in_the_words_of_their_sections(wording: Wording) -> None:
    told = [samples.goal_scores(), samples.perceived_effects(), samples.funnel()]
    html = quarterly_summary([*quarter(), *told], wording)
    (block,) = re.findall(r'<div class="he-further">(.*?)</div>', html, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", block, re.DOTALL)
    anchors = ["05_goal_attainment-1", "06_two_perspectives-1", "07_providers_and_caseload-1"]
    assert [re.findall(r'href="#([^"]*)"', item) for item in items] == [[anchor] for anchor in anchors]
    for item, release in zip(items, told, strict=True):
        assert escape(render(release, wording).title) in item
    # Shares of both sides over all measures, without saying which measure has the least.
    assert re.search(r"\d bis \d+\u202f%|\d to \d+%", items[1])


def test_a_section_that_is_not_run_is_not_linked_and_without_any_there_is_no_list(wording: Wording) -> None:
    assert wording.params is not None
    params = wording.params.model_copy(update={"run": ("01_cohort_and_data_quality",)})
    html = quarterly_summary([*quarter(), samples.funnel()], Wording(wording.language, params))
    assert html.count("he-further") == 1 and "<a " not in html
    assert "he-further" not in quarterly_summary(quarter(), wording)
    # What further sections say stands there also where no curve is shown.
    alone = quarterly_summary([samples.funnel()], wording)
    assert "he-further" in alone and "he-empty" not in alone
