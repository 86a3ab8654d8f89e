"""Every rule has a defect that triggers it: named with file, line and column, and without the value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from exports import SOUND, path_of, sound, table_text, write_export

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.rules import BY_ID, RULES, Severity
from hamm_eval.errors import IntakeRefused

TOKEN = "Qzxv"
Edit = Callable[[Path], None]


@dataclass(frozen=True)
class Defect:
    rule: str
    edit: Edit
    file: str
    line: int | None = None
    column: str = ""
    name: str = ""


def cell(table: str, row: int, column: str, text: str) -> Edit:
    """One cell changed; row 0 is line 2 of the file."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        rows[row][column] = text
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


def column_of(table: str, column: str, texts: list[str]) -> Edit:
    """The first cells of a column changed."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        for row, text in zip(rows, texts, strict=False):
            row[column] = text
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


def content(table: str, change: Callable[[bytes], bytes]) -> Edit:
    """The bytes of a file changed."""

    def edit(folder: Path) -> None:
        path = path_of(folder, table)
        path.write_bytes(change(path.read_bytes()))

    return edit


def replaced(table: str, old: str, new: str) -> Edit:
    """Text of a file changed, once."""

    def change(data: bytes) -> bytes:
        assert old.encode("cp1252") in data
        return data.replace(old.encode("cp1252"), new.encode("cp1252"), 1)

    return content(table, change)


def in_line(table: str, line: int, change: Callable[[bytes], bytes]) -> Edit:
    """One physical line changed."""

    def apply(data: bytes) -> bytes:
        lines = data.split(b"\r\n")
        lines[line - 1] = change(lines[line - 1])
        return b"\r\n".join(lines)

    return content(table, apply)


def added(table: str, row: dict[str, str], at: int = 0) -> Edit:
    """One more row: a copy of row `at` with changes."""

    def edit(folder: Path) -> None:
        rows = sound()[table]
        rows.append(rows[at] | row)
        path_of(folder, table).write_bytes(table_text(table, rows).encode("cp1252"))

    return edit


def extra(table: str, header: str) -> Edit:
    """A column nobody declared, a token in every row."""

    def edit(folder: Path) -> None:
        rows = [row | {header: TOKEN} for row in sound()[table]]
        text = table_text(table, rows, further=(header,))
        path_of(folder, table).write_bytes(text.encode("cp1252"))

    return edit


def both(*edits: Edit) -> Edit:
    """Several edits of different files."""

    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


def mojibake(data: bytes) -> bytes:
    return data.decode("cp1252").encode("utf-8").decode("cp1252").encode("utf-8")


PERSONS, CASES, MEASURES = "personen.csv", "faelle.csv", "massnahmen.csv"
DEFECTS = (
    # files
    Defect("file_missing", lambda folder: path_of(folder, "persons").unlink(), PERSONS),
    Defect(
        "file_ambiguous",
        lambda folder: (folder / "persons.csv").write_bytes(path_of(folder, "persons").read_bytes()),
        PERSONS,
    ),
    Defect("file_unknown", lambda folder: (folder / "zielle.csv").write_text("x"), "zielle.csv"),
    Defect(
        "file_format",
        lambda folder: path_of(folder, "goals").rename(folder / "ziele.xlsx") and None,
        "ziele.xlsx",
    ),
    Defect("table_absent", lambda folder: None, "abgaenge.csv"),
    Defect("file_type", content("goals", lambda data: b"PK\x03\x04" + data), "ziele.csv", name="XLSX"),
    Defect("file_type", content("goals", lambda data: b"<html>" + data), "ziele.csv", name="HTML"),
    Defect("file_empty", content("goals", lambda data: b""), "ziele.csv"),
    Defect("file_empty", content("goals", lambda data: b"\xef\xbb\xbf\r\n"), "ziele.csv", name="BOM only"),
    Defect("header_only", content("goals", lambda data: data.split(b"\r\n")[0] + b"\r\n"), "ziele.csv", 1),
    Defect("header_only", content("goals", lambda data: data.split(b"\r\n")[0]), "ziele.csv", 1, name="bare"),
    Defect("control_character", in_line("persons", 4, lambda line: line + b"\x00"), PERSONS, 4),
    Defect("encoding_unknown", in_line("persons", 3, lambda line: b"\x81" + line), PERSONS, 3),
    Defect(
        "encoding_mixed",
        in_line("cases", 3, lambda line: line.decode("cp1252").encode()),
        CASES,
        3,
        name="UTF-8 in Windows-1252",
    ),
    Defect(
        "encoding_mixed",
        content(
            "cases", lambda data: data.replace(b"\xf6", "ö".encode(), 1).replace(b"\xe4", "ä".encode(), 1)
        ),
        CASES,
        2,
        name="Windows-1252 in UTF-8",
    ),
    Defect("mojibake", content("cases", mojibake), CASES, 2, "Sozialraum"),
    Defect("delimiter_ambiguous", content("goals", lambda d: d.replace(b";", b",", 2)), "ziele.csv", 1),
    Defect("quote_unbalanced", replaced("persons", "000317", '"000317'), PERSONS, 4, name="never closed"),
    Defect("quote_unbalanced", replaced("persons", "000317", '0003"17'), PERSONS, 4, name="within a field"),
    Defect(
        "quote_unbalanced",
        content("persons", lambda d: d.replace(b"000317", b'"000317').replace(b"000517", b'"000517"')),
        PERSONS,
        4,
        name="closed by a later field",
    ),
    Defect("row_short", in_line("persons", 3, lambda line: line.replace(b";", b"", 1)), PERSONS, 3),
    Defect("row_long", in_line("persons", 3, lambda line: line.replace(b";", b";x;", 1)), PERSONS, 3),
    Defect("row_truncated", content("persons", lambda data: data[:-35]), PERSONS, 6),
    Defect("title_rows", content("goals", lambda data: b"Stand 30.06.2017\r\n" + data), "ziele.csv"),
    # headers
    Defect("header_missing", content("goals", lambda d: d.split(b"\r\n", 1)[1]), "ziele.csv", 1),
    Defect("header_normalised", replaced("goals", "Ziel-Nr", "Ziel-Nr\u00a0"), "ziele.csv", 1),
    Defect("column_duplicate", extra("goals", "Bereich"), "ziele.csv", 1, "Bereich"),
    Defect(
        "column_unnamed",
        content("goals", lambda d: b";" + d.replace(b"\nZ-", b"\n;Z-")),
        "ziele.csv",
        1,
        "#1",
    ),
    Defect("column_missing", replaced("goals", "Zieldatum", "Zieldaten"), "ziele.csv", 1, "Zieldatum"),
    Defect("column_extra", extra("goals", "Etage"), "ziele.csv", None, "Etage"),
    Defect("column_identifying", extra("goals", "Nachname"), "ziele.csv", 1, "Nachname"),
    Defect("column_free_text", extra("goals", "Bemerkungen"), "ziele.csv", 1, "Bemerkungen"),
    Defect("rows_total", content("households", lambda d: d + b"Summe;3;\r\n"), "haushalte.csv", 5),
    Defect("rows_blank", content("households", lambda d: d + b";;\r\n"), "haushalte.csv", 5),
    # values
    Defect("required", cell("persons", 1, "sex", ""), PERSONS, 3, "Geschlecht"),
    Defect("required", cell("persons", 1, "arrived_on", "01.01.1900"), PERSONS, 3, "Ankunft in Hamm", "1900"),
    Defect(
        "id_damaged", cell("language_tests", 0, "test_id", "1,2E+05"), "sprachtests.csv", 2, "Prüfungs-Nr"
    ),
    Defect("id_like_name", cell("cases", 2, "social_worker", f"{TOKEN}, A."), CASES, 4, "Sozialbetreuer"),
    Defect("date_no_such_day", cell("cases", 2, "opened_on", "31.02.2016"), CASES, 4, "Eröffnet am"),
    Defect("date_two_digit_year", cell("cases", 2, "opened_on", "03.02.16"), CASES, 4, "Eröffnet am"),
    Defect("date_other_format", cell("cases", 2, "opened_on", "2016-02-03"), CASES, 4, "Eröffnet am", "ISO"),
    Defect("date_other_format", cell("cases", 2, "opened_on", "02/13/2016"), CASES, 4, "Eröffnet am", "US"),
    Defect("date_excel_serial", cell("cases", 2, "opened_on", "42403"), CASES, 4, "Eröffnet am"),
    Defect("date_with_time", cell("cases", 2, "opened_on", "03.02.2016 14:05"), CASES, 4, "Eröffnet am"),
    Defect("date_not_readable", cell("cases", 2, "opened_on", TOKEN), CASES, 4, "Eröffnet am"),
    Defect("date_out_of_range", cell("cases", 2, "opened_on", "03.02.1816"), CASES, 4, "Eröffnet am"),
    Defect("date_open_end_misplaced", cell("cases", 2, "opened_on", "31.12.9999"), CASES, 4, "Eröffnet am"),
    Defect("date_open_end", cell("cases", 2, "closed_on", "31.12.9999"), CASES, None, "Geschlossen am"),
    Defect("date_missing_1900", cell("goals", 0, "target_on", "01.01.1900"), "ziele.csv", None, "Zieldatum"),
    Defect("birth_date_full", cell("persons", 1, "birth_month", "17.02.1992"), PERSONS, 3, "Geburtsmonat"),
    Defect(
        "number_not_readable",
        cell("measures", 0, "cost_per_participant", TOKEN),
        MEASURES,
        2,
        "Kosten je Teilnahme",
    ),
    Defect(
        "number_ambiguous",
        cell("measures", 0, "cost_per_participant", "1.234"),
        MEASURES,
        2,
        "Kosten je Teilnahme",
    ),
    Defect(
        "integer_not_readable",
        cell("goal_reviews", 0, "attainment_score", "1,5"),
        "zielueberpruefungen.csv",
        2,
        "Zielerreichungswert",
    ),
    Defect(
        "out_of_range",
        cell("goal_reviews", 0, "attainment_score", "3"),
        "zielueberpruefungen.csv",
        2,
        "Zielerreichungswert",
    ),
    Defect("category_unknown", cell("persons", 4, "sex", "weibl"), PERSONS, 6, "Geschlecht"),
    Defect(
        "category_unknown",
        cell("persons", 4, "household_head", "x"),
        PERSONS,
        6,
        "Haushaltsvorstand",
        "yes/no",
    ),
    # records
    Defect("duplicate_row", added("cases", {}), CASES, 5, "Fall-Nr"),
    Defect("key_contradiction", added("cases", {"provider": "AWO"}), CASES, 5, "Fall-Nr"),
    Defect("reference_unknown", cell("cases", 1, "person_id", "999999"), CASES, 3, "Personen-Nr"),
    Defect("end_before_begin", cell("cases", 1, "closed_on", "01.02.2016"), CASES, 3, "Geschlossen am"),
    Defect(
        "end_without_begin",
        both(column_of("participations", "started_on", ["", "", "", ""])),
        "teilnahmen.csv",
        5,
        "Ende",
    ),
    Defect("dates_out_of_order", cell("goals", 0, "target_on", "29.02.2016"), "ziele.csv", 2, "Zieldatum"),
    Defect(
        "recorded_before_it_happened", cell("cases", 0, "opened_on", "02.03.2016"), CASES, 2, "Eröffnet am"
    ),
    Defect(
        "spells_overlap",
        cell("residence_status", 1, "valid_from", "29.09.2016"),
        "aufenthaltsstatus.csv",
        3,
        "Gültig ab",
    ),
)
ELSEWHERE = {
    "file_unreadable",
    "reference_not_yet_known",
    "nothing_known",
    "free_text_ignored",
    "rows_unreadable",
}


def known_as(defect: Defect) -> str:
    return f"{defect.rule} {defect.name}".strip()


@pytest.mark.parametrize("defect", DEFECTS, ids=known_as)
def test_a_defect_is_named_with_its_place(tmp_path, defect):
    folder = write_export(tmp_path / "export")
    assert check_export(folder).usable
    defect.edit(folder)
    checked = check_export(folder)
    places = [(f.file, f.line, f.column) for f in checked.findings if f.rule == defect.rule]
    assert (defect.file, defect.line, defect.column) in places
    refuses = BY_ID[defect.rule].severity is Severity.REFUSE
    assert checked.usable is not refuses
    if refuses:
        with pytest.raises(IntakeRefused, match=defect.rule) as raised:
            read_case_file(folder)
        assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("defect", DEFECTS, ids=known_as)
def test_a_defect_brings_no_wrong_findings(tmp_path, defect):
    """One broken thing is one finding: what follows from it is not reported as well."""
    folder = write_export(tmp_path / "export")
    defect.edit(folder)
    refusing = {f.rule for f in check_export(folder).findings if f.severity is Severity.REFUSE}
    assert refusing <= {defect.rule}


def test_every_rule_has_a_defect():
    assert {defect.rule for defect in DEFECTS} | ELSEWHERE == set(BY_ID)
    assert len(BY_ID) == len(RULES)


def test_free_text_that_is_declared_is_ignored(tmp_path):
    folder = write_export(tmp_path / "export")
    extra("goals", "Bemerkungen")(folder)
    for declared in ("bemerkungen", "goals.Bemerkungen", "ziele.Bemerkungen"):
        checked = check_export(folder, free_text=(declared,))
        assert checked.usable
        assert [f.column for f in checked.findings if f.rule == "free_text_ignored"] == ["Bemerkungen"]
    assert not check_export(folder, free_text=("cases.Bemerkungen",)).usable


def test_a_file_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    folder = write_export(tmp_path / "export")
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "ziele.csv":
            raise PermissionError(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    refusing = [f for f in check_export(folder).findings if f.severity is Severity.REFUSE]
    assert [(f.rule, f.file) for f in refusing] == [("file_unreadable", "ziele.csv")]


def test_nothing_known_by_the_cut_refuses(tmp_path):
    checked = check_export(write_export(tmp_path / "export"), as_of=dt.date(2015, 1, 1))
    assert {(f.rule, f.table) for f in checked.findings if f.severity is Severity.REFUSE} == {
        ("nothing_known", "persons"),
        ("nothing_known", "cases"),
    }


def test_a_reference_to_what_is_known_only_later_warns(tmp_path):
    export = sound()
    export["persons"][0]["recorded_on"] = "01.01.2017"
    folder = write_export(tmp_path / "export", export)
    at = dt.date(2016, 12, 31)
    checked = check_export(folder, as_of=at)
    assert checked.usable
    found = {(f.table, f.line) for f in checked.findings if f.rule == "reference_not_yet_known"}
    assert found == {("residence_status", 2), ("cases", 2), ("participations", 2)}
    assert not [f for f in check_export(folder).findings if f.rule == "reference_not_yet_known"]


def test_all_problems_are_named_at_once(tmp_path):
    folder = write_export(tmp_path / "export")
    edits = ("date_excel_serial", "category_unknown", "row_short", "out_of_range", "column_missing")
    files = {"cases": 0, "persons": 4, "goals": 0}
    cell("cases", 0, "opened_on", "42403")(folder)
    in_line("persons", 3, lambda line: line.replace(b";", b"", 1))(folder)
    cell("goal_reviews", 0, "attainment_score", "3")(folder)
    replaced("goals", "Zieldatum", "Ziehldatum")(folder)
    cell("language_tests", 0, "cefr_level", "B7")(folder)
    with pytest.raises(IntakeRefused) as raised:
        read_case_file(folder)
    named = {problem.what.rsplit("[", 1)[1].removesuffix("]") for problem in raised.value.problems}
    assert named == set(edits)
    assert len(files) == 3
    assert raised.value.exit_code == 3


def test_the_nearest_word_comes_from_the_declaration(tmp_path):
    folder = write_export(tmp_path / "export")
    cell("persons", 4, "origin", f"Naher Ost {TOKEN}")(folder)
    (finding,) = [f for f in check_export(folder).findings if f.rule == "category_unknown"]
    assert "Naher Osten" in finding.text_de
    assert TOKEN not in finding.text_de + finding.text_en


def test_a_header_that_is_data_is_never_shown(tmp_path):
    """Without a header line the first row stands there: positions are named, not its cells."""
    folder = write_export(tmp_path / "export")
    content("persons", lambda data: data.split(b"\r\n", 1)[1])(folder)
    findings = [f for f in check_export(folder).findings if f.file == PERSONS]
    assert findings
    for row in SOUND["persons"]:
        for text in (row["person_id"], row["arrived_on"], row["household_id"]):
            assert not [f for f in findings if text in f.text_de + f.text_en + f.column]
