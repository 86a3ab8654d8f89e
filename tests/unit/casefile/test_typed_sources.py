"""Parquet and PostgreSQL: types are taken at their word, and what has no known text is refused."""

from __future__ import annotations

import datetime as dt
import decimal
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from edits import TOKEN
from exports import write_export
from formats import _SQL, make_table, typed, write_database, write_parquet
from postgresql_server import VARIABLE

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.findings import Finding
from hamm_eval.casefile.mapping import SourceMapping
from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import IntakeRefused, UsageError
from hamm_eval.source import Postgresql

GOALS = "ziele.parquet"
MIDNIGHT = dt.datetime(2016, 3, 1)


def refusing(place: Any) -> list[Finding]:
    return [f for f in check_export(place).findings if f.severity is Severity.REFUSE]


def with_column(folder: Path, header: str, values: pa.Array, table: str = "goals") -> Path:
    """The sound export as Parquet, one column of one table another."""
    tables = typed()
    at = tables[table].column_names.index(header)
    tables[table] = tables[table].set_column(at, header, values)
    return write_parquet(folder / "parquet", tables)


COLUMNS = {
    "a floating number for an id": ("Personen-Nr", pa.array([217.0]), "number_for_text", 1),
    "a day for an id": ("Ziel-Nr", pa.array([dt.date(2016, 1, 2)]), "number_for_text", 1),
    "a point of time with a zone": (
        "Vereinbart am",
        pa.array([MIDNIGHT], pa.timestamp("us", "UTC")),
        "column_type",
        None,
    ),
    "a time of day": ("Vereinbart am", pa.array([dt.time(10)]), "column_type", None),
    "a list": ("Bereich", pa.array([["sprachlich"]]), "column_type", None),
    "a structure": ("Bereich", pa.array([{"a": TOKEN}]), "column_type", None),
    "bytes": ("Bereich", pa.array([b"sprachlich"]), "column_type", None),
    "a day with a time": (
        "Vereinbart am",
        pa.array([dt.datetime(2016, 3, 1, 10, 30)]),
        "date_with_time",
        1,
    ),
    "Excel's count of days": ("Vereinbart am", pa.array([42430]), "date_excel_serial", 1),
    "a day written as a number": ("Vereinbart am", pa.array([20160301]), "date_not_readable", 1),
    "a day written as American text": (
        "Vereinbart am",
        pa.array(["03/01/2016"]),
        "date_other_format",
        1,
    ),
    "a day of no calendar": (
        "Vereinbart am",
        pa.array([2**31 - 1], pa.int32()).cast(pa.date32()),
        "date_not_readable",
        1,
    ),
    "a moment of no calendar": (
        "Vereinbart am",
        pa.array([2**63 - 1], pa.int64()).cast(pa.timestamp("ms")),
        "date_not_readable",
        1,
    ),
    "a day that is none": ("Vereinbart am", pa.array(["31.02.2016"]), "date_no_such_day", 1),
    "a number for a category": ("Bereich", pa.array([3]), "category_unknown", 1),
    "a word nobody knows": ("Bereich", pa.array([TOKEN]), "category_unknown", 1),
    "destroyed umlauts": ("Bereich", pa.array(["Ã¼ber"]), "mojibake", 1),
    "a NUL byte": ("Bereich", pa.array(["a\x00"]), "control_character", 1),
    "nothing": ("Bereich", pa.nulls(1), "required", 1),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_that_cannot_be_read_is_named_with_its_place(tmp_path, name):
    header, values, rule, row = COLUMNS[name]
    folder = with_column(tmp_path, header, values)
    found = refusing(folder)
    assert (rule, GOALS, header.casefold(), row) in [
        (f.rule, f.file, f.column.casefold(), f.line) for f in found
    ]
    with pytest.raises(IntakeRefused) as raised:
        read_case_file(folder)
    assert TOKEN not in str(raised.value)


SOUND = {
    "midnight": ("agreed_on", pa.array([MIDNIGHT]), "goals"),
    "nanoseconds": ("agreed_on", pa.array([MIDNIGHT], pa.timestamp("ns")), "goals"),
    "German text": ("agreed_on", pa.array(["01.03.2016"]), "goals"),
    "words": ("domain", pa.array(["sprachlich"]), "goals"),
    "large words": ("domain", pa.array(["sprachlich"], pa.large_string()), "goals"),
    "a whole floating number": ("attainment_score", pa.array([-1.0]), "goal_reviews"),
    "an exact decimal": (
        "cost_per_participant",
        pa.array([decimal.Decimal("1234.56")], pa.decimal128(10, 2)),
        "measures",
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_other_types_of_the_same_values_give_the_same_records(tmp_path, name):
    column, values, table = SOUND[name]
    header = BY_NAME[table].column(column).german
    expected = read_case_file(write_export(tmp_path / "csv"))
    found = read_case_file(with_column(tmp_path, header, values, table))
    assert found.records[table].equals(expected.records[table])


def test_whole_numbers_are_ids_where_their_type_says_so(tmp_path):
    """An integer column never had leading zeros."""
    tables = typed()
    for name in ("goals", "goal_reviews"):
        at = tables[name].column_names.index("Ziel-Nr")
        tables[name] = tables[name].set_column(at, "Ziel-Nr", pa.array([1]))
    goals = read_case_file(write_parquet(tmp_path / "parquet", tables)).records["goals"]
    assert goals["goal_id"].to_list() == ["1"]


def test_a_mapping_for_text_does_not_bend_what_is_typed(tmp_path):
    """Days and decimals that the file holds typed are not read by the format that its texts have."""
    mapping = SourceMapping.model_validate(
        {
            "date_format": "mm/dd/yyyy",
            "decimal": ",",
            "tables": {"language_tests": {"values": {"passed": {"J": True}}}},
        }
    )
    expected = read_case_file(write_export(tmp_path / "csv"))
    found = read_case_file(write_parquet(tmp_path / "parquet", typed()), mapping=mapping)
    for name, frame in expected.records.items():
        assert found.records[name].equals(frame), name


FILES = {
    "a renamed text file": (b"Ziel-Nr;Personen-Nr\n1;2\n", "file_type", "Text"),
    "a workbook": (b"PK\x03\x04" + bytes(100), "file_type", "XLSX"),
    "half a file": (None, "file_damaged", "Parquet"),
    "nothing": (b"", "file_empty", "leer"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_parquet_is_told_what_it_is(tmp_path, name):
    content, rule, said = FILES[name]
    folder = write_parquet(tmp_path / "parquet", typed())
    data = (folder / GOALS).read_bytes()
    (folder / GOALS).write_bytes(data[: len(data) // 2] if content is None else content)
    (found,) = refusing(folder)
    assert (found.rule, found.file, said in found.text_de) == (rule, GOALS, True)


def test_headers_are_matched_as_everywhere(tmp_path):
    folder = write_parquet(tmp_path / "parquet", typed())
    goals = typed()["goals"]
    names = list(goals.column_names)
    text = pa.array([TOKEN])
    for changed, rule in (
        (goals.rename_columns([f" {names[0].upper()}\u00a0", *names[1:]]), "header_normalised"),
        (goals.drop_columns([names[2]]), "column_missing"),
        (goals.append_column("Telefon", text), "column_identifying"),
        (goals.append_column("Bemerkung", text), "column_free_text"),
        (goals.append_column(names[0].lower(), text), "column_duplicate"),
        (goals.append_column("Farbe", text), "column_extra"),
        (goals.slice(0, 0), "header_only"),
        (goals.rename_columns([f"x{i}" for i in range(len(names))]), "header_missing"),
    ):
        pq.write_table(changed, folder / GOALS)
        found = [f for f in check_export(folder).findings if f.file == GOALS]
        assert [f.rule for f in found] == [rule]
        assert [f.line for f in found] == [None]


# --- PostgreSQL ------------------------------------------------------------------------------------


def place(name: str) -> Postgresql:
    return Postgresql(url_from=VARIABLE, schema=name)


def replace_table(connection: Any, schema: str, table: str, types: dict[str, str]) -> None:
    """A table of the sound export anew, some columns of another type."""
    german = {c.german: _SQL.get(c.kind, "text") for c in BY_NAME[table].columns}
    connection.execute(f"DROP TABLE {schema}.{BY_NAME[table].german}")
    make_table(connection, f"{schema}.{BY_NAME[table].german}", german | types, typed()[table].to_pylist())


def goals_header(name: str) -> str:
    return BY_NAME["goals"].column(name).german


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("timestamptz", "column_type"),
        ("json", "column_type"),
        ("integer[]", "column_type"),
        ("interval", "column_type"),
    ],
)
def test_a_database_column_without_a_known_text_is_refused(schema, kind, rule):
    connection, name = schema
    write_database(connection, name, typed())
    connection.execute(f'ALTER TABLE {name}.ziele DROP COLUMN "{goals_header("agreed_on")}"')
    connection.execute(f'ALTER TABLE {name}.ziele ADD COLUMN "{goals_header("agreed_on")}" {kind}')
    (found,) = refusing(place(name))
    assert (found.rule, found.file, found.column) == (rule, f"{name}.ziele", goals_header("agreed_on"))


@pytest.mark.parametrize("kind", ["timestamp", "text", "varchar(20)", "char(20)"])
def test_other_database_types_of_the_same_days_give_the_same_records(schema, tmp_path, kind):
    connection, name = schema
    write_database(connection, name, typed())
    replace_table(connection, name, "goals", {goals_header("agreed_on"): kind})
    expected = read_case_file(write_export(tmp_path / "csv"))
    assert read_case_file(place(name)).records["goals"].equals(expected.records["goals"])


def test_enumerations_domains_numbers_and_infinity_are_read(schema, tmp_path):
    connection, name = schema
    tables = typed()
    write_database(connection, name, tables)
    status = BY_NAME["residence_status"]
    header, until = status.column("status").german, status.column("valid_until").german
    connection.execute(f"CREATE TYPE {name}.status AS ENUM ('Bleibeperspektive', 'anerkannt')")
    connection.execute(f"CREATE DOMAIN {name}.day AS date")
    replace_table(connection, name, "residence_status", {header: f"{name}.status", until: f"{name}.day"})
    connection.execute(
        f"""UPDATE {name}.aufenthaltsstatus SET "{until}" = 'infinity' WHERE "{until}" = '9999-12-31'"""
    )
    expected = read_case_file(write_export(tmp_path / "csv"))
    checked = check_export(place(name))
    assert checked.case_file is not None
    found = checked.case_file.records["residence_status"]
    assert found.equals(expected.records["residence_status"])
    assert [f.count for f in checked.findings if f.rule == "date_open_end"] == [1]


def test_a_floating_database_column_is_no_id(schema):
    connection, name = schema
    write_database(connection, name, typed())
    connection.execute(f"ALTER TABLE {name}.ziele ADD COLUMN n float8 DEFAULT 217.5")
    header = goals_header("person_id")
    connection.execute(f'ALTER TABLE {name}.ziele DROP COLUMN "{header}"')
    connection.execute(f'ALTER TABLE {name}.ziele RENAME COLUMN n TO "{header}"')
    (found,) = refusing(place(name))
    assert (found.rule, found.line) == ("number_for_text", 1)
    assert "217" not in found.text_de + found.text_en


def test_missing_and_double_tables_and_columns_are_named(schema):
    connection, name = schema
    write_database(connection, name, typed())
    connection.execute(f"ALTER TABLE {name}.personen RENAME TO persohnen")
    connection.execute(f"CREATE VIEW {name}.goals AS SELECT * FROM {name}.ziele")
    connection.execute(
        f'ALTER TABLE {name}.faelle DROP COLUMN "{BY_NAME["cases"].column("opened_on").german}"'
    )
    found = {f.rule: f for f in refusing(place(name))}
    assert found["file_missing"].file == f"{name}.personen"
    assert f"{name}.persohnen" in found["file_missing"].text_de
    assert f"{name}.ziele, {name}.goals" in found["file_ambiguous"].text_de
    assert found["column_missing"].file == f"{name}.faelle"


def test_a_mapping_names_database_tables(schema, tmp_path):
    connection, name = schema
    write_database(connection, name, typed())
    connection.execute(f'ALTER TABLE {name}.ziele RENAME TO "T_Ziel"')
    mapping = SourceMapping.model_validate({"tables": {"goals": {"file": "T_Ziel"}}})
    expected = read_case_file(write_export(tmp_path / "csv"))
    found = read_case_file(place(name), mapping=mapping)
    assert found.records["goals"].equals(expected.records["goals"])


SECRET = "Zx9Secret"


def test_what_keeps_from_connecting_is_told_without_the_address(schema, database, monkeypatch, tmp_path):
    _, name = schema
    nowhere = f"postgresql://{SECRET}:{SECRET}@/{SECRET}?host={tmp_path}"
    for address, said in (
        ("", "not set"),
        (SECRET, "not the address"),
        (f"mysql://{SECRET}@localhost/x", "not the address"),
        (nowhere, "cannot be reached"),
        (database.replace("/postgres?", f"/{SECRET}?"), "cannot be reached"),
        (f"postgresql://{SECRET}@127.0.0.1:1/x", "cannot be reached"),
    ):
        monkeypatch.setenv(VARIABLE, address)
        with pytest.raises(UsageError, match=said) as raised:
            check_export(place(name))
        assert raised.value.__cause__ is None
        assert SECRET not in str(raised.value)
        assert VARIABLE in str(raised.value)


def test_a_schema_that_is_not_there_is_named(schema):
    with pytest.raises(UsageError, match="no such schema") as raised:
        check_export(place("export_of_nobody"))
    assert schema[1] in str(raised.value)


def test_a_missing_right_is_told_without_the_servers_words(schema, monkeypatch, database):
    connection, name = schema
    write_database(connection, name, typed())
    connection.execute(f"CREATE ROLE reader_{name} LOGIN")
    connection.execute(f"GRANT USAGE ON SCHEMA {name} TO reader_{name}")
    monkeypatch.setenv(VARIABLE, database.replace("evaluation@", f"reader_{name}@"))
    try:
        with pytest.raises(UsageError, match="refuses to read"):
            check_export(place(name))
    finally:
        connection.execute(f"DROP OWNED BY reader_{name}")
        connection.execute(f"DROP ROLE reader_{name}")


def test_without_a_driver_what_to_install_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv(VARIABLE, "postgresql://x@localhost/x")
    with pytest.raises(UsageError, match=r"pip install 'hamm-eval\[postgres\]'"):
        check_export(place("public"))
