"""What the sections on costs, groups, time and patterns say, word for word where it matters."""

from __future__ import annotations

import re

import pytest
import report_samples as samples

from hamm_eval.report import render
from hamm_eval.report.wording import LANGUAGES, Wording


def words(release: object, language: str) -> str:
    html = render(release, Wording(language, samples.params())).html  # type: ignore[arg-type]
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"base64,[^\"]+", "", html)))
    return plain.replace("&#39;", "'").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("status", "language", "said"),
    [
        ("covers_zero", "en", "not told, because the effect's interval covers 0"),
        ("covers_zero", "de", "nicht genannt, weil der Bereich der Wirkung die Null enthält"),
        ("fewer", "en", "because fewer reach it with the measure"),
        ("fewer", "de", "weil mit der Maßnahme weniger das Ziel erreichen"),
        ("no_cost", "en", "because no cost is recorded for the measure"),
        ("no_cost", "de", "weil für die Maßnahme keine Kosten erfasst sind"),
        ("withheld", "en", "because the effect itself is not shown"),
        ("withheld", "de", "weil die Wirkung selbst nicht gezeigt wird"),
    ],
)
def test_where_no_ratio_is_told_the_words_say_why(status: str, language: str, said: str) -> None:
    shown = words(samples.costs(samples.effect_cost(status)), language)
    assert said in shown
    assert "14.000" not in shown
    assert "14,000" not in shown


def test_a_ratio_is_told_with_its_range_and_method() -> None:
    german = words(samples.costs(), "de")
    assert "kostet etwa 14.000 € (95-%-Bereich: 8.000 € bis 40.000 €)" in german
    assert "Fieller" in german
    english = words(samples.costs(), "en")
    assert "costs about €14,000 (95% range: €8,000 to €40,000)" in english


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (0.2, 0.3, "above that over its whole 95% range"),
        (0.02, 0.18, "below that over its whole 95% range"),
        (0.02, 0.25, "Whether the effect is that large cannot be made out (95% range: +2 to +25"),
    ],
)
def test_the_break_even_effect_is_compared_with_the_range(lower: float, upper: float, said: str) -> None:
    at = samples.Interval(value=(lower + upper) / 2, lower=lower, upper=upper)
    shown = words(samples.costs(samples.effect_cost(difference=at)), "en")
    assert "if of 100 participants at least 19 more reach the goal" in shown
    assert (
        "€10,000 for each additional person (an example; the amount for Hamm is for the city to set)" in shown
    )
    assert said in shown


def test_without_a_price_and_beyond_all_participants() -> None:
    none = words(samples.costs(samples.effect_cost("covers_zero", price=None, break_even=None)), "en")
    assert "No price for an additional person is stated" in none
    never = words(samples.costs(samples.effect_cost("covers_zero", break_even=125)), "de")
    assert "kann sich die Maßnahme nicht tragen" in never


@pytest.mark.parametrize(
    ("language", "missing"),
    [
        ("en", ("not recorded", "too few persons", "various measures")),
        ("de", ("nicht erfasst", "zu wenige Personen", "verschiedene Maßnahmen")),
    ],
)
def test_missing_costs_are_words_and_never_0(language: str, missing: tuple[str, ...]) -> None:
    shown = words(samples.costs(), language)
    assert all(word in shown for word in missing)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", render(samples.costs(), Wording(language)).html)
    assert not {"€0", "0\u00a0€"} & set(cells)


@pytest.mark.parametrize(
    ("p_value", "language", "title", "said"),
    [
        (0.31, "en", "are not distinguishable between groups", "test of equal effects, p = 0.31"),
        (0.31, "de", "zwischen den Gruppen nicht unterscheidbar", "p = 0,31"),
        (0.03, "en", "seems to differ by Sex", "further apart than chance usually puts them"),
        (0.01, "de", "scheint sich zu unterscheiden, und zwar nach Geschlecht", "p höchstens 0,01"),
        (None, "en", "too few comparable persons", "fewer than two groups can be compared"),
    ],
)
def test_groups_are_told_apart_by_the_test_alone(
    p_value: float | None, language: str, title: str, said: str
) -> None:
    release = samples.effect_by_group(p_value)
    assert title in render(release, Wording(language, samples.params())).title
    shown = words(release, language)
    assert said in shown
    assert "significant" not in shown.lower()
    assert "signifikant" not in shown.lower()


@pytest.mark.parametrize(
    ("language", "few", "unlike", "fixed"),
    [
        ("en", "not distinguishable", "not comparable", "this is no ranking"),
        ("de", "nicht unterscheidbar", "nicht vergleichbar", "das ist keine Rangfolge"),
    ],
)
def test_levels_keep_their_order_and_say_why_they_have_no_number(
    language: str, few: str, unlike: str, fixed: str
) -> None:
    html = render(samples.effect_by_group(), Wording(language, samples.params())).html
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', html)
    assert [few in cells for _, cells in rows] == [False, False, True, False]
    assert [unlike in cells for _, cells in rows] == [False, False, False, True]
    assert fixed in words(samples.effect_by_group(), language)
    # Turned around, the effects do not turn the rows.
    assert rows[0][0] == ("Women" if language == "en" else "Frauen")


@pytest.mark.parametrize(("language", "word"), [("en", "pointwise"), ("de", "punktweise")])
def test_ranges_over_time_are_labelled_pointwise(language: str, word: str) -> None:
    shown = words(samples.effect_over_time(), language)
    assert f"({word})" in shown
    assert shown.count(word) >= 2
    title = render(samples.effect_over_time(), Wording(language, samples.params())).title
    assert "+4" in title
    assert "+14" in title


def test_a_time_without_a_number_is_told_and_not_drawn() -> None:
    html = render(samples.effect_over_time(), Wording("en")).html
    (alt,) = re.findall(r'alt="(.*?)"', html)
    assert "After 6 months" in alt
    assert "After 3 months" not in alt
    nothing = render(samples.effect_over_time(None, None, None), Wording("en"))
    assert "<img" not in nothing.html
    assert "cannot be shown" in nothing.title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["combinations", "time_in_measures"])
def test_patterns_say_that_they_are_descriptions_and_why(name: str, language: str) -> None:
    shown = words(samples.every_release()[name], language)
    assert ("description and no effect" if language == "en" else "Beschreibung und keine Wirkung") in shown
    assert re.search("need" if language == "en" else "Bedarf", shown)


def test_combinations_bear_the_names_of_their_measures() -> None:
    shown = words(samples.combinations(), "de")
    assert "Intensivsprachkurs + Berufscoaching" in shown
    assert "Andere Maßnahme" in shown
    assert "Seltenere Kombinationen" in shown
