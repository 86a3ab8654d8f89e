"""One export in four formats: the same records, whatever it is read from."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from exports import write_export
from formats import typed, write_database, write_parquet, write_workbook, write_xlsx
from postgresql_server import VARIABLE
from typer.testing import CliRunner

from hamm_eval.casefile import CaseFile, check_export, read_case_file
from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.readers import postgresql
from hamm_eval.casefile.readers.text_table import Wanted
from hamm_eval.casefile.readers.xlsx import read_xlsx
from hamm_eval.casefile.rules.sources import SOURCE_RULES
from hamm_eval.casefile.tables import TABLES
from hamm_eval.cli import app
from hamm_eval.errors import UsageError
from hamm_eval.source import Postgresql
from hamm_eval.synthetic.export import write_city


def assert_same_records(found: CaseFile, expected: CaseFile) -> None:
    assert list(found.records) == list(expected.records)
    for name, frame in expected.records.items():
        assert found.records[name].schema == frame.schema, name
        assert found.records[name].equals(frame), name
    assert found.counts == expected.counts
    assert found.data_cut == expected.data_cut


@pytest.fixture
def expected(tmp_path: Path) -> CaseFile:
    return read_case_file(write_export(tmp_path / "csv"))


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: write_parquet(folder / "parquet", typed()),
        lambda folder: write_xlsx(folder / "xlsx", typed()),
        lambda folder: write_workbook(folder / "stadt.xlsx", typed()),
    ],
    ids=["parquet", "workbooks", "workbook"],
)
def test_every_kind_of_file_gives_the_same_records(tmp_path, expected, write):
    assert_same_records(read_case_file(write(tmp_path)), expected)


def test_a_database_gives_the_same_records(schema, expected):
    connection, name = schema
    write_database(connection, name, typed())
    assert_same_records(read_case_file(Postgresql(url_from=VARIABLE, schema=name)), expected)


def test_a_folder_may_hold_several_formats(tmp_path, expected):
    folder = tmp_path / "mixed"
    tables = typed()
    write_parquet(folder, {name: tables[name] for name in ("persons", "goals")})
    write_xlsx(folder, {name: tables[name] for name in ("households", "measures")})
    rest = [name for name in tables if name not in ("persons", "goals", "households", "measures")]
    full = tmp_path / "csv"
    for table in TABLES:
        if table.name in rest:
            (folder / f"{table.german}.csv").write_bytes((full / f"{table.german}.csv").read_bytes())
    assert_same_records(read_case_file(folder), expected)


def test_one_table_in_two_formats_is_ambiguous(tmp_path):
    folder = write_export(tmp_path / "export")
    write_parquet(folder, {"goals": typed()["goals"]})
    (found,) = [f for f in check_export(folder).findings if f.rule == "file_ambiguous"]
    assert "ziele.csv, ziele.parquet" in found.text_de
    assert not check_export(folder).usable


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One synthetic city as CSV and as Parquet."""
    folders = tmp_path_factory.mktemp("csv"), tmp_path_factory.mktemp("parquet")
    for folder, kind in zip(folders, ("csv", "parquet"), strict=True):
        write_city(folder, seed=11, persons=60, truth=False, format=kind)
    return folders


def test_a_city_is_the_same_in_every_format(city, tmp_path, schema):
    csv, parquet = city
    expected = read_case_file(csv)
    assert_same_records(read_case_file(parquet), expected)
    tables = {t.name: pq.read_table(parquet / f"{t.german}.parquet") for t in TABLES}
    assert_same_records(read_case_file(write_workbook(tmp_path / "stadt.xlsx", tables)), expected)
    connection, name = schema
    write_database(connection, name, tables)
    assert_same_records(read_case_file(Postgresql(url_from=VARIABLE, schema=name)), expected)


def test_what_was_found_is_recorded(tmp_path, schema):
    connection, name = schema
    write_database(connection, name, typed())
    write_export(tmp_path / "csv")
    write_parquet(tmp_path / "parquet", typed())
    write_xlsx(tmp_path / "xlsx", typed())
    places = (
        tmp_path / "csv",
        tmp_path / "parquet",
        tmp_path / "xlsx",
        Postgresql(url_from=VARIABLE, schema=name),
    )
    seen = {}
    for place in places:
        checked = check_export(place)
        by_table = {record.table: record for record in checked.sources}
        assert checked.case_file is not None
        assert checked.case_file.sources == checked.sources
        record = by_table["measures"]
        seen[record.format] = (record.file, record.encoding, record.delimiter, record.rows)
        kinds = {"CSV": ("dd.mm.yyyy", ",")}.get(record.format, ("yyyy-mm-dd", "."))
        notations = record.notations
        assert (notations["available_from"], notations["cost_per_participant"]) == kinds
        assert "available_until" not in notations  # empty: nothing was found
        assert len(record.digest) == 64
    assert seen == {
        "CSV": ("massnahmen.csv", "cp1252", ";", 1),
        "Parquet": ("massnahmen.parquet", "", "", 1),
        "XLSX": ("massnahmen.xlsx", "", "", 1),
        "PostgreSQL": (f"{name}.massnahmen", "", "", 1),
    }


def test_a_stored_case_file_keeps_what_was_found(tmp_path):
    case_file = read_case_file(write_export(tmp_path / "csv"))
    case_file.save(tmp_path / "stored")
    assert CaseFile.load(tmp_path / "stored").sources == case_file.sources


def test_a_database_is_read_in_an_order_of_its_own(schema):
    """Rows come as the server pleases: digest and row numbers must not follow it."""
    connection, name = schema
    tables = typed()
    write_database(connection, name, tables)
    place = Postgresql(url_from=VARIABLE, schema=name)
    before = read_case_file(place)
    connection.execute(f"CREATE TABLE {name}.turned AS SELECT * FROM {name}.personen ORDER BY 1 DESC")
    connection.execute(f"TRUNCATE {name}.personen")
    connection.execute(f"INSERT INTO {name}.personen SELECT * FROM {name}.turned")
    after = read_case_file(place)
    assert after.digest == before.digest
    connection.execute(f"UPDATE {name}.personen SET \"Herkunft\" = 'Afrika' WHERE \"Personen-Nr\" = '000117'")
    assert check_export(place).sources[0].digest != before.sources[0].digest


def test_rows_beyond_one_block_are_read(schema, monkeypatch):
    connection, name = schema
    write_database(connection, name, typed())
    place = Postgresql(url_from=VARIABLE, schema=name)
    whole = read_case_file(place)
    monkeypatch.setattr(postgresql, "_ROWS_AT_ONCE", 2)
    assert_same_records(read_case_file(place), whole)


def test_a_database_is_only_read(schema, monkeypatch):
    """What reads holds a read-only transaction: a function called by a view cannot write either."""
    connection, name = schema
    write_database(connection, name, typed())
    connection.execute(f"CREATE TABLE {name}.log (at timestamp)")
    connection.execute(
        f"CREATE FUNCTION {name}.spy() RETURNS boolean LANGUAGE sql VOLATILE AS "
        f"$$ INSERT INTO {name}.log VALUES (now()) RETURNING true $$"
    )
    connection.execute(f"ALTER TABLE {name}.ziele RENAME TO ziele_")
    connection.execute(f"CREATE VIEW {name}.ziele AS SELECT * FROM {name}.ziele_ WHERE {name}.spy()")
    with pytest.raises(UsageError, match="refuses to read"):
        check_export(Postgresql(url_from=VARIABLE, schema=name))
    assert connection.execute(f"SELECT count(*) FROM {name}.log").fetchone() == (0,)


def test_the_frame_of_a_reader_is_text(tmp_path):
    """The seam: strings only, besides the row's place and the marks of typed cells."""
    folder = write_xlsx(tmp_path / "xlsx", typed())
    wanted = Wanted({"ziel-nr"}, set(), lambda header, _: {n: i for i, n in enumerate(header.names)})
    text = read_xlsx(folder / "ziele.xlsx", wanted, Collector().in_file("ziele.xlsx", "goals"))
    assert text is not None
    assert set(text.frame.select(list(text.headers)).dtypes) == {pl.String}


def test_every_source_rule_has_a_defect():
    """Those of `test_every_rule` lie in text files; these need other formats."""
    here = Path(__file__).parent
    tests = ("test_workbooks.py", "test_typed_sources.py", "test_declared_text_files.py")
    text = "".join((here / name).read_text(encoding="utf-8") for name in tests)
    assert [rule.id for rule in SOURCE_RULES if f'"{rule.id}"' not in text] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", ("CSV", "Semikolon", "TT.MM.JJJJ")), ("en", ("CSV", "semicolon", "dd.mm.yyyy"))],
)
def test_check_shows_how_each_file_was_understood(tmp_path, language, words):
    folder = write_export(tmp_path / "csv")
    result = CliRunner().invoke(app, ["check", str(folder), "--language", language])
    (line, *_) = [line for line in result.stdout.splitlines() if "massnahmen.csv" in line]
    assert all(word in line for word in words)


def test_check_reads_a_workbook(tmp_path):
    path = write_workbook(tmp_path / "stadt.xlsx", typed())
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 0
    (line, *_) = [line for line in result.stdout.splitlines() if "stadt.xlsx[massnahmen]" in line]
    assert "XLSX" in line
    assert "JJJJ-MM-TT" in line
