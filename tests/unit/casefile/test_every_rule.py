"""Every rule has a defect that triggers it: named with file, line and column, and without the value."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from defect import Defect
from defects import DEFECTS, HUGE, PERSONS
from edits import TOKEN, cell, content, extra, in_line, replaced
from exports import SOUND, path_of, sound, table_text, write_export

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.conversion import cells as cells_conversion
from hamm_eval.casefile.rules import BY_ID, RULES, Severity
from hamm_eval.casefile.rules.sources import SOURCE_RULES
from hamm_eval.casefile.schema import Sensitivity
from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import IntakeRefused

ELSEWHERE = {
    "file_unreadable",
    "reference_not_yet_known",
    "nothing_known",
    "free_text_ignored",
    "rows_unreadable",
    "value_lost",
    # What takes more than a dozen rows to show: tests of the dirty city plant them.
    "recorded_in_future",
    "id_other_form",
    "phases_out_of_order",
    "phase_outside_case",
    "after_departure",
    "rating_before_participation",
    "month_empty",
    "month_multiple",
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
    elsewhere = ELSEWHERE | {rule.id for rule in SOURCE_RULES}  # test_every_source_rule
    assert {defect.rule for defect in DEFECTS} | elsewhere == set(BY_ID)
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


def test_a_value_that_a_conversion_loses_is_refused_and_never_taken_as_missing(tmp_path, monkeypatch):
    """Whatever a conversion overlooks: here one that turns a score of -1 into nothing."""
    folder = write_export(tmp_path / "export")
    monkeypatch.setattr(
        cells_conversion, "to_integers", lambda cells, column: cells.text.cast(int).replace(-1, None)
    )
    (found,) = [f for f in check_export(folder).findings if f.severity is Severity.REFUSE]
    assert (found.rule, found.file, found.line) == ("value_lost", "zielueberpruefungen.csv", 2)


def test_blank_lines_before_the_header_do_not_count(tmp_path):
    folder = write_export(tmp_path / "export")
    content("goals", lambda data: b"\r\n" * 25 + b"\xa0\r\n" + data)(folder)
    assert not [f for f in check_export(folder).findings if f.file == "ziele.csv"]
    replaced("goals", "sprachlich", "sprachlos")(folder)
    (found,) = [f for f in check_export(folder).findings if f.severity is Severity.REFUSE]
    assert (found.rule, found.line) == ("category_unknown", 28)


def test_a_title_of_any_length_is_passed_over(tmp_path):
    folder = write_export(tmp_path / "export")
    content("goals", lambda data: HUGE + b"\r\n" + data)(folder)
    checked = check_export(folder)
    assert checked.usable
    assert [f.rule for f in checked.findings if f.file == "ziele.csv"] == ["title_rows"]


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
    cell("persons", 4, "population", f"Flüchtlinge {TOKEN}")(folder)
    (finding,) = [f for f in check_export(folder).findings if f.rule == "category_unknown"]
    assert "Ist „Flüchtling“ gemeint?" in finding.text_de
    assert TOKEN not in finding.text_de + finding.text_en


SENSITIVE = [
    (table, column)
    for table in TABLES
    for column in table.columns
    if column.categories and column.sensitivity is not Sensitivity.ORDINARY
]


@pytest.mark.parametrize(("table", "column"), SENSITIVE, ids=lambda item: item.name)
def test_what_a_sensitive_cell_holds_is_not_told_by_the_nearest_word(tmp_path, table, column):
    """A typing error of each word: the findings are one another's equal, and list every word."""
    told = set()
    for number, word in enumerate(column.categories.values()):
        folder = write_export(tmp_path / str(number))
        row = {c.name: next(iter(c.categories.values()), "") for c in table.columns}
        row[column.name] = f"{word}x"
        path_of(folder, table.name).write_bytes(table_text(table.name, [row]).encode("cp1252"))
        found = [f for f in check_export(folder).findings if f.rule == "category_unknown"]
        told |= {(f.text_de, f.text_en) for f in found if f.column == column.german}
    ((german, english),) = told
    assert "gemeint" not in german
    assert "meant" not in english
    assert ", ".join(column.categories.values()) + "." in german


def test_a_header_that_is_data_is_never_shown(tmp_path):
    """Without a header line the first row stands there: positions are named, not its cells."""
    folder = write_export(tmp_path / "export")
    content("persons", lambda data: data.split(b"\r\n", 1)[1])(folder)
    findings = [f for f in check_export(folder).findings if f.file == PERSONS]
    assert findings
    for row in SOUND["persons"]:
        for text in (row["person_id"], row["arrived_on"], row["household_id"]):
            assert not [f for f in findings if text in f.text_de + f.text_en + f.column]
