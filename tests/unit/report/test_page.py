"""The quarter's page: complete, self-contained, inert, the same twice."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest
import report_samples as samples

from hamm_eval.release.files import scan_files
from hamm_eval.release.record import Entry
from hamm_eval.report import render
from hamm_eval.report.page import PageFacts, Section, assemble
from hamm_eval.report.page.assemble import stylesheet
from hamm_eval.report.wording import Wording


@pytest.fixture(scope="module")
def sections(german: Wording) -> list[Section]:
    """Two notebooks as nbconvert leaves them; drawn once."""
    releases = samples.every_release()
    return [
        Section("01_cohort", '<h1 id="who">Wer?<a class="anchor-link" href="#who">¶</a></h1>'
                + render(releases["table"], german).html),
        Section("02_time", "<h1>Wie schnell?</h1><h2>Sprache</h2>" + render(releases["curve"], german).html
                + render(releases["effect"], german).html),
    ]  # fmt: skip


def with_params(facts: PageFacts, **changes: object) -> PageFacts:
    """The facts with other params."""
    return dataclasses.replace(facts, params=facts.params.model_copy(update=changes))


def bare(page: str) -> str:
    """The page without its base64 data."""
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,", page)


def test_nothing_is_loaded_and_nothing_runs(sections: list[Section], facts: PageFacts) -> None:
    page = bare(assemble(sections, facts))
    assert not re.search(r"https?:|//[a-z]|@import", page)
    assert "<script" not in page
    assert "<link" not in page
    assert set(re.findall(r"url\(([^)]*)\)", page)) == {"data:font/woff2;base64,"}
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    rules = set(policy[1].split("; "))
    expected = {"default-src 'none'", "img-src data:", "style-src 'unsafe-inline'", "font-src data:"}
    assert expected <= {rule.replace("&#39;", "'") for rule in rules}
    assert set(re.findall(r'src="([^"]{0,22})', page)) == {"data:image/png;base64,"}


def test_structure_for_readers_of_any_kind(sections: list[Section], facts: PageFacts) -> None:
    page = assemble(sections, facts)
    assert '<html lang="de">' in page
    assert page.count("<h1") == 1
    assert '<a class="skip" href="#content">' in page
    targets = re.findall(r'href="#([^"]+)"', page)
    assert targets == ["content", "01_cohort-1", "02_time-1", "methods", "provenance"]
    assert all(f'id="{target}"' in page for target in targets)
    ids = re.findall(r'\bid="([^"]+)"', bare(page))
    assert len(ids) == len(set(ids))
    assert "¶" not in page


def test_every_form_of_a_release_passes_the_scan(german: Wording, facts: PageFacts) -> None:
    fragments = [render(release, german).html for release in samples.every_release().values()]
    entries = [Entry(f"a:{i}", "table", "01_who", i, {}, html) for i, html in enumerate(fragments)]
    page = assemble([Section("01_who", f"<h1>Wer?</h1>{html}") for html in fragments], facts)
    assert scan_files({"index.html": page.encode()}, entries, [], styles=[stylesheet()]) == ()
    foreign = page.replace("<main", "<script>alert(1)</script><main")
    assert scan_files({"index.html": foreign.encode()}, entries, [], styles=[stylesheet()])


def test_the_page_says_what_it_rests_on(sections: list[Section], facts: PageFacts) -> None:
    page = assemble(sections, facts)
    for words in (
        "2. Quartal 2017",
        "30. Juni 2017",
        "1.415",
        "Beispieldaten",
        "a" * 64,
        facts.run_id,
        "strict",
    ):
        assert words in page
    source = facts.params.source.model_copy(update={"synthetic": False})
    real = assemble(sections, with_params(facts, source=source))
    assert "Beispieldaten" not in real


def test_figures_and_tables_are_numbered_through(sections: list[Section], facts: PageFacts) -> None:
    page = assemble(sections, facts)
    figures = re.findall(r"Abbildung (\d+)</span>", page)
    tables = re.findall(r"Tabelle (\d+)</span>", page)
    assert figures == [str(n) for n in range(1, len(figures) + 1)]
    assert tables == [str(n) for n in range(1, len(tables) + 1)]
    assert len(figures) == 5
    assert "data-count" not in page


def test_how_to_read_a_figure_stands_once_a_section(german: Wording, facts: PageFacts) -> None:
    curve = render(samples.every_release()["curve"], german).html
    page = assemble(
        [Section("01_a", f"<h1>A</h1>{curve}{curve}"), Section("02_b", f"<h1>B</h1>{curve}")], facts
    )
    boxes = re.findall(
        r'<div class="he-read(?: he-alike)?"><p><strong>So lesen Sie diese Abbildung:</strong> (.*?)</p>',
        page,
    )
    # Two figures, the same two again, and the two in another section, which says it anew.
    assert boxes[2:4] == ["wie Abbildung 1.", "wie Abbildung 2."]
    assert boxes[4:] == boxes[:2]
    assert len(set(boxes)) == 4


def test_by_what_clock_a_group_lives_stands_once_a_section(german: Wording, facts: PageFacts) -> None:
    release = dataclasses.replace(samples.table(), id="cohort_and_data_quality@tolerated:composition")
    of_group = render(release, german.for_group("tolerated")).html
    sections = [
        Section("01_a-tolerated", f"<h1>A?</h1>{of_group}{of_group}", "tolerated"),
        Section("02_b", f"<h1>B?</h1>{of_group}"),
    ]
    page = assemble(sections, facts)
    said = re.findall(r'<p class="he-group-of"><strong>Zielgruppe: ([^<]*)</strong>([^<]*)</p>', page)
    assert len({name for name, _ in said}) == 1 and len(said) == 3
    # Over every figure stands whose it is; the clock once, and anew in the next section.
    assert ["eigene Uhr" in clock for _, clock in said] == [True, False, True]
    # The section of a group bears its name, in the heading and in the contents.
    name = "Geduldete (vollziehbar ausreisepflichtig)"
    assert f'<h2 id="01_a-tolerated-1"><span class="he-whose">{name}:</span> A?</h2>' in page
    assert f'<a href="#01_a-tolerated-1">{name}: A?</a>' in page and '<h2 id="02_b-1">B?</h2>' in page


def test_wide_tables_and_all_figures_say_that_they_can_be_scrolled(
    sections: list[Section], facts: PageFacts
) -> None:
    page = assemble(sections, facts)
    assert "data-count" not in page
    hints = re.findall(r'<p class="he-hint"[^>]*>([^<]*)</p>', page)
    assert len(hints) >= page.count("<figure") > 0
    assert {"Seitwärts schieben" in hint for hint in hints} == {True}


def test_equal_inputs_give_equal_bytes(sections: list[Section], facts: PageFacts) -> None:
    assert assemble(sections, facts) == assemble(sections, facts)


def test_facts_are_escaped(sections: list[Section], facts: PageFacts) -> None:
    page = assemble(sections, with_params(facts, city="<script>alert(1)</script>"))
    assert "<script" not in page


def test_english_page_is_english(facts: PageFacts) -> None:
    page = assemble([], dataclasses.replace(facts, language="en"))
    assert '<html lang="en">' in page
    assert "Example data" in page


def test_appendix_says_of_whom_curves_speak_and_what_a_departure_is(facts: PageFacts) -> None:
    page = assemble([], facts)
    assert "in diesem Bericht zwei bis fünf Wochen nach dem Zugang zum Fallmanagement" in page
    assert "Wegzug, Ausreise ins Herkunftsland, Abschiebung, Haft oder Tod" in page
    english = assemble([], dataclasses.replace(facts, language="en"))
    assert "in this report two to five weeks after becoming eligible" in english
    from_the_origin = assemble([], dataclasses.replace(facts, curves_begin=(0.0,)))
    assert "Eine Kurve beginnt erst" not in from_the_origin


def test_a_tightened_policy_is_told_with_its_own_numbers(facts: PageFacts) -> None:
    page = assemble([], facts)
    assert "Zahlen von 1 bis 7 erscheinen als „≤7“" in page
    tighten = {"largest_hidden_count": 9, "count_rounding": 10, "curve_persons": 80, "curve_events": 30}
    release = facts.params.release.model_copy(update={"tighten": tighten | {"smallest_denominator": 40}})
    tightened = bare(assemble([], with_params(facts, release=release)))
    assert "Zahlen von 1 bis 9 erscheinen als „≤9“" in tightened
    assert "auf 10 gerundet" in tightened
    assert "nur ab 40 Personen" in tightened
    assert "mindestens 80 Personen und 30 erreichte Ziele" in tightened
    assert "≤7" not in tightened


def test_the_page_nests(sections: list[Section], facts: PageFacts) -> None:
    open_tags: list[str] = []

    class Nesting(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in {"img", "meta", "br"}:
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Nesting().feed(assemble(sections, facts))
    assert open_tags == []


def test_an_early_end_of_observation_is_told_only_where_records_come_late(facts: PageFacts) -> None:
    delays = dict.fromkeys(facts.params.reporting_delay_days, 40) | {"transitions": 72}
    late = assemble([], with_params(facts, reporting_delay_days=delays))
    assert "endet die Beobachtung vor dem Stichtag, bis zu 72 Tage" in late
    at_once = dict.fromkeys(delays, 0)
    assert "vor dem Stichtag, bis zu" not in assemble([], with_params(facts, reporting_delay_days=at_once))
