"""What a mapping says of text files is believed only as far as the bytes bear it out."""

from __future__ import annotations

import pytest
from exports import path_of, sound, table_text, write_export

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.mapping import SourceMapping, load_mapping
from hamm_eval.casefile.rules import Severity
from hamm_eval.errors import ParamsError

ENCODINGS = ("utf-8", "utf-16", "cp1252", "iso-8859-15", "cp850")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_declared_encoding_is_used(tmp_path, encoding):
    expected = read_case_file(write_export(tmp_path / "reference"))
    folder = write_export(tmp_path / "export")
    path_of(folder, "persons").write_bytes(table_text("persons", sound()["persons"]).encode(encoding))
    mapping = SourceMapping.model_validate({"tables": {"persons": {"encoding": encoding}}})
    case_file = read_case_file(folder, mapping=mapping)
    assert case_file.records["persons"].equals(expected.records["persons"])
    assert {record.encoding for record in case_file.sources if record.table == "persons"} == {encoding}


def test_an_encoding_that_cannot_be_told_is_read_once_it_is_declared(tmp_path):
    """DOS's code page: its umlauts are bytes that Windows-1252 does not have."""
    folder = write_export(tmp_path / "export")
    path_of(folder, "persons").write_bytes(table_text("persons", sound()["persons"]).encode("cp850"))
    assert {f.rule for f in check_export(folder).findings if f.severity is Severity.REFUSE} == {
        "encoding_unknown"
    }
    mapping = SourceMapping.model_validate({"tables": {"persons": {"encoding": "cp850"}}})
    assert check_export(folder, mapping=mapping).usable


@pytest.mark.parametrize(
    ("written", "declared", "rule"),
    [("cp1252", "utf-8", "encoding_declared"), ("utf-8", "cp1252", "mojibake")],
)
def test_an_encoding_that_the_bytes_contradict_is_refused(tmp_path, written, declared, rule):
    folder = write_export(tmp_path / "export")
    path_of(folder, "persons").write_bytes(table_text("persons", sound()["persons"]).encode(written))
    mapping = SourceMapping.model_validate({"tables": {"persons": {"encoding": declared}}})
    found = [f for f in check_export(folder, mapping=mapping).findings if f.severity is Severity.REFUSE]
    assert {(f.rule, f.file) for f in found} == {(rule, "personen.csv")}
    assert found[0].line == 2


def test_a_declared_encoding_turns_no_workbook_into_text(tmp_path):
    folder = write_export(tmp_path / "export")
    path_of(folder, "goals").write_bytes(b"PK\x03\x04\xff" + bytes(50))
    mapping = SourceMapping.model_validate({"encoding": "utf-8"})
    found = [f for f in check_export(folder, mapping=mapping).findings if f.file == "ziele.csv"]
    assert [f.rule for f in found] == ["file_type"]


def test_an_ambiguous_delimiter_is_read_once_it_is_declared(tmp_path):
    folder = write_export(tmp_path / "export")
    text = table_text("goals", sound()["goals"])
    header, rest = text.split("\r\n", 1)
    parts = header.split(";")
    ambiguous = ";".join([*parts, "Ort,Bereich"]) + "\r\n" + rest.replace("\r\n", ";x\r\n")
    path_of(folder, "goals").write_bytes(ambiguous.encode("cp1252"))
    found = [f.rule for f in check_export(folder).findings if f.severity is Severity.REFUSE]
    assert found == ["delimiter_ambiguous"]
    mapping = SourceMapping.model_validate({"tables": {"goals": {"delimiter": ";"}}})
    assert check_export(folder, mapping=mapping).usable


def test_a_delimiter_that_nobody_guesses_is_read_once_it_is_declared(tmp_path):
    folder = write_export(tmp_path / "export")
    text = table_text("goals", sound()["goals"], delimiter="|")
    path_of(folder, "goals").write_bytes(text.encode("cp1252"))
    assert not check_export(folder).usable
    mapping = SourceMapping.model_validate({"delimiter": ";", "tables": {"goals": {"delimiter": "|"}}})
    case_file = read_case_file(folder, mapping=mapping)
    assert {r.table: r.delimiter for r in case_file.sources}["goals"] == "|"


def test_a_word_that_is_no_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text("tables:\n  goals:\n    encoding: latin\n")
    with pytest.raises(ParamsError) as raised:
        load_mapping(path)
    assert raised.value.problems[0].where == f"{path}:3: tables.goals.encoding"
