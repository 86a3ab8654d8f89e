"""What the sections on costs, groups, time and patterns say, word for word where it matters."""

from __future__ import annotations

import re

import pytest
import report_samples as samples

from hamm_eval.params import Params
from hamm_eval.report import render
from hamm_eval.report.wording import LANGUAGES, Wording


def words(release: object, language: str, params: Params | None = None) -> str:
    html = render(release, Wording(language, params or samples.params())).html  # type: ignore[arg-type]
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"base64,[^\"]+", "", html)))
    return plain.replace("&#39;", "'").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("status", "language", "said"),
    [
        ("covers_zero", "en", "not told, because the effect's interval covers 0"),
        ("covers_zero", "de", "nicht genannt, weil der Bereich der Wirkung die Null enthält"),
        ("fewer", "en", "because the effect's interval lies wholly below 0"),
        ("fewer", "de", "weil der Bereich der Wirkung ganz unter der Null liegt"),
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
    assert "kostet zwischen 8.000 € und 40.000 € (95-%-Bereich; bester Schätzwert: 14.000 €)" in german
    assert "Fieller" in german
    english = words(samples.costs(), "en")
    assert "costs between €8,000 and €40,000 (95% range; best estimate: €14,000)" in english


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (0.2, 0.3, "there are between 20 more and 30 more."),
        (0.02, 0.18, "there are between 2 more and 18 more."),
        (-0.02, 0.25, "there are between 2 fewer and 25 more."),
    ],
)
def test_the_range_stands_beside_the_break_even_effect_without_a_verdict(
    lower: float, upper: float, said: str
) -> None:
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
    assert "lägen die Kosten auch dann darüber, wenn von 100 Teilnehmenden alle" in never
    assert "kann sich" not in never


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
    ("decision", "language", "title", "said"),
    [
        (
            "not_confirmed",
            "en",
            "are not distinguishable between groups",
            "Sex: the effects are not distinguish",
        ),
        (
            "not_confirmed",
            "de",
            "zwischen den Gruppen nicht unterscheidbar",
            "Geschlecht: Die Wirkungen sind nicht",
        ),
        ("confirmed", "en", "differs by Sex", "Sex: that the effects differ is confirmed"),
        ("confirmed", "de", "unterscheidet sich nach Geschlecht", "unterscheiden, ist bestätigt"),
        ("", "en", "cannot be tested", "fewer than two groups can be compared"),
    ],
)
def test_groups_are_told_apart_by_the_annual_test_alone(
    decision: str, language: str, title: str, said: str
) -> None:
    release = samples.effect_by_group(decision)
    assert title in render(release, Wording(language, samples.params())).title
    shown = words(release, language)
    assert said in shown
    assert ("Annual evaluation:" if language == "en" else "Jahresauswertung:") in shown
    assert Wording(language).text("effect.interim") not in shown
    assert "significant" not in shown.lower()
    assert "signifikant" not in shown.lower()


@pytest.mark.parametrize(
    ("language", "never"),
    [
        (
            "en",
            [
                "differ by",
                "differs by",
                "confirmed",
                "p =",
                "p at most",
                "chance",
                "not distinguishable between",
            ],
        ),
        ("de", ["unterscheidet sich", "scheint", "bestätigt", "p =", "p höchstens", "Zufall", "gewöhnlich"]),
    ],
)
def test_interim_groups_have_ranges_and_no_finding(language: str, never: list[str]) -> None:
    release = samples.effect_by_group()
    shown = words(release, language)
    assert not [word for word in never if word in shown]
    wording = Wording(language, samples.params())
    assert wording.text("effect.interim") in shown
    assert wording.text("effect_by_group.read_interim") in shown
    title = render(release, wording).title
    assert title == wording.text(
        "effect_by_group.title_interim",
        measure=wording.measure(release.measure),
        endpoint=wording.endpoint(release.endpoint),
    )
    # Women 4 (-4 to 12), men 15 (7 to 23).
    assert "to +12" in shown if language == "en" else "bis +12" in shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("release", [samples.effect(), samples.effect_over_time(), samples.costs()])
def test_what_is_interim_is_said_and_in_the_annual_quarter_it_is_not(release: object, language: str) -> None:
    interim, annual = (Wording(language).text(f"effect.{look}") for look in ("interim", "confirmatory"))
    assert words(release, language).count(interim) == 1
    assert annual not in words(release, language)
    decides = samples.params().model_copy(update={"confirmatory_quarter": 2})
    assert words(release, language, decides).count(annual) == 1
    assert interim not in words(release, language, decides)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("confirmatory_quarter", [2, 4])
def test_costs_give_no_verdict(confirmatory_quarter: int, language: str) -> None:
    params = samples.params().model_copy(update={"confirmatory_quarter": confirmatory_quarter})
    for status in ("told", "covers_zero", "fewer", "withheld"):
        shown = words(samples.costs(samples.effect_cost(status)), language, params)
        for verdict in (
            "cannot pay",
            "above that over",
            "nicht tragen",
            "kostet etwa 14",
            "ganzen 95",
        ):
            assert verdict not in shown


@pytest.mark.parametrize(
    ("language", "few", "unlike", "fixed"),
    [
        ("en", "no number given", "not comparable", "this is no ranking"),
        ("de", "nicht beziffert", "nicht vergleichbar", "das ist keine Rangfolge"),
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
