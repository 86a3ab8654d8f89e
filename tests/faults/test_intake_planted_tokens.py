"""A unique token in every identifying and free-text column: refused, and it appears nowhere."""

from __future__ import annotations

import csv
import logging
from pathlib import Path

import pytest

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.schema import Kind, Sensitivity
from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import IntakeRefused
from hamm_eval.synthetic.export import write_city

IDENTIFYING_HEADERS = (
    "Name",
    "Vorname",
    "Anschrift",
    "Telefon",
    "E-Mail",
    "Geburtsdatum",
    "Aktenzeichen",
    "Diagnose",
)
FREE_TEXT_HEADERS = ("Bemerkung", "Gesprächsnotiz")
TOKEN = "Zx9Token"


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write_city(folder, seed=5, persons=40, truth=False)
    return folder


def planted(city: Path, folder: Path, headers: tuple[str, ...]) -> list[str]:
    """The city's export with one more column per header, a token of its own in every cell."""
    folder.mkdir()
    tokens = []
    for path in sorted(city.glob("*.csv")):
        with path.open(encoding="cp1252", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        rows[0] += headers
        for i, row in enumerate(rows[1:]):
            mine = [f"{TOKEN}{path.stem}{i}x{j} und; mehr" for j in range(len(headers))]
            row += mine
            tokens += mine
        with (folder / path.name).open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    return tokens


def test_identifying_and_undeclared_free_text_is_refused_in_every_table(city, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    planted(city, tmp_path / "export", IDENTIFYING_HEADERS + FREE_TEXT_HEADERS)
    checked = check_export(tmp_path / "export", private_findings=tmp_path / "private.csv")
    with pytest.raises(IntakeRefused) as raised:
        read_case_file(tmp_path / "export")
    tables = {path.stem for path in city.glob("*.csv")}
    for rule, headers in (
        ("column_identifying", IDENTIFYING_HEADERS),
        ("column_free_text", FREE_TEXT_HEADERS),
    ):
        named = {(Path(f.file).stem, f.column) for f in checked.findings if f.rule == rule}
        assert named == {(table, header) for table in tables for header in headers}
    captured = capfd.readouterr()
    said = [repr(checked), str(raised.value), repr(raised.value), caplog.text, captured.out, captured.err]
    said += [repr(finding) for finding in checked.findings]
    assert not [text for text in said if TOKEN in text]


def test_nothing_of_declared_free_text_gets_into_a_case_file(city, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    tokens = planted(city, tmp_path / "export", FREE_TEXT_HEADERS)
    case_file = read_case_file(tmp_path / "export", free_text=FREE_TEXT_HEADERS)
    case_file.save(tmp_path / "stored")
    captured = capfd.readouterr()
    said = [repr(case_file), caplog.text, captured.out, captured.err]
    said += [repr(finding) for finding in case_file.findings]
    said += [frame.to_csv() for frame in case_file.tables.values()]
    assert not [text for text in said if TOKEN in text]
    assert tokens
    for path in (tmp_path / "stored").iterdir():
        assert TOKEN.encode() not in path.read_bytes()
    for name, frame in case_file.records.items():
        assert not set(FREE_TEXT_HEADERS) & set(frame.columns), name


@pytest.mark.parametrize("kind", [Kind.CATEGORY, Kind.DATE, Kind.INTEGER, Kind.DECIMAL, Kind.YES_NO])
def test_a_token_in_a_declared_column_is_refused_without_being_named(city, tmp_path, kind):
    """A confidential remark typed into a field of another kind."""
    (tmp_path / "export").mkdir()
    expected = set()
    for table in TABLES:
        path = city / f"{table.german}.csv"
        with path.open(encoding="cp1252", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        for index, column in enumerate(table.columns):
            if column.kind is kind:
                rows[1][index] = f"{TOKEN} Müller"
                expected.add((path.name, 2, column.german))
        with (tmp_path / "export" / path.name).open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    with pytest.raises(IntakeRefused) as raised:
        read_case_file(tmp_path / "export")
    findings = check_export(tmp_path / "export").findings
    assert expected <= {(f.file, f.line, f.column) for f in findings}
    assert not [f for f in findings if TOKEN in repr(f) or "Müller" in repr(f)]
    assert TOKEN not in str(raised.value) + repr(raised.value)


def test_names_in_place_of_pseudonyms_are_refused_without_being_named(city, tmp_path):
    (tmp_path / "export").mkdir()
    expected = set()
    for table in TABLES:
        path = city / f"{table.german}.csv"
        with path.open(encoding="cp1252", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        for index, column in enumerate(table.columns):
            if column.sensitivity is Sensitivity.IDENTIFYING:
                rows[1][index] = f"{TOKEN}, Anna"
                expected.add((path.name, 2, column.german))
        with (tmp_path / "export" / path.name).open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    findings = check_export(tmp_path / "export").findings
    assert expected <= {(f.file, f.line, f.column) for f in findings if f.rule == "id_like_name"}
    assert not [f for f in findings if TOKEN in repr(f)]
