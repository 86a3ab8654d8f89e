"""The declarations hold together, and what is written from them is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hamm_eval.casefile.dictionary import data_dictionary
from hamm_eval.casefile.extra_columns import free_text, identifying
from hamm_eval.casefile.names import folded, nearest, tidy
from hamm_eval.casefile.rules import RULES
from hamm_eval.casefile.schema import Kind, Sensitivity
from hamm_eval.casefile.tables import BY_NAME, TABLES

ROOT = Path(__file__).parents[3]


def test_the_data_dictionary_is_current():
    written = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert written == data_dictionary(), "write it anew: python -m hamm_eval.casefile.dictionary"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_its_key_first_and_its_recording_last(table):
    assert table.columns[0].kind is Kind.ID
    assert table.columns[0].required
    assert table.names[-1] == "recorded_on"
    assert len(set(table.names)) == len(table.names)
    headers = [folded(column.german) for column in table.columns]
    assert len(set(headers)) == len(headers)
    for column in table.columns:
        assert (column.kind is Kind.CATEGORY) == bool(column.categories)
        words = [folded(word) for word in column.categories.values()]
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_references_and_spells_lead_somewhere(table):
    for column in table.columns:
        if column.references:
            target, name = column.references.split(".")
            assert BY_NAME[target].key == name
    for name in (*(table.spell or ()), *([table.one_at_a_time] if table.one_at_a_time else [])):
        assert name in table.names


def test_our_and_the_german_words_of_a_category_never_disagree():
    for table in TABLES:
        for column in table.columns:
            german = {folded(word): name for name, word in column.categories.items()}
            for name in column.categories:
                assert german.get(folded(name), name) == name


def test_ids_of_persons_are_identifying():
    for table in TABLES:
        for column in table.columns:
            if column.name in ("person_id", "household_id", "case_id", "social_worker"):
                assert column.sensitivity is Sensitivity.IDENTIFYING


def test_rules_speak_two_languages_with_the_same_details():
    for rule in RULES:
        in_german = {name.removesuffix("_de") for name in re.findall(r"{(\w+)}", rule.de)}
        in_english = {name.removesuffix("_en") for name in re.findall(r"{(\w+)}", rule.en)}
        assert in_german == in_english, rule.id
        assert rule.de != rule.en


CONFIDENTIAL = (
    "Name; Vorname; Nachname; NACHNAME; Familien-Name; Name, Vorname; first_name; Last Name; Ansprechpartner;"
    "Anschrift; Straße; Str.; Strasse; PLZ; Wohnort; address; Telefon; Tel.; Mobil; Handy-Nr; E-Mail; Email;"
    "Kontakt; Kontaktdaten; Konto;"
    "Mailadresse; Geburtsdatum; geb. am; Geburtstag; date of birth; birthdate; Aktenzeichen; AZ; Ausweis-Nr;"
    "AZR-Nummer; IBAN; Versicherungsnummer; Diagnose; Erkrankungen; ICD-10; Behinderung; Schwangerschaft;"
    "Traumatisierung; Medikamente; health_status; Religion; Lichtbild"
)


@pytest.mark.parametrize("header", CONFIDENTIAL.split(";"))
def test_a_header_that_speaks_of_confidential_content_is_recognised(header):
    assert identifying(header) is not None


@pytest.mark.parametrize(
    "header", ["Bemerkungen", "Kommentar", "Notizen", "Freitext", "Beschreibung", "remarks", "free text"]
)
def test_a_header_that_speaks_of_free_text_is_recognised(header):
    assert free_text(header)


@pytest.mark.parametrize(
    "header",
    ["Etage", "Kursart", "Wochenstunden", "Kursname", "Dienststelle", "Stadtbezirk", "Anzahl Termine"],
)
def test_an_ordinary_header_is_not_suspected(header):
    assert identifying(header) is None
    assert not free_text(header)


def test_no_declared_header_is_suspected():
    """Declared columns are judged by their declaration; a suspicious header would confuse data owners."""
    suspected = {column.german for table in TABLES for column in table.columns if identifying(column.german)}
    assert suspected == set()


def test_names_compare_across_spellings():
    assert tidy(" Gu\u0308ltig\u00a0 ab\ufeff") == "Gültig ab"
    assert folded("GÜLTIG AB") == folded("gu\u0308ltig ab")
    assert nearest("Bleibeperspektve", ["anerkannt", "Bleibeperspektive"]) == "Bleibeperspektive"
    assert nearest("xyz", ["anerkannt"]) is None
