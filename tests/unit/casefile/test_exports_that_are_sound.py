"""What must be accepted: encodings, delimiters, trailing semicolons, headers written another way."""

from __future__ import annotations

import codecs
import unicodedata

import pandas as pd
import pytest
from exports import SOUND, path_of, sound, table_text, write_export

from hamm_eval.casefile import CaseFile, check_export, read_case_file
from hamm_eval.casefile.tables import TABLES


@pytest.fixture
def reference(tmp_path) -> CaseFile:
    return read_case_file(write_export(tmp_path / "reference"))


def assert_same_tables(found: CaseFile, expected: CaseFile) -> None:
    for table in TABLES:
        pd.testing.assert_frame_equal(found.tables[table.name], expected.tables[table.name])


def test_tables_are_typed_and_speak_our_words(reference):
    persons = reference.tables["persons"]
    assert list(persons["person_id"]) == ["000117", "000217", "000317", "000417", "000517"]
    assert set(persons["population"]) == {"refugee"}
    assert persons["schooling"].isna().all()
    assert persons["household_head"].tolist() == [True, False, True, False, True]
    assert persons["arrived_on"].iloc[0] == pd.Timestamp(2015, 5, 11)
    assert persons["arrived_on"].dtype == "datetime64[ns]"
    status = reference.tables["residence_status"]
    assert status["status"].tolist() == ["prospect_of_staying", "recognised"]
    assert status["valid_until"].isna().tolist() == [False, True]
    assert reference.tables["measures"]["cost_per_participant"].tolist() == [1234.56]
    assert reference.tables["goal_reviews"]["attainment_score"].tolist() == [-1]


def test_absent_tables_are_there_without_rows(reference):
    assert not reference.has("departures")
    departures = reference.tables["departures"]
    assert departures.empty
    assert departures["departed_on"].dtype == "datetime64[ns]"
    assert list(reference.tables) == [table.name for table in TABLES]


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode("utf-8"), id="utf-8"),
        pytest.param(lambda text: codecs.BOM_UTF8 + text.encode("utf-8"), id="utf-8 with BOM"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16 with BOM"),
        pytest.param(lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), id="utf-16 big-endian"),
        pytest.param(lambda text: text.replace("\r\n", "\n").encode("cp1252"), id="line feeds"),
        pytest.param(lambda text: text.replace("\r\n", "\r").encode("cp1252"), id="carriage returns"),
        pytest.param(lambda text: text.removesuffix("\r\n").encode("cp1252"), id="no last line end"),
        pytest.param(lambda text: ("sep=;\r\n" + text).encode("cp1252"), id="Excel's sep line"),
        pytest.param(lambda text: ("Stand 2016\r\n\r\n" + text).encode("cp1252"), id="title rows"),
        pytest.param(lambda text: (text + "\r\n  \r\n").encode("cp1252"), id="blank lines at the end"),
        pytest.param(lambda text: text.replace("\r\n", ";\r\n").encode("cp1252"), id="trailing ; everywhere"),
        pytest.param(
            lambda text: text.replace("\r\n", ";;;\r\n").replace(";;;", "", 1).encode("cp1252"),
            id="trailing ; on data rows",
        ),
        pytest.param(lambda text: text.replace(";", "\t").encode("cp1252"), id="tabs"),
        pytest.param(lambda text: text.replace(";", ",").encode("cp1252"), id="commas"),
        pytest.param(
            lambda text: "\r\n".join(
                ";".join(f'"{cell}"' for cell in line.split(";")) for line in text.splitlines()
            ).encode("cp1252"),
            id="all quoted",
        ),
        pytest.param(
            lambda text: unicodedata.normalize("NFD", text).encode("utf-8"), id="decomposed umlauts"
        ),
        pytest.param(lambda text: text.replace(" ", "\u00a0").encode("utf-8"), id="no-break spaces"),
    ],
)
def test_another_way_of_writing_gives_the_same_tables(tmp_path, reference, encode):
    folder = write_export(tmp_path / "export")
    for name in ("persons", "cases", "residence_status"):
        path_of(folder, name).write_bytes(encode(table_text(name, SOUND[name])))
    assert_same_tables(read_case_file(folder), reference)


def test_a_quoted_line_break_keeps_physical_lines(tmp_path):
    """A finding behind a quoted line break names the line an editor shows."""
    folder = write_export(tmp_path / "export")
    text = table_text("persons", SOUND["persons"], further=("Station",))
    lines = text.splitlines()
    lines[1] += '"erste\nzweite; ""dritte"""'
    lines[4] = lines[4].replace("weiblich", "Frau").replace("männlich", "Frau")
    path_of(folder, "persons").write_bytes("\r\n".join(lines).encode("cp1252"))
    refused = [f for f in check_export(folder).findings if f.rule == "category_unknown"]
    assert [(f.line, f.column) for f in refused] == [(6, "Geschlecht")]


def test_iso_dates_are_accepted_where_a_column_holds_only_them(tmp_path, reference):
    export = sound()
    for row in export["persons"]:
        for name in ("birth_month", "arrived_on", "recorded_on"):
            day, month, year = row[name].split(".")
            row[name] = f"{year}-{month}-{day}"
    assert_same_tables(read_case_file(write_export(tmp_path / "export", export)), reference)


def test_midnight_is_no_time_of_day(tmp_path, reference):
    export = sound()
    for row in export["persons"]:
        row["arrived_on"] += " 00:00:00"
    assert_same_tables(read_case_file(write_export(tmp_path / "export", export)), reference)


def test_the_order_of_rows_does_not_matter(tmp_path, reference):
    export = {name: rows[::-1] for name, rows in sound().items()}
    assert_same_tables(read_case_file(write_export(tmp_path / "export", export)), reference)


def test_words_that_pandas_takes_for_missing_stay_text(tmp_path):
    export = sound()
    export["cases"][0]["social_worker"] = "NA"
    export["cases"][1]["social_worker"] = "null"
    cases = read_case_file(write_export(tmp_path / "export", export)).tables["cases"]
    assert cases["social_worker"].tolist() == ["NA", "null", "SB-07"]


def test_placeholders_are_counted(tmp_path):
    export = sound()
    export["participations"][0]["referred_on"] = "01.01.1900"
    export["participations"][1]["ended_on"] = "31.12.9999"
    checked = check_export(write_export(tmp_path / "export", export))
    counted = {(f.rule, f.table, f.count) for f in checked.findings}
    assert ("date_missing_1900", "participations", 1) in counted
    assert ("date_open_end", "participations", 1) in counted
    assert ("date_open_end", "residence_status", 1) in counted
    rows = checked.case_file.tables["participations"].set_index("participation_id")
    assert pd.isna(rows.loc["T-00002", "ended_on"])


def test_totals_and_empty_rows_are_excluded_and_counted(tmp_path):
    folder = write_export(tmp_path / "export")
    path = path_of(folder, "households")
    path.write_bytes(path.read_bytes() + b";;\r\nSumme;3;\r\n")
    row = read_case_file(folder).reconciliation.set_index("table").loc["households"]
    assert (row["read"], row["used"], row["excluded"]) == (5, 3, 2)


def test_exact_duplicates_are_quarantined(tmp_path):
    export = sound()
    export["cases"].append(dict(export["cases"][0]))
    checked = check_export(write_export(tmp_path / "export", export))
    assert [(f.rule, f.lines) for f in checked.findings if f.severity == "quarantine"] == [
        ("duplicate_row", (5,))
    ]
    row = checked.case_file.reconciliation.set_index("table").loc["cases"]
    assert (row["read"], row["used"], row["quarantined"]) == (4, 3, 1)


def test_english_file_names_headers_and_words_are_understood(tmp_path, reference):
    folder = write_export(tmp_path / "export")
    path_of(folder, "goals").unlink()
    (folder / "goals.csv").write_text(
        "goal_id,person_id,domain,agreed_on,target_on,recorded_on\n"
        "Z-00001,000217,language,2016-03-01,2018-03-01,2016-03-02\n"
    )
    assert_same_tables(read_case_file(folder), reference)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["1.234,50", "12"], [1234.5, 12]),
        (["12,5", "1.234"], [12.5, 1234]),
        (["1234.5", "1,234.5"], [1234.5, 1234.5]),
        (["0,125", "7"], [0.125, 7]),
        (["1.234.567", "0,5"], [1234567, 0.5]),
    ],
)
def test_the_column_tells_its_decimal_sign(tmp_path, written, meant):
    export = sound()
    (measure,) = export["measures"]
    export["measures"] = [
        {**measure, "measure_id": f"m{i}", "cost_per_participant": text} for i, text in enumerate(written)
    ]
    export["measures"].append(measure | {"cost_per_participant": ""})
    measures = read_case_file(write_export(tmp_path / "export", export)).tables["measures"]
    costs = measures.set_index("measure_id")["cost_per_participant"]
    assert costs[[f"m{i}" for i in range(len(written))]].tolist() == meant
