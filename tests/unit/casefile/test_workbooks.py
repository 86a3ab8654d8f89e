"""Workbooks as people make them: what their cells do not say must not be taken for missing."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from edits import TOKEN
from exports import sound, table_text, write_export
from formats import edit_sheet, typed, write_workbook, write_xlsx

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.findings import Finding
from hamm_eval.casefile.rules import Severity
from hamm_eval.errors import IntakeRefused, UsageError

GOALS = "ziele.xlsx"  # Ziel-Nr, Personen-Nr, Bereich, vereinbart am, Zieldatum, erfasst am
Edit = Callable[[xlsxwriter.Workbook, Any], object]


def day(book: xlsxwriter.Workbook) -> Any:
    return book.add_format({"num_format": "dd.mm.yyyy"})


def with_edit(tmp_path: Path, edit: Edit, table: str = "goals", file: str = GOALS) -> Path:
    """The sound export as workbooks, one sheet changed after it was written."""
    folder = write_xlsx(tmp_path / "xlsx", typed())
    edit_sheet(folder / file, edit, typed()[table])
    return folder


def refusing(folder: Path) -> list[Finding]:
    return [f for f in check_export(folder).findings if f.severity is Severity.REFUSE]


CELLS: dict[str, tuple[Edit, str, int | None, str, str]] = {
    "a formula without a result": (
        lambda book, sheet: sheet.write_formula("D2", "=TODAY()", None, ""),
        "formula_without_value",
        2,
        "Vereinbart am",
        "D2",
    ),
    "a formula that failed": (
        lambda book, sheet: sheet.write_formula("C2", "=NA()", None, "#N/A"),
        "cell_error",
        2,
        "Bereich",
        "C2",
    ),
    "a merged header": (
        lambda book, sheet: sheet.merge_range("D1:E1", "Vereinbart am"),
        "cells_merged",
        1,
        "",
        "D1:E1",
    ),
    "merged cells below it": (
        lambda book, sheet: sheet.merge_range("A2:A3", "Z-00001"),
        "cells_merged",
        2,
        "",
        "A2:A3",
    ),
    "an entry beside the table": (
        lambda book, sheet: sheet.write_string("H2", TOKEN),
        "cells_beside",
        2,
        "",
        "H2",
    ),
    "Excel's count of days": (
        lambda book, sheet: sheet.write_number("D2", 42430),
        "date_excel_serial",
        2,
        "Vereinbart am",
        "Datum",
    ),
    "a day with a time": (
        lambda book, sheet: sheet.write_datetime("D2", dt.datetime(2016, 3, 1, 10, 30), day(book)),
        "date_with_time",
        2,
        "Vereinbart am",
        "Uhrzeit",
    ),
    "a number for an id": (
        lambda book, sheet: sheet.write_number("B2", 217),
        "number_for_text",
        2,
        "Personen-Nr",
        "führende Nullen",
    ),
    "a number formatted with leading zeros": (
        lambda book, sheet: sheet.write_number("B2", 217, book.add_format({"num_format": "000000"})),
        "number_for_text",
        2,
        "Personen-Nr",
        "führende Nullen",
    ),
    "an id that became a day": (
        lambda book, sheet: sheet.write_datetime("A2", dt.date(2016, 1, 2), day(book)),
        "number_for_text",
        2,
        "Ziel-Nr",
        "Text",
    ),
    "a word nobody knows": (
        lambda book, sheet: sheet.write_string("C2", TOKEN),
        "category_unknown",
        2,
        "Bereich",
        "sprachlich",
    ),
    "a day typed as text in American": (
        lambda book, sheet: sheet.write_string("D2", "03/01/2016"),
        "date_other_format",
        2,
        "Vereinbart am",
        "TT.MM.JJJJ",
    ),
    "destroyed umlauts": (
        lambda book, sheet: sheet.write_string("C2", "schulisch für".replace("ü", "Ã¼")),
        "mojibake",
        2,
        "Bereich",
        "Umlaute",
    ),
    "a column of another kind": (
        lambda book, sheet: sheet.write_boolean("E2", True),
        "date_not_readable",
        2,
        "Zieldatum",
        "kein Datum",
    ),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_cannot_be_read_is_named_with_its_place(tmp_path, name):
    edit, rule, line, column, said = CELLS[name]
    folder = with_edit(tmp_path, edit)
    found = [f for f in refusing(folder) if f.rule == rule]
    assert [(f.file, f.line, f.column.casefold()) for f in found] == [(GOALS, line, column.casefold())]
    assert said in found[0].text_de
    with pytest.raises(IntakeRefused) as raised:
        read_case_file(folder)
    assert TOKEN not in str(raised.value)


def test_one_broken_cell_is_one_finding(tmp_path):
    for number, (edit, rule, *_) in enumerate(CELLS.values()):
        if rule != "cells_merged":  # a merged cell empties its neighbours
            assert {f.rule for f in refusing(with_edit(tmp_path / str(number), edit))} == {rule}


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def locked() -> bytes:
    """What a password makes of a workbook: an OLE container with the encrypted package inside."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    )


FILES: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "a renamed text file": (lambda data: table_text("goals", sound()["goals"]).encode(), "file_type", "Text"),
    "a renamed page": (lambda data: b"<html><table></table></html>", "file_type", "HTML"),
    "an old workbook": (lambda data: b"\xd0\xcf\x11\xe0" + bytes(1000), "file_type", "XLS"),
    "a Parquet file": (lambda data: b"PAR1" + bytes(100), "file_type", "Parquet"),
    "a password": (lambda data: locked(), "workbook_locked", "Kennwort"),
    "half a file": (lambda data: data[: len(data) // 2], "file_damaged", "XLSX"),
    "a broken sheet": (lambda data: without_end(data), "file_damaged", "XLSX"),
    "a ZIP of something else": (lambda data: zipped({"readme.txt": b"x"}), "file_damaged", "XLSX"),
    "nothing": (lambda data: b"", "file_empty", "leer"),
}


def zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def without_end(data: bytes) -> bytes:
    """A sheet that breaks off within its XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    return zipped(parts | {sheet: parts[sheet][: len(parts[sheet]) // 2]})


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_workbook_is_told_what_it_is(tmp_path, name):
    change, rule, said = FILES[name]
    folder = write_xlsx(tmp_path / "xlsx", typed())
    rewritten(folder / GOALS, change)
    (found,) = refusing(folder)
    assert (found.rule, found.file, said in found.text_de) == (rule, GOALS, True)
    workbook = write_workbook(tmp_path / "stadt.xlsx", typed())
    rewritten(workbook, change)
    assert [f.rule for f in refusing(workbook)] == [rule]


def test_several_sheets_are_named_where_one_is_wanted(tmp_path):
    folder = with_edit(tmp_path, lambda book, sheet: book.add_worksheet("Notizen").write_string("A1", "x"))
    (found,) = refusing(folder)
    assert (found.rule, found.file) == ("sheets_several", GOALS)
    assert "Sheet1, Notizen" in found.text_de or "#1, Notizen" in found.text_de


def test_a_sheet_called_by_what_may_be_a_value_is_named_by_position(tmp_path):
    def edit(book: xlsxwriter.Workbook, sheet: Any) -> None:
        book.add_worksheet("000117 12.03.1990").write_string("A1", "x")

    (found,) = refusing(with_edit(tmp_path, edit))
    assert "#2" in found.text_de
    assert "000117" not in found.text_de + found.text_en


def test_empty_sheets_do_not_count(tmp_path):
    folder = with_edit(tmp_path, lambda book, sheet: [book.add_worksheet("Tabelle2"), book.add_chartsheet()])
    assert check_export(folder).usable


def test_titles_above_the_table_are_passed_over_and_rows_keep_their_numbers(tmp_path):
    folder = write_xlsx(tmp_path / "xlsx", typed())
    table = typed()["goals"]
    with xlsxwriter.Workbook(folder / GOALS) as book:
        sheet = book.add_worksheet()
        sheet.write_string("A1", "Stand 30.06.2017")
        sheet.write_row("A3", table.column_names)
        sheet.write_row("A5", ["Z-00001", "000217", "sprachlich", "1.3.16", "01.03.2018", "02.03.2016"])
    checked = check_export(folder)
    found = {f.rule: f for f in checked.findings if f.file == GOALS}
    assert found["title_rows"].count == 1
    assert found["date_two_digit_year"].line == 5


def test_a_totals_row_is_excluded_and_counted(tmp_path):
    folder = with_edit(tmp_path, lambda book, sheet: sheet.write_row("A3", ["Summe", 1]))
    counts = read_case_file(folder).counts["goals"]
    assert (counts.read, counts.excluded) == (2, 1)


def test_formulas_with_results_and_styled_blanks_are_no_finding(tmp_path):
    def edit(book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_formula("C2", '="sprach"&"lich"', None, "sprachlich")
        sheet.write_formula("D2", "=DATE(2016,3,1)", day(book), 42430)
        for row in range(5, 40):
            sheet.write_blank(row, 0, None, book.add_format({"bold": True}))

    expected = read_case_file(write_export(tmp_path / "csv"))
    found = read_case_file(with_edit(tmp_path, edit))
    assert found.records["goals"].equals(expected.records["goals"])


def test_open_ends_and_placeholders_are_days_as_everywhere(tmp_path):
    def edit(book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_datetime("E3", dt.date(9999, 12, 31), day(book))  # Gültig bis

    folder = with_edit(tmp_path, edit, "residence_status", "aufenthaltsstatus.xlsx")
    checked = check_export(folder)
    assert checked.usable
    assert [f.count for f in checked.findings if f.rule == "date_open_end"] == [1]


def test_days_as_text_and_as_days_may_not_be_mixed_into_a_guess(tmp_path):
    """Each cell is read by what is known of it: German text by the column's format, days as they are."""

    def edit(book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_string("D3", "02.04.2016")
        sheet.write_row("A3", ["Z-00002", "000217", "beruflich"])
        sheet.write_string("E3", "01.03.2018")
        sheet.write_string("F3", "03.04.2016")

    goals = read_case_file(with_edit(tmp_path, edit)).records["goals"]
    assert goals["agreed_on"].to_list() == [dt.date(2016, 3, 1), dt.date(2016, 4, 2)]


def test_numbers_as_text_and_as_numbers_are_read_each_by_its_own(tmp_path):
    def edit(book: xlsxwriter.Workbook, sheet: Any) -> None:
        at = typed()["measures"].column_names.index("Kosten je Teilnahme")
        sheet.write_string(1, at, "1.234,56")

    at = "massnahmen.xlsx"
    measures = read_case_file(with_edit(tmp_path, edit, "measures", at)).records["measures"]
    assert measures["cost_per_participant"].to_list() == [1234.56]


def test_a_workbook_names_missing_sheets_and_those_without_a_table(tmp_path):
    tables = typed()
    persons = tables.pop("persons")
    path = write_workbook(tmp_path / "stadt.xlsx", tables)
    checked = check_export(path)
    missing = [f for f in checked.findings if f.rule == "file_missing"]
    assert [f.file for f in missing] == ["stadt.xlsx[personen]"]
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("personen").write_row("A1", persons.column_names)
        book.add_worksheet("Deckblatt").write_string("A1", TOKEN)
    found = {f.rule: f.file for f in check_export(path).findings}
    assert found["file_unknown"] == "stadt.xlsx[Deckblatt]"
    assert found["header_only"] == "stadt.xlsx[personen]"


def test_a_workbook_that_is_not_there_is_an_error_of_usage(tmp_path):
    with pytest.raises(UsageError, match="There is no such"):
        check_export(tmp_path / "stadt.xlsx")


def test_a_lock_file_of_an_open_workbook_is_passed_over(tmp_path):
    folder = write_xlsx(tmp_path / "xlsx", typed())
    (folder / f"~${GOALS}").write_bytes(b"\x05user")
    assert not [f for f in check_export(folder).findings if f.rule in ("file_unknown", "file_ambiguous")]
