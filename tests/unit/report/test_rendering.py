"""Every kind of release as an HTML fragment."""

from __future__ import annotations

import base64
import dataclasses
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import matplotlib
import pytest
import report_samples as samples
from markupsafe import escape

from hamm_eval.errors import ReleaseRefused
from hamm_eval.params import load_params
from hamm_eval.release.released import Cell, Interval, Release, ReleasedCurves, ReleasedLoss, ReleasedTerm
from hamm_eval.report import Rendered, render
from hamm_eval.report.follow_up import span
from hamm_eval.report.summary import quarterly_summary
from hamm_eval.report.tables.adjustment import adjustment_table
from hamm_eval.report.wording import Wording

RELEASES = samples.every_release()
VOID = {"img", "br", "meta", "col"}


@cache
def shown(name: str, language: str = "de") -> Rendered:
    """A sample release rendered once for all tests that look at it."""
    return render(RELEASES[name], Wording(language, samples.params()))


class Balanced(HTMLParser):
    """Collects tags, and fails where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def images(html: str) -> list[bytes]:
    """The PNG files inside a fragment."""
    return [base64.b64decode(data) for data in re.findall(r"data:image/png;base64,([^\"]+)", html)]


@pytest.mark.parametrize("name", RELEASES)
def test_every_release_becomes_sound_html_in_both_languages(name: str, wording: Wording) -> None:
    rendered = shown(name, wording.language)
    page = Balanced(rendered.html)
    assert rendered.title
    for tag, attributes in page.tags:
        assert tag not in {"script", "style", "link", "iframe", "object", "svg"}
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert attributes["alt"]
            assert str(attributes["src"]).startswith("data:image/png;base64,")
        if tag == "th":
            assert attributes["scope"] in {"col", "row", "colgroup", "rowgroup"}
    assert not re.search(r"https?:|//[a-z]|url\(", re.sub(r"base64,[^\"]+", "", rendered.html))
    words = " ".join(page.words)
    assert "{" not in words  # a placeholder that nobody filled
    assert "None" not in words
    assert not re.search(r"\bnan\b", words)


@pytest.mark.parametrize("name", ["curve", "grouped", "model", "effect"])
def test_equal_releases_give_equal_bytes(name: str, german: Wording) -> None:
    assert render(RELEASES[name], german) == shown(name)


def test_images_are_raster_and_carry_no_metadata() -> None:
    for name in RELEASES:
        for png in images(shown(name).html):
            assert png.startswith(b"\x89PNG")
            assert b"Software" not in png
            assert b"tEXt" not in png


def test_drawing_leaves_matplotlibs_settings_alone(german: Wording) -> None:
    before = dict(matplotlib.rcParams)
    render(RELEASES["grouped"], german)
    assert dict(matplotlib.rcParams) == before


def test_titles_state_the_finding_with_its_uncertainty() -> None:
    assert shown("curve").title == (
        "Nach 12 Monaten haben 33\u202f% das Ziel „Sprachzertifikat B1“ erreicht (28\u00a0bis\u00a038\u202f%)"
    )
    assert shown("grouped").title == (
        "„Sprachzertifikat B1“ nach 12 Monaten: kein erkennbarer Unterschied zwischen den Gruppen"
    )
    assert "Deutsch bei Ankunft" in shown("model").title


def test_an_effect_speaks_of_a_hundred_persons_and_the_caution_follows() -> None:
    html = shown("effect").html
    assert (
        "Von 100 Teilnehmenden erreichen <strong>etwa 14 mehr</strong> das Ziel „Sprachzertifikat B1“ "
        "als ohne Maßnahme (95-%-Bereich: 5 bis 23)."
    ) in html
    headline, caution = html.index("he-headline"), html.index("he-caution")
    figure = html.index("<figure", headline)
    assert headline < caution < figure


def test_an_effect_is_told_from_the_comparison_to_what_could_overturn_it(wording: Wording) -> None:
    for name in ("effect", "withheld_effect"):
        html = shown(name, wording.language).html
        steps = [wording.text(f"effect_steps.{step}") for step in ("protocol", "design", "effect")]
        steps += [wording.text("effect_steps.sensitivity")] if name == "effect" else []
        places = [html.index(f">{n} · {step}</p>") for n, step in enumerate(steps, 1)]
        assert places == sorted(places)
        # Balance and overlap stand before the result, or before the reason why there is none.
        design, result = places[1], places[2]
        assert html.count("<figure", design, result) == 2
        assert result < html.index("he-headline" if name == "effect" else "he-withheld")


def test_what_is_balanced_and_what_is_not_stands_with_its_reasons_before_the_design(wording: Wording) -> None:
    html = shown("effect", wording.language).html
    params = samples.params()
    question = params.measure_effectiveness["intensive_course_on_b1"]
    start = html.index(f">{wording.text('adjustment.balanced')}<")
    left_out = html.index(f">{wording.text('adjustment.left_out')}<")
    end = html.index(wording.text("effect_steps.design"))
    assert html.index(wording.text("effect_steps.protocol")) < start < left_out < end
    for key, reason in question.adjust_for.items():
        assert str(escape(getattr(reason, wording.language))) in html[start:left_out]
        assert wording.dimension(key) in html[start:left_out]
    assert getattr(question.left_out["residence_status"], wording.language)[1:] in html[left_out:end]
    assert wording.text("dimensions.residence_status")[1:] in html[left_out:end]
    # Params' words are not at hand: nothing is made up.
    bare = render(samples.effect(), Wording(wording.language)).html
    assert wording.text("adjustment.left_out") not in bare


def test_an_endpoint_left_out_as_a_step_on_the_way_bears_its_name(german: Wording) -> None:
    params = samples.params()
    html = adjustment_table(params.measure_effectiveness["job_coaching_on_work"], Wording("de", params))
    assert '<th scope="row">Sprachzertifikat B1</th><td>Möglicher Zwischenschritt nach Beginn</td>' in html
    # A target trial's question is shown by the same table.
    trial = adjustment_table(params.target_trials["intensive_course_on_b1"], Wording("de", params))
    assert "Träger weisen verschieden zu" in trial
    assert adjustment_table(None, german) == ""


def test_steps_are_counted_without_a_gap_where_the_design_left_nothing_to_check(german: Wording) -> None:
    nothing = dataclasses.replace(
        samples.withheld_effect(), checks=(), balance=(), overlap_edges=(), overlap_treated=()
    )
    html = render(nothing, german).html
    assert re.findall(r">(\d) · ", html) == ["1", "2"]


def test_sensitivity_is_told_in_plain_sentences() -> None:
    german = shown("effect").html
    assert "um das 2,3-Fache" in german
    assert "genügte das 1,5-Fache" in german
    assert "etwa 70\u202f% von ihnen" in german
    assert "zwischen 13 mehr und 18 mehr von 100" in german
    assert "ohne „Schulbildung bei Ankunft“" in german
    unclear = shown("unclear", "en").html
    assert "E-value 1" in unclear
    assert "no difference here that this could overturn" in unclear
    assert "could explain" not in shown("withheld_effect", "en").html


def test_every_check_of_the_design_has_a_verdict_in_words() -> None:
    passed, failed = shown("effect").html, shown("withheld_effect").html
    assert "verfehlt" not in passed
    assert "Alle Grenzen des Vergleichs sind eingehalten." in passed
    assert failed.count("\u00a0verfehlt") == 2
    assert "≤7</td>" in failed  # an effective size that is a hidden count
    assert "Darum wird kein Ergebnis gezeigt" in failed


def test_warnings_and_the_rarest_levels_are_told_for_information() -> None:
    html = shown("effect").html.replace("\u202f", " ")
    number = '<td class="he-num">{}</td>'
    row = '<tr><th scope="row">{}</th>' + number + number.format("–") + "<td>zur Kenntnis</td></tr>"
    for name, found in (
        (
            r"Kleinster Anteil mit Maßnahme unter allen Merkmalen \(Haushaltstyp: alleinerziehend\)",
            "15 bis 20 %",
        ),
        (r"Kleinster Anteil ohne Maßnahme unter allen Merkmalen \(Geschlecht: Frauen\)", "nicht genannt"),
        (r"Ungleichste Streuung: mit Maßnahme im Verhältnis zu ohne \(Alter\)", "etwa 2,5"),
        (r"Vergleichbare Personen \(rechnerisch\), ohne gegenüber mit Maßnahme", "weniger"),
    ):
        assert re.search(row.format(name, found), html), name


def test_levels_too_small_to_compare_are_named(wording: Wording) -> None:
    html = shown("effect", wording.language).html
    merged, left_out = (
        (
            "Schulbildung bei Ankunft: Beruf oder Hochschule (umfasst: Berufsausbildung und Hochschule).",
            "Nicht im Vergleich",
        )
        if wording.language == "de"
        else (
            "Schooling on arrival: vocational or university (contains: vocational and university).",
            "Not compared",
        )
    )
    assert html.count(merged) == 1
    assert f"{left_out}, " in html
    assert ": Multikulturelles Forum." in html
    assert html.index(wording.text("effect_steps.design")) < html.index(merged)
    assert left_out not in shown("withheld_effect", wording.language).html


def test_an_overview_says_each_effect_in_a_sentence() -> None:
    german, english = shown("effect_overview").html, shown("effect_overview", "en").html
    assert (
        "<strong>Intensivsprachkurs:</strong> Von 100 Teilnehmenden erreichen binnen eines Jahres "
        "<strong>etwa 8 mehr</strong> das Ziel „Sprachzertifikat B1“ als ohne die Maßnahme; "
        "zwischen 2 und 14."
    ) in german
    assert (
        "Mit und ohne Maßnahme sind <strong>nicht unterscheidbar</strong>. Von 100 Teilnehmenden könnten "
        "binnen eines Jahres zwischen 7 weniger und 15 mehr das Ziel"
    ) in german
    assert "<strong>etwa 9 weniger</strong>" in german and "zwischen 1 und 17." in german
    assert (
        "Of 100 participants <strong>about 8 more</strong> reach the goal “B1 language certificate” "
        "within a year than without the measure; between 2 and 14."
    ) in english
    assert "<strong>cannot be told apart</strong>" in english
    half = samples.overview_row("intensive_course_on_b1", 0.08, 0.02, 0.14, horizon_days=183)
    release = dataclasses.replace(samples.effect_overview(), rows=(half,))
    assert "binnen 6 Monaten" in render(release, Wording("de", samples.params())).html


def test_the_caution_stands_directly_under_the_plot_of_measures(wording: Wording) -> None:
    html = shown("effect_overview", wording.language).html
    picture, caution = html.index("<img"), html.index("he-caution")
    between = html[html.index(">", picture) + 1 : html.rindex("<p", 0, caution)]
    assert between.split() == ["</div>"]
    assert caution < html.index("he-read") < html.index("he-list")


def test_withheld_questions_stand_in_the_overview_with_a_reason_and_no_number(wording: Wording) -> None:
    html = shown("effect_overview", wording.language).html
    alt = re.findall(r'alt="([^"]+)"', html)[0]
    reasons = [wording.text(f"effect_overview.reason.{key}") for key in ("balance", "effective_n")]
    assert all(reason in alt for reason in reasons)
    items = re.findall(r"<li>(.*?)</li>", html)
    assert len(items) == 5
    assert "0,31" in items[3] or "0.31" in items[3]
    for item in items[3:]:
        assert "100" not in item


def test_interim_overviews_do_not_decide_and_annual_ones_do(wording: Wording) -> None:
    interim = shown("effect_overview", wording.language)
    annual = shown("annual_overview", wording.language)
    for key in ("confirmed", "not_confirmed"):
        decision = wording.text(f"effect_overview.decision_{key}")
        assert decision not in interim.html
        assert decision in annual.html
    assert wording.text("effect_overview.interim", quarter=4) in interim.html
    assert wording.text("effect_overview.confirmatory", primary=1, others=2, withheld=2) in annual.html
    assert annual.title == wording.text("effect_overview.title_confirmed", confirmed=1, asked=5)
    assert interim.title == wording.text("effect_overview.title", shown=3, asked=5)


def test_a_single_effect_of_the_annual_evaluation_points_to_the_overview(german: Wording) -> None:
    annual = samples.params().model_copy(update={"confirmatory_quarter": 2})
    html = render(samples.effect(), Wording("de", annual)).html
    assert german.text("effect.confirmatory") in html
    assert german.text("effect.interim") not in html


def test_a_question_that_the_export_cannot_answer_stands_in_the_overview(german: Wording) -> None:
    release = dataclasses.replace(
        samples.effect_overview(), rows=samples.effect_overview().rows[:1], absent=("job_coaching_on_work",)
    )
    rendered = render(release, german)
    assert "<strong>Berufscoaching:</strong>" in rendered.html
    assert "bei 1 von 2 Fragen" in rendered.title


def test_lots_are_not_denied_where_they_were_drawn() -> None:
    params = samples.params()
    release = samples.effect()
    key = release.id.partition(":")[2]
    question = params.measure_effectiveness[key].model_copy(update={"assignment": "randomised"})
    drawn = params.model_copy(
        update={"measure_effectiveness": {**params.measure_effectiveness, key: question}}
    )
    assert "nicht ausgelost" in shown("effect").html
    html = render(release, Wording("de", drawn)).html
    assert "nicht ausgelost" not in html
    assert "wurde ausgelost" in html


def test_a_negative_effect_turns_the_interval() -> None:
    html = shown("fewer").html
    assert "etwa 10 weniger</strong>" in html
    assert "95-%-Bereich: 2 bis 18" in html


def test_an_unclear_effect_says_so_without_the_wording_of_significance(wording: Wording) -> None:
    for name in RELEASES:
        words = " ".join(Balanced(shown(name, wording.language).html).words)
        assert not re.search(r"signifi[kc]an|p-Wert|p-value|statistisch gesichert", words, re.IGNORECASE)
    german = shown("unclear").html
    assert (
        "Mit der Maßnahme könnten von 100 Teilnehmenden zwischen 7 weniger und 11 mehr das Ziel "
        "„Sprachzertifikat B1“ erreichen als ohne."
    ) in german
    assert "noch nicht erkennbar" in german


def test_a_withheld_effect_says_why_and_what_helps_and_shows_no_number_of_it() -> None:
    html = shown("withheld_effect").html
    assert "Deutsch bei Ankunft: A1 oder mehr" in html
    assert "Unterschied 0,31, erlaubt 0,15" in html
    assert "Was helfen würde" in html
    assert "he-headline" not in html
    assert "Gegenprobe" not in html
    assert "Nicht für alle Teilnehmenden" in html


@pytest.mark.parametrize(
    "key",
    ["too_few_persons", "too_few_events", "balance", "overlap", "effective_n", "effective_share",
     "weight_share", "events_per_parameter",
     "residual_freedom", "level_too_small", "not_estimable", "group_too_small"],
)  # fmt: skip
def test_every_reason_of_the_gate_has_words_and_advice(key: str, wording: Wording) -> None:
    assert wording.has(f"withheld.{key}")
    assert wording.has(f"withheld.{key}_help")
    if key not in ("level_too_small", "group_too_small"):
        assert wording.has(f"effect_overview.reason.{key}")


def test_an_unknown_reason_is_still_a_sentence(german: Wording) -> None:
    release = dataclasses.replace(samples.refused_model(), withheld=("a_rule_of_tomorrow",))
    html = render(release, german).html
    assert "a_rule_of_tomorrow" not in html
    assert german.text("withheld.generic") in html


def test_hidden_counts_and_merged_levels_are_told() -> None:
    html = shown("grouped").html
    assert "umfasst: Paar mit Kindern und Paar ohne Kinder" in html
    assert "nicht gezeigt: Gruppe zu klein" in html
    assert "≤7" in html
    table = shown("table").html
    assert "über 95\u202f%" in table
    assert "Summe der gezeigten Zahlen" in table
    # Steps follow one another: their sum would mean nothing.
    assert "Summe der gezeigten Zahlen" not in shown("attrition").html


def test_truth_has_shares_for_incidences_and_points_for_effects() -> None:
    html = shown("truth").html
    assert html.count("<table") == 2
    assert "29 bis 37\u202f%" in html
    assert ">+11<" in html
    assert "passt" in html and "nicht gezeigt" in html


def test_alternative_texts_carry_the_numbers() -> None:
    html = shown("grouped").html
    alt = re.findall(r'alt="([^"]+)"', html)[0]
    assert "Paare: 15\u202f% (8 bis 21\u202f%) nach 6 Monaten" in alt
    alts = re.findall(r'alt="([^"]+)"', shown("effect").html)
    assert "höchstens 7 oder zum Schutz verdeckt zwischen 0\u202f% und 10\u202f%" in alts[1]
    assert "45\u202f% mit und 31\u202f% ohne Maßnahme" in alts[2]
    alts = re.findall(r'alt="([^"]+)"', shown("effect_overview").html)
    assert "Intensivsprachkurs, Ziel „Sprachzertifikat B1“: +8 Prozentpunkte (+2 bis +14" in alts[0]


def test_labels_from_data_are_inert(german: Wording) -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)">$x$'
    curves = dataclasses.replace(
        samples.grouped_curves(),
        dimension="provider",
        curves=tuple(dataclasses.replace(c, level=attack) for c in samples.grouped_curves().curves),
    )
    table = dataclasses.replace(samples.table(), rows=(attack, "a", "b"), row_dimension="provider")
    term = ReleasedTerm(
        factor="provider", level=attack, reference=False, ratio=1.2, lower=1.1, upper=1.4,
        persons=samples.table().cells[0][0],
    )  # fmt: skip
    model = dataclasses.replace(samples.model(), terms=(term,))
    for release in (curves, table, model):
        page = Balanced(render(release, german).html)
        assert {tag for tag, _ in page.tags}.isdisjoint({"script"})
        assert not any("onerror" in attributes for _, attributes in page.tags)
        assert any(attack in words for words in (*page.words, *(str(a.get("alt")) for _, a in page.tags)))


def test_a_curve_cut_short_and_one_without_interval_are_drawn(german: Wording) -> None:
    curve = samples.curve("all", 0.001, 100, end=200)
    none = Interval(value=None, lower=None, upper=None)
    short = dataclasses.replace(
        curve,
        at_horizon=(Interval(value=0.17, lower=None, upper=None), none, none),
        competing_at_horizon=((0.06, None, None),),
    )
    release = dataclasses.replace(samples.one_curve(), curves=(short,))
    rendered = render(release, german)
    assert rendered.title == "Nach 6 Monaten haben 17\u202f% das Ziel „Sprachzertifikat B1“ erreicht"
    unreached = dataclasses.replace(
        release, curves=(dataclasses.replace(curve, at_horizon=(none, none, none)),)
    )
    assert render(unreached, german).title == "Wie viele Personen das Ziel „Sprachzertifikat B1“ erreichen"


def test_what_is_no_known_release_is_refused(german: Wording) -> None:
    with pytest.raises(ReleaseRefused, match="no form"):
        render(Release(id="x:y", definition_digest="0", policy="strict"), german)


def rossi() -> Wording:
    """Another city: time counts from arrival, an arrest competes, and is an endpoint itself."""
    return Wording("de", load_params(Path(__file__).parents[3] / "examples/rossi/params/1972-Q2.yaml"))


def work_after_release() -> ReleasedCurves:
    """Curves of a city where an arrest competes."""
    return dataclasses.replace(samples.one_curve("employment"), causes=("employment", "arrest"))


def test_a_figure_says_of_whom_its_curves_speak(german: Wording) -> None:
    release = samples.one_curve()
    curve = release.curves[0]
    late = dataclasses.replace(curve, time=(14.0, *curve.time[1:]))
    html = render(dataclasses.replace(release, curves=(late,)), german).html
    said = (
        "Betrachtet werden alle, die zwei Wochen nach dem Zugang zum Fallmanagement "
        "noch ohne Ziel und in der Stadt waren."
    )
    assert html.count(said) == 2  # under the curve and under the areas
    at_once = dataclasses.replace(curve, time=(0.0, *curve.time[1:]))
    assert (
        "Betrachtet werden alle" not in render(dataclasses.replace(release, curves=(at_once,)), german).html
    )
    english = Wording("en", samples.params())
    assert (
        "two weeks after becoming eligible"
        in render(dataclasses.replace(release, curves=(late,)), english).html
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((7,), "eine Woche"),
        ((21, 21), "drei Wochen"),
        ((7, 91), "eine bis 13 Wochen"),
        ((10, 14), "10 bis 14 Tage"),
    ],
)
def test_spans_are_told_in_weeks_where_they_are_whole(
    days: tuple[float, ...], words: str, german: Wording
) -> None:
    assert span(days, german) == words


def test_words_follow_origin_and_causes_of_the_endpoint() -> None:
    html = render(work_after_release(), rossi()).html
    assert "Wer vorher ausscheidet (hier: erneute Festnahme)" in html
    assert "nach der Ankunft noch ohne Ziel und ohne erneute Festnahme waren" in html
    effect = dataclasses.replace(samples.effect(), measure="aid", endpoint="arrest", landmark_days=0)
    told = render(effect, rossi()).html
    assert "12 Monate lang, ab der Ankunft." in told
    for words in (html, told):
        assert not re.search(r"Hamm\b|Fallmanagement|fortzieh|Fortzug|in der Stadt", words)


def test_nothing_is_said_of_leaving_where_nothing_competes() -> None:
    curve = dataclasses.replace(samples.curve("all", 0.001, 400), competing=(), competing_at_horizon=())
    release = dataclasses.replace(samples.one_curve("arrest"), causes=("arrest",), curves=(curve,))
    html = render(release, rossi()).html
    assert "ausscheidet" not in html
    assert "nach der Ankunft noch ohne Ziel waren." in html


def test_bands_are_not_called_bands_of_the_whole_course(wording: Wording) -> None:
    for name in ("curve", "grouped"):
        html = shown(name, wording.language).html
        assert (
            "jeden einzelnen Zeitpunkt" if wording.language == "de" else "each single point in time"
        ) in html


def test_an_effect_among_comparable_persons_reads_well(german: Wording) -> None:
    release = dataclasses.replace(samples.effect(0.02, 0.0, 0.11), estimand="ATO")
    html = render(release, german).html + quarterly_summary([release], german)
    assert "von 100 vergleichbaren Personen zwischen 0 mehr und 11 mehr" in html
    assert ",," not in html


@pytest.mark.parametrize(
    ("controls", "title"),
    [
        ((55, 95, 85, 60, 45, 25, 15, 10), "Für fast alle Teilnehmenden"),
        (
            (55, 95, 85, 60, None, None, 15, None),
            "Vergleichbare Personen gibt es; in den schraffierten Feldern",
        ),
        ((55, 95, 85, 60, 0, 0, 15, None), "Nicht für alle Teilnehmenden"),
    ],
)
def test_a_hidden_bin_is_not_taken_for_an_empty_one(
    controls: tuple[int | None, ...], title: str, german: Wording
) -> None:
    release = dataclasses.replace(samples.effect(), overlap_controls=controls)
    assert title in render(release, german).html


def test_a_table_says_what_its_dashes_and_roundings_are(german: Wording) -> None:
    none = Interval(value=None, lower=None, upper=None)
    curve = samples.one_curve().curves[0]
    gap = dataclasses.replace(curve, at_horizon=(*curve.at_horizon[:2], none))
    html = render(dataclasses.replace(samples.one_curve(), curves=(gap,)), german).html
    said = "– nicht gezeigt: zu wenige Personen oder Ereignisse dahinter."
    assert said in html
    assert said not in shown("curve").html
    assert said not in shown("effect").html  # no interval of a count is no secret
    assert "Alle Personenzahlen sind auf 5 gerundet." in html
    households = dataclasses.replace(samples.table(), unit="households")
    assert "höchstens 7 Haushalte" in render(households, german).html


def test_merging_is_told_where_groups_are_merged() -> None:
    assert "Kleine Gruppen sind zusammengefasst" in shown("grouped").html
    assert "Kleine Gruppen sind zusammengefasst" not in shown("curve").html


def test_a_rising_number_at_risk_is_explained(german: Wording) -> None:
    said = german.text("curves.read_late_entry")
    assert said not in shown("curve").html
    curve = samples.one_curve().curves[0]
    late = dataclasses.replace(curve, at_risk=(100, 400, *curve.at_risk[2:]))
    assert said in render(dataclasses.replace(samples.one_curve(), curves=(late,)), german).html


def test_planted_values_stand_under_their_goal() -> None:
    html = shown("truth").html
    assert html.count('scope="rowgroup"') == 1
    assert html.index("Sprachzertifikat B1</th>") < html.index("Alle, nach 12\u00a0Monaten")


def test_names_of_groups_begin_alike_in_table_and_figure() -> None:
    html = shown("grouped").html
    assert "Alleinstehend: " in re.findall(r'alt="([^"]+)"', html)[0]
    assert '<th scope="row">Alleinstehend' in html
    assert '<th scope="row">Alleinstehend' in shown("table").html


def test_a_wide_table_says_that_it_can_be_scrolled() -> None:
    assert "he-hint" in shown("curve").html
    assert "he-hint" not in shown("attrition").html


def test_a_pace_without_such_a_share_is_the_finding() -> None:
    assert "„Geschlecht“" not in shown("side_by_side").title
    assert "„Altersgruppe“" in shown("side_by_side").title
    assert "Wo das Tempo" not in shown("side_by_side").title
    few = shown("side_by_side_few")
    assert few.title.endswith("das Tempo im Vergleich")
    assert "„Abgang“ ist nicht gezeigt" in few.html
    assert "Der Anteil ist nicht gezeigt" in few.html
    asked = "Erreichen am Ende mehr das Ziel?</th>"
    assert asked in shown("side_by_side").html
    assert asked not in few.html


@pytest.mark.parametrize(
    ("language", "asked", "answers"),
    [
        (
            "de",
            "Erreichen am Ende mehr das Ziel?",
            {"ja, mehr", "nein, weniger", "kein Unterschied erkennbar", "Vergleichsgruppe"},
        ),
        (
            "en",
            "Do more reach the goal in the end?",
            {"yes, more", "no, fewer", "no discernible difference", "reference group"},
        ),
    ],
)
def test_whether_more_arrive_is_a_question_and_each_group_has_an_answer(
    language: str, asked: str, answers: set[str]
) -> None:
    html = shown("side_by_side", language).html
    assert re.findall(r"<th[^>]*>([^<]*)</th>", html.partition("</thead>")[0])[-1] == asked
    cells = re.findall(r"<td[^>]*>([^<]*)</td></tr>", html.replace("\n", ""))
    assert set(cells) == answers
    assert html.count(asked) == 2, "in the head and where it says how to read it"


def test_states_are_told_from_the_largest_share_on() -> None:
    title = shown("states").title
    assert title.startswith("Phasen des Fallmanagements nach 12 Monaten: Regelsysteme (Phase 3) 45")
    assert title.index("Phase 3") < title.index("Phase 4") < title.index("Fall abgeschlossen")
    assert "zu wenige Personen" in shown("withheld_states").html
    assert not images(shown("withheld_states").html)


def test_quarters_of_arrival_are_said_to_differ_only_where_the_interval_says_so() -> None:
    assert "kein Unterschied erkennbar" in shown("arrivals").title
    assert "1. Quartal 2016" in shown("arrivals_apart").title.replace("\u00a0", " ")
    assert "4. Quartal 2015" not in shown("arrivals_apart").title.replace("\u00a0", " ")


def test_attainment_is_told_as_documented_with_its_bound_beside_it() -> None:
    title = shown("goals").title
    assert "als erreicht dokumentiert (frühestens gerechnet: " in title
    assert "zu wenige Personen" in shown("withheld_goals").title


def test_who_is_not_in_a_model_or_in_no_line_is_told(wording: Wording) -> None:
    lost = (
        ReleasedLoss(factor="schooling", level="", persons=Cell(value=40)),
        ReleasedLoss(factor="age_group", level="under_25", persons=Cell(value=None)),
        ReleasedLoss(factor="sex", level="", persons=Cell(value=None, linked=True)),
    )
    model = dataclasses.replace(samples.model(), lost=lost, since=28)
    hidden = dataclasses.replace(model, persons=Cell(value=None, linked=True))
    side = dataclasses.replace(samples.side_by_side(), hazard=model)
    curves = dataclasses.replace(RELEASES["grouped"], ungrouped=Cell(value=25))
    german = wording.language == "de"
    for release in (model, side):
        said = render(release, wording).html
        assert ("40 Personen ohne Angabe zu" if german else "40 persons without an entry for") in said
        assert ("höchstens 7 Personen der Gruppe" if german else "at most 7 persons of the group") in said
        assert ("einige Personen ohne" if german else "some persons without") in said
        assert ("vier Wochen nach" if german else "four weeks after") in said
    said = render(hidden, wording).html
    assert ("Zahl der Personen ist verdeckt" if german else "number of persons is hidden") in said
    said = render(curves, wording).html
    assert ("In keiner der Linien: 25 Personen" if german else "In none of the lines: 25 persons") in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "der weitere Weg nicht mehr bekannt; die Linie gilt"),
        ("en", "further path is not known; the line"),
    ],
)
def test_curves_say_what_they_take_of_closed_cases(language: str, words: str) -> None:
    assert words in shown("curve", language).html
