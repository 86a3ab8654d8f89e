"""An undeclared column is called by its name only where that name cannot be somebody's value."""

from __future__ import annotations

import pytest
from edits import TOKEN, extra
from exports import path_of, sound, table_text, write_export

from hamm_eval.casefile import check_export
from hamm_eval.casefile.plan import DECLARED_WORDS
from hamm_eval.casefile.readers.plausible import first_record_at, is_data, plausible

KNOWN = {"personen-nr", "beginn", "massnahmen-nr", "erfasst am", "recorded_on"}
NAMES = (
    "Nachname",
    "Bemerkung",
    "E-Mail",
    "Straße/Hausnr.",
    "Datum (alt)",
    "Beginndatum",
    "Etage",
    "Schulort",
)
DATA = (
    *("P-000001", "000117", "SB-0018", "1234567", "Tel 02381 171717", "+49-2381-1", "0171 123"),
    *("01.03.1980", "2017-03-01", "5/2017/1", "geb. 1.3.80", "2450,00", "anna@example.org"),
    *("B1", "ja", "no", "refugee", "Flüchtling", "keine Bleibeperspektive"),
)
DOUBTFUL = (
    "Erfasst amP-000001",
    "Erfasst amjob_coaching",
    "Maßnahmen-Nrjob_coaching",
    "recorded_onx",
    "BeginnAnna",
    "xFlüchtling",
    "Flüchtling neu",
    "sprachli",
    "Integra",
    "Meier, Anna",
    "Kurs 1",
    "Stand 2016",
    "x" * 41,
    "\ufffd",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name(name):
    assert plausible(name, KNOWN, DECLARED_WORDS)
    assert not is_data(name, DECLARED_WORDS)


@pytest.mark.parametrize("name", DATA)
def test_a_value_is_none(name):
    assert not plausible(name, KNOWN, DECLARED_WORDS)
    assert is_data(name, DECLARED_WORDS)


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_might_be_a_value_is_not_told(name):
    assert not plausible(name, KNOWN, DECLARED_WORDS)


@pytest.mark.parametrize(
    ("header", "rule", "shown"),
    [
        ("Nachname", "column_identifying", "Nachname"),
        ("Bemerkung", "column_free_text", "Bemerkung"),
        ("Etage", "column_extra", "Etage"),
        ("Telefon 2", "column_identifying", "#7"),
        ("F-000001", "column_extra", "#7"),
        ("Bleibeperspektive", "column_extra", "#7"),
    ],
)
def test_an_undeclared_column_is_found_and_told_where_it_can_be(tmp_path, header, rule, shown):
    folder = write_export(tmp_path / "export")
    extra("goals", header)(folder)
    (finding,) = [f for f in check_export(folder).findings if f.file == "ziele.csv"]
    assert (finding.rule, finding.column) == (rule, shown)


def test_one_value_in_a_header_puts_every_undeclared_name_in_doubt(tmp_path):
    folder = write_export(tmp_path / "export")
    rows = [row | {"Meier": TOKEN, "P-000001": TOKEN} for row in sound()["goals"]]
    text = table_text("goals", rows, further=("Meier", "P-000001"))
    path_of(folder, "goals").write_bytes(text.encode("cp1252"))
    assert [f.column for f in check_export(folder).findings if f.file == "ziele.csv"] == ["#7", "#8"]


def test_what_resembles_a_missing_column_is_told_by_its_position(tmp_path):
    folder = write_export(tmp_path / "export")
    path = path_of(folder, "goals")
    path.write_bytes(path.read_bytes().replace(b"Erfasst am", b"Erfasst am 4711", 1))
    found = {f.rule: f for f in check_export(folder).findings if f.file == "ziele.csv"}
    assert found["column_missing"].column == "Erfasst am"
    assert "Spalte #6 ähnelt ihr." in found["column_missing"].text_de
    assert "Column #6 resembles it." in found["column_missing"].text_en
    assert found["column_extra"].column == "#6"
    assert not [f for f in found.values() if "4711" in f.text_de + f.text_en + f.where]


def test_a_line_of_many_more_cells_than_its_rows_is_a_header_run_on():
    names = ["Personen-Nr", "Beginn", "Meier", "Anna", "Hamm"]
    assert first_record_at(names, [2, 2], KNOWN, DECLARED_WORDS) == 2
    assert first_record_at(names, [5, 5], KNOWN, DECLARED_WORDS) is None
    assert first_record_at(names, [4, 4], KNOWN, DECLARED_WORDS) is None
    assert first_record_at([*names, "B1"], [4, 4, 6], KNOWN, DECLARED_WORDS) == 2
