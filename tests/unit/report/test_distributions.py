"""Distributions side by side, tables without a row, and the names of rules."""

from __future__ import annotations

import dataclasses
import re

import pytest
import report_samples as samples

from hamm_eval.casefile.rules import RULES
from hamm_eval.casefile.rules.rule import Severity
from hamm_eval.release.released import Cell, ReleasedDistribution, ReleasedTable
from hamm_eval.report import render
from hamm_eval.report.wording import LANGUAGES, Wording


@pytest.fixture
def german() -> Wording:
    return Wording("de", samples.params())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_title_tells_over_all_rows_and_never_who_is_ahead(german):
    title = render(samples.distribution(), german).title
    assert title == "Die Hälfte der Einträge liegt nach 10 bis 15 Tagen vor"
    assert not [name for name in ("Stadt Hamm", "AWO", "Caritas") if name in title]


def test_equal_medians_and_none_at_all_are_said_in_words(german):
    shown = samples.distribution()
    equal = dataclasses.replace(shown, values=(shown.values[0],) * 3)
    assert render(equal, german).title == "Die Hälfte der Einträge liegt nach etwa 15 Tagen vor"
    nothing = dataclasses.replace(shown, values=((None,) * 4,) * 3)
    assert "zu wenige Personen" in render(nothing, german).title
    assert render(nothing, german).html.count("zu wenige Personen") >= 12


def test_rows_stand_in_the_order_of_the_release_and_say_where_persons_are_too_few(german):
    html = render(samples.distribution(), german).html
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', html)
    assert [name for name, _ in rows] == ["Stadt Hamm", "AWO", "Caritasverband"]
    assert words(rows[1][1]) == " 5 Tage 10 Tage 20 Tage zu wenige Personen "
    assert "keine Rangfolge" in html


def test_the_figure_tells_its_numbers_to_those_who_cannot_see_it(german):
    (alt,) = re.findall(r'alt="(.*?)"', render(samples.distribution(), german).html)
    assert "Stadt Hamm – ein Viertel: 5 Tage, die Hälfte: 15 Tage" in alt
    assert "Caritasverband – zu wenige Personen." in alt


def test_quarters_are_a_table_alone_with_their_names(german):
    html = render(samples.distribution("quarter"), german).html
    assert "<img" not in html
    assert "4. Quartal 2016" in html
    assert "nach Quartal der Erfassung" in html
    assert "auf 5 gerundet" in html


def test_another_choice_of_quantiles_is_a_table_too(german):
    shown = samples.distribution()
    halves = ReleasedDistribution(
        **{f.name: getattr(shown, f.name) for f in dataclasses.fields(shown)}
        | {"probabilities": (0.5, 0.9), "values": ((5.0, 15.0),) * 3}
    )
    html = render(halves, german).html
    assert "<img" not in html
    assert "90\u202f%" in html


def plausibility(*cells: Cell) -> ReleasedTable:
    rules = [rule.id for rule in RULES if rule.severity is Severity.WARN]
    return ReleasedTable(
        id="cohort_and_data_quality:plausibility",
        definition_digest="0",
        policy="strict",
        rows=tuple(rules[: len(cells)]),
        columns=("records",),
        row_dimension="rule",
        column_dimension="",
        unit="records",
        cells=tuple((cell,) for cell in cells),
        total=None,
        column_totals=(),
        sensitive=False,
        shares="none",
    )


def test_where_no_rule_is_broken_a_sentence_says_so(german):
    html = render(plausibility(), german).html
    assert "Keine Prüfregel hat etwas beanstandet." in html
    assert "<table" not in html


def test_a_hidden_count_of_records_may_be_hidden_for_its_persons(german):
    html = render(plausibility(Cell(value=None), Cell(value=40)), german).html
    assert "oder Einträge von womöglich so wenigen Personen" in words(html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_that_is_counted_has_a_name(language):
    wording = Wording(language)
    counted = [rule.id for rule in RULES if rule.severity in (Severity.WARN, Severity.QUARANTINE)]
    assert [rule for rule in counted if not wording.has(f"levels.rule.{rule}")] == []
