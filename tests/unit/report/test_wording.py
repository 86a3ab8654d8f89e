"""Words and numbers of the report in both languages."""

from __future__ import annotations

import datetime as dt
import re
import string
from pathlib import Path

import pytest
import report_samples as samples

from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import UsageError
from hamm_eval.release.released import Cell, Interval
from hamm_eval.report.wording import LANGUAGES, Wording, load_texts
from hamm_eval.vocabulary import Domain, HouseholdType, Quarter, ResidenceStatus

REPORT = Path(__file__).parents[3] / "hamm_eval" / "report"


def placeholders(text: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    german, english = load_texts("de"), load_texts("en")
    assert set(german) == set(english)
    assert {key for key in german if placeholders(german[key]) != placeholders(english[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_a_yaml_accident(language: str) -> None:
    for key, text in load_texts(language).items():
        assert text.strip() == text, key
        assert text not in {"", "True", "False", "None"}, key
        assert text.count("**") % 2 == 0, key


def test_german_texts_use_german_quotation_marks() -> None:
    for key, text in load_texts("de").items():
        assert text.count("„") == text.count("“"), key
        assert not re.search(r"[\"']", text), key
        assert not re.search(r"\d %", text), key  # a narrow no-break space before the sign


def test_every_literal_key_in_the_code_exists_and_every_text_is_used() -> None:
    speaking = [*REPORT.rglob("*.py"), *REPORT.rglob("*.j2"), *REPORT.with_name("cli").glob("*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in speaking)
    source = source.replace("'", '"')
    known = load_texts("de")
    asked = set(re.findall(r"\b(?:text|markup|has)\(\s*\"([a-z_]+(?:\.[a-z_0-9]+)+)\"", source))
    assert asked - set(known) == set()
    # Keys made of parts, f"levels.{dimension}.{level}" or f"{counter}.number", are used by their fixed part.
    begins = set(re.findall(r"f\"([a-z_]+\.[a-z_.]*)[{]", source))
    begins |= {f"{place}." for place in re.findall(r"_named\(\"([a-z]+)\"", source)}
    begins |= {"effect.headline_", "summary.effect_"}  # findings.effect_headline has the beginning passed in
    ends = {".number", ".read", ".scroll_hint", "_help", "_exact"}
    unused = {
        key
        for key in known
        if f'"{key}"' not in source and not key.startswith(tuple(begins)) and not key.endswith(tuple(ends))
    }
    assert unused == set()


def test_german_numbers() -> None:
    wording = Wording("de")
    assert wording.number(1234567) == "1.234.567"
    assert wording.number(-0.5, 1) == "−0,5"
    assert wording.number(-0.04, 1) == "0,0"
    assert wording.number(3, signed=True) == "+3"
    assert wording.percent(0.314) == "31\u202f%"
    assert wording.points(-0.05) == "−5 Prozentpunkte"
    assert wording.points(0.01, signed=False) == "1 Prozentpunkt"
    assert wording.percent_range(Interval(value=0.3, lower=0.282, upper=0.341)) == "28 bis 34\u202f%"
    assert wording.percent_range(Interval(value=0.3, lower=None, upper=None)) == ""
    assert wording.date(dt.date(2017, 6, 30)) == "30. Juni 2017"
    assert wording.quarter(Quarter(2017, 2)) == "2. Quartal 2017"
    assert wording.join(["a", "b", "c"]) == "a, b und c"


def test_english_numbers() -> None:
    wording = Wording("en")
    assert wording.number(1234.5, 1) == "1,234.5"
    assert wording.percent(0.314) == "31%"
    assert wording.number(-2) == "−2"


def test_published_cells() -> None:
    wording = Wording("de")
    assert wording.count(Cell(value=None)) == "≤7"
    assert wording.count(Cell(value=1415)) == "1.415"
    assert wording.count(None) == "–"
    assert wording.share(Cell(value=300, share_bound="over_95")) == "über 95\u202f%"
    assert wording.share(Cell(value=None)) == ""
    assert wording.share(Cell(value=10, share=0.0)) == "unter 1\u202f%"
    assert wording.share(Cell(value=2130, share=0.997)) == "über 99\u202f%"
    assert wording.share(Cell(value=0, share=0.0)) == "0\u202f%"


def test_names_come_from_params_and_the_texts(wording: Wording) -> None:
    params = samples.params()
    for key, endpoint in params.endpoints.items():
        assert wording.endpoint(key) == getattr(endpoint.label, wording.language)
        for cause in endpoint.competing:
            assert wording.has(f"causes.{cause}")
    for key, group in params.groups.items():
        for level, label in group.levels.items():
            assert wording.level(key, level) == getattr(label, wording.language)
    for status in ResidenceStatus:
        assert wording.has(f"levels.residence_status.{status}")
    for household in HouseholdType:
        assert wording.has(f"levels.household_type.{household}")
    for domain in Domain:
        assert wording.has(f"levels.domain.{domain}")
    for table in BY_NAME:
        assert wording.has(f"levels.table.{table}")


def test_columns_of_the_case_file_have_the_exports_names() -> None:
    assert Wording("de").column("language_tests.passed") == "Sprachprüfungen: Bestanden"
    assert Wording("en").column("language_tests.passed") == "language tests: passed"


def test_values_are_escaped_in_markup() -> None:
    html = Wording("de").markup("effect.more", n="<script>alert(1)</script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="language"):
        Wording("fr")
