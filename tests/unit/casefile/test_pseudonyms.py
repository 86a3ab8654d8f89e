"""Pseudonymisation: whole or not at all, the same key the same pseudonyms, and no name is left."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from edits import added, cell, extra
from exports import path_of, sound, table_text, write_export
from formats import edit_sheet, typed, write_workbook, write_xlsx
from renaming import rename
from typer.testing import CliRunner

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.proposal import propose_mapping
from hamm_eval.casefile.proposal.write import write_mapping
from hamm_eval.casefile.pseudonyms import create_key, pseudonymise, read_key
from hamm_eval.casefile.pseudonyms.key import Key
from hamm_eval.casefile.schema import Kind, Sensitivity
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cli import app
from hamm_eval.errors import HammEvalError, IntakeRefused, UsageError
from hamm_eval.synthetic.export import write_city

RUNNER = CliRunner()
KEY = Key(bytes(range(32)))
TOKEN = "Qzxv"


def written(folder: Path, table: str) -> list[dict[str, str]]:
    frame = pl.read_csv(path_of(folder, table), separator=";", infer_schema=False)
    return frame.to_dicts()


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def same_but_for_pseudonyms(one: Path, other: Path, mapping: Path | None = None) -> None:
    """Both exports are the same CaseFile when the one's identifiers are replaced."""
    before, after = read_case_file(one, mapping=mapping), read_case_file(other, mapping=mapping)
    assert before.data_cut == after.data_cut
    assert before.records.keys() == after.records.keys()
    for name, records in before.records.items():
        table = BY_NAME[name]
        secret = [c for c in table.columns if c.kind is Kind.ID and c.sensitivity is Sensitivity.IDENTIFYING]
        expected = records.with_columns(
            pl.col(column.name).map_elements(
                lambda text, kind=column.references or f"{name}.{column.name}": KEY.pseudonym(kind, text),
                return_dtype=pl.String,
            )
            for column in secret
        )
        keys = [table.key, "recorded_on"]
        assert expected.sort(keys).equals(after.records[name].select(expected.columns).sort(keys)), name
        for column in secret:
            assert not set(records[column.name].drop_nulls()) & set(after.records[name][column.name]), name


def test_a_city_is_the_same_city_under_pseudonyms_and_passes_the_check(tiny_city, tmp_path):
    before = digest(tiny_city)
    done = pseudonymise(tiny_city, tmp_path / "out", key=KEY)
    assert digest(tiny_city) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert len(done.tables) == 17
    assert check_export(tmp_path / "out").usable
    same_but_for_pseudonyms(tiny_city, tmp_path / "out")


def test_parquet_becomes_csv(tmp_path):
    for file_format in ("csv", "parquet"):
        write_city(tmp_path / file_format, seed=3, persons=60, truth=False, format=file_format)
    pseudonymise(tmp_path / "parquet", tmp_path / "out", key=KEY)
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".csv"}
    same_but_for_pseudonyms(tmp_path / "csv", tmp_path / "out")


@pytest.mark.parametrize("write", [write_xlsx, write_workbook])
def test_workbooks_become_csv(tmp_path, write):
    export = sound()
    for i, cost in enumerate(("1,234", "0,5", "2.500,00")):
        export["measures"].append(
            export["measures"][0] | {"measure_id": f"m{i}", "cost_per_participant": cost}
        )
    write_export(tmp_path / "csv", export)
    source = write(tmp_path / ("book.xlsx" if write is write_workbook else "books"), typed(export))
    pseudonymise(source, tmp_path / "out", key=KEY)
    costs = read_case_file(tmp_path / "out").tables["measures"]["cost_per_participant"]
    assert sorted(costs) == [0.5, 1.234, 1234.56, 2500.0]
    same_but_for_pseudonyms(source, tmp_path / "out")


def test_an_identifier_that_a_sheet_holds_as_a_number_is_refused(tmp_path):
    """Its leading zeros are lost: it would get another pseudonym than in the other tables."""
    folder = write_xlsx(tmp_path / "books", typed())

    def as_number(book: Any, sheet: Any) -> None:
        sheet.write_number(2, BY_NAME["cases"].names.index("person_id"), 217)

    edit_sheet(folder / "faelle.xlsx", as_number, typed()["cases"])
    with pytest.raises(IntakeRefused, match=r"faelle.xlsx:3: Personen-Nr.*number_for_text"):
        pseudonymise(folder, tmp_path / "out", key=KEY)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("seed", [0, 1, 5])  # month first, ISO, day first
def test_a_mapped_source_keeps_its_names_and_notations(tiny_city, tmp_path, seed):
    rename(tiny_city, tmp_path / "source", seed, headers="capitals", words=False)
    mapping = tmp_path / "mapping.yaml"
    write_mapping(mapping, propose_mapping(tmp_path / "source"))
    pseudonymise(tmp_path / "source", tmp_path / "out", key=KEY, mapping=mapping)
    same_but_for_pseudonyms(tmp_path / "source", tmp_path / "out", mapping)


def test_the_same_person_has_the_same_pseudonym_in_every_table_and_quarter(tmp_path):
    folder = write_export(tmp_path / "export")
    pseudonymise(folder, tmp_path / "q1", key=KEY)
    export = sound()
    export["persons"].reverse()
    write_export(tmp_path / "later", export)
    pseudonymise(tmp_path / "later", tmp_path / "q2", key=KEY)
    pseudonymise(folder, tmp_path / "other", key=Key(bytes(32)))
    persons = {row["Personen-Nr"] for row in written(tmp_path / "q1", "persons")}
    assert persons == {row["Personen-Nr"] for row in written(tmp_path / "q2", "persons")}
    assert {row["Personen-Nr"] for row in written(tmp_path / "q1", "cases")} <= persons
    assert not persons & {row["Personen-Nr"] for row in written(tmp_path / "other", "persons")}
    workers = {row["Sozialbetreuer"] for row in written(tmp_path / "q1", "cases")}
    assert workers == {KEY.pseudonym("cases.social_worker", "SB-07")}


def test_what_differs_in_kind_or_in_leading_zeros_differs():
    assert (
        len(
            {KEY.pseudonym(kind, i) for kind in ("persons.person_id", "cases.case_id") for i in ("17", "017")}
        )
        == 4
    )
    assert TOKEN not in KEY.pseudonym("cases.case_id", TOKEN)


@pytest.mark.parametrize(
    "header", ["Nachname", "Anschrift", "Telefon", "E-Mail", "Aktenzeichen", "Bemerkung", "Etage"]
)
def test_what_nobody_declared_is_left_out_and_told_by_its_name_alone(tmp_path, header):
    folder = write_export(tmp_path / "export")
    extra("goals", header)(folder)
    (tmp_path / "mapping.yaml").write_text(f'tables: {{goals: {{free_text: ["{header}"]}}}}')
    for i, arguments in enumerate([[], ["--mapping", str(tmp_path / "mapping.yaml")]]):
        out, key = tmp_path / f"out{i}", tmp_path / f"key{i}"
        done = RUNNER.invoke(
            app, ["pseudonymise", str(folder), str(out), "--key-file", str(key), "--new-key", *arguments]
        )
        assert done.exit_code == 0, done.output
        assert header in done.stdout
        assert TOKEN not in done.output
        assert key.read_text().strip() not in done.output
        for path in out.iterdir():
            assert TOKEN.encode() not in path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0
        assert header not in written(out, "goals")[0]
        assert check_export(out, mapping=arguments[-1] if arguments else None).usable


@pytest.mark.parametrize("header", ["Geburtsmonat", "Geburtsdatum", "Geb.-Datum"])
def test_full_dates_of_birth_are_reduced_to_the_month(tmp_path, header):
    export = sound()
    for i, row in enumerate(export["persons"]):
        row["birth_month"] = f"1{i}.0{i + 1}.199{i}"
    folder = write_export(tmp_path / "export", export)
    path = path_of(folder, "persons")
    path.write_bytes(path.read_bytes().replace(b"Geburtsmonat", header.encode(), 1))
    assert not check_export(folder).usable
    done = pseudonymise(folder, tmp_path / "out", key=KEY)
    assert check_export(tmp_path / "out").usable
    assert [row["Geburtsmonat"] for row in written(tmp_path / "out", "persons")] == [
        f"01.0{i + 1}.199{i}" for i in range(5)
    ]
    (column,) = [c for table in done.tables for c in table.columns if c.action == "month"]
    assert (column.given, column.changed) == (5, 5)


def test_a_date_of_birth_beside_the_month_is_left_out(tmp_path):
    folder = write_export(tmp_path / "export")
    extra("persons", "Geburtsdatum")(folder)
    pseudonymise(folder, tmp_path / "out", key=KEY)
    assert "Geburtsdatum" not in written(tmp_path / "out", "persons")[0]


def test_what_cannot_be_made_safe_stops_everything_by_line_and_without_its_value(tmp_path):
    folder = write_export(tmp_path / "export")
    cell("persons", 1, "birth_month", f"{TOKEN} 1984")(folder)
    path_of(folder, "cases").write_bytes(table_text("cases", sound()["cases"]).encode()[:-30])
    with pytest.raises(IntakeRefused) as raised:
        pseudonymise(folder, tmp_path / "out", key=KEY)
    message = str(raised.value)
    assert "personen.csv:3: Geburtsmonat" in message
    assert "faelle.csv:4" in message
    assert TOKEN not in message
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_a_row_of_totals_becomes_no_record(tmp_path):
    folder = write_export(tmp_path / "export")
    added("participations", {"participation_id": "Summe"})(folder)
    done = {table.table: table for table in pseudonymise(folder, tmp_path / "out", key=KEY).tables}
    assert done["participations"].left_out == 1
    assert (
        done["participations"].rows
        == len(written(tmp_path / "out", "participations"))
        == len(sound()["participations"])
    )


def test_a_headerless_file_and_a_file_of_no_table_are_not_written(tmp_path):
    folder = write_export(tmp_path / "export")
    (folder / "liste.csv").write_text(f"a;b\n{TOKEN};1\n")
    (folder / "brief.pdf").write_text(TOKEN)
    done = pseudonymise(folder, tmp_path / "out", key=KEY)
    assert done.ignored == ("liste.csv", "brief.pdf")
    assert "liste.csv" not in {path.name for path in (tmp_path / "out").iterdir()}
    lines = path_of(folder, "goals").read_bytes().split(b"\r\n")
    path_of(folder, "goals").write_bytes(b"\r\n".join(lines[1:]))
    with pytest.raises(IntakeRefused, match="header_missing"):
        pseudonymise(folder, tmp_path / "out2", key=KEY)


@pytest.mark.parametrize("failure", [OSError(28, "No space left"), KeyboardInterrupt(), ValueError()])
def test_nothing_is_left_of_what_was_not_finished(tmp_path, monkeypatch, failure):
    folder = write_export(tmp_path / "export")
    before = digest(folder)
    calls = []

    def fail(path: Path, content: bytes) -> None:
        calls.append(path)
        if len(calls) == 3:
            raise failure
        path.write_bytes(content)

    monkeypatch.setattr("hamm_eval.casefile.pseudonyms.write.write_private", fail)
    with pytest.raises(HammEvalError if isinstance(failure, OSError) else type(failure)):
        pseudonymise(folder, tmp_path / "out", key=KEY)
    assert len(calls) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["export"]
    assert digest(folder) == before


def test_what_is_there_is_not_overwritten_and_the_export_gets_nothing_new(tmp_path):
    folder = write_export(tmp_path / "export")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").write_text("x")
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "full", folder, folder / "inner", tmp_path / "full" / "kept"):
        with pytest.raises(UsageError):
            pseudonymise(folder, out, key=KEY)
    pseudonymise(folder, tmp_path / "empty", key=KEY)
    assert (tmp_path / "empty").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["kept"]
    assert not (folder / "inner").exists()


def test_a_key_is_random_private_and_made_once(tmp_path):
    create_key(tmp_path / "key")
    create_key(tmp_path / "other")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert read_key(tmp_path / "key") != read_key(tmp_path / "other")
    assert (tmp_path / "key").read_text().strip() not in repr(read_key(tmp_path / "key"))
    with pytest.raises(UsageError, match="would be lost"):
        create_key(tmp_path / "key")


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        ("ab" * 32, 0o640, "Others may read"),
        ("ab" * 32, 0o604, "Others may read"),
        ("secret", 0o600, "holds no key"),
        ("", 0o600, "holds no key"),
    ],
)
def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path, content, mode, told):
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(UsageError, match=told) as raised:
        read_key(path)
    assert not content or content not in str(raised.value)


@pytest.mark.parametrize("place", ["export/key", "out/key"])
def test_a_key_among_the_data_is_refused(tmp_path, place):
    folder = write_export(tmp_path / "export")
    before = digest(folder)
    done = RUNNER.invoke(
        app,
        [
            "pseudonymise",
            str(folder),
            str(tmp_path / "out"),
            "--key-file",
            str(tmp_path / place),
            "--new-key",
        ],
    )
    assert done.exit_code == 2
    assert "among the data" in done.stderr
    assert digest(folder) == before


def test_errors_of_the_command_are_for_people(tmp_path):
    folder = write_export(tmp_path / "export")
    done = RUNNER.invoke(
        app, ["pseudonymise", str(folder), str(tmp_path / "out"), "--key-file", str(tmp_path / "absent")]
    )
    assert done.exit_code == 2
    assert "--new-key" in done.stderr
    (tmp_path / "empty").mkdir()
    create_key(tmp_path / "key")
    done = RUNNER.invoke(
        app,
        ["pseudonymise", str(tmp_path / "empty"), str(tmp_path / "out"), "--key-file", str(tmp_path / "key")],
    )
    assert done.exit_code == 2
    assert "hamm-eval map" in done.stderr
    assert not (tmp_path / "out").exists()
